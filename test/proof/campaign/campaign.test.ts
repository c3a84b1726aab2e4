// A campaign that is killed and started again, with real processes: it loses the units under way, and nothing else.
// Also what its journal takes, refuses and cuts off.
import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openJournal } from './journal';
import type { UnitResult } from './unit-result';
import { sumOf } from './unit-result';
import { unitRequestsOf, unitsOf } from './units';

jest.setTimeout(120_000);

const ROOT = join(__dirname, '../../..');
const CAMPAIGN = { seed: 1000, unitRequests: 20_000 };
const RESULT = { unit: 0, seed: 1000, requests: 20_000, hasFaults: true, cpuSeconds: 2 } as UnitResult;

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'campaign-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const journalIn = (name = 'journal') => join(folder, name);
const linesOf = (path: string) => readFileSync(path, 'utf8').trimEnd().split('\n');

describe('units', () => {
  test('10,000,000 requests with faults, in 500 units, and 50 units without', () => {
    const units = unitsOf({ seed: 1, unitRequests: unitRequestsOf(10_000_000) }, 10_000_000);
    const withFaults = units.filter(({ hasFaults }) => hasFaults);
    expect([units.length, withFaults.length]).toEqual([550, 500]);
    expect(withFaults.reduce((sum, { requests }) => sum + requests, 0)).toBe(10_000_000);
  });

  test('no two have a world in common: one of ten requests at least', () => {
    const seeds = unitsOf({ seed: 7, unitRequests: 25 }, 1000).map(({ seed }) => seed);
    expect(seeds.slice(0, 3)).toEqual([7, 10, 13]);
    expect(new Set(seeds).size).toBe(seeds.length);
  });
});

describe('the journal', () => {
  test('keeps what is done, and cuts off half a line', () => {
    openJournal(journalIn(), CAMPAIGN, 'print', undefined).add(RESULT);
    appendFileSync(journalIn(), '{"unit":1,"se');
    const again = openJournal(journalIn(), { ...CAMPAIGN, seed: 5 }, 'print', undefined);
    expect(again.campaign).toMatchObject(CAMPAIGN);
    expect(again.done).toEqual([RESULT]);
    again.add({ ...RESULT, unit: 1 });
    expect(openJournal(journalIn(), CAMPAIGN, 'print', 1000).done.map(({ unit }) => unit)).toEqual([0, 1]);
  });

  test('of which not even the first line is whole begins anew', () => {
    writeFileSync(journalIn(), '{"seed":1,');
    expect(openJournal(journalIn(), CAMPAIGN, 'print', undefined).done).toEqual([]);
    expect(linesOf(journalIn())).toEqual([JSON.stringify({ ...CAMPAIGN, fingerprint: 'print' })]);
  });

  test('of other sources, or of another seed, is refused', () => {
    openJournal(journalIn(), CAMPAIGN, 'print', undefined);
    expect(() => openJournal(journalIn(), CAMPAIGN, 'other', undefined)).toThrow('is of other sources');
    expect(() => openJournal(journalIn(), CAMPAIGN, 'print', 1)).toThrow('has seed 1000, not 1');
  });
});

test('a sum keeps the first failure, and adds all numbers', () => {
  const of = (requests: number, statuses: object, more = {}) =>
    ({ ...RESULT, result: { requests, statuses, ...more } }) as UnitResult;
  const failure = { seed: 3, violation: {} };
  const sum = sumOf([of(1, { failed: 1 }), of(2, { failed: 2, expired: 4 }, { firstFailure: failure })]);
  expect(sum).toEqual({
    result: { requests: 3, statuses: { failed: 3, expired: 4 }, firstFailure: failure },
    cpuSeconds: 4,
    units: 2,
  });
});

function start(journal: string): ChildProcess {
  const entry = join(__dirname, 'campaign.ts');
  const options = ['--requests', '600', '--processes', '2', '--seed', '42', '--journal', journal];
  return spawn(process.execPath, ['--import', 'tsx', entry, ...options], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** What it prints until it ends, or until the text; then it is killed. */
async function output(campaign: ChildProcess, killAt?: string): Promise<string> {
  let printed = '';
  campaign.stdout?.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    if (killAt !== undefined && printed.includes(killAt)) campaign.kill('SIGKILL');
  });
  await new Promise((resolve) => campaign.on('close', resolve));
  return printed;
}

/** Its sums, without the time that it took. */
const sumsIn = (printed: string) =>
  printed.split('\n').filter((line) => /^ {5}(figures|statuses|broken promises):/.test(line));

test('killed and started again, it comes to the same sums, and runs no unit twice', async () => {
  const whole = await output(start(journalIn('whole')));
  expect(sumsIn(whole)).toHaveLength(6);
  await output(start(journalIn()), '... 2 of 11 units');
  appendFileSync(journalIn(), '{"unit":');
  const again = await output(start(journalIn()));
  expect(again).toMatch(/^seed 42, 11 units, ([2-9]|10) of them done before/);
  expect(sumsIn(again)).toEqual(sumsIn(whole));
  const units = linesOf(journalIn())
    .slice(1)
    .map((line) => (JSON.parse(line) as UnitResult).unit);
  expect(units.sort((one, other) => one - other)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});
