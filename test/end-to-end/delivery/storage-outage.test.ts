// Storage is down, or a part of it: callers, Graph and probes are told 503, nothing is lost that was acknowledged, nothing is pressed twice.
// A gate stands between the app and Azurite.
import { waitFor } from '../../../local/wait-for';
import { startApp, type AppUnderTest } from '../../support/app-under-test';
import type { Answer } from '../../support/services/http-caller';
import { operationEnded, tonesEnded } from '../../support/notification-bodies';
import { gatesTo, type StorageGates } from '../../support/services/storage-gate';

let app: AppUnderTest;
let gates: StorageGates;
beforeAll(async () => {
  app = await startApp({
    throughGate: async (azurite) => {
      gates = await gatesTo(azurite);
      return gates.connectionString;
    },
  });
});
afterAll(async () => {
  await app.close();
  gates.queue.close();
  gates.table.close();
});
afterEach(() => {
  gates.queue.open();
  gates.table.open();
});

function expectUnavailable(answer: Answer, code = 'storage-unavailable'): void {
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.json).toMatchObject({ type: `urn:problem:${code}`, status: 503 });
  expect(answer.text).not.toMatch(/127\.0\.0\.1|devstoreaccount|AccountKey|\bat \S+:\d+/);
}

const health = () => app.get(`${app.url}/api/health`);

it.each([
  ['the queue', ['queue']],
  ['the table', ['table']],
  ['both', ['queue', 'table']],
] as const)('health names the part that cannot be reached: %s', async (_name, parts) => {
  for (const part of parts) gates[part].shut();
  const answer = await waitFor('health to notice', async () => {
    const seen = await health();
    return (
      seen.status === 503 && parts.every((part) => (seen.json as { detail: string }).detail.includes(part)) && seen
    );
  });
  expectUnavailable(answer, 'unhealthy');
  const { detail } = answer.json as { detail: string };
  expect(['queue', 'table'].filter((part) => detail.includes(part))).toEqual([...parts]);
  const head = await app.send('HEAD', `${app.url}/api/health`);
  expect([head.status, head.text]).toEqual([503, '']);
  gates.queue.open();
  gates.table.open();
  await waitFor('health to recover', async () => (await health()).status === 200);
});

it('answers 503 also while storage takes connections and never answers', async () => {
  gates.table.silence();
  gates.queue.silence();
  const [healthy, accepted, read] = await Promise.all([
    waitFor('health to notice', async () => {
      const seen = await health();
      return seen.status === 503 && seen;
    }),
    app.enqueue({ callId: app.call(), digits: '12', clientContext: 'silent storage' }),
    app.toneOutcome('silent storage'),
  ]);
  expectUnavailable(healthy, 'unhealthy');
  expectUnavailable(accepted);
  expectUnavailable(read);
});

it('answers 503 while the table is down, stores nothing, and takes the same request afterwards', async () => {
  gates.table.shut();
  const body = { callId: app.call(), digits: '12', clientContext: 'table down' };
  expectUnavailable(await app.enqueue(body));
  expectUnavailable(await app.toneOutcome('table down'));
  expectUnavailable(await app.get(`${app.url}/api/toneStatus?clientContext=table+down&token=x`));
  expect(app.simulator.requests({ clientContext: 'table down' })).toHaveLength(0);
  gates.table.open();
  const { outcome, presses } = await app.ending(body);
  expect(outcome.status).toBe('succeeded');
  expect(presses).toHaveLength(1);
});

it('answers 503 while the queue is down; the same request asked for again is pressed once', async () => {
  gates.queue.shut();
  const body = { callId: app.call(), digits: '12', clientContext: 'queue down' };
  expectUnavailable(await app.enqueue(body));
  expectUnavailable(await app.enqueue(body));
  expect((await app.outcomeOf('queue down')).status).toBe('accepted');
  gates.queue.open();
  const { outcome, presses, requests } = await app.ending(body);
  expect(outcome.status).toBe('succeeded');
  expect([requests.length, presses.length]).toEqual([1, 1]);
});

it('expires, unpressed, a request that was answered 503 and that nobody asks for again', async () => {
  gates.queue.shut();
  expectUnavailable(
    await app.enqueue({ callId: app.call(), digits: '12', clientContext: 'not asked again', expiresInSeconds: 1 }),
  );
  gates.queue.open();
  await app.untilStatus({ clientContext: 'not asked again' }, 'expired');
  expect(app.simulator.requests({ clientContext: 'not asked again' })).toHaveLength(0);
});

it('answers a notification with 503 until it can be stored, and believes it then', async () => {
  const callId = app.call({ scenario: 'notification-never' });
  const accepted = await app.accept({ callId });
  await app.untilStatus(accepted, 'running');
  gates.table.shut();
  const body = operationEnded(callId, tonesEnded(accepted.clientContext));
  expectUnavailable(await app.notify(body));
  gates.table.open();
  expect((await app.outcomeOf(accepted.clientContext)).status).toBe('running');
  expect((await app.notify(body)).status).toBe(202);
  expect((await app.untilFinal(accepted)).outcome.status).toBe('succeeded');
});

it('tells the truth about a press during which the table went down', async () => {
  const callId = app.call({ scenario: 'slow', delayMs: 1500 });
  const accepted = await app.accept({ callId });
  await waitFor('the press', () => app.simulator.presses({ callId })[0]);
  gates.table.shut();
  await waitFor('the notification, refused', () =>
    app.simulator.notifications({ callId }).find(({ finished }) => finished),
  );
  gates.table.open();
  // Graph gave up sending: what is known is that it was pressed, and not how it ended.
  expect((await app.rows.outcome(accepted.clientContext))['status']).toMatch(/^(sending|running)$/);
  await app.notify(operationEnded(callId, tonesEnded(accepted.clientContext)));
  // Whether Graph's reply could still be recorded is not certain; its report is.
  expect((await app.outcomeOf(accepted.clientContext)).status).toBe('succeeded');
  expect(app.simulator.requests({ callId })).toHaveLength(1);
});
