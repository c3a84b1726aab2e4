// Real processes under chaos: several instances of the built app on one Azurite, killed at random and at the worst moments, with faults
// on every connection. Counts broken promises from the simulator's own record. Used by chaos.test.ts and `npm run chaos`.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { startAzurite } from '../../local/azurite';
import { startGraphSimulator, type GraphSimulator } from '../../local/graph-simulator/server';
import { waitFor } from '../../local/wait-for';
import { seededRandom } from '../proof/simulation/seeded-random';
import { AppInstances, FUNCTION_KEY } from './app-instances';
import { Callers, LATEST_NOTIFICATION_MS } from './callers';
import { countOf, operationsIn, sumOf, type ChaosFigures } from './chaos-figures';
import { openFrontDoor } from './proxy/front-door';
import { countByPromise, judge, type Promised, type Violation } from './judgement';
import { killRepeatedly } from './killer';
import type { FaultRates } from './proxy/network-faults';
import { StorageWatch } from './proxy/storage-watch';

export interface ChaosOptions {
  readonly kills: number;
  readonly seed: number;
  /** Default 3. */
  readonly instances?: number;
  /** Deadlines of the requests. Default 10 to 30. */
  readonly expiresInSeconds?: readonly [from: number, to: number];
  /** Callers at a time. Default 6. */
  readonly callers?: number;
  /** Starts the timer function by hand once the kills are over, in place of waiting for its half minute. Default false. */
  readonly hurriesTimer?: boolean;
  /** Another built app, as a control that must fail. Default: this repository. */
  readonly appDirectory?: string;
  readonly onProgress?: (line: string) => void;
}

/**
 * LOCAL_DEQUEUE_VISIBILITY_SECONDS: the messages of a killed instance come again within the run, and not after ten minutes. It is
 * shorter than some deliveries take, so that second deliveries meet claims that are being worked on, too.
 */
const SETTINGS = {
  SEND_GRACE_SECONDS: '6',
  NOTIFICATION_GRACE_SECONDS: '5',
  WAIT_MAX_SECONDS: '4',
  LOCAL_DEQUEUE_VISIBILITY_SECONDS: '8',
};

const STORAGE_RATES: FaultRates = {
  resetBefore: 0.01,
  resetAfter: 0.015,
  delayBefore: 0.01,
  delayAfter: 0.01,
  errorBefore: 0.01,
  errorAfter: 0.015,
  mostDelayBeforeMs: 1500,
  mostDelayAfterMs: 2500,
};

/** A press is delayed on its way by much less than the lead that the app keeps to a deadline (250 ms): nobody can call back what has left. */
const GRAPH_RATES: FaultRates = {
  resetBefore: 0.03,
  resetAfter: 0.04,
  delayBefore: 0.1,
  delayAfter: 0.06,
  errorBefore: 0.02,
  errorAfter: 0.03,
  mostDelayBeforeMs: 50,
  mostDelayAfterMs: 5000,
};

const SETTLE_LIMIT_MS = 180_000;
/** Progress is told every so many kills. */
const TELL_EVERY = 10;

export async function runChaos(options: ChaosOptions): Promise<ChaosFigures> {
  const {
    seed,
    kills,
    instances: count = 3,
    expiresInSeconds = [10, 30],
    callers: callerCount = 6,
    onProgress = () => {},
  } = options;
  const startedAt = Date.now();
  const random = seededRandom(seed);
  const loopDelay = monitorEventLoopDelay({ resolution: 10 });
  const closers: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const azurite = await startAzurite();
    closers.push(() => azurite.close());
    const simulator = await startGraphSimulator({ port: 0 });
    closers.push(() => simulator.close());
    const instances = await AppInstances.start({
      ...{
        azurite,
        simulator,
        count,
        random,
        settings: SETTINGS,
        storageRates: STORAGE_RATES,
        graphRates: GRAPH_RATES,
      },
      ...(options.appDirectory !== undefined && { appDirectory: options.appDirectory }),
    });
    closers.push(() => instances.close());
    const liveUrls = () => instances.liveUrls;
    const door = await openFrontDoor(liveUrls, random);
    closers.push(() => door.close());
    const watch = new StorageWatch(azurite.connectionString);
    watch.start();
    closers.push(() => watch.stop());
    onProgress(`${count} instances live, seed ${seed}`);
    loopDelay.enable();

    const callers = new Callers({
      simulator,
      random,
      expiresInSeconds,
      callbackUrl: `${door.url}/api/callNotifications`,
      liveUrls,
    });
    let isOver = false;
    const conversations = Promise.all(Array.from({ length: callerCount }, () => callers.converseUntil(() => isOver)));
    await killRepeatedly(instances, kills, random, () => {
      if (instances.kills % TELL_EVERY === 0)
        onProgress(`${instances.kills} kills, ${callers.asked.length} requests, ${simulator.presses().length} presses`);
    }).finally(() => (isOver = true));
    await conversations;

    instances.calm();
    await instances.allLive();
    onProgress('faults off; waiting for rest');
    const last = await callers.askOnce();
    const unrest = await untilRest(
      watch,
      simulator,
      options.hurriesTimer === true ? () => startTimer(liveUrls()) : undefined,
    );
    const outcomes = await watch.outcomes();
    const rows = await watch.allRows();
    const presses = simulator.presses();
    const notifications = simulator.notifications();
    await close();

    const arrivals = instances.graph.flatMap(({ requests }) =>
      requests.filter(({ operation }) => operation === 'graph press'),
    );
    const found = (promise: Promised, details: readonly string[]): Violation[] =>
      details.map((detail) => ({ promise, detail }));
    const recovered = String(outcomes.get(last.clientContext)?.status);
    const violations = [
      ...judge({ asked: callers.asked, outcomes, rows, presses, arrivals, notifications, lines: instances.lines }),
      ...found('false status', watch.faults),
      ...found('not at rest', unrest),
      ...found('crash', instances.crashes),
      ...found(
        'unexpected answer',
        Object.keys(callers.answers).filter((status) => !['202', '503', 'none'].includes(status)),
      ),
      ...found('not recovered', recovered === 'succeeded' ? [] : [`${last.clientContext}: ${recovered}`]),
    ];
    return {
      seed,
      seconds: Math.round((Date.now() - startedAt) / 1000),
      kills: instances.killsBy,
      calls: callers.callCount,
      requests: callers.asked.length,
      accepted: callers.asked.filter(({ toldAt }) => toldAt !== undefined).length,
      answers: callers.answers,
      presses: presses.length,
      longestPauseMs: Math.round(loopDelay.max / 1e6),
      statuses: countOf([...outcomes.values()].map(({ status }) => String(status))) as Record<string, number>,
      storageFaults: sumOf(instances.storage.flatMap(({ queue, table }) => [queue.faults, table.faults])),
      graphFaults: sumOf(instances.graph.map(({ faults }) => faults)),
      operations: operationsIn([
        ...instances.storage.flatMap(({ queue, table }) => [queue.requests, table.requests]),
        ...instances.graph.map(({ requests }) => requests),
      ]),
      broken: countByPromise(violations),
      violations,
      lines: instances.lines,
    };
  } finally {
    await close();
  }
}

/** Until rows are final, queues empty and notifications sent; what is left of unrest when the limit is over. */
async function untilRest(
  watch: StorageWatch,
  simulator: GraphSimulator,
  hurry?: () => Promise<void>,
): Promise<string[]> {
  const giveUpAt = Date.now() + SETTLE_LIMIT_MS;
  const left = await waitFor(
    'rest',
    async () => {
      await hurry?.();
      const lastPressEnd = Math.max(
        0,
        ...simulator
          .presses()
          .slice(-100)
          .map((press) => Date.parse(press.endedAt)),
      );
      const underWay =
        simulator.notifications().filter((sent) => !sent.finished).length +
        (Date.now() < lastPressEnd + LATEST_NOTIFICATION_MS ? 1 : 0);
      const unrest = [...(await watch.unrest()), ...(underWay > 0 ? ['notifications are under way'] : [])];
      return unrest.length === 0 || Date.now() > giveUpAt ? { unrest } : undefined;
    },
    { limitMs: 2 * SETTLE_LIMIT_MS, everyMs: 1000 },
  );
  return left.unrest;
}

async function startTimer([url]: readonly string[]): Promise<void> {
  if (url === undefined) return;
  const headers = { 'Content-Type': 'application/json', 'x-functions-key': FUNCTION_KEY };
  const answer = await fetch(`${url}/admin/functions/closeOverdueOutcomes`, { method: 'POST', headers, body: '{}' });
  if (answer.status !== 202) throw new Error(`the timer's start was answered with ${answer.status}`);
}
