// Decides whether to press: deadline, order, pause, claim, one POST to Graph, and what is then recorded.
// Knows neither HTTP nor storage, and not what a reply means. A part after the first has a file of its own: press-next-
// part.
//
//   message -> too late? -> predecessor done? -> pause over? -> CLAIM (if the row has the message's etag) -> recorded
//                 expired      wait                 wait       412: read back, never press on a guess
//
// Before the claim everything may throw: the queue delivers again. After it nothing throws but the enqueue of a next
// part: a second
// delivery finds the claim and presses nothing, so what is not recorded here is ended by the timer.
import { LEAST_LEAD_MS, READINESS_PATIENCE_MS, isTooLate } from '../../facts/delivery-policy';
import { callKeyOf, isKnownNotReady } from '../../facts/call-facts';
import { waitingForRefusal, type WaitingFor } from '../../facts/waiting-for';
import { turnAfterOf, type OutcomeFacts } from '../../facts/outcome-facts';
import { partState } from '../../facts/parts/part-state';
import type { Delivery, ToneMessage } from '../../ports/queues';
import type { Stored } from '../../ports/rows';
import { makeClaimer } from './claim';
import { letGo } from './let-go';
import type { RulePorts } from '../end-request';
import { makeWithHold, type Hold } from './hold';
import { makeExpiry } from '../overdue-end';
import { makePredecessorCheck, type Turn } from '../predecessor';
import { makeClaimedPresser, type PressEnding } from './press-claimed';
import { makeNextPartPresser } from './press-next-part';
import { makePutRest, type PutRest } from './put-rest';
import { makeWait, type Wait } from '../wait';

/** The row changes under an unclaimed message at most a few times: a repetition that links it, a claim given back. */
const MOST_CLAIM_ROUNDS = 5;
/**
 * A request that walked over so many others notes in its row how far it came:
 * neither it nor the one behind it walks there again.
 */
const LONG_WALK = 16;

export function makeTonePresser(ports: RulePorts) {
  const rules: FirstPartRules = {
    ...ports,
    claim: makeClaimer(ports),
    turnOf: makePredecessorCheck(ports),
    pressClaimed: makeClaimedPresser(ports),
    putRest: makePutRest(ports),
    expiryOf: makeExpiry(ports),
    wait: makeWait(ports),
  };
  const pressNextPart = makeNextPartPresser(ports);
  const withHold = makeWithHold(ports);

  return function press(message: ToneMessage, delivery: Delivery = { redelivered: false }): Promise<PressEnding> {
    const { part = 1 } = message;
    return withHold((hold) =>
      part === 1 ? pressFirst(rules, message, delivery, hold) : pressNextPart({ ...message, part }, delivery, hold),
    );
  };
}

interface FirstPartRules extends RulePorts {
  readonly claim: ReturnType<typeof makeClaimer>;
  readonly turnOf: ReturnType<typeof makePredecessorCheck>;
  readonly pressClaimed: ReturnType<typeof makeClaimedPresser>;
  readonly putRest: PutRest;
  readonly expiryOf: ReturnType<typeof makeExpiry>;
  readonly wait: Wait;
}

async function pressFirst(
  rules: FirstPartRules,
  message: ToneMessage,
  delivery: Delivery,
  hold: Hold,
): Promise<PressEnding> {
  const { clock, policy, wait } = rules;
  if (delivery.redelivered && message.rest !== undefined) {
    // An earlier delivery may have pressed: neither its deadline nor a pause of its own holds up what comes after it.
    const row = await rules.outcomes.read(message.clientContext);
    if (row !== undefined && isPressed(rules, row)) return dropped(rules, row, message);
  }
  if (await waitsForReadiness(rules, message))
    return wait(message, policy.minWaitMs, { ...delivery, waitingFor: 'call-readiness' });
  let current = message;
  let known: Stored<OutcomeFacts> | undefined;
  for (let claims = 0; claims < MOST_CLAIM_ROUNDS;) {
    if (isTooLate(current.expiresAt, clock.now())) return expire(rules, current);
    const turn = await rules.turnOf(current);
    if (turn.kind === 'wait') {
      // The pause before the first tone begins when the turn has come.
      const { pausedUntil: _, ...unpaused } = current;
      current = unpaused;
      if (turn.mayBeSoon && (await hold.untilLikely(turn.until))) continue;
      const delayMs = turn.mayBeSoon ? hold.delayMs(turn.until) : turn.delayMs;
      return wait(await withWalk(rules, current, turn), delayMs, { ...delivery, waitingFor: 'request-before' });
    }
    const { pauseMs = 0, pausedUntil = clock.now() + pauseMs } = current;
    const notBefore = Math.max(pausedUntil, known?.notBefore ?? 0);
    if (notBefore > clock.now()) {
      current = { ...current, ...(pauseMs > 0 && { pausedUntil }) };
      if (await hold.until(notBefore)) continue;
      // Only the pause stands in the message: a copy that waits for what Graph asked must not come before that.
      const isRefused = notBefore > pausedUntil;
      const delayMs = isRefused ? notBefore - clock.now() : hold.delayMs(notBefore);
      return wait(current, delayMs, { ...delivery, waitingFor: wordOf(isRefused, known) });
    }
    const pauseEndsAt = await endOfPauseOnceReady(rules, current);
    if (pauseEndsAt > clock.now()) {
      current = { ...current, pausedUntil: pauseEndsAt };
      continue;
    }
    hold.leave();
    const tried = await rules.claim(current, known);
    if (tried.kind === 'ours') return rules.pressClaimed(tried.claim);
    if (tried.kind !== 'moved') return dropped(rules, tried.row, current);
    claims += 1;
    known = tried.row;
    current = asTheRowHasIt(current, known);
  }
  return wait(current, policy.minWaitMs, { ...delivery, waitingFor: 'queue' });
}

function wordOf(isRefused: boolean, row: OutcomeFacts | undefined): WaitingFor {
  return isRefused ? waitingForRefusal(row?.waitCode) : 'pause';
}

/**
 * Never the message's predecessor with the row's version: both are taken from the row, and checked again (rule 5).
 * Behind another request than was thought its turn has not come yet: the pause begins again.
 */
function asTheRowHasIt(message: ToneMessage, row: Stored<OutcomeFacts>): ToneMessage {
  const { etag, callbackWanted } = row;
  const after = turnAfterOf(row);
  const { pausedUntil: _, ...unpaused } = message;
  const known = after === (message.after ?? '') ? message : unpaused;
  return { ...known, etag, after, ...(callbackWanted && { callbackWanted: true }) };
}

/** The pause before the first tone counts from the report that the call takes tones, where that came while it ran. */
async function endOfPauseOnceReady({ calls }: RulePorts, { callId, pauseMs = 0 }: ToneMessage): Promise<number> {
  if (pauseMs === 0) return 0;
  const call = await calls.read(callKeyOf(callId));
  // What was reported may be out of date: Graph is asked.
  return isKnownNotReady(call) ? 0 : (call?.toldAt ?? 0) + pauseMs;
}

/** Another delivery was first; where it pressed, and may have died before it queued the rest, that is done here. */
async function dropped(
  rules: FirstPartRules,
  row: Stored<OutcomeFacts> | undefined,
  message: ToneMessage,
): Promise<PressEnding> {
  if (row !== undefined && isPressed(rules, row)) await rules.putRest(message, row);
  return letGo(rules, message, row);
}

function isPressed({ clock }: FirstPartRules, row: OutcomeFacts): boolean {
  return partState(row, 1, clock.now()).kind === 'pressed';
}

/** The message as it goes on from where the walk came to. */
async function withWalk(
  { outcomes }: RulePorts,
  message: ToneMessage,
  { after, passed }: Extract<Turn, { kind: 'wait' }>,
): Promise<ToneMessage> {
  if (passed < LONG_WALK) return { ...message, after };
  const noted = await outcomes.merge(message.clientContext, { turnAfter: after }, message.etag);
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
  { endRequest, expiryOf }: FirstPartRules,
  { clientContext, waits }: ToneMessage,
): Promise<PressEnding> {
  const decide = (row: OutcomeFacts) => (row.status === 'accepted' ? expiryOf(row) : undefined);
  const ended = await endRequest({ clientContext, by: 'press', decide, fields: { waits } });
  if (ended.kind === 'ended') return 'expired';
  return ended.row === undefined ? 'row-missing' : 'duplicate';
}
