// Beside the speed: how often each peer presses twice when the network is bad. By chance: 1 % of all exchanges with
// storage and with Graph meet a fault. By rule: Graph's answer to the first press of every request is lost.
// Callers ask again after a 5xx, as Logic Apps does.
import { waitFor } from '../../local/wait-for';
// The fault proxies of the chaos run, at other rates.
import { NO_FAULTS, type FaultRates } from '../../test/chaos/proxy/network-faults';
import { StoredRows } from '../../test/support/services/stored-rows';
import type { Peer } from '../apps';
import { onCallsOfTheirOwn, type AskedTones, type Bench, type ScenarioResult } from '../bench';
import { byPeer, table } from '../figures/markdown';
import { pressedTwice, pressesOf, seen, untilAllStored } from '../figures/presses';
import { countBy } from '../figures/samples';
import type { Stage } from '../stage';

/** One exchange in a hundred: half of these were executed, and the answer is lost. */
const ONE_PERCENT: FaultRates = {
  ...NO_FAULTS,
  resetBefore: 0.0025,
  resetAfter: 0.0025,
  errorBefore: 0.0025,
  errorAfter: 0.0025,
};
const ANSWER_LOST: FaultRates = { ...NO_FAULTS, resetAfter: 1 };

/** Logic Apps asks again up to four times; its pauses are longer. */
const RETRIES = { mostTries: 5, retryPauseMs: 500 };
const RATE_PER_SECOND = 40;
/** A claimed request whose press nobody can tell of is over soon. */
const SETTINGS = { SEND_GRACE_SECONDS: '6', NOTIFICATION_GRACE_SECONDS: '5' };
/** Longer than any pause before a repetition: the stock client waits 3 s, 6 s and 12 s; a failed message 2 s. */
const QUIET_MS = 20_000;
const QUICK_QUIET_MS = 3500;
const LIMIT_MS = 180_000;
/** Longest wait for our own rows to end: the deadline of a request (60 s), and a run of the timer. */
const END_LIMIT_MS = 150_000;

export async function faults(bench: Bench): Promise<ScenarioResult> {
  const cells = await bench.eachCell(
    'faults',
    async (peer) => {
      const forced = await withStage(bench, peer, (stage) => loseAnswers(bench, stage));
      return {
        forced,
        ...(!bench.options.isQuick && {
          chance: await withStage(bench, peer, (stage) => byChance(bench, stage, peer)),
        }),
      };
    },
    1,
  );
  return { raw: cells, markdown: summary(cells) };
}

async function withStage<T>(bench: Bench, peer: Peer, work: (stage: Stage) => Promise<T>): Promise<T> {
  const stage = await bench.stage({
    instances: [{ appDirectory: bench.apps.directoryOf[peer], settings: SETTINGS }],
    proxies: { seed: bench.options.seed, rates: NO_FAULTS },
  });
  try {
    // Keys, tokens and containers are there before the network turns bad.
    await bench.askForTones(stage, onCallsOfTheirOwn('warm', 1), { kind: 'hands', count: 1 });
    await untilAllStored(stage.simulator, 'warm', 1);
    return await work(stage);
  } finally {
    await stage.close();
  }
}

async function byChance(bench: Bench, stage: Stage, peer: Peer) {
  const asked = onCallsOfTheirOwn('chance', 1000);
  stage.graph?.useRates(ONE_PERCENT);
  stage.storage?.useRates(ONE_PERCENT);
  await bench.askForTones(stage, asked, { kind: 'rate', perSecond: RATE_PER_SECOND }, RETRIES);
  await untilQuiet(stage, 'chance', QUIET_MS);
  // A message whose dequeue was answered to nobody is hidden for ten minutes. Ours
  // then ends by its deadline; the peers' are pressed late.
  if (peer === 'ours') await untilEnded(stage, asked);
  const { graph, storage } = stage;
  graph?.useRates(NO_FAULTS);
  storage?.useRates(NO_FAULTS);
  return {
    ...(await judge(stage, 'chance', asked)),
    faults: { graph: { ...graph?.faults }, queue: { ...storage?.queue.faults }, table: { ...storage?.table.faults } },
  };
}

/** One request after the other; the network is good again as soon as the press has been seen. */
async function loseAnswers(bench: Bench, stage: Stage) {
  const asked = onCallsOfTheirOwn('forced', bench.options.isQuick ? 2 : 10);
  for (const [position, request] of asked.entries()) {
    stage.graph?.useRates(ANSWER_LOST);
    const asking = bench.askForTones(stage, [request], { kind: 'hands', count: 1 }, RETRIES);
    await waitFor(
      `the press of ${request.clientContext}`,
      () =>
        pressesOf(stage.simulator, 'forced').length > 0 &&
        seen(stage.simulator, 'forced').firstPressAtMs.size === position + 1,
    );
    stage.graph?.useRates(NO_FAULTS);
    await asking;
  }
  // The queue delivers a failed message again after 2 s.
  await untilQuiet(stage, 'forced', bench.options.isQuick ? QUICK_QUIET_MS : QUIET_MS);
  return judge(stage, 'forced', asked);
}

/** No press, and no attempt at one, for a while. */
async function untilQuiet({ simulator, graph }: Stage, series: string, quietMs: number): Promise<void> {
  const attempts = () =>
    (graph?.requests ?? []).filter(({ operation }) => operation === 'graph press').length +
    pressesOf(simulator, series).length;
  let [count, sinceMs] = [attempts(), Date.now()];
  await waitFor(
    'quiet',
    () => {
      if (attempts() !== count) [count, sinceMs] = [attempts(), Date.now()];
      return Date.now() - sinceMs >= quietMs;
    },
    { limitMs: LIMIT_MS, everyMs: 200 },
  );
}

async function statusesOf({ azurite, settings }: Stage, asked: readonly AskedTones[]): Promise<string[]> {
  const rows = (await new StoredRows(azurite.connectionString, settings).all()).filter(
    ({ rowKey }) => rowKey === 'outcome',
  );
  const statuses = new Map(rows.map(({ clientContext, status }) => [String(clientContext), String(status)]));
  return asked.map(({ clientContext }) => statuses.get(clientContext) ?? 'no row');
}

async function untilEnded(stage: Stage, asked: readonly AskedTones[]): Promise<void> {
  const isOpen = (status: string) => ['accepted', 'sending', 'running'].includes(status);
  await waitFor('the end of every request', async () => !(await statusesOf(stage, asked)).some(isOpen), {
    limitMs: END_LIMIT_MS,
    everyMs: 5000,
  });
}

async function judge(stage: Stage, series: string, asked: readonly AskedTones[]) {
  const { pressesOf: counts, presses } = seen(stage.simulator, series);
  return {
    requests: asked.length,
    presses: presses.length,
    pressedTwice: pressedTwice({ pressesOf: counts }),
    neverPressed: asked.filter(({ clientContext }) => counts[clientContext] === undefined).length,
    outcomes: countBy(await statusesOf(stage, asked)),
  };
}

type Judged = Awaited<ReturnType<typeof judge>>;

function summary(cells: readonly { peer: Peer; forced: Judged; chance?: Judged }[]): string {
  const cell = ({ requests, presses, pressedTwice: twice, neverPressed, outcomes }: Judged) => [
    String(requests),
    String(presses),
    `**${twice}**`,
    String(neverPressed),
    Object.entries(outcomes)
      .map(([status, count]) => `${count} ${status}`)
      .join(', '),
  ];
  const rows = byPeer(cells, ([only], peer) =>
    only?.chance ? [peer, '1 % of all exchanges', ...cell(only.chance)] : [peer],
  );
  const forced = byPeer(cells, ([only], peer) =>
    only ? [peer, 'Graph’s first answer lost', ...cell(only.forced)] : [peer],
  );
  const head = [
    'peer',
    'faults',
    'requests',
    'presses',
    'pressed twice or more',
    'not pressed within the run',
    'outcomes',
  ];
  return `Presses under faults of the network; callers ask again after a 5xx.\n\n${table(head, [...rows.filter(({ length }) => length > 1), ...forced])}`;
}
