// Writes what Graph reported of the end of an operation, and of a call, into the rows.
// Called by functions/call-notifications once the sender is proven. The first report stands.
import type { DeliveryPolicy } from './delivery-policy';
import type { EventLog } from './event-log';
import { judge, type OperationReport } from './operation-report';
import { callKeyOf, isFinal, type OutcomeFacts } from './outcome-facts';
import type { Clock, OutcomeRows, RequestIndex, Stored } from './ports';
import { awaitsReport, insteadOfUnknown, reported } from './transitions';

export interface ReportPorts {
  readonly clock: Clock;
  readonly outcomes: OutcomeRows;
  readonly index: RequestIndex;
  readonly policy: DeliveryPolicy;
  readonly log: EventLog;
}

/** Races that are lost so often are storage trouble: Graph gets 503 and sends again. */
const MOST_ROUNDS = 20;

/** Throws when storage cannot be reached; nothing is lost, as Graph is then told 503. */
export function makeReportRecorder({ clock, outcomes, index, log }: ReportPorts) {
  return async function recordReport(report: OperationReport): Promise<void> {
    const { clientContext, callId, operationId } = report;
    const status = judge(report);
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const row = await outcomes.read(clientContext);
      if (row !== undefined && callKeyOf(row.callId) !== callKeyOf(callId)) {
        log('warn', 'report-other-call', { clientContext, callId, operationId });
        return;
      }
      if (row !== undefined && !awaitsReport(row)) {
        logUncounted(row, report);
        return;
      }
      const written = row === undefined ? await insert(report) : await outcomes.merge(clientContext, factsFor(row, report), row.etag);
      if (written.kind === 'written') {
        log('info', 'report-recorded', { clientContext, callId, status, operationId, ...sinceSent(row) });
        return;
      }
    }
    throw new Error('lost every race for the row of a report');
  };

  function factsFor(row: OutcomeFacts, report: OperationReport): Partial<OutcomeFacts> {
    const facts = reported(report, clock.now());
    return row.status === 'unknown' ? insteadOfUnknown(facts) : facts;
  }

  async function insert(report: OperationReport) {
    const now = clock.now();
    await index.open({ clientContext: report.clientContext, since: now });
    return outcomes.insert({ clientContext: report.clientContext, callId: report.callId, ...reported(report, now), status: judge(report) });
  }

  function sinceSent(row: Stored<OutcomeFacts> | undefined): { durationMs?: number } {
    return row?.sentAt === undefined ? {} : { durationMs: clock.now() - row.sentAt };
  }

  function logUncounted(row: OutcomeFacts, report: OperationReport): void {
    const fields = { clientContext: row.clientContext, callId: row.callId, status: row.status, operationId: report.operationId };
    // A row that a report made has no request and no claim: what comes after is measured by that report.
    const neverPressed = row.claimedAt === undefined && row.fingerprint !== undefined;
    if (!isFinal(row.status) || neverPressed) log('warn', 'report-not-expected', fields);
    else if (row.status === judge(report)) log('info', 'report-repeated', fields);
    else log('warn', 'report-contradicts', { ...fields, reason: `reported ${judge(report)}` });
  }
}
