// callTones in the built app: the requests of one call, newest first, what each waits for, and nothing of other calls.
// Calls are held at a known point by what the simulator reports, or does not.
import { waitFor } from '../../../local/wait-for';
import { startApp, type AppUnderTest, type Outcome } from '../../support/app-under-test';
import { operationEnded, tonesEnded } from '../../support/notification-bodies';

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp({ settings: { WAIT_MIN_SECONDS: '1', WAIT_MAX_SECONDS: '2' } });
});
afterAll(() => app.close());

interface CallList {
  readonly callId: string;
  readonly state?: string;
  readonly endedAt?: string;
  readonly requests: readonly Outcome[];
  readonly more: boolean;
}

const HELD = { scenario: 'notification-never' } as const;

async function list(callId: string): Promise<CallList> {
  const answer = await app.callTones(callId);
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
  return answer.json as CallList;
}

const waitingOf = ({ requests }: CallList) =>
  requests.map(({ clientContext, status, waitingFor, waitingBehind }) => [
    clientContext,
    status,
    waitingFor,
    waitingBehind,
  ]);

it('is an empty list for a call that nobody asked anything for', async () => {
  expect(await list('nobody-asked')).toEqual({ callId: 'nobody-asked', notified: false, requests: [], more: false });
});

it('lists what happened and what happens, newest first, each with what it waits for', async () => {
  const callId = app.call({ byClientContext: { 'list held': HELD } });
  const other = app.call();
  for (const clientContext of ['list 1', 'list 2']) await app.ending({ callId, clientContext });
  await app.accept({ callId: other, clientContext: 'of another call' });
  await app.accept({ callId, clientContext: 'list held' });
  await app.untilStatus({ clientContext: 'list held' }, 'running');
  for (const clientContext of ['list 4', 'list 5', 'list 6']) await app.accept({ callId, clientContext });
  await app.cancelTones('list 5');
  const listed = await list(callId);
  expect(waitingOf(listed)).toEqual([
    // What was canceled between them is not waited for.
    ['list 6', 'accepted', 'request-before', 'list 4'],
    ['list 5', 'canceled', undefined, undefined],
    ['list 4', 'accepted', 'request-before', 'list held'],
    ['list held', 'running', 'graph-report', undefined],
    ['list 2', 'succeeded', undefined, undefined],
    ['list 1', 'succeeded', undefined, undefined],
  ]);
  expect(listed.more).toBe(false);
  // Each as toneOutcome has it, which says the same of its waiting.
  for (const outcome of listed.requests) expect(await app.outcomeOf(outcome.clientContext)).toEqual(outcome);
  expect(JSON.stringify(listed)).not.toMatch(/token|fingerprint|claim|etag/i);
  await app.notify(operationEnded(callId, tonesEnded('list held')));
  await app.untilStatus({ clientContext: 'list 6' }, 'succeeded');
  expect(waitingOf(await list(callId)).map(([name, status]) => `${name} ${status}`)).toEqual([
    'list 6 succeeded',
    'list 5 canceled',
    'list 4 succeeded',
    'list held succeeded',
    'list 2 succeeded',
    'list 1 succeeded',
  ]);
});

it('finds the same list under every spelling of the call’s id', async () => {
  const callId = app.call();
  await app.ending({ callId, clientContext: 'spelt' });
  for (const spelling of [callId, callId.toUpperCase(), callId.replaceAll('-', '')]) {
    const listed = await list(spelling);
    expect([listed.callId, listed.requests.map((request) => request.clientContext)]).toEqual([spelling, ['spelt']]);
  }
});

it('says that a request waits for a pause, for its call, for Graph, or for the report', async () => {
  const waiting = async (clientContext: string, word: string) =>
    waitFor(`${clientContext} to wait for ${word}`, async () => {
      const outcome = await app.outcomeOf(clientContext);
      return outcome.waitingFor === word && outcome;
    });
  const digits = '1,,,,2';
  await app.accept({ callId: app.call(), clientContext: 'before its first tone', digits: ',,,,1' });
  await app.accept({ callId: app.call(), clientContext: 'between two parts', digits });
  await app.accept({
    callId: app.call({ scenario: 'not-established', times: 'always' }),
    clientContext: 'no call yet',
  });
  await app.accept({ callId: app.call({ scenario: 'busy', times: 'always' }), clientContext: 'busy' });
  await app.accept({ callId: app.call(HELD), clientContext: 'no report yet' });
  const seen = [
    await waiting('before its first tone', 'pause'),
    await waiting('between two parts', 'pause'),
    await waiting('no call yet', 'call-readiness'),
    await waiting('busy', 'graph-refusal'),
    await waiting('no report yet', 'graph-report'),
  ];
  for (const { waitingBehind } of seen) expect(waitingBehind).toBeUndefined();
  for (const { clientContext } of seen) await app.cancelTones(clientContext);
});

it('has fifty requests at most, and says that there are more', async () => {
  const callId = app.call({ byClientContext: { 'long 1': HELD } });
  const names = Array.from({ length: 50 }, (_, position) => `long ${position + 1}`);
  for (const clientContext of names) await app.accept({ callId, clientContext });
  const whole = await list(callId);
  expect(whole.requests.map(({ clientContext }) => clientContext)).toEqual([...names].reverse());
  expect(whole.more).toBe(false);
  await app.accept({ callId, clientContext: 'long 51' });
  const { requests, more } = await list(callId);
  expect([requests.length, requests[0]?.clientContext, requests.at(-1)?.clientContext, more]).toEqual([
    50,
    'long 51',
    'long 2',
    true,
  ]);
  // The oldest one in the list waits for one that is not in it.
  expect(requests.at(-1)).toMatchObject({ waitingFor: 'request-before', waitingBehind: 'long 1' });
});

it('says what the call reported of itself: its state, and its end', async () => {
  const callId = app.call();
  await app.accept({ callId, clientContext: 'until the end', digits: '1,,,,2' });
  await app.untilStatus({ clientContext: 'until the end' }, 'pausing');
  expect(await list(callId)).not.toHaveProperty('endedAt');
  await app.control('DELETE', `calls/${callId}?notify=true`);
  const listed = await waitFor('the end of the call', async () => {
    const found = await list(callId);
    return found.endedAt !== undefined && found;
  });
  expect(listed).toMatchObject({
    state: 'terminated',
    endedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/) as string,
    requests: [{ clientContext: 'until the end', status: 'failed', error: { code: 'call-ended' } }],
  });
});

it('lists what a notification alone made in no call', async () => {
  const callId = app.call();
  await app.notify(operationEnded(callId, tonesEnded('a row of Graph')));
  expect((await list(callId)).requests).toEqual([]);
});

it.each([
  ['none', ''],
  ['an empty one', '?callId='],
  ['two', '?callId=a&callId=b'],
  ['the same twice', '?callId=a&callId=a'],
  ['a path', '?callId=..%2F..%2Fusers'],
  ['a quote', "?callId=a'%20or%20'1'%20eq%20'1"],
  ['a null character', '?callId=a%00b'],
  ['a line break', '?callId=a%0D%0Ab'],
  ['another script', '?callId=%EF%BC%A1'],
  ['a broken escape', '?callId=%E0%A4%A'],
  ['one too long', `?callId=${'x'.repeat(129)}`],
  ['a huge one', `?callId=${'x'.repeat(7000)}`],
])('refuses %s in place of a call id, and repeats none of it', async (_what, query) => {
  const answer = await app.get(`${app.url}/api/callTones${query}`, { 'x-functions-key': app.functionKey });
  expect([answer.status, answer.json]).toEqual([
    400,
    expect.objectContaining({
      type: 'urn:problem:invalid-request',
      errors: [{ parameter: 'callId', detail: expect.any(String) as string }],
    }),
  ]);
  expect(answer.text).not.toMatch(/users|xxx|' or/);
});

it('takes the longest id that there may be, and one that is the name of something else', async () => {
  for (const callId of ['x'.repeat(128), 'call', 'outcome', '__proto__', 'constructor', '-', '_'])
    expect((await list(callId)).requests).toEqual([]);
});

it('answers nobody without the key, and no other method', async () => {
  for (const headers of [{}, { 'x-functions-key': 'wrong' }]) {
    const answer = await app.get(`${app.url}/api/callTones?callId=nobody-asked`, headers);
    expect([answer.status, answer.text]).toEqual([401, '']);
  }
  const key = { 'x-functions-key': app.functionKey };
  expect((await app.post(`${app.url}/api/callTones?callId=a`, {}, key)).status).toBe(404);
});
