// Writes what Graph reported of the end of an operation into the row of its request; the sender is proven by then.
// The first report stands: it counts on a row that is being pressed, is running, or was given up as `unknown`, and for
// the part it names.
import { callKeyOf } from '../facts/call-facts';
import { judge, type OperationReport } from '../facts/operation-report';
import { awaitsReport, isFinal, type End, type OpenFacts, type OutcomeFacts } from '../facts/outcome-facts';
import { readPartContext, type PartOfRequest } from '../facts/parts/part-context';
import { isLastPart, isPlayed, partOf, pressedAtOf } from '../facts/parts/parts-of-row';
import { pausing } from '../facts/open-transitions';
import { insteadOfUnknown, playedLast, reported } from '../facts/transitions';
import type { RulePorts } from './end-request';
import { makeNotifiedRecorder } from './notified';

/** Races that are lost so often are storage trouble: Graph gets 503 and sends again. */
const MOST_ROUNDS = 20;

/** A report, and the request and part that its name stands for. */
interface NamedReport extends PartOfRequest {
  readonly report: OperationReport;
}

type ReportPorts = RulePorts & { readonly recordNotified: (callId: string) => Promise<void> };

/** Throws when storage cannot be reached; nothing is lost, as Graph is then answered 503. */
export function makeReportRecorder(rulePorts: RulePorts, recordNotified = makeNotifiedRecorder(rulePorts)) {
  const ports: ReportPorts = { ...rulePorts, recordNotified };
  return async function recordReport(report: OperationReport): Promise<void> {
    const named = { report, ...readPartContext(report.clientContext) };
    if (await record(ports, named)) return;
    // A name that ends like a part's may be somebody else's own.
    await record(ports, { report, clientContext: report.clientContext, part: 1 });
  };
}

/** False: the part is none of the request of that name. */
async function record(ports: ReportPorts, named: NamedReport): Promise<boolean> {
  const { clientContext, part } = named;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const row = await ports.outcomes.read(clientContext);
    if ((row?.partCount ?? 1) < part) return false;
    const isDone =
      row === undefined
        ? await insert(ports, named)
        : ((await recordPlayed(ports, named, row)) ?? (await endBy(ports, named, row)));
    if (!isDone) continue;
    if (row !== undefined) logTenant(ports, named, row);
    return true;
  }
  throw new Error('lost every race for the row of a report');
}

/** A report of a request that nobody made here is kept, too. False: there is a row now. */
async function insert(ports: ReportPorts, named: NamedReport): Promise<boolean> {
  const { index, clock, endRequest, recordNotified } = ports;
  const { report, clientContext } = named;
  await index.open({ kind: 'request', clientContext, since: clock.now() });
  const end = { ...reported(report, clock.now()), reportedAt: clock.now() };
  const inserted = await endRequest.insert({ clientContext, callId: report.callId }, end, 'report');
  if (inserted === undefined) return false;
  logRecorded(ports, named, undefined);
  // No request of the call leads to this row.
  await recordNotified(report.callId);
  return true;
}

/**
 * A part that was played, where another follows; undefined where the report ends the request. False: the row has
 * changed.
 */
async function recordPlayed(
  ports: RulePorts,
  named: NamedReport,
  row: OutcomeFacts & { readonly etag: string },
): Promise<boolean | undefined> {
  const facts = pauseAfter(ports, named, row);
  if (facts === undefined) return undefined;
  const written = await ports.outcomes.merge(row.clientContext, facts, row.etag);
  if (written.kind === 'stale') return false;
  const { callId, operationId } = named.report;
  if (row.traceparent !== undefined) ports.linkTrace?.(row.traceparent);
  const { clientContext, part } = named;
  ports.log('info', 'part-played', { clientContext, callId, part, operationId, ...durationOf(ports, row) });
  return true;
}

function pauseAfter({ clock, policy }: RulePorts, named: NamedReport, row: OutcomeFacts): OpenFacts | undefined {
  if (!isExpected(row, named) || row.status === 'unknown' || judge(named.report) !== 'succeeded') return undefined;
  const now = clock.now();
  const facts = pausing(row, named.report, now, policy);
  return facts && { ...facts, reportedAt: now };
}

/** False: the row has changed, and the part has another after it. */
async function endBy(
  ports: ReportPorts,
  named: NamedReport,
  row: OutcomeFacts & { readonly etag: string },
): Promise<boolean> {
  const { clientContext } = named;
  const decide = (at: OutcomeFacts) => (pauseAfter(ports, named, at) ? undefined : endOf(ports, named, at));
  const ended = await ports.endRequest({ clientContext, by: 'report', row, decide });
  if (ended.row === undefined) return false;
  if (ended.kind === 'ended') logRecorded(ports, named, ended.row);
  else if (pauseAfter(ports, named, ended.row)) return false;
  else {
    logUncounted(ports, named, ended.row);
    if (leavesNoFact(ended.row, named)) await ports.recordNotified(named.report.callId);
  }
  return true;
}

function endOf({ clock }: RulePorts, named: NamedReport, row: OutcomeFacts): End | undefined {
  if (!isExpected(row, named)) return undefined;
  const { report } = named;
  const now = clock.now();
  const isBeforeOthers = judge(report) === 'succeeded' && !isLastPart(row);
  const end = isBeforeOthers ? playedLast(row, report.operationId, now) : reported(report, now, undefined, row);
  return { ...(row.status === 'unknown' ? insteadOfUnknown(end) : end), reportedAt: now };
}

function logRecorded(ports: RulePorts, named: NamedReport, row: OutcomeFacts | undefined): void {
  const { report, clientContext, part } = named;
  const { callId, operationId } = report;
  if (row?.traceparent !== undefined) ports.linkTrace?.(row.traceparent);
  const ofPart = row?.partCount !== undefined && { part };
  const fields = { clientContext, callId, status: judge(report), operationId, ...ofPart, ...durationOf(ports, row) };
  ports.log('info', 'report-recorded', fields);
}

/** It counts all the same: Microsoft does not document which tenant the token of a notification names. */
function logTenant({ log, ownTenantId }: RulePorts, { report, clientContext }: NamedReport, row: OutcomeFacts): void {
  const { tenantId, callId, operationId } = report;
  const asked = row.tenantId ?? ownTenantId;
  const isOurs = row.fingerprint !== undefined && !isOfAnotherCall(row, report);
  if (!isOurs || asked === undefined || tenantId === undefined || tenantId === asked) return;
  const reason = `requested in ${asked}`;
  log('info', 'report-from-other-tenant', { clientContext, callId, operationId, tenantId, reason });
}

function durationOf({ clock }: RulePorts, row: OutcomeFacts | undefined): { readonly durationMs?: number } {
  const pressedAt = row && pressedAtOf(row);
  return pressedAt === undefined ? {} : { durationMs: clock.now() - pressedAt };
}

function logUncounted({ log }: RulePorts, named: NamedReport, row: OutcomeFacts): void {
  const { report, part } = named;
  const { operationId } = report;
  const { clientContext, callId, status } = row;
  if (isOfAnotherCall(row, report)) {
    return log('warn', 'report-other-call', { clientContext, callId: report.callId, operationId });
  }
  const fields = { clientContext, callId, status, operationId, ...(row.partCount !== undefined && { part }) };
  if (part < partOf(row)) return log('info', 'report-repeated', fields);
  // A row that a report made has no request and no claim: what comes after is measured by that report.
  const neverPressed = part > partOf(row) || (row.claimedAt === undefined && row.fingerprint !== undefined);
  // A claim that was given up: the part that the row has come to was never pressed.
  const isUnclaimed = neverPressed || row.claimId === '';
  if (!isFinal(row.status) || isUnclaimed) log('warn', 'report-not-expected', fields);
  // A part that was played too late for the next one: its request failed.
  else if (judge(report) === (isPlayed(row) ? 'succeeded' : row.status)) log('info', 'report-repeated', fields);
  else log('warn', 'report-contradicts', { ...fields, reason: `reported ${judge(report)}` });
}

/** True where nothing shows later that this call was notified. A report of another call is stored nowhere. */
function leavesNoFact(row: OutcomeFacts, { report }: NamedReport): boolean {
  return row.reportedAt === undefined && !isOfAnotherCall(row, report);
}

/** A report counts on a row that waits for one, and for the part that it is at. */
function isExpected(row: OutcomeFacts, { report, part }: NamedReport): boolean {
  return !isOfAnotherCall(row, report) && awaitsReport(row) && partOf(row) === part;
}

function isOfAnotherCall(row: OutcomeFacts, report: OperationReport): boolean {
  return callKeyOf(row.callId) !== callKeyOf(report.callId);
}
