// Judges `playedToneCount`: never more than the parts whose reports reached the app, nor less than those that it took.
// Counts tones as they were asked; the row's own number is only compared.
import type { AskedRequest, History, SeenRow } from './history';
import { playedAt, reportsOfPart } from './parts-account';
import type { Report } from './promises';

export function judgePlayed(history: History, report: Report): void {
  for (const [clientContext, row] of history.rows) {
    const request = history.requests.get(clientContext);
    if (request !== undefined) judgeRow(history, clientContext, row, request, report);
  }
}

function judgeRow(
  history: History,
  clientContext: string,
  { changes, played }: SeenRow,
  { parts }: AskedRequest,
  report: Report,
): void {
  const isFalse = (detail: string) => report('false playedToneCount', clientContext, detail);
  const numbers = parts.map((_, position) => position + 1);
  const tonesOf = (chosen: readonly number[]) =>
    chosen.reduce((sum, part) => sum + (parts[part - 1]?.tones.length ?? 0), 0);
  for (const { at, to, played: said } of changes) {
    if (said === undefined) continue;
    const most = tonesOf(numbers.filter((part) => playedAt(history, clientContext, part) <= at));
    if (said > most) return isFalse(`${said} when it became ${to}, Graph had reported ${most}`);
  }
  const reports = numbers.flatMap((part) => reportsOfPart(history, clientContext, part));
  if (played !== undefined && reports.every(({ arrivals }) => arrivals.length === 0))
    return isFalse(`${played}, and nothing was reported`);
  const isTaken = (part: number, status?: string) =>
    reportsOfPart(history, clientContext, part).some(
      (sent) => sent.takenAt !== undefined && !sent.isForeign && (status === undefined || sent.status === status),
    );
  const least = tonesOf(numbers.filter((part) => isTaken(part, 'succeeded')));
  if ((played ?? 0) < least) return isFalse(`${played ?? 'none'}, Graph reported ${least}`);
  if (played === undefined && numbers.some((part) => isTaken(part))) isFalse('none, and a report was taken');
}
