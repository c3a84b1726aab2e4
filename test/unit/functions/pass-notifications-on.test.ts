// callNotifications?to=<name>: the token first, then storing and passing on at the same time, and an answer that says what failed.
import { makeCallNotifications } from '../../../functions/call-notifications';
import type { NotificationVerdict } from '../../../shared/graph/notification-token';
import { eventLogOf } from '../../../shared/http/event-log';
import type { PassedNotification, ReceiverReply } from '../../../shared/outbound/pass-on';
import { operationEnded, tonesEnded } from '../../support/notification-bodies';
import { invocationOf, postBytes, problemOf } from '../../support/invocation';

const PATH = '/api/callNotifications';
const URL_OF_BOT = 'https://bot.example/calls?code=s3cret-of-bot';
const HEADERS = { authorization: 'Bearer good', 'content-type': 'application/json; charset=utf-8' };
/** With spaces that no serializer would write: only the bytes as they came are equal to it. */
const BODY = Buffer.from(`${JSON.stringify(operationEnded('call-1', tonesEnded('order-42')), undefined, 3)}\r\n`);

interface Given {
  readonly verdict?: NotificationVerdict;
  readonly reply?: ReceiverReply;
  readonly storage?: 'down' | 'slow';
}

function setUp({ verdict, reply = { kind: 'taken', httpStatus: 200 }, storage }: Given = {}) {
  const order: string[] = [];
  const passed: (PassedNotification & { readonly url: string })[] = [];
  const invocation = invocationOf('callNotifications');
  let now = 1000;
  const store = Promise.withResolvers<void>();
  if (storage !== 'slow') store.resolve();
  const handler = makeCallNotifications({
    log: eventLogOf(invocation.context),
    clock: { now: () => (now += 40) },
    guard: { verify: async () => verdict ?? { kind: 'trusted', tenantId: 'tenant', path: 'entra' } },
    recordReport: async ({ clientContext }) => {
      order.push('storing');
      await store.promise;
      if (storage === 'down') throw new Error('down');
      order.push(`stored ${clientContext}`);
    },
    recordCallState: async ({ callId }) => void order.push(`call ${callId}`),
    recordNotified: async (callId) => void order.push(`notified ${callId}`),
    receivers: new Map([
      ['mybot', URL_OF_BOT],
      ['other', 'https://other.example/'],
    ]),
    passOn: async (url, notification) => {
      order.push('passing on');
      passed.push({ url, ...notification });
      store.resolve();
      return reply;
    },
  });
  return {
    order,
    passed,
    invocation,
    send: async (query: string, body: Uint8Array = BODY, headers: Record<string, string> = HEADERS) =>
      (await handler(postBytes(`${PATH}${query}`, body, headers), invocation.context)) ?? {},
  };
}

test('what the receiver took and storage took is 202; it gets the bytes and both headers as they came', async () => {
  const { send, passed, order, invocation } = setUp();
  expect(await send('?to=mybot')).toEqual({ status: 202, headers: { 'Cache-Control': 'no-store' } });
  expect(order).toContain('stored order-42');
  expect(passed).toHaveLength(1);
  const [{ body, ...rest } = {}] = passed as [(typeof passed)[0]];
  expect(rest).toEqual({
    url: URL_OF_BOT,
    contentType: 'application/json; charset=utf-8',
    authorization: 'Bearer good',
  });
  expect(Buffer.from(body ?? []).equals(BODY)).toBe(true);
  expect(invocation.lines).toEqual(['notification-passed-on {"receiver":"mybot","httpStatus":200,"durationMs":40}']);
});

test('a receiver is not waited for before storing, nor storage before passing on', async () => {
  // Storage here ends only after the receiver was called, and the receiver is called while storage works.
  const { send, order } = setUp({ storage: 'slow' });
  expect((await send('?to=mybot')).status).toBe(202);
  expect(order).toEqual(['storing', 'passing on', 'stored order-42']);
});

test.each([
  [
    { kind: 'refused', httpStatus: 500 },
    { reason: 'refused', receiver: 'mybot', httpStatus: 500, durationMs: 40 },
  ],
  [
    { kind: 'refused', httpStatus: 302 },
    { reason: 'refused', receiver: 'mybot', httpStatus: 302, durationMs: 40 },
  ],
  [
    { kind: 'failed', reason: 'ECONNRESET' },
    { reason: 'ECONNRESET', receiver: 'mybot', durationMs: 40 },
  ],
] as const)('the reply %p of the receiver is 502 after our part is stored', async (reply, fields) => {
  const { send, order, invocation } = setUp({ reply });
  const response = await send('?to=mybot');
  expect(problemOf(response)).toMatchObject({ type: 'urn:problem:receiver-failed', status: 502 });
  expect(response.status).toBe(502);
  expect(order).toContain('stored order-42');
  expect(invocation.events).toEqual(['warning notification-not-passed-on']);
  expect(JSON.parse(invocation.lines[0]?.replace(/^\S+ /, '') ?? '')).toEqual(fields);
});

test.each([
  [{ kind: 'taken', httpStatus: 200 }],
  [{ kind: 'refused', httpStatus: 500 }],
  [{ kind: 'failed', reason: 'no answer in time' }],
] as const)('what is not stored is 503, whatever the receiver says (%p)', async (reply) => {
  const { send, passed } = setUp({ storage: 'down', reply });
  const response = await send('?to=mybot');
  expect(problemOf(response)).toMatchObject({ type: 'urn:problem:storage-unavailable', status: 503 });
  expect(passed).toHaveLength(1);
});

test.each([
  '?to=',
  '?to',
  '?to=nobody',
  '?to=MyBot',
  '?to=mybot%20',
  '?to=mybot&to=mybot',
  '?to=mybot&to=other',
  '?to=__proto__',
  '?to=constructor',
  '?to=toString',
  '?to=hasOwnProperty',
  '?to=https%3A%2F%2Fevil.example%2F',
  '?to=%00',
  '?to=%ff',
  `?to=${'n'.repeat(100_000)}`,
])('no receiver is meant by the query number %#: 404 after our part is stored', async (query) => {
  const { send, order, passed, invocation } = setUp();
  const response = await send(query);
  expect(problemOf(response)).toMatchObject({ type: 'urn:problem:receiver-unknown', status: 404 });
  expect(order).toEqual(['storing', 'stored order-42']);
  expect(passed).toEqual([]);
  expect(invocation.lines).toEqual(['notification-not-passed-on {"reason":"no such receiver"}']);
});

test('where our part is not stored, an unknown name is 503, too', async () => {
  expect((await setUp({ storage: 'down' }).send('?to=nobody')).status).toBe(503);
});

test('without the parameter nothing is passed on', async () => {
  const { send, passed } = setUp();
  for (const query of ['', '?To=mybot', '?receiver=mybot']) expect((await send(query)).status).toBe(202);
  expect(passed).toEqual([]);
});

test.each([
  [{ kind: 'refused', reason: 'signature-invalid' }, 401],
  [{ kind: 'unavailable', path: 'entra', fault: 'fetch-failed' }, 503],
] as const)('before the token is proven nobody learns which names there are (%p)', async (verdict, status) => {
  const answers = await Promise.all(
    ['?to=mybot', '?to=nobody', ''].map(async (query) => {
      const { send, passed, order } = setUp({ verdict });
      const response = await send(query);
      expect([passed, order]).toEqual([[], []]);
      return response;
    }),
  );
  expect(answers.map((answer) => answer.status)).toEqual([status, status, status]);
  expect(answers[0]).toEqual(answers[2]);
  expect(answers[1]).toEqual(answers[2]);
});

test('what is nobody’s business here is passed on, too: it is the owner’s', async () => {
  const { send, passed, order } = setUp();
  const participants = { changeType: 'updated', resourceUrl: '/communications/calls/call-1/participants' };
  expect((await send('?to=mybot', Buffer.from(JSON.stringify({ value: [participants] })))).status).toBe(202);
  expect((await send('?to=mybot', Buffer.from('{"value":[]}'))).status).toBe(202);
  expect(passed).toHaveLength(2);
  expect(order.sort()).toEqual(['notified call-1', 'passing on', 'passing on']);
});

test.each(['', '{', '"text"', '{"other":5}', '\xff'])(
  'a body that is no notification is 400 and goes to nobody',
  async (text) => {
    const { send, passed } = setUp();
    expect((await send('?to=mybot', Buffer.from(text, 'latin1'))).status).toBe(400);
    expect((await send('?to=nobody', Buffer.from(text, 'latin1'))).status).toBe(400);
    expect(passed).toEqual([]);
  },
);

test('256 KiB are passed on whole, one byte more is 413 and goes to nobody', async () => {
  const { send, passed } = setUp();
  const body = (length: number) => Buffer.from(`{"value":[]${' '.repeat(length - 12)}}`);
  expect((await send('?to=mybot', body(262_144))).status).toBe(202);
  expect(Buffer.from(passed[0]?.body ?? []).equals(body(262_144))).toBe(true);
  expect((await send('?to=mybot', body(262_145))).status).toBe(413);
  expect(passed).toHaveLength(1);
});

test('a Content-Type that did not come is not made up', async () => {
  const { send, passed } = setUp();
  await send('?to=mybot', BODY, { authorization: 'Bearer good' });
  expect(passed[0]?.contentType).toBeNull();
});

test('neither URL, body, token nor an unknown name is in a line or an answer', async () => {
  const seen: string[] = [];
  for (const given of [{}, { reply: { kind: 'refused', httpStatus: 500 } }, { storage: 'down' }] as Given[]) {
    const { send, invocation } = setUp(given);
    for (const query of ['?to=mybot', '?to=l3ts-see'])
      seen.push(JSON.stringify(await send(query)), ...invocation.lines);
  }
  expect(seen.join('\n')).not.toMatch(/s3cret-of-bot|bot\.example|l3ts-see|good|order-42/);
});

test('the text of a body may be anything that is JSON: it is passed on in its own spelling', async () => {
  const { send, passed } = setUp();
  const text = '\ufeff{"value": [ ],"x":1e0,"x":"Zo\\u00eb"}';
  expect((await send('?to=mybot', Buffer.from(text))).status).toBe(202);
  expect(Buffer.from(passed[0]?.body ?? []).toString('utf8')).toBe(text);
});
