// Reads the body of a notification POST: which operations ended, what calls
// reported of themselves, and what is nobody's business here.
// Believes nothing of it: the token proves the sender, not the body. Knows no row, and writes nothing.
import type { ReportedCallState } from '../tones/facts/call-facts';
import type { OperationReport } from '../tones/facts/operation-report';
import { CALL_ID_PATTERN, CLIENT_CONTEXT_PATTERN } from '../tones/request/tone-request';
import { camelCaseEnum, fromGraphOperation, isEndStatus, isRecord } from './operation';
import { readResourcePath, type ResourcePath } from './resource-path';

/** Most items of one body; more is malformed as a whole. */
export const MAX_NOTIFICATION_ITEMS = 100;

/** Why an item means nothing to us. Stable. */
export type IgnoredReason =
  /** The item, or its resourceData, is no object. */
  | 'not-a-notification'
  /** Participants, tones heard, transcripts, …, and call notifications that report neither state nor audio. */
  | 'other-resource'
  /** An operation of another type (playPromptOperation, recordOperation, …). */
  | 'other-operation'
  /** A sendDtmfTones operation that goes on. */
  | 'operation-not-ended'
  /** No path of the item names a call. */
  | 'call-unreadable';

/** Why the end of an operation cannot be stored. Stable. */
export type UnusableReason = 'client-context-missing' | 'client-context-invalid';

export type NotificationItem =
  | { readonly kind: 'operation-ended'; readonly report: OperationReport }
  | ({ readonly kind: 'call-state' } & ReportedCallState)
  | { readonly kind: 'ignored'; readonly reason: IgnoredReason; readonly callId?: string }
  /** Acknowledged, logged, stored nowhere. */
  | {
      readonly kind: 'unusable';
      readonly reason: UnusableReason;
      readonly callId: string;
      readonly operationId?: string;
    };

/** `detail` is one of few fixed sentences: it never repeats the body, which can hold tokens and personal data. */
export type ParsedNotifications =
  | { readonly kind: 'malformed'; readonly detail: string }
  | { readonly kind: 'items'; readonly items: readonly NotificationItem[] };

/** The members that a `commsNotification` by itself has at least one of. */
const NOTIFICATION_MEMBERS = ['changeType', 'resourceUrl', 'resource', 'resourceData'] as const;

/**
 * Reads `commsNotifications {value: […]}` or one `commsNotification` by itself, in the documented and in the live
 * spelling. Malformed as a whole: not UTF-8, not JSON, neither of the two shapes, or more than {@link
 * MAX_NOTIFICATION_ITEMS} items. A bad item spoils no other. Each element of a resourceData array counts as an item of
 * its own; those that are not ignored share the same limit. Never throws; linear in the length, which the caller
 * limits.
 *
 * @see https://learn.microsoft.com/graph/api/resources/commsnotifications
 */
export function parseNotifications(body: Uint8Array | string): ParsedNotifications {
  const root = parseJson(body);
  if (!isRecord(root)) return malformed('The body must be a JSON object in UTF-8.');
  const notifications = notificationsOf(root);
  if (notifications === undefined)
    return malformed('The body must be commsNotifications with a value array, or one commsNotification.');
  if (notifications.length > MAX_NOTIFICATION_ITEMS) return malformed(TOO_MANY);
  const items = notifications.flatMap(readNotification);
  if (items.filter(({ kind }) => kind !== 'ignored').length > MAX_NOTIFICATION_ITEMS) return malformed(TOO_MANY);
  return { kind: 'items', items };
}

const TOO_MANY = `The body must hold at most ${MAX_NOTIFICATION_ITEMS} notifications.`;

function malformed(detail: string): ParsedNotifications {
  return { kind: 'malformed', detail };
}

/** Undefined for what is no JSON. The engine's own error is not passed on: its message quotes the body. */
function parseJson(body: Uint8Array | string): unknown {
  try {
    const text =
      typeof body === 'string' ? body.replace(/^\uFEFF/, '') : new TextDecoder('utf-8', { fatal: true }).decode(body);
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function notificationsOf(root: Readonly<Record<string, unknown>>): readonly unknown[] | undefined {
  const { value } = root;
  if (Array.isArray(value)) return value as readonly unknown[];
  return NOTIFICATION_MEMBERS.some((name) => root[name] !== undefined && root[name] !== null) ? [root] : undefined;
}

function readNotification(notification: unknown): NotificationItem[] {
  if (!isRecord(notification)) return [ignored('not-a-notification')];
  const { resourceData } = notification;
  if (!Array.isArray(resourceData) || resourceData.length === 0)
    return [readItem(notification, isRecord(resourceData) ? resourceData : {})];
  return resourceData.map((resource) =>
    isRecord(resource) ? readItem(notification, resource) : ignored('not-a-notification'),
  );
}

/** One item: a notification with one resource. The type decides what it is about; without one, the path does. */
function readItem(
  notification: Readonly<Record<string, unknown>>,
  resource: Readonly<Record<string, unknown>>,
): NotificationItem {
  const type = typeNameOf(resource['@odata.type']);
  const path =
    readResourcePath(notification['resourceUrl']) ??
    readResourcePath(notification['resource']) ??
    readResourcePath(resource['@odata.id']);
  const deleted = camelCaseEnum(notification['changeType']) === 'deleted';
  if (type === 'senddtmftonesoperation' || (type === undefined && path?.part === 'operations'))
    return readOperation(resource, path, deleted);
  if (type?.endsWith('operation')) return ignored('other-operation', path);
  if (type === 'call' || (type === undefined && path !== undefined && path.part === undefined))
    return readCall(resource, path, deleted);
  return ignored(path === undefined ? 'call-unreadable' : 'other-resource', path);
}

/**
 * `#microsoft.graph.sendDtmfTonesOperation` in any spelling to `senddtmftonesoperation`; undefined where there is none.
 */
function typeNameOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const name = value
    .slice(Math.max(value.lastIndexOf('.'), value.lastIndexOf('#')) + 1)
    .trim()
    .toLowerCase();
  return name === '' ? undefined : name;
}

function readOperation(
  resource: Readonly<Record<string, unknown>>,
  path: ResourcePath | undefined,
  deleted: boolean,
): NotificationItem {
  if (!deleted && !isEndStatus(camelCaseEnum(resource['status']))) return ignored('operation-not-ended', path);
  if (path === undefined) return ignored('call-unreadable');
  const { callId } = path;
  const { clientContext, operationId = operationIdOf(path), ...reported } = fromGraphOperation(resource, { callId });
  const id = operationId === undefined ? {} : { operationId };
  if (clientContext !== undefined && CLIENT_CONTEXT_PATTERN.test(clientContext))
    return { kind: 'operation-ended', report: { clientContext, ...reported, ...id } };
  const isMissing = resource['clientContext'] === undefined || resource['clientContext'] === null;
  return { kind: 'unusable', reason: isMissing ? 'client-context-missing' : 'client-context-invalid', callId, ...id };
}

/** The operation's id in the path, under the same rules as in the resource; live resources may lack it. */
function operationIdOf({ callId, part, partId }: ResourcePath): string | undefined {
  return part === 'operations' ? fromGraphOperation({ id: partId }, { callId }).operationId : undefined;
}

function readCall(
  resource: Readonly<Record<string, unknown>>,
  path: ResourcePath | undefined,
  deleted: boolean,
): NotificationItem {
  if (path?.part !== undefined) return ignored('other-resource', path);
  const callId = path?.callId ?? ownIdOf(resource);
  if (callId === undefined) return ignored('call-unreadable');
  const { mediaState } = resource;
  const state = camelCaseEnum(resource['state'])?.toLowerCase();
  const audio = isRecord(mediaState) ? camelCaseEnum(mediaState['audio'])?.toLowerCase() : undefined;
  const ended = deleted || state === 'terminated';
  if (!ended && state === undefined && audio === undefined) return ignored('other-resource', { callId });
  return {
    kind: 'call-state',
    callId,
    ...(state !== undefined && { state }),
    ...(audio !== undefined && { audio }),
    ended,
  };
}

/** A call's own id, where no path names it. */
function ownIdOf({ id }: Readonly<Record<string, unknown>>): string | undefined {
  return typeof id === 'string' && CALL_ID_PATTERN.test(id) ? id : undefined;
}

function ignored(reason: IgnoredReason, of?: { readonly callId: string }): NotificationItem {
  return { kind: 'ignored', reason, ...(of && { callId: of.callId }) };
}
