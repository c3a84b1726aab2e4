// The presses: every request by which real Graph would have typed the digits,
// with its time, and whether two on a call overlapped.
// Knows no HTTP: it is given what was pressed.
import { BoundedLog, type LogFilter, type Numbered } from './bounded-log';

export interface Press extends Numbered {
  readonly callId: string;
  readonly clientContext?: string;
  readonly operationId: string;
  readonly tones: readonly string[];
  readonly delayBetweenTonesMs?: number;
  readonly apiVersion: string;
  readonly path: string;
  readonly scenario: string;
  /** False only for an operation that Graph accepted and failed at once, in its reply. */
  readonly executed: boolean;
  /** ISO 8601: when the first tone started and the last one ended. */
  readonly startedAt: string;
  readonly endedAt: string;
  /** operationIds of presses on the same call whose tones sounded at the same time. */
  readonly overlapsWith: readonly string[];
}

interface ActivePress {
  operationId: string;
  endedAtMs: number;
  overlapsWith: string[];
}

export type NewPress = Omit<Press, 'sequence' | 'startedAt' | 'endedAt' | 'overlapsWith'>;

const SWEEP_EVERY = 1_000;

export class PressLog {
  readonly #log = new BoundedLog<Press>();
  readonly #active = new Map<string, ActivePress[]>();

  /** @param onPress given each press as it starts. */
  constructor(private readonly onPress: (press: Press) => void = () => {}) {}

  /** Records a press whose first tone starts at `startedAtMs` and whose tones take `durationMs`. */
  record(press: NewPress, startedAtMs: number, durationMs: number): Press {
    const endedAtMs = startedAtMs + durationMs;
    const overlapsWith: string[] = [];
    const sounding = (this.#active.get(press.callId) ?? []).filter((other) => other.endedAtMs > startedAtMs);
    if (press.executed) {
      for (const other of sounding) {
        other.overlapsWith.push(press.operationId);
        overlapsWith.push(other.operationId);
      }
      sounding.push({ operationId: press.operationId, endedAtMs, overlapsWith });
    }
    this.#active.set(press.callId, sounding);
    const startedAt = new Date(startedAtMs).toISOString();
    const endedAt = new Date(endedAtMs).toISOString();
    const entry = this.#log.add((sequence) => ({ sequence, ...press, startedAt, endedAt, overlapsWith }));
    if (entry.sequence % SWEEP_EVERY === 0) this.#sweep(startedAtMs);
    this.onPress(entry);
    return entry;
  }

  list(filter: LogFilter = {}): Press[] {
    return this.#log.list(filter);
  }

  clear(): void {
    this.#log.clear();
    this.#active.clear();
  }

  /** Forgets calls on which nothing sounds any more, so that memory stays bounded. */
  #sweep(nowMs: number): void {
    for (const [callId, presses] of this.#active) {
      if (presses.every((press) => press.endedAtMs <= nowMs)) this.#active.delete(callId);
    }
  }
}

/** How long tones take where a call's plan does not say. */
export interface ToneTimes {
  readonly toneLengthMs: number;
  readonly maxToneTimeMs: number;
}

/** `real`: about as long as Microsoft's calling platform seems to play them, which documents no length. `short`: for tests. */
export const TONE_TIMES = {
  real: { toneLengthMs: 100, maxToneTimeMs: Number.POSITIVE_INFINITY },
  short: { toneLengthMs: 10, maxToneTimeMs: 50 },
} as const satisfies Record<string, ToneTimes>;

/** How long the tones of a press take: at least 5 ms, at most `maxToneTimeMs`. */
export function pressDurationMs(
  toneCount: number,
  delayBetweenTonesMs: number,
  toneLengthMs: number,
  maxToneTimeMs: number,
): number {
  return Math.max(5, Math.min(maxToneTimeMs, toneCount * (toneLengthMs + delayBetweenTonesMs)));
}
