// Every request of requests.http, sent one after the other to the live app, with the variables as the REST Client resolves them.
import { startApp, type AppUnderTest } from '../../support/app-under-test';
import { startCallbackReceiver, type CallbackReceiver } from '../../support/services/callback-receiver';
import type { Answer } from '../../support/services/http-caller';
import { readText } from '../../support/documents/repository';
import { requestsOf, withVariables, type FileRequest } from '../../support/documents/requests-file';

const { variables, requests } = requestsOf(readText('requests.http'));

let receiver: CallbackReceiver;
let app: AppUnderTest;
beforeAll(async () => {
  receiver = await startCallbackReceiver();
  app = await startApp({ settings: receiver.environment() });
  app.simulator.putCall(variables['callId'] ?? '', { callbackUrl: app.callbackUrl });
});
afterAll(async () => {
  await app.close();
  await receiver.close();
});

test('every request is answered as its title says', async () => {
  const answers: Record<string, Answer> = {};
  const here: Record<string, string> = {
    host: app.url,
    simulator: app.simulator.url,
    key: app.functionKey,
    callbackUrl: receiver.url(),
  };
  const valueOf = (name: string): string | undefined => {
    const [, asked = '', header, field] = /^(\w+)\.response\.(?:headers\.([\w-]+)|body\.\$\.(\w+))$/.exec(name) ?? [];
    if (header !== undefined) return answers[asked]?.headers.get(header) ?? undefined;
    if (field !== undefined) return (answers[asked]?.json as Record<string, string> | undefined)?.[field];
    return here[name] ?? variables[name];
  };
  const resolved = (text: string) => withVariables(text, valueOf);
  const send = ({ method, url, headers, body }: FileRequest) =>
    app.send(
      method,
      resolved(url),
      body === undefined ? undefined : resolved(body),
      Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, resolved(value)])),
    );

  const statuses: (readonly [string, number])[] = [];
  for (const request of requests) {
    const answer = await send(request);
    if (request.name !== undefined) answers[request.name] = answer;
    statuses.push([request.title.split(':')[0] ?? '', answer.status]);
  }
  expect(statuses).toEqual([
    ['Health', 200],
    ['Health without a body, for probes', 200],
    ['Ask for tones as a dial string', 202],
    // Final or not yet: it depends on how soon it is asked.
    ['Follow its Location', statuses[3]?.[1] === 200 ? 200 : 202],
    ['Ask by its name', 200],
    ['Ask and wait for the end', 200],
    ['Ask for tones that wait for eight seconds', 202],
    ['List the requests of the call', 200],
    ['Cancel what waits', 200],
    ['Ask for tones by their names', 202],
    ['Faults', 400],
    ['Ask with a callback', 200],
    ['Forget the callback', 204],
    ['A token as the calling service signs them, from the simulator', 200],
    ['A notification with it, as Graph sends them', 202],
    ['A notification without a token', 401],
    ["A token for Graph as the app's identity gets it, from the simulator", 200],
    ['Call a phone, as a workflow would', 201],
    ['Hang up', 204],
    ['What Graph, here the simulator, saw typed', 200],
  ]);
  await app.untilStatus({ clientContext: variables['name'] ?? '' }, 'succeeded');
  await app.untilStatus({ clientContext: `${variables['name']}-tones` }, 'succeeded');
  await app.untilStatus({ clientContext: `${variables['name']}-callback` }, 'succeeded');
  await app.untilStatus({ clientContext: `${variables['name']}-canceled` }, 'canceled');
  expect(app.simulator.presses().map(({ tones }) => tones)).toEqual([
    ['tone4', 'tone2', 'pound'],
    ['tone8'],
    ['tone1', 'star', 'flash'],
    ['tone1'],
  ]);
});
