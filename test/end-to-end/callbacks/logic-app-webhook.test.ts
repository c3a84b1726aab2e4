// The published workflow with the HTTP Webhook action, played against the live app: it subscribes with the request, waits for a POST of the
// outcome to its own HTTPS address, and unsubscribes. The receiver stands where Logic Apps would, by name and by address.
import { randomUUID } from 'node:crypto';
import type { CallOptions } from '../../../local/graph-simulator/calls/calls';
import { waitFor } from '../../../local/wait-for';
import { startFaultProxy, type FaultProxy } from '../../chaos/proxy/fault-proxy';
import { NO_FAULTS } from '../../chaos/proxy/network-faults';
import { seededRandom } from '../../proof/simulation/seeded-random';
import { startApp, type AppUnderTest } from '../../support/app-under-test';
import {
  startCallbackReceiver,
  type CallbackReceiver,
  type ReceivedCallback,
} from '../../support/services/callback-receiver';
import { LogicAppClient, type CallbackListener } from '../../support/workflows/logic-app-client';
import { operationEnded, tonesEnded } from '../../support/notification-bodies';
import { readJsonFile } from '../../support/documents/repository';
import type { Json, WorkflowFile } from '../../support/workflows/workflow-definition';
import { playWorkflow } from '../../support/workflows/workflow-player';

const webhook = readJsonFile<WorkflowFile>('logic-apps/webhook.json');

let receiver: CallbackReceiver;
let app: AppUnderTest;
let proxy: FaultProxy;
beforeAll(async () => {
  receiver = await startCallbackReceiver();
  app = await startApp({
    settings: {
      ...receiver.environment(),
      SEND_GRACE_SECONDS: '4',
      NOTIFICATION_GRACE_SECONDS: '1',
      // It may announce an end while its callback is on the way: nothing is lost, and it is told twice.
      'AzureWebJobs.closeOverdueOutcomes.Disabled': 'true',
    },
  });
  proxy = await startFaultProxy({
    upstreamPort: Number(new URL(app.url).port),
    random: seededRandom(1),
    rates: NO_FAULTS,
    onMoment: (moment, { fault }) => {
      if (moment === 'received' && fault !== undefined) proxy.useRates(NO_FAULTS);
    },
  });
});
afterAll(async () => {
  await proxy.close();
  await app.close();
  await receiver.close();
});

const pathOf = (runName: string) =>
  `/workflows/0123456789abcdef/runs/${runName}/actions/Press_keys/run?api-version=2016-10-01&sp=%2Fruns&sv=1.0&sig=${runName}-signature`;
const postsTo = (runName: string): ReceivedCallback[] =>
  receiver.received.filter(({ path }) => path === pathOf(runName));

interface PlayedWith {
  readonly call?: CallOptions;
  readonly digits?: string;
  readonly file?: WorkflowFile;
  /** Which POST is taken: those before it are not, as their answers say. */
  readonly taken?: number;
}

async function play({ call, digits = '42#', file = webhook, taken = 0 }: PlayedWith = {}) {
  const runName = `0858${randomUUID()}`;
  const callId = app.call(call);
  const client = new LogicAppClient();
  const parameters = { tonesBaseUrl: proxy.url, tonesFunctionKey: app.functionKey };
  let isOver = false;
  const called = waitFor('the callback', () => postsTo(runName)[taken] ?? isOver, { limitMs: 50_000 }).then((post) => {
    const { headers = {}, body = null } =
      post === true ? {} : (post as { headers: Record<string, string>; body: Json });
    return { headers, body };
  });
  const listener: CallbackListener = { url: receiver.url(pathOf(runName)), called };
  const run = await playWorkflow(file, { client, runName, parameters, listener, triggerBody: { callId, digits } });
  isOver = true;
  await called;
  const clientContext = `${runName}-Press_keys`;
  const presses = app.simulator
    .presses({ clientContext })
    .filter(({ executed }) => executed)
    .map(({ tones }) => tones);
  return {
    ...run,
    runName,
    clientContext,
    callId,
    presses,
    asked: client.sent.map(({ method, uri, status }) => `${method} ${new URL(uri).pathname} ${status}`),
  };
}

function changed(file: WorkflowFile, from: string, to: string): WorkflowFile {
  const text = JSON.stringify(file);
  expect(text).toContain(from);
  return JSON.parse(text.replace(from, to)) as WorkflowFile;
}

const KEYS = ['tone4', 'tone2', 'pound'];

test('goes on with the outcome that it is called back with, after one press and no poll', async () => {
  const { status, statuses, outputs, presses, clientContext, runName, asked } = await play();
  expect(status).toBe('Succeeded');
  expect(statuses).toMatchObject({ Press_keys: 'Succeeded', Read_outcome: 'Skipped', Go_on: 'Succeeded' });
  expect(outputs['Outcome']).toEqual(await app.outcomeOf(clientContext));
  expect(outputs['Outcome']).toMatchObject({ clientContext, status: 'succeeded', toneCount: 3 });
  expect(presses).toEqual([KEYS]);
  expect(asked).toEqual(['POST /api/enqueueTones 200', 'POST /api/cancelTones 200']);
  expect(postsTo(runName).map(({ method, headers }) => [method, headers['content-type']])).toEqual([
    ['POST', expect.stringMatching(/^application\/json/) as string],
  ]);
});

test.each(['resetAfter', 'errorAfter', 'resetBefore', 'errorBefore'] as const)(
  'presses once if the answer to its subscription gets lost: %s',
  async (kind) => {
    proxy.useRates({ ...NO_FAULTS, [kind]: 1 });
    const { status, presses, asked } = await play();
    expect([status, presses]).toEqual(['Succeeded', [KEYS]]);
    expect(asked.slice(1)).toEqual(['POST /api/enqueueTones 200', 'POST /api/cancelTones 200']);
  },
);

test('is called again if Logic Apps could not take the first callback, and presses once all the same', async () => {
  receiver.answerNext(503);
  const { runName, status, outputs, presses } = await play({ taken: 1 });
  expect([status, outputs['Outcome'], presses]).toEqual([
    'Succeeded',
    expect.objectContaining({ status: 'succeeded' }),
    [KEYS],
  ]);
  const [first, second, ...more] = postsTo(runName);
  expect([second?.body, more]).toEqual([first?.body, []]);
});

test.each<[string, string, CallOptions]>([
  ['failed', 'call-not-found', { scenario: 'call-gone' }],
  ['canceled', 'operation-canceled', { scenario: 'canceled' }],
  ['unknown', 'notifications-never-seen', { scenario: 'notification-never' }],
])('ends the run as the outcome %s says, with its code', async (outcome, code, call) => {
  // What nobody asks for is ended by the timer, which is not waited for here.
  const timer = setInterval(
    () => void app.post(`${app.url}/admin/functions/closeOverdueOutcomes`, {}, { 'x-functions-key': app.functionKey }),
    500,
  );
  try {
    const { status, runError, outputs } = await play({ call });
    expect((outputs['Outcome'] as { status: string }).status).toBe(outcome);
    expect([status, runError?.code]).toEqual(['Failed', code]);
  } finally {
    clearInterval(timer);
  }
});

test('is refused at once, and neither waits nor unsubscribes', async () => {
  const { status, runError, asked, runName } = await play({ digits: '12x' });
  expect([status, runError?.code, asked]).toEqual(['Failed', 'refused', ['POST /api/enqueueTones 400']]);
  expect(postsTo(runName)).toEqual([]);
});

test('cancels when its time is over, as when the run is cancelled: what waits for its call is pressed never', async () => {
  const { statuses, status, runError, asked, outputs, presses, callId } = await play({
    call: { scenario: 'throttled', retryAfterSeconds: 10 },
    file: changed(webhook, '"PT6M"', '"PT1S"'),
  });
  expect(statuses).toMatchObject({ Press_keys: 'TimedOut', Read_outcome: 'Succeeded' });
  expect(asked).toEqual(['POST /api/enqueueTones 200', 'POST /api/cancelTones 200', 'GET /api/toneOutcome 200']);
  expect([status, runError?.code, outputs['Outcome']]).toEqual([
    'Failed',
    'canceled-by-caller',
    expect.objectContaining({ status: 'canceled' }),
  ]);
  expect(presses).toEqual([]);
  // Whoever comes behind it on the call is pressed, and it is not.
  app.simulator.putCall(callId, { callbackUrl: app.callbackUrl });
  await app.ending({ callId, digits: '7' });
  expect(app.simulator.presses({ callId }).map(({ tones }) => tones)).toEqual([['tone7']]);
});

test('what is being played when its time is over goes on, and its end is in the table', async () => {
  const { runError, asked, clientContext, callId } = await play({
    call: { scenario: 'notification-never', toneLengthMs: 5000, maxToneTimeMs: 60_000 },
    // Its tones are long enough to be watched for as long as the run waits.
    file: changed(changed(webhook, '"PT6M"', '"PT3S"'), '"delayBetweenTonesMs":300', '"delayBetweenTonesMs":3000'),
  });
  expect(asked).toEqual(['POST /api/enqueueTones 200', 'POST /api/cancelTones 202', 'GET /api/toneOutcome 200']);
  expect(runError?.code).toBe('not-final-in-time');
  const [press] = app.simulator.presses({ clientContext });
  await app.notify(operationEnded(callId, { ...tonesEnded(clientContext), id: press?.operationId }));
  await app.untilStatus({ clientContext }, 'succeeded');
});

test('its callback URL stands in no log, no answer and no outcome row', async () => {
  const { clientContext, runName, outputs } = await play();
  expect(app.lines.join('\n')).not.toMatch(/-signature|\/workflows\//);
  expect(JSON.stringify(await app.rows.outcome(clientContext))).not.toContain('-signature');
  expect(JSON.stringify([outputs, postsTo(runName)[0]?.body])).not.toContain('-signature');
});
