// Decides whether to press: deadline, order, claim, one POST to Graph, and what is then recorded.
//
//   message -> too late? -> predecessor done? -> CLAIM (if the row is still at the message's etag) -> permit -> POST -> record
//                 expired      wait                412: read back, never press on a guess
//
// Before the claim everything may throw: the queue delivers again. After it nothing throws: a second delivery finds the
// claim and presses nothing, so what is not recorded here is ended by the timer.
import { LEAST_LEAD_MS, READINESS_PATIENCE_MS, isTooLate } from '../facts/delivery-policy';
import { callKeyOf, isKnownNotReady } from '../facts/call-facts';
import { partState } from '../facts/part-state';
import type { Stored, ToneMessage } from '../ports';
import type { OutcomeFacts } from '../facts/outcome-facts';
import { makeClaimer } from './claim';
import type { RulePorts } from './end-request';
import { makeWithHold, type Hold } from './hold';
import { makeExpiry } from './overdue-end';
import { makePredecessorCheck, type Turn } from './predecessor';
import { makeClaimedPresser } from './press-claimed';
import { makeNextPartPresser } from './press-next-part';
import { makePutRest } from './put-rest';
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
/** Who walked over so many requests notes in its row how far it came: neither it nor the one behind it walks there again. */
const LONG_WALK = 16;

export function makeTonePresser(ports: RulePorts) {
  const { clock, outcomes, calls, policy, log, endRequest } = ports;
  const claim = makeClaimer(ports);
  const turnOf = makePredecessorCheck(ports);
  const pressClaimed = makeClaimedPresser(ports);
  const pressNextPart = makeNextPartPresser(ports);
  const putRest = makePutRest(ports);
  const expiryOf = makeExpiry(ports);
  const wait = makeWait(ports);
  const withHold = makeWithHold(ports);

  return function press(message: ToneMessage, delivery: Delivery = { redelivered: false }): Promise<PressEnding> {
    const { part = 1 } = message;
    return withHold((hold) =>
      part === 1 ? pressFirst(message, delivery, hold) : pressNextPart({ ...message, part }, delivery, hold),
    );
  };

  async function pressFirst(message: ToneMessage, delivery: Delivery, hold: Hold): Promise<PressEnding> {
    if (delivery.redelivered && message.rest !== undefined) {
      // An earlier delivery may have pressed: neither its deadline nor a pause of its own holds up what comes after it.
      const row = await outcomes.read(message.clientContext);
      if (row !== undefined && partState(row, 1, clock.now()).kind === 'pressed') return alreadyPressed(message, row);
    }
    if (await waitsForReadiness(message)) return wait(message, policy.minWaitMs, delivery);
    let current = message;
    let known: Stored<OutcomeFacts> | undefined;
    for (let claims = 0; claims < MOST_CLAIM_ROUNDS;) {
      if (isTooLate(current.expiresAt, clock.now())) return expire(current);
      const turn = await turnOf(current);
      if (turn.kind === 'wait') {
        // The pause before the first tone counts from when its turn comes.
        const { pausedUntil: _, ...unpaused } = current;
        current = unpaused;
        if (turn.mayBeSoon && (await hold.untilLikely(turn.until))) continue;
        return wait(await withWalk(current, turn), turn.mayBeSoon ? hold.delayMs(turn.until) : turn.delayMs, delivery);
      }
      const { pauseMs = 0, pausedUntil = clock.now() + pauseMs } = current;
      const notBefore = Math.max(pausedUntil, known?.notBefore ?? 0);
      if (notBefore > clock.now()) {
        current = { ...current, ...(pauseMs > 0 && { pausedUntil }) };
        if (await hold.until(notBefore)) continue;
        return wait(current, hold.delayMs(notBefore), delivery);
      }
      const toldReadyAt = pauseMs > 0 ? await readySince(current) : 0;
      if (toldReadyAt > pausedUntil - pauseMs && toldReadyAt > clock.now() - pauseMs) {
        current = { ...current, pausedUntil: toldReadyAt + pauseMs };
        continue;
      }
      const tried = await claim(current, known);
      if (tried.kind === 'ours') return pressClaimed(tried.claim);
      if (tried.kind === 'row-missing') return dropped(tried.kind, current);
      if (tried.kind === 'duplicate') return alreadyPressed(current, tried.row);
      claims += 1;
      known = tried.row;
      // Never the message's predecessor with the row's version: both are taken from the row, and checked again (rule 5).
      const { etag, after = '', callbackWanted } = known;
      current = { ...current, etag, after, ...(callbackWanted && { callbackWanted: true }) };
    }
    return wait(current, policy.minWaitMs, delivery);
  }

  /** When the call was last reported to take tones; 0: nobody said so, and Graph is asked. */
  async function readySince({ callId }: ToneMessage): Promise<number> {
    const call = await calls.read(callKeyOf(callId));
    return isKnownNotReady(call) ? 0 : (call?.toldAt ?? 0);
  }

  async function alreadyPressed(message: ToneMessage, row: OutcomeFacts): Promise<PressEnding> {
    if (partState(row, 1, clock.now()).kind === 'pressed') await putRest(message, row);
    return dropped('duplicate', message);
  }

  function dropped(ending: 'row-missing' | 'duplicate', { clientContext, callId }: ToneMessage): PressEnding {
    log('warn', ending === 'row-missing' ? 'row-missing' : 'tones-duplicate', { clientContext, callId });
    return ending;
  }

  /** The message as it goes on from where the walk came to. */
  async function withWalk(
    message: ToneMessage,
    { after, passed }: Extract<Turn, { kind: 'wait' }>,
  ): Promise<ToneMessage> {
    if (passed < LONG_WALK) return { ...message, after };
    const noted = await outcomes.merge(message.clientContext, { after }, message.etag);
    return { ...message, after, ...(noted.kind === 'written' && { etag: noted.etag }) };
  }

  /** A call known not to be ready is given a little time; what is known may be out of date, so Graph is asked after it. */
  async function waitsForReadiness({ callId, notReadySince, expiresAt }: ToneMessage): Promise<boolean> {
    const now = clock.now();
    if (notReadySince === undefined || now - notReadySince >= READINESS_PATIENCE_MS) return false;
    if (expiresAt - now < 2 * policy.minWaitMs + LEAST_LEAD_MS) return false;
    return isKnownNotReady(await calls.read(callKeyOf(callId)));
  }

  async function expire({ clientContext, waits }: ToneMessage): Promise<PressEnding> {
    const decide = (row: Parameters<typeof expiryOf>[0]) => (row.status === 'accepted' ? expiryOf(row) : undefined);
    const ended = await endRequest({ clientContext, by: 'press', decide, fields: { waits } });
    if (ended.kind === 'ended') return 'expired';
    return ended.row === undefined ? 'row-missing' : 'duplicate';
  }
}
