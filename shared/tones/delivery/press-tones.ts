// Decides whether to press: deadline, order, claim, one POST to Graph, and what is then recorded.
//
//   message -> too late? -> predecessor done? -> CLAIM (if the row is still at the message's etag) -> permit -> POST -> record
//                 expired      wait                412: read back, never press on a guess
//
// Before the claim everything may throw: the queue delivers again. After it nothing throws: a second delivery finds the
// claim and presses nothing, so what is not recorded here is ended by the timer.
import { isKnownNotReady } from './accept-tones';
import { makeEndAnnouncer, type AnnouncePorts } from '../callbacks/announce-end';
import {
  LEAST_LEAD_MS,
  READINESS_PATIENCE_MS,
  halfOfGraceMs,
  isTooLate,
  type DeliveryPolicy,
} from '../facts/delivery-policy';
import { callKeyOf, type OutcomeFacts } from '../facts/outcome-facts';
import type {
  CallRows,
  Clock,
  GraphCalls,
  OutcomeRows,
  PressPermit,
  Randomness,
  RequestIndex,
  Stored,
  ToneMessage,
  ToneQueue,
} from '../ports';
import { makeAttemptRecorder } from './record-attempt';
import { claimed, expired, latestPostStart, overdueFacts, predecessorState } from '../facts/transitions';

export interface PressPorts extends AnnouncePorts {
  readonly clock: Clock;
  readonly random: Randomness;
  readonly outcomes: OutcomeRows;
  readonly calls: CallRows;
  readonly index: RequestIndex;
  readonly queue: ToneQueue;
  readonly graph: GraphCalls;
  readonly policy: DeliveryPolicy;
}

/** How a delivery of a message ended; every ending lets the queue delete the message. */
export type PressEnding = 'recorded' | 'waiting' | 'expired' | 'duplicate' | 'row-missing';

/** A claim that is ours: the row's size, and the version that every later write is bound to. */
export interface Claim {
  readonly message: ToneMessage;
  readonly claimId: string;
  readonly claimedAt: number;
  readonly etag: string;
}

type ClaimTry =
  | { readonly kind: 'ours'; readonly claim: Claim }
  | { readonly kind: 'ended'; readonly ending: PressEnding }
  | { readonly kind: 'moved'; readonly row: Stored<OutcomeFacts> };

/** The row changes under an unclaimed message at most a few times: a repetition that links it, a claim given back. */
const MOST_CLAIM_ROUNDS = 5;
/** Predecessors that were never claimed are walked over; more than so many in one delivery wait for the next. */
const LONGEST_WALK = 100;

export function makeTonePresser(ports: PressPorts) {
  const { clock, random, outcomes, calls, graph, policy, log } = ports;
  const recordAttempt = makeAttemptRecorder(ports);
  const announceEnd = makeEndAnnouncer(ports);

  async function press(message: ToneMessage): Promise<PressEnding> {
    if (await waitsForReadiness(message)) return wait(message, policy.minWaitMs);
    let current = message;
    for (let round = 0; round < MOST_CLAIM_ROUNDS; round += 1) {
      if (isTooLate(current.expiresAt, clock.now())) return expire(current);
      const delayMs = await delayForPredecessor(current);
      if (delayMs !== undefined) return wait(current, delayMs);
      const tried = await claim(current);
      if (tried.kind === 'ended') return tried.ending;
      if (tried.kind === 'ours') return pressClaimed(tried.claim);
      // Never the message's predecessor with the row's version: both are taken from the row, and checked again (rule 5).
      current = {
        ...current,
        etag: tried.row.etag,
        after: tried.row.after ?? '',
        ...(tried.row.callbackWanted && { callbackWanted: true }),
      };
      const notBefore = tried.row.notBefore ?? 0;
      if (notBefore > clock.now()) return wait(current, notBefore - clock.now());
    }
    return wait(current, policy.minWaitMs);
  }

  async function claim(message: ToneMessage): Promise<ClaimTry> {
    const claimId = random.uuid();
    const claimedAt = clock.now();
    const facts = claimed({ toneCount: message.tones.length, ...delayOf(message) }, claimId, claimedAt, policy);
    const written = await outcomes.merge(message.clientContext, facts, message.etag);
    if (written.kind === 'written') return { kind: 'ours', claim: { message, claimId, claimedAt, etag: written.etag } };
    const row = await outcomes.read(message.clientContext);
    if (row === undefined) return ended('row-missing', message);
    // The answer of our own claim was lost and the SDK sent it again: it looks like a rival and is not.
    if (row.claimId === claimId && row.status === 'sending')
      return { kind: 'ours', claim: { message, claimId, claimedAt, etag: row.etag } };
    // Stryker disable next-line StringLiteral: `moved` is what is left when `ours` and `ended` are ruled out; only the compiler reads it.
    if (row.status === 'accepted') return { kind: 'moved', row };
    return ended('duplicate', message);
  }

  function ended(ending: 'row-missing' | 'duplicate', { clientContext, callId }: ToneMessage): ClaimTry {
    log('warn', ending === 'row-missing' ? 'row-missing' : 'tones-duplicate', { clientContext, callId });
    return { kind: 'ended', ending };
  }

  async function pressClaimed(claim: Claim): Promise<PressEnding> {
    const { message, claimedAt } = claim;
    let sentAt: number | undefined;
    const permit = (): PressPermit => {
      const now = clock.now();
      if (isTooLate(message.expiresAt, now) || now > latestPostStart(claimedAt, policy)) return { kind: 'no' };
      sentAt = now;
      return { kind: 'go', timeoutMs: halfOfGraceMs(policy) };
    };
    const queueWait = message.dueAt === undefined ? {} : { queueWaitMs: claimedAt - message.dueAt };
    log('info', 'tones-claimed', {
      clientContext: message.clientContext,
      callId: message.callId,
      waits: message.waits,
      ...queueWait,
    });
    const { clientContext, callId, tones } = message;
    const reply = await graph.sendDtmfTones({ callId, clientContext, tones, ...delayOf(message) }, permit);
    return recordAttempt(claim, reply, sentAt);
  }

  /** How long to wait for the requests before this one on the same call; undefined when they are done. */
  async function delayForPredecessor(message: ToneMessage): Promise<number | undefined> {
    let after = message.after;
    for (let step = 0; after; step += 1) {
      if (step === LONGEST_WALK) return policy.minWaitMs;
      let row: OutcomeFacts | undefined = await outcomes.read(after);
      const now = clock.now();
      const overdue = row && overdueFacts(row, now);
      if (row && overdue) {
        const closed = await outcomes.merge(after, overdue, (row as Stored<OutcomeFacts>).etag);
        if (closed.kind === 'stale') continue;
        await announceEnd(row, overdue);
        log('warn', 'overdue-closed', {
          clientContext: row.clientContext,
          callId: row.callId,
          status: overdue.status,
          code: overdue.errorCode,
        });
        row = { ...row, ...overdue };
      }
      const state = predecessorState(row, now);
      switch (state.kind) {
        // Stryker disable next-line ConditionalExpression: falling to `skip` ends the walk as well, as no `after` is there.
        case 'done':
          return undefined;
        case 'skip':
          after = state.after;
          break;
        case 'wait':
          return Math.min(policy.maxWaitMs, Math.max(policy.minWaitMs, (state.until ?? 0) - now));
        // Stryker disable next-line ConditionalExpression: never reached, as the compiler proves.
        default:
          state satisfies never;
      }
    }
    return undefined;
  }

  /** A call known not to be ready is given a little time; what was told may be out of date, so Graph is asked after it. */
  async function waitsForReadiness(message: ToneMessage): Promise<boolean> {
    const { notReadySince } = message;
    const now = clock.now();
    if (notReadySince === undefined || now - notReadySince >= READINESS_PATIENCE_MS) return false;
    if (message.expiresAt - now < 2 * policy.minWaitMs + LEAST_LEAD_MS) return false;
    return isKnownNotReady(await calls.read(callKeyOf(message.callId)));
  }

  async function wait(message: ToneMessage, delayMs: number): Promise<PressEnding> {
    // A copy that comes after the deadline would only carry the tones about: the last one comes in time to expire the row.
    const untilDeadline = Math.max(0, message.expiresAt - clock.now());
    await ports.queue.enqueue({ ...message, waits: message.waits + 1 }, Math.min(delayMs, untilDeadline));
    log('info', 'tones-waiting', {
      clientContext: message.clientContext,
      callId: message.callId,
      waits: message.waits,
      delayMs,
    });
    return 'waiting';
  }

  async function expire(message: ToneMessage): Promise<PressEnding> {
    for (let round = 0; round < MOST_CLAIM_ROUNDS; round += 1) {
      const row = await outcomes.read(message.clientContext);
      if (row === undefined) return 'row-missing';
      if (row.status !== 'accepted') return 'duplicate';
      const facts = expired(row, clock.now());
      const written = await outcomes.merge(message.clientContext, facts, row.etag);
      if (written.kind === 'written') {
        await announceEnd(row, facts);
        log('warn', 'tones-finished', {
          clientContext: message.clientContext,
          callId: message.callId,
          status: 'expired',
          code: facts.errorCode,
          waits: message.waits,
        });
        return 'expired';
      }
    }
    return 'duplicate';
  }

  return press;
}

function delayOf(message: ToneMessage): { delayBetweenTonesMs?: number } {
  return message.delayBetweenTonesMs === undefined ? {} : { delayBetweenTonesMs: message.delayBetweenTonesMs };
}
