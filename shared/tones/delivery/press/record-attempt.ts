// Records what one attempt to press came to, or gives the claim back.
// Nothing in here throws: the press may have happened.
// Decides nothing: after-press says what follows from a reply, and under-claim binds each write to the claim.
import type { EventFields } from '../../event-log';
import { isFinal, type End, type OpenFacts, type OutcomeFacts } from '../../facts/outcome-facts';
import { givenBack } from '../../facts/open-transitions';
import { partOf } from '../../facts/parts/parts-of-row';
import { waitingForRefusal } from '../../facts/waiting-for';
import { canceledByCaller, insteadOfUnknown, playedLast } from '../../facts/transitions';
import type { PressReply } from '../../ports/graph-calls';
import { afterPress, type AfterPress } from './after-press';
import type { Claim } from './claim';
import type { RulePorts } from '../end-request';
import { MOST_WRITES, addAbsentFacts, logStorageFailed, mergeUnderClaim, persist, type Bound } from './under-claim';
import { makeWait, type Wait } from '../wait';

export interface AttemptEnding {
  readonly ending: 'recorded' | 'waiting' | 'expired';
  /** The row, where the part may be played and another may follow. */
  readonly rowAfterPart?: OutcomeFacts;
}

export function makeAttemptRecorder(ports: RulePorts) {
  const wait = makeWait(ports);

  return async function record(claim: Claim, reply: PressReply, sentAt: number | undefined): Promise<AttemptEnding> {
    const after = afterPress({ claim, reply, sentAt }, ports.clock.now(), ports.policy);
    switch (after.kind) {
      case 'continue':
        return goOn(ports, claim, after.facts, after.pressedAt);
      case 'wait':
        return { ending: await giveBack({ ...ports, wait }, claim, after) };
      case 'end':
        return end(ports, claim, after);
      // Stryker disable next-line ConditionalExpression: never reached, as the compiler proves.
      default:
        return after satisfies never;
    }
  };
}

async function goOn(
  ports: RulePorts,
  claim: Claim,
  facts: OpenFacts,
  pressedAt: number | undefined,
): Promise<AttemptEnding> {
  const bound = await mergeUnderClaim(ports, claim, facts);
  const timing = timingOf(claim, pressedAt);
  if (bound.kind === 'written') {
    const { clientContext, callId } = claim.message;
    const { operationId, status } = facts;
    ports.log('info', 'tones-sent', { clientContext, callId, operationId, status, ...timing });
    return { ending: 'recorded', rowAfterPart: bound.row };
  }
  if (bound.kind === 'canceled') {
    await endPlayedLast(ports, claim, facts, timing);
    return { ending: 'recorded' };
  }
  await notRecorded(ports, claim, facts, bound, timing);
  if (bound.kind === 'lost') return { ending: 'recorded', rowAfterPart: { ...claim.row, ...facts } };
  if (facts.status === 'pausing' && bound.row.status === 'unknown') await endPlayedLast(ports, claim, facts);
  return { ending: 'recorded', ...(!isFinal(bound.row.status) && { rowAfterPart: bound.row }) };
}

/**
 * Graph's reply says that the part was played, on a row that was given up or cancelled meanwhile: no other part is
 * pressed.
 */
async function endPlayedLast(
  ports: RulePorts,
  claim: Claim,
  { operationId, sentAt }: OpenFacts,
  timing: EventFields = {},
): Promise<void> {
  const endOf = (row: OutcomeFacts): End | undefined => {
    const end = playedLast(row, operationId, ports.clock.now(), sentAt);
    if (row.status === 'unknown') return insteadOfUnknown(end);
    return row.status === 'sending' && row.cancelRequestedAt !== undefined ? end : undefined;
  };
  await endUnderClaim(ports, claim, endOf, timing);
}

/** As the row then stands. An end whose answer was lost is known again, so that what follows it is not left out. */
async function endUnderClaim(
  ports: RulePorts,
  claim: Claim,
  endOf: (row: OutcomeFacts) => End | undefined,
  fields: EventFields = {},
): Promise<void> {
  const { clientContext } = claim.message;
  let tried: End | undefined;
  const decide = (row: OutcomeFacts): End | undefined => {
    if (row.claimId !== claim.claimId) return undefined;
    const end = endOf(row);
    tried = end ?? tried;
    return end;
  };
  await persist(ports, claim, () =>
    ports.endRequest({ clientContext, by: 'press', decide, fields, ...(tried && { tried }) }),
  );
}

async function end(
  ports: RulePorts,
  claim: Claim,
  { end: how, isGraphsAnswer, pressedAt }: Extract<AfterPress, { kind: 'end' }>,
): Promise<AttemptEnding> {
  const decide = (row: OutcomeFacts): End | undefined => {
    if (row.claimId !== claim.claimId) return undefined;
    if (row.status === 'sending') return how;
    return row.status === 'unknown' && isGraphsAnswer ? insteadOfUnknown(how) : undefined;
  };
  const { clientContext } = claim.message;
  const timing = timingOf(claim, pressedAt);
  const fields = { ...timing, ...sinceSent(how, isGraphsAnswer ? pressedAt : undefined) };
  const ended = await persist(ports, claim, (row) =>
    ports.endRequest({ clientContext, by: 'press', ...(row ? { row } : { tried: how }), decide, fields }),
  );
  const ending = how.status === 'expired' ? 'expired' : 'recorded';
  if (ended?.kind === 'ended') return { ending };
  const { row } = ended ?? {};
  await notRecorded(ports, claim, how, row ? { kind: 'late', row } : { kind: 'lost' }, timing);
  // A report was faster: the part was played, whatever became of the reply.
  const hasGoneOn = row !== undefined && !isFinal(row.status) && partOf(row) > claim.part;
  return { ending, ...(hasGoneOn && { rowAfterPart: row }) };
}

/** The not-before time first, then the copy: a crash between them leaves the row to its deadline, unpressed. */
async function giveBack(
  ports: RulePorts & { readonly wait: Wait },
  claim: Claim,
  { delayMs, fault, pausesAgain }: Extract<AfterPress, { kind: 'wait' }>,
): Promise<'recorded' | 'waiting'> {
  const notBefore = ports.clock.now() + delayMs;
  // Another copy that was named to go on may have come meanwhile, and ended at our claim: it is ours that goes on.
  const facts = { ...givenBack(notBefore, fault, claim.part), copyId: claim.message.copyId ?? '' };
  const bound = await mergeUnderClaim(ports, claim, facts);
  if (bound.kind === 'canceled') {
    await endCanceled(ports, claim);
    return 'recorded';
  }
  if (bound.kind !== 'written') {
    await notRecorded(ports, claim, facts, bound, {});
    return 'recorded';
  }
  const { row } = bound;
  const message = {
    ...claim.message,
    etag: row.etag,
    ...(row.callbackWanted && { callbackWanted: true }),
    ...(pausesAgain && claim.message.pauseMs !== undefined && { pausedUntil: notBefore }),
  };
  for (let attempt = 1; attempt <= MOST_WRITES; attempt += 1) {
    try {
      const ending = await ports.wait(message, delayMs, {
        redelivered: attempt > 1,
        ...(fault && { waitingFor: waitingForRefusal(fault.code), code: fault.code }),
      });
      return ending === 'waiting' ? 'waiting' : 'recorded';
    } catch (error) {
      logStorageFailed(ports, claim, error);
    }
  }
  return 'recorded';
}

/** Certainly not pressed, and a caller asked meanwhile that it never be. */
async function endCanceled(ports: RulePorts, claim: Claim): Promise<void> {
  await endUnderClaim(ports, claim, ({ status }) =>
    status === 'sending' ? canceledByCaller(ports.clock.now()) : undefined,
  );
}

async function notRecorded(
  ports: RulePorts,
  claim: Claim,
  facts: Partial<OutcomeFacts>,
  bound: Extract<Bound, { kind: 'late' | 'lost' }>,
  timing: EventFields,
): Promise<void> {
  if (bound.kind === 'late') await addAbsentFacts(ports, claim, facts, bound.row);
  const { clientContext, callId } = claim.message;
  const reason = bound.kind === 'lost' ? 'storage' : `already ${bound.row.status}`;
  ports.log('warn', 'outcome-not-recorded', { clientContext, callId, status: facts.status, reason, ...timing });
}

/** How long it took: the first part since the request was accepted, any other since its pause was over. */
function timingOf({ part, row, message: { acceptedAt } }: Claim, pressedAt: number | undefined): EventFields {
  if (pressedAt === undefined) return {};
  if (part > 1) return { part, ...(row.notBefore !== undefined && { afterPauseMs: pressedAt - row.notBefore }) };
  return acceptedAt === undefined ? {} : { acceptToPressMs: pressedAt - acceptedAt };
}

function sinceSent({ finishedAt }: End, pressedAt: number | undefined): EventFields {
  return pressedAt === undefined ? {} : { durationMs: finishedAt - pressedAt };
}
