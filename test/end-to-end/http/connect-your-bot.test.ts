// The examples of docs/connect-your-bot.md: the app passes on as the page sets it, the curl request is sent, the requests to Graph name our endpoint.
// Knows what the page shows, not how the app works.
import { sampleSettings } from '../../../local/local-stack';
import { waitFor } from '../../../local/wait-for';
import { parseNotifications } from '../../../shared/graph/notification-payload';
import { readSettings } from '../../../shared/settings/settings';
import { FUNCTION_NAMES } from '../../../shared/resource-names';
import { curlRequestOf, examplesOf, type Example } from '../../support/documents/readme-examples';
import { readText } from '../../support/documents/repository';
import { startReadmeStack, type ReadmeStack } from '../../support/readme-stack';

jest.setTimeout(120_000);

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

test('the request for tones, as shown, is pressed in a call of the bot', async () => {
  const location = await askAsShown(await stack.newCall(), 'asked-as-shown');
  expect(await outcomeAt(location)).toMatchObject({ status: 'succeeded', toneCount: 3 });
  expect(await stack.pressesOf('asked-as-shown')).toEqual([['tone4', 'tone2', 'pound']]);
});

test('the receivers are a setting that the app takes, and the callbackUri names one of them', () => {
  const [setting] = examplesIn('text');
  const { notificationReceivers } = readSettings({
    ...sampleSettings(),
    NOTIFICATION_RECEIVERS: setting?.text.replace('<key>', 'key') ?? '',
  });
  const { callbackUri } = JSON.parse(examplesIn('json')[1]?.text ?? '') as { callbackUri: string };
  const [endpoint, query] = callbackUri.split('?');
  expect(endpoint).toBe(OUR_ENDPOINT);
  expect(notificationReceivers.get(new URLSearchParams(query).get('to') ?? '')).toBe(
    'https://bot.contoso.com/api/calls',
  );
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
  expect(EXAMPLES.map(({ language }) => language)).toEqual([
    ...['http', 'json', 'http', 'text', 'json'],
    // Run by forwarders.test.ts.
    ...['ts', 'csharp'],
    'bash',
  ]);
});
