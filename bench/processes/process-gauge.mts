// A gauge inside a measured process: each second a line of JSON about its event
// loop, memory and CPU time; on request a CPU profile.
// Preloaded with NODE_OPTIONS=--import into the functions host and Azurite,
// and started by hand in the bench's own processes.
import { appendFile, writeFileSync } from 'node:fs';
import { Session, type Profiler } from 'node:inspector';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Where the lines go; nothing is measured without it. */
export const GAUGE_FILE = 'BENCH_GAUGE_FILE';
/**
 * Where the CPU profile goes; then SIGUSR2 starts it, and a second one ends it.
 * Without it SIGUSR2 collects garbage and adds a line.
 */
export const PROFILE_FILE = 'BENCH_PROFILE_FILE';

export interface GaugeLine {
  /** `collected`: just after the garbage was collected. */
  readonly kind: 'second' | 'collected';
  readonly atMs: number;
  /** How late the event loop was, since the line before. */
  readonly loopP50Ms: number;
  readonly loopP99Ms: number;
  readonly loopMaxMs: number;
  /** CPU time of all threads, since the line before. */
  readonly cpuMs: number;
  readonly rssMb: number;
  readonly heapMb: number;
  readonly externalMb: number;
}

const RESOLUTION_MS = 5;
const EVERY_MS = 1000;
const MB = 1024 * 1024;

/** Begins to write lines; the function returned ends it. */
export function startGauge(file: string): () => void {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  let cpu = process.cpuUsage();
  const write = (kind: GaugeLine['kind']): void => {
    const { user, system } = process.cpuUsage(cpu);
    cpu = process.cpuUsage();
    const { rss, heapUsed, external } = process.memoryUsage();
    // The histogram holds whole periods of its own timer.
    const late = (nanoseconds: number) => rounded(Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS));
    const [loopP50Ms, loopP99Ms, loopMaxMs] = [late(delay.percentile(50)), late(delay.percentile(99)), late(delay.max)];
    delay.reset();
    const line: GaugeLine = {
      ...{ kind, atMs: Date.now(), loopP50Ms, loopP99Ms, loopMaxMs, cpuMs: rounded((user + system) / 1000) },
      ...{ rssMb: rounded(rss / MB), heapMb: rounded(heapUsed / MB), externalMb: rounded(external / MB) },
    };
    // A line that cannot be written is missing in the result, where it is noticed.
    appendFile(file, `${JSON.stringify(line)}\n`, () => undefined);
  };
  const timer = setInterval(() => write('second'), EVERY_MS).unref();
  const collect = (): void => {
    setFlagsFromString('--expose-gc');
    (runInNewContext('gc') as () => void)();
    write('collected');
  };
  const profileFile = process.env[PROFILE_FILE];
  if (profileFile === undefined) process.on('SIGUSR2', collect);
  else process.on('SIGUSR2', profileOnRequest(profileFile));
  return () => {
    clearInterval(timer);
    delay.disable();
    process.off('SIGUSR2', collect);
  };
}

function profileOnRequest(file: string): () => void {
  const session = new Session();
  let running = false;
  return () => {
    if (running) {
      session.post('Profiler.stop', (_error, { profile }: Profiler.StopReturnType) =>
        writeFileSync(file, JSON.stringify(profile)),
      );
    } else {
      session.connect();
      session.post('Profiler.enable');
      session.post('Profiler.setSamplingInterval', { interval: 500 });
      session.post('Profiler.start');
      running = true;
    }
  };
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

const file = process.env[GAUGE_FILE];
if (file !== undefined) startGauge(file);
