// Rows under conditional writes: outcomes, their ends, and calls.
// Ports: knows which facts a row holds, and no storage. Every method is one storage
// transaction, and throws when storage cannot be reached.
import type { CallFacts } from '../facts/call-facts';
import type { End, OpenFacts, OpenRow, OutcomeFacts } from '../facts/outcome-facts';

/** A stored row together with the version it was read at. */
export type Stored<T> = T & { readonly etag: string };

/**
 * What a conditional write did. `stale` is HTTP 409, 412 or 404: another writer was first, **or** the write was ours
 * and its answer was lost and repeated by the SDK. Callers read back before they believe it. Anything else is thrown.
 */
export type WriteResult = { readonly kind: 'written'; readonly etag: string } | { readonly kind: 'stale' };

/**
 * The outcome table: one row a clientContext. Every method is one storage
 * transaction, and throws when storage cannot be reached.
 */
export interface OutcomeRows {
  read(clientContext: string): Promise<Stored<OutcomeFacts> | undefined>;
  insert(facts: OpenRow): Promise<WriteResult>;
  /**
   * Adds or replaces the given facts if the row is still at `etag`. They cannot end a request: see {@link OutcomeEnds}.
   */
  merge(clientContext: string, facts: OpenFacts, etag: string): Promise<WriteResult>;
  /** Removes the row if it is still at `etag`. */
  remove(clientContext: string, etag: string): Promise<WriteResult>;
}

/** The ends of requests, in the same table. Only `delivery/end-request.ts` is given this port. One transaction each. */
export interface OutcomeEnds {
  /** Inserts a row that has ended already. */
  insert(facts: Omit<OutcomeFacts, 'status'>, end: End): Promise<WriteResult>;
  /** Ends the request if its row is still at `etag`. */
  end(clientContext: string, end: End, etag: string): Promise<WriteResult>;
}

/** One row a call: the end of its chain of requests and what its own notifications reported. One transaction each. */
export interface CallRows {
  read(callKey: string): Promise<Stored<CallFacts> | undefined>;
  insert(callKey: string, facts: CallFacts): Promise<WriteResult>;
  merge(callKey: string, facts: Partial<CallFacts>, etag: string): Promise<WriteResult>;
  remove(callKey: string, etag: string): Promise<WriteResult>;
}
