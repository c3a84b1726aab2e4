// Whether it is a request's turn on its call: the requests before it, from the last back to one that was claimed.
// Never presses and never claims; ends a predecessor whose time has passed, as nobody else may be about to.
import { turnAfterOf, type OutcomeFacts } from '../facts/outcome-facts';
import { partSize } from '../facts/parts/tone-sequence';
import { predecessorState } from '../facts/predecessor-state';
import type { ToneMessage } from '../ports/queues';
import type { RulePorts } from './end-request';
import { makeOverdueEnd } from './overdue-end';

/** Requests that were never pressed are walked over; more than so many in one delivery are left to the next. */
const LONGEST_WALK = 100;
/** One that has not been pressed by then is held up by something that takes longer. */
const MOST_WAITS_FOR_NEXT = 4;

export type Turn =
  | { readonly kind: 'go' }
  | {
      readonly kind: 'wait';
      /** How long a copy is to wait where nothing is known of when it ends. */
      readonly delayMs: number;
      /** When the request before it is likely to be done, where that can be told. */
      readonly until: number | undefined;
      /** That one is being pressed or played, or is next to be: the end may be worth waiting for here. */
      readonly mayBeSoon: boolean;
      /** How far the walk came: the message goes on from there. */
      readonly after: string;
      /** How many requests were walked over. */
      readonly passed: number;
    };

/** Throws when storage cannot be reached: nothing was pressed. */
export function makePredecessorCheck(ports: RulePorts): (message: ToneMessage) => Promise<Turn> {
  const { clock, outcomes, policy, endRequest } = ports;
  const overdueEnd = makeOverdueEnd(ports);

  return async function turnOf(message) {
    let after = message.after ?? '';
    for (let passed = 0; after !== ''; passed += 1) {
      if (passed === LONGEST_WALK) {
        return { kind: 'wait', delayMs: 0, until: undefined, mayBeSoon: false, after, passed };
      }
      const row = await readAndEnd(after);
      const state = predecessorState(row, clock.now());
      switch (state.kind) {
        // Stryker disable next-line ConditionalExpression: falling to `skip` ends the walk as well, as no `after` is
        // there.
        case 'done':
          return { kind: 'go' };
        case 'skip':
          after = state.after;
          break;
        case 'wait': {
          const { until } = state;
          return {
            kind: 'wait',
            delayMs: waitFor(until),
            until,
            mayBeSoon: await mayEndSoon(row, message.waits),
            after,
            passed,
          };
        }
        // Stryker disable next-line ConditionalExpression: never reached, as the compiler proves.
        default:
          state satisfies never;
      }
    }
    return { kind: 'go' };
  };

  /**
   * One that is next to be pressed, or being pressed, is worth waiting for here; of a longer row of them, the queue
   * keeps the rest.
   */
  async function mayEndSoon(row: OutcomeFacts | undefined, waits: number): Promise<boolean> {
    if (row === undefined || row.status !== 'accepted') return true;
    if (waits >= MOST_WAITS_FOR_NEXT || (partSize(row, 1)?.pauseMs ?? 0) > 0) return false;
    const before = turnAfterOf(row);
    return before === '' || (await outcomes.read(before))?.status !== 'accepted';
  }

  async function readAndEnd(clientContext: string) {
    const row = await outcomes.read(clientContext);
    if (row === undefined) return undefined;
    return (await endRequest({ clientContext, by: 'successor', row, decide: overdueEnd })).row;
  }

  function waitFor(until: number | undefined): number {
    return Math.min(policy.maxWaitMs, Math.max(policy.minWaitMs, (until ?? 0) - clock.now()));
  }
}
