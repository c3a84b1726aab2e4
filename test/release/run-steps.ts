// Runs steps one after the other, each with a limit, and all of them within one; a failure keeps none of the others from running.
// Knows no step. What a step started is ended with it.
import { runWithEnd } from '../chaos/command-with-end';
import type { Figure, ReleaseStep } from './release-steps';

export interface StepResult {
  readonly name: string;
  readonly shows: string;
  readonly seconds: number;
  readonly isOk: boolean;
}

export interface RunOptions {
  /** So long all steps may take together. */
  readonly limitMs: number;
  readonly say: (line: string) => void;
  /** Ends the step that runs, and lets no other begin. */
  readonly signal?: AbortSignal;
}

/** Beyond its end by SIGTERM: a step that is still there then is killed where it stands. */
const END_MS = 30_000;

export async function runSteps(steps: readonly ReleaseStep[], options: RunOptions): Promise<StepResult[]> {
  const endsAt = performance.now() + options.limitMs;
  const results: StepResult[] = [];
  for (const step of steps) results.push(await runStep(step, endsAt, options));
  return results;
}

async function runStep(step: ReleaseStep, endsAt: number, { say, signal }: RunOptions): Promise<StepResult> {
  const { name, command, args } = step;
  const startedAt = performance.now();
  const leftMs = endsAt - startedAt;
  const fail = (shows: string): StepResult => ({ name, shows, seconds: secondsSince(startedAt), isOk: false });
  if (signal?.aborted === true) return fail('not run: stopped');
  if (leftMs <= 0) return fail('not run: no time left');

  say(`\n=== ${name}: ${[command, ...args].join(' ')}`);
  const lines: string[] = [];
  const keep = (line: string) => {
    lines.push(line);
    say(line);
  };
  const { ended, why } = endOfStep(step, leftMs, signal);
  try {
    // npm's own processes, too, are ended by group: npm passes no signal on.
    const code = await runWithEnd({
      ...{ command, args, say: keep, signal: ended, limitMs: Math.min(leftMs, 1000 * step.limitSeconds) + END_MS },
      ...(step.env !== undefined && { env: { ...process.env, ...step.env } }),
    });
    const { shows, isWhole } = figuresIn(lines, step.figures);
    if (ended.aborted) return fail([why(), ...shows].join('; '));
    if (code !== 0) return fail([`exit code ${code}`, ...shows].join('; '));
    // A step that says nothing of what it did may have done nothing.
    if (!isWhole) return fail(['it did not print its figures', ...shows].join('; '));
    return { name, shows: shows.join(', ') || 'done', seconds: secondsSince(startedAt), isOk: true };
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

/** A signal that comes when the step's time is over, or that of all, or when the whole run is stopped. */
function endOfStep({ limitSeconds }: ReleaseStep, leftMs: number, stopped: AbortSignal | undefined) {
  const limitMs = 1000 * limitSeconds;
  const time = AbortSignal.timeout(Math.ceil(Math.min(leftMs, limitMs)));
  const ended = stopped === undefined ? time : AbortSignal.any([time, stopped]);
  const why = () => {
    if (!time.aborted) return 'stopped';
    return leftMs < limitMs ? 'no time left' : `not done after ${limitSeconds} s`;
  };
  return { ended, why };
}

function figuresIn(lines: readonly string[], figures: readonly Figure[]): { shows: string[]; isWhole: boolean } {
  const found = figures.map(({ line: pattern, shows: text, isOptional }) => {
    const caught = lines.findLast((line) => pattern.test(line));
    return { shows: caught?.replace(pattern, text), isMissing: caught === undefined && isOptional !== true };
  });
  const shows = found.flatMap((figure) => figure.shows ?? []);
  return { shows, isWhole: !found.some(({ isMissing }) => isMissing) };
}

function secondsSince(startMs: number): number {
  return (performance.now() - startMs) / 1000;
}
