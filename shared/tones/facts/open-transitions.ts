// The facts that each event adds to a request that goes on: pure functions, no decision about races.
// Makes no end: those are in transitions.ts.
import { runningWatchUntil, settledAtOf, type DeliveryPolicy } from './delivery-policy';
import type { GraphFault } from './error-catalogue';
import type { OperationReport } from './operation-report';
import type { OpenFacts, OutcomeFacts } from './outcome-facts';
import { partOf, playedWith } from './parts/parts-of-row';
import type { RunSize } from './tone-run';
import { partSize } from './parts/tone-sequence';

/** accepted -> sending: one worker is about to press. */
export function claimed(
  size: RunSize,
  claimId: string,
  now: number,
  policy: DeliveryPolicy,
): OpenFacts & { readonly status: 'sending' } {
  return {
    status: 'sending',
    claimId,
    claimedAt: now,
    watchUntil: now + policy.sendGraceMs,
    settledAt: settledAtOf(size, now, policy),
  };
}

/**
 * sending -> accepted, or pausing where a part was played: certainly not pressed, and there is time for another
 * attempt.
 */
export function givenBack(notBefore: number, fault: GraphFault | undefined, part = 1): OpenFacts {
  return {
    status: part === 1 ? 'accepted' : 'pausing',
    claimId: '',
    notBefore,
    ...(fault && { waitCode: fault.code, ...(fault.detail !== undefined && { waitDetail: fault.detail }) }),
  };
}

/** sending -> running: Graph took the part. `sentAt` of the request is that of its first. */
export function running(
  size: RunSize,
  operationId: string | undefined,
  sentAt: number,
  policy: DeliveryPolicy,
  part = 1,
): OpenFacts {
  return {
    status: 'running',
    ...(operationId !== undefined && { operationId }),
    ...(part === 1 && { sentAt }),
    watchUntil: runningWatchUntil(size, sentAt, policy),
  };
}

/**
 * sending | running -> pausing: the part was played, and there is another. Undefined where there is none, or a caller
 * asked for no more.
 */
export function pausing(
  row: OutcomeFacts,
  { operationId }: Pick<OperationReport, 'operationId'>,
  now: number,
  policy: DeliveryPolicy,
): OpenFacts | undefined {
  const part = partOf(row) + 1;
  const next = partSize(row, part);
  const playedToneCount = playedWith(row);
  if (next === undefined || playedToneCount === undefined || row.cancelRequestedAt !== undefined) return undefined;
  const notBefore = now + next.pauseMs;
  return {
    status: 'pausing',
    part,
    playedToneCount,
    claimId: '',
    notBefore,
    latestStart: notBefore + policy.partLatenessMs,
    waitCode: '',
    waitDetail: '',
    ...(operationId !== undefined && { operationId }),
  };
}
