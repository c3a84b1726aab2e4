// Judges callbacks: whoever was answered 202 and gave a URL hears the end that the row has, and hears nothing that the request never was.
// From what the receiver was given; of a row the status and the tones played.
import type { AskedRequest } from '../callers';
import { FINAL, type Evidence, type Report } from './promises';

export interface CallbackFigures {
  /** Requests that were accepted with a URL. */
  readonly wanted: number;
  /** Outcomes delivered, repetitions included. */
  readonly heard: number;
  /** Kills between the end of some request and the moment when its callback was heard. */
  readonly killsOwed: number;
}

const isWanted = ({ callbackUrl, toldAt }: AskedRequest) => callbackUrl !== undefined && toldAt !== undefined;

export function judgeCallbacks({ asked, outcomes, callbacks }: Evidence, report: Report): void {
  for (const request of asked) {
    const { clientContext } = request;
    const heard = callbacks.get(clientContext) ?? [];
    const row = outcomes.get(clientContext);
    const status = String(row?.status);
    const last = heard.findLast((one) => one.status === status);
    if (isWanted(request) && FINAL.has(status) && last === undefined)
      report(
        'callback lost',
        `${clientContext}: ${status}, heard ${heard.map((one) => one.status).join() || 'nothing'}`,
      );
    for (const one of heard)
      if (one.status !== status && one.status !== 'unknown')
        report('false status', `${clientContext}: its callback heard ${one.status}, it is ${status}`);
    if (last !== undefined && (last.playedToneCount ?? 0) !== (row?.playedToneCount ?? 0))
      report('false playedToneCount', `${clientContext}: its callback heard another than the row has`);
  }
}

/** Those whose end was not heard yet, by the statuses as they were last seen. */
export function owedCallbacks(
  { asked, callbacks }: Pick<Evidence, 'asked' | 'callbacks'>,
  statusOf: (clientContext: string) => string | undefined,
): string[] {
  return asked
    .filter(isWanted)
    .map(({ clientContext }) => clientContext)
    .filter((name) => !(callbacks.get(name) ?? []).some(({ status }) => status === statusOf(name)));
}

/** `endedAt`: when a request was first seen to have ended, up to a second after it had. */
export function callbackFiguresOf(
  { asked, callbacks }: Pick<Evidence, 'asked' | 'callbacks'>,
  endedAt: ReadonlyMap<string, number>,
  killedAt: readonly number[],
): CallbackFigures {
  const wanted = asked.filter(isWanted);
  const owed = wanted.map(({ clientContext }) => ({
    from: endedAt.get(clientContext) ?? Infinity,
    to: callbacks.get(clientContext)?.[0]?.at ?? Infinity,
  }));
  return {
    wanted: wanted.length,
    heard: wanted.reduce((sum, { clientContext }) => sum + (callbacks.get(clientContext)?.length ?? 0), 0),
    killsOwed: killedAt.filter((at) => owed.some(({ from, to }) => from <= at && at <= to)).length,
  };
}
