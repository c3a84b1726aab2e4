// docs/reference.md against the code, row by row: that it is fresh is looked for in openapi.test.ts, that nothing is
// missing in it here.
// Expectations come from the catalogues, never from the generator.
import { table } from '../../../openapi/markdown-table';
import { PROBLEMS } from '../../../shared/http/problem';
import { OUTCOME_COLUMNS } from '../../../shared/storage/outcome-rows';
import { MOST_ATTEMPTS } from '../../../shared/tones/callbacks/retry';
import { ERROR_CATALOGUE } from '../../../shared/tones/facts/error-catalogue';
import { TONE_STATUSES, isFinal } from '../../../shared/tones/facts/outcome-facts';
import { TONE_NAMES } from '../../../shared/tones/facts/tone-names';
import { codeSpansOf, readText, sectionOf, tableOf } from '../../support/documents/repository';

const README = readText('README.md');
const REFERENCE = readText('docs/reference.md');
const ASK_AGAIN = { yes: 'yes', no: 'no', 'check-first': 'check first' } as const;

test('the reference’s error table is the catalogue: every code, its message, and whether asking again helps', () => {
  const rows = Object.entries(ERROR_CATALOGUE).map(([code, { message, askAgain }]) => [
    `\`${code}\``,
    message,
    ASK_AGAIN[askAgain],
  ]);
  expect(tableOf(sectionOf(REFERENCE, 'Error codes'))).toEqual(rows);
});

test('the reference’s problem table has every type and status', () => {
  const rows = tableOf(sectionOf(REFERENCE, 'Problems')).map(([type, status]) => [type, status]);
  expect(rows).toEqual(
    Object.entries(PROBLEMS).map(([code, { status }]) => [`\`urn:problem:${code}\``, String(status)]),
  );
});

test.each([
  ['the README', README, 'Outcomes'],
  ['the reference', REFERENCE, 'Statuses'],
])('the status table of %s has every status in order, and says which are final', (_name, document, heading) => {
  const rows = tableOf(sectionOf(document, heading)).map(([status, final]) => [status, final]);
  expect(rows).toEqual(TONE_STATUSES.map((status) => [`\`${status}\``, isFinal(status) ? 'yes' : '']));
});

test('reference, simulator and code have the same tones: Graph’s', () => {
  const expected = [
    'tone0',
    'tone1',
    'tone2',
    'tone3',
    'tone4',
    'tone5',
    'tone6',
    'tone7',
    'tone8',
    'tone9',
    'star',
    'pound',
    'a',
    'b',
    'c',
    'd',
    'flash',
  ];
  expect([...TONE_NAMES]).toEqual(expected);
  const simulator =
    /const TONES\b[^{]*\{([^}]*)\}/.exec(readText('local/graph-simulator/graph/send-dtmf-tones-body.ts'))?.[1] ?? '';
  expect([...simulator.matchAll(/(\w+): true/g)].map((match) => match[1])).toEqual(expected);
  const row = tableOf(sectionOf(REFERENCE, 'The request')).find(([field]) => field === '`tones`');
  expect(codeSpansOf(row?.[2] ?? '')).toEqual(expected);
});

test('the reference names every field of a request, and the columns of an outcome by their fields', () => {
  const fieldsOf = (heading: string) =>
    tableOf(sectionOf(REFERENCE, heading)).map(([field = '']) => codeSpansOf(field)[0]);
  expect(fieldsOf('The request')).toEqual([
    'callId',
    'tones',
    'digits',
    'delayBetweenTonesMs',
    'clientContext',
    'expiresInSeconds',
    'callbackUrl',
    'tenantId',
  ]);
  const spans = codeSpansOf(sectionOf(REFERENCE, 'The outcome'));
  const facts = Object.keys(OUTCOME_COLUMNS).slice(0, Object.keys(OUTCOME_COLUMNS).indexOf('finishedAt') + 1);
  expect(facts.length).toBeGreaterThan(10);
  expect(spans).toEqual(expect.arrayContaining(facts));
});

test('the reference counts attempts and bytes as the code does', () => {
  expect(MOST_ATTEMPTS).toBe(10);
  expect(sectionOf(REFERENCE, 'Being called back')).toContain('ten attempts in about a quarter of an hour');
  expect(sectionOf(REFERENCE, 'The request')).toContain('at most 16 KiB');
  expect(readText('functions/enqueue-tones.ts')).toContain('16 * 1024');
});

test('a cell that would break its table stops the generator', () => {
  expect(table(['a', 'b'], [['1', '']])).toBe('| a | b |\n|---|---|\n| 1 | |');
  expect(() => table(['a'], [['x | y']])).toThrow('a cell would break its table: x | y');
  expect(() => table(['a'], [['x\ny']])).toThrow('a cell would break its table');
});

test('the receiver of callbacks has 20 lines, verifies by the library of the specification, and listens where the example sends', () => {
  const receiver = readText('docs/callback-receiver.mjs');
  expect(receiver.trimEnd().split('\n')).toHaveLength(20);
  expect(receiver).toContain("from 'standardwebhooks'");
  const port = /PORT \?\? (\d+)/.exec(receiver)?.[1];
  const section = sectionOf(REFERENCE, 'Being called back');
  expect(section).toContain('node docs/callback-receiver.mjs &\n');
  expect(section).toContain(`CALLBACK_HOSTS=http://localhost:${port} npm start`);
  expect(section).toContain(`"callbackUrl": "http://localhost:${port}/"`);
});
