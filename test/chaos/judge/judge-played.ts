// Judges `playedToneCount`: not less than the parts whose reports the app took, not more than those that were reported at all.
// Counts keys as they were asked for; the row's own number is only compared.
import type { Row } from '../../support/services/stored-rows';
import type { PartAccount, RequestAccount } from './parts-account';
import type { Report } from './promises';

export function judgePlayed({ request, parts }: RequestAccount, row: Row, report: Report): void {
  const { playedToneCount: said } = row;
  const isFalse = (truth: string) =>
    report('false playedToneCount', `${request.clientContext} (${String(row.status)}): ${String(said)}, ${truth}`);
  const played = parts.filter(({ end }) => end === 'succeeded');
  const most = keysOf(played.filter(({ reportedFrom }) => reportedFrom < Infinity));
  const least = keysOf(played.filter(({ recordedBy }) => recordedBy < Infinity));
  if (said === undefined) {
    if (parts.some(({ recordedBy }) => recordedBy < Infinity)) isFalse('and a report was taken');
    else if (row.status === 'succeeded' && most > 0) isFalse(`${most} were reported`);
  } else if (parts.every(({ reportedFrom }) => reportedFrom === Infinity)) isFalse('and nothing was reported');
  else if (Number(said) > most) isFalse(`at most ${most} were reported`);
  else if (Number(said) < least) isFalse(`${least} were reported`);
  else if (row.status === 'succeeded' && Number(said) !== keysOf(parts)) isFalse(`${keysOf(parts)} were asked for`);
}

function keysOf(parts: readonly PartAccount[]): number {
  return parts.reduce((sum, { keys }) => sum + keys.length, 0);
}
