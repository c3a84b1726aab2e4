// The named behaviours of the simulated Graph and the options that shape them, with their defaults and their checks.
// Knows no call: a plan is data, which others act on.

export const SCENARIOS = [
  'success',
  'canceled',
  'unknown',
  'failed',
  'terminal-reply',
  'terminal-reply-failed',
  'call-gone',
  'not-established',
  'forbidden',
  'throttled',
  'server-error',
  'slow',
  'reset-after-press',
  'notification-before-reply',
  'notification-twice',
  'notification-late',
  'notification-never',
  'unauthorized-once',
  'busy',
  'service-unavailable',
] as const;
export type Scenario = (typeof SCENARIOS)[number];

export const TOKEN_KINDS = ['calling-service', 'entra-v1', 'entra-v2'] as const;
export type TokenKind = (typeof TOKEN_KINDS)[number];

/**
 * How a notification's body may differ from the documentation's own samples;
 * all were seen live or are accepted by Microsoft's SDK.
 */
export const PAYLOAD_VARIATIONS = [
  'pascal-case-enums',
  'upper-case-ids',
  'resource-only',
  'resource-data-array',
  'no-resource-data-id',
  'string-codes',
  'batched',
  'unwrapped',
  'no-client-context',
  'capital-odata-type',
] as const;
export type PayloadVariation = (typeof PAYLOAD_VARIATIONS)[number];

export const REPLY_VARIATIONS = [
  'pascal-case-enums',
  'no-id',
  'location-of-another-call',
  'status-null',
  'not-started',
] as const;
export type ReplyVariation = (typeof REPLY_VARIATIONS)[number];

export interface ResultInfoOption {
  code: number;
  subcode: number;
  message: string;
}

/** What happens to the presses of a call, or to those of one clientContext. Every field may be left out. */
export interface ScenarioPlan {
  /** Default `success`. */
  scenario?: Scenario;
  /**
   * How many requests meet the scenario; later ones meet `then`. Default: 1
   * for refusals that pass by themselves, else `always`.
   */
  times?: number | 'always';
  /** What follows after `times`. Default `success`. */
  then?: Scenario;
  /** `slow`: how long the reply is held back. Default 1,000. */
  delayMs?: number;
  /**
   * `throttled`, `service-unavailable`: the Retry-After header, whole
   * seconds. Default 1; absent for service-unavailable.
   */
  retryAfterSeconds?: number;
  /** `notification-late`: how much later than the end of the tones. Default 500. */
  lateMs?: number;
  /** Length of one tone without the delay behind it. Default 10, or 100 in real time. */
  toneLengthMs?: number;
  /** Upper limit of the time that all tones of a press take. Default 50, so that tests are fast, or none in real time. */
  maxToneTimeMs?: number;
  /**
   * `server-error`, `reset-after-press`: whether the operation's end is
   * notified. Default false for the first, true for the second.
   */
  notifies?: boolean;
  /** `unauthorized-once`: the refused token stays refused for good. Default false. */
  revokesToken?: boolean;
  /** Refusals and `server-error`: the HTTP status and error.code in place of the scenario's own. */
  httpStatus?: number;
  errorCode?: string;
  /** The operation's resultInfo, in place of the scenario's own. */
  resultInfo?: ResultInfoOption;
  /** Default `calling-service`. */
  tokenKind?: TokenKind;
  /** `iss` of a calling-service token. Default `https://api.botframework.com`. */
  issuer?: string;
  payload?: PayloadVariation[];
  reply?: ReplyVariation[];
}

const PASSES_BY_ITSELF: ReadonlySet<Scenario> = new Set<Scenario>([
  'not-established',
  'throttled',
  'unauthorized-once',
  'busy',
  'service-unavailable',
]);

/** How many requests meet the plan's scenario. */
export function timesOf(plan: ScenarioPlan): number {
  if (plan.times === 'always') return Number.POSITIVE_INFINITY;
  if (plan.times !== undefined) return plan.times;
  return PASSES_BY_ITSELF.has(plan.scenario ?? 'success') ? 1 : Number.POSITIVE_INFINITY;
}

export type Check = (value: unknown) => boolean;
export type Checks<T> = { readonly [K in keyof Required<T>]: Check };

export const isText: Check = (value) => typeof value === 'string' && value.length > 0;
export const isFlag: Check = (value) => typeof value === 'boolean';
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const isOneOf =
  (names: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && names.includes(value);
const isSomeOf =
  (names: readonly string[]): Check =>
  (value) =>
    Array.isArray(value) && value.every(isOneOf(names));
const isCount: Check = (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 2_147_483_647;

export const PLAN_CHECKS: Checks<ScenarioPlan> = {
  scenario: isOneOf(SCENARIOS),
  times: (value) => value === 'always' || isCount(value),
  then: isOneOf(SCENARIOS),
  delayMs: isCount,
  retryAfterSeconds: isCount,
  lateMs: isCount,
  toneLengthMs: isCount,
  maxToneTimeMs: isCount,
  notifies: isFlag,
  revokesToken: isFlag,
  httpStatus: (value) => isCount(value) && Number(value) >= 400 && Number(value) <= 599,
  errorCode: isText,
  resultInfo: (value) =>
    isObject(value) &&
    Number.isInteger(value['code']) &&
    Number.isInteger(value['subcode']) &&
    typeof value['message'] === 'string',
  tokenKind: isOneOf(TOKEN_KINDS),
  issuer: isText,
  payload: isSomeOf(PAYLOAD_VARIATIONS),
  reply: isSomeOf(REPLY_VARIATIONS),
};

/** The names of the fields that are unknown or wrong; a field that is `undefined` counts as absent. */
export function faultsOf(value: Record<string, unknown>, checks: Readonly<Record<string, Check>>): string[] {
  return Object.entries(value)
    .filter(([name, field]) => field !== undefined && !(Object.hasOwn(checks, name) && checks[name]?.(field)))
    .map(([name]) => name);
}
