// What one successful request costs in storage transactions, counted on the wire between the app and Azurite.
// Idle polling, the creation of containers and the timer's clean-up are aside; a dequeue is counted once a message.
// A run of the timer itself costs two queries of tables and two looks at poison queues: counted here, too.
import { startAzurite, type Azurite } from '../../../local/azurite';
import { spawnFunctionsHost, type SpawnedFunctionsHost } from '../../../local/functions-host/spawn-functions-host';
import { startGraphSimulator, type GraphSimulator } from '../../../local/graph-simulator/server';
import { APP_DIRECTORY, inherited, sampleSettings, settingsFor } from '../../../local/local-stack';
import { waitFor } from '../../../local/wait-for';
import { NO_FAULTS } from '../../chaos/proxy/network-faults';
import { storageThrough, type ProxiedStorage } from '../../chaos/proxy/storage-through';
import { seededRandom } from '../../proof/simulation/seeded-random';

jest.setTimeout(90_000);

const REQUESTS = 10;

let azurite: Azurite;
let simulator: GraphSimulator;
let storage: ProxiedStorage;
let host: SpawnedFunctionsHost;

beforeAll(async () => {
  azurite = await startAzurite();
  simulator = await startGraphSimulator({ port: 0 });
  storage = await storageThrough(azurite, { random: seededRandom(1), rates: NO_FAULTS });
  const env = {
    ...inherited(),
    ...sampleSettings(),
    ...settingsFor({ connectionString: storage.connectionString }, simulator),
  };
  host = await spawnFunctionsHost({ appDirectory: APP_DIRECTORY, env });
  // The first request of an instance also makes or reads the key of the fingerprints.
  await succeed('warm-up', 'warm-up-call');
});

afterAll(async () => {
  await host?.close();
  await storage?.close();
  await simulator?.close();
  await azurite?.close();
});

async function succeed(clientContext: string, callId: string): Promise<void> {
  // Tones that sound for a while: the notification comes after the reply was recorded, as it does in a real call.
  simulator.putCall(callId, { callbackUrl: `${host.url}/api/callNotifications`, maxToneTimeMs: 400 });
  const response = await fetch(`${host.url}/api/enqueueTones`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'x-functions-key': host.functionKey },
    body: JSON.stringify({ clientContext, callId, digits: '12', delayBetweenTonesMs: 200 }),
  });
  expect(response.status).toBe(202);
  await waitFor('the notification', () => simulator.notifications({ clientContext }).some((sent) => sent.delivered));
}

/** Just after a run of the timer there are almost 30 seconds in which it does not run. */
async function afterTimerRun(): Promise<void> {
  const before = queries();
  await waitFor('a run of the timer', () => queries() >= before + 2, { limitMs: 40_000 });
}

const queries = () => storage.table.requests.filter(({ operation }) => operation === 'table query').length;

/** At the two poison queues, for messages that the host skips; nothing else of the app looks without taking. */
const looks = () =>
  storage.queue.requests.filter(({ target }) => target.includes('-poison/') && target.includes('peekonly=true')).length;

async function countedDuring(work: () => Promise<void>): Promise<Record<string, number>> {
  const [fromQueue, fromTable] = [storage.queue.requests.length, storage.table.requests.length];
  await work();
  const counts: Record<string, number> = {};
  for (const { operation } of [
    ...storage.queue.requests.slice(fromQueue),
    ...storage.table.requests.slice(fromTable),
  ]) {
    if (operation !== 'queue get') counts[operation] = (counts[operation] ?? 0) + 1;
  }
  return counts;
}

test('a request costs nine transactions, and two for the order of its call; three from the second request of a call on', async () => {
  await afterTimerRun();
  // Every run of the timer: two queries, of what is open and of what is old, and a look at each poison queue between them.
  expect(looks()).toBe(queries());
  const first = await countedDuring(async () => {
    for (let position = 0; position < REQUESTS; position += 1) await succeed(`first-${position}`, `call-${position}`);
  });
  // Index entry; outcome; message in, (out,) deleted; claim; running; the notification's read and write. For the order: the call's row.
  expect(first).toEqual({
    'table upsert': REQUESTS,
    'table insert': 2 * REQUESTS,
    'queue put': REQUESTS,
    'queue delete': REQUESTS,
    'table merge': 3 * REQUESTS,
    'table get': 2 * REQUESTS,
  });
  const later = await countedDuring(async () => {
    for (let position = 0; position < REQUESTS; position += 1) await succeed(`later-${position}`, `call-${position}`);
  });
  // For the order: the call's row read and written, and the row of the request before it.
  expect(later).toEqual({
    'table upsert': REQUESTS,
    'table insert': REQUESTS,
    'queue put': REQUESTS,
    'queue delete': REQUESTS,
    'table merge': 4 * REQUESTS,
    'table get': 3 * REQUESTS,
  });
});

test('a cancellation costs a read and a write, the next one a read; a list a read of the call and one of each request', async () => {
  const ask = async (method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
    const response = await fetch(`${host.url}/api/${path}`, {
      method,
      headers: { 'Content-Type': 'application/json', 'x-functions-key': host.functionKey, ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, json: await response.json() };
  };
  await afterTimerRun();
  const deletes = () => storage.queue.requests.filter(({ operation }) => operation === 'queue delete').length;
  const before = deletes();
  // Its message comes once, and is put off for 16 seconds: nobody else looks at the row meanwhile.
  const paused = { clientContext: 'paused', callId: 'call-0', digits: ',,,,,,,,1' };
  expect((await ask('POST', 'enqueueTones', paused)).status).toBe(202);
  await waitFor('its message to be put off', () => deletes() > before);

  const listed = await countedDuring(async () => {
    const { json } = await ask('GET', 'callTones?callId=call-0');
    expect((json as { requests: object[] }).requests).toMatchObject([
      { clientContext: 'paused', waitingFor: 'pause' },
      { clientContext: 'later-0' },
      { clientContext: 'first-0' },
    ]);
  });
  expect(listed).toEqual({ 'table get': 4 });

  const waited = await countedDuring(async () => {
    const { status } = await ask('POST', 'cancelTones', { clientContext: 'first-0' }, { Prefer: 'wait=5' });
    expect(status).toBe(200);
  });
  // It had ended: nothing is waited for.
  expect(waited).toEqual({ 'table get': 1 });

  const canceled = await countedDuring(async () => {
    const { json } = await ask('POST', 'cancelTones', { clientContext: 'paused' });
    expect(json).toMatchObject({ status: 'canceled' });
  });
  expect(canceled).toEqual({ 'table get': 1, 'table merge': 1 });
  const again = await countedDuring(async () => {
    await ask('POST', 'cancelTones', { clientContext: 'paused' });
  });
  expect(again).toEqual({ 'table get': 1 });
});
