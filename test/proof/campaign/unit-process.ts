// A child process of a campaign: runs the units that its parent sends, and answers each with its result.
// Ends with its parent.
import { productionDesign } from '../rules';
import { NO_FAULTS, USUAL_FAULTS } from '../simulation/faults';
import { simulate } from '../simulation/simulate';
import type { UnitResult } from './unit-result';
import type { Unit } from './units';

async function run(unit: Unit): Promise<UnitResult> {
  const start = process.cpuUsage();
  const faults = unit.hasFaults ? USUAL_FAULTS : NO_FAULTS;
  const { requests, seed } = unit;
  const result = await simulate({ design: productionDesign, requests, faults, seed });
  const { user, system } = process.cpuUsage(start);
  return { ...unit, result, cpuSeconds: (user + system) / 1e6 };
}

process.on('disconnect', () => process.exit());
process.on('message', (unit: Unit) => {
  run(unit).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
