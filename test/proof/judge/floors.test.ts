// The floors of a run: one that does what it should, and those that do suspiciously little.
// Also that the judge takes nothing from the code that it judges.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { NO_CANCELS } from './cancel-figures';
import { NO_TENANTS } from './judge-tenants';
import { NO_WAITS } from './judge-waits';
import { belowFloors, FLOORS_WITH_FAULTS, type RunFigures } from './floors';

const GOOD: RunFigures = {
  requests: 1000,
  presses: 800,
  putOff: 50,
  putOffAndPressed: 45,
  statuses: { succeeded: 690, failed: 100, canceled: 60, expired: 100, unknown: 50 },
  sequences: 300,
  sequencesPlayed: 180,
  interrupted: 12,
  partsPressed: 400,
  cancelled: 140,
  cancelledUnpressed: 40,
  cancelledBetween: 14,
  cancelledMarked: 10,
  otherTenants: 130,
  otherTenantsPressed: 80,
  waiters: 100,
  waitersServed: 60,
};

test('a run that presses, retries and ends in every way is above all floors', () => {
  expect(belowFloors(GOOD, FLOORS_WITH_FAULTS)).toEqual([]);
});

test.each([
  ['presses per request', { presses: 100 }],
  ['pressed of those refused for the moment', { putOffAndPressed: 5 }],
  ['pressed of those refused for the moment', { putOff: 0, putOffAndPressed: 0 }],
  ['unknown', { statuses: { succeeded: 740, failed: 100, canceled: 60, expired: 100 } }],
  ['sequences played whole', { sequencesPlayed: 20 }],
  ['sequences interrupted', { interrupted: 0 }],
  ['parts pressed after the first', { partsPressed: 100 }],
  ['cancelled before a press', { cancelledUnpressed: 3 }],
  ['cancelled between two parts', { cancelledBetween: 1 }],
  ['cancelled with the part being pressed', { cancelledMarked: 0 }],
  ['pressed in other tenants', { otherTenantsPressed: 3 }],
  ['waiters', { waiters: 9, waitersServed: 8 }],
  ['waiters that were answered an end', { waitersServed: 5 }],
  ['expired', { statuses: { succeeded: 790, failed: 100, canceled: 60, unknown: 50 } }],
])('too few %s', (what, changed) => {
  expect(belowFloors({ ...GOOD, ...changed }, FLOORS_WITH_FAULTS)[0]).toContain(`too few ${what}`);
});

test('a run without any row is below every floor of a status', () => {
  const nothing = { presses: 0, putOff: 0, putOffAndPressed: 0, sequences: 0, sequencesPlayed: 0, interrupted: 0 };
  const empty = { ...nothing, ...NO_CANCELS, ...NO_TENANTS, ...NO_WAITS, requests: 10, partsPressed: 0, statuses: {} };
  expect(belowFloors(empty, FLOORS_WITH_FAULTS)).toHaveLength(16);
});

test('the judge imports nothing but itself', () => {
  const files = readdirSync(__dirname).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  expect(files).toContain('judge.ts');
  for (const name of files) {
    const imports = [...readFileSync(join(__dirname, name), 'utf8').matchAll(/from '([^']+)'/g)].map(
      ([, path]) => path,
    );
    expect([name, imports.filter((path) => !path?.startsWith('./'))]).toEqual([name, []]);
  }
});
