// Judges what callers were answered who cancelled: after `canceled` nothing is pressed any more, ever; after any other answer no part after
// the one that was on its way. From the answers and the simulator's record; all times are those of one machine's clock.
import type { AskedCancel } from '../callers';
import { startOf, type RequestAccount } from './parts-account';
import type { Evidence, Report } from './promises';

export interface CancelFigures {
  readonly asked: number;
  /** Answered `canceled`, and nothing was pressed. */
  readonly beforePress: number;
  /** Answered `canceled`, and a part had been pressed. */
  readonly betweenParts: number;
  /** Answered that a part was on its way. */
  readonly marked: number;
}

export function judgeCancels(
  accounts: readonly RequestAccount[],
  outcomes: Evidence['outcomes'],
  report: Report,
): void {
  for (const { request, parts } of accounts) {
    for (const cancel of request.cancels) {
      const { answeredAt, part = 1 } = cancel;
      if (answeredAt === undefined) continue;
      const isCanceled = isAnsweredCanceled(cancel);
      // What was on its way when it was answered may be pressed yet.
      const later = isCanceled ? parts : parts.slice(part);
      const pressed = later.flatMap(({ presses }) => presses).filter((press) => startOf(press) > answeredAt);
      for (const press of pressed)
        report(
          'pressed after a cancel',
          `${press.clientContext}: ${startOf(press) - answeredAt} ms after it was answered ${String(cancel.status)}`,
        );
      const status = String(outcomes.get(request.clientContext)?.status);
      if (isCanceled && status !== 'canceled')
        report('false status', `${request.clientContext}: answered canceled, and became ${status}`);
    }
  }
}

export function cancelFiguresOf(accounts: readonly RequestAccount[]): CancelFigures {
  const all = accounts.flatMap(({ request, parts }) => request.cancels.map((cancel) => ({ cancel, parts })));
  const canceled = all.filter(({ cancel }) => isAnsweredCanceled(cancel));
  const isPressed = ({ parts }: { readonly parts: RequestAccount['parts'] }) =>
    parts.some(({ presses }) => presses.length > 0);
  return {
    asked: all.length,
    beforePress: canceled.filter((each) => !isPressed(each)).length,
    betweenParts: canceled.filter(isPressed).length,
    marked: all.filter(({ cancel }) => cancel.status === 'sending' || cancel.status === 'running').length,
  };
}

/** A call that was cancelled by Graph is answered the same status, under another code. */
function isAnsweredCanceled({ status, code }: AskedCancel): boolean {
  return status === 'canceled' && code === 'canceled-by-caller';
}
