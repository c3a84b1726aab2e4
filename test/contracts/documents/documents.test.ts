// The documents and the code must name the same codes, statuses, tones, columns and events.
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { PROBLEMS } from '../../../shared/http/problem';
import { FUNCTION_NAMES } from '../../../shared/resource-names';
import { OUTCOME_COLUMNS } from '../../../shared/storage/outcome-rows';
import { ERROR_CATALOGUE } from '../../../shared/tones/facts/error-catalogue';
import { TONE_STATUSES, isFinal } from '../../../shared/tones/facts/outcome-facts';
import { MOST_ATTEMPTS } from '../../../shared/tones/callbacks/retry';
import { TONE_NAMES } from '../../../shared/tones/facts/tone-names';
import { ROOT, codeSpansOf, readText, repositoryFiles, sectionOf, tableOf } from '../../support/documents/repository';

const README = readText('README.md');
const REFERENCE = readText('docs/reference.md');
const ARCHITECTURE = readText('docs/architecture.md');
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

test('the README is read in five minutes: 12 KB at most, and what a real call needs comes before the first table', () => {
  expect(Buffer.byteLength(README)).toBeLessThanOrEqual(12_000);
  const before = README.indexOf('## Before it works with a real call');
  expect(before).toBeGreaterThan(0);
  expect(before).toBeLessThan(README.indexOf('\n|'));
});

test('the architecture document names every event of the log, and no other', () => {
  const union = /export type EventName =([^;]*);/.exec(readText('shared/tones/event-log.ts'))?.[1] ?? '';
  const events = [...union.matchAll(/'([a-z-]+)'/g)].map((match) => match[1]);
  expect(events.length).toBeGreaterThan(20);
  const documented = tableOf(sectionOf(ARCHITECTURE, 'Events in the log')).flatMap(([names]) =>
    codeSpansOf(names ?? ''),
  );
  expect(documented.sort()).toEqual(events.sort());
});

test('the columns of an outcome are the contract’s, by name and type', () => {
  expect(OUTCOME_COLUMNS).toMatchObject({
    clientContext: 'string',
    callId: 'string',
    status: 'string',
    operationId: 'string',
    completionReason: 'string',
    resultCode: 'integer',
    resultSubcode: 'integer',
    resultMessage: 'string',
    errorCode: 'string',
    errorMessage: 'string',
    toneCount: 'integer',
    acceptedAt: 'time',
    expiresAt: 'time',
    sentAt: 'time',
    finishedAt: 'time',
  });
  expect(
    Object.keys(OUTCOME_COLUMNS).filter((column) => /tones|digits/i.test(column) && column !== 'delayBetweenTonesMs'),
  ).toEqual([]);
});

test('the architecture document names every column and every function', () => {
  const spans = codeSpansOf(ARCHITECTURE);
  expect(spans).toEqual(expect.arrayContaining(Object.keys(OUTCOME_COLUMNS)));
  expect(spans).toEqual(expect.arrayContaining(Object.values(FUNCTION_NAMES)));
});

test('every link between documents, and every path of ours in them, leads to a file', () => {
  const documents = repositoryFiles().filter((path) => path.endsWith('.md'));
  expect(documents).toEqual(
    expect.arrayContaining(['README.md', 'AGENTS.md', 'CHANGELOG.md', 'shared/README.md', 'docs/architecture.md']),
  );
  for (const document of documents) {
    const text = readText(document);
    const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map((match) =>
      normalize(join(dirname(document), match[1] ?? '')),
    );
    const paths = codeSpansOf(text).filter((span) =>
      /^(?:functions|shared|local|test|docs|scripts)\/[\w./-]+\.(?:ts|mjs|md|json)$/.test(span),
    );
    expect([document, [...links, ...paths].filter((path) => !existsSync(join(ROOT, path)))]).toEqual([document, []]);
  }
});

test('every decision has one screen: context, decision, consequences', () => {
  const decisions = repositoryFiles().filter((path) => /^docs\/decisions\/\d{4}-[a-z0-9-]+\.md$/.test(path));
  expect(decisions.length).toBeGreaterThanOrEqual(9);
  for (const path of decisions) {
    const text = readText(path);
    expect([path, text.match(/^## .+$/gm)]).toEqual([path, ['## Context', '## Decision', '## Consequences']]);
    expect([path, text.split('\n').length <= 60]).toEqual([path, true]);
  }
});

test('no document has a place left to be filled in', () => {
  for (const file of ['README.md', 'docs/reliability.md', 'docs/architecture.md'])
    expect(readText(file)).not.toMatch(/@[A-Z0-9]+@/);
});
