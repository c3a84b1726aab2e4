// Keeps what a call's own notifications report: whether it takes tones yet, and that it has ended.
// Missing or reordered notifications must not make anything worse than not knowing.
import { callKeyOf, type CallFacts } from '../facts/call-facts';
import type { End, OutcomeFacts } from '../facts/outcome-facts';
import { failed, unknown } from '../facts/transitions';
import type { RulePorts } from './end-request';

/** What one notification reported of its call. Words in lower case. */
export interface CallTold {
  readonly callId: string;
  readonly state?: string;
  readonly audio?: string;
  readonly ended: boolean;
}

const MOST_ROUNDS = 20;
const LONGEST_WALK = 1000;

/** Throws when storage cannot be reached; Graph is then answered 503. */
export function makeCallStateRecorder({ clock, calls, index, log, endRequest }: RulePorts) {
  return async function recordCallState(told: CallTold): Promise<void> {
    const key = callKeyOf(told.callId);
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const call = await calls.read(key);
      const facts = newFacts(call, told, clock.now());
      // An end that is reported again closes again: the first attempt may have died half-way.
      if (facts === undefined) return told.ended ? closeRequests(call?.tail ?? '') : undefined;
      if (call === undefined) await index.open({ kind: 'call', callKey: key, since: clock.now() });
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
    return (await endRequest({ clientContext, by: 'call-end', decide: endOf })).row;
  }

  function endOf({ status }: OutcomeFacts): End | undefined {
    const now = clock.now();
    if (status === 'accepted' || status === 'pausing') return failed({ code: 'call-ended' }, now);
    if (status === 'sending' || status === 'running') return unknown({ code: 'call-ended-meanwhile' }, now);
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
