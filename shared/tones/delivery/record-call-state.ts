// Keeps what a call's own notifications tell: whether it takes tones yet, and that it has ended.
// Called by functions/call-notifications. Missing or reordered notifications must not make anything worse than not knowing.
import { makeEndAnnouncer, type AnnouncePorts } from '../callbacks/announce-end';
import { callKeyOf, type CallFacts, type OutcomeFacts } from '../facts/outcome-facts';
import type { CallRows, Clock, OutcomeRows, RequestIndex, Stored } from '../ports';
import { failed, unknown } from '../facts/transitions';

export interface CallStatePorts extends AnnouncePorts {
  readonly clock: Clock;
  readonly outcomes: OutcomeRows;
  readonly calls: CallRows;
  readonly index: RequestIndex;
}

/** What one notification told of its call. Words in lower case. */
export interface CallTold {
  readonly callId: string;
  readonly state?: string;
  readonly audio?: string;
  readonly ended: boolean;
}

const MOST_ROUNDS = 20;
const LONGEST_WALK = 1000;

/** Throws when storage cannot be reached; Graph is then told 503. */
export function makeCallStateRecorder(ports: CallStatePorts) {
  const { clock, outcomes, calls, index, log } = ports;
  const announceEnd = makeEndAnnouncer(ports);

  return async function recordCallState(told: CallTold): Promise<void> {
    const key = callKeyOf(told.callId);
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const call = await calls.read(key);
      const facts = newFacts(call, told, clock.now());
      // An end told again closes again: the first attempt may have died half-way.
      if (facts === undefined) return told.ended ? closeRequests(call?.tail ?? '') : undefined;
      if (call === undefined) await index.open({ clientContext: '', callKey: key, since: clock.now() });
      const written = call === undefined ? await calls.insert(key, facts) : await calls.merge(key, facts, call.etag);
      if (written.kind === 'stale') continue;
      log('info', told.ended ? 'call-ended' : 'call-state', { callId: told.callId, reason: told.state });
      return told.ended ? closeRequests(call?.tail ?? '') : undefined;
    }
    throw new Error('lost every race for the row of a call');
  };

  /** Ends the open requests of a call that has ended, from the last accepted back to one that is surely done. */
  async function closeRequests(tail: string): Promise<void> {
    let current = tail;
    for (let step = 0; current !== '' && step < LONGEST_WALK; step += 1) {
      const row = await closeRequest(current);
      if (row === undefined || row.claimedAt !== undefined) return;
      current = row.after ?? '';
    }
  }

  async function closeRequest(clientContext: string): Promise<OutcomeFacts | undefined> {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const row = await outcomes.read(clientContext);
      if (row === undefined) return undefined;
      const facts = endOf(row);
      if (facts === undefined) return row;
      const written = await outcomes.merge(clientContext, facts, row.etag);
      if (written.kind === 'written') {
        await announceEnd(row, facts);
        log('info', 'tones-finished', {
          clientContext,
          callId: row.callId,
          status: facts.status,
          code: facts.errorCode,
        });
        return row;
      }
    }
    throw new Error('lost every race for a row of a call that ended');
  }

  function endOf(row: Stored<OutcomeFacts>): Partial<OutcomeFacts> | undefined {
    const now = clock.now();
    if (row.status === 'accepted') return failed({ code: 'call-ended' }, now);
    if (row.status === 'sending' || row.status === 'running') return unknown({ code: 'call-ended-meanwhile' }, now);
    return undefined;
  }
}

/** The facts that the notification adds; undefined if it adds none. A call never un-ends, nor un-establishes by a late message. */
function newFacts(call: CallFacts | undefined, told: CallTold, now: number): Partial<CallFacts> | undefined {
  if (call?.endedAt !== undefined) return undefined;
  if (told.ended) return { endedAt: now, toldAt: now, ...(told.state !== undefined && { state: told.state }) };
  const state =
    told.state !== undefined && !(told.state === 'establishing' && call?.state !== undefined)
      ? told.state
      : call?.state;
  const audio = told.audio ?? call?.audio;
  if (state === call?.state && audio === call?.audio) return undefined;
  return { toldAt: now, ...(state !== undefined && { state }), ...(audio !== undefined && { audio }) };
}
