// Waiting inside the process, for the port of shared/tones. A bounded number of places: the host fetches no more
// messages while
// `newBatchThreshold` of them are under way, and those that wait must leave room for those that press.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ShortWaits } from './tones/ports/clock';

/** Of each process; host.json lets 48 messages be under way before it fetches no more. */
export const MOST_SHORT_WAITS = 32;

export function makeShortWaits(most = MOST_SHORT_WAITS): ShortWaits {
  let taken = 0;
  return {
    enter() {
      if (taken === most) return undefined;
      taken += 1;
      return {
        sleep: (ms) => sleep(ms),
        leave: () => {
          taken -= 1;
        },
      };
    },
  };
}
