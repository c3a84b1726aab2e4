// The clock of one instance: off the true time by a little, and drifting, as clocks are that are set over the network.
// Never further off than the judge states.
import { SKEW_MS } from '../judge/promises';
import type { SeededRandom } from './seeded-random';

/** Seconds that a clock of an instance loses or gains in a million. */
const MOST_DRIFT_PPM = 50;
const MOST_OFFSET_MS = 40;

export function makeInstanceClock(time: { readonly now: number }, random: SeededRandom): { now(): number } {
  const offsetMs = random.between(-MOST_OFFSET_MS, MOST_OFFSET_MS);
  const drift = random.between(-MOST_DRIFT_PPM, MOST_DRIFT_PPM) / 1e6;
  const setAt = time.now;
  return {
    now() {
      const wrongMs = offsetMs + (time.now - setAt) * drift;
      return Math.round(time.now + Math.min(SKEW_MS, Math.max(-SKEW_MS, wrongMs)));
    },
  };
}
