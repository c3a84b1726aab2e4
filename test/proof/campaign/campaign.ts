// `npm run campaign`: the simulation at the strength of a release, in several processes. Started again it goes on.
//   --requests N    requests with faults (default 10,000,000); one in eleven more has none
//   --processes P   default 2        --seed S   its first world (printed)
//   --journal FILE  what is done (default .local/campaign.jsonl)
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fingerprintOfSources } from './fingerprint';
import { openJournal } from './journal';
import { failureOf, reportSums } from './report';
import { runUnits } from './run-units';
import type { UnitResult } from './unit-result';
import { unitRequestsOf, unitsOf } from './units';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '10000000' },
    processes: { type: 'string', default: '2' },
    seed: { type: 'string' },
    journal: { type: 'string', default: join(__dirname, '../../../.local/campaign.jsonl') },
  },
});

async function main(): Promise<void> {
  const requests = Number(values.requests);
  const asked = values.seed === undefined ? undefined : Number(values.seed);
  const seed = asked ?? Math.floor(Math.random() * 2 ** 31);
  const wanted = { seed, unitRequests: unitRequestsOf(requests) };
  const journal = openJournal(values.journal, wanted, fingerprintOfSources(), asked);
  const units = unitsOf(journal.campaign, requests);
  const done = new Map(journal.done.map((result) => [result.unit, result]));
  const left = units.filter(({ unit }) => !done.has(unit));
  console.log(
    `seed ${journal.campaign.seed}, ${units.length} units, ${units.length - left.length} of them done before`,
  );
  const show = (result: UnitResult) => {
    const failure = failureOf(result);
    if (failure !== undefined) console.log(failure);
  };
  for (const result of done.values()) show(result);
  await runUnits(left, Number(values.processes), (result) => {
    journal.add(result);
    done.set(result.unit, result);
    show(result);
    console.log(`     ... ${done.size} of ${units.length} units, unit ${result.unit}, seed ${result.seed}`);
  });
  const results = units.flatMap(({ unit }) => done.get(unit) ?? []);
  process.exitCode = reportSums(results) ? 0 : 1;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
