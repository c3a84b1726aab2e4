// The published workflows with the HTTP action and with the Azure Functions action, played against the live app as Logic Apps would.
// What must hold whatever gets lost on the way: the digits are pressed once, and the run ends as the outcome says.
import { randomUUID } from 'node:crypto';
import type { CallOptions } from '../../../local/graph-simulator/calls/calls';
import { startFaultProxy, type FaultProxy } from '../../chaos/proxy/fault-proxy';
import { NO_FAULTS, type FaultKind } from '../../chaos/proxy/network-faults';
import { seededRandom } from '../../proof/simulation/seeded-random';
import { startApp, type AppUnderTest } from '../../support/app-under-test';
import { LogicAppClient, type LogicAppClientOptions } from '../../support/workflows/logic-app-client';
import { readJsonFile } from '../../support/documents/repository';
import type { WorkflowFile } from '../../support/workflows/workflow-definition';
import { playWorkflow, type PlayedRun, type PlayOptions } from '../../support/workflows/workflow-player';

const polling = readJsonFile<WorkflowFile>('logic-apps/polling.json');
const functionAction = readJsonFile<WorkflowFile>('logic-apps/function-action.json');

let app: AppUnderTest;
let proxy: FaultProxy;
/** Requests that the proxy still spoils, and how. */
let spoiled: { left: number; kind: FaultKind } = { left: 0, kind: 'resetAfter' };

beforeAll(async () => {
  app = await startApp({ settings: { SEND_GRACE_SECONDS: '4', NOTIFICATION_GRACE_SECONDS: '1' } });
  proxy = await startFaultProxy({
    upstreamPort: Number(new URL(app.url).port),
    random: seededRandom(1),
    rates: NO_FAULTS,
    onMoment: (moment, { fault }) => {
      if (moment === 'received' && fault !== undefined) spoilNext(spoiled.left - 1, spoiled.kind);
    },
  });
});
afterAll(async () => {
  await proxy.close();
  await app.close();
});

/** Reset before or after the execution, or answered with an error of a gateway. */
function spoilNext(left: number, kind: FaultKind): void {
  spoiled = { left, kind };
  proxy.useRates(left > 0 ? { ...NO_FAULTS, [kind]: 1 } : NO_FAULTS);
}

interface Played extends PlayedRun {
  readonly client: LogicAppClient;
  readonly clientContext: string;
  readonly presses: (readonly string[])[];
}

interface PlayedWith extends LogicAppClientOptions, Partial<Pick<PlayOptions, 'runName' | 'functionsArePolled'>> {
  readonly file?: WorkflowFile;
  readonly call?: CallOptions;
  readonly digits?: string;
  readonly callId?: string;
}

async function play({
  file = polling,
  call,
  digits = '42#',
  callId = app.call(call),
  runName = `0858${randomUUID()}`,
  functionsArePolled = false,
  ...options
}: PlayedWith = {}): Promise<Played> {
  const client = new LogicAppClient(options);
  const parameters = { tonesBaseUrl: proxy.url, tonesFunctionKey: app.functionKey };
  const functionApp = { url: proxy.url, functionKey: app.functionKey };
  const run = await playWorkflow(file, {
    client,
    runName,
    parameters,
    functionApp,
    functionsArePolled,
    triggerBody: { callId, digits },
  });
  const clientContext = `${runName}-Press_keys`;
  return {
    ...run,
    client,
    clientContext,
    presses: app.simulator
      .presses({ clientContext })
      .filter(({ executed }) => executed)
      .map(({ tones }) => tones),
  };
}

/** A copy of the workflow with another limit or deadline. */
function changed(file: WorkflowFile, from: string, to: string): WorkflowFile {
  const text = JSON.stringify(file);
  expect(text).toContain(from);
  return JSON.parse(text.replace(from, to)) as WorkflowFile;
}

const KEYS = ['tone4', 'tone2', 'pound'];
/** A request on such a call is not final for ten seconds, on a busy machine also, and succeeds then. */
const LATER: CallOptions = { scenario: 'throttled', retryAfterSeconds: 10 };

describe('the HTTP action', () => {
  test.each([
    ['Logic Apps, which repeats its headers when it polls', true],
    ['Power Automate, which does not', false],
  ])('gets the final outcome as its body, as %s', async (_who, repeatsHeaders) => {
    const { status, outputs, statuses, client, clientContext, presses } = await play({ repeatsHeaders });
    expect(status).toBe('Succeeded');
    expect(statuses).toMatchObject({ Press_keys: 'Succeeded', Read_outcome: 'Skipped', Go_on: 'Succeeded' });
    expect(outputs['Outcome']).toMatchObject({ clientContext, status: 'succeeded', toneCount: 3 });
    expect(presses).toEqual([KEYS]);
    const [asked, ...polls] = client.sent;
    expect(asked).toEqual({ method: 'POST', uri: `${proxy.url}/api/enqueueTones`, hasKey: true, status: 202 });
    expect(polls.map(({ status: answered }) => answered)).toEqual([...polls.slice(1).map(() => 202), 200]);
    for (const poll of polls)
      expect(poll).toMatchObject({
        method: 'GET',
        hasKey: repeatsHeaders,
        uri: expect.stringContaining(`/api/toneStatus?clientContext=${clientContext}&token=`) as string,
      });
    // Not the 20 seconds of an answer without Retry-After.
    expect(client.pollWaits.every((seconds) => seconds >= 1 && seconds <= 10)).toBe(true);
  });

  test.each(['resetAfter', 'errorAfter', 'resetBefore', 'errorBefore'] as const)(
    'presses once if the answer to its request gets lost: %s',
    async (kind) => {
      spoilNext(1, kind);
      const { status, client, presses } = await play();
      expect([status, presses]).toEqual(['Succeeded', [KEYS]]);
      expect(client.sent.slice(0, 2).map(({ method }) => method)).toEqual(['POST', 'POST']);
      expect([undefined, 500, 503]).toContain(client.sent[0]?.status);
      expect(client.sent[1]?.status).toBe(202);
    },
  );

  test('would press twice without its name: the test can see that', async () => {
    spoilNext(1, 'resetAfter');
    const callId = app.call();
    expect(
      (await play({ callId, file: changed(polling, '"clientContext":"@{workflow().run.name}-Press_keys",', '') }))
        .status,
    ).toBe('Succeeded');
    expect(app.simulator.presses({ callId }).map(({ tones }) => tones)).toEqual([KEYS, KEYS]);
  });

  test('presses once if every answer gets lost: the outcome is read by its name', async () => {
    spoilNext(5, 'resetAfter');
    const { status, statuses, outputs, client, presses } = await play({ retryWaitsMs: [200, 400, 800, 1600] });
    expect(client.sent.map(({ method, status: answered }) => [method, answered])).toEqual([
      ...Array<unknown>(5).fill(['POST', undefined]),
      ['GET', 200],
    ]);
    expect(statuses).toMatchObject({ Press_keys: 'Failed', Refused_at_once: 'Succeeded', Read_outcome: 'Succeeded' });
    expect([status, outputs['Outcome'], presses]).toEqual([
      'Succeeded',
      expect.objectContaining({ status: 'succeeded' }),
      [KEYS],
    ]);
  });

  test('fails without a press if no request arrived', async () => {
    spoilNext(5, 'resetBefore');
    const { status, runError, presses } = await play();
    expect([status, runError?.code, presses]).toEqual(['Failed', 'no-outcome', []]);
  });

  test('presses nothing twice if the run is played again under its name, and again under another', async () => {
    const callId = app.call();
    const first = await play({ callId });
    const again = await play({ callId, runName: first.clientContext.replace('-Press_keys', '') });
    expect([again.status, again.outputs['Outcome'], again.presses]).toEqual([
      'Succeeded',
      first.outputs['Outcome'],
      [KEYS],
    ]);
    expect((await play({ callId })).presses).toEqual([KEYS]);
  });

  test('is refused at once, and asks neither again nor for an outcome', async () => {
    const { status, runError, client, statuses } = await play({ digits: '12x' });
    expect([status, runError?.code, client.sent.map((sent) => sent.status)]).toEqual(['Failed', 'refused', [400]]);
    expect(statuses).not.toHaveProperty('Read_outcome');
  });

  test.each<[string, string, CallOptions]>([
    ['failed', 'call-not-found', { scenario: 'call-gone' }],
    ['canceled', 'operation-canceled', { scenario: 'canceled' }],
    ['unknown', 'notifications-never-seen', { scenario: 'notification-never' }],
  ])('ends the run as the outcome %s says, with its code', async (outcome, code, call) => {
    const { status, runError, outputs } = await play({
      call,
      file: changed(polling, '"expiresInSeconds":60', '"expiresInSeconds":2'),
    });
    expect((outputs['Outcome'] as { status: string }).status).toBe(outcome);
    expect([status, runError?.code]).toEqual(['Failed', code]);
    expect(runError?.message).not.toBe('');
  });

  test('ends the run as the outcome expired says: behind another request its time passes', async () => {
    const callId = app.call({ byClientContext: { 'in front': { scenario: 'slow', delayMs: 10_000 } } });
    await app.untilStatus(await app.accept({ callId, clientContext: 'in front' }), 'sending');
    const { status, runError, outputs, presses } = await play({
      callId,
      file: changed(polling, '"expiresInSeconds":60', '"expiresInSeconds":1'),
    });
    expect([status, runError?.code, outputs['Outcome'], presses]).toEqual([
      'Failed',
      'request-before-not-done',
      expect.objectContaining({ status: 'expired' }),
      [],
    ]);
  });

  test('cancels the request when its time is over: what Graph refuses for now is pressed never', async () => {
    const callId = app.call(LATER);
    const { status, statuses, runError, outputs, presses } = await play({
      callId,
      file: changed(polling, '"PT4M"', '"PT1S"'),
    });
    expect(statuses).toMatchObject({ Press_keys: 'TimedOut', Cancel_request: 'Succeeded', Read_outcome: 'Succeeded' });
    expect([status, runError?.code, outputs['Outcome'], presses]).toEqual([
      'Failed',
      'canceled-by-caller',
      expect.objectContaining({ status: 'canceled' }),
      [],
    ]);
    app.simulator.putCall(callId, { callbackUrl: app.callbackUrl });
    await app.ending({ callId, digits: '7' });
    expect(app.simulator.presses({ callId }).map(({ tones }) => tones)).toEqual([['tone7']]);
  });

  test('reads the outcome by its name where the cancelling fails, and warns against a second press', async () => {
    const { status, statuses, runError, clientContext } = await play({
      call: LATER,
      file: changed(changed(polling, '"PT4M"', '"PT1S"'), '/api/cancelTones', '/api/cancelNothing'),
    });
    expect(statuses).toMatchObject({ Press_keys: 'TimedOut', Cancel_request: 'Failed', Read_outcome: 'Succeeded' });
    expect([status, runError?.code]).toEqual(['Failed', 'not-final-in-time']);
    expect(runError?.message).toMatch(
      new RegExp(
        `^The request ${clientContext} is still (?:accepted|sending): ask toneOutcome again, and do not press again.$`,
      ),
    );
    await app.untilStatus({ clientContext }, 'succeeded');
  });
});

describe('the Azure Functions action', () => {
  test.each([false, true])(
    'asks for the outcome in its loop, whether the action follows a 202 by itself or not: %p',
    async (functionsArePolled) => {
      const { status, outputs, statuses, presses } = await play({ file: functionAction, functionsArePolled });
      expect([status, presses]).toEqual(['Succeeded', [KEYS]]);
      expect(statuses).toMatchObject({ Until_final: 'Succeeded', Read_outcome: 'Skipped', Go_on: 'Succeeded' });
      expect(outputs['Outcome']).toMatchObject({ status: 'succeeded' });
    },
  );

  test('presses once if the answer to its request gets lost', async () => {
    spoilNext(1, 'resetAfter');
    const { status, presses, client } = await play({ file: functionAction });
    expect([status, presses, client.sent[0]?.status]).toEqual(['Succeeded', [KEYS], undefined]);
  });

  test('ends its loop when no request arrived', async () => {
    spoilNext(5, 'resetBefore');
    const { status, runError, statuses, presses } = await play({ file: functionAction });
    expect([status, runError?.code, statuses['Until_final'], presses]).toEqual(['Failed', 'no-outcome', 'Failed', []]);
  });

  test('cancels the request when the loop’s time is over', async () => {
    const { runError, statuses, presses, clientContext } = await play({
      file: changed(functionAction, '"count":120', '"count":1'),
      call: LATER,
    });
    expect([runError?.code, statuses['Until_final'], statuses['Cancel_request'], statuses['Read_outcome']]).toEqual([
      'canceled-by-caller',
      'Failed',
      'Succeeded',
      'Succeeded',
    ]);
    expect(presses).toEqual([]);
    expect(await app.outcomeOf(clientContext)).toMatchObject({ status: 'canceled' });
  });
});

test('nothing of what was played told the digits or the key to a log', () => {
  expect(app.lines.join('\n')).not.toMatch(/42#|tone4/);
  expect(app.lines.filter((line) => line.includes(app.functionKey) && !line.startsWith('function key '))).toEqual([]);
});
