// When a chaos run is at rest: rows final, queues empty, notifications sent. What is left of unrest when its time is over is a finding.
// Judges nothing but that.
import type { GraphSimulator } from '../../local/graph-simulator/server';
import { waitFor } from '../../local/wait-for';
import { FUNCTION_KEY } from './app-instances';
import { LATEST_NOTIFICATION_MS } from './callers';
import type { StorageWatch } from './proxy/storage-watch';

export const SETTLE_LIMIT_MS = 180_000;
const START_TIMER_LIMIT_MS = 10_000;

export interface RestOf {
  readonly watch: StorageWatch;
  readonly simulator: GraphSimulator;
  /** Requests whose callback has not heard their end. */
  readonly owed: () => readonly string[];
}

/** Empty once everything is at rest; after three minutes what is not. */
export async function untilRest(
  { watch, simulator, owed }: RestOf,
  signal: AbortSignal,
  hurry?: () => Promise<void>,
): Promise<string[]> {
  const giveUpAt = Date.now() + SETTLE_LIMIT_MS;
  const look = async () => {
    await hurry?.();
    const notYet = [...(await watch.unrest()), ...notificationsUnderWay(simulator)];
    const unrest = [...notYet, ...owed().map((name) => `${name} is owed a callback`)];
    return (unrest.length === 0 || Date.now() > giveUpAt) && { unrest };
  };
  return (await waitFor('rest', look, { limitMs: 2 * SETTLE_LIMIT_MS, everyMs: 1000, signal })).unrest;
}

function notificationsUnderWay(simulator: GraphSimulator): string[] {
  const newest = simulator.presses().slice(-100);
  const lastPressEnd = Math.max(0, ...newest.map((press) => Date.parse(press.endedAt)));
  const isUnderWay =
    simulator.notifications().some((sent) => !sent.finished) || Date.now() < lastPressEnd + LATEST_NOTIFICATION_MS;
  return isUnderWay ? ['notifications are under way'] : [];
}

export async function startTimer([url]: readonly string[]): Promise<void> {
  if (url === undefined) return;
  const answer = await fetch(`${url}/admin/functions/closeOverdueOutcomes`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'x-functions-key': FUNCTION_KEY },
    body: '{}',
    signal: AbortSignal.timeout(START_TIMER_LIMIT_MS),
  });
  await answer.arrayBuffer();
  if (answer.status !== 202) throw new Error(`the timer's start was answered with ${answer.status}`);
}
