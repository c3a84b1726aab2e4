// Scenario 8: dial strings with pauses, and the hand-over from one request of a call to the next.
// How much longer a pause is than was asked: from the simulator's report of a part to the press of the next, less the pause. On an idle host,
// and on a busy one: 40 sequences in their pauses at once beside requests at a fixed rate, whose own way to the press is measured, too.
import { setTimeout as pause } from 'node:timers/promises';
import type { SentNotification } from '../../local/graph-simulator/calls/notifications';
import type { Press } from '../../local/graph-simulator/calls/presses';
import { waitFor } from '../../local/wait-for';
import { onCallsOfTheirOwn, type AskedTones, type Bench, type ScenarioResult } from '../bench';
import { table } from '../figures/markdown';
import { pressesOf, pressedTwice, seen, untilAllStored } from '../figures/presses';
import { countBy, quantilesOf, rounded } from '../figures/samples';
import type { Stage } from '../stage';

const PEERS = ['ours', 'sleeping'] as const;
type PausePeer = (typeof PEERS)[number];

/** Each has several pauses of one length. */
const STRINGS = { '0.5 s': '1w2w3w4', '1 s': '1W2W3W4', '4 s': '1,,2,,3' } as const;
type Length = keyof typeof STRINGS;
const PAUSE_MS: Readonly<Record<Length, number>> = { '0.5 s': 500, '1 s': 1000, '4 s': 4000 };
const LENGTHS = Object.keys(STRINGS) as Length[];

const BUSY_SEQUENCES = 40;
const BUSY_RATE = 20;
const BUSY_SECONDS = 15;
const CHAIN_LENGTH = 5;

export async function pauses(bench: Bench): Promise<ScenarioResult> {
  const cells = [];
  for (const peer of PEERS) {
    bench.say(`pauses: ${peer}`);
    cells.push({ peer, ...(await measurePauses(bench, peer)) });
  }
  const handOver = [];
  for (const instances of bench.options.isQuick ? [1] : [1, 3]) {
    bench.say(`pauses: hand-over, ${instances} instance(s)`);
    handOver.push(await measureHandOver(bench, instances));
  }
  return { raw: { pauses: cells, handOver }, markdown: summary(cells, handOver) };
}

async function stageOf(bench: Bench, peer: PausePeer, instances = 1): Promise<Stage> {
  const appDirectory = peer === 'ours' ? bench.apps.directoryOf.ours : await bench.apps.sleeping();
  const stage = await bench.stage({ instances: Array.from({ length: instances }, () => ({ appDirectory })) });
  const warm = onCallsOfTheirOwn('warm', 3);
  await bench.askForTones(stage, warm, { kind: 'hands', count: 1 });
  await untilAllStored(stage.simulator, 'warm', warm.length);
  return stage;
}

async function measurePauses(bench: Bench, peer: PausePeer) {
  const stage = await stageOf(bench, peer);
  try {
    const { isQuick, repeats } = bench.options;
    const idle: Partial<Record<Length, number[]>> = {};
    for (const length of LENGTHS) {
      const asked = sequencesOf(`idle${PAUSE_MS[length]}`, isQuick ? 1 : 4 * repeats, STRINGS[length]);
      await bench.askForTones(stage, asked, { kind: 'rate', perSecond: 1 });
      idle[length] = await overruns(stage, asked, PAUSE_MS[length]);
    }
    return { idle, busy: await measureBusy(bench, stage) };
  } finally {
    await stage.close();
  }
}

/** All sequences at once, of all lengths in turn, and single requests beside them. */
async function measureBusy(bench: Bench, stage: Stage) {
  const { isQuick } = bench.options;
  const asked = LENGTHS.map((length) => ({
    length,
    sequences: sequencesOf(`busy${PAUSE_MS[length]}`, isQuick ? 1 : Math.ceil(BUSY_SEQUENCES / 3), STRINGS[length]),
  }));
  const single = onCallsOfTheirOwn('single', isQuick ? 2 : BUSY_RATE * BUSY_SECONDS);
  const all = asked.flatMap(({ sequences }) => sequences);
  const load = await bench.askForTones(stage, all, { kind: 'at once' });
  const beside = await bench.askForTones(stage, single, { kind: 'rate', perSecond: BUSY_RATE });
  const found = await untilAllStored(stage.simulator, 'single', single.length);
  const overrunMs: Partial<Record<Length, number[]>> = {};
  for (const { length, sequences } of asked) {
    overrunMs[length] = await overruns(stage, sequences, PAUSE_MS[length]);
  }
  return {
    statuses: countBy([...load.statuses, ...beside.statuses]),
    overrunMs,
    singleAskedToPressMs: single.map(({ clientContext }, index) =>
      rounded((found.firstPressAtMs.get(clientContext) ?? NaN) - (beside.askedAtMs[index] ?? NaN)),
    ),
  };
}

function sequencesOf(series: string, count: number, digits: string): AskedTones[] {
  return onCallsOfTheirOwn(series, count).map((request) => ({ ...request, digits }));
}

/** Of every pause: from the report before it to the press after it, less what was asked. Waits until all parts were pressed and reported. */
async function overruns(stage: Stage, asked: readonly (AskedTones & { digits?: string })[], pauseMs: number) {
  const partCount = (asked[0]?.digits ?? '').split(/[wW,]+/).length;
  const [series = ''] = (asked[0]?.clientContext ?? '').split('-');
  const seenOf = await untilAllStored(stage.simulator, series, asked.length * partCount);
  if (pressedTwice(seenOf) > 0) throw new Error(`${series}: a part was pressed twice`);
  const reportedAtMs = reportsOf(stage);
  return seenOf.presses.flatMap((press) => {
    const before = partBefore(press.clientContext ?? '');
    const reported = before === undefined ? undefined : reportedAtMs.get(before);
    return reported === undefined ? [] : [rounded(Date.parse(press.startedAt) - reported - pauseMs)];
  });
}

/** When the simulator began to send the report of each part. */
function reportsOf({ simulator }: Stage): Map<string, number> {
  const at = ({ attempts }: SentNotification) => Date.parse(attempts.at(-1)?.at ?? '');
  return new Map(simulator.notifications().map((sent) => [sent.clientContext ?? '', at(sent)]));
}

function partBefore(clientContext: string): string | undefined {
  const [, name, part] = /^(.*);part=(\d+)$/.exec(clientContext) ?? [];
  if (name === undefined) return undefined;
  return part === '2' ? name : `${name};part=${Number(part) - 1}`;
}

/** Requests on one call, all asked at once: from the report of one to the press of the next. */
async function measureHandOver(bench: Bench, instances: number) {
  const stage = await stageOf(bench, 'ours', instances);
  try {
    const calls = bench.options.isQuick ? 1 : 3 * bench.options.repeats;
    const handOverMs: number[] = [];
    for (let call = 0; call < calls; call += 1) {
      const series = `chain${call}`;
      const asked = Array.from({ length: bench.options.isQuick ? 2 : CHAIN_LENGTH }, (_, position) => ({
        clientContext: `${series}-${position}`,
        callId: `${series}-call`,
      }));
      await bench.askForTones(stage, asked, { kind: 'hands', count: 1 });
      await waitFor('the chain', () => pressesOf(stage.simulator, series).length === asked.length, { limitMs: 90_000 });
      await untilAllStored(stage.simulator, series, asked.length);
      handOverMs.push(...handOversOf(seen(stage.simulator, series).presses, reportsOf(stage)));
      // The queue's pollers slow down again, as between two callers.
      if (!bench.options.isQuick) await pause(500);
    }
    return { instances, calls, handOverMs };
  } finally {
    await stage.close();
  }
}

function handOversOf(presses: readonly Press[], reportedAtMs: ReadonlyMap<string, number>): number[] {
  return presses
    .slice(1)
    .map(({ startedAt }, index) =>
      rounded(Date.parse(startedAt) - (reportedAtMs.get(presses[index]?.clientContext ?? '') ?? NaN)),
    );
}

type Cell = { readonly peer: PausePeer } & Awaited<ReturnType<typeof measurePauses>>;
type HandOver = Awaited<ReturnType<typeof measureHandOver>>;

function summary(cells: readonly Cell[], handOver: readonly HandOver[]): string {
  const rows = cells.flatMap(({ peer, idle, busy }) =>
    [
      { host: 'idle', of: idle },
      { host: 'busy', of: busy.overrunMs },
    ].flatMap(({ host, of }) =>
      LENGTHS.map((length) => {
        const { count, p50, p99, max } = quantilesOf(of[length] ?? []);
        return [peer, host, length, String(count), p50.toFixed(0), p99.toFixed(0), max.toFixed(0)];
      }),
    ),
  );
  const beside = cells.map(({ peer, busy }) => {
    const { p50, p99 } = quantilesOf(busy.singleAskedToPressMs);
    return `${peer} ${p50.toFixed(0)} ms (p99 ${p99.toFixed(0)})`;
  });
  const chain = handOver.map(({ instances, handOverMs }) => {
    const { count, p50, p99, max } = quantilesOf(handOverMs);
    return [String(instances), String(count), p50.toFixed(0), p99.toFixed(0), max.toFixed(0)];
  });
  return `How much longer than asked a pause was, milliseconds.\n\n${table(['peer', 'host', 'pause', 'pauses', 'p50', 'p99', 'max'], rows)}\n\nA single request for another call beside the busy host's sequences, asked to pressed: ${beside.join(', ')}.\n\nFrom the report of one request to the press of the next on the same call, milliseconds.\n\n${table(['instances', 'hand-overs', 'p50', 'p99', 'max'], chain)}`;
}
