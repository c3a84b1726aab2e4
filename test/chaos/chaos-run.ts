// Real processes under chaos: several instances of the built app on one Azurite, killed at random and at the worst moments, with faults
// on every connection. Counts broken promises from the simulator's own record; has an end of its own, whatever does not come.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { withinLimit } from '../../local/within-limit';
import { seededRandom, type SeededRandom } from '../proof/simulation/seeded-random';
import { Callers, type AskedRequest } from './callers';
import { runLimitMs } from './chaos-options';
import { countOf, operationsIn, sumOf, type ChaosFigures } from './chaos-figures';
import { openStage, type ChaosStage } from './chaos-stage';
import { countByPromise, judge, type Promised, type Violation } from './judgement';
import { killRepeatedly } from './killer';
import type { FaultRates } from './proxy/network-faults';
import { startTimer, untilRest } from './rest';

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
  /** After this many milliseconds the run fails and closes what it opened. Default: `runLimitMs` of its kills. */
  readonly limitMs?: number;
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

/** Progress is reported every so many kills. */
const REPORT_EVERY = 10;
/** The last conversations of the callers, once there are no kills any more. */
const CONVERSATIONS_LIMIT_MS = 120_000;

export async function runChaos(options: ChaosOptions): Promise<ChaosFigures> {
  const { seed, kills, limitMs = runLimitMs(kills), onProgress = () => {} } = options;
  const startedAt = Date.now();
  const lost = new AbortController();
  const deadline = setTimeout(() => lost.abort(new Error(`the run was not over after ${limitMs} ms`)), limitMs);
  const loopDelay = monitorEventLoopDelay({ resolution: 10 });
  let stage: ChaosStage | undefined;
  try {
    const random = seededRandom(seed);
    stage = await openStage(stageOptions(options, random), lost);
    onProgress(`${options.instances ?? 3} instances live, seed ${seed}`);
    loopDelay.enable();
    const callers = callersOn(stage, options, random, lost.signal);
    const seen = await underFire(stage, callers, options, random, lost.signal);
    await stage.close();
    loopDelay.disable();
    return {
      seed,
      seconds: Math.round((Date.now() - startedAt) / 1000),
      longestPauseMs: Math.round(loopDelay.max / 1e6),
      ...figuresOf(stage, callers, seen),
    };
  } catch (error) {
    throw lost.signal.aborted ? reasonWith(lost.signal.reason, error) : error;
  } finally {
    clearTimeout(deadline);
    lost.abort(new Error('the run is over'));
    await stage?.close();
  }
}

/** Why the run could not go on, and what it was at. */
function reasonWith(reason: unknown, error: unknown): Error {
  return new Error(`${(reason as Error).message} (${(error as Error).message})`, { cause: error });
}

function stageOptions({ instances: count = 3, appDirectory }: ChaosOptions, random: SeededRandom) {
  const rates = { storageRates: STORAGE_RATES, graphRates: GRAPH_RATES };
  return { count, random, settings: SETTINGS, ...rates, ...(appDirectory !== undefined && { appDirectory }) };
}

function callersOn(
  stage: ChaosStage,
  { expiresInSeconds = [10, 30] }: ChaosOptions,
  random: SeededRandom,
  signal: AbortSignal,
): Callers {
  const { simulator, door, instances } = stage;
  const callbackUrl = `${door.url}/api/callNotifications`;
  return new Callers({ simulator, random, expiresInSeconds, callbackUrl, signal, liveUrls: () => instances.liveUrls });
}

/** Kills, then rest; and what is seen then. */
async function underFire(
  { simulator, instances, watch }: ChaosStage,
  callers: Callers,
  { kills, callers: count = 6, hurriesTimer = false, onProgress = () => {} }: ChaosOptions,
  random: SeededRandom,
  signal: AbortSignal,
) {
  const report = () => {
    if (instances.kills % REPORT_EVERY === 0)
      onProgress(`${instances.kills} kills, ${callers.asked.length} requests, ${simulator.presses().length} presses`);
  };
  let isOver = false;
  const conversations = Promise.all(Array.from({ length: count }, () => callers.converseUntil(() => isOver)));
  const killing = killRepeatedly(instances, kills, random, report, signal).finally(() => (isOver = true));
  // Callers that fail are seen while instances are still killed.
  await Promise.race([killing, conversations.then(() => killing)]);
  await withinLimit('the last conversations', CONVERSATIONS_LIMIT_MS, conversations, signal);

  instances.calm();
  await instances.allLive(signal);
  onProgress('faults off; waiting for rest');
  const last = await withinLimit('the last request', CONVERSATIONS_LIMIT_MS, callers.askOnce(), signal);
  const hurry = hurriesTimer ? () => startTimer(instances.liveUrls) : undefined;
  const unrest = await untilRest(watch, simulator, signal, hurry);
  onProgress('at rest; closing');
  return {
    ...{ last, unrest, outcomes: await watch.outcomes(), rows: await watch.allRows() },
    ...{ presses: simulator.presses(), notifications: simulator.notifications() },
  };
}

type Seen = Awaited<ReturnType<typeof underFire>>;

function violationsOf({ instances, watch }: ChaosStage, callers: Callers, seen: Seen): Violation[] {
  const { last, unrest, ...evidence } = seen;
  const arrivals = instances.graph.flatMap(({ requests }) =>
    requests.filter(({ operation }) => operation === 'graph press'),
  );
  const found = (promise: Promised, details: readonly string[]): Violation[] =>
    details.map((detail) => ({ promise, detail }));
  const unexpected = Object.keys(callers.answers).filter((status) => !['202', '503', 'none'].includes(status));
  return [
    ...judge({ asked: callers.asked, arrivals, lines: instances.lines, ...evidence }),
    ...found('false status', watch.faults),
    ...found('not at rest', unrest),
    ...found('crash', instances.crashes),
    ...found('unexpected answer', unexpected),
    ...found('not recovered', faultOfLast(last, evidence)),
  ];
}

function faultOfLast({ clientContext }: AskedRequest, { outcomes }: Pick<Seen, 'outcomes'>): string[] {
  const status = String(outcomes.get(clientContext)?.status);
  return status === 'succeeded' ? [] : [`${clientContext}: ${status}`];
}

function figuresOf(stage: ChaosStage, callers: Callers, seen: Seen) {
  const { instances } = stage;
  const { storage, graph } = instances;
  const violations = violationsOf(stage, callers, seen);
  return {
    kills: instances.killsBy,
    calls: callers.callCount,
    requests: callers.asked.length,
    accepted: callers.asked.filter(({ toldAt }) => toldAt !== undefined).length,
    answers: callers.answers,
    presses: seen.presses.length,
    statuses: countOf([...seen.outcomes.values()].map(({ status }) => String(status))) as Record<string, number>,
    storageFaults: sumOf(storage.flatMap(({ queue, table }) => [queue.faults, table.faults])),
    graphFaults: sumOf(graph.map(({ faults }) => faults)),
    operations: operationsIn([
      ...storage.flatMap(({ queue, table }) => [queue.requests, table.requests]),
      ...graph.map(({ requests }) => requests),
    ]),
    broken: countByPromise(violations),
    violations,
    lines: instances.lines,
  };
}
