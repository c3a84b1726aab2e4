// Decides when an instance dies: at any moment, or at the very moment of one of its own requests that hurts most.
// Stands under chaos-run.
import { setTimeout as pause } from 'node:timers/promises';
import { waitFor } from '../../local/wait-for';
import { withinLimit } from '../../local/within-limit';
import type { SeededRandom } from '../proof/simulation/seeded-random';
import type { AppInstances, Trigger } from './app-instances';

const TRIGGERS: readonly [Trigger, ...Trigger[]] = [
  { operation: 'graph press', moment: 'received' },
  { operation: 'graph press', moment: 'executed' },
  { operation: 'graph token', moment: 'executed' },
  { operation: 'table merge', moment: 'received' },
  { operation: 'table merge', moment: 'executed' },
  { operation: 'table insert', moment: 'executed' },
  { operation: 'table upsert', moment: 'executed' },
  { operation: 'table batch', moment: 'executed' },
  { operation: 'queue put', moment: 'received' },
  { operation: 'queue put', moment: 'executed' },
  { operation: 'queue delete', moment: 'received' },
];

/** So long a kill waits for its moment before it happens anyhow. */
const PATIENCE_MS = 3000;
const STARTING_LIMIT_MS = 90_000;
const NEXT_LIMIT_MS = 30_000;
/** Shares of the kills; the others happen at any moment. */
const AT_TRIGGER = 0.5;
const IN_PAUSE = 0.25;

export interface Killing {
  readonly instances: AppInstances;
  readonly isEnough: () => boolean;
  /** Between two kills. */
  readonly pauseMs: readonly [least: number, most: number];
  readonly random: SeededRandom;
  /** Whether a request is between two parts right now. */
  readonly isInPause: () => boolean;
  readonly onKill: () => void;
  readonly signal: AbortSignal;
}

/** Kills until there were enough. At least two instances live before each. */
export async function killRepeatedly(killing: Killing): Promise<void> {
  const { instances, isEnough, pauseMs, random, isInPause, onKill, signal } = killing;
  try {
    while (!isEnough()) {
      const isReady = () => instances.liveUrls.length >= 2;
      await waitFor('two live instances', isReady, { limitMs: STARTING_LIMIT_MS, signal });
      await withinLimit('the next kill', pauseMs[1] + NEXT_LIMIT_MS, pause(random.between(...pauseMs)), signal);
      const before = instances.kills;
      const draw = random.next();
      if (draw < AT_TRIGGER) await killAtTrigger(instances, random.pick(TRIGGERS), before, signal);
      else if (draw < AT_TRIGGER + IN_PAUSE) await killInPause(instances, random, isInPause, signal);
      if (instances.kills === before) instances.killAnyNow('moment');
      onKill();
    }
  } finally {
    instances.disarm();
  }
}

/** At any moment of a pause, not only where it begins. */
async function killInPause(
  instances: AppInstances,
  random: SeededRandom,
  isInPause: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  const from = Date.now() + random.between(0, PATIENCE_MS / 2);
  const isOver = () => (Date.now() >= from && isInPause()) || Date.now() - from > PATIENCE_MS;
  await waitFor('a pause', isOver, { limitMs: 3 * PATIENCE_MS, signal });
  if (isInPause()) instances.killAnyNow('pause');
}

async function killAtTrigger(
  instances: AppInstances,
  trigger: Trigger,
  before: number,
  signal: AbortSignal,
): Promise<void> {
  instances.killAt(trigger);
  const armedAt = Date.now();
  const isOver = () => instances.kills > before || Date.now() - armedAt > PATIENCE_MS;
  await waitFor('the moment of a kill', isOver, { limitMs: 2 * PATIENCE_MS, signal });
  instances.disarm();
}
