// Every example of the README is run: the commands, the curl requests and their answers, the actions of Logic Apps.
// `npm ci` is not: it would replace what the test runs on. `func` is not: it would deploy.
import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '../../../local/wait-for';
import { curlRequestOf, examplesOf, type CurlRequest, type Example } from '../../support/documents/readme-examples';
import { runScript, type RunningScript } from '../../support/readme-stack';
import { ROOT, readJsonFile, readText } from '../../support/documents/repository';

jest.setTimeout(60_000);

interface Action {
  readonly type: string;
  readonly inputs: {
    readonly method: string;
    readonly uri?: string;
    readonly function?: { readonly id: string };
    readonly headers?: Readonly<Record<string, string>>;
    readonly queries?: Readonly<Record<string, string>>;
    readonly body?: Readonly<Record<string, string>>;
  };
}

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
  expect(readText('.ci/run')).toMatch(/^npm ci\nnpm test$/m);
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

test('the HTTP action of Logic Apps gets the final outcome by its own polling, and its retries press nothing twice', async () => {
  const [example] = examplesWith('"type": "Http"');
  const { inputs } = actionsOf(example, await newCall())['Press_keys'] as Action;
  const request = {
    url: inputs.uri ?? '',
    method: inputs.method,
    headers: inputs.headers ?? {},
    body: JSON.stringify(inputs.body),
  };
  const final = await waitFor('the end of the polling', async () => {
    let answer = await curl(request);
    if (answer.status === 202) answer = await fetch(answer.headers.get('Location') ?? '');
    return answer.status === 200 && ((await answer.json()) as Record<string, unknown>);
  });
  expect(final).toMatchObject({ status: 'succeeded', toneCount: 3 });
  expect(await pressesOf(inputs.body?.['clientContext'] ?? '')).toEqual([['tone4', 'tone2', 'pound']]);
});

test('the Azure Functions actions ask for tones and read their outcome', async () => {
  const [example] = examplesWith('"type": "Function"');
  const actions = actionsOf(example, await newCall());
  const call = ({ inputs }: Action) => {
    const url = `${functions}/api/${inputs.function?.id.split('/').at(-1) ?? ''}?${new URLSearchParams(inputs.queries).toString()}`;
    const headers = { 'x-functions-key': 'local', 'Content-Type': 'application/json' };
    return curl({ url, method: inputs.method, headers, ...(inputs.body && { body: JSON.stringify(inputs.body) }) });
  };
  expect((await call(actions['Press_keys'] as Action)).status).toBe(202);
  const final = await waitFor('the outcome', async () => {
    const outcome = (await (await call(actions['Read_outcome'] as Action)).json()) as { status: string };
    return outcome.status === 'succeeded' && outcome;
  });
  expect(final).toMatchObject({ status: 'succeeded' });
});

/** The actions with their expressions evaluated, as far as the README uses them. */
function actionsOf(example: Example | undefined, callId: string): Record<string, Action> {
  const values: Readonly<Record<string, string>> = {
    "triggerBody()?['callId']": callId,
    'workflow().run.name': `0858${randomUUID()}`,
    "parameters('tonesFunctionKey')": 'local',
  };
  const text = (example?.text ?? '').replaceAll(
    /@\{([^}]+)\}|@(\w+\([^")]*\))/g,
    (_all, braced?: string, bare?: string) => values[braced ?? bare ?? ''] ?? 'UNKNOWN EXPRESSION',
  );
  expect(text).not.toContain('UNKNOWN EXPRESSION');
  return JSON.parse(text) as Record<string, Action>;
}

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
