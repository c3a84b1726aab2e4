// The published workflow with a dial string of two parts, a conference id and then a PIN, played against the live app as Logic Apps would.
// Times are those of the simulator, which plays the tones; lower bounds only.
import { randomUUID } from 'node:crypto';
import type { ScenarioPlan } from '../../../local/graph-simulator/calls/scenarios';
import { startFaultProxy, type FaultProxy } from '../../chaos/proxy/fault-proxy';
import { NO_FAULTS } from '../../chaos/proxy/network-faults';
import { seededRandom } from '../../proof/simulation/seeded-random';
import { startApp, type AppUnderTest } from '../../support/app-under-test';
import { readJsonFile } from '../../support/documents/repository';
import { LogicAppClient } from '../../support/workflows/logic-app-client';
import type { WorkflowFile } from '../../support/workflows/workflow-definition';
import { playWorkflow } from '../../support/workflows/workflow-player';

const enterPin = readJsonFile<WorkflowFile>('logic-apps/enter-pin.json');
const CONFERENCE_ID = ['tone8', 'tone5', 'tone7', 'pound'];
const PIN = ['tone0', 'tone1', 'pound'];

let app: AppUnderTest;
let proxy: FaultProxy;
beforeAll(async () => {
  app = await startApp();
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
});

async function play(ofPin: ScenarioPlan = {}, pin = '01') {
  const runName = `0858${randomUUID()}`;
  const name = `${runName}-Press_keys`;
  const callId = app.call({ byClientContext: { [`${name};part=2`]: ofPin } });
  const client = new LogicAppClient();
  const parameters = { tonesBaseUrl: proxy.url, tonesFunctionKey: app.functionKey };
  const triggerBody = { callId, conferenceId: '857', pin };
  const askedAt = Date.now();
  const run = await playWorkflow(enterPin, { client, runName, parameters, triggerBody });
  return { ...run, client, name, askedAt, presses: app.simulator.presses({ callId }) };
}

test('enters the conference id and then the PIN, each once, each after its pause', async () => {
  const { status, statuses, outputs, presses, name, askedAt } = await play();
  expect(status).toBe('Succeeded');
  expect(statuses).toMatchObject({ Press_keys: 'Succeeded', Go_on: 'Succeeded' });
  expect(outputs['Outcome']).toMatchObject({
    ...{ clientContext: name, status: 'succeeded', partCount: 2, part: 2, pauseMs: 6000 },
    ...{ toneCount: 7, playedToneCount: 7 },
  });
  expect(presses.map(({ clientContext, tones }) => [clientContext, tones])).toEqual([
    [name, CONFERENCE_ID],
    [`${name};part=2`, PIN],
  ]);
  const [id, pin] = presses;
  expect(Date.parse(id?.startedAt ?? '') - askedAt).toBeGreaterThanOrEqual(2000);
  expect(Date.parse(pin?.startedAt ?? '') - Date.parse(id?.endedAt ?? '')).toBeGreaterThanOrEqual(4000);
});

test('presses no part twice if the answer to its request gets lost', async () => {
  proxy.useRates({ ...NO_FAULTS, resetAfter: 1 });
  const { status, client, presses } = await play();
  expect([status, presses.map(({ tones }) => tones)]).toEqual(['Succeeded', [CONFERENCE_ID, PIN]]);
  expect(client.sent.slice(0, 2).map(({ method, status: answered }) => [method, answered])).toEqual([
    ['POST', undefined],
    ['POST', 202],
  ]);
});

test('fails where the PIN could not be pressed, and says how many tones were played', async () => {
  const { status, runError, presses } = await play({ scenario: 'call-gone' });
  expect([status, runError?.code]).toEqual(['Failed', 'call-not-found']);
  expect(runError?.message).toContain('Graph reported 4 of 7 tones as played');
  expect(presses.map(({ tones }) => tones)).toEqual([CONFERENCE_ID]);
});

test('is refused at once where the PIN is none, and presses nothing', async () => {
  const { status, runError, presses } = await play({}, '01;');
  expect([status, runError?.code, presses]).toEqual(['Failed', 'refused', []]);
});
