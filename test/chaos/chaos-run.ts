// Real processes under chaos: several instances of the built app on one Azurite, killed at random and at the worst moments, with faults
// on every connection. Counts broken promises from the simulator's own record; has an end of its own, whatever does not come.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { withinLimit } from '../../local/within-limit';
import { seededRandom, type SeededRandom } from '../proof/simulation/seeded-random';
import { Callers, type AskedRequest } from './callers';
import { runLimitMs } from './chaos-options';
import { GRAPH_RATES, PART_LATENESS_SECONDS, SETTINGS, STORAGE_RATES } from './chaos-weather';
import { countOf, operationsIn, sumOf, type ChaosFigures } from './chaos-figures';
import { openStage, type ChaosStage } from './chaos-stage';
import { callbackFiguresOf, owedCallbacks } from './judge/judge-callbacks';
import { belowFloors, partFiguresOf, tooFewCallbacks, tooFewCancels } from './judge/floors';
import { cancelFiguresOf } from './judge/judge-cancels';
import { countByPromise, judge } from './judge/judgement';
import { accountsOf, isInPause } from './judge/parts-account';
import type { Promised, Violation } from './judge/promises';
import { killRepeatedly } from './killer';
import { startTimer, untilRest } from './rest';
import { growthIn, Soak } from './soak';

export interface ChaosOptions {
  readonly kills: number;
  /** A soak: so long, with kills in between, however many. */
  readonly minutes?: number;
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

/** Progress is reported every so many kills. */
const REPORT_EVERY = 10;
/** So many requests are looked at for one that is between two parts. */
const NEWEST = 200;
/** Between two kills: of a run of so many kills, of a soak. */
const KILL_PAUSE_MS = { run: [100, 1500], soak: [2000, 50_000] } as const;
/** 404: cancelled before it was accepted. */
const EXPECTED_ANSWERS = ['200', '202', '503', 'none'].concat(
  ['200', '202', '404', '503', 'none'].map((s) => `cancel ${s}`),
);
/** A short run misses a floor by chance, now and then. */
const LEAST_KILLS_FOR_FLOORS = 20;
/** The last conversations of the callers, once there are no kills any more. */
const CONVERSATIONS_LIMIT_MS = 120_000;

export async function runChaos(options: ChaosOptions): Promise<ChaosFigures> {
  const { seed, kills, limitMs = runLimitMs(kills), onProgress = () => {} } = options;
  const startedAt = Date.now();
  const lost = new AbortController();
  const deadline = setTimeout(() => lost.abort(new Error(`the run was not over after ${limitMs} ms`)), limitMs);
  const loopDelay = monitorEventLoopDelay({ resolution: 10 });
  const soak = options.minutes === undefined ? undefined : new Soak(options.minutes);
  let stage: ChaosStage | undefined;
  try {
    const random = seededRandom(seed);
    stage = await openStage(stageOptions(options, random, soak), lost);
    onProgress(`${options.instances ?? 3} instances live, seed ${seed}`);
    loopDelay.enable();
    const callers = callersOn(stage, options, random, lost.signal);
    const seen = await underFire(stage, callers, { ...options, soak }, random, lost.signal);
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
    soak?.close();
  }
}

/** Why the run could not go on, and what it was at. */
function reasonWith(reason: unknown, error: unknown): Error {
  return new Error(`${(reason as Error).message} (${(error as Error).message})`, { cause: error });
}

function stageOptions({ instances: count = 3, appDirectory }: ChaosOptions, random: SeededRandom, soak?: Soak) {
  const rates = { storageRates: STORAGE_RATES, graphRates: GRAPH_RATES };
  const spared = soak?.gaugeSettings;
  return { count, random, settings: SETTINGS, spared, ...rates, ...(appDirectory !== undefined && { appDirectory }) };
}

function callersOn(
  stage: ChaosStage,
  { expiresInSeconds = [10, 30] }: ChaosOptions,
  random: SeededRandom,
  signal: AbortSignal,
): Callers {
  const { simulator, door, instances, receiver } = stage;
  const callbackUrl = `${door.url}/api/callNotifications`;
  const callbackUrlOf = (clientContext: string) => receiver.urlOf(clientContext);
  const liveUrls = () => instances.liveUrls;
  return new Callers({ simulator, random, expiresInSeconds, callbackUrl, callbackUrlOf, signal, liveUrls });
}

/** Kills, then rest; and what is seen then. */
async function underFire(
  { simulator, instances, watch, receiver }: ChaosStage,
  callers: Callers,
  {
    kills,
    soak,
    callers: count = 6,
    hurriesTimer = false,
    onProgress = () => {},
  }: ChaosOptions & { readonly soak: Soak | undefined },
  random: SeededRandom,
  signal: AbortSignal,
) {
  const report = () => {
    if (instances.kills % REPORT_EVERY === 0)
      onProgress(`${instances.kills} kills, ${callers.asked.length} requests, ${simulator.presses().length} presses`);
  };
  const openEntries = () => watch.openEntries();
  soak?.start({ collectGarbage: () => instances.collectGarbage(), openEntries });
  let isOver = false;
  const conversations = Promise.all(Array.from({ length: count }, () => callers.converseUntil(() => isOver)));
  const isPausing = () => isInPause(newestAccounts(callers, simulator), Date.now());
  const killing = killRepeatedly({
    ...{ instances, random, signal, onKill: report, isInPause: isPausing },
    isEnough: () => soak?.isOver ?? instances.kills >= kills,
    pauseMs: KILL_PAUSE_MS[soak ? 'soak' : 'run'],
  }).finally(() => (isOver = true));
  // Callers that fail are seen while instances are still killed.
  await Promise.race([killing, conversations.then(() => killing)]);
  await withinLimit('the last conversations', CONVERSATIONS_LIMIT_MS, conversations, signal);

  instances.calm();
  receiver.calm();
  await instances.allLive(signal);
  onProgress('faults off; waiting for rest');
  const last = await withinLimit('the last request', CONVERSATIONS_LIMIT_MS, callers.askOnce(), signal);
  const hurry = hurriesTimer ? () => startTimer(instances.liveUrls) : undefined;
  const statusOf = (clientContext: string) => watch.statusOf(clientContext);
  const owed = () => owedCallbacks({ asked: callers.asked, callbacks: receiver.heard }, statusOf);
  const unrest = await untilRest({ watch, simulator, owed }, signal, hurry);
  onProgress('at rest; closing');
  const soaked = await soak?.figures(openEntries);
  return {
    ...{ last, unrest, soaked, outcomes: await watch.outcomes(), rows: await watch.allRows() },
    callbacks: receiver.heard,
    ...{ presses: simulator.presses(), requests: simulator.requests(), notifications: simulator.notifications() },
  };
}

type Seen = Awaited<ReturnType<typeof underFire>>;

/** What is known now of the requests that may be between two parts. */
function newestAccounts({ asked }: Callers, simulator: ChaosStage['simulator']) {
  const [presses, notifications] = [simulator.presses().slice(-NEWEST), simulator.notifications().slice(-NEWEST)];
  return accountsOf({ asked: asked.slice(-NEWEST), presses, notifications });
}

function violationsOf(
  stage: ChaosStage,
  callers: Callers,
  seen: Seen,
  { parts, cancels, callbacks }: ReturnType<typeof seenOf>,
): Violation[] {
  const { instances, watch } = stage;
  const { last, unrest, soaked, ...evidence } = seen;
  const arrivals = instances.graph.flatMap(({ requests }) =>
    requests.filter(({ operation }) => operation === 'graph press'),
  );
  const found = (promise: Promised, details: readonly string[]): Violation[] =>
    details.map((detail) => ({ promise, detail }));
  const tooLittle = [...belowFloors(parts, instances.kills), ...tooFewCancels(cancels), ...tooFewCallbacks(callbacks)];
  const unexpected = Object.keys(callers.answers).filter((status) => !EXPECTED_ANSWERS.includes(status));
  return [
    ...judge({
      ...{ asked: callers.asked, arrivals, lines: instances.lines, ...evidence },
      partLatenessMs: 1000 * PART_LATENESS_SECONDS,
    }),
    ...found('false status', watch.faults),
    ...found('not at rest', unrest),
    ...found('crash', instances.crashes),
    ...found('unexpected answer', unexpected),
    ...found('not recovered', faultOfLast(last, evidence)),
    ...found('growth', soaked ? growthIn(soaked) : []),
    ...found('too little pressed', instances.kills < LEAST_KILLS_FOR_FLOORS ? [] : tooLittle),
  ];
}

/** What the floors look at. */
function seenOf({ instances, receiver, watch }: ChaosStage, { asked }: Callers, seen: Seen) {
  const accounts = accountsOf({ asked, ...seen });
  const { killedAt } = instances;
  const callbacks = callbackFiguresOf({ asked, callbacks: seen.callbacks }, watch.endedAt, killedAt);
  return {
    parts: partFiguresOf(accounts, killedAt),
    cancels: cancelFiguresOf(accounts),
    callbacks: { ...callbacks, posts: receiver.posts },
  };
}

function faultOfLast({ clientContext }: AskedRequest, { outcomes }: Pick<Seen, 'outcomes'>): string[] {
  const status = String(outcomes.get(clientContext)?.status);
  return status === 'succeeded' ? [] : [`${clientContext}: ${status}`];
}

function figuresOf(stage: ChaosStage, callers: Callers, seen: Seen) {
  const { instances } = stage;
  const { storage, graph } = instances;
  const counted = seenOf(stage, callers, seen);
  const violations = violationsOf(stage, callers, seen, counted);
  return {
    kills: instances.killsBy,
    calls: callers.callCount,
    requests: callers.asked.length,
    accepted: callers.asked.filter(({ toldAt }) => toldAt !== undefined).length,
    answers: callers.answers,
    presses: seen.presses.length,
    ...counted,
    soak: seen.soaked,
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
