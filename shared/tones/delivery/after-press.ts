// What follows from one attempt to press: the request ends, waits for another attempt, or goes on until Graph reports.
// A pure function of the reply and the time; knows nothing of how it is carried out.
import { backOffMs, isTooLate, type DeliveryPolicy } from '../facts/delivery-policy';
import type { GraphFault } from '../facts/error-catalogue';
import type { End, OpenFacts } from '../facts/outcome-facts';
import { sizeOf } from '../facts/tone-run';
import { expired, failed, reported, running, unknown } from '../facts/transitions';
import type { PressReply } from '../ports/graph-calls';
import type { ToneMessage } from '../ports/queues';

/** One attempt, as it went. */
export interface Attempt {
  readonly message: ToneMessage;
  readonly reply: PressReply;
  /** When the POST left; undefined where none did. */
  readonly sentAt: number | undefined;
}

export type AfterPress =
  /** Graph took it; its notification reports the end. */
  | { readonly kind: 'continue'; readonly facts: OpenFacts; readonly pressedAt: number | undefined }
  /** Certainly not pressed, and there is time for another attempt. */
  | { readonly kind: 'wait'; readonly delayMs: number; readonly fault: GraphFault | undefined }
  | {
      readonly kind: 'end';
      readonly end: End;
      /** Graph said so: it counts also on a row that was given up as `unknown`. */
      readonly isGraphsAnswer: boolean;
      /** When the POST left, where Graph may have executed it. */
      readonly pressedAt?: number | undefined;
    };

export function afterPress({ message, reply, sentAt }: Attempt, now: number, policy: DeliveryPolicy): AfterPress {
  switch (reply.kind) {
    case 'running': {
      const facts = running(sizeOf(message), reply.operationId, sentAt ?? now, policy);
      return { kind: 'continue', facts, pressedAt: sentAt };
    }
    case 'ended': {
      const end = reported(reply.report, now, sentAt ?? now);
      return { kind: 'end', end, isGraphsAnswer: true, pressedAt: sentAt };
    }
    case 'uncertain':
      return { kind: 'end', end: unknown(reply.fault, now, sentAt), isGraphsAnswer: false, pressedAt: sentAt };
    case 'not-permitted':
      return isTooLate(message.expiresAt, now)
        ? { kind: 'end', end: expired({}, now), isGraphsAnswer: false }
        : { kind: 'wait', delayMs: policy.minWaitMs, fault: undefined };
    case 'refused': {
      const delayMs = Math.max(reply.retryAfterMs ?? 0, backOffMs(message.waits, policy));
      if (reply.again === 'later' && !isTooLate(message.expiresAt, now + delayMs))
        return { kind: 'wait', delayMs, fault: reply.fault };
      const end = failed(reply.fault, now, reply.answered ? sentAt : undefined);
      return { kind: 'end', end, isGraphsAnswer: true };
    }
    // Stryker disable next-line ConditionalExpression: never reached, as the compiler proves.
    default:
      return reply satisfies never;
  }
}
