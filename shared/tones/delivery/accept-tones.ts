// Takes a tone request: stores its row, links it behind the request before it on the same call, enqueues it.
// The insert decides who owns the clientContext; nobody is told 202 before the request is linked and queued.
import { makeEndAnnouncer, type AnnouncePorts } from '../callbacks/announce-end';
import type { DeliveryPolicy } from '../facts/delivery-policy';
import { callKeyOf, type CallFacts, type OutcomeFacts } from '../facts/outcome-facts';
import type {
  CallRows,
  Clock,
  OutcomeRows,
  Randomness,
  RequestIndex,
  Stored,
  ToneMessage,
  ToneQueue,
  WriteResult,
} from '../ports';
import type { ToneRequest } from '../request/tone-request';
import { failed, overdueFacts } from '../facts/transitions';

/** Keyed hash of a request; recognises a repetition without giving the tones away (docs/decisions/0003-fingerprint.md). */
export type RequestFingerprint = (request: ToneRequest) => Promise<string>;

export interface AcceptPorts extends AnnouncePorts {
  readonly clock: Clock;
  readonly random: Randomness;
  readonly outcomes: OutcomeRows;
  readonly calls: CallRows;
  readonly index: RequestIndex;
  readonly queue: ToneQueue;
  readonly fingerprint: RequestFingerprint;
  readonly policy: DeliveryPolicy;
  /** W3C `traceparent` of the invocation. */
  readonly traceparent?: string | undefined;
}

export type Acceptance =
  | { readonly kind: 'accepted'; readonly row: OutcomeFacts; readonly repeated: boolean }
  /** The clientContext belongs to a different request, or to a notification. */
  | { readonly kind: 'reused' };

/** Races that are lost so often are storage trouble: the caller gets 503 and asks again. */
const MOST_ROUNDS = 50;
/** Longest chain that is walked to find out whether a request is linked: as many accepted for one call meanwhile. */
const LONGEST_WALK = 1000;

/** Throws when storage cannot be reached: the caller asks again, and the same request is found. */
export function makeToneAcceptor(ports: AcceptPorts) {
  const { clock, random, outcomes, calls, index, log } = ports;
  const announceEnd = makeEndAnnouncer(ports);

  async function accept(request: ToneRequest): Promise<Acceptance> {
    const now = clock.now();
    const fingerprint = await ports.fingerprint(request);
    const statusToken = random.token();
    const callbackWanted = request.callbackUrl !== undefined;
    // The index entry comes first, so that no row can be forgotten by the timer.
    const [call] = await Promise.all([
      calls.read(callKeyOf(request.callId)),
      index.open({ clientContext: request.clientContext, since: now, ...(callbackWanted && { callback: true }) }),
    ]);
    const facts: OutcomeFacts = {
      clientContext: request.clientContext,
      callId: request.callId,
      status: 'accepted',
      toneCount: request.tones.length,
      ...(request.delayBetweenTonesMs !== undefined && { delayBetweenTonesMs: request.delayBetweenTonesMs }),
      acceptedAt: now,
      expiresAt: now + request.expiresInSeconds * 1000,
      after: call?.tail ?? '',
      fingerprint,
      statusToken,
      ...(callbackWanted && { callbackWanted }),
      ...(ports.traceparent !== undefined && { traceparent: ports.traceparent }),
      ...(call?.endedAt !== undefined && failed({ code: 'call-ended' }, now)),
    };
    const inserted = await outcomes.insert(facts);
    if (inserted.kind === 'written') {
      log('info', 'tones-accepted', {
        clientContext: facts.clientContext,
        callId: facts.callId,
        status: facts.status,
        count: request.tones.length,
        ...(facts.errorCode && { code: facts.errorCode }),
      });
      if (facts.status !== 'accepted') return { kind: 'accepted', row: facts, repeated: false };
      const linked = await replaceTail(call, facts);
      if (linked.kind === 'written')
        return finish(request, { ...facts, etag: inserted.etag }, isKnownNotReady(call), false);
    }
    return acceptAgain(request, fingerprint, statusToken);
  }

  /** A repetition, a lost answer or a lost race: the outcome row is read first, then the call's row (delivery rule 1). */
  async function acceptAgain(request: ToneRequest, fingerprint: string, statusToken: string): Promise<Acceptance> {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const row = await outcomes.read(request.clientContext);
      if (row === undefined) throw new Error('the row of a request vanished while it was accepted');
      if (row.fingerprint !== fingerprint) {
        log('warn', 'tones-reused', { clientContext: request.clientContext, callId: request.callId });
        return { kind: 'reused' };
      }
      const repeated = row.statusToken !== statusToken;
      if (row.status !== 'accepted') return told(row, repeated);
      const overdue = overdueFacts(row, clock.now());
      if (overdue) {
        await end(row, overdue);
        continue;
      }
      const call = await calls.read(callKeyOf(row.callId));
      if (call?.endedAt !== undefined) {
        await end(row, failed({ code: 'call-ended' }, clock.now()));
        continue;
      }
      const linked = await link(row, call);
      if (linked) return finish(request, linked, isKnownNotReady(call), repeated);
    }
    throw new Error('lost every race for the row of a request or of its call');
  }

  async function end(row: Stored<OutcomeFacts>, facts: Partial<OutcomeFacts>): Promise<void> {
    const written = await outcomes.merge(row.clientContext, facts, row.etag);
    if (written.kind !== 'written') return;
    await announceEnd(row, facts);
    log('warn', 'overdue-closed', {
      clientContext: row.clientContext,
      callId: row.callId,
      status: facts.status,
      code: facts.errorCode,
    });
  }

  /** The row as it stands once it is in the chain of its call; undefined if a race was lost. */
  async function link(
    row: Stored<OutcomeFacts>,
    call: Stored<CallFacts> | undefined,
  ): Promise<Stored<OutcomeFacts> | undefined> {
    const tail = call?.tail ?? '';
    // Stryker disable next-line ConditionalExpression: without it the walk below meets the row at its first step.
    if (tail === row.clientContext) return row;
    if (tail === (row.after ?? '')) return (await replaceTail(call, row)).kind === 'written' ? row : undefined;
    if (await isMetFrom(tail, row)) return row;
    const moved = await outcomes.merge(row.clientContext, { after: tail }, row.etag);
    if (moved.kind === 'stale') return undefined;
    const replaced = await replaceTail(call, row);
    return replaced.kind === 'written' ? { ...row, after: tail, etag: moved.etag } : undefined;
  }

  /** Walks back from the tail: true if the row is in the chain. */
  async function isMetFrom(tail: string, row: OutcomeFacts): Promise<boolean> {
    let current = tail;
    for (let step = 0; step < LONGEST_WALK; step += 1) {
      if (current === row.clientContext) return true;
      if (current === '' || current === row.after) return false;
      current = (await outcomes.read(current))?.after ?? '';
    }
    throw new Error('the chain of a call is too long to be walked');
  }

  function replaceTail(call: Stored<CallFacts> | undefined, row: OutcomeFacts): Promise<WriteResult> {
    const key = callKeyOf(row.callId);
    const tail = { tail: row.clientContext };
    return call === undefined ? calls.insert(key, tail) : calls.merge(key, tail, call.etag);
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
      tones: request.tones,
      ...(request.delayBetweenTonesMs !== undefined && { delayBetweenTonesMs: request.delayBetweenTonesMs }),
      expiresAt: row.expiresAt ?? now,
      ...(row.after && { after: row.after }),
      etag: row.etag,
      waits: 0,
      ...(notReady && { notReadySince: now }),
      ...(row.callbackWanted && { callbackWanted: true }),
      ...(row.acceptedAt !== undefined && { acceptedAt: row.acceptedAt }),
      ...(row.traceparent !== undefined && { traceparent: row.traceparent }),
    };
    await ports.queue.enqueue(message, Math.max(0, (row.notBefore ?? 0) - now));
    return told(row, repeated);
  }

  function told(row: OutcomeFacts, repeated: boolean): Acceptance {
    if (repeated)
      log('info', 'tones-repeated', { clientContext: row.clientContext, callId: row.callId, status: row.status });
    return { kind: 'accepted', row, repeated };
  }

  return accept;
}

/** True when the call's own notifications told that it takes no tones yet; never when they told nothing. */
export function isKnownNotReady(call: CallFacts | undefined): boolean {
  if (call === undefined) return false;
  return (call.state !== undefined && call.state !== 'established') || call.audio === 'inactive';
}
