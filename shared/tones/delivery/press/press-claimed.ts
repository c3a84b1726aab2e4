// Presses what is claimed: the last look at the clock, one POST to Graph, what it came to, and the next part onto the
// queue.
// The POST cannot throw, nor its recording; what throws is the queue, and then the message comes again and finds its
// part pressed.
import { halfOfGraceMs, isTooLate, latestPostStart } from '../../facts/delivery-policy';
import { partContext } from '../../facts/parts/part-context';
import { runOf } from '../../facts/tone-run';
import type { PressPermit } from '../../ports/graph-calls';
import type { Claim } from './claim';
import type { RulePorts } from '../end-request';
import { makePutRest } from './put-rest';
import { makeAttemptRecorder } from './record-attempt';

/** How a delivery of a message ended; every ending lets the queue delete the message. */
export type PressEnding = ClaimedEnding | 'duplicate' | 'row-missing';

export type ClaimedEnding = 'recorded' | 'waiting' | 'expired';

export function makeClaimedPresser(ports: RulePorts): (claim: Claim) => Promise<ClaimedEnding> {
  const { clock, graph, policy, log } = ports;
  const recordAttempt = makeAttemptRecorder(ports);
  const putRest = makePutRest(ports);

  return async function pressClaimed(claim) {
    const { message, part, deadline, claimedAt } = claim;
    const { clientContext, callId, tenantId, waits, dueAt } = message;
    let sentAt: number | undefined;
    const permit = (): PressPermit => {
      const now = clock.now();
      if (isTooLate(deadline, now) || now > latestPostStart(claimedAt, policy)) return { kind: 'no' };
      sentAt = now;
      return { kind: 'go', timeoutMs: halfOfGraceMs(policy) };
    };
    const queueWait = dueAt === undefined ? {} : { queueWaitMs: claimedAt - dueAt };
    log('info', 'tones-claimed', { clientContext, callId, waits, ...(part > 1 && { part }), ...queueWait });
    const ofTenant = tenantId !== undefined && { tenantId };
    const press = { callId, ...ofTenant, clientContext: partContext({ clientContext, part }), ...runOf(message) };
    const reply = await graph.sendDtmfTones(press, permit);
    const recorded = await recordAttempt(claim, reply, sentAt);
    if (recorded.rowAfterPart !== undefined) await putRest(message, recorded.rowAfterPart);
    return recorded.ending;
  };
}
