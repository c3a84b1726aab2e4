// The table at the end of a release check: a line a step, and one for all.
// A Markdown table with even columns, to be read in a terminal and pasted into the notes of a release.
import type { StepResult } from './run-steps';

export function resultTable(results: readonly StepResult[]): string {
  const failed = results.filter(({ isOk }) => !isOk).length;
  const total = results.reduce((sum, { seconds }) => sum + seconds, 0);
  const all = failed === 0 ? 'all steps ok' : `${failed} of ${results.length} steps failed`;
  const rows = [
    ['step', 'what it shows', 'seconds', ''],
    ...results.map(({ name, shows, seconds, isOk }) => [name, shows, seconds.toFixed(0), isOk ? 'ok' : 'FAIL']),
    ['total', all, total.toFixed(0), failed === 0 ? 'ok' : 'FAIL'],
  ];
  const [head, ...body] = rows.map((row) => row.map((cell) => cell.replaceAll('|', '/')));
  const widths = [0, 1, 2, 3].map((at) => Math.max(3, ...[head, ...body].map((row) => row?.[at]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => (at === 2 ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, at) => (at === 2 ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  return [line(head ?? []), line(rule), ...body.map(line)].join('\n');
}
