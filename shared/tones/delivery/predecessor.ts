// Whether it is a request's turn on its call: the requests before it, from the last back to one that was claimed.
// Never presses and never claims; ends a predecessor whose time has passed, as nobody else may be about to.
import { predecessorState } from '../facts/transitions';
import type { ToneMessage } from '../ports/queues';
import type { RulePorts } from './end-request';
import { makeOverdueEnd } from './overdue-end';

/** Requests that were never pressed are walked over; more than so many in one delivery are left to the next. */
const LONGEST_WALK = 100;

export type Turn = {
  /** How long to wait; undefined when it is the request's turn. */
  readonly delayMs?: number;
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
      if (passed === LONGEST_WALK) return { delayMs: 0, after, passed };
      const state = predecessorState(await readAndEnd(after), clock.now());
      switch (state.kind) {
        // Stryker disable next-line ConditionalExpression: falling to `skip` ends the walk as well, as no `after` is there.
        case 'done':
          return { after, passed };
        case 'skip':
          after = state.after ?? '';
          break;
        case 'wait':
          return { delayMs: waitFor(state.until), after, passed };
        // Stryker disable next-line ConditionalExpression: never reached, as the compiler proves.
        default:
          state satisfies never;
      }
    }
    return { after, passed: 0 };
  };

  async function readAndEnd(clientContext: string) {
    const row = await outcomes.read(clientContext);
    if (row === undefined) return undefined;
    return (await endRequest({ clientContext, by: 'successor', row, decide: overdueEnd })).row;
  }

  function waitFor(until: number | undefined): number {
    return Math.min(policy.maxWaitMs, Math.max(policy.minWaitMs, (until ?? 0) - clock.now()));
  }
}
