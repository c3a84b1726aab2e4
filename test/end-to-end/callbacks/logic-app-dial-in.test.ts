// The published workflow that dials by itself, played from start to end: Graph's call, the tones in it, the outcome, and the end of the call.
// Whatever happens, the call is placed once and is over when the run is; the outcome is what the table says.
import { randomUUID } from 'node:crypto';
import type { FarEnd } from '../../../local/graph-simulator/calls/far-ends';
import { waitFor } from '../../../local/wait-for';
import { startFaultProxy, type FaultProxy } from '../../chaos/proxy/fault-proxy';
import { NO_FAULTS, type FaultKind } from '../../chaos/proxy/network-faults';
import { seededRandom } from '../../proof/simulation/seeded-random';
import { startApp, type AppUnderTest, type Outcome } from '../../support/app-under-test';
import { startCallbackReceiver, type CallbackReceiver } from '../../support/services/callback-receiver';
import { readJsonFile } from '../../support/documents/repository';
import { LogicAppClient, type ActionOutputs } from '../../support/workflows/logic-app-client';
import type { WorkflowFile } from '../../support/workflows/workflow-definition';
import { playWorkflow } from '../../support/workflows/workflow-player';

const dialIn = readJsonFile<WorkflowFile>('logic-apps/dial-in.json');
const PIN = '1W42#';
const PARTS = [['tone1'], ['tone4', 'tone2', 'pound']];

/** Graph's report that the call has ended, or its refusal of the next attempt: whichever comes first. */
const OF_A_CALL_THAT_IS_OVER = ['call-ended', 'call-not-found'];

let receiver: CallbackReceiver;
let app: AppUnderTest;
/** Between the workflow and Graph. */
let proxy: FaultProxy;
let spoiled: { left: number; kind: FaultKind } = { left: 0, kind: 'resetAfter' };
beforeAll(async () => {
  receiver = await startCallbackReceiver();
  app = await startApp({
    settings: { ...receiver.environment(), SEND_GRACE_SECONDS: '4', NOTIFICATION_GRACE_SECONDS: '1' },
  });
  proxy = await startFaultProxy({
    upstreamPort: app.simulator.port,
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
  await receiver.close();
});

/** Of the workflow's requests to Graph. */
function spoilNext(left: number, kind: FaultKind): void {
  spoiled = { left, kind };
  proxy.useRates(left > 0 ? { ...NO_FAULTS, [kind]: 1 } : NO_FAULTS);
}

interface PlayedWith {
  readonly farEnd?: FarEnd;
  readonly file?: WorkflowFile;
  readonly digits?: string;
  /** Application id of the workflow's identity. */
  readonly identity?: string;
  /** Cancels the run once this is so. */
  readonly cancelledWhen?: (phoneNumber: string) => unknown;
}

let phones = 0;

async function play({ farEnd = {}, file = dialIn, digits = PIN, identity, cancelledWhen }: PlayedWith = {}) {
  const runName = `0858${randomUUID()}`;
  const clientContext = `${runName}-Press_keys`;
  const phoneNumber = `+1206555${String((phones += 1)).padStart(4, '0')}`;
  app.simulator.putFarEnd(phoneNumber, farEnd);
  const client = new LogicAppClient();
  const path = `/workflows/0123456789abcdef/runs/${runName}/actions/Press_keys/run?sig=${runName}-signature`;
  let isOver = false;
  const called = waitFor('the callback', () => receiver.received.find((post) => post.path === path) ?? isOver, {
    limitMs: 50_000,
  }).then((post) => (post === true ? { headers: {}, body: null } : (post as unknown as ActionOutputs)));
  const run = await playWorkflow(file, {
    client,
    runName,
    triggerBody: { phoneNumber, digits },
    listener: { url: receiver.url(path), called },
    parameters: {
      tonesBaseUrl: app.url,
      tonesFunctionKey: app.functionKey,
      graphUrl: proxy.url,
      tenantId: app.simulator.tenantId,
      applicationInstanceId: '3d913abb-aec0-4964-8fa6-3c6850c4f278',
    },
    tokenFor: (audience) => accessToken(audience, identity),
    ...(cancelledWhen && { cancelled: waitFor('the moment to cancel', () => cancelledWhen(phoneNumber)) }),
  });
  isOver = true;
  await called;
  const calls = app.simulator.createdCalls().filter(({ target }) => target === phoneNumber);
  return {
    ...run,
    clientContext,
    outcome: run.outputs['Outcome'] as unknown as Outcome | undefined,
    calls: calls.map(({ endedBy, hangUps }) => ({ endedBy, hangUps })),
    presses: app.simulator.presses({ clientContext }).map(({ tones }) => tones),
    allPresses: calls.flatMap(({ callId }) => app.simulator.presses({ callId })).map(({ tones }) => tones),
    asked: client.sent.map(({ method, uri, status }) => `${method} ${new URL(uri).pathname} ${status}`),
  };
}

/** From the simulator's managed identity, as Logic Apps gets it; for the audience that the workflow names. */
async function accessToken(audience: string, identity = app.simulator.appId): Promise<string> {
  expect(audience).toBe(proxy.url);
  const resource = app.simulator.url;
  const query = new URLSearchParams({ resource, 'api-version': '2019-08-01', client_id: identity });
  const answer = await fetch(`${app.simulator.identityEndpoint}?${query.toString()}`, {
    headers: { 'X-IDENTITY-HEADER': app.simulator.identityHeader },
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}

function changed(file: WorkflowFile, from: string, to: string): WorkflowFile {
  const text = JSON.stringify(file);
  expect(text).toContain(from);
  return JSON.parse(text.replaceAll(from, to)) as WorkflowFile;
}

test('dials, enters the PIN once the call is answered, goes on with the outcome, and hangs up', async () => {
  const { status, statuses, outcome, calls, allPresses, clientContext, asked } = await play();
  expect(status).toBe('Succeeded');
  expect(statuses).toMatchObject({ Create_call: 'Succeeded', Press_keys: 'Succeeded', Go_on: 'Succeeded' });
  expect(outcome).toEqual(await app.outcomeOf(clientContext));
  expect(outcome).toMatchObject({ status: 'succeeded', toneCount: 4, playedToneCount: 4, partCount: 2 });
  expect(allPresses).toEqual(PARTS);
  expect(calls).toEqual([{ endedBy: 'hung-up', hangUps: [204, 404] }]);
  expect(asked.map((line) => line.replace(/[0-9a-f-]{36}/, '{id}'))).toEqual([
    'POST /v1.0/communications/calls 201',
    'POST /api/enqueueTones 200',
    'DELETE /v1.0/communications/calls/{id} 204',
    'DELETE /v1.0/communications/calls/{id} 404',
  ]);
});

test.each(['busy', 'no-answer', 'declines'] as const)(
  'presses nothing and says that the call has ended where the far end is %s',
  async (answer) => {
    const { status, runError, outcome, calls, allPresses, clientContext } = await play({ farEnd: { answer } });
    expect([status, outcome?.status, outcome?.error?.code]).toEqual(['Failed', 'failed', runError?.code]);
    expect(OF_A_CALL_THAT_IS_OVER).toContain(runError?.code);
    expect(outcome).toEqual(await app.outcomeOf(clientContext));
    expect(allPresses).toEqual([]);
    // It ended by itself: there was nothing to hang up.
    expect(calls).toEqual([{ endedBy: answer, hangUps: [404, 404] }]);
  },
);

test('says how far it came where the far end hangs up after a wrong PIN', async () => {
  const { status, runError, outcome, calls, allPresses } = await play({
    farEnd: { hangsUpAfterMs: 4_000 },
    digits: '1WWWWWW42#',
  });
  expect([status, runError?.code]).toEqual(['Failed', 'call-ended']);
  expect(outcome).toMatchObject({ status: 'failed', toneCount: 4, playedToneCount: 1, part: 2 });
  expect(allPresses).toEqual([['tone1']]);
  expect(calls).toEqual([{ endedBy: 'far-end-hung-up', hangUps: [404, 404] }]);
});

test.each<[string, string, FarEnd['call']]>([
  ['failed', 'operation-failed', { scenario: 'failed' }],
  ['canceled', 'operation-canceled', { scenario: 'canceled' }],
  ['failed', 'permission-missing', { scenario: 'forbidden' }],
])('hangs up where the tones end as %s, %s', async (outcomeStatus, code, call) => {
  const { status, runError, outcome, calls } = await play({ farEnd: { call: call ?? {} } });
  expect([status, runError?.code, outcome?.status]).toEqual(['Failed', code, outcomeStatus]);
  expect(calls).toEqual([{ endedBy: 'hung-up', hangUps: [204, 404] }]);
});

test('hangs up where nobody reports what became of the tones, and never presses again', async () => {
  // What nobody asks for is ended by the timer, which is not waited for here.
  const timer = setInterval(
    () => void app.post(`${app.url}/admin/functions/closeOverdueOutcomes`, {}, { 'x-functions-key': app.functionKey }),
    500,
  );
  try {
    const { status, runError, outcome, calls, allPresses } = await play({
      farEnd: { call: { scenario: 'notification-never' } },
    });
    expect([status, runError?.code, outcome?.status]).toEqual(['Failed', 'notification-missing', 'unknown']);
    expect(allPresses).toEqual([['tone1']]);
    expect(calls).toEqual([{ endedBy: 'hung-up', hangUps: [204, 404] }]);
  } finally {
    clearInterval(timer);
  }
});

test('hangs up where the request is refused', async () => {
  const { status, runError, statuses, calls } = await play({ digits: '12x' });
  expect([status, runError?.code, statuses['Press_keys']]).toEqual(['Failed', 'no-outcome', 'Failed']);
  expect(calls).toEqual([{ endedBy: 'hung-up', hangUps: [204] }]);
});

test('hangs up when its time is over: what was not pressed is pressed never', async () => {
  const { status, runError, statuses, outcome, calls, allPresses } = await play({
    farEnd: { ringMs: 30_000 },
    file: changed(dialIn, '"PT15M"', '"PT1S"'),
  });
  expect(statuses).toMatchObject({ Press_keys: 'TimedOut', Hang_up: 'Failed', Read_outcome: 'Succeeded' });
  expect([status, outcome?.status, outcome?.error?.code]).toEqual(['Failed', 'failed', runError?.code]);
  expect(OF_A_CALL_THAT_IS_OVER).toContain(runError?.code);
  expect(allPresses).toEqual([]);
  expect(calls).toEqual([{ endedBy: 'hung-up', hangUps: [204, 404] }]);
});

const callTo = (phoneNumber: string) =>
  app.simulator.createdCalls().find(({ target }) => target === phoneNumber)?.callId ?? 'none';
const rowOf = (phoneNumber: string) =>
  app.get(`${app.url}/api/callTones?callId=${callTo(phoneNumber)}`, { 'x-functions-key': app.functionKey });

test.each<[string, FarEnd, (phoneNumber: string) => unknown, string[][]]>([
  [
    'while it rings',
    { ringMs: 30_000 },
    async (phoneNumber) => ((await rowOf(phoneNumber)).json as { requests?: unknown[] }).requests?.length === 1,
    [],
  ],
  [
    'between two parts',
    {},
    async (phoneNumber) =>
      ((await rowOf(phoneNumber)).json as { requests?: Outcome[] }).requests?.[0]?.status === 'pausing',
    [['tone1']],
  ],
])('hangs up once when the run is cancelled %s, and nothing more is pressed', async (_when, farEnd, when, pressed) => {
  const { status, statuses, calls, clientContext, allPresses } = await play({
    farEnd,
    digits: '1WWW42#',
    cancelledWhen: when,
  });
  expect([status, statuses['Press_keys'], statuses['Hang_up']]).toEqual(['Cancelled', 'Cancelled', undefined]);
  expect(calls).toEqual([{ endedBy: 'hung-up', hangUps: [204] }]);
  const outcome = await waitFor('the outcome', async () => {
    const found = await app.outcomeOf(clientContext);
    return found.status === 'failed' && found;
  });
  expect(OF_A_CALL_THAT_IS_OVER).toContain(outcome.error?.code);
  expect([allPresses, app.simulator.presses({ clientContext }).length]).toEqual([pressed, pressed.length]);
});

test('places no second call where the answer to its request gets lost, and says that one may ring', async () => {
  spoilNext(1, 'resetAfter');
  const { status, runError, statuses, calls, allPresses } = await play();
  expect([status, runError?.code, statuses['Press_keys']]).toEqual(['Failed', 'no-call', undefined]);
  expect(runError?.message).toMatch(/a call may ring that nobody can hang up/);
  expect([calls.length, allPresses]).toEqual([1, []]);
});

test('says what Graph refused, and presses nothing', async () => {
  const { status, runError, outputs, calls } = await play({
    file: changed(dialIn, '"tenantId":"@param', '"tenant":"@param'),
  });
  expect([status, runError?.code, calls]).toEqual(['Failed', 'no-call', []]);
  expect((outputs['Create_call'] as unknown as ActionOutputs).statusCode).toBe(400);
});

test('says that the call may be open where it cannot be hung up, and what became of the tones', async () => {
  const { status, runError, outcome, calls } = await play({
    file: changed(dialIn, '"method":"DELETE"', '"method":"PATCH"'),
  });
  expect([status, runError?.code, outcome?.status]).toEqual(['Failed', 'call-may-be-open', 'succeeded']);
  expect(runError?.message).toMatch(/may still be open.*The outcome of the tones is succeeded\.$/);
  expect(calls).toEqual([{ endedBy: undefined, hangUps: [] }]);
});

test('hears no outcome where its identity is not the app’s: Graph reports to the application that placed the call', async () => {
  const before = app.logged('notification-refused').length;
  const { runError, outcome, calls } = await play({
    identity: '99999999-8888-4777-8666-555555555555',
    file: changed(dialIn, '"PT15M"', '"PT3S"'),
  });
  expect([runError?.code, outcome?.status]).toEqual(['notifications-never-seen', 'unknown']);
  expect(app.logged('notification-refused').length).toBeGreaterThan(before);
  expect(calls).toEqual([{ endedBy: 'hung-up', hangUps: [204, 404] }]);
});
