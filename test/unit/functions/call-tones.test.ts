// callTones: guards, one call id, and the list as it is read; how it is read is tested apart.
import { makeCallTones } from '../../../functions/call-tones';
import { eventLogOf } from '../../../shared/http/event-log';
import type { OutcomeFacts } from '../../../shared/tones/facts/outcome-facts';
import type { CallList } from '../../../shared/tones/upkeep/list-call';
import { get, headerOf, invocationOf, problemOf } from '../../support/invocation';

const T0 = Date.parse('2026-01-01T00:00:00.000Z');
const FIRST: OutcomeFacts = {
  clientContext: 'order-1',
  callId: 'Call-1',
  status: 'running',
  toneCount: 2,
  acceptedAt: T0,
  statusToken: 'secret',
  fingerprint: 'secret',
  claimId: 'secret',
  after: '',
};
const SECOND: OutcomeFacts = { ...FIRST, clientContext: 'order-2', status: 'accepted', after: 'order-1' };
const EMPTY: CallList = { call: undefined, notified: false, requests: [], more: false };

function setUp(list: CallList | Error = EMPTY, httpAuthLevel: 'function' | 'anonymous' = 'function') {
  const listed: string[] = [];
  const invocation = invocationOf('callTones');
  const handler = makeCallTones({
    log: eventLogOf(invocation.context),
    httpAuthLevel,
    listCall: async (callId) => {
      listed.push(callId);
      if (list instanceof Error) throw list;
      return list;
    },
  });
  return {
    listed,
    invocation,
    ask: async (query: string, headers: Record<string, string> = {}) =>
      (await handler(get(`/api/callTones${query}`, headers), invocation.context)) ?? {},
  };
}

test('the requests come as they are read, each with what it waits for, and no secret', async () => {
  const { ask, listed } = setUp({
    call: { tail: 'order-2', state: 'terminated', endedAt: T0 + 1000, audio: 'active', toldAt: T0 },
    notified: true,
    requests: [
      { row: SECOND, waiting: { waitingFor: 'request-before', waitingBehind: 'order-1' } },
      { row: FIRST, waiting: { waitingFor: 'graph-report' } },
    ],
    more: true,
  });
  const response = await ask('?callId=Call-1');
  expect(listed).toEqual(['Call-1']);
  expect(response).toEqual({
    status: 200,
    headers: { 'Cache-Control': 'no-store' },
    jsonBody: {
      callId: 'Call-1',
      state: 'terminated',
      endedAt: '2026-01-01T00:00:01.000Z',
      notified: true,
      requests: [
        {
          clientContext: 'order-2',
          callId: 'Call-1',
          status: 'accepted',
          toneCount: 2,
          waitingFor: 'request-before',
          waitingBehind: 'order-1',
          acceptedAt: '2026-01-01T00:00:00.000Z',
        },
        {
          clientContext: 'order-1',
          callId: 'Call-1',
          status: 'running',
          toneCount: 2,
          waitingFor: 'graph-report',
          acceptedAt: '2026-01-01T00:00:00.000Z',
        },
      ],
      more: true,
    },
  });
});

test('a call that nobody asked anything for is an empty list', async () => {
  expect(await setUp().ask('?callId=nobody')).toMatchObject({
    status: 200,
    jsonBody: { callId: 'nobody', requests: [], more: false },
  });
});

test.each([
  ['no call', '', 'must be 1 to 128 letters, digits, "_" or "-"'],
  ['an empty one', '?callId=', 'must be 1 to 128 letters, digits, "_" or "-"'],
  ['a path', '?callId=..%2Fusers', 'must be 1 to 128 letters, digits, "_" or "-"'],
  ['one too long', `?callId=${'x'.repeat(129)}`, 'must be 1 to 128 letters, digits, "_" or "-"'],
  ['one with a line break', '?callId=a%0A', 'must be 1 to 128 letters, digits, "_" or "-"'],
  ['one in another case of the name', '?callid=a', 'must be 1 to 128 letters, digits, "_" or "-"'],
  ['two', '?callId=a&callId=b', 'must be given once'],
  ['the same twice', '?callId=a&callId=a', 'must be given once'],
])('%s is 400, and storage is not asked', async (_what, query, detail) => {
  const { ask, listed } = setUp();
  expect(problemOf(await ask(query))).toMatchObject({
    type: 'urn:problem:invalid-request',
    status: 400,
    errors: [{ parameter: 'callId', detail }],
  });
  expect(listed).toEqual([]);
});

test('where the platform authenticates, it must have named the caller', async () => {
  const { ask, listed } = setUp(EMPTY, 'anonymous');
  expect(await ask('?callId=x')).toMatchObject({ status: 401 });
  expect(listed).toEqual([]);
  expect(await ask('?callId=x', { 'x-ms-client-principal-id': 'b0b' })).toMatchObject({ status: 200 });
});

test('when storage fails it is 503 with Retry-After, and logged', async () => {
  const { ask, invocation } = setUp(new Error('s3cret'));
  const response = await ask('?callId=x');
  expect([response.status, headerOf(response, 'Retry-After')]).toEqual([503, '2']);
  expect(invocation.events).toEqual(['error storage-failed']);
  expect(invocation.lines.join()).not.toContain('s3cret');
});
