// Time and randomness of the real world, for the ports of shared/tones.
// Knows no rule: in the tests both are numbers that a test chooses.
import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock, Randomness } from './tones/ports/clock';

export const systemClock: Clock = { now: () => Date.now() };

export const systemRandomness: Randomness = {
  uuid: () => randomUUID(),
  /** 192 bits. */
  token: () => randomBytes(24).toString('base64url'),
};
