// An `az` that keeps what it is asked and answers from a list: infra/connect-bot.sh is run against it.
// Stands under test/contracts/azure/connect-bot.test.ts.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { ROOT } from '../documents/repository';

export interface ScriptRun {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
  /** Each call of az, as its arguments. */
  readonly calls: readonly (readonly string[])[];
}

/** Answers by what the arguments, joined by spaces, contain; the first match counts; nothing else is answered. `fails`: exit 1 instead. */
export type Answers = readonly { readonly to: string; readonly answer?: string; readonly fails?: true }[];

const ARGUMENT_END = '\u001f';
const CALL_END = '\u001e';

export function runConnectBot(
  options: readonly string[],
  answers: Answers,
  environment: Readonly<Record<string, string>> = {},
): ScriptRun {
  const folder = mkdtempSync(join(tmpdir(), 'tones-az-'));
  const log = join(folder, 'calls');
  try {
    const cases = answers.map(
      ({ to, answer = '', fails }) =>
        `  *${quoted(to)}*) ${fails === true ? 'exit 1' : `printf '%s\\n' ${quoted(answer)}`} ;;`,
    );
    writeFileSync(
      join(folder, 'az'),
      [
        '#!/usr/bin/env bash',
        `printf '%s${ARGUMENT_END}' "$@" >> ${quoted(log)}`,
        `printf '${CALL_END}' >> ${quoted(log)}`,
        'case "$*" in',
        ...cases,
        '  *) : ;;',
        'esac',
        '',
      ].join('\n'),
    );
    chmodSync(join(folder, 'az'), 0o755);
    const env = { PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}`, ...environment };
    const child = spawnSync('bash', [join(ROOT, 'infra/connect-bot.sh'), ...options], { encoding: 'utf8', env });
    const calls = existsSync(log)
      ? readFileSync(log, 'utf8')
          .split(CALL_END)
          .slice(0, -1)
          .map((call) => call.split(ARGUMENT_END).slice(0, -1))
      : [];
    return { status: child.status, output: child.stdout, errors: child.stderr, calls };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
