// Time and randomness, as ports: nothing in shared/tones has another source of either.
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
