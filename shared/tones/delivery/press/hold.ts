// How a delivery waits: inside the process where that takes less than a queue can count, else by a delayed copy of the
// message.
// No promise rests on it: a process that dies here loses a message that was not claimed, and the queue delivers it
// again.
import type { DeliveryPolicy } from '../../facts/delivery-policy';
import type { ShortWait } from '../../ports/clock';
import type { Ports } from '../../ports/ports';

/** Longest wait of one delivery inside the process. */
export const LONGEST_HOLD_MS = 2000;
/**
 * A copy comes back so much before the time it waits for: the queue is polled, and what is left is waited for in the
 * process.
 */
const EARLY_MS = 1000;
/** How often the row is looked at while nobody can say when: soon at first, as reports are usually quick. */
const FIRST_STEP_MS = 50;
const LONGEST_STEP_MS = 200;
/** For every so many milliseconds that something is overdue, the copy comes back a second later. */
const PATIENCE_MS = 8000;

export interface Hold {
  /** Waits a while. False: that would take too long here, or there is no room; a copy must wait. */
  untilLikely(at: number | undefined): Promise<boolean>;
  /** Waits until that time, as nothing can happen sooner. */
  until(at: number): Promise<boolean>;
  /** Gives the room back, as there is nothing to wait for now: a press may take its time. */
  leave(): void;
  /** For how long a copy has to wait instead. */
  delayMs(at: number | undefined): number;
}

/** Runs `work` with room to wait, and gives the room back. */
export type WithHold = <T>(work: (hold: Hold) => Promise<T>) => Promise<T>;

export function makeWithHold({ clock, shortWaits, policy }: Pick<Ports, 'clock' | 'shortWaits' | 'policy'>): WithHold {
  return async (work) => {
    let place: ShortWait | undefined;
    let isFull = false;
    let leftMs = LONGEST_HOLD_MS;
    let stepMs = FIRST_STEP_MS;

    async function sleep(ms: number): Promise<boolean> {
      if (ms > leftMs || leftMs === 0) return false;
      place ??= shortWaits.enter();
      isFull = place === undefined;
      if (place === undefined) return false;
      leftMs -= ms;
      await place.sleep(ms);
      return true;
    }

    const hold: Hold = {
      until: (at) => sleep(Math.max(0, at - clock.now())),
      untilLikely(at) {
        if ((at ?? 0) - clock.now() > leftMs) return Promise.resolve(false);
        const ms = Math.min(stepMs, leftMs);
        stepMs = Math.min(LONGEST_STEP_MS, stepMs * 1.3);
        return sleep(ms);
      },
      leave() {
        place?.leave();
        place = undefined;
      },
      delayMs: (at) => copyDelayMs(at, clock.now(), isFull, policy),
    };
    try {
      return await work(hold);
    } finally {
      hold.leave();
    }
  };
}

function copyDelayMs(at: number | undefined, now: number, isFull: boolean, policy: DeliveryPolicy): number {
  if (at === undefined) return policy.minWaitMs;
  const leftMs = at - now;
  if (isFull) return Math.min(policy.maxWaitMs, Math.max(policy.minWaitMs, leftMs));
  if (leftMs > EARLY_MS) return Math.min(policy.maxWaitMs, wholeSeconds(leftMs - EARLY_MS));
  return Math.min(policy.maxWaitMs, wholeSeconds((Math.max(0, -leftMs) / PATIENCE_MS) * 1000));
}

/** A queue rounds up, so what shall come early is rounded down. */
function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}
