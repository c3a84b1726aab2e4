// All that the rules need from the world, in one object.
// Knows the facts and the request, and no rule.
import type { EventLog } from '../event-log';
import type { DeliveryPolicy } from '../facts/delivery-policy';
import type { ToneRequest } from '../request/tone-request';
import type { CallbackRows, PostCallback } from './callbacks';
import type { Clock, Randomness, ShortWaits } from './clock';
import type { GraphCalls } from './graph-calls';
import type { ToneQueue, CallbackQueue, PoisonQueues } from './queues';
import type { RequestIndex } from './request-index';
import type { OutcomeRows, CallRows } from './rows';

/**
 * Keyed hash of a request; recognises a repetition without giving the tones away (docs/decisions/0003-fingerprint.md).
 */
export type RequestFingerprint = (request: ToneRequest) => Promise<string>;

/**
 * All that the rules need from the world, made once for the whole app. The ends of requests are apart: `OutcomeEnds`.
 */
export interface Ports {
  readonly clock: Clock;
  readonly random: Randomness;
  readonly shortWaits: ShortWaits;
  readonly policy: DeliveryPolicy;
  /** The tenant of requests that name none: a GUID, lower case; absent where only its domain name is known, or none. */
  readonly ownTenantId?: string;
  /** Writes to the log of the invocation that is under way. */
  readonly log: EventLog;
  readonly fingerprint: RequestFingerprint;
  readonly outcomes: OutcomeRows;
  readonly calls: CallRows;
  readonly index: RequestIndex;
  readonly queue: ToneQueue;
  readonly poison: PoisonQueues;
  readonly graph: GraphCalls;
  readonly callbacks: CallbackRows;
  readonly callbackQueue: CallbackQueue;
  readonly post: PostCallback;
  /** W3C `traceparent` of the invocation that is under way. */
  readonly traceparent?: () => string | undefined;
  /** Links the invocation that is under way to another trace. */
  readonly linkTrace?: (traceparent: string) => void;
}
