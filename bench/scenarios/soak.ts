// Scenario 7, `--soak`: half an hour at a fixed rate, once. The slope of the memory after warm-up, read after
// collections of garbage, so that what is not collected yet counts for nothing; and the times of each minute.
import { onCallsOfTheirOwn, type Bench, type ScenarioResult } from '../bench';
import { startChildScript } from '../processes/child-script';
import { table } from '../figures/markdown';
import { pressedTwice, seen, untilAllStored } from '../figures/presses';
import type { CleanerQuestion } from '../processes/row-cleaner';
import { countBy, quantilesOf, rounded, slopeOf } from '../figures/samples';
import type { Stage } from '../stage';

const COLLECT_EVERY_MS = 30_000;
const HOUR_MS = 3_600_000;
/** Share of the time that counts as warm-up: caches fill, code is compiled. */
const WARM_UP_SHARE = 1 / 3;

export async function soak(bench: Bench): Promise<ScenarioResult> {
  const { ratePerSecond, seconds, isQuick } = bench.options;
  const stage = await bench.stage({ instances: [{ appDirectory: bench.apps.directoryOf.ours }], isGauged: true });
  const collections = setInterval(() => stage.collectGarbage(), isQuick ? 500 : COLLECT_EVERY_MS);
  const cleaner = startChildScript<CleanerQuestion, number>('row-cleaner.ts');
  try {
    bench.say(`soak: ${seconds} s`);
    await cleaner.ask({ kind: 'start', connectionString: stage.azurite.connectionString });
    const asked = onCallsOfTheirOwn('soak', ratePerSecond * seconds);
    const startedAtMs = Date.now();
    const load = await bench.askForTones(stage, asked, { kind: 'rate', perSecond: ratePerSecond });
    const memory = memoryOf(stage, startedAtMs, seconds);
    const rowsCleaned = await cleaner.ask({ kind: 'stop' });
    // What was not stored is told, and does not cost the half hour.
    const stored = await untilAllStored(stage.simulator, 'soak', asked.length).catch(
      (error: unknown) => (bench.say(String(error)), undefined),
    );
    const seenOf = stored ?? seen(stage.simulator, 'soak');
    const minutes = Array.from({ length: Math.ceil(seconds / 60) }, (_, minute) =>
      quantilesOf(load.tookMs.slice(minute * 60 * ratePerSecond, (minute + 1) * 60 * ratePerSecond)),
    );
    const raw = {
      requests: asked.length,
      statuses: countBy(load.statuses),
      presses: seenOf.presses.length,
      allStored: stored !== undefined,
      rowsCleaned,
      pressedTwice: pressedTwice(seenOf),
      ...{
        accept: quantilesOf(load.tookMs),
        acceptByMinute: minutes,
        notificationToStored: quantilesOf(seenOf.notificationMs),
      },
      ...{ memory, processes: stage.gauges.figures([{ fromMs: startedAtMs, toMs: Date.now() }]) },
    };
    const { atSeconds, heapMb, externalMb, rssMb, ...slopes } = memory;
    const ends = { heapMb: endsOf(heapMb), externalMb: endsOf(externalMb), rssMb: endsOf(rssMb) };
    return {
      raw: { ...raw, memory: { ...slopes, ...ends } },
      moments: { atSeconds, heapMb, externalMb, rssMb },
      markdown: summary(raw, bench),
    };
  } finally {
    clearInterval(collections);
    await cleaner.stop();
    await stage.close();
  }
}

/** Of readings over time the first and the last say more than percentiles. */
function endsOf(readings: readonly number[]): { readonly first: number; readonly last: number } {
  return { first: readings[0] ?? NaN, last: readings.at(-1) ?? NaN };
}

function memoryOf(stage: Stage, startedAtMs: number, seconds: number) {
  const lines = stage.gauges
    .lines('host 1', startedAtMs, startedAtMs + seconds * 1000)
    .filter(({ kind }) => kind === 'collected');
  const warm = lines.filter(({ atMs }) => atMs >= startedAtMs + seconds * 1000 * WARM_UP_SHARE);
  const slope = (of: (line: (typeof lines)[number]) => number) =>
    rounded(slopeOf(warm.map((line) => [line.atMs / HOUR_MS, of(line)])));
  return {
    heapMbPerHour: slope(({ heapMb }) => heapMb),
    externalMbPerHour: slope(({ externalMb }) => externalMb),
    residentMbPerHour: slope(({ rssMb }) => rssMb),
    atSeconds: lines.map(({ atMs }) => Math.round((atMs - startedAtMs) / 1000)),
    heapMb: lines.map(({ heapMb }) => heapMb),
    externalMb: lines.map(({ externalMb }) => externalMb),
    rssMb: lines.map(({ rssMb }) => rssMb),
  };
}

function summary(
  {
    requests,
    presses,
    pressedTwice: twice,
    accept,
    notificationToStored,
    memory,
  }: {
    requests: number;
    presses: number;
    pressedTwice: number;
    accept: ReturnType<typeof quantilesOf>;
    notificationToStored: ReturnType<typeof quantilesOf>;
    memory: ReturnType<typeof memoryOf>;
  },
  { options }: Bench,
): string {
  const ends = (values: readonly number[]) => `${values[0] ?? '–'} → ${values.at(-1) ?? '–'}`;
  const rows = [
    ['heap after collection', ends(memory.heapMb), String(memory.heapMbPerHour)],
    ['external', ends(memory.externalMb), String(memory.externalMbPerHour)],
    ['resident', ends(memory.rssMb), String(memory.residentMbPerHour)],
  ];
  return `${options.seconds / 60} minutes at ${options.ratePerSecond} requests/s: ${requests} requests, ${presses} presses, ${twice} pressed twice; accept p50 ${accept.p50} ms, p99 ${accept.p99} ms; notification to stored p99 ${notificationToStored.p99} ms. The slope leaves out the first third.\n\n${table(['memory', 'MB, first → last', 'MB an hour'], rows)}`;
}
