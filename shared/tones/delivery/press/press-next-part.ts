// Presses a part after the first: once the part before it is reported as played and its pause is over, and not too late
// after it.
// Knows no predecessors: the request has had its turn since its first part.
//
//   message -> row -> over? pressed? early? pausing? -> CLAIM (if the row is as it was read) -> pressed and recorded
import { isTooLate } from '../../facts/delivery-policy';
import type { OutcomeFacts } from '../../facts/outcome-facts';
import { waitingForRefusal } from '../../facts/waiting-for';
import { partState } from '../../facts/parts/part-state';
import { interrupted } from '../../facts/transitions';
import type { Delivery, ToneMessage } from '../../ports/queues';
import type { Stored } from '../../ports/rows';
import { letGo } from './let-go';
import { makeClaimer } from './claim';
import type { RulePorts } from '../end-request';
import type { Hold } from './hold';
import { makeOverdueEnd } from '../overdue-end';
import { makeClaimedPresser, type PressEnding } from './press-claimed';
import { makePutRest } from './put-rest';
import { makeWait } from '../wait';

const MOST_CLAIM_ROUNDS = 5;

export type NextPartMessage = ToneMessage & { readonly part: number };

export function makeNextPartPresser(ports: RulePorts) {
  const { clock, policy, endRequest } = ports;
  const claim = makeClaimer(ports);
  const pressClaimed = makeClaimedPresser(ports);
  const overdueEnd = makeOverdueEnd(ports);
  const putRest = makePutRest(ports);
  const wait = makeWait(ports);

  return async function pressNextPart(message: NextPartMessage, delivery: Delivery, hold: Hold): Promise<PressEnding> {
    const { clientContext, part } = message;
    for (let claims = 0; claims < MOST_CLAIM_ROUNDS;) {
      const { row } = await endRequest({ clientContext, by: 'press', decide: overdueEnd });
      if (row === undefined) return letGo(ports, message, undefined);
      const state = partState(row, part, clock.now());
      switch (state.kind) {
        case 'over':
          return letGo(ports, message, row);
        case 'pressed':
          // Who pressed it may have died before the rest was on the queue. A double that comes for the first time says
          // nothing of that: if each put the rest there, too, doubles would multiply with every part.
          if (delivery.redelivered) await putRest(message, row);
          return letGo(ports, message, row);
        case 'early':
          if (await hold.untilLikely(state.until)) continue;
          return wait(message, hold.delayMs(state.until), { ...delivery, waitingFor: 'graph-report' });
        case 'pausing':
          if (await hold.until(state.until)) continue;
          return wait(message, hold.delayMs(state.until), {
            ...delivery,
            waitingFor: row.waitCode ? waitingForRefusal(row.waitCode) : 'pause',
          });
        case 'due': {
          if (isTooLateFor(row, clock.now())) return interrupt(ports, row, part);
          hold.leave();
          const tried = await claim(message, row);
          if (tried.kind === 'ours') return pressClaimed(tried.claim);
          claims += 1;
          break;
        }
        // Stryker disable next-line ConditionalExpression: never reached, as the compiler proves.
        default:
          state satisfies never;
      }
    }
    return wait(message, policy.minWaitMs, { ...delivery, waitingFor: 'queue' });
  };
}

function isTooLateFor({ latestStart = Infinity }: OutcomeFacts, now: number): boolean {
  return isTooLate(latestStart, now);
}

async function interrupt(
  { clock, endRequest }: RulePorts,
  row: Stored<OutcomeFacts>,
  part: number,
): Promise<PressEnding> {
  const { clientContext } = row;
  const decide = (at: OutcomeFacts) => {
    const now = clock.now();
    const isDue = partState(at, part, now).kind === 'due';
    return isDue && isTooLateFor(at, now) ? interrupted(at, now) : undefined;
  };
  const ended = await endRequest({ clientContext, by: 'press', row, decide });
  return ended.kind === 'ended' ? 'recorded' : 'duplicate';
}
