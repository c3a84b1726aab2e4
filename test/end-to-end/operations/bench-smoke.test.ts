// The benchmark runs, and counts what it should: presses and storage transactions of a request, the order of a burst, double presses under faults.
// Times are not looked at: this machine does other things meanwhile. The whole command, in its tiny sizes.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runScript } from '../../support/readme-stack';

jest.setTimeout(300_000);

interface Cell {
  readonly peer: string;
}

type Percentiles = Readonly<Record<'count' | 'p50' | 'p90' | 'p95' | 'p99' | 'max', number>>;

interface QuickResult {
  readonly facts: {
    readonly node: string;
    readonly versions: Readonly<Record<string, string>>;
    readonly commit: string;
    readonly dirty: boolean;
  };
  readonly steady: readonly (Cell & {
    requests: number;
    presses: number;
    pressedTwice: number;
    statuses: object;
    acceptMs: Percentiles;
    bareWritesMs: Percentiles;
    bareStepsMs: Percentiles;
    bareWritesAloneMs: Percentiles;
    bareStepsAloneMs: Percentiles;
    parts: object[];
    notificationToStoredMs: Percentiles;
  })[];
  readonly burst: readonly (Cell & {
    ways: readonly {
      way: string;
      requests: number;
      presses: number;
      pressedTwice: number;
      callsOutOfOrder?: number;
      overlaps: number;
    }[];
  })[];
  readonly transactions: readonly (Cell & {
    requests: number;
    first: object;
    later: object;
    timer?: object;
    canceled?: object;
    presses: number;
    pressedTwice: number;
  })[];
  readonly callbacks: readonly {
    readonly isWanted: boolean;
    readonly statuses: object;
    readonly pressedTwice: number;
    readonly heardMoreThanOnce: number;
    readonly reportedToHeardMs: Percentiles | readonly never[];
  }[];
  readonly faults: readonly (Cell & {
    forced: { requests: number; presses: number; pressedTwice: number; neverPressed: number };
  })[];
}

const directory = mkdtempSync(join(tmpdir(), 'bench-smoke-'));
let result: QuickResult;
let samples: { readonly steady: { readonly raw: readonly (Cell & { readonly acceptMs: readonly number[] })[] } };
let printed: readonly string[];

beforeAll(async () => {
  const out = join(directory, 'quick.json');
  const files = ['--out', out, '--samples', join(directory, 'samples.json')];
  const script = runScript('bench/run.ts', [
    '--quick',
    '--scenario',
    'transactions,steady,burst,faults,callbacks',
    ...files,
  ]);
  expect(await script.ended).toBe(0);
  printed = script.lines;
  result = JSON.parse(readFileSync(out, 'utf8')) as QuickResult;
  samples = JSON.parse(readFileSync(join(directory, 'samples.json'), 'utf8')) as typeof samples;
});

afterAll(() => rmSync(directory, { recursive: true }));

function of<T extends Cell>(cells: readonly T[], peer: string): T {
  const cell = cells.find((candidate) => candidate.peer === peer);
  if (cell === undefined) throw new Error(`nothing of ${peer}`);
  return cell;
}

test('the summary is Markdown with a table of each scenario, and the raw figures name what was measured on', () => {
  expect(printed.filter((line) => line.startsWith('## '))).toEqual([
    '## transactions',
    '## steady',
    '## burst',
    '## faults',
    '## callbacks',
  ]);
  expect(printed.filter((line) => line.startsWith('|---')).length).toBeGreaterThanOrEqual(5);
  expect(result.facts).toMatchObject({
    node: expect.stringMatching(/^v24/) as string,
    versions: { azurite: expect.any(String) as string },
    commit: expect.stringMatching(/^[0-9a-f]{40}$/) as string,
    dirty: expect.any(Boolean) as boolean,
  });
});

test('at a steady rate every request is accepted and pressed once; percentiles are kept, and samples where they are asked for', () => {
  expect(of(result.steady, 'ours')).toMatchObject({
    requests: 20,
    presses: 20,
    pressedTwice: 0,
    statuses: { 202: 20 },
  });
  expect(of(result.steady, 'tutorial')).toMatchObject({ presses: 20, statuses: { 202: 20 } });
  expect(of(result.steady, 'synchronous')).toMatchObject({ presses: 20, statuses: { 200: 20 } });
  const { acceptMs, notificationToStoredMs, parts, ...references } = of(result.steady, 'ours');
  expect([acceptMs.count, notificationToStoredMs.count]).toEqual([20, 20]);
  const { bareWritesMs, bareStepsMs, bareWritesAloneMs, bareStepsAloneMs } = references;
  for (const reference of [bareWritesMs, bareStepsMs, bareWritesAloneMs, bareStepsAloneMs])
    expect(reference.count).toBeGreaterThan(0);
  expect(parts).toHaveLength(2);
  expect(Object.keys(acceptMs)).toEqual(['count', 'p50', 'p90', 'p95', 'p99', 'max']);
  const sampled = of(samples.steady.raw, 'ours').acceptMs;
  expect(sampled).toHaveLength(20);
  expect(acceptMs.max).toBe(Math.max(...sampled));
});

test('a burst is pressed once each, in order, and never two at a time on a call', () => {
  expect(of(result.burst, 'ours').ways).toMatchObject([
    { way: 'in turn', requests: 8, presses: 8, pressedTwice: 0, callsOutOfOrder: 0, overlaps: 0 },
  ]);
});

test('the transactions of a request are nine, and two for the order of its call; three from the second request of a call on', () => {
  expect(of(result.transactions, 'ours')).toMatchObject({ requests: 3, presses: 6, pressedTwice: 0 });
  const common = { 'table upsert': 1, 'queue put': 1, 'queue get': 1, 'queue delete': 1 };
  expect(of(result.transactions, 'ours').first).toEqual({
    ...common,
    'table insert': 2,
    'table merge': 3,
    'table get': 2,
  });
  expect(of(result.transactions, 'ours').later).toEqual({
    ...common,
    'table insert': 1,
    'table merge': 4,
    'table get': 3,
  });
  expect(of(result.transactions, 'tutorial').first).toEqual({
    'queue put': 1,
    'queue get': 1,
    'queue delete': 1,
    'table upsert': 2,
  });
  expect(of(result.transactions, 'synchronous').first).toEqual({ 'table upsert': 2 });
});

test('a request that is cancelled in its pause puts two messages, and both are gone', () => {
  expect(of(result.transactions, 'ours').canceled).toMatchObject({ 'queue put': 2, 'queue delete': 2 });
});

test('every callback that is wanted is heard, once', () => {
  const [without, withCallbacks] = result.callbacks;
  expect(without).toMatchObject({ isWanted: false, statuses: { 202: 3 }, pressedTwice: 0, reportedToHeardMs: [] });
  expect(withCallbacks).toMatchObject({
    ...{ isWanted: true, statuses: { 200: 3 }, pressedTwice: 0, heardMoreThanOnce: 0 },
    reportedToHeardMs: { count: 3 },
  });
});

test('when Graph’s answer is lost, the tutorial and the synchronous function press twice, and ours does not', () => {
  expect(of(result.faults, 'ours').forced).toMatchObject({ requests: 2, presses: 2, pressedTwice: 0, neverPressed: 0 });
  expect(of(result.faults, 'tutorial').forced).toMatchObject({ requests: 2, pressedTwice: 2 });
  expect(of(result.faults, 'synchronous').forced).toMatchObject({ requests: 2, pressedTwice: 2 });
});
