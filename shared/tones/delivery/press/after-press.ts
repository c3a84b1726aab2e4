// What follows from one attempt to press: the request ends, waits for another attempt, or goes on until Graph reports.
// A pure function of the reply and the time; knows nothing of how it is carried out.
import { backOffMs, isTooLate, type DeliveryPolicy } from '../../facts/delivery-policy';
import type { GraphFault } from '../../facts/error-catalogue';
import { judge, type OperationReport } from '../../facts/operation-report';
import type { End, OpenFacts, OutcomeFacts } from '../../facts/outcome-facts';
import { isLastPart, partOf } from '../../facts/parts/parts-of-row';
import { sizeOf } from '../../facts/tone-run';
import { pausing, running } from '../../facts/open-transitions';
import { expired, failed, interrupted, playedLast, reported, unknown } from '../../facts/transitions';
import { NOT_READY_CODES } from '../../facts/waiting-for';
import type { PressReply } from '../../ports/graph-calls';
import type { Claim } from './claim';

/** One attempt, as it went. */
export interface Attempt {
  readonly claim: Pick<Claim, 'message' | 'part' | 'deadline' | 'row'>;
  readonly reply: PressReply;
  /** When the POST left; undefined where none did. */
  readonly sentAt: number | undefined;
}

export type AfterPress =
  /** Graph took it, and its notification reports the end; or the part was played at once, and there is another. */
  | { readonly kind: 'continue'; readonly facts: OpenFacts; readonly pressedAt: number | undefined }
  /** Certainly not pressed, and there is time for another attempt. */
  | {
      readonly kind: 'wait';
      readonly delayMs: number;
      readonly fault: GraphFault | undefined;
      /** The call took no tones: the pause before the first tone counts again. */
      readonly pausesAgain: boolean;
    }
  | {
      readonly kind: 'end';
      readonly end: End;
      /** Graph said so: it counts also on a row that was given up as `unknown`. */
      readonly isGraphsAnswer: boolean;
      /** When the POST left, where Graph may have executed it. */
      readonly pressedAt?: number | undefined;
    };

export function afterPress({ claim, reply, sentAt }: Attempt, now: number, policy: DeliveryPolicy): AfterPress {
  const { message, part, deadline, row } = claim;
  switch (reply.kind) {
    case 'running': {
      const facts = running(sizeOf(message), reply.operationId, sentAt ?? now, policy, part);
      return { kind: 'continue', facts, pressedAt: sentAt };
    }
    case 'ended':
      return afterEndedReply(row, reply.report, sentAt, now, policy);
    case 'uncertain': {
      const end = unknown(reply.fault, now, part === 1 ? sentAt : undefined);
      return { kind: 'end', end, isGraphsAnswer: false, pressedAt: sentAt };
    }
    case 'not-permitted':
      return isTooLate(deadline, now)
        ? { kind: 'end', end: part === 1 ? expired({}, now) : interrupted(row, now), isGraphsAnswer: false }
        : { kind: 'wait', delayMs: policy.minWaitMs, fault: undefined, pausesAgain: false };
    case 'refused': {
      const pausesAgain = part === 1 && NOT_READY_CODES.has(reply.fault.code);
      const pauseMs = pausesAgain ? (message.pauseMs ?? 0) : 0;
      const delayMs = Math.max(reply.retryAfterMs ?? 0, backOffMs(message.waits, policy), pauseMs);
      if (reply.again === 'later' && !isTooLate(deadline, now + delayMs))
        return { kind: 'wait', delayMs, fault: reply.fault, pausesAgain };
      const end = failed(reply.fault, now, reply.answered && part === 1 ? sentAt : undefined);
      return { kind: 'end', end, isGraphsAnswer: true };
    }
    // Stryker disable next-line ConditionalExpression: never reached, as the compiler proves.
    default:
      return reply satisfies never;
  }
}

/** The reply itself was the report. */
function afterEndedReply(
  row: OutcomeFacts,
  report: OperationReport,
  sentAt: number | undefined,
  now: number,
  policy: DeliveryPolicy,
): AfterPress {
  const firstSentAt = partOf(row) === 1 ? (sentAt ?? now) : undefined;
  const isBeforeOthers = judge(report) === 'succeeded' && !isLastPart(row);
  const facts = isBeforeOthers ? pausing(row, report, now, policy) : undefined;
  if (facts !== undefined) {
    const sent = firstSentAt !== undefined && { sentAt: firstSentAt };
    return { kind: 'continue', facts: { ...facts, ...sent }, pressedAt: sentAt };
  }
  const end = isBeforeOthers
    ? playedLast(row, report.operationId, now, firstSentAt)
    : reported(report, now, firstSentAt, row);
  return { kind: 'end', end, isGraphsAnswer: true, pressedAt: sentAt };
}
