// Records what one attempt to press came to, or gives the claim back. Nothing in here throws: the press may have happened.
// Called by press-tones after the claim; every write is bound to the claim's version and never buries a final status.
import { makeEndAnnouncer, type AnnouncePorts } from '../callbacks/announce-end';
import { backOffMs, isTooLate, type DeliveryPolicy } from '../facts/delivery-policy';
import { errorName } from '../event-log';
import type { GraphFault } from '../facts/error-catalogue';
import { isFinal, type OutcomeFacts } from '../facts/outcome-facts';
import type { Clock, OutcomeRows, PressReply, RequestIndex, Stored, ToneQueue } from '../ports';
import type { Claim, PressEnding } from './press-tones';
import { expired, failed, givenBack, insteadOfUnknown, reported, running, unknown } from '../facts/transitions';

export interface RecordPorts extends AnnouncePorts {
  readonly clock: Clock;
  readonly outcomes: OutcomeRows;
  readonly index: RequestIndex;
  readonly queue: ToneQueue;
  readonly policy: DeliveryPolicy;
}

/** Attempts at one write while storage is down; the SDK retries each by itself. Then the timer ends the row. */
const MOST_WRITES = 3;

type Facts = Partial<OutcomeFacts>;

/** What a write comes from. */
interface Told {
  /** Graph said so: it counts also on a row that was given up as `unknown`. */
  readonly isGraphsAnswer?: boolean;
  /** When the POST left, where Graph may have executed it. */
  readonly pressedAt?: number | undefined;
}

/** `late`: the row was ended without us; the facts of Graph's own answer still count on an `unknown`. */
type Bound =
  | { readonly kind: 'written'; readonly etag: string }
  | { readonly kind: 'late'; readonly row: Stored<OutcomeFacts> }
  | { readonly kind: 'lost' };

export function makeAttemptRecorder(ports: RecordPorts) {
  const { clock, outcomes, index, queue, policy, log } = ports;
  const announceEnd = makeEndAnnouncer(ports);

  async function record(claim: Claim, reply: PressReply, sentAt: number | undefined): Promise<PressEnding> {
    // Stryker disable next-line ConditionalExpression: an absent delay and an undefined one count the same; only the compiler tells them apart.
    const size = {
      toneCount: claim.message.tones.length,
      ...(claim.message.delayBetweenTonesMs !== undefined && {
        delayBetweenTonesMs: claim.message.delayBetweenTonesMs,
      }),
    };
    const now = clock.now();
    switch (reply.kind) {
      case 'running':
        await write(claim, running(size, reply.operationId, sentAt ?? now, policy), { pressedAt: sentAt });
        return 'recorded';
      case 'ended':
        await write(
          claim,
          { ...reported(reply.report, now), sentAt: sentAt ?? now },
          { isGraphsAnswer: true, pressedAt: sentAt },
        );
        return 'recorded';
      case 'uncertain':
        await write(claim, unknown(reply.fault, now, sentAt), { pressedAt: sentAt });
        return 'recorded';
      case 'not-permitted':
        return isTooLate(claim.message.expiresAt, now) ? expire(claim) : giveBack(claim, undefined, policy.minWaitMs);
      case 'refused': {
        const delayMs = Math.max(reply.retryAfterMs ?? 0, backOffMs(claim.message.waits, policy));
        if (reply.again === 'later' && !isTooLate(claim.message.expiresAt, now + delayMs))
          return giveBack(claim, reply.fault, delayMs);
        await write(claim, failed(reply.fault, now, reply.answered ? sentAt : undefined), { isGraphsAnswer: true });
        return 'recorded';
      }
      // Stryker disable next-line ConditionalExpression: never reached, as the compiler proves.
      default:
        return reply satisfies never;
    }
  }

  async function expire(claim: Claim): Promise<PressEnding> {
    await write(claim, expired({}, clock.now()));
    return 'expired';
  }

  /** The not-before time first, then the copy: a crash between them leaves the row to its deadline, unpressed. */
  async function giveBack(claim: Claim, fault: GraphFault | undefined, delayMs: number): Promise<PressEnding> {
    const notBefore = clock.now() + delayMs;
    const given = await write(claim, givenBack(notBefore, fault));
    if (given === undefined) return 'recorded';
    const { message } = claim;
    for (let attempt = 1; ; attempt += 1) {
      try {
        await queue.enqueue({ ...message, etag: given, waits: message.waits + 1 }, delayMs);
        log('info', 'tones-waiting', {
          clientContext: message.clientContext,
          callId: message.callId,
          waits: message.waits,
          delayMs,
          code: fault?.code,
        });
        return 'waiting';
      } catch (error) {
        storageFailed(claim, error);
        if (attempt === MOST_WRITES) return 'recorded';
      }
    }
  }

  /** The new version of the row if the facts are in it; undefined if it was ended without us, or storage is down. */
  async function write(
    claim: Claim,
    facts: Facts,
    { isGraphsAnswer = false, pressedAt }: Told = {},
  ): Promise<string | undefined> {
    const { clientContext, callId, acceptedAt } = claim.message;
    const sinceAccepted =
      pressedAt === undefined || acceptedAt === undefined ? {} : { acceptToPressMs: pressedAt - acceptedAt };
    let bound = await writeBound(claim, facts, claim.etag);
    let callbackWanted = claim.message.callbackWanted;
    if (bound.kind === 'late' && bound.row.status === 'unknown' && isGraphsAnswer) {
      callbackWanted ||= bound.row.callbackWanted;
      if (callbackWanted) await openAgain(claim);
      bound = await writeBound(claim, insteadOfUnknown(facts), bound.row.etag);
    }
    if (bound.kind === 'late') await addAbsentFacts(claim, facts, bound.row);
    if (bound.kind !== 'written') {
      log('warn', 'outcome-not-recorded', {
        clientContext,
        callId,
        status: facts.status,
        reason: bound.kind === 'lost' ? 'storage' : `already ${bound.row.status}`,
        ...sinceAccepted,
      });
      return undefined;
    }
    const event = facts.status === 'running' ? 'tones-sent' : 'tones-finished';
    const sinceSent =
      isGraphsAnswer && pressedAt !== undefined && facts.finishedAt !== undefined
        ? { durationMs: facts.finishedAt - pressedAt }
        : {};
    if (facts.status !== 'accepted')
      log('info', event, {
        clientContext,
        callId,
        status: facts.status,
        operationId: facts.operationId,
        code: facts.errorCode,
        ...sinceAccepted,
        ...sinceSent,
      });
    await announceEnd({ clientContext, ...(callbackWanted && { callbackWanted }) }, facts);
    return bound.etag;
  }

  /** The entry was closed with `unknown`: opened again, so that the timer makes good an announcement that is missed. */
  async function openAgain(claim: Claim): Promise<void> {
    try {
      await index.open({ clientContext: claim.message.clientContext, since: clock.now(), callback: true });
    } catch (error) {
      storageFailed(claim, error);
    }
  }

  async function writeBound(claim: Claim, facts: Facts, etag: string): Promise<Bound> {
    for (let attempt = 1; attempt <= MOST_WRITES; attempt += 1) {
      try {
        const written = await outcomes.merge(claim.message.clientContext, facts, etag);
        if (written.kind === 'written') return written;
        const row = await outcomes.read(claim.message.clientContext);
        if (row === undefined) return { kind: 'lost' };
        if (isOurs(row, claim, facts)) return { kind: 'written', etag: row.etag };
        return { kind: 'late', row };
      } catch (error) {
        storageFailed(claim, error);
      }
    }
    return { kind: 'lost' };
  }

  /** A notification came first: its status stands; when and as which operation we sent are facts all the same. */
  async function addAbsentFacts(claim: Claim, facts: Facts, row: Stored<OutcomeFacts>): Promise<void> {
    const absent: Facts = {
      ...(row.sentAt === undefined && facts.sentAt !== undefined && { sentAt: facts.sentAt }),
      ...(row.operationId === undefined && facts.operationId !== undefined && { operationId: facts.operationId }),
    };
    if (!isFinal(row.status) || row.claimId !== claim.claimId || Object.keys(absent).length === 0) return;
    try {
      await outcomes.merge(row.clientContext, absent, row.etag);
    } catch (error) {
      storageFailed(claim, error);
    }
  }

  function storageFailed(claim: Claim, error: unknown): void {
    const { clientContext, callId } = claim.message;
    log('error', 'storage-failed', { clientContext, callId, detail: errorName(error) });
  }

  return record;
}

/** True if the row shows our own write, whose answer was lost. */
function isOurs(row: OutcomeFacts, claim: Claim, facts: Facts): boolean {
  if (row.status !== facts.status) return false;
  if (facts.status === 'accepted') return row.claimId === '' && row.notBefore === facts.notBefore;
  return row.claimId === claim.claimId && row.finishedAt === facts.finishedAt && row.sentAt === facts.sentAt;
}
