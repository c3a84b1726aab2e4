// Takes a tone request: stores its row, links it behind the request before it on the same call, enqueues it.
// The insert decides who owns the clientContext; nobody is answered 202 before the request is linked and queued.
import { callKeyOf, isKnownNotReady } from '../facts/call-facts';
import type { OpenRow, OutcomeFacts } from '../facts/outcome-facts';
import { runOf, sizeOf } from '../facts/tone-run';
import { failed } from '../facts/transitions';
import type { Stored, ToneMessage, WriteResult } from '../ports';
import type { ToneRequest } from '../request/tone-request';
import { makeChain } from './chain';
import type { RulePorts } from './end-request';
import { makeOverdueEnd } from './overdue-end';

export type Acceptance =
  | { readonly kind: 'accepted'; readonly row: OutcomeFacts; readonly repeated: boolean }
  /** The clientContext belongs to a different request, or to a notification. */
  | { readonly kind: 'reused' };

/** Races that are lost so often are storage trouble: the caller gets 503 and asks again. */
const MOST_ROUNDS = 50;

/** Throws when storage cannot be reached: the caller asks again, and the same request is found. */
export function makeToneAcceptor(ports: RulePorts) {
  const { clock, random, outcomes, calls, index, queue, log, endRequest } = ports;
  const { link, replaceTail } = makeChain(ports);
  const overdueEnd = makeOverdueEnd(ports);

  return async function accept(request: ToneRequest): Promise<Acceptance> {
    const fingerprint = await ports.fingerprint(request);
    const { clientContext, callId } = request;
    const since = clock.now();
    const callback = request.callbackUrl !== undefined && { callback: true };
    // The index entry comes first, so that no row can be forgotten by the timer.
    const [call] = await Promise.all([
      calls.read(callKeyOf(callId)),
      index.open({ kind: 'request', clientContext, since, ...callback }),
    ]);
    const row = newRow(request, fingerprint, call?.tail ?? '', since);
    if (call?.endedAt !== undefined) {
      const ended = await endRequest.insert(row, failed({ code: 'call-ended' }, since), 'accept');
      if (ended === undefined) return acceptAgain(request, row, 'stale');
      logAccepted(request, ended);
      return { kind: 'accepted', row: ended, repeated: false };
    }
    const inserted = await outcomes.insert(row);
    if (inserted.kind === 'written') {
      logAccepted(request, row);
      const linked = await replaceTail(call, row);
      if (linked.kind === 'written') {
        return finish(request, { ...row, etag: inserted.etag }, isKnownNotReady(call), false);
      }
    }
    return acceptAgain(request, row, inserted.kind);
  };

  function newRow(request: ToneRequest, fingerprint: string, after: string, now: number): OpenRow {
    const traceparent = ports.traceparent?.();
    return {
      clientContext: request.clientContext,
      callId: request.callId,
      status: 'accepted',
      ...sizeOf(request),
      acceptedAt: now,
      expiresAt: now + request.expiresInSeconds * 1000,
      after,
      fingerprint,
      statusToken: random.token(),
      ...(request.callbackUrl !== undefined && { callbackWanted: true }),
      ...(traceparent !== undefined && { traceparent }),
    };
  }

  /** A repetition, a lost answer or a lost race: the outcome row is read first, then the call's row (rule 1). */
  async function acceptAgain(request: ToneRequest, ours: OpenRow, inserted: WriteResult['kind']): Promise<Acceptance> {
    const { clientContext, callId } = request;
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const row = await outcomes.read(clientContext);
      if (row === undefined) throw new Error('the row of a request vanished while it was accepted');
      if (row.fingerprint !== ours.fingerprint) {
        log('warn', 'tones-reused', { clientContext, callId });
        return { kind: 'reused' };
      }
      const repeated = row.statusToken !== ours.statusToken;
      // The answer of our insert was lost, and the SDK sent it again.
      if (inserted === 'stale' && !repeated && round === 0) logAccepted(request, row);
      if (row.status !== 'accepted') return answered(row, repeated);
      const call = await calls.read(callKeyOf(row.callId));
      const ended = await endRequest({ clientContext, by: 'accept', row, decide: (at) => endOf(at, call?.endedAt) });
      if (ended.kind === 'ended') return answered(ended.row, repeated);
      if (ended.row !== row) continue;
      const linked = await link(row, call);
      if (linked) return finish(request, linked, isKnownNotReady(call), repeated);
    }
    throw new Error('lost every race for the row of a request or of its call');
  }

  async function endOf(row: OutcomeFacts, callEndedAt: number | undefined) {
    const overdue = await overdueEnd(row);
    if (overdue !== undefined || callEndedAt === undefined || row.status !== 'accepted') return overdue;
    return failed({ code: 'call-ended' }, clock.now());
  }

  async function finish(
    request: ToneRequest,
    row: Stored<OutcomeFacts>,
    notReady: boolean,
    repeated: boolean,
  ): Promise<Acceptance> {
    const now = clock.now();
    const message: ToneMessage = {
      clientContext: row.clientContext,
      callId: row.callId,
      ...runOf(request),
      expiresAt: row.expiresAt ?? now,
      ...(row.after && { after: row.after }),
      etag: row.etag,
      waits: 0,
      ...(row.copyId !== undefined && { copyId: row.copyId }),
      ...(notReady && { notReadySince: now }),
      ...(row.callbackWanted && { callbackWanted: true }),
      ...(row.acceptedAt !== undefined && { acceptedAt: row.acceptedAt }),
      ...(row.traceparent !== undefined && { traceparent: row.traceparent }),
    };
    await queue.enqueue(message, Math.max(0, (row.notBefore ?? 0) - now));
    return answered(row, repeated);
  }

  function logAccepted({ clientContext, callId, tones }: ToneRequest, { status }: OutcomeFacts): void {
    log('info', 'tones-accepted', { clientContext, callId, status, count: tones.length });
  }

  function answered(row: OutcomeFacts, repeated: boolean): Acceptance {
    const { clientContext, callId, status } = row;
    if (repeated) log('info', 'tones-repeated', { clientContext, callId, status });
    return { kind: 'accepted', row, repeated };
  }
}
