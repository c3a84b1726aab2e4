// The security document: what it counts and names must be so.
import { FUNCTION_NAMES } from '../../../shared/resource-names';
import { SETTINGS } from '../../../shared/settings/setting-names';
import {
  codeSpansOf,
  readJsonFile,
  readText,
  repositoryFiles,
  sectionOf,
  tableOf,
} from '../../support/documents/repository';
import { operationsOf, type ApiDocument } from '../../support/documents/described-operations';
import { FORGED_IN_BOTH_KINDS, FORGED_IN_ONE_KIND } from '../../unit/graph/tokens/forged-tokens';

const DOCUMENT = readText('docs/security.md');

test('the number of forged tokens is that of the table, and at least forty', () => {
  const stated = Number(/\*\*(\d+) forged or malformed tokens are refused\*\*/.exec(DOCUMENT)?.[1]);
  expect(stated).toBe(2 * FORGED_IN_BOTH_KINDS.length + FORGED_IN_ONE_KIND.length);
  expect(stated).toBeGreaterThanOrEqual(40);
});

test('no forgery is there twice', () => {
  const names = [...FORGED_IN_BOTH_KINDS, ...FORGED_IN_ONE_KIND].map(([name]) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test('every endpoint is in the table of trust, and those that need a key are told apart', () => {
  const rows = tableOf(sectionOf(DOCUMENT, 'What each endpoint trusts')).map(
    ([endpoint = '', , proof = '']) => [endpoint.replaceAll('`', ''), /key|the same/.test(proof)] as const,
  );
  const operations = operationsOf(readJsonFile<ApiDocument>('openapi/openapi.json'));
  const expected = new Map(
    operations.map(({ name, needsKey }) => [name, needsKey && !['toneStatus', 'callNotifications'].includes(name)]),
  );
  expect(new Map(rows.filter(([name]) => name in FUNCTION_NAMES))).toEqual(expected);
});

test('the ten risks of OWASP’s list of 2023 are there, each with an answer', () => {
  const rows = tableOf(sectionOf(DOCUMENT, 'Threats: OWASP API Security Top 10, 2023'));
  expect(rows.map(([risk]) => risk)).toEqual([
    'API1 Broken object level authorization',
    'API2 Broken authentication',
    'API3 Broken object property level authorization',
    'API4 Unrestricted resource consumption',
    'API5 Broken function level authorization',
    'API6 Unrestricted access to sensitive business flows',
    'API7 Server side request forgery',
    'API8 Security misconfiguration',
    'API9 Improper inventory management',
    'API10 Unsafe consumption of APIs',
  ]);
  for (const [risk, here = '', answer = ''] of rows)
    expect([risk, here !== '', answer.length > 40]).toEqual([risk, true, true]);
});

test('it names tests and settings that exist', () => {
  const spans = codeSpansOf(DOCUMENT);
  const tests = spans.filter((span) => span.startsWith('test/'));
  expect(tests.length).toBeGreaterThan(10);
  expect(tests.filter((path) => !repositoryFiles().includes(path))).toEqual([]);
  const settings: readonly string[] = SETTINGS.map(({ name }) => name);
  const named = [...DOCUMENT.matchAll(/\b[A-Z]{3,}(?:_[A-Z]+)+\b/g)]
    .map(([name]) => name)
    .filter((name) => name !== 'FUNCTIONS_REQUEST_BODY_SIZE_LIMIT');
  expect(named.length).toBeGreaterThan(4);
  expect(named.filter((name) => !settings.includes(name))).toEqual([]);
});

test('the limits that it states are those of the code', () => {
  expect(readText('functions/enqueue-tones.ts')).toContain('16 * 1024');
  expect(readText('functions/call-notifications.ts')).toContain('256 * 1024');
  expect(readText('shared/graph/signing-keys.ts')).toMatch(/COOLDOWN_MS = 10_000/);
  expect(readText('shared/outbound/post-callback.ts')).toMatch(/TIME_LIMIT_MS = 5000/);
  expect(readText('shared/outbound/pass-on.ts')).toMatch(/TIME_LIMIT_MS = 3000/);
  expect(readText('shared/clock.ts')).toContain('randomBytes(24)');
});
