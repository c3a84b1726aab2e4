// Prefer: wait=N against the built app: the end comes in one request, or after N seconds the answer as it would have been; whoever goes
// away costs nothing more.
// What is read for a waiting caller is counted on the wire between the app and Azurite.
import { request as httpRequest } from 'node:http';
import { waitFor } from '../../../local/wait-for';
import { storageThrough, type ProxiedStorage } from '../../chaos/proxy/storage-through';
import { NO_FAULTS } from '../../chaos/proxy/network-faults';
import { seededRandom } from '../../proof/simulation/seeded-random';
import { startApp, type AcceptedRequest, type AppUnderTest } from '../../support/app-under-test';
import { operationEnded, tonesEnded } from '../../support/notification-bodies';
import type { Answer } from '../../support/services/http-caller';

let app: AppUnderTest;
let storage: ProxiedStorage;
beforeAll(async () => {
  app = await startApp({
    // Its timer reads every open row: it would be counted among the looks.
    settings: { 'AzureWebJobs.closeOverdueOutcomes.Disabled': 'true' },
    throughGate: async (azurite) => {
      storage = await storageThrough(azurite, { random: seededRandom(1), rates: NO_FAULTS });
      return storage.connectionString;
    },
  });
});
afterAll(async () => {
  await app.close();
  await storage.close();
});

const HELD = { scenario: 'notification-never' } as const;
const WAIT = { Prefer: 'wait=20' };
const seen = ({ status, headers, json }: Answer) => [
  status,
  headers.get('preference-applied'),
  headers.get('location') !== null,
  (json as { status: string }).status,
];
const looksAt = (clientContext: string) =>
  storage.table.requests.filter(
    ({ operation, target }) => operation === 'table get' && decodeURIComponent(target).includes(`'${clientContext}'`),
  ).length;

/** A request that Graph plays, and whose end is reported when the test says so. */
async function held(clientContext: string, digits = '12'): Promise<AcceptedRequest & { end: () => Promise<unknown> }> {
  const callId = app.call(HELD);
  const accepted = await app.accept({ callId, clientContext, digits });
  await app.untilStatus(accepted, 'running');
  return { ...accepted, end: () => app.notify(operationEnded(callId, tonesEnded(clientContext))) };
}

/** The request is waited for: the row was looked at more often than by one answer. */
async function isWaitedFor(clientContext: string, before: number): Promise<void> {
  await waitFor(`looks at ${clientContext}`, () => looksAt(clientContext) >= before + 3);
}

it('enqueueTones answers 200 with the final outcome', async () => {
  const answer = await app.enqueue({ callId: app.call(), digits: '12', clientContext: 'asked and waited' }, WAIT);
  expect(seen(answer)).toEqual([200, 'wait=20', false, 'succeeded']);
  expect(answer.json).toMatchObject({ clientContext: 'asked and waited', playedToneCount: 2 });
  const again = await app.enqueue({ callId: 'another', digits: '12', clientContext: 'asked and waited' }, WAIT);
  expect([again.status, again.headers.get('preference-applied')]).toEqual([409, null]);
});

it('answers 202, as without, when the seconds are over', async () => {
  const callId = app.call(HELD);
  const answer = await app.enqueue({ callId, digits: '12', clientContext: 'too long' }, { Prefer: 'wait=1' });
  expect(seen(answer)).toEqual([202, 'wait=1', true, expect.stringMatching(/^(accepted|sending|running)$/)]);
  expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  await app.untilStatus({ clientContext: 'too long' }, 'running');
  const outcome = await app.toneOutcome('too long', { Prefer: 'wait=1' });
  expect(seen(outcome)).toEqual([200, 'wait=1', false, 'running']);
  expect(outcome.json).toMatchObject({ waitingFor: 'graph-report' });
});

it('toneOutcome, toneStatus and cancelTones wait for the same end, each with as many looks as are stated', async () => {
  const request = await held('waited for by three', '12w3');
  const before = looksAt('waited for by three');
  const waiting = [
    app.toneOutcome('waited for by three', WAIT),
    app.get(request.location, WAIT),
    app.cancelTones('waited for by three', WAIT),
  ];
  await isWaitedFor('waited for by three', before + 3);
  await request.end();
  const answers = await Promise.all(waiting);
  expect(answers.map(seen)).toEqual(answers.map(() => [200, 'wait=20', false, 'canceled']));
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
});

it('has the seconds as limit of its looks: six for one second, the first one included', async () => {
  await held('counted');
  const before = looksAt('counted');
  await app.toneOutcome('counted', { Prefer: 'wait=1' });
  // A busy machine looks later, and so more rarely.
  expect(looksAt('counted') - before).toBeGreaterThanOrEqual(2);
  expect(looksAt('counted') - before).toBeLessThanOrEqual(6);
});

it.each(['wait', 'wait=soon', 'wait=-1', 'wait=0', 'respond-async', 'wait=1.5, wait=20'])(
  'ignores %p, and answers at once as ever',
  async (prefer) => {
    const clientContext = `ignored ${prefer}`;
    const headers = { Prefer: prefer };
    const answer = await app.enqueue({ callId: app.call(HELD), digits: '12', clientContext }, headers);
    expect([answer.status, answer.headers.get('preference-applied')]).toEqual([202, null]);
  },
);

it('takes it among other preferences, in quotes, in other case', async () => {
  const request = await held('other spelling');
  await request.end();
  const answer = await app.toneOutcome('other spelling', { prefer: 'respond-async; x="a, wait=0", WAIT = "90"; y=1' });
  expect(seen(answer)).toEqual([200, 'wait=30', false, 'succeeded']);
});

it('keeps nobody waiting who is refused', async () => {
  const refused = [
    await app.enqueue({ callId: 'a/b', digits: '' }, WAIT),
    await app.toneOutcome('never made', WAIT),
    await app.cancelTones('never made', WAIT),
    await app.get(`${app.url}/api/toneStatus?clientContext=counted&token=wrong`, WAIT),
    await app.get(`${app.url}/api/toneOutcome?clientContext=counted`, WAIT),
  ];
  expect(refused.map(({ status, headers }) => [status, headers.get('preference-applied')])).toEqual([
    [400, null],
    [404, null],
    [404, null],
    [404, null],
    [401, null],
  ]);
});

it('answers a hundred callers who wait for one request, when it ends', async () => {
  const request = await held('awaited by many');
  const before = looksAt('awaited by many');
  const waiting = Array.from({ length: 100 }, () => app.toneOutcome('awaited by many', WAIT));
  await isWaitedFor('awaited by many', before + 100);
  await request.end();
  const answers = await Promise.all(waiting);
  expect(new Set(answers.map((answer) => seen(answer).join()))).toEqual(new Set(['200,wait=20,false,succeeded']));
});

it('presses others meanwhile', async () => {
  const request = await held('awaited meanwhile');
  const before = looksAt('awaited meanwhile');
  const waiting = app.get(request.location, WAIT);
  await isWaitedFor('awaited meanwhile', before);
  expect((await app.ending({})).outcome.status).toBe('succeeded');
  await request.end();
  expect(seen(await waiting)).toEqual([200, 'wait=20', false, 'succeeded']);
});

it('looks no more for a caller who went away', async () => {
  await held('left alone');
  await held('not left alone');
  const before = looksAt('left alone');
  const headers = { 'x-functions-key': app.functionKey, Prefer: 'wait=30' };
  const asked = httpRequest(`${app.url}/api/toneOutcome?clientContext=left%20alone`, { headers, agent: false });
  asked.on('error', () => undefined).end();
  await isWaitedFor('left alone', before);
  asked.destroy();
  // Those that were on the way come to an end; then two waits of others see none.
  await app.toneOutcome('not left alone', { Prefer: 'wait=2' });
  const after = looksAt('left alone');
  expect(seen(await app.toneOutcome('not left alone', { Prefer: 'wait=3' }))).toEqual([
    200,
    'wait=3',
    false,
    'running',
  ]);
  expect(looksAt('left alone')).toBe(after);
});
