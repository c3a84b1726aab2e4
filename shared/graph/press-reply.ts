// What Graph's answer to a press means: running, ended, certainly not pressed, or uncertain.
// Stands in shared/graph between exchange (HTTP) and the port of shared/tones; pure.
import { retryAfterMsOf } from '../retry-after';
import type { ErrorCode } from '../tones/facts/error-catalogue';
import type { Press, PressReply } from '../tones/ports';
import { meaningOfRefusal } from './errors';
import type { Exchange } from './exchange';
import { fromGraphOperation, isEndStatus, isRecord } from './operation';

/** A Retry-After is believed up to a day. */
const MAX_RETRY_AFTER_MS = 86_400_000;

/** The statuses below 500 that do not prove that nothing was executed: they speak of time and of the connection, not of the request. */
const UNCERTAIN_STATUSES: ReadonlyMap<number, ErrorCode> = new Map<number, ErrorCode>([
  [408, 'graph-timeout'],
  [499, 'graph-connection-lost'],
]);

/**
 * Redirects that say "ask there instead": the request was not executed here, and is not sent there, for the token would go with
 * it. The others (302 is used like 303, "done, look there") do not prove that. RFC 9110 section 15.4.
 */
const UNEXECUTED_REDIRECTS: ReadonlySet<number> = new Set([301, 307, 308]);

/**
 * Judges one exchange. Only what proves that nothing was pressed is a refusal; a doubt is `uncertain`, and so is every 5xx,
 * 503 included: it may come from a gateway in front of a platform that executed the request.
 *
 * @param now epoch milliseconds, for a Retry-After that is a date.
 */
export function toPressReply(exchange: Exchange, press: Press, now: number): PressReply {
  switch (exchange.kind) {
    case 'not-connected':
      return { kind: 'refused', fault: faultOf('graph-unreachable', exchange.code), again: 'later', answered: false };
    case 'held-back':
      return { kind: 'not-permitted' };
    case 'timeout':
      return { kind: 'uncertain', fault: faultOf('graph-timeout') };
    case 'lost':
      return { kind: 'uncertain', fault: faultOf('graph-connection-lost', exchange.code) };
    case 'reply':
      return fromStatus(exchange, press, now);
    default:
      return exchange satisfies never;
  }
}

type Reply = Extract<Exchange, { kind: 'reply' }>;

function fromStatus(reply: Reply, press: Press, now: number): PressReply {
  const { status } = reply;
  if (status >= 200 && status <= 299) return accepted(reply, press);
  const platformCode = platformCodeOf(reply.body);
  const detail = platformCode === undefined ? `HTTP ${status}` : `HTTP ${status}, Graph code ${platformCode}`;
  const uncertainCode = UNCERTAIN_STATUSES.get(status);
  if (uncertainCode !== undefined) return { kind: 'uncertain', fault: faultOf(uncertainCode, detail) };
  const isRefusal = (status >= 400 && status <= 499) || UNEXECUTED_REDIRECTS.has(status);
  if (!isRefusal) return { kind: 'uncertain', fault: faultOf('graph-fault', detail) };

  const meaning = meaningOfRefusal(status, platformCode);
  if (meaning.class === 'canceled')
    return ended(press, { status: 'failed', resultInfo: { code: status, subcode: platformCode } });
  const retryAfterMs = meaning.class === 'wait' ? retryAfterMsOf(reply.retryAfter, now) : undefined;
  return {
    kind: 'refused',
    fault: faultOf(meaning.code, detail),
    again: meaning.class === 'wait' ? 'later' : 'never',
    ...(retryAfterMs !== undefined && { retryAfterMs: Math.min(retryAfterMs, MAX_RETRY_AFTER_MS) }),
    answered: true,
  };
}

/** `completed` or `failed` is the end, no notification follows; anything else, a body that cannot be read included, is not. */
function accepted({ body, location }: Reply, press: Press): PressReply {
  const operation = fromGraphOperation(body, { callId: press.callId });
  const operationId = operation.operationId ?? operationIdOf(location);
  if (isEndStatus(operation.status)) return ended(press, { ...(isRecord(body) ? body : {}), id: operationId });
  return { kind: 'running', ...(operationId !== undefined && { operationId }) };
}

function ended(press: Press, resource: Readonly<Record<string, unknown>>): PressReply {
  const operation = fromGraphOperation(resource, { callId: press.callId });
  return { kind: 'ended', report: { ...operation, clientContext: press.clientContext } };
}

/** The last segment of `…/operations/{id}`. In the documentation's own sample the call id in it is another one: it tells nothing. */
function operationIdOf(location: string | undefined): string | undefined {
  return /\/operations\/([A-Za-z0-9._~-]{1,256})\/?(?:[?#]|$)/.exec(location ?? '')?.[1];
}

/**
 * The most telling error code of a body: the first of the platform's four-digit ones, else the first there is. Codes are strings
 * or numbers, at `error.code`, deeper in `innerError`, or (seen live) as `errorCode` of JSON text in `error.message`.
 */
function platformCodeOf(body: unknown): string | undefined {
  const codes = isRecord(body) ? codesWithin(body['error'], 5) : [];
  return codes.find((code) => /^\d{4}$/.test(code)) ?? codes[0];
}

function codesWithin(error: unknown, depth: number): readonly string[] {
  if (depth === 0 || !isRecord(error)) return [];
  const own = [error['code'], error['errorCode']].flatMap((code) => {
    const text = typeof code === 'number' ? String(code) : code;
    return typeof text === 'string' && /^[A-Za-z0-9_.-]{1,64}$/.test(text) ? [text] : [];
  });
  return [
    ...own,
    ...[error['innerError'], error['innererror'], jsonWithin(error['message'])].flatMap((inner) =>
      codesWithin(inner, depth - 1),
    ),
  ];
}

function jsonWithin(message: unknown): unknown {
  if (typeof message !== 'string' || !message.startsWith('{')) return undefined;
  try {
    return JSON.parse(message);
  } catch {
    // Text that merely starts with a brace: it names no code.
    return undefined;
  }
}

function faultOf(code: ErrorCode, detail?: string) {
  return { code, ...(detail !== undefined && { detail }) };
}
