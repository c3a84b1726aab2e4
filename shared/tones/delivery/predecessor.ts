// Whether it is a request's turn on its call: the requests before it, from the last back to one that was claimed.
// Never presses and never claims; ends a predecessor whose time has passed, as nobody else may be about to.
import { isFinal, type OutcomeFacts } from '../facts/outcome-facts';
import { predecessorState } from '../facts/transitions';
import type { ToneMessage } from '../ports';
import type { RulePorts } from './end-request';
import { makeOverdueEnd } from './overdue-end';

/** Requests that were never pressed are walked over; more than so many in one delivery are left to the next. */
const LONGEST_WALK = 100;

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
        // Stryker disable next-line ConditionalExpression: falling to `skip` ends the walk as well, as no `after` is there.
        case 'done':
          return { kind: 'go' };
        case 'skip':
          after = state.after ?? '';
          break;
        case 'wait': {
          const { until } = state;
          return { kind: 'wait', delayMs: waitFor(until), until, mayBeSoon: await mayEndSoon(row), after, passed };
        }
        // Stryker disable next-line ConditionalExpression: never reached, as the compiler proves.
        default:
          state satisfies never;
      }
    }
    return { kind: 'go' };
  };

  /** Of two that wait, the second is worth waiting for here while the first is not done; of a longer row of them, the queue keeps the rest. */
  async function mayEndSoon(row: OutcomeFacts | undefined): Promise<boolean> {
    if (row?.status !== 'accepted') return true;
    if (!row.after) return false;
    const before = await outcomes.read(row.after);
    return before !== undefined && !isFinal(before.status) && before.status !== 'accepted';
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
