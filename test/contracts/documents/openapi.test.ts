// The OpenAPI document: made from the code, committed as it is made, linted, and complete in both directions.
// What the running app really answers is compared in test/end-to-end/http/openapi-examples.test.ts.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { developmentNode } from '../../../local/development-node';
import { inherited, sampleSettings } from '../../../local/local-stack';
import { generatedFiles } from '../../../openapi/generated-files';
import { toJsonSchema } from '../../../openapi/schemas/json-schema';
import { PROBLEMS } from '../../../shared/http/problem';
import { ERROR_CATALOGUE } from '../../../shared/tones/facts/error-catalogue';
import { TONE_STATUSES } from '../../../shared/tones/facts/outcome-facts';
import { TONE_NAMES } from '../../../shared/tones/facts/tone-names';
import { toneRequestBodySchema } from '../../../shared/tones/request/tone-request';
import {
  CONNECTOR_FILE,
  OPENAPI_FILE,
  openApiDocument,
  operationsOf,
  resolved,
  type Json,
} from '../../support/documents/api-documents';
import { ROOT, readJsonFile, readText } from '../../support/documents/repository';

const document = openApiDocument();
const operations = operationsOf(document);
const NODE = developmentNode();

const schema = (name: string) => resolved(document, `#/components/schemas/${name}`);
const property = (name: string, ...path: readonly string[]) =>
  path.reduce<Json>((part, key) => (part['properties'] as Record<string, Json>)[key] ?? {}, schema(name));

test.each(Object.entries(generatedFiles()))('%s is committed as "npm run openapi" makes it', (path, text) => {
  expect(readText(path)).toBe(text);
});

describe('linted by Redocly, offline', () => {
  interface Problems {
    readonly totals: { readonly errors: number; readonly warnings: number; readonly ignored: number };
    readonly problems: readonly { readonly ruleId: string }[];
  }

  function lint(api: string, ...args: readonly string[]): Problems {
    const cli = join(ROOT, 'node_modules/@redocly/cli/bin/cli.js');
    const child = spawnSync(NODE, [cli, 'lint', api, '--format=json', ...args], {
      cwd: ROOT,
      env: { ...inherited(), REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
      encoding: 'utf8',
    });
    if (child.stdout === '') throw new Error(child.stderr);
    return JSON.parse(child.stdout) as Problems;
  }

  test.each(['openapi', 'connector'])('%s has no error and no warning, and none is ignored', (api) => {
    const { totals, problems } = lint(api);
    expect(problems).toEqual([]);
    expect(totals).toEqual({ errors: 0, warnings: 0, ignored: 0 });
  });

  test('a wrong example and a path parameter that is not declared are found', () => {
    const directory = mkdtempSync(join(tmpdir(), 'tones-openapi-'));
    const bad = join(directory, 'bad.json');
    const found = () => lint(bad, '--config', join(ROOT, 'redocly.yaml')).problems.map(({ ruleId }) => ruleId);
    writeFileSync(bad, readText(OPENAPI_FILE).replace('"digits": "42#"', '"digits": "none"'));
    expect(found()).toContain('no-invalid-media-type-examples');
    writeFileSync(
      bad,
      JSON.stringify({ ...document, paths: { '/api/enqueueTones/{id}': document.paths['/api/enqueueTones'] } }),
    );
    expect(found()).toContain('path-parameters-defined');
    rmSync(directory, { recursive: true });
  });

  test('the configuration reports nothing to anybody and extends nothing from the network', () => {
    const config = readText('redocly.yaml');
    expect(config).toMatch(/^telemetry: off$/m);
    expect(config).not.toMatch(/https?:/);
  });
});

describe('every registered HTTP function is described, and nothing else', () => {
  interface Registered {
    readonly name: string;
    readonly bindings: Readonly<
      Record<string, { readonly type: string; readonly methods?: readonly string[]; readonly authLevel?: string }>
    >;
  }

  const script = join(ROOT, 'test/fixtures/registered-functions/print-registered-functions.ts');
  const child = spawnSync(NODE, ['--import', createRequire(__filename).resolve('tsx'), script], {
    cwd: ROOT,
    env: { ...inherited(), ...sampleSettings() },
    encoding: 'utf8',
  });
  if (child.status !== 0) throw new Error(`${child.stderr} Is dist/main.js built?`);
  const triggers = (JSON.parse(child.stdout) as Registered[]).flatMap(({ name, bindings }) =>
    Object.values(bindings)
      .filter(({ type }) => type === 'httpTrigger')
      .map(({ methods = [], authLevel }) => ({ name, methods, authLevel })),
  );

  test('by path and method', () => {
    const registered = triggers.flatMap(({ name, methods }) => methods.map((method) => `${method} /api/${name}`));
    expect(operations.map(({ path, method }) => `${method} ${path}`).sort()).toEqual(registered.sort());
  });

  test('the operation is named after the function; HEAD says so', () => {
    expect(operations.map(({ path, method, operation }) => [path, method, operation.operationId])).toEqual(
      operations.map(({ path, method }) => [
        path,
        method,
        `${path.replace('/api/', '')}${method === 'HEAD' ? 'Head' : ''}`,
      ]),
    );
  });

  test('where the host asks for a key, so does the document; where it does not, the document says what is asked for', () => {
    const withoutKey: Readonly<Record<string, readonly Json[]>> = {
      toneStatus: [{ statusToken: [] }],
      callNotifications: [{ graphToken: [] }],
      health: [],
    };
    for (const { name, authLevel } of triggers) {
      const described = operations
        .filter(({ path }) => path === `/api/${name}`)
        .map(({ operation }) => operation.security);
      const expected = authLevel === 'function' ? [{ functionKey: [] }, { functionKeyInQuery: [] }] : withoutKey[name];
      for (const security of described) expect([name, security]).toEqual([name, expected]);
    }
    expect(document.components.securitySchemes).toMatchObject({
      functionKey: { type: 'apiKey', in: 'header', name: 'x-functions-key' },
      functionKeyInQuery: { type: 'apiKey', in: 'query', name: 'code' },
      statusToken: { type: 'apiKey', in: 'query', name: 'token' },
      graphToken: { type: 'http', scheme: 'bearer' },
    });
  });
});

describe('the answers are those of the code', () => {
  const sourceOf = (path: string) =>
    readText(
      `functions/${path.replace('/api/', '').replaceAll(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}.ts`,
    );
  const withBody = operations.filter(({ method }) => method !== 'HEAD');

  test.each(withBody)('$path answers the problems of its source, and no other', ({ path, operation }) => {
    const source = sourceOf(path);
    const codes = [
      ...[...source.matchAll(/problem\('([a-z-]+)'/g)].map((match) => match[1] ?? ''),
      ...(source.includes('readJson(') ? ['malformed-json', 'body-too-large', 'unsupported-media-type'] : []),
      ...(source.includes('requirePrincipal(') ? ['unauthenticated'] : []),
      ...(source.includes('unlessStorageFails(') ? ['storage-unavailable'] : []),
    ];
    const described = Object.values(operation.responses).flatMap(({ content }) =>
      Object.keys(content?.['application/problem+json']?.examples ?? {}),
    );
    expect(described.sort()).toEqual([...new Set(codes)].sort());
  });

  test.each(withBody)('$path succeeds with the statuses of its source', ({ path, operation }) => {
    const source = sourceOf(path);
    const statuses = [
      ...[...source.matchAll(/status: (2\d\d)/g)].map((match) => match[1]),
      ...(source.includes('pendingAnswer(') ? ['202'] : []),
      ...(source.includes('endOrPending(') ? ['200', '202'] : []),
    ];
    expect(Object.keys(operation.responses).filter((status) => status.startsWith('2'))).toEqual(
      [...new Set(statuses)].sort(),
    );
  });

  test('each example of a problem stands under its status, whole', () => {
    const examples = withBody
      .flatMap(({ operation }) => Object.entries(operation.responses))
      .flatMap(([status, { content }]) =>
        Object.entries(content?.['application/problem+json']?.examples ?? {}).map(([code, { value }]) => ({
          status,
          code,
          value,
        })),
      );
    expect(new Set(examples.map(({ code }) => code))).toEqual(new Set(Object.keys(PROBLEMS)));
    for (const { status, code, value } of examples) {
      const problem = PROBLEMS[code as keyof typeof PROBLEMS];
      expect([code, status, value]).toEqual([
        code,
        String(problem.status),
        expect.objectContaining({ type: `urn:problem:${code}`, ...problem }),
      ]);
    }
  });

  test('HEAD answers the statuses of GET without a body', () => {
    const { get, head } = document.paths['/api/health'] ?? {};
    expect(Object.keys(head?.responses ?? {})).toEqual(Object.keys(get?.responses ?? {}));
    expect(Object.values(head?.responses ?? {}).filter((answer) => 'content' in answer)).toEqual([]);
  });
});

test('names and codes are the code’s own, and the limits those of the default settings', () => {
  expect(property('ToneRequest', 'tones')).toMatchObject({
    items: { enum: [...TONE_NAMES] },
    minItems: 1,
    maxItems: 50,
  });
  expect(property('ToneRequest', 'digits')).toMatchObject({ minLength: 1, pattern: '^[0-9*#A-Da-d!wW, .()-]+$' });
  expect(property('ToneRequest', 'expiresInSeconds')).toMatchObject({ default: 60, minimum: 1, maximum: 3600 });
  expect(property('ToneRequest', 'callbackUrl')).toMatchObject({ maxLength: 4096 });
  expect(schema('ToneRequest')).toMatchObject({
    required: ['callId'],
    additionalProperties: false,
    oneOf: [
      { required: ['tones'], properties: { tones: { type: 'array' } } },
      { required: ['digits'], properties: { digits: { type: 'string' } } },
    ],
  });
  expect(property('Outcome', 'status')['enum']).toEqual([...TONE_STATUSES]);
  expect(Object.keys(property('Outcome', 'status')['x-enumDescriptions'] as Json)).toEqual([...TONE_STATUSES]);
  expect(property('Outcome', 'error', 'code')['enum']).toEqual(Object.keys(ERROR_CATALOGUE));
  expect(property('Problem', 'type')['enum']).toEqual(Object.keys(PROBLEMS).map((code) => `urn:problem:${code}`));
});

test('every optional field of a tone request may be null, callId may not; the connector’s dialect has no null', () => {
  const types = (of: Json) =>
    Object.entries(of['properties'] as Record<string, Json>).map(([name, field]) => [name, field['type']]);
  expect(types(schema('ToneRequest'))).toEqual([
    ['callId', 'string'],
    ['tones', ['array', 'null']],
    ['digits', ['string', 'null']],
    ['delayBetweenTonesMs', ['integer', 'null']],
    ['clientContext', ['string', 'null']],
    ['expiresInSeconds', ['integer', 'null']],
    ['callbackUrl', ['string', 'null']],
    ['tenantId', ['string', 'null']],
  ]);
  const connector = resolved(readJsonFile(CONNECTOR_FILE), '#/definitions/ToneRequestWithCallback');
  expect(types(connector).map(([, type]) => type)).toEqual([
    'string',
    'array',
    'string',
    'integer',
    'string',
    'integer',
    'string',
    'string',
  ]);
});

test('a text that names a limit names the right one', () => {
  for (const file of [
    schema('ToneRequest'),
    resolved(readJsonFile(CONNECTOR_FILE), '#/definitions/ToneRequestWithCallback'),
  ]) {
    for (const [name, field] of Object.entries(file['properties'] as Record<string, Json>)) {
      const limit = (field['maximum'] ??
        field['maxLength'] ??
        field['maxItems'] ??
        /,(\d+)\}\$$/.exec(String(field['pattern']))?.[1] ??
        // Of a dial string the keys count, which no schema can say: MAX_TONES.
        50) as number | string;
      expect([name, field['description']]).toEqual([
        name,
        expect.stringMatching(new RegExp(`\\b${Number(limit).toLocaleString('en-US')}\\b`)),
      ]);
    }
  }
});

test('every example of a tone request is one', () => {
  const limits = { maxTones: 50, defaultExpiresInSeconds: 60, callbackHosts: ['*.logic.azure.com'] };
  const examples =
    operations.find(({ operation }) => operation.operationId === 'enqueueTones')?.operation.requestBody?.content[
      'application/json'
    ]?.examples ?? {};
  expect(Object.keys(examples)).toEqual(['digits', 'tones', 'withoutName', 'callback', 'pauses']);
  for (const [name, { value }] of Object.entries(examples))
    expect([name, toneRequestBodySchema(limits).safeParse(value).error?.issues ?? []]).toEqual([name, []]);
});

test('the server is any host over https', () => {
  expect(document.openapi).toMatch(/^3\.1\.\d+$/);
  expect(document.servers).toMatchObject([
    { url: 'https://{host}', variables: { host: { default: 'my-tones.azurewebsites.net' } } },
  ]);
});

test('a field without a text, and a text without a field, stop the generator', () => {
  const dialect = { target: 'draft-2020-12', annotate: () => ({}), nullable: () => ({}) } as const;
  const text = { title: 'A', description: 'A.' };
  expect(() => toJsonSchema(z.strictObject({ a: z.string(), b: z.string() }), { a: text }, dialect)).toThrow(
    'the field b has no text',
  );
  expect(() => toJsonSchema(z.strictObject({ a: z.string() }), { a: text, b: text }, dialect)).toThrow(
    'texts without a field: b',
  );
});
