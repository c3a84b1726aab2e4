// callNotifications: guards in order of trust, each item to its rule, and an answer only after the last durable write.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCallNotifications } from '../../../functions/call-notifications';
import type { NotificationVerdict } from '../../../shared/graph/notification-token';
import { eventLogOf } from '../../../shared/http/event-log';
import type { OperationReport } from '../../../shared/tones/facts/operation-report';
import type { ReportedCallState } from '../../../shared/tones/facts/call-facts';
import { headerOf, invocationOf, postBytes, postText, problemOf } from '../../support/invocation';

const PATH = '/api/callNotifications';
const CALL = '481f3600-983e-4276-9b59-c1b30ec8d125';
const COMPLETED = readFileSync(join(__dirname, '../../fixtures/graph/documented-tones-completed.json'));
const GOOD = { authorization: 'Bearer good' };

const TRUSTED: NotificationVerdict = {
  kind: 'trusted',
  tenantId: 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee',
  path: 'entra',
};

function setUp(verdict: NotificationVerdict = TRUSTED, failure?: Error) {
  const order: string[] = [];
  const shown: (string | null)[] = [];
  const tenants: (string | undefined)[] = [];
  const invocation = invocationOf('callNotifications');
  const handler = makeCallNotifications({
    log: eventLogOf(invocation.context),
    clock: { now: () => 0 },
    receivers: new Map([['mybot', 'https://bot.example/calls']]),
    passOn: () => Promise.reject(new Error('nobody asked for it')),
    guard: {
      verify: async (authorization: string | null) => {
        shown.push(authorization);
        return verdict;
      },
    },
    recordReport: async (report: OperationReport) => {
      if (failure) throw failure;
      order.push(`report ${report.clientContext} ${report.completionReason ?? ''}`);
      tenants.push(report.tenantId);
    },
    recordCallState: async (told: ReportedCallState) => {
      order.push(`call ${told.state ?? ''} ${told.ended ? 'ended' : ''}`.trim());
    },
    recordNotified: async (callId) => {
      if (failure) throw failure;
      order.push(`notified ${callId}`);
    },
  });
  return {
    order,
    shown,
    tenants,
    invocation,
    send: async (request: Parameters<typeof handler>[0]) => (await handler(request, invocation.context)) ?? {},
  };
}

function operation(clientContext: string | undefined) {
  return {
    changeType: 'deleted',
    resourceUrl: `/communications/calls/${CALL}/operations/op`,
    resourceData: {
      '@odata.type': '#microsoft.graph.sendDtmfTonesOperation',
      status: 'completed',
      completionReason: 'completedSuccessfully',
      ...(clientContext !== undefined && { clientContext }),
    },
  };
}

test('a documented notification is recorded and acknowledged with an empty 202', async () => {
  const { send, order, shown } = setUp();
  const response = await send(postBytes(PATH, COMPLETED, GOOD));
  expect(response).toEqual({ status: 202, headers: { 'Cache-Control': 'no-store' } });
  expect(order).toEqual(['report e0be71f1-a14f-4cec-b65a-e7aba5db7c53 completedSuccessfully']);
  expect(shown).toEqual(['Bearer good']);
});

test.each([
  ['authorization-missing', 'Bearer'],
  ['signature-invalid', 'Bearer error="invalid_token"'],
] as const)('a refusal for %s is 401 with WWW-Authenticate %s, and nothing is read', async (reason, challenge) => {
  const { send, order, invocation } = setUp({ kind: 'refused', reason });
  const request = postBytes(PATH, COMPLETED);
  const response = await send(request);
  expect(response.status).toBe(401);
  expect(headerOf(response, 'WWW-Authenticate')).toBe(challenge);
  expect(problemOf(response)).toMatchObject({ type: 'urn:problem:unauthenticated' });
  expect(request.bodyUsed).toBe(false);
  expect(order).toEqual([]);
  expect(invocation.events).toEqual(['warning notification-refused']);
});

test('without signing keys it is 503, so that Graph sends again', async () => {
  const { send } = setUp({ kind: 'unavailable', path: 'entra', fault: 'fetch-failed' });
  const response = await send(postBytes(PATH, COMPLETED, GOOD));
  expect(response.status).toBe(503);
  expect(problemOf(response)).toMatchObject({ type: 'urn:problem:signing-keys-unavailable' });
});

test('256 KiB are read, one byte more is 413', async () => {
  const body = (length: number) => `{"value":[]${' '.repeat(length - 12)}}`;
  expect((await setUp().send(postText(PATH, body(262_144), GOOD))).status).toBe(202);
  expect((await setUp().send(postText(PATH, body(262_145), GOOD))).status).toBe(413);
});

test.each(['', '{', '"text"', '{"value":5}', '[]'])('the body %p is 400', async (text) => {
  const response = await setUp().send(postText(PATH, text, GOOD));
  expect(response.status).toBe(400);
  expect(problemOf(response)).toMatchObject({ type: 'urn:problem:malformed-notification' });
});

test('more than 100 items are 400 and none is recorded', async () => {
  const { send, order } = setUp();
  expect(
    (await send(postText(PATH, JSON.stringify({ value: Array.from({ length: 101 }, () => operation('x')) }), GOOD)))
      .status,
  ).toBe(400);
  expect(order).toEqual([]);
});

test('of a batch, the ends of operations are recorded before the end of their call', async () => {
  const { send, order } = setUp();
  const ended = {
    changeType: 'deleted',
    resourceUrl: `/communications/calls/${CALL}`,
    resourceData: { '@odata.type': '#microsoft.graph.call', state: 'terminated' },
  };
  expect(
    (await send(postText(PATH, JSON.stringify({ value: [ended, operation('a'), operation('b')] }), GOOD))).status,
  ).toBe(202);
  expect(order).toEqual(['report a completedSuccessfully', 'report b completedSuccessfully', 'call terminated ended']);
});

test('what is unusable or nobody’s business here is logged without its content, and acknowledged', async () => {
  const { send, order, invocation } = setUp();
  const secret = {
    changeType: 'updated',
    resourceUrl: `/communications/calls/${CALL}/participants`,
    resourceData: [{ '@odata.type': '#microsoft.graph.participant', token: 'eyJsecret' }],
  };
  expect((await send(postText(PATH, JSON.stringify({ value: [operation(undefined), secret] }), GOOD))).status).toBe(
    202,
  );
  expect(order).toEqual([`notified ${CALL}`, `notified ${CALL}`]);
  expect(invocation.events).toEqual(['warning report-unusable', 'information notification-ignored']);
  expect(invocation.lines.join()).not.toContain('eyJsecret');
});

test('when it cannot be stored it is 503, so that Graph sends again', async () => {
  const { send, invocation } = setUp(undefined, new Error('down'));
  const response = await send(postBytes(PATH, COMPLETED, GOOD));
  expect(response.status).toBe(503);
  expect(problemOf(response)).toMatchObject({ type: 'urn:problem:storage-unavailable' });
  expect(invocation.events).toEqual(['error storage-failed']);
});

test('a report goes on with the tenant that its token names', async () => {
  const { send, tenants } = setUp();
  expect(await send(postBytes(PATH, COMPLETED, GOOD))).toMatchObject({ status: 202 });
  expect(tenants).toEqual(['aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee']);
});
