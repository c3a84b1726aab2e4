// The published workflows of logic-apps/: they keep the rules of the Workflow Definition Language, ask only for what the API description has,
// and leave enough time. Every rule is shown to find its fault in a broken copy. Bicep itself is compiled by the test of all *.bicep files.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { sampleSettings } from '../../../local/local-stack';
import type { ApiDocument } from '../../support/documents/described-operations';
import { examplesOf } from '../../support/documents/readme-examples';
import { ROOT, codeSpansOf, readJsonFile, readText, sectionOf, tableOf } from '../../support/documents/repository';
import { faultsAgainstApi } from '../../support/workflows/workflow-api-rules';
import { faultsAgainstGraph } from '../../support/workflows/workflow-graph-rules';
import {
  placedActionsOf,
  textsOf,
  type Action,
  type Json,
  type WorkflowFile,
} from '../../support/workflows/workflow-definition';
import { templateOf } from '../../support/workflows/workflow-expression';
import { faultsOfWorkflow } from '../../support/workflows/workflow-rules';
import { BROKEN_WORKFLOWS, withEdits } from './broken-workflows';

const NAMES = ['dial-in', 'enter-pin', 'function-action', 'polling', 'webhook'] as const;
const FILES = NAMES.flatMap((name) => [name, `${name}-identity`]);
const api = readJsonFile<ApiDocument>('openapi/openapi.json');
const read = (name: string) => readJsonFile<WorkflowFile>(`logic-apps/${name}.json`);
const README = readText('logic-apps/README.md');

test('every sample is there as JSON by key and by identity, and as Bicep', () => {
  const expected = [
    ...FILES.map((name) => `${name}.json`),
    ...NAMES.map((name) => `${name}.bicep`),
    'README.md',
  ].sort();
  expect(readdirSync(join(ROOT, 'logic-apps')).sort()).toEqual(expected);
  expect(codeSpansOf(README)).toEqual(expect.arrayContaining(expected.filter((name) => name !== 'README.md')));
});

test.each(FILES)('%s keeps the rules of the language', (name) => {
  expect(faultsOfWorkflow(read(name))).toEqual([]);
});

test.each(FILES)(
  '%s asks only for what the API description has, hides what is secret, and has a branch for every end',
  (name) => {
    expect(faultsAgainstApi(read(name), api)).toEqual([]);
    expect(faultsAgainstGraph(read(name).definition)).toEqual([]);
  },
);

test.each(BROKEN_WORKFLOWS)('$file with $name is found out', ({ file, edits, fault }) => {
  const copy = withEdits(read(file), edits);
  const faults = faultsOfWorkflow(copy);
  const further = () => [...faultsAgainstApi(copy, api), ...faultsAgainstGraph(copy.definition)];
  expect(faults.length > 0 ? faults : further()).toContain(fault);
});

test.each(NAMES)('%s by identity is the same workflow, with an audience in place of the key', (name) => {
  const ours = JSON.stringify(read(`${name}-identity`));
  // A Consumption workflow has identities of one kind: where Graph is asked as a user-assigned one, so is the app.
  const identity = /"identity":"([^"]+)"/.exec(ours)?.[1];
  const authentication = {
    type: 'ManagedServiceIdentity',
    ...(identity !== undefined && { identity }),
    audience: "@parameters('tonesAudience')",
  };
  const byKey = JSON.parse(JSON.stringify(read(name)), (_field, value: Json) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const fields: Record<string, Json | undefined> = { ...(value as Record<string, Json>) };
    if (fields['method'] !== undefined) fields['authentication'] ??= authentication;
    const { 'x-functions-key': key, ...headers } = (fields['headers'] ?? {}) as Record<string, Json>;
    if (key !== undefined) fields['headers'] = Object.keys(headers).length === 0 ? undefined : headers;
    return fields as Json;
  }) as { definition: { parameters: Record<string, Json> }; parameters: Record<string, Json> };
  for (const holder of [byKey.definition, byKey]) delete holder.parameters['tonesFunctionKey'];
  byKey.definition.parameters['tonesAudience'] = { type: 'String' };
  byKey.parameters['tonesAudience'] = { value: 'api://<client id>' };
  expect(JSON.parse(ours)).toEqual(JSON.parse(JSON.stringify(byKey)));
});

test('a key is a SecureString, in the definition and in Bicep, and never an output', () => {
  for (const name of FILES) {
    for (const [parameter, { type }] of Object.entries(read(name).definition.parameters))
      expect([name, parameter, type]).toEqual([name, parameter, parameter.endsWith('Key') ? 'SecureString' : 'String']);
  }
  for (const name of NAMES) {
    const bicep = readText(`logic-apps/${name}.bicep`);
    for (const [, decorator = '', parameter = ''] of bicep.matchAll(/^(@secure\(\)\n)?param (\w+) /gm))
      expect([name, parameter, decorator !== '']).toEqual([name, parameter, parameter.endsWith('Key')]);
    for (const [output] of bicep.matchAll(/^output .*$/gm)) expect(output).not.toMatch(/key|listCallbackUrl|listKeys/i);
  }
});

test('Bicep types no definition again: it loads the files to paste, and gives every parameter of both', () => {
  for (const name of NAMES) {
    const bicep = readText(`logic-apps/${name}.bicep`);
    expect([...bicep.matchAll(/load(?:Json|Text)Content\('([^']+)'/g)].map((match) => match[1])).toEqual([
      `${name}.json`,
      `${name}-identity.json`,
    ]);
    expect(bicep).not.toContain('triggers');
    const declared = [name, `${name}-identity`].flatMap((file) => Object.keys(read(file).definition.parameters));
    for (const parameter of declared) expect(bicep).toContain(`${parameter}: { value: ${parameter} }`);
  }
});

test('what Bicep replaces is what stands in the definition', () => {
  const [, identity = ''] = /^var placeholder = '([^']+)'$/m.exec(readText('logic-apps/dial-in.bicep')) ?? [];
  const identitiesOf = (name: string) =>
    textsOf(read(name) as unknown as Json).flatMap(([path, id]) => (path.endsWith('/identity') ? id : []));
  expect(identitiesOf('dial-in')).toEqual(Array(3).fill(identity));
  expect(identitiesOf('dial-in-identity')).toEqual(Array(5).fill(identity));
  const [, placeholder = ''] =
    /^var placeholder = '([^']+)'$/m.exec(readText('logic-apps/function-action.bicep')) ?? [];
  for (const name of ['function-action', 'function-action-identity']) {
    const ids = textsOf(read(name) as unknown as Json).filter(([path]) => path.endsWith('/function/id'));
    expect(ids.map(([, id]) => id.startsWith(`${placeholder}/functions/`))).toEqual([true, true, true, true]);
  }
});

/** Seconds of `PT4M`. */
function secondsOf(duration: string | undefined): number {
  return 60 * Number(/^PT(\d+)M$/.exec(duration ?? '')?.[1]);
}

describe('time', () => {
  const settings = sampleSettings();
  // The longest a request of a sample can take with the default settings: 60 s to its deadline, 30 s for the press, 50 tones of 0.3 s, 60 s for Graph's report.
  const LONGEST = 165;
  const actionsOf = (name: string) =>
    Object.fromEntries(
      placedActionsOf(read(name).definition.actions).map(({ name: each, action }): [string, Action] => [each, action]),
    );
  const fieldsOf = (name: string) => {
    const { inputs } = actionsOf(name)['Press_keys'] as { inputs: Record<string, Record<string, Json>> };
    return (inputs['subscribe']?.['body'] ?? inputs['body']) as {
      expiresInSeconds: number;
      delayBetweenTonesMs: number;
    };
  };

  // Two presses, and between them a pause of 4 s with a lateness of 5 s.
  const LONGEST_OF_TWO = 60 + 2 * (30 + 60) + 15 + 4 + 5;

  test('the settings and the samples are those that the longest time was reckoned from', () => {
    expect(settings).toMatchObject({ SEND_GRACE_SECONDS: '30', NOTIFICATION_GRACE_SECONDS: '60', MAX_TONES: '50' });
    expect(settings).toMatchObject({ PART_LATENESS_SECONDS: '5' });
    for (const name of FILES)
      expect(fieldsOf(name)).toMatchObject({
        // The far end may ring for long.
        expiresInSeconds: name.startsWith('dial-in') ? 120 : 60,
        delayBetweenTonesMs: 300,
      });
  });

  test('the HTTP action and the loop wait longer than a request can take', () => {
    for (const name of ['polling', 'polling-identity'])
      expect(secondsOf(actionsOf(name)['Press_keys']?.limit?.timeout)).toBeGreaterThan(LONGEST + 10);
    for (const name of ['enter-pin', 'enter-pin-identity'])
      expect(secondsOf(actionsOf(name)['Press_keys']?.limit?.timeout)).toBeGreaterThan(LONGEST_OF_TWO + 10);
    for (const name of ['function-action', 'function-action-identity']) {
      const { timeout, count = 0 } = actionsOf(name)['Until_final']?.limit ?? {};
      expect(secondsOf(timeout)).toBeGreaterThan(LONGEST + 10);
      // Each round waits two seconds.
      expect(count * 2).toBeGreaterThanOrEqual(secondsOf(timeout));
    }
  });

  test('the webhook waits for the timer, too, which may be what ends a request, and for a callback that is sent again', () => {
    for (const name of ['webhook', 'webhook-identity'])
      expect(secondsOf(actionsOf(name)['Press_keys']?.limit?.timeout)).toBeGreaterThan(LONGEST + 90 + 30);
  });

  test('the workflow that dials waits for the ringing and the longest pauses, too', () => {
    for (const name of ['dial-in', 'dial-in-identity'])
      expect(secondsOf(actionsOf(name)['Press_keys']?.limit?.timeout)).toBeGreaterThan(LONGEST + 60 + 300 + 90 + 30);
  });

  test('the README reckons with the same numbers', () => {
    const rows = tableOf(sectionOf(README, 'expiresInSeconds and the timeout of the action'));
    expect(rows.map(([, seconds]) => Number(seconds))).toEqual([60, 30, 15, 60, 90]);
    expect(README).toContain(`${LONGEST} seconds`);
    expect(README).toContain(`${LONGEST + 90} seconds`);
    expect(README).toContain(`\n${LONGEST_OF_TWO} seconds`);
    expect(codeSpansOf(README)).toEqual(expect.arrayContaining(['PT4M', 'PT5M', 'PT6M']));
  });
});

test('the snippets of the README are JSON with expressions that can be read', () => {
  const snippets = examplesOf(README).filter(({ language }) => language === 'json');
  expect(snippets.length).toBeGreaterThanOrEqual(2);
  for (const { text } of snippets) {
    const texts = textsOf(JSON.parse(text) as Json);
    expect(texts.flatMap(([, each]) => templateOf(each).parts).length).toBeGreaterThan(0);
  }
});
