// Decides whether to press: deadline, order, claim, one POST to Graph, and what is then recorded.
// Knows neither HTTP nor storage, and not what a reply means.
//
//   message -> too late? -> predecessor done? -> CLAIM (if the row has the message's etag) -> permit -> POST -> record
//                 expired      wait                412: read back, never press on a guess
//
// Before the claim everything may throw: the queue delivers again. After it nothing throws: a second delivery finds the
// claim and presses nothing, so what is not recorded here is ended by the timer.
import {
  LEAST_LEAD_MS,
  READINESS_PATIENCE_MS,
  halfOfGraceMs,
  isTooLate,
  latestPostStart,
} from '../facts/delivery-policy';
import { callKeyOf, isKnownNotReady } from '../facts/call-facts';
import type { OutcomeFacts } from '../facts/outcome-facts';
import { runOf } from '../facts/tone-run';
import type { PressPermit, PressReply } from '../ports/graph-calls';
import type { ToneMessage } from '../ports/queues';
import { makeClaimer, type Claim } from './claim';
import type { RulePorts } from './end-request';
import { makeExpiry } from './overdue-end';
import { makePredecessorCheck, type Turn } from './predecessor';
import { makeAttemptRecorder } from './record-attempt';
import { makeWait } from './wait';

/** How a delivery of a message ended; every ending lets the queue delete the message. */
export type PressEnding = 'recorded' | 'waiting' | 'expired' | 'duplicate' | 'row-missing';

/** How a message came. */
export interface Delivery {
  /** Not for the first time: an earlier delivery may have done anything. */
  readonly redelivered: boolean;
}

/** The row changes under an unclaimed message at most a few times: a repetition that links it, a claim given back. */
const MOST_CLAIM_ROUNDS = 5;
/**
 * A request that walked over so many others notes in its row how far it came:
 * neither it nor the one behind it walks there again.
 */
const LONG_WALK = 16;

export function makeTonePresser(ports: RulePorts) {
  const { clock, policy } = ports;
  const claim = makeClaimer(ports);
  const turnOf = makePredecessorCheck(ports);
  const recordAttempt = makeAttemptRecorder(ports);
  const expiryOf = makeExpiry(ports);
  const wait = makeWait(ports);

  return async function press(message: ToneMessage, delivery: Delivery = { redelivered: false }): Promise<PressEnding> {
    if (await waitsForReadiness(ports, message)) return wait(message, policy.minWaitMs, delivery);
    let current = message;
    for (let round = 0; round < MOST_CLAIM_ROUNDS; round += 1) {
      if (isTooLate(current.expiresAt, clock.now())) return expire(ports, current, expiryOf);
      const turn = await turnOf(current);
      if (turn.delayMs !== undefined) return wait(await withWalk(ports, current, turn), turn.delayMs, delivery);
      const tried = await claim(current);
      if (tried.kind === 'ours') {
        const { reply, sentAt } = await pressClaimed(ports, tried.claim);
        return recordAttempt(tried.claim, reply, sentAt);
      }
      if (tried.kind !== 'moved') return dropped(ports, tried.kind, current);
      // Never the message's predecessor with the row's version: both are
      // taken from the row, and checked again (rule 5).
      const { etag, after = '', callbackWanted, notBefore = 0 } = tried.row;
      current = { ...current, etag, after, ...(callbackWanted && { callbackWanted: true }) };
      if (notBefore > clock.now()) return wait(current, notBefore - clock.now(), delivery);
    }
    return wait(current, policy.minWaitMs, delivery);
  };
}

function dropped(
  { log }: RulePorts,
  ending: 'row-missing' | 'duplicate',
  { clientContext, callId }: ToneMessage,
): PressEnding {
  log('warn', ending === 'row-missing' ? 'row-missing' : 'tones-duplicate', { clientContext, callId });
  return ending;
}

/** The one POST: permitted only while there is time, as late as can be asked. */
async function pressClaimed(
  { clock, graph, policy, log }: RulePorts,
  { message, claimedAt }: Claim,
): Promise<{ readonly reply: PressReply; readonly sentAt: number | undefined }> {
  const { clientContext, callId, waits, dueAt } = message;
  let sentAt: number | undefined;
  const permit = (): PressPermit => {
    const now = clock.now();
    if (isTooLate(message.expiresAt, now) || now > latestPostStart(claimedAt, policy)) return { kind: 'no' };
    sentAt = now;
    return { kind: 'go', timeoutMs: halfOfGraceMs(policy) };
  };
  const queueWait = dueAt === undefined ? {} : { queueWaitMs: claimedAt - dueAt };
  log('info', 'tones-claimed', { clientContext, callId, waits, ...queueWait });
  const reply = await graph.sendDtmfTones({ callId, clientContext, ...runOf(message) }, permit);
  return { reply, sentAt };
}

/** The message as it goes on from where the walk came to. */
async function withWalk({ outcomes }: RulePorts, message: ToneMessage, { after, passed }: Turn): Promise<ToneMessage> {
  if (passed < LONG_WALK) return { ...message, after };
  const noted = await outcomes.merge(message.clientContext, { after }, message.etag);
  return { ...message, after, ...(noted.kind === 'written' && { etag: noted.etag }) };
}

/**
 * A call known not to be ready is given a little time; what is known may be out of date, so Graph is asked after it.
 */
async function waitsForReadiness(
  { clock, calls, policy }: RulePorts,
  { callId, notReadySince, expiresAt }: ToneMessage,
): Promise<boolean> {
  const now = clock.now();
  if (notReadySince === undefined || now - notReadySince >= READINESS_PATIENCE_MS) return false;
  if (expiresAt - now < 2 * policy.minWaitMs + LEAST_LEAD_MS) return false;
  return isKnownNotReady(await calls.read(callKeyOf(callId)));
}

async function expire(
  { endRequest }: RulePorts,
  { clientContext, waits }: ToneMessage,
  expiryOf: ReturnType<typeof makeExpiry>,
): Promise<PressEnding> {
  const decide = (row: OutcomeFacts) => (row.status === 'accepted' ? expiryOf(row) : undefined);
  const ended = await endRequest({ clientContext, by: 'press', decide, fields: { waits } });
  if (ended.kind === 'ended') return 'expired';
  return ended.row === undefined ? 'row-missing' : 'duplicate';
}
