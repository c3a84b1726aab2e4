// docs/operations.md and the code must agree: events, fields and metrics of the queries, files of infra/queries, refusals, and the sums of the costs.
import { COUNTERS, HISTOGRAMS } from '../../../shared/telemetry/measurements';
import { codeSpansOf, readText, repositoryFiles, sectionOf, tableOf } from '../../support/documents/repository';

const OPERATIONS = readText('docs/operations.md');
const EVENT_LOG = readText('shared/tones/event-log.ts');

const namesIn = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[1] ?? '');
const EVENTS = namesIn(/export type EventName =([^;]*);/.exec(EVENT_LOG)?.[1] ?? '', /'([a-z-]+)'/g);
const FIELDS = namesIn(/export interface EventFields \{([\s\S]*?)\n\}/.exec(EVENT_LOG)?.[1] ?? '', /readonly (\w+)\?/g);
/** Written without an invocation, so that they are no events. */
const OTHER_LINES = ['telemetry-lost', 'signing-keys-unavailable'];

const blocks = namesIn(OPERATIONS, /```kusto\n([\s\S]*?)```/g);
const queryFiles = repositoryFiles().filter((path) => /^infra\/queries\/.*\.kql$/.test(path));
const queries: [string, string][] = [
  ...blocks.map((block, index): [string, string] => [`query ${index + 1}`, block]),
  ...queryFiles.map((path): [string, string] => [path, readText(path)]),
];

test('the patterns of this test find what they look for', () => {
  expect(EVENTS).toEqual(expect.arrayContaining(['tones-accepted', 'callback-given-up']));
  expect(FIELDS).toEqual(expect.arrayContaining(['clientContext', 'acceptToPressMs', 'httpStatus']));
  expect(blocks.length).toBeGreaterThan(10);
});

test.each(queries)('%s names only events that the code logs', (_name, query) => {
  const statements = query.replaceAll(/^\s*\/\/.*$/gm, '');
  const named = [
    ...namesIn(statements, /Event == "([^"]+)"/g),
    ...namesIn(statements, /Event in \(([^)]*)\)/g).flatMap((list) => namesIn(list, /"([^"]+)"/g)),
    ...namesIn(statements, /Message startswith "([a-z-]+) \{"/g),
  ];
  expect(named.filter((name) => ![...EVENTS, ...OTHER_LINES].includes(name))).toEqual([]);
});

test.each(queries)('%s reads only fields that events have', (_name, query) => {
  const read = [...namesIn(query, /Facts\.(\w+)/g), ...namesIn(query, /Facts\["(\w+)"\]/g)];
  expect(read.filter((name) => !FIELDS.includes(name))).toEqual([]);
});

test('the lines beside the events are written by functions/main.ts', () => {
  for (const line of OTHER_LINES) expect(readText('functions/main.ts')).toContain(`${line} \${`);
});

test('the table of metrics has every metric with its unit', () => {
  const rows = tableOf(OPERATIONS.slice(OPERATIONS.indexOf('| metric |'))).map(([name, unit]) => [name, unit]);
  expect(rows).toEqual(
    expect.arrayContaining(
      Object.entries({ ...COUNTERS, ...HISTOGRAMS }).map(([name, { unit }]) => [`\`${name}\``, unit]),
    ),
  );
  expect(rows).toHaveLength(10);
});

test('metrics in queries exist', () => {
  const named = blocks
    .filter((block) => block.includes('AppMetrics'))
    .flatMap((block) => namesIn(block, /"(tones\.[a-z_]+)"/g));
  expect(named.filter((name) => !(name in COUNTERS) && !(name in HISTOGRAMS) && name !== 'tones.status')).toEqual([]);
});

test('every query of the alerts and the workbook is named, and no other', () => {
  const named = codeSpansOf(OPERATIONS).filter((span) => span.endsWith('.kql'));
  expect(named.map((name) => `infra/queries/${name}`).sort()).toEqual(queryFiles);
});

test('the reasons of a refused notification are the code’s', () => {
  const code = readText('shared/graph/notification-token.ts') + readText('shared/graph/notification-claims.ts');
  const paragraph = OPERATIONS.split('\n').find((line) => line.startsWith('**Who was refused as notifier?**')) ?? '';
  const named = codeSpansOf(paragraph).filter((span) => !span.includes(' '));
  expect(named.length).toBeGreaterThan(3);
  for (const reason of named) expect(code).toContain(`'${reason}'`);
});

test('an operator finds poison, unknown outcomes, rotation, scaling and costs', () => {
  for (const heading of [
    'Poisoned requests',
    'Unknown outcomes',
    'Rotating secrets, keys and the token signer',
    'Scaling',
    'Costs',
  ])
    expect(sectionOf(OPERATIONS, heading)).not.toBe('');
});

const dollars = (amount: number): string => `$${amount.toFixed(2)}`;

test('the money of a request is its transactions at the prices that are given', () => {
  for (const [part, table, queue, perMillion] of tableOf(sectionOf(OPERATIONS, 'Costs'))) {
    const million = (Number(table?.replace('about ', '')) * 0.00036 + Number(queue) * 0.004) * 100;
    expect([part, perMillion]).toEqual([part, dollars(million)]);
  }
});

test('the first request of a call and a later one cost what the test on the wire counts, and a receive', () => {
  const wire = readText('test/end-to-end/delivery/storage-transactions.test.ts');
  const counted = [...wire.matchAll(/expect\((?:first|later)\)\.toEqual\(\{([^}]*)\}/g)].map(([, body = '']) => {
    const sum = (kind: string) =>
      [...body.matchAll(new RegExp(`'${kind} \\w+': (?:(\\d) \\* )?REQUESTS`, 'g'))].reduce(
        (total, [, times]) => total + Number(times ?? 1),
        0,
      );
    return [String(sum('table')), String(sum('queue') + 1)];
  });
  expect(
    tableOf(sectionOf(OPERATIONS, 'Costs'))
      .slice(0, 2)
      .map(([, table, queue]) => [table, queue]),
  ).toEqual(counted);
});

test('polling costs what the interval says, for each of the queues that have a trigger', () => {
  const triggers = [...readText('functions/main.ts').matchAll(/app\.storageQueue\(/g)].length;
  expect(triggers).toBe(4);
  const table = tableOf(OPERATIONS.slice(OPERATIONS.indexOf('| `maxPollingInterval` |')));
  expect(table.map(([interval]) => Number(/^[\d.]+/.exec(interval ?? '')?.[0]))).toEqual([0.5, 1, 10, 60]);
  for (const [interval, polls, perQueue, all] of table) {
    const count = 2_592_000 / Number(/^[\d.]+/.exec(interval ?? '')?.[0]);
    const money = (count / 10_000) * 0.004;
    expect([interval, polls, perQueue, all]).toEqual([
      interval,
      count.toLocaleString('en-US'),
      dollars(money),
      dollars(money * triggers),
    ]);
  }
});
