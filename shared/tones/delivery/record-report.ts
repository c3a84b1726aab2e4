// Writes what Graph reported of the end of an operation into the row of its request; the sender is proven by then.
// The first report stands: it counts on a row that is being pressed, is running, or was given up as `unknown`.
import { callKeyOf } from '../facts/call-facts';
import { judge, type OperationReport } from '../facts/operation-report';
import { isFinal, type End, type OpenFacts, type OutcomeFacts } from '../facts/outcome-facts';
import { readPartContext, type PartOfRequest } from '../facts/part-context';
import { isLastPart, isPlayed, partOf, pressedAtOf } from '../facts/parts-of-row';
import { awaitsReport, insteadOfUnknown, pausing, playedTooLate, reported } from '../facts/transitions';
import type { RulePorts } from './end-request';

/** Races that are lost so often are storage trouble: Graph gets 503 and sends again. */
const MOST_ROUNDS = 20;

/** Throws when storage cannot be reached; nothing is lost, as Graph is then answered 503. */
export function makeReportRecorder(ports: RulePorts) {
  const { clock, outcomes, index, policy, log, endRequest, linkTrace } = ports;

  return async function recordReport(report: OperationReport): Promise<void> {
    const named = readPartContext(report.clientContext);
    // A name that ends like a part's may be somebody else's own.
    if (named.part > 1 && (await record(report, named)) === 'not-ours') {
      await record(report, { clientContext: report.clientContext, part: 1 });
    } else if (named.part === 1) await record(report, named);
  };

  async function record(report: OperationReport, { clientContext, part }: PartOfRequest): Promise<'done' | 'not-ours'> {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const row = await outcomes.read(clientContext);
      if (part > 1 && (row?.partCount ?? 1) < part) return 'not-ours';
      if (row === undefined) {
        if (!(await insert(report))) continue;
        recorded(report, undefined, 1);
        return 'done';
      }
      const pause = pauseAfter(row, part, report);
      if (pause === undefined) {
        const decide = (at: OutcomeFacts) => (pauseAfter(at, part, report) ? undefined : endOf(at, part, report));
        const ended = await endRequest({ clientContext, by: 'report', row, decide });
        if (ended.kind === 'ended') recorded(report, ended.row, part);
        else if (ended.row === undefined || pauseAfter(ended.row, part, report)) continue;
        else logUncounted(ended.row, part, report);
        return 'done';
      }
      const written = await outcomes.merge(clientContext, pause, row.etag);
      if (written.kind === 'stale') continue;
      partPlayed(report, row, part);
      return 'done';
    }
    throw new Error('lost every race for the row of a report');
  }

  /** The facts of a part that was played, where another follows. */
  function pauseAfter(row: OutcomeFacts, part: number, report: OperationReport): OpenFacts | undefined {
    if (!isExpected(row, part, report) || row.status === 'unknown' || judge(report) !== 'succeeded') return undefined;
    return pausing(row, report, clock.now(), policy);
  }

  function endOf(row: OutcomeFacts, part: number, report: OperationReport): End | undefined {
    if (!isExpected(row, part, report)) return undefined;
    const now = clock.now();
    if (row.status !== 'unknown') return reported(report, now, undefined, row);
    const isPlayed = judge(report) === 'succeeded' && !isLastPart(row);
    return insteadOfUnknown(
      isPlayed ? playedTooLate(row, report.operationId, now) : reported(report, now, undefined, row),
    );
  }

  /** A report of a request that nobody made here is kept, too. False: there is a row now. */
  async function insert(report: OperationReport): Promise<boolean> {
    const { clientContext, callId } = report;
    await index.open({ kind: 'request', clientContext, since: clock.now() });
    return (await endRequest.insert({ clientContext, callId }, reported(report, clock.now()), 'report')) !== undefined;
  }

  function recorded(report: OperationReport, row: OutcomeFacts | undefined, part: number): void {
    const { callId, operationId } = report;
    const { clientContext } = row ?? report;
    if (row?.traceparent !== undefined) linkTrace?.(row.traceparent);
    const pressedAt = row && pressedAtOf(row);
    const durationMs = pressedAt === undefined ? {} : { durationMs: clock.now() - pressedAt };
    const ofPart = row?.partCount !== undefined && { part };
    const status = judge(report);
    log('info', 'report-recorded', { clientContext, callId, status, operationId, ...ofPart, ...durationMs });
  }

  function partPlayed({ callId, operationId }: OperationReport, row: OutcomeFacts, part: number): void {
    const { clientContext, traceparent } = row;
    if (traceparent !== undefined) linkTrace?.(traceparent);
    const pressedAt = pressedAtOf(row);
    const durationMs = pressedAt === undefined ? {} : { durationMs: clock.now() - pressedAt };
    log('info', 'part-played', { clientContext, callId, part, operationId, ...durationMs });
  }

  function logUncounted(row: OutcomeFacts, part: number, report: OperationReport): void {
    const { operationId } = report;
    const { clientContext } = row;
    if (isOfAnotherCall(row, report)) {
      return log('warn', 'report-other-call', { clientContext, callId: report.callId, operationId });
    }
    const ofPart = row.partCount !== undefined && { part };
    const fields = { clientContext, callId: row.callId, status: row.status, operationId, ...ofPart };
    if (part < partOf(row)) return log('info', 'report-repeated', fields);
    if (part > partOf(row)) return log('warn', 'report-not-expected', fields);
    // A row that a report made has no request and no claim: what comes after is measured by that report.
    const neverPressed = row.claimedAt === undefined && row.fingerprint !== undefined;
    // A claim that was given up: the part that the row has come to was never pressed.
    const isUnclaimed = neverPressed || row.claimId === '';
    if (!isFinal(row.status) || isUnclaimed) log('warn', 'report-not-expected', fields);
    // A part that was played too late for the next one: its request failed.
    else if (judge(report) === (isPlayed(row) ? 'succeeded' : row.status)) log('info', 'report-repeated', fields);
    else log('warn', 'report-contradicts', { ...fields, reason: `reported ${judge(report)}` });
  }
}

/** A report counts on a row that waits for one, and for the part that it is at. */
function isExpected(row: OutcomeFacts, part: number, report: OperationReport): boolean {
  return !isOfAnotherCall(row, report) && awaitsReport(row) && partOf(row) === part;
}

function isOfAnotherCall(row: OutcomeFacts, report: OperationReport): boolean {
  return callKeyOf(row.callId) !== callKeyOf(report.callId);
}
