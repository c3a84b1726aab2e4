// Every example of the README is run: the commands, the curl requests and their answers, the actions of Logic Apps.
// `npm ci` is not: it would replace what the test runs on. `az`, `azd` and `func` are not: they would deploy.
import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '../../../local/wait-for';
import {
  curlRequestOf,
  examplesOf,
  masked,
  type CurlRequest,
  type Example,
} from '../../support/documents/readme-examples';
import { runScript, startReadmeStack, type ReadmeStack } from '../../support/readme-stack';
import type { ApiDocument } from '../../support/documents/described-operations';
import { ROOT, readJsonFile, readText } from '../../support/documents/repository';
import { LogicAppClient } from '../../support/workflows/logic-app-client';
import { faultsAgainstApi } from '../../support/workflows/workflow-api-rules';
import type { Actions, WorkflowFile } from '../../support/workflows/workflow-definition';
import { playWorkflow, type PlayedRun } from '../../support/workflows/workflow-player';

jest.setTimeout(120_000);

const README = readText('README.md');
const EXAMPLES = examplesOf(README);
const LOGIC_APPS_EXAMPLES = examplesOf(readText('logic-apps/README.md'));
const { scripts } = readJsonFile<{ scripts: Record<string, string> }>('package.json');

const run = new Set<Example>();
let stack: ReadmeStack;

beforeAll(async () => {
  const [command] = examplesWith('LOCAL_FUNCTION_KEY=local npm start');
  expect(command?.text).toBe('LOCAL_FUNCTION_KEY=local npm start');
  expect(scripts['start']).toContain('with-build.mjs local/start.ts');
  stack = await startReadmeStack();
  expect(stack.printed(/^Function key +(\S+)$/)).toBe('local');
});
afterAll(async () => {
  expect(await stack.stop()).toBe(0);
});

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
    .replace('http://127.0.0.1:7071', stack.functions)
    .replace('https://my-tones.azurewebsites.net', stack.functions);
}

function curl({
  url,
  method,
  headers,
  body,
}: Pick<CurlRequest, 'url' | 'method' | 'headers' | 'body'>): Promise<Response> {
  return fetch(here(url), { method, headers, ...(body !== undefined && { body }) });
}

/** As jq prints it. */
async function laidOut(answer: Response): Promise<string> {
  return JSON.stringify(await answer.json(), null, 2);
}

test('the demo prints what the README shows', async () => {
  const [example] = examplesWith('npm ci && npm run demo');
  expect(example?.text).toBe('npm ci && npm run demo');
  expect(scripts['demo']).toContain('with-build.mjs local/demo.ts');
  const demo = runScript('local/demo.ts');
  expect(await demo.ended).toBe(0);
  const printed = demo.lines.filter((line) => !line.includes('... waiting')).map(masked);
  const shown = masked(answerTo(example ?? { language: '', text: '' }).text).split('\n');
  const start = printed.indexOf(shown[0] ?? '');
  expect(printed.slice(start, start + shown.length)).toEqual(shown);

  const after = (start: string) =>
    printed.flatMap((line) => (line.startsWith(`SECONDS ${start}`) ? [line.slice(`SECONDS ${start}`.length)] : []));
  expect(after(' POST http://HOST/api/enqueueTones ').map((body) => /"demo-\d"/.exec(body)?.[0])).toEqual([
    ...['"demo-1"', '"demo-2"', '"demo-3"', '"demo-4"'],
  ]);
  expect(after('   press seen by Graph: ')).toEqual([
    'tone4, tone2, pound from TIME to TIME',
    ...['tone1 from TIME to TIME', 'tone8, tone6, tone4, pound from TIME to TIME'],
    ...['tone1 from TIME to TIME', 'tone4, tone2, pound from TIME to TIME'],
  ]);
  expect(after('   row in table "ToneOutcomes", PartitionKey ')).toEqual(['"demo-1":', '"demo-3":', '"demo-4":']);
  expect(after('       [').map((line) => line.split(' {')[0])).toEqual([
    ...['enqueueTones] tones-accepted', 'sendTones] tones-sent', 'callNotifications] request-ended'],
  ]);
});

test('the test command is the one that CI runs', () => {
  expect(README).toContain('All tests: `npm ci && npm test`');
  expect(readText('.ci/run')).toMatch(/^npm ci\nnpm ci --prefix tools\/queries\nnpm test$/m);
  expect(readText('scripts/test.mjs')).toContain('passed, ${failed} failed`');
});

test('the curl requests are answered as shown, one after the other', async () => {
  const [enqueue, outcome, faulty, ...more] = examplesWith('curl ');
  if (!enqueue || !outcome || !faulty) throw new Error('three curl examples are expected');
  expect(more).toEqual([]);

  const accepted = await curl(curlRequestOf(enqueue.text));
  const [head = '', body = ''] = answerTo(enqueue).text.split('\n\n');
  const [statusLine, ...fields] = head.split('\n');
  expect(statusLine).toBe(`HTTP/1.1 ${accepted.status} ${accepted.statusText}`);
  const answered = [...accepted.headers].map(([name, value]) => masked(`${name}: ${value}`));
  expect(fields).toHaveLength(2);
  expect(answered).toEqual(expect.arrayContaining(fields.map(masked)));
  expect(masked(await accepted.text())).toBe(masked(body));
  const location = accepted.headers.get('Location') ?? '';
  await waitFor('the final answer', async () => (await fetch(location)).status === 200);

  expect(masked(await laidOut(await curl(curlRequestOf(outcome.text))))).toBe(masked(answerTo(outcome).text));
  expect(await stack.pressesOf('order-42')).toEqual([['tone4', 'tone2', 'pound']]);
  expect(await laidOut(await curl(curlRequestOf(faulty.text)))).toBe(answerTo(faulty).text);
});

/** Plays the actions of an example as Logic Apps would, against this stack in place of the app that the README names. */
async function played(
  example: Example | undefined,
): Promise<PlayedRun & { readonly presses: readonly (readonly string[])[] }> {
  const text = here(example?.text ?? '');
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
      triggerBody: { callId: await stack.newCall() },
      runName,
      parameters: { tonesFunctionKey: 'local' },
      functionApp: { url: stack.functions, functionKey: 'local' },
    },
  );
  return { ...run, presses: await stack.pressesOf(`${runName}-press-keys`) };
}

test('the HTTP action of Logic Apps gets the final outcome by its own polling', async () => {
  const [example] = examplesWith('"type": "Http"');
  const { statuses, outputs, presses } = await played(example);
  expect(statuses).toEqual({ Press_keys: 'Succeeded' });
  expect(outputs['Press_keys']).toMatchObject({ body: { status: 'succeeded', toneCount: 3 } });
  expect(presses).toEqual([['tone4', 'tone2', 'pound']]);
});

test('the Azure Functions actions of logic-apps ask for tones, and read their outcome until it is final', async () => {
  const example = LOGIC_APPS_EXAMPLES.find(({ text }) => text.includes('"type": "Function"'));
  const { statuses, outputs, presses } = await played(example);
  expect(statuses).toMatchObject({ Press_keys: 'Succeeded', Until_final: 'Succeeded', Read_outcome: 'Succeeded' });
  expect(outputs['Read_outcome']).toMatchObject({ body: { status: 'succeeded', toneCount: 3 } });
  expect(presses).toEqual([['tone4', 'tone2', 'pound']]);
});

test('the actions of Logic Apps break no rule of theirs: digits, key and token in no run history, an end of every loop', () => {
  const snippets = [...EXAMPLES, ...LOGIC_APPS_EXAMPLES].filter(({ text }) => /"type": "(?:Http|Function)"/.test(text));
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
    'az login --tenant <tenant of the bot>',
    'set -a; eval "$(azd env get-values)"; set +a',
    'infra/connect-bot.sh',
  ]);
  const described = readText('infra/README.md');
  for (const command of commands) expect(described).toContain(command.replace(/ <.*>$/, ''));
  expect(readText('infra/main.parameters.json')).toContain('${GRAPH_CLIENT_ID}');
  expect(readText('azure.yaml')).toContain('host: function');
  expect(statSync(join(ROOT, 'infra/connect-bot.sh')).mode & 0o111).not.toBe(0);
});

test('the function key is asked for by variables that infra/ gives', () => {
  const [example] = examplesWith('az functionapp keys list');
  const variables = [...(example?.text ?? '').matchAll(/\$(\w+)/g)].map(([, name]) => name);
  expect(variables).toEqual(['TONES_RESOURCE_GROUP', 'TONES_FUNCTION_APP']);
  for (const name of variables) expect(readText('infra/main.bicep')).toContain(`output ${name} string`);
  expect(readText('infra/README.md')).toContain(`key=$(${example?.text})`);
});

test('no example is left out', () => {
  const left = EXAMPLES.filter((example) => !run.has(example));
  expect(left.map(({ language }) => language)).toEqual(['mermaid']);
});
