// What the host prints: one line a message, on stdout, errors on stderr.
// Knows nothing of what happened; never given bodies, query strings, headers, or texts of messages and of the app's errors.

import type { RpcLogLevel } from './worker/core-contract';

export interface HostLog {
  /** `source` is the function's name; absent for the host itself. */
  write(level: RpcLogLevel, message: string, source?: string): void;
  /** The host's own running commentary; printed only when verbose. */
  detail(message: string, source?: string): void;
}

const levelNames: Record<RpcLogLevel, string> = {
  trace: 'Trace',
  debug: 'Debug',
  information: 'Information',
  warning: 'Warning',
  error: 'Error',
  critical: 'Critical',
  none: 'None',
};

export function makeHostLog({ verbose }: { verbose: boolean }): HostLog {
  const write: HostLog['write'] = (level, message, source = 'host') => {
    const line = `[${new Date().toISOString()}] [${levelNames[level]}] [${source}] ${message}\n`;
    (level === 'error' || level === 'critical' ? process.stderr : process.stdout).write(line);
  };
  return {
    write,
    detail: (message, source) => {
      if (verbose) write('debug', message, source);
    },
  };
}

/** Also for errors of another realm and for things thrown that are no errors. */
export function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}

const causesShown = 3;

/** A failure in the host's own words, which repeat nothing that was sent. */
export class HostFault extends Error {}

/**
 * What may be printed of a failure: kind, code and the place in the app's own code, also of what caused it. Never a
 * text that is not the host's own: it may repeat what was sent, a URL with its key included.
 */
export function describeFault(thrown: unknown): string {
  const described: string[] = [];
  for (let fault = thrown; fault !== undefined && described.length < causesShown; fault = partOf(fault, 'cause')) {
    described.push(describeOne(fault));
  }
  return described.join('; caused by ');
}

function describeOne(fault: unknown): string {
  if (fault instanceof HostFault) return fault.message;
  if (typeof fault !== 'object' || fault === null) return `a thrown ${fault === null ? 'null' : typeof fault}`;
  const parts = [partOf(fault, 'name') ?? 'Error', partOf(fault, 'code'), partOf(fault, 'statusCode'), placeOf(fault)];
  return parts.filter((part) => typeof part === 'number' || (typeof part === 'string' && part !== '')).join(' ');
}

/** The first frame outside of Node.js and packages, else the first one; looked for behind the message. */
function placeOf(fault: object): string | undefined {
  const [stack, message] = [partOf(fault, 'stack'), partOf(fault, 'message')];
  if (typeof stack !== 'string' || typeof message !== 'string') return undefined;
  const frames = stack
    .slice(Math.max(stack.indexOf(message), 0) + message.length)
    .split('\n')
    .filter((line) => /^ +at [^?]*:\d+:\d+\)?$/.test(line))
    .map((line) => line.trim());
  return frames.find((frame) => !/node_modules|node:/.test(frame)) ?? frames[0];
}

function partOf(fault: unknown, name: string): unknown {
  return typeof fault === 'object' && fault !== null ? (fault as Record<string, unknown>)[name] : undefined;
}
