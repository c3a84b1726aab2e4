// How the local Functions host treats queue messages, with a real app in a real process on a real Azurite.
// Stands over `local/functions-host`; each test has a queue and a host of its own.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { QueueServiceClient, type QueueClient } from '@azure/storage-queue';

import { startAzurite, type Azurite } from '../../../local/azurite';
import { spawnFunctionsHost, type SpawnedFunctionsHost } from '../../../local/functions-host/spawn-functions-host';
import { bareEnvironment, buildApp, until, type BuiltApp } from '../../fixtures/functions-host/build-app';

jest.setTimeout(30_000);

interface Taken {
  entry: unknown;
  triggerMetadata: Record<string, unknown>;
}

let azurite: Azurite;
let service: QueueServiceClient;
const apps: BuiltApp[] = [];
const hosts: SpawnedFunctionsHost[] = [];

beforeAll(async () => {
  azurite = await startAzurite();
  service = QueueServiceClient.fromConnectionString(azurite.connectionString);
}, 35_000);

afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close()));
});

afterAll(async () => {
  await azurite.close();
  await Promise.all(apps.map((app) => app.remove()));
});

interface QueueHost {
  queue: QueueClient;
  host: SpawnedFunctionsHost;
  app: BuiltApp;
  send: (content: unknown) => Promise<unknown>;
  taken: () => Promise<{ taken: Taken[]; mostRunning: number }>;
  /** Resolves when so many runs have begun. */
  takenTimes: (times: number) => Promise<Taken[]>;
  /** Resolves when neither a visible nor a hidden message is left. */
  emptied: () => Promise<unknown>;
}

async function startHost(
  queueName: string,
  queues: object = {},
  settings: Record<string, string> = {},
  createQueue = true,
): Promise<QueueHost> {
  const queue = service.getQueueClient(queueName);
  if (createQueue) await queue.create();
  const app = await buildApp({
    hostJson: { extensions: { queues: { maxPollingInterval: '00:00:00.200', ...queues } } },
  });
  apps.push(app);
  const env = bareEnvironment({ AzureWebJobsStorage: azurite.connectionString, TAKE_QUEUE: queueName, ...settings });
  const host = await spawnFunctionsHost({ appDirectory: app.directory, env, verbose: true });
  hosts.push(host);

  const taken: QueueHost['taken'] = async () =>
    (await (await fetch(`${host.url}/api/taken`)).json()) as { taken: Taken[]; mostRunning: number };
  return {
    queue,
    host,
    app,
    send: (content) => queue.sendMessage(Buffer.from(JSON.stringify(content)).toString('base64')),
    taken,
    takenTimes: (times) =>
      until(async () => {
        const all = (await taken()).taken;
        return all.length >= times && all;
      }),
    emptied: () => until(async () => (await queue.getProperties()).approximateMessagesCount === 0),
  };
}

async function poisonTexts(queueName: string): Promise<string[]> {
  return until(async () => {
    const poison = service.getQueueClient(`${queueName}-poison`);
    if (!(await poison.exists())) return undefined;
    const { peekedMessageItems } = await poison.peekMessages({ numberOfMessages: 32 });
    return peekedMessageItems.length > 0 && peekedMessageItems.map((message) => message.messageText);
  });
}

test('a JSON message arrives parsed, with its metadata, is hidden for ten minutes, and is deleted afterwards', async () => {
  const { send, queue, takenTimes, emptied } = await startHost('parsed');
  const { messageId, popReceipt } = (await send({
    order: 7,
    Paid: true,
    tags: ['a'],
    who: { Name: 'Ann' },
    nothing: null,
  })) as Awaited<ReturnType<QueueClient['sendMessage']>>;

  const [first] = await takenTimes(1);
  expect(first?.entry).toEqual({ order: 7, Paid: true, tags: ['a'], who: { Name: 'Ann' }, nothing: null });
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/) as string;
  expect(first?.triggerMetadata).toEqual({
    queueTrigger: { order: 7, paid: true, tags: ['a'], who: { name: 'Ann' }, nothing: null },
    dequeueCount: 1,
    expirationTime: time,
    id: messageId,
    insertionTime: time,
    nextVisibleTime: time,
    popReceipt: expect.any(String) as string,
    order: 7,
    paid: 'True',
    who: { name: 'Ann' },
  });
  expect(first?.triggerMetadata['popReceipt']).not.toBe(popReceipt);
  const hiddenMs =
    Date.parse(String(first?.triggerMetadata['nextVisibleTime'])) -
    Date.parse(String(first?.triggerMetadata['insertionTime']));
  expect(hiddenMs).toBeGreaterThanOrEqual(599_000);
  expect(hiddenMs).toBeLessThanOrEqual(605_000);
  await emptied();
  expect(await service.getQueueClient(`${queue.name}-poison`).exists()).toBe(false);
});

test('a queue that appears later is found', async () => {
  const { send, queue, takenTimes } = await startHost('appears-later', {}, {}, false);
  await queue.create();
  await send('hello');
  expect((await takenTimes(1))[0]?.entry).toBe('hello');
});

test('a failing message runs maxDequeueCount times, then lies in the poison queue as it was', async () => {
  const { send, queue, takenTimes, taken, emptied, host } = await startHost('failing', { maxDequeueCount: 3 });
  await send({ fail: true });

  expect(await poisonTexts(queue.name)).toEqual([Buffer.from('{"fail":true}').toString('base64')]);
  expect((await takenTimes(3)).map(({ triggerMetadata }) => triggerMetadata['dequeueCount'])).toEqual([1, 2, 3]);
  await emptied();
  expect((await taken()).taken).toHaveLength(3);
  expect(host.lines.filter((line) => /'Functions\.take' \(Failed.*: Error at /.test(line))).toHaveLength(3);
  expect(host.lines.join('\n')).not.toContain('the message is not to my taste');
});

test('a failed message comes again only after visibilityTimeout', async () => {
  const { send, queue, takenTimes } = await startHost('comes-again', {
    maxDequeueCount: 2,
    visibilityTimeout: '00:00:01',
  });
  await send({ fail: true });
  await takenTimes(1);
  const failedAt = Date.now();
  await takenTimes(2);
  expect(Date.now() - failedAt).toBeGreaterThan(500);
  await poisonTexts(queue.name);
});

test('a message that is not base64 goes to the poison queue at once, unseen by the function', async () => {
  const { queue, taken, emptied, host } = await startHost('not-base64');
  await queue.sendMessage('{"pin":"4711"}');
  expect(await poisonTexts(queue.name)).toEqual(['{"pin":"4711"}']);
  await emptied();
  expect((await taken()).taken).toEqual([]);
  expect(host.lines.join('\n')).toContain('Message decoding has failed!');
  expect(host.lines.join('\n')).not.toContain('4711');
});

test('with messageEncoding none the text is taken as it is', async () => {
  const { queue, takenTimes } = await startHost('plain-text', { messageEncoding: 'none' });
  await queue.sendMessage('{"pin":"4711"}');
  expect((await takenTimes(1))[0]?.entry).toEqual({ pin: '4711' });
});

test('a failed message of a poison queue stays hidden instead of running in a loop', async () => {
  const { send, queue, takenTimes, host } = await startHost('orders-poison');
  await send({ fail: true });
  await takenTimes(1);
  await until(() => host.lines.some((line) => line.includes("'Functions.take' (Failed")));
  await send('next');
  expect(await takenTimes(2)).toHaveLength(2);
  await until(async () => (await queue.getProperties()).approximateMessagesCount === 1);
  expect(await service.getQueueClient('orders-poison-poison').exists()).toBe(false);
});

test('no more than batchSize and newBatchThreshold messages run together, and the rest follow', async () => {
  const { send, app, takenTimes, taken, emptied } = await startHost('many', { batchSize: 2, newBatchThreshold: 1 });
  const file = join(app.directory, 'go');
  await Promise.all(Array.from({ length: 8 }, (_, number) => send({ number, file })));
  await takenTimes(2);
  await writeFile(file, '');
  await takenTimes(8);
  expect((await taken()).mostRunning).toBeLessThanOrEqual(3);
  await emptied();
});

test('a message whose host was killed comes again when its visibility ends', async () => {
  const settings = { LOCAL_DEQUEUE_VISIBILITY_SECONDS: '2' };
  const { send, host, app, queue } = await startHost('killed', {}, settings);
  await send({ file: join(app.directory, 'never') });
  await until(() => host.lines.includes('take has started'));
  host.process.kill('SIGKILL');
  await host.close();

  const second = await startHost('killed', {}, settings, false);
  await writeFile(join(app.directory, 'never'), '');
  expect((await second.takenTimes(1))[0]?.triggerMetadata['dequeueCount']).toBe(2);
  await until(async () => (await queue.getProperties()).approximateMessagesCount === 0);
});

test('after SIGTERM the running message is finished and deleted, the next one stays, and the exit code is 0', async () => {
  const { send, host, app, queue } = await startHost('terminated', { batchSize: 1, newBatchThreshold: 0 });
  const file = join(app.directory, 'go');
  await send({ file });
  await until(() => host.lines.includes('take has started'));
  const exitCode = host.close();
  await until(() => host.lines.some((line) => line.includes('Stopping')));
  await send('too late');
  await writeFile(file, '');

  expect(await exitCode).toBe(0);
  const printed = host.lines.filter((line) => /^(take|hook)/.test(line));
  expect(printed).toEqual(['hook appStart', 'take has started', 'take has finished', 'hook appTerminate']);
  const { peekedMessageItems } = await queue.peekMessages({ numberOfMessages: 32 });
  expect(
    peekedMessageItems.map((message) => [Buffer.from(message.messageText, 'base64').toString(), message.dequeueCount]),
  ).toEqual([['"too late"', 0]]);
});

test('the admin route hands its input to a queue function, without a queue', async () => {
  const { host, takenTimes } = await startHost('by-hand');
  const response = await fetch(`${host.url}/admin/functions/Take`, {
    method: 'POST',
    headers: { 'x-functions-key': host.functionKey, 'content-type': 'application/json' },
    body: JSON.stringify({ input: '{"by":"hand"}' }),
  });
  expect(response.status).toBe(202);
  expect(await response.text()).toBe('');
  const [first] = await takenTimes(1);
  expect(first?.entry).toEqual({ by: 'hand' });
  expect(first?.triggerMetadata).toMatchObject({
    dequeueCount: 0,
    by: 'hand',
    nextVisibleTime: '9999-12-31T23:59:59.9999999+00:00',
  });
});
