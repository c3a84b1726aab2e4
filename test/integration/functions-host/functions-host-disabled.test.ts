// How the local Functions host leaves out functions that an app setting disables: an app is split over two instances, as Azure splits it.
// Stands over `local/functions-host`, with a real app in real processes on a real Azurite.

import { QueueClient } from '@azure/storage-queue';

import { startAzurite, type Azurite } from '../../../local/azurite';
import { spawnFunctionsHost, type SpawnedFunctionsHost } from '../../../local/functions-host/spawn-functions-host';
import { bareEnvironment, buildApp, until, type BuiltApp } from '../../fixtures/functions-host/build-app';

jest.setTimeout(30_000);

let azurite: Azurite;
let app: BuiltApp;
let queue: QueueClient;
const hosts: SpawnedFunctionsHost[] = [];

beforeAll(async () => {
  azurite = await startAzurite();
  queue = new QueueClient(azurite.connectionString, 'split');
  await queue.create();
  app = await buildApp({ hostJson: { extensions: { queues: { maxPollingInterval: '00:00:00.100' } } } });
}, 35_000);

afterAll(async () => {
  await Promise.all(hosts.map((host) => host.close()));
  await azurite.close();
  await app.remove();
});

async function start(settings: Record<string, string>): Promise<SpawnedFunctionsHost> {
  const env = bareEnvironment({
    AzureWebJobsStorage: azurite.connectionString,
    TAKE_QUEUE: 'split',
    RARELY: '0 0 0 29 2 *',
    SLOWLY_FILE: app.directory,
    ...settings,
  });
  const host = await spawnFunctionsHost({ appDirectory: app.directory, env });
  hosts.push(host);
  return host;
}

async function takenBy({ url }: SpawnedFunctionsHost, name: string): Promise<unknown[]> {
  const { taken } = (await (await fetch(`${url}/api/taken`)).json()) as {
    taken: { function: string; entry: unknown }[];
  };
  return taken.filter((run) => run.function === name).map((run) => run.entry);
}

function runByHand({ url, functionKey }: SpawnedFunctionsHost, name: string, input: string): Promise<Response> {
  const headers = { 'x-functions-key': functionKey, 'content-type': 'application/json' };
  return fetch(`${url}/admin/functions/${name}`, { method: 'POST', headers, body: JSON.stringify({ input }) });
}

test('a disabled function is not triggered by its queue, schedule or route; the admin route still runs it, and another instance does its work', async () => {
  const http = await start({
    'AzureWebJobs.take.Disabled': 'true',
    AzureWebJobs_everySecond_Disabled: '1',
    'AzureWebJobs.atStart.Disabled': 'True',
    'AzureWebJobs.keyed.Disabled': 'false',
  });
  await queue.sendMessage(Buffer.from('"from the queue"').toString('base64'));

  expect((await runByHand(http, 'take', '"by hand"')).status).toBe(202);
  expect(await until(async () => (await takenBy(http, 'take')).length > 0 && takenBy(http, 'take'))).toEqual([
    'by hand',
  ]);
  expect((await runByHand(http, 'atStart', '')).status).toBe(202);
  expect(await until(async () => (await takenBy(http, 'atStart')).length)).toBe(1);
  expect((await fetch(`${http.url}/api/keyed?code=${http.functionKey}`)).status).toBe(200);

  const worker = await start({ 'AzureWebJobs.keyed.Disabled': 'true' });
  expect((await fetch(`${worker.url}/api/keyed?code=${worker.functionKey}`)).status).toBe(404);
  await until(async () => (await takenBy(worker, 'everySecond')).length >= 2);
  expect(await takenBy(worker, 'take')).toEqual(['from the queue']);
  expect(await takenBy(http, 'take')).toEqual(['by hand']);
  expect(await takenBy(http, 'everySecond')).toEqual([]);
});
