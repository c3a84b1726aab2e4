// What a network between two processes does to a request, how often, and how it is drawn from a seeded random.
// Used by fault-proxy; the rates of a run stand in chaos-run.
import type { SeededRandom } from '../../proof/simulation/seeded-random';

/** Probability of each fault for one request; together at most 1, as one request meets at most one. */
export interface FaultRates {
  /** The connection is reset; the request is not executed. */
  readonly resetBefore: number;
  /** The request is executed, then the connection is reset: the answer is lost. */
  readonly resetAfter: number;
  /** The request arrives later. */
  readonly delayBefore: number;
  /** The answer arrives later. */
  readonly delayAfter: number;
  /** 500 or 503; not executed. */
  readonly errorBefore: number;
  /** Executed, and answered with 500 or 503 all the same. */
  readonly errorAfter: number;
  /** Longest delays, in milliseconds. */
  readonly mostDelayBeforeMs: number;
  readonly mostDelayAfterMs: number;
}

export const FAULT_KINDS = [
  'resetBefore',
  'resetAfter',
  'delayBefore',
  'delayAfter',
  'errorBefore',
  'errorAfter',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export const NO_FAULTS: FaultRates = {
  resetBefore: 0,
  resetAfter: 0,
  delayBefore: 0,
  delayAfter: 0,
  errorBefore: 0,
  errorAfter: 0,
  mostDelayBeforeMs: 0,
  mostDelayAfterMs: 0,
};

/** The fault that a request meets, or none. */
export function drawFault(rates: FaultRates, random: SeededRandom): FaultKind | undefined {
  let draw = random.next();
  for (const kind of FAULT_KINDS) {
    draw -= rates[kind];
    if (draw < 0) return kind;
  }
  return undefined;
}

export type FaultCounts = Record<FaultKind, number>;

export function noFaultCounts(): FaultCounts {
  return { resetBefore: 0, resetAfter: 0, delayBefore: 0, delayAfter: 0, errorBefore: 0, errorAfter: 0 };
}
