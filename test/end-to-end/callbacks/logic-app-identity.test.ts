// The published workflows that call with a managed identity, played against the app behind App Service Authentication.
// The player sends what that authentication tells the app of a caller whose token it has checked.
import { randomUUID } from 'node:crypto';
import { startApp, type AppUnderTest } from '../../support/app-under-test';
import { LogicAppClient } from '../../support/workflows/logic-app-client';
import { readJsonFile } from '../../support/documents/repository';
import type { WorkflowFile } from '../../support/workflows/workflow-definition';
import { playWorkflow } from '../../support/workflows/workflow-player';

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp({ settings: { HTTP_AUTH_LEVEL: 'anonymous', WEBSITE_AUTH_ENABLED: 'True' } });
});
afterAll(() => app.close());

function play(file: WorkflowFile, client: LogicAppClient, runName: string) {
  const functionApp = { url: app.url, functionKey: '' };
  return playWorkflow(file, {
    client,
    runName,
    functionApp,
    parameters: { tonesBaseUrl: app.url },
    triggerBody: { callId: app.call(), digits: '42#' },
  });
}

test.each(['polling-identity', 'function-action-identity'])('%s presses once, without any key', async (name) => {
  const client = new LogicAppClient();
  const runName = `0858${randomUUID()}`;
  const { status, outputs } = await play(readJsonFile<WorkflowFile>(`logic-apps/${name}.json`), client, runName);
  expect([status, outputs['Outcome']]).toEqual(['Succeeded', expect.objectContaining({ status: 'succeeded' })]);
  expect((await app.seenOf(`${runName}-Press_keys`)).presses.map(({ tones }) => tones)).toEqual([
    ['tone4', 'tone2', 'pound'],
  ]);
  expect(client.sent.filter(({ hasKey }) => hasKey)).toEqual([]);
});

test('a workflow without its identity is refused at once, and presses nothing', async () => {
  const text = JSON.stringify(readJsonFile<WorkflowFile>('logic-apps/polling-identity.json'));
  const stranger = JSON.parse(text.replaceAll(/,"authentication":\{[^}]*\}/g, '')) as WorkflowFile;
  const client = new LogicAppClient();
  const { status, runError } = await play(stranger, client, 'stranger');
  expect([status, runError?.code, client.sent.map((sent) => sent.status)]).toEqual(['Failed', 'refused', [401]]);
  expect(app.simulator.presses({ clientContext: 'stranger-Press_keys' })).toEqual([]);
});
