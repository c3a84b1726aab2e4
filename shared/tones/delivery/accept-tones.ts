// Takes a tone request: stores its row, links it behind the request before it on the same call, enqueues it.
// The insert decides who owns the clientContext; nobody is answered 202 before the request is linked and queued.
import { callKeyOf, isKnownNotReady } from '../facts/call-facts';
import { turnAfterOf, type End, type OpenRow, type OutcomeFacts } from '../facts/outcome-facts';
import { runOf } from '../facts/tone-run';
import { sizesOf } from '../facts/parts/tone-sequence';
import { failed } from '../facts/transitions';
import type { ToneMessage } from '../ports/queues';
import type { Stored, WriteResult } from '../ports/rows';
import type { ToneRequest } from '../request/tone-request';
import { makeChain } from './chain';
import type { RulePorts } from './end-request';
import { makeOverdueEnd } from './overdue-end';

export type Acceptance =
  | { readonly kind: 'accepted'; readonly row: OutcomeFacts; readonly repeated: boolean }
  /** The clientContext belongs to a different request, or to a notification. */
  | { readonly kind: 'reused' };

/** What the rule works with, made once. */
interface AcceptPorts extends RulePorts {
  readonly chain: ReturnType<typeof makeChain>;
  readonly overdueEnd: ReturnType<typeof makeOverdueEnd>;
}

/** Races that are lost so often are storage trouble: the caller gets 503 and asks again. */
const MOST_ROUNDS = 50;
/** Longer than that nobody races: storage is slow, and the caller is better answered than held. */
const MOST_MS = 20_000;

/** Throws when storage cannot be reached: the caller asks again, and the same request is found. */
export function makeToneAcceptor(rulePorts: RulePorts) {
  const ports: AcceptPorts = { ...rulePorts, chain: makeChain(rulePorts), overdueEnd: makeOverdueEnd(rulePorts) };
  const { clock, outcomes, calls, index, endRequest } = ports;

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
    const row = newRow(ports, request, fingerprint, call?.tail ?? '', since);
    if (call?.endedAt !== undefined) {
      const ended = await endRequest.insert(row, failed({ code: 'call-ended' }, since), 'accept');
      if (ended === undefined) return acceptAgain(ports, request, row, 'stale');
      logAccepted(ports, request, ended);
      return { kind: 'accepted', row: ended, repeated: false };
    }
    const inserted = await outcomes.insert(row);
    if (inserted.kind === 'written') {
      logAccepted(ports, request, row);
      const linked = await ports.chain.replaceTail(call, row);
      if (linked.kind === 'written') {
        return finish(ports, request, { ...row, etag: inserted.etag }, isKnownNotReady(call), false);
      }
    }
    return acceptAgain(ports, request, row, inserted.kind);
  };
}

function newRow(
  { random, traceparent }: RulePorts,
  request: ToneRequest,
  fingerprint: string,
  after: string,
  now: number,
): OpenRow {
  const trace = traceparent?.();
  const size = sizesOf(request);
  return {
    clientContext: request.clientContext,
    callId: request.callId,
    ...(request.tenantId !== undefined && { tenantId: request.tenantId }),
    status: 'accepted',
    ...size,
    ...(size.partCount !== undefined && { part: 1 }),
    acceptedAt: now,
    expiresAt: now + request.expiresInSeconds * 1000,
    after,
    fingerprint,
    statusToken: random.token(),
    ...(request.callbackUrl !== undefined && { callbackWanted: true }),
    ...(trace !== undefined && { traceparent: trace }),
  };
}

/** A repetition, a lost answer or a lost race: the outcome row is read first, then the call's row (rule 1). */
async function acceptAgain(
  ports: AcceptPorts,
  request: ToneRequest,
  ours: OpenRow,
  inserted: WriteResult['kind'],
): Promise<Acceptance> {
  const { clock, outcomes, calls, log, endRequest, chain } = ports;
  const { clientContext, callId } = request;
  const giveUpAt = clock.now() + MOST_MS;
  for (let round = 0; round < MOST_ROUNDS && clock.now() < giveUpAt; round += 1) {
    const row = await outcomes.read(clientContext);
    if (row === undefined) throw new Error('the row of a request vanished while it was accepted');
    if (row.fingerprint !== ours.fingerprint) {
      log('warn', 'tones-reused', { clientContext, callId });
      return { kind: 'reused' };
    }
    const repeated = row.statusToken !== ours.statusToken;
    // The answer of our insert was lost, and the SDK sent it again.
    if (inserted === 'stale' && !repeated && round === 0) logAccepted(ports, request, row);
    if (row.status !== 'accepted') return answered(ports, row, repeated);
    const call = await calls.read(callKeyOf(row.callId));
    const decide = (at: OutcomeFacts) => endOf(ports, at, call?.endedAt);
    const ended = await endRequest({ clientContext, by: 'accept', row, decide });
    if (ended.kind === 'ended') return answered(ports, ended.row, repeated);
    if (ended.row !== row) continue;
    const linked = await chain.link(row, call);
    if (linked) return finish(ports, request, linked, isKnownNotReady(call), repeated);
  }
  throw new Error('lost every race for the row of a request or of its call');
}

async function endOf(
  { clock, overdueEnd }: AcceptPorts,
  row: OutcomeFacts,
  callEndedAt: number | undefined,
): Promise<End | undefined> {
  const overdue = await overdueEnd(row);
  if (overdue !== undefined || callEndedAt === undefined || row.status !== 'accepted') return overdue;
  return failed({ code: 'call-ended' }, clock.now());
}

async function finish(
  ports: RulePorts,
  request: ToneRequest,
  row: Stored<OutcomeFacts>,
  notReady: boolean,
  repeated: boolean,
): Promise<Acceptance> {
  const now = ports.clock.now();
  const message: ToneMessage = {
    clientContext: row.clientContext,
    callId: row.callId,
    ...(request.tenantId !== undefined && { tenantId: request.tenantId }),
    ...runOf(request),
    ...(request.pauseMs !== undefined && { pauseMs: request.pauseMs }),
    ...(request.rest !== undefined && { rest: request.rest }),
    expiresAt: row.expiresAt ?? now,
    ...(turnAfterOf(row) && { after: turnAfterOf(row) }),
    etag: row.etag,
    waits: 0,
    ...(row.copyId !== undefined && { copyId: row.copyId }),
    ...(notReady && { notReadySince: now }),
    ...(row.callbackWanted && { callbackWanted: true }),
    ...(row.acceptedAt !== undefined && { acceptedAt: row.acceptedAt }),
    ...(row.traceparent !== undefined && { traceparent: row.traceparent }),
  };
  await ports.queue.enqueue(message, Math.max(0, (row.notBefore ?? 0) - now));
  return answered(ports, row, repeated);
}

function logAccepted(
  { log }: RulePorts,
  { clientContext, callId }: ToneRequest,
  { status, toneCount }: OutcomeFacts,
): void {
  log('info', 'tones-accepted', { clientContext, callId, status, count: toneCount });
}

function answered({ log }: RulePorts, row: OutcomeFacts, repeated: boolean): Acceptance {
  const { clientContext, callId, status } = row;
  if (repeated) log('info', 'tones-repeated', { clientContext, callId, status });
  return { kind: 'accepted', row, repeated };
}
