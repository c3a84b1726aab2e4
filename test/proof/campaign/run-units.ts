// Runs units in several child processes, each one after the other; whoever is done takes the next.
// They run what esbuild bundles, without a loader: it halves the time, as `tsx` wraps every function to keep its name.
// Knows nothing of the journal.
import { build } from 'esbuild';
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UnitResult } from './unit-result';
import type { Unit } from './units';

export async function runUnits(
  units: readonly Unit[],
  processes: number,
  onResult: (result: UnitResult) => void,
): Promise<void> {
  const left = [...units];
  const folder = await mkdtemp(join(tmpdir(), 'campaign-'));
  try {
    const program = join(folder, 'unit-process.cjs');
    const entry = join(__dirname, 'unit-process.ts');
    await build({ entryPoints: [entry], outfile: program, bundle: true, platform: 'node', logLevel: 'error' });
    const working = Array.from({ length: Math.min(processes, left.length) }, () => runInOne(program, left, onResult));
    await Promise.all(working);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function runInOne(program: string, left: Unit[], onResult: (result: UnitResult) => void): Promise<void> {
  const child = fork(program, { execArgv: [] });
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
