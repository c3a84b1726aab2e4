// The documents and the code must name the same columns, functions and events; every page must be found, and read by those whom it is for.
// Tables that are generated are looked at in reference.test.ts.
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { FUNCTION_NAMES } from '../../../shared/resource-names';
import { OUTCOME_COLUMNS } from '../../../shared/storage/outcome-rows';
import { ROOT, codeSpansOf, readText, repositoryFiles, sectionOf, tableOf } from '../../support/documents/repository';

const README = readText('README.md');
const ARCHITECTURE = readText('docs/architecture.md');

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

/** The anchors that GitHub makes of the headings of a document. */
function anchorsOf(document: string): string[] {
  const headings = readText(document)
    .replaceAll(/^```[\s\S]*?^```$/gm, '')
    .matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test('every link to a part of a document leads to a heading', () => {
  const documents = repositoryFiles().filter((path) => path.endsWith('.md'));
  const dangling = documents.flatMap((document) =>
    [...readText(document).matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g)]
      .map(([, file = '', anchor = '']) => [file === '' ? document : normalize(join(dirname(document), file)), anchor])
      .filter(([file = '', anchor = '']) => !anchorsOf(file).includes(anchor))
      .map(([file, anchor]) => `${document}: ${file}#${anchor}`),
  );
  expect(dangling).toEqual([]);
});

test('the index of documents has every page, and every decision under its own title', () => {
  const index = readText('docs/README.md');
  const links = [...index.matchAll(/\]\(([^)#]+)\)/g)].map((match) => normalize(join('docs', match[1] ?? '')));
  const pages = repositoryFiles().filter((path) => /^docs\/.*\.md$/.test(path) && path !== 'docs/README.md');
  expect(pages.filter((path) => !links.includes(path))).toEqual([]);
  const decisions = pages.filter((path) => path.startsWith('docs/decisions/'));
  expect(decisions.map((path) => Number(path.slice('docs/decisions/'.length, -3).slice(0, 4)))).toEqual(
    decisions.map((_path, index) => index + 1),
  );
  for (const path of decisions) {
    const [number = '', title = ''] = /^# (\d{4}) (.*)/.exec(readText(path))?.slice(1) ?? [];
    expect(path).toContain(`/${number}-`);
    expect(index).toContain(`- [${number}](${path.replace('docs/', '')}) ${title}\n`);
  }
});

test('test/README.md says what every folder of tests is for', () => {
  const folders = new Set(repositoryFiles().flatMap((path) => /^test\/([^/]+)\//.exec(path)?.[1] ?? []));
  const rows = tableOf(readText('test/README.md')).map(([folder = '']) => codeSpansOf(folder)[0]);
  expect(new Set(rows)).toEqual(folders);
});

test('AGENTS.md names npm scripts that exist, and leaves none out', () => {
  const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> };
  const commands = sectionOf(readText('AGENTS.md'), 'Commands');
  const named = [...commands.matchAll(/npm (?:run ([\w-]+)|(test|start)\b)/g)].map(([, run, short]) => run ?? short);
  expect([...new Set(named)].sort()).toEqual(Object.keys(scripts).sort());
});

test('every command that runs a part of the tests names tests that exist', () => {
  const documents = repositoryFiles().filter((path) => path.endsWith('.md'));
  const tests = repositoryFiles().filter((path) => path.endsWith('.test.ts'));
  const parts = documents.flatMap((document) =>
    [...readText(document).matchAll(/npm test -- ([^`;]+)/g)].flatMap(([, names = '']) => names.trim().split(' ')),
  );
  expect(parts.length).toBeGreaterThan(4);
  expect(parts.filter((part) => !tests.some((path) => path.startsWith(part)))).toEqual([]);
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
