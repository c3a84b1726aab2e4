// Writes what Graph reported of the end of an operation into the row of its request; the sender is proven by then.
// The first report stands: it counts on a row that is being pressed, is running, or was given up as `unknown`.
import { callKeyOf } from '../facts/call-facts';
import { judge, type OperationReport } from '../facts/operation-report';
import { isFinal, type End, type OutcomeFacts } from '../facts/outcome-facts';
import { awaitsReport, insteadOfUnknown, reported } from '../facts/transitions';
import type { RulePorts } from './end-request';

/** Races that are lost so often are storage trouble: Graph gets 503 and sends again. */
const MOST_ROUNDS = 20;

/** Throws when storage cannot be reached; nothing is lost, as Graph is then answered 503. */
export function makeReportRecorder(ports: RulePorts) {
  const { clock, index, log, endRequest, linkTrace } = ports;

  return async function recordReport(report: OperationReport): Promise<void> {
    const { clientContext } = report;
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const ended = await endRequest({ clientContext, by: 'report', decide: (row) => endOf(row, report) });
      if (ended.kind === 'ended') return recorded(report, ended.row);
      if (ended.row !== undefined) return logUncounted(ended.row, report);
      if (await insert(report)) return recorded(report, undefined);
    }
    throw new Error('lost every race for the row of a report');
  };

  function endOf(row: OutcomeFacts, report: OperationReport): End | undefined {
    if (isOfAnotherCall(row, report) || !awaitsReport(row)) return undefined;
    const end = reported(report, clock.now());
    return row.status === 'unknown' ? insteadOfUnknown(end) : end;
  }

  /** A report of a request that nobody made here is kept, too. False: there is a row now. */
  async function insert(report: OperationReport): Promise<boolean> {
    const { clientContext, callId } = report;
    await index.open({ kind: 'request', clientContext, since: clock.now() });
    return (await endRequest.insert({ clientContext, callId }, reported(report, clock.now()), 'report')) !== undefined;
  }

  function recorded(report: OperationReport, row: OutcomeFacts | undefined): void {
    const { clientContext, callId, operationId } = report;
    if (row?.traceparent !== undefined) linkTrace?.(row.traceparent);
    const durationMs = row?.sentAt === undefined ? {} : { durationMs: clock.now() - row.sentAt };
    log('info', 'report-recorded', { clientContext, callId, status: judge(report), operationId, ...durationMs });
  }

  function logUncounted(row: OutcomeFacts, report: OperationReport): void {
    const { clientContext, operationId } = report;
    if (isOfAnotherCall(row, report)) {
      return log('warn', 'report-other-call', { clientContext, callId: report.callId, operationId });
    }
    const fields = { clientContext, callId: row.callId, status: row.status, operationId };
    // A row that a report made has no request and no claim: what comes after is measured by that report.
    const neverPressed = row.claimedAt === undefined && row.fingerprint !== undefined;
    if (!isFinal(row.status) || neverPressed) log('warn', 'report-not-expected', fields);
    else if (row.status === judge(report)) log('info', 'report-repeated', fields);
    else log('warn', 'report-contradicts', { ...fields, reason: `reported ${judge(report)}` });
  }
}

function isOfAnotherCall(row: OutcomeFacts, report: OperationReport): boolean {
  return callKeyOf(row.callId) !== callKeyOf(report.callId);
}
