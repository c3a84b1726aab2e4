// Time, randomness and short waits, as ports: nothing in shared/tones has another source of them.
// Knows no rule; in production they are those of the machine, in the tests numbers.

/** Epoch milliseconds. The only source of time in shared/tones. */
export interface Clock {
  now(): number;
}

/** The only source of randomness in shared/tones. */
export interface Randomness {
  /** A new RFC 9562 version 4 UUID. */
  uuid(): string;
  /** A new unguessable token of at least 128 bits, URL-safe. */
  token(): string;
}

/**
 * Waiting inside the process, for less than a queue can count. No promise rests on it: where there is no room, the
 * queue waits.
 */
export interface ShortWaits {
  /** Takes one of the places that the process has for it; undefined where none is free. */
  enter(): ShortWait | undefined;
}

/** A place taken. Left exactly once. */
export interface ShortWait {
  sleep(ms: number): Promise<void>;
  leave(): void;
}
