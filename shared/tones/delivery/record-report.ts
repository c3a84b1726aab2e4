// Writes what Graph reported of the end of an operation, and of a call, into the rows.
// Called by functions/call-notifications once the sender is proven. The first report stands.
import { makeEndAnnouncer, type AnnouncePorts } from '../callbacks/announce-end';
import type { DeliveryPolicy } from '../facts/delivery-policy';
import { judge, type OperationReport } from '../facts/operation-report';
import { callKeyOf, isFinal, type OutcomeFacts } from '../facts/outcome-facts';
import type { Clock, OutcomeRows, RequestIndex, Stored } from '../ports';
import { awaitsReport, insteadOfUnknown, reported } from '../facts/transitions';

export interface ReportPorts extends AnnouncePorts {
  /** Told of the trace that each recorded report belongs to (W3C `traceparent`). */
  readonly linkTrace?: (traceparent: string) => void;
  readonly clock: Clock;
  readonly outcomes: OutcomeRows;
  readonly index: RequestIndex;
  readonly policy: DeliveryPolicy;
}

/** Races that are lost so often are storage trouble: Graph gets 503 and sends again. */
const MOST_ROUNDS = 20;

/** Throws when storage cannot be reached; nothing is lost, as Graph is then told 503. */
export function makeReportRecorder(ports: ReportPorts) {
  const { clock, outcomes, index, log } = ports;
  const announceEnd = makeEndAnnouncer(ports);

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
      const facts = reported(report, clock.now());
      const written = row === undefined ? await insert(report, facts) : await update(row, facts);
      if (written.kind === 'written') {
        if (row?.traceparent !== undefined) ports.linkTrace?.(row.traceparent);
        log('info', 'report-recorded', {
          clientContext,
          callId,
          status,
          operationId,
          ...(facts.errorCode && { code: facts.errorCode }),
          ...sinceSent(row),
        });
        return;
      }
    }
    throw new Error('lost every race for the row of a report');
  };

  async function update(row: Stored<OutcomeFacts>, reportedFacts: Partial<OutcomeFacts>) {
    // Its entry was closed with `unknown`: opened again first, so that the timer makes good an announcement that is missed.
    if (row.status === 'unknown' && row.callbackWanted)
      await index.open({ clientContext: row.clientContext, since: clock.now(), callback: true });
    const facts = row.status === 'unknown' ? insteadOfUnknown(reportedFacts) : reportedFacts;
    const written = await outcomes.merge(row.clientContext, facts, row.etag);
    if (written.kind === 'written') await announceEnd(row, facts);
    return written;
  }

  async function insert(
    { clientContext, callId }: OperationReport,
    facts: Partial<OutcomeFacts> & Pick<OutcomeFacts, 'status'>,
  ) {
    await index.open({ clientContext, since: clock.now() });
    return outcomes.insert({ clientContext, callId, ...facts });
  }

  function sinceSent(row: Stored<OutcomeFacts> | undefined): { durationMs?: number } {
    return row?.sentAt === undefined ? {} : { durationMs: clock.now() - row.sentAt };
  }

  function logUncounted(row: OutcomeFacts, report: OperationReport): void {
    const fields = {
      clientContext: row.clientContext,
      callId: row.callId,
      status: row.status,
      operationId: report.operationId,
    };
    // A row that a report made has no request and no claim: what comes after is measured by that report.
    const neverPressed = row.claimedAt === undefined && row.fingerprint !== undefined;
    if (!isFinal(row.status) || neverPressed) log('warn', 'report-not-expected', fields);
    else if (row.status === judge(report)) log('info', 'report-repeated', fields);
    else log('warn', 'report-contradicts', { ...fields, reason: `reported ${judge(report)}` });
  }
}
