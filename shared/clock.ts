// Time and randomness of the real world, for the ports of shared/tones.
// Used by functions/main.ts only.
import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock, Randomness } from './tones/ports/clock';

export const systemClock: Clock = { now: () => Date.now() };

export const systemRandomness: Randomness = {
  uuid: () => randomUUID(),
  /** 192 bits. */
  token: () => randomBytes(24).toString('base64url'),
};
