// HTTP: receives Graph's notifications of a call. Guards in order of trust: the sender's token, the size, the shape.
// Outcomes are written by shared/tones/delivery/record-report, notifications passed on by shared/outbound/pass-on.
// Answers after one durable write, and after the receiver where one is named; no Graph call inside.
import type { HttpHandler, HttpRequest, HttpResponseInit } from '@azure/functions';
import { parseNotifications, type NotificationItem } from '../shared/graph/notification-payload';
import type { NotificationGuard, NotificationVerdict } from '../shared/graph/notification-token';
import type { LogsEvents } from '../shared/http/event-log';
import { NO_STORE, problem } from '../shared/http/problem';
import { BROKEN_OFF_BODY, EMPTY_BODY, readBody } from '../shared/http/read-json';
import { unlessStorageFails } from '../shared/http/storage-failure';
import type { PassedNotification, PassOn } from '../shared/outbound/pass-on';
import { RECEIVER_PARAMETER, type NotificationReceivers } from '../shared/settings/notification-receivers';
import type { EventLog } from '../shared/tones/event-log';
import type { OperationReport } from '../shared/tones/facts/operation-report';
import type { ReportedCallState } from '../shared/tones/facts/call-facts';
import type { Clock } from '../shared/tones/ports/clock';

const MAX_BODY_BYTES = 256 * 1024;

export interface CallNotificationsDependencies extends LogsEvents {
  readonly guard: NotificationGuard;
  readonly recordReport: (report: OperationReport) => Promise<void>;
  readonly recordCallState: (reported: ReportedCallState) => Promise<void>;
  /** Notes that a call's notifications come here, where one leaves no other fact. */
  readonly recordNotified: (callId: string) => Promise<void>;
  readonly receivers: NotificationReceivers;
  readonly passOn: PassOn;
  readonly clock: Clock;
}

export function makeCallNotifications(dependencies: CallNotificationsDependencies): HttpHandler {
  const { guard, log } = dependencies;

  return async function callNotifications(request: HttpRequest): Promise<HttpResponseInit> {
    const authorization = request.headers.get('authorization');
    const verdict = await guard.verify(authorization);
    if (verdict.kind !== 'trusted') return turnedAway(verdict, log);
    const body = await readBody(request, MAX_BODY_BYTES);
    if (body.kind === 'too-large')
      return problem('body-too-large', { detail: `The body may have at most ${MAX_BODY_BYTES} bytes.` });
    if (body.kind === 'broken-off') return problem('malformed-notification', { detail: BROKEN_OFF_BODY });
    if (body.bytes.byteLength === 0) return problem('malformed-notification', { detail: EMPTY_BODY });
    const parsed = parseNotifications(body.bytes);
    if (parsed.kind === 'malformed') return problem('malformed-notification', { detail: parsed.detail });
    // Both at once: neither waits for the other, and neither fails because the other did.
    const [recorded, passed] = await Promise.all([
      recordAll(dependencies, parsed.items, verdict.tenantId),
      passToReceiver(dependencies, request, {
        body: body.bytes,
        contentType: request.headers.get('content-type'),
        authorization,
      }),
    ]);
    // What could not be stored comes again, to the receiver, too.
    return recorded.status === 202 ? (passed ?? recorded) : recorded;
  };
}

function recordAll(
  dependencies: CallNotificationsDependencies,
  items: readonly NotificationItem[],
  tenantId: string,
): Promise<HttpResponseInit> {
  const failure = { log: dependencies.log, detail: 'The notification could not be stored. Send it again.' };
  return unlessStorageFails(failure, async () => {
    // The ends of operations first: the end of their call makes `unknown` of what is still open.
    for (const item of inOrderOfWeight(items)) await record(dependencies, item, tenantId);
    return { status: 202, headers: NO_STORE };
  });
}

/**
 * Passes a notification on where the callbackUri of its call says so; undefined where it does not, or where the
 * receiver took it. Only the names of the setting are known: whatever else is asked for is no receiver.
 */
async function passToReceiver(
  { receivers, passOn, clock, log }: CallNotificationsDependencies,
  request: HttpRequest,
  notification: PassedNotification,
): Promise<HttpResponseInit | undefined> {
  const [receiver, ...more] = new URL(request.url).searchParams.getAll(RECEIVER_PARAMETER);
  if (receiver === undefined) return undefined;
  const url = more.length === 0 ? receivers.get(receiver) : undefined;
  if (url === undefined) {
    // Without the name: it is not known what it says.
    log('warn', 'notification-not-passed-on', { reason: 'no such receiver' });
    return problem('receiver-unknown', { detail: 'It was stored here. Name one receiver of NOTIFICATION_RECEIVERS.' });
  }
  const start = clock.now();
  const { kind, ...reply } = await passOn(url, notification);
  const fields = { receiver, ...reply, durationMs: clock.now() - start };
  switch (kind) {
    case 'taken':
      return void log('info', 'notification-passed-on', fields);
    case 'refused':
    case 'failed':
      log('warn', 'notification-not-passed-on', { reason: kind, ...fields });
      return problem('receiver-failed', { detail: 'It was stored here. Send the notification again.' });
    default:
      return kind satisfies never;
  }
}

/** The answer to a sender that is not proven. */
function turnedAway(verdict: Exclude<NotificationVerdict, { kind: 'trusted' }>, log: EventLog): HttpResponseInit {
  switch (verdict.kind) {
    case 'refused':
      log('warn', 'notification-refused', { reason: verdict.reason });
      return problem('unauthenticated', {
        detail: 'The bearer token does not prove that Microsoft Graph sends this.',
        headers: {
          'WWW-Authenticate': verdict.reason === 'authorization-missing' ? 'Bearer' : 'Bearer error="invalid_token"',
        },
      });
    case 'unavailable':
      log('error', 'notification-refused', { reason: 'signing keys unavailable' });
      return problem('signing-keys-unavailable', { detail: 'Send the notification again.' });
    default:
      return verdict satisfies never;
  }
}

async function record(
  { recordReport, recordCallState, recordNotified, log }: CallNotificationsDependencies,
  item: NotificationItem,
  tenantId: string,
): Promise<void> {
  switch (item.kind) {
    case 'operation-ended':
      return recordReport({ ...item.report, tenantId });
    case 'call-state':
      return recordCallState(item);
    case 'unusable': {
      const { callId, operationId, reason } = item;
      log('warn', 'report-unusable', { callId, operationId, reason });
      return recordNotified(callId);
    }
    case 'ignored':
      log('info', 'notification-ignored', { reason: item.reason });
      return item.callId === undefined ? undefined : recordNotified(item.callId);
    default:
      return item satisfies never;
  }
}

function inOrderOfWeight(items: readonly NotificationItem[]): NotificationItem[] {
  return [
    ...items.filter((item) => item.kind === 'operation-ended'),
    ...items.filter((item) => item.kind !== 'operation-ended'),
  ];
}
