// What the API answers, read with care: a field of the wrong kind counts as absent, so that no row can upset the page.
// Knows no server: values in, values out.

export interface Outcome {
  readonly clientContext: string;
  readonly callId: string;
  readonly status: string;
  readonly operationId?: string;
  readonly completionReason?: string;
  readonly resultCode?: number;
  readonly resultSubcode?: number;
  readonly resultMessage?: string;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly toneCount?: number;
  readonly playedToneCount?: number;
  readonly partCount?: number;
  readonly part?: number;
  readonly pauseMs?: number;
  readonly waitingFor?: string;
  readonly waitingBehind?: string;
  /** Epoch milliseconds, as all times here. */
  readonly acceptedAt?: number;
  readonly expiresAt?: number;
  readonly sentAt?: number;
  readonly finishedAt?: number;
}

export interface CallList {
  readonly callId: string;
  readonly state?: string;
  readonly endedAt?: number;
  /** A notification of the call was seen. */
  readonly notified?: boolean;
  readonly requests: readonly Outcome[];
  readonly more: boolean;
}

const OPEN = ['accepted', 'sending', 'running', 'pausing'];

/** A status that the page does not know has ended, as far as the page can tell: it is not asked for for ever. */
export function isOpen({ status }: Pick<Outcome, 'status'>): boolean {
  return OPEN.includes(status);
}

/** Undefined where it is no outcome. */
export function toOutcome(value: unknown): Outcome | undefined {
  const object = fieldsOf(value);
  const [clientContext, callId, status] = [text(object.clientContext), text(object.callId), text(object.status)];
  if (clientContext === undefined || callId === undefined || status === undefined) return undefined;
  const result = fieldsOf(object.resultInfo);
  const error = fieldsOf(object.error);
  const optional = {
    operationId: text(object.operationId),
    completionReason: text(object.completionReason),
    resultCode: integer(result.code),
    resultSubcode: integer(result.subcode),
    resultMessage: text(result.message),
    errorCode: text(error.code),
    errorMessage: text(error.message),
    toneCount: count(object.toneCount),
    playedToneCount: count(object.playedToneCount),
    partCount: count(object.partCount),
    part: count(object.part),
    pauseMs: count(object.pauseMs),
    waitingFor: text(object.waitingFor),
    waitingBehind: text(object.waitingBehind),
    acceptedAt: time(object.acceptedAt),
    expiresAt: time(object.expiresAt),
    sentAt: time(object.sentAt),
    finishedAt: time(object.finishedAt),
  };
  return { clientContext, callId, status, ...present(optional) };
}

/** Undefined where it is no list; what is no outcome in it is left out. */
export function toCallList(value: unknown): CallList | undefined {
  const object = fieldsOf(value);
  const callId = text(object.callId);
  if (callId === undefined || !Array.isArray(object.requests)) return undefined;
  return {
    callId,
    ...present({
      state: text(object.state),
      endedAt: time(object.endedAt),
      notified: object.notified === true || object.notified === false ? object.notified : undefined,
    }),
    requests: object.requests.map(toOutcome).filter((outcome) => outcome !== undefined),
    more: object.more === true,
  };
}

/** Answers may overtake each other: what has ended stays ended, and `unknown` only gives way to another end. */
export function newerOf(shown: Outcome, arrived: Outcome): Outcome {
  if (isOpen(shown) || (shown.status === 'unknown' && !isOpen(arrived))) return arrived;
  return isOpen(arrived) || arrived.status === 'unknown' ? shown : arrived;
}

/** The fields of an object; none of anything else. */
export function fieldsOf(value: unknown): { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function integer(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
}

function count(value: unknown): number | undefined {
  const number = integer(value);
  return number !== undefined && number >= 0 ? number : undefined;
}

function time(value: unknown): number | undefined {
  const ms = typeof value === 'string' ? Date.parse(value) : NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function present<T extends object>(fields: T): Present<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>;
}
