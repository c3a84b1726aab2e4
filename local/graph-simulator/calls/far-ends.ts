// Who is at the other end of a call that an app creates: whether they answer, how long it rings, when they hang up.
// Knows no HTTP and no call; a far end is data.
import { checkOptions, OptionFault, type CallOptions } from './calls';
import { faultsOf, isObject, isOneOf, type Check, type Checks, type ResultInfoOption } from './scenarios';

export const ANSWERS = ['answers', 'busy', 'no-answer', 'declines'] as const;
export type FarEndAnswer = (typeof ANSWERS)[number];

/** Every field may be left out. */
export interface FarEnd {
  /** Default `answers`. */
  answer?: FarEndAnswer;
  /** From the call's creation to its answer or its end. Default 50, or 1,000 in real time. */
  ringMs?: number;
  /** From the answer on; absent: it never hangs up by itself. */
  hangsUpAfterMs?: number;
  /** How the call behaves once it is created: scenarios of its presses, variations of its notifications. */
  call?: Omit<CallOptions, 'state' | 'mediaState' | 'callbackUrl' | 'tenantId' | 'appId'>;
}

const isMilliseconds: Check = (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 3_600_000;
const CHECKS: Checks<FarEnd> = {
  answer: isOneOf(ANSWERS),
  ringMs: isMilliseconds,
  hangsUpAfterMs: isMilliseconds,
  call: isObject,
};

/**
 * Why a call ended. What a phone does is from the list of the calling platform that Graph shares with Azure Communication Services
 * (learn.microsoft.com/azure/communication-services/resources/troubleshooting/voice-video-calling/troubleshooting-codes: 486, 480, 603);
 * the last two stand in Graph's own list (learn.microsoft.com/graph/api/call-delete#call-end-reason-codes).
 */
export const END_REASONS = {
  busy: { code: 486, subcode: 560_486, message: 'Call ended because remote PSTN participant was busy.' },
  'no-answer': { code: 480, subcode: 560_480, message: 'No answer from the called user.' },
  declines: { code: 603, subcode: 560_603, message: 'Call declined by the recipient.' },
  'far-end-hung-up': { code: 200, subcode: 560_000, message: 'Call ended by the PSTN User.' },
  'hung-up': { code: 200, subcode: 7_000, message: 'The conversation has ended by bot.' },
} as const satisfies Record<string, ResultInfoOption>;
export type EndReason = keyof typeof END_REASONS;

export class FarEnds {
  readonly #farEnds = new Map<string, FarEnd>();

  constructor(readonly defaultRingMs: number) {}

  /** Who answers at this phone number, or under this id of a user or an application. Throws OptionFault. */
  put(target: string, farEnd: FarEnd): void {
    const faults = faultsOf({ ...farEnd }, CHECKS);
    if (faults.length > 0) throw new OptionFault(`unknown or wrong: ${faults.join(', ')}`);
    checkOptions({ ...farEnd.call });
    this.#farEnds.set(target, farEnd);
  }

  /** Whoever was not described answers. */
  get(target: string): FarEnd {
    return this.#farEnds.get(target) ?? {};
  }

  clear(): void {
    this.#farEnds.clear();
  }
}
