// Says which promises a chaos run broke, from the simulator's own record of presses, the rows, and all that was printed.
// Knows nothing of the app's code but the contract's names.
import type { Press } from '../../../local/graph-simulator/calls/presses';
import type { Row } from '../../support/services/stored-rows';
import { CALLBACK_SECRET } from '../callback-receiver';
import { RARE_DIAL_STRING } from '../dial-strings';
import type { ProxiedRequest } from '../proxy/fault-proxy';
import { judgeCallbacks } from './judge-callbacks';
import { judgeCancels } from './judge-cancels';
import { judgeOrder } from './judge-order';
import { judgeParts } from './judge-parts';
import { judgePlayed } from './judge-played';
import { faultOfStatus } from './judge-status';
import { accountsOf, startOf, type RequestAccount } from './parts-account';
import { FINAL, PROMISES, type Evidence, type Promised, type Report, type Violation } from './promises';

const REPORTED = new Set(['succeeded', 'failed', 'canceled']);

/** Tones in Graph's spelling, a message as the queue holds it (base64 of its first field), a dial string of ours, a signed token. */
const TOLD = [/\btone\d\b/, /"(?:star|pound)"/, /eyJ2ZXJzaW9uIjo/, RARE_DIAL_STRING, /eyJ[\w-]+\.eyJ[\w-]+/];

export function judge(evidence: Evidence): Violation[] {
  const violations: Violation[] = [];
  const report: Report = (promise, detail) => violations.push({ promise, detail });
  const accounts = accountsOf(evidence);
  for (const account of accounts) judgeRequest(evidence, account, report);
  const known = new Set(accounts.flatMap(({ parts }) => parts.map(({ name }) => name)));
  for (const { clientContext = '' } of evidence.presses)
    if (!known.has(clientContext)) report('double press', `${clientContext}: nobody asked for it`);
  judgeParts(evidence, accounts, report);
  judgeCancels(accounts, evidence.outcomes, report);
  judgeCallbacks(evidence, report);
  judgeOrder(evidence, report);
  const told = [...evidence.lines, ...evidence.rows.map(textOf)];
  for (const text of told) if (TOLD.some((pattern) => pattern.test(text))) report('tones told', text);
  for (const line of evidence.lines) if (line.includes(CALLBACK_SECRET)) report('tones told', line);
  return violations;
}

function judgeRequest({ outcomes, arrivals }: Evidence, account: RequestAccount, report: Report): void {
  const { request, parts } = account;
  const { clientContext } = request;
  const [first] = parts;
  const presses = first?.presses ?? [];
  const row = outcomes.get(clientContext);
  if (presses.length > 1)
    report('double press', `${clientContext}: ${presses.map((press) => press.startedAt).join(', ')}`);
  if (row === undefined) {
    if (request.toldAt !== undefined || presses.length > 0)
      report('lost request', `${clientContext}: accepted or pressed, and there is no row`);
    return;
  }
  if (!FINAL.has(String(row.status))) report('no final status', `${clientContext}: ${String(row.status)}`);
  const fault = faultOfStatus(account, row);
  if (fault) report('false status', `${clientContext}: ${fault}`);
  judgePlayed(account, row, report);
  for (const press of presses) {
    if (startOf(press) > timeOf(row.expiresAt))
      report('press after the deadline', `${clientContext}: ${describeLateness(row, press, arrivals)}`);
  }
}

function timeOf(value: unknown): number {
  return value instanceof Date ? value.getTime() : 0;
}

/** Where the time went: after the app's last look at the clock (`sentAt`), on the way, or in the simulator. */
function describeLateness(row: Row, press: Press, arrivals: readonly ProxiedRequest[]): string {
  const [deadline, sentAt, pressedAt] = [timeOf(row.expiresAt), timeOf(row.sentAt), startOf(press)];
  const before = arrivals.filter(({ target, receivedAt }) => target.includes(press.callId) && receivedAt <= pressedAt);
  const arrival = before.sort((one, other) => one.receivedAt - other.receivedAt).at(-1);
  const way =
    arrival === undefined
      ? 'not seen on the wire'
      : `at the proxy ${arrival.receivedAt - sentAt} ms after that (${arrival.fault ?? 'no fault'}), executed ${pressedAt - arrival.receivedAt} ms later`;
  return `${pressedAt - deadline} ms late; permitted ${deadline - sentAt} ms before the deadline, ${way}`;
}

function textOf(row: Row): string {
  return Object.values(row)
    .filter((value) => typeof value === 'string')
    .join('\n');
}

/** A status seen earlier and the one now; undefined if that step is allowed. */
export function faultOfChange(before: string, now: string): string | undefined {
  if (!FINAL.has(before) || before === now) return undefined;
  return before === 'unknown' && REPORTED.has(now) ? undefined : `${before} became ${now}`;
}

export function countByPromise(violations: readonly Violation[]): Record<Promised, number> {
  const counts = Object.fromEntries(PROMISES.map((promise) => [promise, 0])) as Record<Promised, number>;
  for (const { promise } of violations) counts[promise] += 1;
  return counts;
}
