// Judges the order on each call: pressed in the order accepted, and never two at a time.
// Of requests that were asked for at once nobody knows the order.
import { readPartName } from '../../proof/judge/part-names';
import type { Evidence, Report } from './promises';

export function judgeOrder({ asked, presses }: Pick<Evidence, 'asked' | 'presses'>, report: Report): void {
  const requests = new Map(asked.map((request) => [request.clientContext, request]));
  const requestOf = (name = '') => requests.get(readPartName(name).clientContext);
  for (const onCall of Map.groupBy(presses, (press) => press.callId).values()) {
    for (const [position, later] of onCall.entries()) {
      if (later.overlapsWith.length > 0) report('overlap', `${later.clientContext} on ${later.callId}`);
      for (const earlier of onCall.slice(0, position)) {
        const first = requestOf(later.clientContext);
        const second = requestOf(earlier.clientContext);
        if (first?.toldAt === undefined || second === undefined || first.toldAt >= second.askedAt) continue;
        report(
          'order inversion',
          `${later.clientContext} was accepted before ${earlier.clientContext} was asked for, and pressed after it`,
        );
      }
    }
  }
}
