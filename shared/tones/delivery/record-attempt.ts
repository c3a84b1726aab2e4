// Records what one attempt to press came to, or gives the claim back.
// Nothing in here throws: the press may have happened.
// Decides nothing: after-press says what follows from a reply, and under-claim binds each write to the claim.
import type { EventFields } from '../event-log';
import type { End, OpenFacts, OutcomeFacts } from '../facts/outcome-facts';
import { givenBack, insteadOfUnknown } from '../facts/transitions';
import type { PressReply } from '../ports/graph-calls';
import { afterPress } from './after-press';
import type { Claim } from './claim';
import type { RulePorts } from './end-request';
import { MOST_WRITES, addAbsentFacts, logStorageFailed, mergeUnderClaim, persist, type Bound } from './under-claim';
import { makeWait, type Wait } from './wait';

export type AttemptEnding = 'recorded' | 'waiting' | 'expired';

export function makeAttemptRecorder(ports: RulePorts) {
  const wait = makeWait(ports);

  return async function record(claim: Claim, reply: PressReply, sentAt: number | undefined): Promise<AttemptEnding> {
    const after = afterPress({ message: claim.message, reply, sentAt }, ports.clock.now(), ports.policy);
    switch (after.kind) {
      case 'continue':
        await goOn(ports, claim, after.facts, after.pressedAt);
        return 'recorded';
      case 'wait':
        return giveBack({ ...ports, wait }, claim, after.delayMs, after.fault);
      case 'end':
        await end(ports, claim, after.end, after.isGraphsAnswer, after.pressedAt);
        return after.end.status === 'expired' ? 'expired' : 'recorded';
      // Stryker disable next-line ConditionalExpression: never reached, as the compiler proves.
      default:
        return after satisfies never;
    }
  };
}

async function goOn(ports: RulePorts, claim: Claim, facts: OpenFacts, pressedAt: number | undefined): Promise<void> {
  const bound = await mergeUnderClaim(ports, claim, facts);
  const timing = sinceAccepted(claim, pressedAt);
  if (bound.kind !== 'written') return notRecorded(ports, claim, facts, bound, timing);
  const { clientContext, callId } = claim.message;
  const { operationId } = facts;
  ports.log('info', 'tones-sent', { clientContext, callId, operationId, status: 'running', ...timing });
}

async function end(
  ports: RulePorts,
  claim: Claim,
  how: End,
  isGraphsAnswer: boolean,
  pressedAt: number | undefined,
): Promise<void> {
  const decide = (row: OutcomeFacts): End | undefined => {
    if (row.claimId !== claim.claimId) return undefined;
    if (row.status === 'sending') return how;
    return row.status === 'unknown' && isGraphsAnswer ? insteadOfUnknown(how) : undefined;
  };
  const { clientContext } = claim.message;
  const timing = sinceAccepted(claim, pressedAt);
  const fields = { ...timing, ...sinceSent(how, isGraphsAnswer ? pressedAt : undefined) };
  const ended = await persist(ports, claim, (row) =>
    ports.endRequest({ clientContext, by: 'press', ...(row ? { row } : { tried: how }), decide, fields }),
  );
  if (ended?.kind === 'ended') return;
  await notRecorded(ports, claim, how, ended?.row ? { kind: 'late', row: ended.row } : { kind: 'lost' }, timing);
}

/** The not-before time first, then the copy: a crash between them leaves the row to its deadline, unpressed. */
async function giveBack(
  ports: RulePorts & { readonly wait: Wait },
  claim: Claim,
  delayMs: number,
  fault: Parameters<typeof givenBack>[1],
): Promise<AttemptEnding> {
  // Another copy that was named to go on may have come meanwhile, and ended at our claim: it is ours that goes on.
  const facts = { ...givenBack(ports.clock.now() + delayMs, fault), copyId: claim.message.copyId ?? '' };
  const bound = await mergeUnderClaim(ports, claim, facts);
  if (bound.kind !== 'written') {
    await notRecorded(ports, claim, facts, bound, {});
    return 'recorded';
  }
  const { row } = bound;
  const message = { ...claim.message, etag: row.etag, ...(row.callbackWanted && { callbackWanted: true }) };
  for (let attempt = 1; attempt <= MOST_WRITES; attempt += 1) {
    try {
      const ending = await ports.wait(message, delayMs, { redelivered: attempt > 1, code: fault?.code });
      return ending === 'waiting' ? 'waiting' : 'recorded';
    } catch (error) {
      logStorageFailed(ports, claim, error);
    }
  }
  return 'recorded';
}

async function notRecorded(
  ports: RulePorts,
  claim: Claim,
  facts: Partial<OutcomeFacts>,
  bound: Exclude<Bound, { kind: 'written' }>,
  timing: EventFields,
): Promise<void> {
  if (bound.kind === 'late') await addAbsentFacts(ports, claim, facts, bound.row);
  const { clientContext, callId } = claim.message;
  const reason = bound.kind === 'lost' ? 'storage' : `already ${bound.row.status}`;
  ports.log('warn', 'outcome-not-recorded', { clientContext, callId, status: facts.status, reason, ...timing });
}

function sinceAccepted({ message: { acceptedAt } }: Claim, pressedAt: number | undefined): EventFields {
  return pressedAt === undefined || acceptedAt === undefined ? {} : { acceptToPressMs: pressedAt - acceptedAt };
}

function sinceSent({ finishedAt }: End, pressedAt: number | undefined): EventFields {
  return pressedAt === undefined ? {} : { durationMs: finishedAt - pressedAt };
}
