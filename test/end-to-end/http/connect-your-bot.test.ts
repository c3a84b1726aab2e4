// The examples of docs/connect-your-bot.md: the forwarder runs between Graph and the app, the curl request is sent, the requests to Graph name our endpoint.
// Knows what the page shows, not how the app works.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '../../../local/wait-for';
import { parseNotifications } from '../../../shared/graph/notification-payload';
import { FUNCTION_NAMES } from '../../../shared/resource-names';
import { curlRequestOf, examplesOf, type Example } from '../../support/documents/readme-examples';
import { readText } from '../../support/documents/repository';
import { runScript, startReadmeStack, type ReadmeStack } from '../../support/readme-stack';

jest.setTimeout(60_000);

const EXAMPLES = examplesOf(readText('docs/connect-your-bot.md'));
const OUR_ENDPOINT = `https://<app>.azurewebsites.net/api/${FUNCTION_NAMES.callNotifications}`;

let stack: ReadmeStack;
beforeAll(async () => {
  stack = await startReadmeStack();
});
afterAll(async () => {
  expect(await stack.stop()).toBe(0);
});

const examplesIn = (language: string): Example[] => EXAMPLES.filter((example) => example.language === language);

/** Sends the page's own request for a call under a name; returns the Location. */
async function askAsShown(callId: string, clientContext: string): Promise<string> {
  const [example] = examplesIn('bash');
  const text = (example?.text ?? '')
    .replace('https://<app>.azurewebsites.net', stack.functions)
    .replace('<key>', 'local')
    .replace('<callId>', callId)
    .replace('<a name of your own>', clientContext);
  const { url, method, headers, body = '' } = curlRequestOf(text);
  const answer = await fetch(url, { method, headers, body });
  expect(answer.status).toBe(202);
  return answer.headers.get('Location') ?? '';
}

async function outcomeAt(location: string): Promise<unknown> {
  return waitFor('the outcome', async () => {
    const answer = await fetch(location);
    return answer.status === 200 && (await answer.json());
  });
}

test('the forwarder brings the report of a call whose callbackUri is its own', async () => {
  const [example] = examplesIn('js');
  const folder = mkdtempSync(join(tmpdir(), 'forwarder-'));
  const file = join(folder, 'forwarder.mjs');
  writeFileSync(file, example?.text ?? '');
  const callNotificationsUrl = `${stack.functions}/api/callNotifications`;
  const forwarder = runScript(file, [], { PORT: '0', CALL_NOTIFICATIONS_URL: callNotificationsUrl });
  try {
    const port = await waitFor('the forwarder', () => /^forwarding on port (\d+)$/.exec(forwarder.lines[0] ?? '')?.[1]);
    const location = await askAsShown(await stack.newCall(`http://127.0.0.1:${port}/calls`), 'forwarded-1');
    expect(await outcomeAt(location)).toMatchObject({ status: 'succeeded', toneCount: 3 });
    expect(await stack.pressesOf('forwarded-1')).toEqual([['tone4', 'tone2', 'pound']]);
    const refused = await fetch(`http://127.0.0.1:${port}/calls`, { method: 'POST', body: '{}' });
    expect(refused.status).toBe(401);
  } finally {
    await forwarder.stop();
    rmSync(folder, { recursive: true });
  }
});

test('the requests to Graph are JSON, and their callbackUri is our endpoint', () => {
  const requests = examplesIn('http').map(({ text }) => text.split('\n\n'));
  expect(requests.map(([head = '']) => head.split('\n')[0])).toEqual([
    'POST https://graph.microsoft.com/v1.0/communications/calls',
    'POST https://graph.microsoft.com/v1.0/communications/calls/57DAB8B1894C409AB240BD8BEAE78896/answer',
  ]);
  for (const [, body = ''] of requests) expect(JSON.parse(body)).toMatchObject({ callbackUri: OUR_ENDPOINT });
});

test('the incoming call is a notification whose call id the app reads, too', () => {
  const [example] = examplesIn('json');
  expect(parseNotifications(example?.text ?? '')).toEqual({
    kind: 'items',
    items: [{ kind: 'call-state', callId: '57DAB8B1894C409AB240BD8BEAE78896', state: 'incoming', ended: false }],
  });
});

test('no example is left out', () => {
  expect(EXAMPLES.map(({ language }) => language)).toEqual(['http', 'json', 'http', 'js', 'bash']);
});
