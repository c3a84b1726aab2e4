// What the host prints: one line a message, on stdout, errors on stderr.
// Knows nothing of what happened; never given bodies, query strings, headers or message texts.

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

export function stackOf(error: unknown): string {
  const stack = typeof error === 'object' && error !== null && 'stack' in error ? error.stack : undefined;
  return typeof stack === 'string' ? stack : messageOf(error);
}
