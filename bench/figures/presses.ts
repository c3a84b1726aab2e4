// What the simulator saw of a series of requests: when each was pressed
// first, how often, and how long its notification took.
// Knows no caller: the simulator's own record is the only witness.
import type { SentNotification } from '../../local/graph-simulator/calls/notifications';
import type { Press } from '../../local/graph-simulator/calls/presses';
import type { GraphSimulator } from '../../local/graph-simulator/server';
import { waitFor } from '../../local/wait-for';
import { countBy, rounded } from './samples';

export interface SeenBySimulator {
  /** Epoch milliseconds of the first press, by clientContext. */
  readonly firstPressAtMs: ReadonlyMap<string, number>;
  readonly pressesOf: Readonly<Record<string, number>>;
  /** In the order of pressing. */
  readonly presses: readonly Press[];
  /**
   * From sending the notification until its 2xx, of those that were delivered by the first attempt; by clientContext.
   */
  readonly notificationMs: readonly number[];
  /** When the last notification of the series was answered. */
  readonly lastStoredAtMs: number;
}

/** The executed presses of a series, oldest first. */
export function pressesOf(simulator: GraphSimulator, series: string): Press[] {
  return simulator
    .presses()
    .filter(({ clientContext, executed }) => executed && clientContext?.startsWith(`${series}-`) === true);
}

function sentOf(simulator: GraphSimulator, series: string): SentNotification[] {
  return simulator.notifications().filter(({ clientContext }) => clientContext?.startsWith(`${series}-`) === true);
}

/** Waits until each of the requests was pressed and every notification of the series was delivered. */
export async function untilAllStored(
  simulator: GraphSimulator,
  series: string,
  count: number,
  limitMs = 90_000,
): Promise<SeenBySimulator> {
  const delivered = () =>
    new Set(
      sentOf(simulator, series)
        .filter((sent) => sent.delivered)
        .map(({ clientContext }) => clientContext),
    ).size;
  await waitFor('the outcomes', () => delivered() >= count, { limitMs, everyMs: 100 }).catch((error: unknown) => {
    throw new Error(
      `${series}: ${delivered()} of ${count} outcomes were stored, ${pressesOf(simulator, series).length} presses made`,
      { cause: error },
    );
  });
  return seen(simulator, series);
}

/** What there is to see now. */
export function seen(simulator: GraphSimulator, series: string): SeenBySimulator {
  const presses = pressesOf(simulator, series);
  const firstPressAtMs = new Map<string, number>();
  for (const { clientContext = '', startedAt } of presses)
    if (!firstPressAtMs.has(clientContext)) firstPressAtMs.set(clientContext, Date.parse(startedAt));
  const sent = sentOf(simulator, series);
  const firstTry = sent.filter(({ delivered, attempts }) => delivered && attempts.length === 1);
  const answers = sent
    .filter(({ delivered }) => delivered)
    .map(({ attempts }) => Date.parse(attempts.at(-1)?.at ?? '') + (attempts.at(-1)?.durationMs ?? 0));
  return {
    firstPressAtMs,
    pressesOf: countBy(presses.map(({ clientContext = '' }) => clientContext)),
    presses,
    notificationMs: firstTry.map(({ attempts }) => attempts[0]?.durationMs ?? NaN),
    lastStoredAtMs: Math.max(...answers),
  };
}

/** From asking until the first press, in ms, in the order of the names; NaN of one that was not pressed. */
export function askedToPressMs(
  names: readonly string[],
  askedAtMs: readonly number[],
  { firstPressAtMs }: Pick<SeenBySimulator, 'firstPressAtMs'>,
): number[] {
  return names.map((name, position) => rounded((firstPressAtMs.get(name) ?? NaN) - (askedAtMs[position] ?? NaN)));
}

/** How many requests were pressed more than once. */
export function pressedTwice({ pressesOf: counts }: Pick<SeenBySimulator, 'pressesOf'>): number {
  return Object.values(counts).filter((count) => count > 1).length;
}
