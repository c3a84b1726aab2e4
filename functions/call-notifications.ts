// HTTP: receives Graph's notifications of a call. Guards in order of trust: the sender's token, the size, the shape.
// Where an outcome is written: shared/tones/delivery/record-report.
// Answers after one durable write; no Graph call inside.
import type { HttpHandler, HttpRequest, HttpResponseInit } from '@azure/functions';
import { parseNotifications, type NotificationItem } from '../shared/graph/notification-payload';
import type { NotificationGuard, NotificationVerdict } from '../shared/graph/notification-token';
import type { LogsEvents } from '../shared/http/event-log';
import { NO_STORE, problem } from '../shared/http/problem';
import { BROKEN_OFF_BODY, EMPTY_BODY, readBody } from '../shared/http/read-json';
import { unlessStorageFails } from '../shared/http/storage-failure';
import type { EventLog } from '../shared/tones/event-log';
import type { OperationReport } from '../shared/tones/facts/operation-report';
import type { ReportedCallState } from '../shared/tones/facts/call-facts';

const MAX_BODY_BYTES = 256 * 1024;

export interface CallNotificationsDependencies extends LogsEvents {
  readonly guard: NotificationGuard;
  readonly recordReport: (report: OperationReport) => Promise<void>;
  readonly recordCallState: (reported: ReportedCallState) => Promise<void>;
}

export function makeCallNotifications(dependencies: CallNotificationsDependencies): HttpHandler {
  const { guard, log } = dependencies;

  return async function callNotifications(request: HttpRequest): Promise<HttpResponseInit> {
    const verdict = await guard.verify(request.headers.get('authorization'));
    if (verdict.kind !== 'trusted') return turnedAway(verdict, log);
    const body = await readBody(request, MAX_BODY_BYTES);
    if (body.kind === 'too-large')
      return problem('body-too-large', { detail: `The body may have at most ${MAX_BODY_BYTES} bytes.` });
    if (body.kind === 'broken-off') return problem('malformed-notification', { detail: BROKEN_OFF_BODY });
    if (body.bytes.byteLength === 0) return problem('malformed-notification', { detail: EMPTY_BODY });
    const parsed = parseNotifications(body.bytes);
    if (parsed.kind === 'malformed') return problem('malformed-notification', { detail: parsed.detail });
    const detail = 'The notification could not be stored. Send it again.';
    return unlessStorageFails({ log, detail }, async () => {
      // The ends of operations first: the end of their call makes `unknown` of what is still open.
      for (const item of inOrderOfWeight(parsed.items)) await record(dependencies, item, verdict.tenantId);
      return { status: 202, headers: NO_STORE };
    });
  };
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

function record(
  { recordReport, recordCallState, log }: CallNotificationsDependencies,
  item: NotificationItem,
  tenantId: string,
): Promise<void> | void {
  switch (item.kind) {
    case 'operation-ended':
      return recordReport({ ...item.report, tenantId });
    case 'call-state':
      return recordCallState(item);
    case 'unusable': {
      const { callId, operationId, reason } = item;
      return log('warn', 'report-unusable', { callId, operationId, reason });
    }
    case 'ignored':
      return log('info', 'notification-ignored', { reason: item.reason });
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
