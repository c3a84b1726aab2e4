// The promises that a chaos run can break, each under a name of its own, and what is known of a run when they are judged.
// Written by hand from the documents; knows nothing of the app's code but the contract's names.
import type { SentNotification } from '../../../local/graph-simulator/calls/notifications';
import type { Press } from '../../../local/graph-simulator/calls/presses';
import type { GraphRequest } from '../../../local/graph-simulator/graph/graph-api';
import type { Row } from '../../support/services/stored-rows';
import type { AskedRequest } from '../callers';
import type { HeardCallback } from '../callback-receiver';
import type { ProxiedRequest } from '../proxy/fault-proxy';

export const PROMISES = [
  'double press',
  'part pressed twice',
  'part before its pause',
  'part after its lateness',
  'part after none played',
  'pressed between parts',
  'pressed after a cancel',
  'wrong tones',
  'false playedToneCount',
  'lost request',
  'no final status',
  'false status',
  'press after the deadline',
  'order inversion',
  'overlap',
  'callback lost',
  'tones told',
  'not at rest',
  'crash',
  'unexpected answer',
  'not recovered',
  'growth',
  'too little pressed',
] as const;
export type Promised = (typeof PROMISES)[number];

export interface Violation {
  readonly promise: Promised;
  readonly detail: string;
}

/** Reports one broken promise. */
export type Report = (promise: Promised, detail: string) => void;

/** All that can be known of a run once nothing happens any more. All times are those of one machine's clock. */
export interface Evidence {
  readonly asked: readonly AskedRequest[];
  /** By clientContext. */
  readonly outcomes: ReadonlyMap<string, Row>;
  /** Every row of both tables. */
  readonly rows: readonly Row[];
  readonly presses: readonly Press[];
  /** Every request to press that reached the simulator, refused ones too. */
  readonly requests: readonly GraphRequest[];
  /** The requests to press as they were seen on the wire. */
  readonly arrivals: readonly ProxiedRequest[];
  readonly notifications: readonly SentNotification[];
  /** What the receiver of callbacks was given, by clientContext. */
  readonly callbacks: ReadonlyMap<string, readonly HeardCallback[]>;
  readonly lines: readonly string[];
  /** The setting PART_LATENESS_SECONDS. */
  readonly partLatenessMs: number;
}

export const FINAL = new Set(['succeeded', 'failed', 'canceled', 'expired', 'unknown']);
