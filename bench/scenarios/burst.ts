// Scenario 3: many requests over few calls at once. How long until the last
// outcome is stored, and whether each call's order was kept.
// Two ways of asking: each call's requests one after the other's 202, which is an order that a caller can know; and
// all at the same instant, where the order is the one that the app gave them (its rows' `after`).
import type { Press } from '../../local/graph-simulator/calls/presses';
import { StoredRows } from '../../test/support/services/stored-rows';
import type { Peer } from '../apps';
import type { AskedTones, Bench, ScenarioResult } from '../bench';
import { byPeer, table } from '../figures/markdown';
import { pressedTwice, untilAllStored } from '../figures/presses';
import { countBy, medianAndRange, quantilesOf, rounded } from '../figures/samples';
import type { Stage } from '../stage';

const EXPIRES_IN_SECONDS = 600;
const LIMIT_MS = 240_000;

type Way = 'in turn' | 'at once';

export async function burst(bench: Bench): Promise<ScenarioResult> {
  const cells = await bench.eachCell('burst', async (peer) => {
    const stage = await bench.stage({ instances: [{ appDirectory: bench.apps.directoryOf[peer] }] });
    try {
      await bench.askForTones(stage, requestsOf('warm', 4, 1), { kind: 'hands', count: 4 });
      await untilAllStored(stage.simulator, 'warm', 4);
      const inTurn = await measure(bench, stage, peer, 'in turn');
      return bench.options.isQuick
        ? { ways: [inTurn] }
        : { ways: [inTurn, await measure(bench, stage, peer, 'at once')] };
    } finally {
      await stage.close();
    }
  });
  return { raw: cells, markdown: summary(cells, bench) };
}

function sizes({ options }: Bench): { calls: number; requestsOfEach: number } {
  return options.isQuick ? { calls: 4, requestsOfEach: 2 } : { calls: 50, requestsOfEach: 4 };
}

/** The first request of each call, then the second of each, … */
function requestsOf(series: string, calls: number, requestsOfEach: number): AskedTones[] {
  return Array.from({ length: calls * requestsOfEach }, (_, position) => ({
    clientContext: `${series}-${position}`,
    callId: `${series}-call-${position % calls}`,
    expiresInSeconds: EXPIRES_IN_SECONDS,
  }));
}

async function measure(bench: Bench, stage: Stage, peer: Peer, way: Way) {
  const { calls, requestsOfEach } = sizes(bench);
  const series = way.replace(' ', '');
  const asked = requestsOf(series, calls, requestsOfEach);
  const load = await bench.askForTones(
    stage,
    asked,
    way === 'in turn' ? { kind: 'lanes', count: calls } : { kind: 'at once' },
  );
  const seen = await untilAllStored(stage.simulator, series, asked.length, LIMIT_MS);
  const order = way === 'in turn' ? callersOrder(asked) : peer === 'ours' ? await appsOrder(stage, asked) : undefined;
  return {
    way,
    requests: asked.length,
    statuses: countBy(load.statuses),
    acceptMs: load.tookMs.map(rounded),
    lastOutcomeMs: seen.lastStoredAtMs - Math.min(...load.askedAtMs),
    presses: seen.presses.length,
    pressedTwice: pressedTwice(seen),
    overlaps: seen.presses.filter(({ overlapsWith }) => overlapsWith.length > 0).length,
    /** Calls whose presses came in another order. Absent where nobody gave an order. */
    ...(order !== undefined && { callsOutOfOrder: outOfOrder(seen.presses, order) }),
  };
}

function callersOrder(asked: readonly AskedTones[]): Map<string, string[]> {
  const order = new Map<string, string[]>();
  for (const { callId, clientContext } of asked) order.set(callId, [...(order.get(callId) ?? []), clientContext]);
  return order;
}

/** Each row names the one that was accepted before it. */
async function appsOrder({ azurite, settings }: Stage, asked: readonly AskedTones[]): Promise<Map<string, string[]>> {
  const rows = new StoredRows(azurite.connectionString, settings);
  const nextOf = new Map<string, string>();
  for (const { clientContext, callId } of asked) {
    const { after } = await rows.outcome(clientContext);
    nextOf.set(typeof after === 'string' && after !== '' ? after : callId, clientContext);
  }
  const order = new Map<string, string[]>();
  for (const { callId } of asked) {
    const chain: string[] = [];
    for (let next = nextOf.get(callId); next !== undefined; next = nextOf.get(next)) chain.push(next);
    order.set(callId, chain);
  }
  return order;
}

function outOfOrder(presses: readonly Press[], order: ReadonlyMap<string, readonly string[]>): number {
  return [...order].filter(([callId, expected]) => {
    const pressed = presses.filter((press) => press.callId === callId).map(({ clientContext }) => clientContext);
    return JSON.stringify(pressed) !== JSON.stringify(expected);
  }).length;
}

type Measured = Awaited<ReturnType<typeof measure>>;

function summary(cells: readonly { peer: Peer; ways: readonly Measured[] }[], bench: Bench): string {
  const { calls, requestsOfEach } = sizes(bench);
  const rows = (['in turn', 'at once'] as const).flatMap((way) =>
    byPeer(cells, (of, peer) => {
      const measured = of.flatMap(({ ways }) => ways.filter((one) => one.way === way));
      const sum = (count: (one: Measured) => number) => String(measured.reduce((total, one) => total + count(one), 0));
      const isOrdered = measured.every(({ callsOutOfOrder }) => callsOutOfOrder !== undefined);
      return [
        way,
        peer,
        medianAndRange(
          measured.map(({ lastOutcomeMs }) => lastOutcomeMs / 1000),
          2,
        ),
        medianAndRange(
          measured.map(({ acceptMs }) => quantilesOf(acceptMs).p99),
          0,
        ),
        sum(({ pressedTwice: twice }) => twice),
        isOrdered ? sum(({ callsOutOfOrder = 0 }) => callsOutOfOrder) : 'no order given',
        sum(({ overlaps }) => overlaps),
      ];
    }).filter(([, , lastOutcome]) => lastOutcome !== '–'),
  );
  const head = [
    'asked',
    'peer',
    'last outcome after s',
    'accept p99 ms',
    'pressed twice',
    'calls out of order',
    'presses that overlap another of their call',
  ];
  return `${calls * requestsOfEach} requests over ${calls} calls, ${bench.options.repeats} repeats (times: median and range; counts: sum over all repeats).\n\n${table(head, rows)}`;
}
