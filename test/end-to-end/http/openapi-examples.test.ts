// Every example of the OpenAPI document is sent to the running app, and every answer is held against what the document declares for its status:
// schema, headers, media type, and the example that bears the same name. The connector's paths, too.
import { CALL_ID } from '../../../openapi/texts/example-values';
import { CONNECTOR_FILE, resolved, type Json, type NamedExample } from '../../support/documents/api-documents';
import { startApp, type AppUnderTest } from '../../support/app-under-test';
import { operationsOf, type Definition } from '../../support/documents/connector-definition';
import {
  bodiesOf,
  describedProblems,
  document,
  expectDeclared,
  operationNamed,
  statusOf,
} from '../../support/documents/declared-answers';
import type { Answer } from '../../support/services/http-caller';
import { readJsonFile } from '../../support/documents/repository';
import { gatesTo, type StorageGates } from '../../support/services/storage-gate';

const seenProblems = new Set<string>();

describe('with everything at hand', () => {
  let app: AppUnderTest;
  let key: Record<string, string>;
  const locations = new Map<string, string>();

  beforeAll(async () => {
    // Nobody listens on port 9.
    app = await startApp({ settings: { NOTIFICATION_RECEIVERS: 'closed=http://127.0.0.1:9/' } });
    key = { 'x-functions-key': app.functionKey };
    // order-44 stays open: its callback leads to a host that is not ours.
    app.simulator.putCall(CALL_ID, {
      callbackUrl: app.callbackUrl,
      byClientContext: { 'order-44': { scenario: 'notification-never' }, 'order-45': { scenario: 'call-gone' } },
    });
    await app.accept({ callId: CALL_ID, clientContext: 'order-45', digits: '42#' });
    await app.untilStatus({ clientContext: 'order-45' }, 'failed');
  });
  afterAll(() => app.close());

  const ask = (operationId: string, body: unknown, headers: Record<string, string> = {}) =>
    app.post(`${app.url}${operationNamed(operationId).path}`, body, { ...key, ...headers });

  it('enqueueTones takes each example as its answer says', async () => {
    for (const [name, { value }] of bodiesOf('enqueueTones')) {
      const answer = await ask('enqueueTones', value);
      expect([name, answer.status]).toEqual([name, statusOf('enqueueTones', name)]);
      expectDeclared('enqueueTones', answer, name);
      locations.set(name, answer.headers.get('location') ?? '');
    }
    await app.untilStatus({ clientContext: 'order-42' }, 'succeeded');
  });

  it('toneOutcome finds each example', async () => {
    const examples = resolved(document, '#/components/parameters/clientContext')['examples'] as Record<
      string,
      NamedExample
    >;
    expect(Object.keys(examples)).toEqual(['succeeded', 'failed']);
    for (const [name, { value }] of Object.entries(examples)) {
      const answer = await app.toneOutcome(String(value));
      expect([name, answer.status]).toEqual([name, 200]);
      expectDeclared('toneOutcome', answer, name);
    }
  });

  it('toneStatus answers the Location of the examples: final, and pending', async () => {
    const final = await app.get(locations.get('digits') ?? '');
    expect(final.status).toBe(200);
    expectDeclared('toneStatus', final, 'succeeded');
    await app.untilStatus({ clientContext: 'order-44' }, 'running');
    const pending = await app.get(locations.get('callback') ?? '');
    expect(pending.status).toBe(202);
    expectDeclared(
      'toneStatus',
      { ...pending, json: { ...(pending.json as Json), clientContext: 'order-42' } },
      'running',
    );
  });

  it('cancelTones takes its example: the request waits behind order-46, says so, and is then pressed never', async () => {
    await app.accept({ callId: CALL_ID, clientContext: 'order-47', digits: '42#' });
    expectDeclared('toneOutcome', await app.toneOutcome('order-47'), 'waiting');
    for (const [name, { value }] of bodiesOf('cancelTones')) {
      const answer = await ask('cancelTones', value);
      expect([name, answer.status]).toEqual([name, statusOf('cancelTones', name)]);
      expectDeclared('cancelTones', answer, name);
    }
  });

  it('cancelTones answers 202 for what Graph is playing, as declared', async () => {
    await app.untilStatus({ clientContext: 'order-44' }, 'running');
    const answer = await ask('cancelTones', { clientContext: 'order-44' });
    expect(answer.status).toBe(202);
    expectDeclared(
      'cancelTones',
      { ...answer, json: { ...(answer.json as Json), clientContext: 'order-42' } },
      'running',
    );
  });

  it('callTones lists each example, and what waits and what ended in it', async () => {
    const examples = resolved(document, '#/components/parameters/callId')['examples'] as Record<string, NamedExample>;
    expect(Object.keys(examples)).toEqual(['list', 'empty']);
    const list = async (callId: unknown) => app.get(`${app.url}/api/callTones?callId=${String(callId)}`, key);
    expectDeclared('callTones', await list(examples['empty']?.value), 'empty');
    const answer = await list(examples['list']?.value);
    expectDeclared('callTones', answer);
    const { requests } = answer.json as { requests: { clientContext: string; status: string }[] };
    expect(requests[0]).toMatchObject({ clientContext: 'order-47', status: 'canceled' });
    expect(requests.find(({ clientContext }) => clientContext === 'order-42')).toMatchObject({ status: 'succeeded' });
  });

  it('an answer that waited says so, as declared', async () => {
    const url = `${app.url}/api/toneOutcome?clientContext=order-42`;
    const waited = await app.get(url, { ...key, Prefer: 'wait=1' });
    expect(waited.headers.get('preference-applied')).toBe('wait=1');
    expectDeclared('toneOutcome', waited, 'succeeded');
    const body = bodiesOf('enqueueTones').find(([name]) => name === 'digits')?.[1].value;
    const repeated = await ask('enqueueTones', body, { Prefer: 'wait=1' });
    expect([repeated.status, repeated.headers.get('preference-applied')]).toEqual([200, 'wait=1']);
    expectDeclared('enqueueTones', repeated, 'succeeded');
  });

  it.each(
    operationsOf(readJsonFile<Definition>(CONNECTOR_FILE)).map(
      ({ path, method, operation }) => [String(operation['operationId']), method.toUpperCase(), path] as const,
    ),
  )('the path of the connector’s %s (%s %s) reaches its function', async (operationId, method, path) => {
    const url = `${app.url}/api${path}`;
    const body = { callId: CALL_ID, digits: '42#', clientContext: 'order-42', delayBetweenTonesMs: 300 };
    const sent: Readonly<Record<string, () => Promise<Answer>>> = {
      SendTones: () => app.send(method, url, JSON.stringify(body), { ...key, 'Content-Type': 'application/json' }),
      SendTonesAndWait: () =>
        app.send(
          method,
          url,
          JSON.stringify(bodiesOf('enqueueTones').find(([name]) => name === 'callback')?.[1].value),
          { ...key, 'Content-Type': 'application/json' },
        ),
      GetOutcome: () => app.send(method, `${url}?clientContext=order-42`, undefined, key),
      GetStatus: () => app.send(method, `${url}${new URL(locations.get('digits') ?? '').search}`),
      CancelTones: () =>
        app.send(method, url, JSON.stringify({ clientContext: 'order-42' }), {
          ...key,
          'Content-Type': 'application/json',
        }),
      ListTones: () => app.send(method, `${url}?callId=${CALL_ID}`, undefined, key),
      ForgetCallback: () =>
        app.send(method, url, JSON.stringify({ clientContext: 'order-42' }), {
          ...key,
          'Content-Type': 'application/json',
        }),
    };
    const statuses = {
      SendTones: 202,
      SendTonesAndWait: 200,
      GetOutcome: 200,
      GetStatus: 200,
      CancelTones: 200,
      ListTones: 200,
      ForgetCallback: 204,
    };
    expect((await sent[operationId]?.())?.status).toBe(statuses[operationId as keyof typeof statuses]);
  });

  it('forgetCallback and callNotifications take each example, health answers GET and HEAD', async () => {
    for (const [name, { value }] of bodiesOf('forgetCallback')) {
      const answer = await ask('forgetCallback', value);
      expect([name, answer.status]).toEqual([name, 204]);
      expectDeclared('forgetCallback', answer);
    }
    for (const [name, { value }] of bodiesOf('callNotifications')) {
      const answer = await app.notify(value);
      expect([name, answer.status]).toEqual([name, 202]);
      expectDeclared('callNotifications', answer);
    }
    expectDeclared('health', await app.get(`${app.url}/api/health`), 'ok');
    expectDeclared('healthHead', await app.send('HEAD', `${app.url}/api/health`));
  });

  const TOO_LARGE = 'x'.repeat(300_000);
  it.each<readonly [string, string, () => Promise<Answer>]>([
    ['enqueueTones', 'invalid-request', () => ask('enqueueTones', { callId: 'a/b' })],
    ['enqueueTones', 'malformed-json', () => ask('enqueueTones', 'no JSON')],
    [
      'enqueueTones',
      'client-context-reused',
      () => ask('enqueueTones', { callId: CALL_ID, digits: '1', clientContext: 'order-42' }),
    ],
    ['enqueueTones', 'body-too-large', () => ask('enqueueTones', TOO_LARGE)],
    ['enqueueTones', 'unsupported-media-type', () => ask('enqueueTones', 'x', { 'Content-Type': 'text/plain' })],
    ['toneOutcome', 'invalid-request', () => app.toneOutcome('')],
    ['toneOutcome', 'not-found', () => app.toneOutcome('never made')],
    ['toneStatus', 'not-found', () => app.get(`${app.url}/api/toneStatus?clientContext=order-42&token=wrong`)],
    ['cancelTones', 'invalid-request', () => ask('cancelTones', { clientContext: '' })],
    ['cancelTones', 'malformed-json', () => ask('cancelTones', 'no JSON')],
    ['cancelTones', 'not-found', () => ask('cancelTones', { clientContext: 'never made' })],
    ['cancelTones', 'body-too-large', () => ask('cancelTones', TOO_LARGE)],
    ['cancelTones', 'unsupported-media-type', () => ask('cancelTones', 'x', { 'Content-Type': 'text/plain' })],
    ['callTones', 'invalid-request', () => app.get(`${app.url}/api/callTones?callId=a%2Fb`, key)],
    ['forgetCallback', 'invalid-request', () => ask('forgetCallback', { clientContext: '' })],
    ['forgetCallback', 'malformed-json', () => ask('forgetCallback', 'no JSON')],
    ['forgetCallback', 'body-too-large', () => ask('forgetCallback', TOO_LARGE)],
    ['forgetCallback', 'unsupported-media-type', () => ask('forgetCallback', 'x', { 'Content-Type': 'text/plain' })],
    ['callNotifications', 'malformed-notification', () => app.notify({})],
    ['callNotifications', 'unauthenticated', () => app.notify({}, 'Bearer wrong')],
    ['callNotifications', 'body-too-large', () => app.notify(TOO_LARGE)],
    ['callNotifications', 'receiver-unknown', () => app.notify({ value: [] }, undefined, '?to=nobody')],
    ['callNotifications', 'receiver-failed', () => app.notify({ value: [] }, undefined, '?to=closed')],
  ])('%s answers the example of %s', async (operationId, code, send) => {
    expectDeclared(operationId, await send(), code);
    seenProblems.add(`${operationId} ${code}`);
  });

  it.each(['enqueueTones', 'toneOutcome', 'cancelTones', 'callTones', 'forgetCallback'])(
    '%s is answered by the host with an empty 401 where there is no key, as the document says',
    async (operationId) => {
      const { path, method, operation } = operationNamed(operationId);
      const answer = await app.send(method, `${app.url}${path}`);
      expect([answer.status, answer.text]).toEqual([401, '']);
      expect(operation.responses['401']?.description).toContain('the Functions host answers with an empty body');
    },
  );
});

describe('with storage and signing keys out of reach, and App Service Authentication in the place of keys', () => {
  let app: AppUnderTest;
  let gates: StorageGates;
  const principal = { 'x-ms-client-principal-id': 'somebody' };

  beforeAll(async () => {
    app = await startApp({
      // Nobody listens on port 9; only the older tokens depend on it.
      settings: {
        HTTP_AUTH_LEVEL: 'anonymous',
        WEBSITE_AUTH_ENABLED: 'True',
        NOTIFICATION_METADATA_URL: 'http://127.0.0.1:9/none',
      },
      throughGate: async (azurite) => {
        gates = await gatesTo(azurite);
        return gates.connectionString;
      },
    });
    gates.table.shut();
  });
  afterAll(async () => {
    gates.table.open();
    await app.close();
    gates.queue.close();
    gates.table.close();
  });

  const ask = (operationId: string, body: unknown, headers: Record<string, string> = {}) =>
    app.post(`${app.url}${operationNamed(operationId).path}`, body, headers);
  const tokenOf = async (kind: 'calling-service' | 'entra-v2') => `Bearer ${await app.simulator.mintToken({ kind })}`;
  const notification = () => bodiesOf('callNotifications')[0]?.[1].value;

  it.each<readonly [string, string, () => Promise<Answer>]>([
    ['enqueueTones', 'unauthenticated', () => ask('enqueueTones', {})],
    ['toneOutcome', 'unauthenticated', () => app.get(`${app.url}/api/toneOutcome?clientContext=x`)],
    ['cancelTones', 'unauthenticated', () => ask('cancelTones', {})],
    ['callTones', 'unauthenticated', () => app.get(`${app.url}/api/callTones?callId=x`)],
    ['forgetCallback', 'unauthenticated', () => ask('forgetCallback', {})],
    ['enqueueTones', 'storage-unavailable', () => ask('enqueueTones', { callId: CALL_ID, digits: '1' }, principal)],
    ['toneOutcome', 'storage-unavailable', () => app.get(`${app.url}/api/toneOutcome?clientContext=x`, principal)],
    ['toneStatus', 'storage-unavailable', () => app.get(`${app.url}/api/toneStatus?clientContext=x&token=y`)],
    ['cancelTones', 'storage-unavailable', () => ask('cancelTones', { clientContext: 'x' }, principal)],
    ['callTones', 'storage-unavailable', () => app.get(`${app.url}/api/callTones?callId=x`, principal)],
    ['forgetCallback', 'storage-unavailable', () => ask('forgetCallback', { clientContext: 'x' }, principal)],
    ['callNotifications', 'storage-unavailable', async () => app.notify(notification(), await tokenOf('entra-v2'))],
    [
      'callNotifications',
      'signing-keys-unavailable',
      async () => app.notify(notification(), await tokenOf('calling-service')),
    ],
    ['health', 'unhealthy', () => app.get(`${app.url}/api/health`)],
  ])('%s answers the example of %s', async (operationId, code, send) => {
    expectDeclared(operationId, await send(), code);
    seenProblems.add(`${operationId} ${code}`);
  });

  it('HEAD of health says the same without a body', async () => {
    const answer = await app.send('HEAD', `${app.url}/api/health`);
    expect(answer.status).toBe(503);
    expectDeclared('healthHead', answer);
  });
});

test('no example of a problem is left out', () => {
  expect([...seenProblems].sort()).toEqual(describedProblems().sort());
});

test('an answer that is not as declared is noticed', () => {
  const outcome = { clientContext: 'order-42', callId: CALL_ID, status: 'succeeded' };
  const answer = (json: unknown, status = 200, headers: Record<string, string> = {}): Answer => ({
    status,
    json,
    text: JSON.stringify(json),
    headers: new Headers({ 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers }),
  });
  expect(() => expectDeclared('toneOutcome', answer(outcome))).not.toThrow();
  const wrong = [
    answer({ ...outcome, status: 'done' }),
    answer({ ...outcome, tones: ['a'] }),
    answer({}),
    answer(outcome, 201),
    answer(outcome, 200, { 'Content-Type': 'text/plain' }),
  ];
  for (const each of wrong) expect(() => expectDeclared('toneOutcome', each)).toThrow();
  expect(() => expectDeclared('toneStatus', answer(outcome, 202))).toThrow();
  expect(() => expectDeclared('toneOutcome', answer(outcome), 'succeeded')).toThrow();
});
