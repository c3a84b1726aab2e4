// Counts what cancelling came to in a history, as the rows show it: before any press, between two parts, after a mark.
// For the floors of a run: one in which nobody is cancelled in one of these ways shows nothing about it.
import type { History } from './history';
import { CANCELED_BY_CALLER } from './judge-cancels';

export interface CancelFigures {
  /** Requests whose cancelling was answered. */
  readonly cancelled: number;
  /** Ended before anything of them was pressed. */
  readonly cancelledUnpressed: number;
  /** Ended between two parts. */
  readonly cancelledBetween: number;
  /** Marked while a part was pressed or played, and ended with it. */
  readonly cancelledMarked: number;
}

export const NO_CANCELS: CancelFigures = {
  cancelled: 0,
  cancelledUnpressed: 0,
  cancelledBetween: 0,
  cancelledMarked: 0,
};

export function cancelFiguresOf({ requests, rows, cancels }: History): CancelFigures {
  const figures = { ...NO_CANCELS };
  for (const [clientContext, asked] of cancels) {
    if (requests.has(clientContext) && asked.some(({ answer }) => answer?.status !== undefined)) figures.cancelled += 1;
    const end = rows
      .get(clientContext)
      ?.changes.find(({ to, errorCode }) => to === 'canceled' && errorCode === CANCELED_BY_CALLER);
    if (end === undefined) continue;
    if (end.from === 'pausing') figures.cancelledBetween += 1;
    else if (end.from === 'accepted') figures.cancelledUnpressed += 1;
    else figures.cancelledMarked += 1;
  }
  return figures;
}
