// Runs units in several child processes, each one after the other; whoever is done takes the next.
// Knows nothing of the journal.
import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { UnitResult } from './unit-result';
import type { Unit } from './units';

export async function runUnits(
  units: readonly Unit[],
  processes: number,
  onResult: (result: UnitResult) => void,
): Promise<void> {
  const left = [...units];
  const working = Array.from({ length: Math.min(processes, left.length) }, () => runInOne(left, onResult));
  await Promise.all(working);
}

function runInOne(left: Unit[], onResult: (result: UnitResult) => void): Promise<void> {
  const child = fork(join(__dirname, 'unit-process.ts'), { execArgv: ['--import', 'tsx'] });
  return new Promise((resolve, reject) => {
    const next = () => {
      const unit = left.shift();
      if (unit === undefined) child.disconnect();
      else child.send(unit);
    };
    child.on('message', (result: UnitResult) => {
      onResult(result);
      next();
    });
    child.on('error', reject);
    child.on('exit', (code, signal) =>
      code === 0 ? resolve() : reject(new Error(`a process of the campaign ended with ${code ?? signal}`)),
    );
    next();
  });
}
