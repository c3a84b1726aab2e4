// toneStatus: the URL that 202-polling follows, and what it tells to whom.
import { makeToneStatus } from '../../../functions/tone-status';
import { eventLogOf } from '../../../shared/http/event-log';
import type { OutcomeFacts, ToneStatus } from '../../../shared/tones/facts/outcome-facts';
import { get, headerOf, invocationOf } from '../../support/invocation';

const T0 = Date.parse('2026-01-01T00:00:00.000Z');
const ROW: OutcomeFacts = {
  clientContext: 'order-42',
  callId: 'c1',
  status: 'accepted',
  statusToken: 'right',
  toneCount: 3,
};

function setUp(row: OutcomeFacts | undefined | Error, ...later: readonly OutcomeFacts[]) {
  const asked: string[] = [];
  const rows = [row, ...later];
  const invocation = invocationOf('toneStatus');
  const handler = makeToneStatus({
    log: eventLogOf(invocation.context),
    clock: { now: () => T0 },
    publicUrl: { publicBaseUrl: 'https://gateway.example.com' },
    readOutcome: async (clientContext) => {
      asked.push(clientContext);
      const found = rows.length > 1 ? rows.shift() : rows[0];
      if (found instanceof Error) throw found;
      return found;
    },
  });
  return {
    asked,
    invocation,
    ask: async (query: string, headers: Record<string, string> = {}) =>
      (await handler(get(`/api/toneStatus${query}`, headers), invocation.context)) ?? {},
  };
}

test.each(['accepted', 'sending', 'running'] as const)('while %s it is 202 with the same Location', async (status) => {
  const response = await setUp({ ...ROW, status }).ask('?clientContext=order-42&token=right');
  expect(response).toMatchObject({ status: 202, jsonBody: { status } });
  expect(headerOf(response, 'Location')).toBe(
    'https://gateway.example.com/api/toneStatus?clientContext=order-42&token=right',
  );
  expect(headerOf(response, 'Retry-After')).toBe('1');
  expect(headerOf(response, 'Cache-Control')).toBe('no-store');
});

test.each(['succeeded', 'failed', 'canceled', 'expired', 'unknown'] as const satisfies ToneStatus[])(
  'when %s it is 200 without a Location',
  async (status) => {
    const response = await setUp({ ...ROW, status }).ask('?clientContext=order-42&token=right');
    expect(response).toMatchObject({ status: 200, jsonBody: { status } });
    expect(headerOf(response, 'Location')).toBeNull();
    expect(headerOf(response, 'Retry-After')).toBeNull();
  },
);

test('a caller who prefers to wait gets the end in one request', async () => {
  const ended: OutcomeFacts = { ...ROW, status: 'succeeded' };
  const { ask, asked } = setUp(ROW, ended);
  const response = await ask('?clientContext=order-42&token=right', { Prefer: 'wait=20' });
  expect([response.status, headerOf(response, 'Preference-Applied'), headerOf(response, 'Location')]).toEqual([
    200,
    'wait=20',
    null,
  ]);
  expect(response).toMatchObject({ jsonBody: { status: 'succeeded' } });
  expect(asked).toEqual(['order-42', 'order-42']);
});

test('who has no right token is not waited for, whatever is preferred', async () => {
  const { ask, asked } = setUp(ROW);
  const response = await ask('?clientContext=order-42&token=wrong', { Prefer: 'wait=20' });
  expect([response.status, headerOf(response, 'Preference-Applied')]).toEqual([404, null]);
  expect(asked).toEqual(['order-42']);
});

test('Retry-After tells when the tones will have ended', async () => {
  const running: OutcomeFacts = { ...ROW, status: 'running', sentAt: T0, toneCount: 4, delayBetweenTonesMs: 750 };
  expect(headerOf(await setUp(running).ask('?clientContext=order-42&token=right'), 'Retry-After')).toBe('4');
});

test('a wrong token and an unknown clientContext are answered alike, to the last byte', async () => {
  const wrongToken = await setUp(ROW).ask('?clientContext=order-42&token=wrong');
  const unknown = await setUp(undefined).ask('?clientContext=order-43&token=right');
  expect(wrongToken.status).toBe(404);
  expect(wrongToken).toEqual(unknown);
});

test.each([
  ['no token', '?clientContext=order-42'],
  ['an empty token', '?clientContext=order-42&token='],
  ['a token that is longer', '?clientContext=order-42&token=rightx'],
  ['a token in another case', '?clientContext=order-42&token=RIGHT'],
  ['no clientContext', '?token=right'],
  ['a second clientContext', '?clientContext=order-42&token=right&clientContext=order-43'],
  ['a clientContext twice', '?clientContext=order-42&clientContext=order-42&token=right'],
  ['a second token', '?clientContext=order-42&token=right&token=wrong'],
  ['a clientContext that cannot be', '?clientContext=%E2%82%AC&token=right'],
])('%s is 404, as for a wrong token', async (_what, query) => {
  const response = await setUp(ROW).ask(query);
  expect(response.status).toBe(404);
  expect(response).toEqual(await setUp(ROW).ask('?clientContext=order-42&token=wrong'));
});

test.each([
  ['', 404],
  ['x', 404],
])('a row that a notification made has no token: %p is %i', async (token, status) => {
  const { statusToken: _none, ...row } = ROW;
  expect((await setUp({ ...row, status: 'succeeded' }).ask(`?clientContext=order-42&token=${token}`)).status).toBe(
    status,
  );
  expect(
    (await setUp({ ...row, statusToken: '', status: 'succeeded' }).ask(`?clientContext=order-42&token=${token}`))
      .status,
  ).toBe(status);
});

test('when storage fails it is 503 with Retry-After, so that the poll goes on', async () => {
  const { ask, invocation } = setUp(new Error('down'));
  const response = await ask('?clientContext=order-42&token=right');
  expect(response.status).toBe(503);
  expect(headerOf(response, 'Retry-After')).toBe('2');
  expect(invocation.events).toEqual(['error storage-failed']);
});
