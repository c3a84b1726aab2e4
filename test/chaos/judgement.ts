// Says which promises a chaos run broke, from the simulator's own record of presses, the rows, and all that was printed.
// Stands under chaos-run; knows nothing of the app's code but the contract's names.
import type { Press } from '../../local/graph-simulator/calls/presses';
import type { SentNotification } from '../../local/graph-simulator/calls/notifications';
import type { Row } from '../support/services/stored-rows';
import type { ProxiedRequest } from './proxy/fault-proxy';
import { RARE_DIAL_STRING, type AskedRequest } from './callers';

export const PROMISES = [
  'double press',
  'lost request',
  'no final status',
  'false status',
  'press after the deadline',
  'order inversion',
  'overlap',
  'tones told',
  'not at rest',
  'crash',
  'unexpected answer',
  'not recovered',
] as const;
export type Promised = (typeof PROMISES)[number];

export interface Violation {
  readonly promise: Promised;
  readonly detail: string;
}

/** All that can be known of a run once nothing happens any more. */
export interface Evidence {
  readonly asked: readonly AskedRequest[];
  /** By clientContext. */
  readonly outcomes: ReadonlyMap<string, Row>;
  /** Every row of both tables. */
  readonly rows: readonly Row[];
  readonly presses: readonly Press[];
  /** The requests to press as they were seen on the wire. */
  readonly arrivals: readonly ProxiedRequest[];
  readonly notifications: readonly SentNotification[];
  readonly lines: readonly string[];
}

export const FINAL = new Set(['succeeded', 'failed', 'canceled', 'expired', 'unknown']);
const REPORTED = new Set(['succeeded', 'failed', 'canceled']);

/** Tones in Graph's spelling, a message as the queue holds it (base64 of its first field), a dial string of ours, a signed token. */
const TOLD = [/\btone\d\b/, /"(?:star|pound)"/, /eyJ2ZXJzaW9uIjo/, RARE_DIAL_STRING, /eyJ[\w-]+\.eyJ[\w-]+/];

export function judge(evidence: Evidence): Violation[] {
  const violations: Violation[] = [];
  const add = (promise: Promised, detail: string) => violations.push({ promise, detail });
  const pressesOf = Map.groupBy(evidence.presses, (press) => press.clientContext ?? '');
  const delivered = new Set(
    evidence.notifications
      .filter((sent) => sent.about === 'operation' && sent.delivered)
      .map((sent) => sent.clientContext),
  );
  for (const request of evidence.asked) {
    const { clientContext } = request;
    const presses = pressesOf.get(clientContext) ?? [];
    const row = evidence.outcomes.get(clientContext);
    if (presses.length > 1)
      add('double press', `${clientContext}: ${presses.map((press) => press.startedAt).join(', ')}`);
    if (row === undefined) {
      if (request.toldAt !== undefined || presses.length > 0)
        add('lost request', `${clientContext}: accepted or pressed, and there is no row`);
      continue;
    }
    if (!FINAL.has(String(row.status))) add('no final status', `${clientContext}: ${String(row.status)}`);
    const fault = faultOfStatus(row, presses[0], delivered.has(clientContext));
    if (fault) add('false status', `${clientContext}: ${fault}`);
    for (const press of presses) {
      if (Date.parse(press.startedAt) > timeOf(row.expiresAt))
        add('press after the deadline', `${clientContext}: ${describeLateness(row, press, evidence.arrivals)}`);
    }
  }
  for (const [clientContext] of pressesOf)
    if (!evidence.asked.some((request) => request.clientContext === clientContext))
      add('double press', `${clientContext}: nobody asked for it`);
  judgeOrder(evidence, add);
  const told = [...evidence.lines, ...evidence.rows.map(textOf)];
  for (const text of told) if (TOLD.some((pattern) => pattern.test(text))) add('tones told', text);
  return violations;
}

function timeOf(value: unknown): number {
  return value instanceof Date ? value.getTime() : 0;
}

/** Where the time went: after the app's last look at the clock (`sentAt`), on the way, or in the simulator. */
function describeLateness(row: Row, press: Press, arrivals: readonly ProxiedRequest[]): string {
  const [deadline, sentAt, pressedAt] = [timeOf(row.expiresAt), timeOf(row.sentAt), Date.parse(press.startedAt)];
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

/** What is untrue about a final status, in the light of what Graph did. */
function faultOfStatus(row: Row, press: Press | undefined, isDelivered: boolean): string | undefined {
  const status = String(row.status);
  const code = typeof row.errorCode === 'string' ? row.errorCode : '';
  const said = `${status} ${code}`.trim();
  const isReport = status === 'succeeded' || status === 'canceled' || code === 'operation-failed';
  if (isReport) {
    if (press === undefined) return `${said}, in truth not pressed`;
    const truth = endOf(press.scenario);
    if (truth !== status) return `${said}, in truth ${truth}`;
    return row.operationId !== undefined && row.operationId !== press.operationId
      ? `${said}, of another operation`
      : undefined;
  }
  if (status === 'unknown') return isDelivered ? 'unknown, although Graph’s report was taken' : undefined;
  return press === undefined ? undefined : `${said}, in truth pressed`;
}

/** What an operation of each scenario comes to; local/graph-simulator/README.md. */
function endOf(scenario: string): string {
  switch (scenario) {
    case 'canceled':
      return 'canceled';
    case 'failed':
    case 'unknown':
    case 'terminal-reply-failed':
      return 'failed';
    default:
      return 'succeeded';
  }
}

/** On one call: pressed in the order accepted, and never two at a time. */
function judgeOrder({ asked, presses }: Evidence, add: (promise: Promised, detail: string) => void): void {
  const requests = new Map(asked.map((request) => [request.clientContext, request]));
  for (const onCall of Map.groupBy(presses, (press) => press.callId).values()) {
    for (const [position, later] of onCall.entries()) {
      if (later.overlapsWith.length > 0) add('overlap', `${later.clientContext} on ${later.callId}`);
      for (const earlier of onCall.slice(0, position)) {
        const first = requests.get(later.clientContext ?? '');
        const second = requests.get(earlier.clientContext ?? '');
        if (first?.toldAt === undefined || second === undefined || first.toldAt >= second.askedAt) continue;
        add(
          'order inversion',
          `${first.clientContext} was accepted before ${second.clientContext} was asked for, and pressed after it`,
        );
      }
    }
  }
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
