// Says which promises a history broke. Pure: the same history is judged in a simulated world, in an explored one, and by hand in a test.
// Takes nothing from the rules that it judges: what counts is what was asked, what Graph did, and what a reader of the table saw.
import { causesOfHistory } from './causes';
import { judgeCancels } from './judge-cancels';
import { judgeEnds } from './judge-ends';
import { judgeOrder } from './judge-order';
import { judgeParts } from './judge-parts';
import { judgePlayed } from './judge-played';
import { judgeTenants } from './judge-tenants';
import { judgeTimes } from './judge-times';
import { judgeWaits } from './judge-waits';
import { lastChange, type History, type SeenPost } from './history';
import { partName } from './part-names';
import { isEnd, REPORTED, type Report, type Violation } from './promises';

/** Messages of each part at one time; and in a minute in which the queue does what it is asked and loses every answer. */
const MOST_COPIES = 40;
const MOST_COPIES_IN_AN_OUTAGE = 1000;

export function judge(history: History): Violation[] {
  const violations: Violation[] = [];
  const report: Report = (promise, clientContext, detail) => violations.push({ promise, clientContext, detail });
  if (history.livelock) report('livelock', '', 'the world did not come to its end within its limit of events');
  judgePresses(history, report);
  judgeRows(history, report);
  judgeTimes(history, report);
  judgeOrder(history, report);
  judgeParts(history, report);
  judgePlayed(history, report);
  judgeCancels(history, report);
  judgeTenants(history, report);
  judgeWaits(history, report);
  judgeEnds(history, causesOfHistory(history), report);
  judgeBookkeeping(history, report);
  return violations;
}

function judgePresses({ posts, requests, rows }: History, report: Report): void {
  const executed = Map.groupBy(
    posts.filter((post) => post.executedAt !== undefined),
    ({ clientContext, part }) => partName(clientContext, part),
  );
  for (const presses of executed.values()) {
    const [{ clientContext, part }] = presses as [SeenPost, ...SeenPost[]];
    const promise = (requests.get(clientContext)?.parts.length ?? 1) > 1 ? 'part pressed twice' : 'double press';
    if (presses.length > 1) report(promise, clientContext, `${presses.length} presses of part ${part}`);
    if (!requests.has(clientContext)) report('false status', clientContext, 'pressed, and nobody asked for it');
    if (!rows.has(clientContext)) report('lost', clientContext, 'pressed, and there is no row');
  }
}

/** Rows are there, become final, and do not leave a final status, save `unknown`. */
function judgeRows({ requests, rows, livelock }: History, report: Report): void {
  for (const [clientContext, { answeredAt }] of requests) {
    const row = rows.get(clientContext);
    if (row === undefined && answeredAt !== undefined) report('lost', clientContext, 'accepted, and there is no row');
    const last = lastChange(row);
    if (last && !isEnd(last.to) && !livelock) report('not final', clientContext, last.to);
  }
  for (const [clientContext, { changes }] of rows) {
    for (const { from, to } of changes) {
      if (from === undefined || from === to || !isEnd(from)) continue;
      if (!(from === 'unknown' && REPORTED.includes(to))) report('false status', clientContext, `${from} became ${to}`);
    }
  }
}

/** What keeps a request findable, alive and bounded; and its callback informed. */
function judgeBookkeeping(history: History, report: Report): void {
  const { requests, rows, unfindable, copies, heard, faults, livelock } = history;
  for (const { clientContext } of unfindable)
    report('forgotten', clientContext, 'not final, and no open entry stands for it');
  for (const [clientContext, most] of copies) {
    const hadOutage = faults.get(clientContext)?.some(({ cause }) => cause === 'outage') === true;
    const limit = hadOutage ? MOST_COPIES_IN_AN_OUTAGE : MOST_COPIES;
    if (most > limit * (requests.get(clientContext)?.parts.length ?? 1))
      report('copies multiply', clientContext, `${most} messages at one time`);
  }
  for (const [clientContext, { subscribed }] of requests) {
    const status = lastChange(rows.get(clientContext))?.to;
    if (!subscribed || status === undefined || livelock || heard.get(clientContext) === status) continue;
    report('callback lost', clientContext, `${status}, its callback was sent ${heard.get(clientContext) ?? 'nothing'}`);
  }
}
