// What a campaign says: each unit that is not clean at once, and at the end the sums, promises and floors.
// Prints names and numbers alone.
import { belowFloors, FLOORS_WITH_FAULTS, FLOORS_WITHOUT_FAULTS } from '../judge/floors';
import { isClean } from '../simulation/simulate';
import { sumOf, type Sum, type UnitResult } from './unit-result';

export function failureOf({ unit, seed, hasFaults, result }: UnitResult): string | undefined {
  const { firstFailure: failure } = result;
  if (failure === undefined) return undefined;
  const { promise, clientContext, detail } = failure.violation;
  const option = hasFaults ? '' : ' --no-faults';
  return `FAIL unit ${unit} (seed ${seed}): world ${failure.seed}, ${clientContext}: ${promise}, ${detail}\n     npm run prove -- --replay ${failure.seed}${option}`;
}

/** True where every promise was kept and every floor was reached; prints all of it. */
export function reportSums(results: readonly UnitResult[]): boolean {
  const withFaults = sumOf(results.filter(({ hasFaults }) => hasFaults));
  const without = sumOf(results.filter(({ hasFaults }) => !hasFaults));
  const good = [
    reportSum('Faults', withFaults, FLOORS_WITH_FAULTS),
    reportSum('No faults', without, FLOORS_WITHOUT_FAULTS),
    (without?.result.statuses.unknown ?? 0) === 0,
    (withFaults?.result.faults ?? 0) >= (withFaults?.result.requests ?? 0) * 0.3,
  ];
  const isGood = good.every(Boolean);
  console.log(isGood ? '\nEvery promise was kept, and every floor was reached.' : '\nThe campaign failed.');
  return isGood;
}

function reportSum(title: string, sum: Sum | undefined, floors: typeof FLOORS_WITH_FAULTS): boolean {
  if (sum === undefined) return false;
  const { result, cpuSeconds, units } = sum;
  const { statuses, violations, firstFailure: _first, ...figures } = result;
  console.log(`\n${title}: ${units} units, ${cpuSeconds.toFixed(0)} s of one core`);
  console.log(`     figures: ${counted(figures)}`);
  console.log(`     statuses: ${counted(statuses)}`);
  console.log(`     broken promises: ${counted(violations)}`);
  const tooFew = belowFloors(result, floors);
  for (const what of tooFew) console.log(`FAIL ${what}`);
  return isClean(result) && tooFew.length === 0;
}

function counted(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}
