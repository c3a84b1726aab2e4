// `npm start`: its options, and `--no-host`: what surrounds an app that something else runs on the sample settings (Core Tools, a debugger).
// Core Tools are not needed here: the local host reads the same local.settings.json in a directory of its own, and gets nothing else.
import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnFunctionsHost } from '../../../local/functions-host/spawn-functions-host';
import { inherited, sampleSettings } from '../../../local/local-stack';
import { takenPorts } from '../../../local/taken-ports';
import { waitFor } from '../../../local/wait-for';
import { ROOT } from '../../support/documents/repository';
import { runScript, startReadmeStack, type RunningScript } from '../../support/readme-stack';
import { startNotificationReceiver } from '../../support/services/notification-receiver';

jest.setTimeout(120_000);

const READY = 'Ctrl+C ends everything.';
const STORAGE_PORTS = [10_000, 10_001, 10_002];
const ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function start(...args: string[]): Promise<RunningScript> {
  const running = runScript('local/start.ts', args);
  ends.push(() => running.stop());
  let code: number | null | undefined;
  void running.ended.then((ended) => (code = ended));
  await waitFor('npm start, ready or ended', () => running.lines.includes(READY) || code !== undefined);
  return running;
}

function printed({ lines }: RunningScript, pattern: RegExp): string {
  return lines.map((line) => pattern.exec(line)?.[1]).find((found) => found !== undefined) ?? '';
}

/** `"NAME": "value"` as printed for a local.settings.json. */
function changesOf({ lines }: RunningScript): Record<string, string> {
  return JSON.parse(`{${lines.filter((line) => /^ {2}"\w+": ".*"$/.test(line)).join(',')}}`) as Record<string, string>;
}

/** A server on a port of the loopback, until the test ends. */
async function occupy(port = 0): Promise<number> {
  // Who connects is let go, so that the server can close.
  const server = createServer((socket) => socket.destroy()).listen(port, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => new Promise((resolve) => server.close(resolve)));
  return (server.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The built app in a directory of its own, as it would be cloned and built, with these values in its local.settings.json. */
function cloneWith(Values: Record<string, string>): string {
  const directory = mkdtempSync(join(tmpdir(), 'npm-start-'));
  ends.push(() => rmSync(directory, { recursive: true }));
  for (const file of ['package.json', 'host.json']) cpSync(join(ROOT, file), join(directory, file));
  symlinkSync(join(ROOT, 'dist'), join(directory, 'dist'));
  writeFileSync(join(directory, 'local.settings.json'), JSON.stringify({ IsEncrypted: false, Values }));
  return directory;
}

test('an app on the sample settings works beside the surroundings: one press, one notification, one row', async () => {
  const port = await freePort();
  // Whoever develops here may have the fixed ports in use; then the printed changes must lead to the free ones.
  const storageTaken = (await takenPorts(STORAGE_PORTS)).length > 0;
  const simulatorTaken = (await takenPorts([7072])).length > 0;
  const simulatorPort = simulatorTaken ? ['--simulator-port', '0'] : [];
  const surroundings = await start('--no-host', '--port', String(port), ...simulatorPort);
  const changes = changesOf(surroundings);
  expect(surroundings.lines.includes('which fits as it is:')).toBe(!storageTaken && !simulatorTaken);
  expect(Object.keys(changes)).toEqual([
    ...(storageTaken ? ['AzureWebJobsStorage'] : []),
    ...(simulatorTaken
      ? ['GRAPH_BASE_URL', 'NOTIFICATION_METADATA_URL', 'NOTIFICATION_ENTRA_METADATA_URL', 'IDENTITY_ENDPOINT']
      : []),
  ]);

  const appDirectory = cloneWith({ ...sampleSettings(), ...changes });
  const host = await spawnFunctionsHost({ appDirectory, env: inherited(), port });
  ends.push(() => host.close());
  const clientContext = randomUUID();
  const answer = await fetch(`${host.url}/api/enqueueTones`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'x-functions-key': host.functionKey },
    body: JSON.stringify({ callId: printed(surroundings, /call is ready: (\S+)$/), digits: '42#', clientContext }),
  });
  expect(answer.status).toBe(202);
  const location = answer.headers.get('Location') ?? '';
  await waitFor('the final answer', async () => (await fetch(location)).status === 200);
  expect(await (await fetch(location)).json()).toMatchObject({ status: 'succeeded', toneCount: 3 });
  const simulator = printed(surroundings, /^Graph simulator +(http:\S+) /);
  const presses = await fetch(`${simulator}/simulator/presses?clientContext=${clientContext}`);
  expect(await presses.json()).toMatchObject({ count: 1 });
});

test('--help names every option and what the environment may give, and starts nothing', async () => {
  const asked = runScript('local/start.ts', ['--help']);
  expect(await asked.ended).toBe(0);
  const help = asked.lines.join('\n');
  for (const option of ['--port 7071', '--simulator-port 7072', '--storage-port 10000', '--no-host', '--help'])
    expect(help).toContain(`  ${option}`);
  for (const name of ['LOCAL_FUNCTION_KEY', 'CALLBACK_HOSTS', 'CALLBACK_SIGNING_SECRET', 'NOTIFICATION_RECEIVERS'])
    expect(help).toContain(name);
  expect(help).not.toContain('starting');
});

test('receivers of notifications are taken from the environment', async () => {
  const receiver = await startNotificationReceiver();
  ends.push(() => receiver.stop());
  const stack = await startReadmeStack({ NOTIFICATION_RECEIVERS: receiver.setting });
  ends.push(() => stack.stop());
  expect(stack.printed(/(no secret)/)).toBe('no secret');
  const callId = await stack.newCall(`${stack.functions}/api/callNotifications?to=ok`);
  await fetch(`${stack.functions}/api/enqueueTones`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'x-functions-key': 'local' },
    body: JSON.stringify({ callId, digits: '4' }),
  });
  await waitFor('the notification', async () => (await receiver.receivedAt('ok')).length > 0);
});

test('where a port of storage is taken it gets free ones, and the setting to use is printed', async () => {
  if ((await takenPorts([10_001])).length === 0) await occupy(10_001);
  const surroundings = await start('--no-host', '--simulator-port', '0');
  expect(surroundings.lines).toContainEqual(expect.stringMatching(/^ {2}the ports .*\b10001\b.* of storage are taken/));
  expect(changesOf(surroundings)['AzureWebJobsStorage']).toBe(printed(surroundings, /^Storage +(\S+)$/));
});

test.each(['--port', '--simulator-port'])('a taken port is refused at once, and named with %s', async (option) => {
  const taken = await occupy();
  const other = option === '--port' ? '--simulator-port' : '--port';
  const refused = await start(option, String(taken), other, '0', '--storage-port', '0');
  expect(await refused.ended).toBe(1);
  expect(refused.faults).toEqual([
    `Port ${taken} is taken. Choose another one with ${option}, 0 for a free one: npm start -- ${option} 0`,
  ]);
  expect(refused.lines).toEqual([]);
});
