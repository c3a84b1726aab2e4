// Records what one attempt to press came to, or gives the claim back. Nothing in here throws: the press may have happened.
// Every write is bound to the claim: to its version, or, where another fact was added meanwhile, to a row that still carries it.
import { errorName, type EventFields } from '../event-log';
import { isFinal, type End, type OpenFacts, type OutcomeFacts } from '../facts/outcome-facts';
import { givenBack, insteadOfUnknown } from '../facts/transitions';
import type { PressReply, Stored } from '../ports';
import { afterPress } from './after-press';
import type { Claim } from './claim';
import type { RulePorts } from './end-request';
import { makeWait } from './wait';

/** Attempts at one write while storage is down; the SDK retries each by itself. Then the timer ends the row. */
const MOST_WRITES = 3;
/** The row changes under a claim at most a few times: a callback or a cancellation that is asked for. */
const MOST_ROUNDS = 20;

export type AttemptEnding = 'recorded' | 'waiting' | 'expired';

/** `late`: the row was ended without us. */
type Bound =
  | { readonly kind: 'written'; readonly row: Stored<OutcomeFacts> }
  | { readonly kind: 'late'; readonly row: Stored<OutcomeFacts> }
  | { readonly kind: 'lost' };

export function makeAttemptRecorder(ports: RulePorts) {
  const { clock, outcomes, policy, log, endRequest } = ports;
  const wait = makeWait(ports);

  return async function record(claim: Claim, reply: PressReply, sentAt: number | undefined): Promise<AttemptEnding> {
    const after = afterPress({ message: claim.message, reply, sentAt }, clock.now(), policy);
    switch (after.kind) {
      case 'continue':
        await goOn(claim, after.facts, after.pressedAt);
        return 'recorded';
      case 'wait':
        return giveBack(claim, after.delayMs, after.fault);
      case 'end':
        await end(claim, after.end, after.isGraphsAnswer, after.pressedAt);
        return after.end.status === 'expired' ? 'expired' : 'recorded';
      // Stryker disable next-line ConditionalExpression: never reached, as the compiler proves.
      default:
        return after satisfies never;
    }
  };

  async function goOn(claim: Claim, facts: OpenFacts, pressedAt: number | undefined): Promise<void> {
    const bound = await merge(claim, facts);
    const timing = sinceAccepted(claim, pressedAt);
    if (bound.kind !== 'written') return notRecorded(claim, facts, bound, timing);
    const { clientContext, callId } = claim.message;
    log('info', 'tones-sent', { clientContext, callId, operationId: facts.operationId, status: 'running', ...timing });
  }

  async function end(claim: Claim, how: End, isGraphsAnswer: boolean, pressedAt: number | undefined): Promise<void> {
    const decide = (row: OutcomeFacts): End | undefined => {
      if (row.claimId !== claim.claimId) return undefined;
      if (row.status === 'sending') return how;
      return row.status === 'unknown' && isGraphsAnswer ? insteadOfUnknown(how) : undefined;
    };
    const { clientContext } = claim.message;
    const timing = sinceAccepted(claim, pressedAt);
    const fields = { ...timing, ...sinceSent(how, isGraphsAnswer ? pressedAt : undefined) };
    const ended = await persist(claim, (row) =>
      endRequest({ clientContext, by: 'press', ...(row ? { row } : { tried: how }), decide, fields }),
    );
    if (ended?.kind === 'ended') return;
    await notRecorded(claim, how, ended?.row ? { kind: 'late', row: ended.row } : { kind: 'lost' }, timing);
  }

  /** The not-before time first, then the copy: a crash between them leaves the row to its deadline, unpressed. */
  async function giveBack(
    claim: Claim,
    delayMs: number,
    fault: Parameters<typeof givenBack>[1],
  ): Promise<AttemptEnding> {
    // Another copy that was named to go on may have come meanwhile, and ended at our claim: it is ours that goes on.
    const facts = { ...givenBack(clock.now() + delayMs, fault), copyId: claim.message.copyId ?? '' };
    const bound = await merge(claim, facts);
    if (bound.kind !== 'written') {
      await notRecorded(claim, facts, bound, {});
      return 'recorded';
    }
    const { row } = bound;
    const message = { ...claim.message, etag: row.etag, ...(row.callbackWanted && { callbackWanted: true }) };
    for (let attempt = 1; attempt <= MOST_WRITES; attempt += 1) {
      try {
        const ending = await wait(message, delayMs, { redelivered: attempt > 1, code: fault?.code });
        return ending === 'waiting' ? 'waiting' : 'recorded';
      } catch (error) {
        storageFailed(claim, error);
      }
    }
    return 'recorded';
  }

  /** Adds facts under the claim. */
  async function merge(claim: Claim, facts: OpenFacts): Promise<Bound> {
    const { clientContext } = claim.message;
    const bound = await persist(claim, async (known): Promise<Bound> => {
      let row: Stored<OutcomeFacts> | undefined = known ?? (await outcomes.read(clientContext));
      for (let round = 0; round < MOST_ROUNDS && row !== undefined; round += 1) {
        if (isWritten(row, claim, facts)) return { kind: 'written', row };
        if (row.claimId !== claim.claimId || row.status !== 'sending') return { kind: 'late', row };
        const written = await outcomes.merge(clientContext, facts, row.etag);
        if (written.kind === 'written') return { kind: 'written', row: { ...row, ...facts, etag: written.etag } };
        row = await outcomes.read(clientContext);
      }
      return { kind: 'lost' };
    });
    return bound ?? { kind: 'lost' };
  }

  /** Tries a few times while storage is down; the row is known before the first, and read before every other. */
  async function persist<T>(
    claim: Claim,
    write: (row: Stored<OutcomeFacts> | undefined) => Promise<T>,
  ): Promise<T | undefined> {
    for (let attempt = 1; attempt <= MOST_WRITES; attempt += 1) {
      try {
        return await write(attempt === 1 ? claim.row : undefined);
      } catch (error) {
        storageFailed(claim, error);
      }
    }
    return undefined;
  }

  async function notRecorded(
    claim: Claim,
    facts: Partial<OutcomeFacts>,
    bound: Exclude<Bound, { kind: 'written' }>,
    timing: EventFields,
  ): Promise<void> {
    if (bound.kind === 'late') await addAbsentFacts(claim, facts, bound.row);
    const { clientContext, callId } = claim.message;
    const reason = bound.kind === 'lost' ? 'storage' : `already ${bound.row.status}`;
    log('warn', 'outcome-not-recorded', { clientContext, callId, status: facts.status, reason, ...timing });
  }

  /** A notification came first: its status stands; when and as which operation we sent are facts all the same. */
  async function addAbsentFacts(claim: Claim, facts: Partial<OutcomeFacts>, row: Stored<OutcomeFacts>): Promise<void> {
    const absent: OpenFacts = {
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

  function storageFailed({ message: { clientContext, callId } }: Claim, error: unknown): void {
    log('error', 'storage-failed', { clientContext, callId, detail: errorName(error) });
  }
}

/** True if the row shows our own facts: their answer was lost. */
function isWritten(row: OutcomeFacts, claim: Claim, facts: OpenFacts): boolean {
  if (row.status !== facts.status) return false;
  if (facts.status === 'accepted') return row.claimId === '' && row.notBefore === facts.notBefore;
  return row.claimId === claim.claimId && row.sentAt === facts.sentAt;
}

function sinceAccepted({ message: { acceptedAt } }: Claim, pressedAt: number | undefined): EventFields {
  return pressedAt === undefined || acceptedAt === undefined ? {} : { acceptToPressMs: pressedAt - acceptedAt };
}

function sinceSent({ finishedAt }: End, pressedAt: number | undefined): EventFields {
  return pressedAt === undefined ? {} : { durationMs: finishedAt - pressedAt };
}
