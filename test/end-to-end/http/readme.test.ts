// Every example of the README is run: the commands, the curl requests and their answers, the actions of Logic Apps.
// `npm ci` is not: it would replace what the test runs on. `func` is not: it would deploy.
import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '../../../local/wait-for';
import { curlRequestOf, examplesOf, type CurlRequest, type Example } from '../../support/documents/readme-examples';
import { runScript, type RunningScript } from '../../support/readme-stack';
import type { ApiDocument } from '../../support/documents/described-operations';
import { ROOT, readJsonFile, readText } from '../../support/documents/repository';
import { LogicAppClient } from '../../support/workflows/logic-app-client';
import { faultsAgainstApi } from '../../support/workflows/workflow-api-rules';
import type { Actions, WorkflowFile } from '../../support/workflows/workflow-definition';
import { playWorkflow, type PlayedRun } from '../../support/workflows/workflow-player';

jest.setTimeout(60_000);

const README = readText('README.md');
const EXAMPLES = examplesOf(README);
const { scripts } = readJsonFile<{ scripts: Record<string, string> }>('package.json');

const run = new Set<Example>();
let stack: RunningScript;
let functions = '';
let simulator = '';

beforeAll(async () => {
  const [command] = examplesWith('LOCAL_FUNCTION_KEY=local npm start');
  expect(command?.text).toBe('LOCAL_FUNCTION_KEY=local npm start');
  expect(scripts['start']).toContain('with-build.mjs local/start.ts');
  const freePorts = ['--port', '0', '--simulator-port', '0', '--storage-port', '0'];
  stack = runScript('local/start.ts', freePorts, { LOCAL_FUNCTION_KEY: 'local' });
  await waitFor('npm start', () => stack.lines.includes('Ctrl+C ends everything.'));
  functions = printed(/^Functions +(http:\S+)\/api$/);
  simulator = printed(/^Graph simulator +(http:\S+) /);
  expect(printed(/^Function key +(\S+)$/)).toBe('local');
});
afterAll(async () => {
  expect(await stack.stop()).toBe(0);
});

function printed(pattern: RegExp): string {
  return stack.lines.map((line) => pattern.exec(line)?.[1]).find((found) => found !== undefined) ?? '';
}

function examplesWith(text: string): Example[] {
  const found = EXAMPLES.filter((example) => example.text.includes(text));
  for (const example of found) run.add(example);
  return found;
}

/** The example that stands right behind another: its answer. */
function answerTo(example: Example): Example {
  const answer = EXAMPLES[EXAMPLES.indexOf(example) + 1];
  if (answer === undefined) throw new Error('no answer is shown');
  run.add(answer);
  return answer;
}

function here(url: string): string {
  return url
    .replace('http://127.0.0.1:7071', functions)
    .replace('http://127.0.0.1:7072', simulator)
    .replace('https://my-tones.azurewebsites.net', functions);
}

function curl({
  url,
  method,
  headers,
  body,
}: Pick<CurlRequest, 'url' | 'method' | 'headers' | 'body'>): Promise<Response> {
  return fetch(here(url), { method, headers, ...(body !== undefined && { body }) });
}

async function newCall(): Promise<string> {
  const callId = randomUUID();
  await fetch(`${simulator}/simulator/calls/${callId}`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ callbackUrl: `${functions}/api/callNotifications` }),
  });
  return callId;
}

async function pressesOf(clientContext: string): Promise<string[][]> {
  const answer = await fetch(`${simulator}/simulator/presses?clientContext=${encodeURIComponent(clientContext)}`);
  return ((await answer.json()) as { presses: { tones: string[] }[] }).presses.map(({ tones }) => tones);
}

/** Replaces what differs from run to run by its kind. */
function masked(value: unknown): unknown {
  const text = JSON.stringify(value);
  return JSON.parse(
    text
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
      .replaceAll(/"operationId":"[0-9a-f-]{36}"/g, '"operationId":"ID"'),
  );
}

test('the demo does what the README shows', async () => {
  const [example] = examplesWith('npm ci && npm run demo');
  expect(example?.text).toBe('npm ci && npm run demo');
  expect(scripts['demo']).toContain('with-build.mjs local/demo.ts');
  const demo = runScript('local/demo.ts');
  expect(await demo.ended).toBe(0);
  const told = demo.lines
    .map((line) => line.replace(/^ *\d+\.\d s {2}/, '').replace(/127\.0\.0\.1:\d+/, '127.0.0.1:40001'))
    .filter((line) => !line.includes('... waiting'));
  const shown = answerTo(example ?? { language: '', text: '' }).text.split('\n');
  const start = told.indexOf(shown[0] ?? '');
  expect(told.slice(start, start + shown.length)).toEqual(shown);
});

test('the test command is the one that CI runs', () => {
  expect(examplesWith('npm ci && npm test')).toHaveLength(1);
  expect(readText('.ci/run')).toMatch(/^npm ci\nnpm ci --prefix tools\/queries\nnpm test$/m);
  expect(readText('scripts/test.mjs')).toContain('passed, ${failed} failed`');
});

test('the curl requests are answered as shown, one after the other', async () => {
  const [enqueue, outcome, presses, faulty, ...more] = examplesWith('curl ');
  if (!enqueue || !outcome || !presses || !faulty) throw new Error('four curl examples are expected');
  expect(more).toEqual([]);

  const accepted = await curl(curlRequestOf(enqueue.text));
  const [statusLine, ...head] = answerTo(enqueue).text.split('\n');
  expect(statusLine).toBe(`HTTP/1.1 ${accepted.status} Accepted`);
  for (const line of head) {
    const [, name = '', value = ''] = /^([\w-]+): (.*)$/.exec(line) ?? [];
    const beginning = here(value).replace(/(?<=token=).*$/, '');
    expect(accepted.headers.get(name)).toMatch(new RegExp(`^${beginning.replaceAll(/[.?]/g, '\\$&')}`));
  }
  await waitFor('the final answer', async () => (await fetch(accepted.headers.get('Location') ?? '')).status === 200);

  expect(masked(await (await curl(curlRequestOf(outcome.text))).json())).toEqual(
    masked(JSON.parse(answerTo(outcome).text)),
  );
  expect(await (await curl(curlRequestOf(presses.text))).json()).toMatchObject({
    count: 1,
    presses: [{ clientContext: 'order-42', tones: ['tone4', 'tone2', 'pound'] }],
  });
  expect(await (await curl(curlRequestOf(faulty.text))).json()).toEqual(JSON.parse(answerTo(faulty).text));
});

/** Plays the actions of an example as Logic Apps would, against this stack in place of the app that the README names. */
async function played(example: Example | undefined): Promise<PlayedRun & { readonly presses: string[][] }> {
  const text = (example?.text ?? '').replaceAll('https://my-tones.azurewebsites.net', functions);
  const definition = {
    $schema: '',
    contentVersion: '1.0.0.0',
    parameters: {},
    triggers: {},
    actions: JSON.parse(text) as Actions,
    outputs: {},
  };
  const runName = `0858${randomUUID()}`;
  const run = await playWorkflow(
    { definition, parameters: {} },
    {
      client: new LogicAppClient(),
      triggerBody: { callId: await newCall() },
      runName,
      parameters: { tonesFunctionKey: 'local' },
      functionApp: { url: functions, functionKey: 'local' },
    },
  );
  return { ...run, presses: await pressesOf(`${runName}-press-keys`) };
}

test('the HTTP action of Logic Apps gets the final outcome by its own polling', async () => {
  const [example] = examplesWith('"type": "Http"');
  const { statuses, outputs, presses } = await played(example);
  expect(statuses).toEqual({ Press_keys: 'Succeeded' });
  expect(outputs['Press_keys']).toMatchObject({ body: { status: 'succeeded', toneCount: 3 } });
  expect(presses).toEqual([['tone4', 'tone2', 'pound']]);
});

test('the Azure Functions actions ask for tones, and read their outcome until it is final', async () => {
  const [example] = examplesWith('"type": "Function"');
  const { statuses, outputs, presses } = await played(example);
  expect(statuses).toMatchObject({ Press_keys: 'Succeeded', Until_final: 'Succeeded', Read_outcome: 'Succeeded' });
  expect(outputs['Read_outcome']).toMatchObject({ body: { status: 'succeeded', toneCount: 3 } });
  expect(presses).toEqual([['tone4', 'tone2', 'pound']]);
});

test('the actions of Logic Apps break no rule of theirs: digits, key and token in no run history, an end of every loop', () => {
  const snippets = EXAMPLES.filter(({ text }) => /"type": "(?:Http|Function)"/.test(text));
  expect(snippets).toHaveLength(2);
  for (const { text } of snippets) {
    const actions = JSON.parse(text) as Actions;
    const { triggers } = readJsonFile<WorkflowFile>('logic-apps/polling.json').definition;
    const definition = { $schema: '', contentVersion: '', parameters: {}, triggers, actions, outputs: {} };
    const faults = faultsAgainstApi({ definition, parameters: {} }, readJsonFile<ApiDocument>('openapi/openapi.json'));
    expect(faults.filter((fault) => /shows|does not end on/.test(fault))).toEqual([]);
  }
});

test('the deployment builds what is published', () => {
  const [example] = examplesWith('func azure functionapp publish');
  expect(example?.text).toBe('npm ci\nnpm run build\nfunc azure functionapp publish <app> --javascript');
  expect(scripts['build']).toContain('scripts/build.mjs');
});

test('the deployment by azd is the one that infra/ describes, and its files are there', () => {
  const [example] = examplesWith('azd up');
  const commands = (example?.text ?? '').split('\n');
  expect(commands).toEqual([
    'azd auth login',
    'azd env new tones',
    'azd env set GRAPH_CLIENT_ID <application id of the bot>',
    'azd up',
    'set -a; eval "$(azd env get-values)"; set +a',
    'infra/connect-bot.sh',
  ]);
  const described = readText('infra/README.md');
  for (const command of commands) expect(described).toContain(command.replace(/ <.*>$/, ''));
  expect(readText('infra/main.parameters.json')).toContain('${GRAPH_CLIENT_ID}');
  expect(readText('azure.yaml')).toContain('host: function');
  expect(statSync(join(ROOT, 'infra/connect-bot.sh')).mode & 0o111).not.toBe(0);
});

test('no example is left out', () => {
  const left = EXAMPLES.filter((example) => !run.has(example));
  expect(left.map(({ language }) => language)).toEqual(['mermaid']);
});
