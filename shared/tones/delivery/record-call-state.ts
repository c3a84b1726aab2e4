// Keeps what a call's own notifications report: whether it takes tones yet, and that it has ended.
// Missing or reordered notifications must not make anything worse than not knowing.
import { callKeyOf, type CallFacts, type ReportedCallState } from '../facts/call-facts';
import { turnAfterOf, type End, type OutcomeFacts } from '../facts/outcome-facts';
import { failed, unknown } from '../facts/transitions';
import type { RulePorts } from './end-request';

const MOST_ROUNDS = 20;
const LONGEST_WALK = 1000;

/** Throws when storage cannot be reached; Graph is then answered 503. */
export function makeCallStateRecorder({ clock, calls, index, log, endRequest }: RulePorts) {
  return async function recordCallState(reported: ReportedCallState): Promise<void> {
    const key = callKeyOf(reported.callId);
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const call = await calls.read(key);
      const facts = newFacts(call, reported, clock.now());
      // An end that is reported again closes again: the first attempt may have died half-way.
      if (facts === undefined) return reported.ended ? closeRequests(call?.tail ?? '') : undefined;
      if (call === undefined) await index.open({ kind: 'call', callKey: key, since: clock.now() });
      const written = call === undefined ? await calls.insert(key, facts) : await calls.merge(key, facts, call.etag);
      if (written.kind === 'stale') continue;
      log('info', reported.ended ? 'call-ended' : 'call-state', { callId: reported.callId, reason: reported.state });
      return reported.ended ? closeRequests(call?.tail ?? '') : undefined;
    }
    throw new Error('lost every race for the row of a call');
  };

  /** Ends the open requests of a call that has ended, from the last accepted back to one that is surely done. */
  async function closeRequests(tail: string): Promise<void> {
    let current = tail;
    for (let step = 0; current !== '' && step < LONGEST_WALK; step += 1) {
      const row = await closeRequest(current);
      if (row === undefined || row.claimedAt !== undefined) return;
      current = turnAfterOf(row);
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

/**
 * The facts that the notification adds; undefined if it adds none. A call never un-ends, nor un-establishes by a late
 * message: what that says of the audio is as old.
 */
function newFacts(
  call: CallFacts | undefined,
  reported: ReportedCallState,
  now: number,
): Partial<CallFacts> | undefined {
  if (call?.endedAt !== undefined) return undefined;
  if (reported.ended)
    return { endedAt: now, toldAt: now, ...(reported.state !== undefined && { state: reported.state }) };
  const isOld = reported.state === 'establishing' && call?.state !== undefined && call.state !== 'establishing';
  if (isOld) return undefined;
  const state = reported.state ?? call?.state;
  const audio = reported.audio ?? call?.audio;
  if (state === call?.state && audio === call?.audio) return undefined;
  return { toldAt: now, ...(state !== undefined && { state }), ...(audio !== undefined && { audio }) };
}
