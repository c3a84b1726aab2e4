// `npm run bench -- [--scenario steady,idle,…] [options]`: measures the app
// beside what people would do instead, all in one run.
// Keeps percentiles and counts as JSON, samples where they are asked for, and prints the tables of
// docs/performance.md. The scenarios and what each option means: bench/README.md.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { APP_DIRECTORY } from '../local/local-stack';
import { buildApps, PEERS, type Peer } from './apps';
import { Bench, type BenchOptions, type ScenarioResult } from './bench';
import { toCompactJson } from './figures/compact-json';
import { describeFacts, runFacts } from './figures/run-facts';
import { withoutSamples } from './figures/without-samples';
import { SCENARIOS, type ScenarioName } from './scenarios';

/** The soak takes half an hour and is run when asked for. */
const BY_DEFAULT = [
  'steady',
  'idle',
  'burst',
  'notifications',
  'transactions',
  'load',
  'faults',
  'pauses',
  'waiters',
  'callbacks',
] as const satisfies readonly ScenarioName[];

const { values } = parseArgs({
  options: {
    scenario: { type: 'string', default: BY_DEFAULT.join(',') },
    repeats: { type: 'string' },
    seconds: { type: 'string' },
    rate: { type: 'string', default: '20' },
    peers: { type: 'string', default: PEERS.join(',') },
    seed: { type: 'string', default: '1' },
    app: { type: 'string', default: APP_DIRECTORY },
    out: { type: 'string' },
    samples: { type: 'string' },
    soak: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
  },
});

function listOf<Name extends string>(text: string, known: readonly Name[], what: string): Name[] {
  return text.split(',').map((name) => {
    const found = known.find((candidate) => candidate === name);
    if (found === undefined) throw new Error(`there is no ${what} "${name}"; there are ${known.join(', ')}`);
    return found;
  });
}

function numberOf(text: string, name: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new Error(`--${name} ${text} is not a number above 0`);
  return number;
}

function readOptions(): { options: BenchOptions; names: readonly ScenarioName[] } {
  const { quick, profile } = values;
  const names = values.soak
    ? (['soak'] as const)
    : listOf(values.scenario, Object.keys(SCENARIOS) as ScenarioName[], 'scenario');
  const options = {
    repeats: numberOf(values.repeats ?? (quick || profile ? '1' : '5'), 'repeats'),
    seconds: numberOf(values.seconds ?? (values.soak ? '1800' : quick ? '1' : '60'), 'seconds'),
    ratePerSecond: numberOf(values.rate, 'rate'),
    seed: numberOf(values.seed, 'seed'),
    peers: listOf<Peer>(values.peers, PEERS, 'peer'),
    isQuick: quick,
    isProfiled: profile,
    source: resolve(values.app),
  };
  return { options, names };
}

async function main(): Promise<void> {
  // Every process that is started is ended with this one, and takes a listener for it.
  process.setMaxListeners(100);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const { options, names } = readOptions();
  const facts = runFacts(options.source);
  const out = resolve(
    values.out ??
      `bench/results/${facts.date.slice(0, 16).replaceAll(':', '')}-${names.length === 1 ? names[0] : 'all'}.json`,
  );
  const startedAt = Date.now();
  const bench = new Bench(options, await buildApps(options.source, options.peers), (line) =>
    console.error(`${((Date.now() - startedAt) / 1000).toFixed(0).padStart(5)} s  ${line}`),
  );
  process.once('exit', () => bench.apps.remove());
  const results: Partial<Record<ScenarioName, ScenarioResult>> = {};
  const about = {
    facts,
    options: { ...options, source: options.source === APP_DIRECTORY ? 'this repository' : 'another checkout' },
  };
  const write = (file: string, of: (result: ScenarioResult) => unknown) => {
    const measured = Object.fromEntries(Object.entries(results).map(([name, result]) => [name, of(result)]));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${toCompactJson({ ...about, ...measured })}\n`);
  };
  const keep = () => {
    write(out, ({ raw }) => withoutSamples(raw));
    if (values.samples !== undefined) write(resolve(values.samples), (result) => result);
  };
  try {
    console.log(describeFacts(facts));
    for (const name of names) {
      const result = await SCENARIOS[name](bench);
      results[name] = result;
      // After each: hours of measuring are not lost to a fault in the last scenario.
      keep();
      console.log(`\n## ${name}\n\n${result.markdown}`);
    }
    console.error(`figures: ${out}`);
  } finally {
    await bench.close();
  }
}

main().catch((error: unknown) => {
  console.error('The bench failed:', error);
  // What else is under way would go on for minutes.
  process.exit(1);
});
