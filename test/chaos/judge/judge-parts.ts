// Judges the parts of requests: each pressed once, after its pause and not too late, after a part that was played, with the keys that were asked
// for, and nothing of the call between them. No tolerance is given: the app reads the time after the report has reached it, on the same machine.
import type { Press } from '../../../local/graph-simulator/calls/presses';
import type { GraphRequest } from '../../../local/graph-simulator/graph/graph-api';
import { readPartName } from '../../proof/judge/part-names';
import { startOf, type PartAccount, type RequestAccount } from './parts-account';
import type { Evidence, Report } from './promises';

export function judgeParts(evidence: Evidence, accounts: readonly RequestAccount[], report: Report): void {
  const onCall = Map.groupBy(evidence.presses, ({ callId }) => callId);
  const refusals = Map.groupBy(
    evidence.requests.filter(({ errorCode }) => errorCode !== undefined),
    ({ clientContext = '' }) => clientContext,
  );
  for (const { request, parts } of accounts) {
    for (const [position, part] of parts.entries()) {
      judgeKeys(part, report);
      const before = parts[position - 1];
      for (const press of part.presses) {
        if (before !== undefined) judgeLaterPart(part, before, press, evidence.partLatenessMs, report);
        else judgeFirstPause(request.askedAt, part, press, onCall.get(press.callId) ?? [], refusals, report);
      }
      if (position > 0 && part.presses.length > 1)
        report('part pressed twice', `${part.name}: ${part.presses.map(({ startedAt }) => startedAt).join(', ')}`);
    }
  }
  for (const presses of onCall.values()) judgeBetween(presses, report);
}

/** Graph's word for each key, by hand. */
const WORDS: Readonly<Record<string, string>> = { '*': 'star', '#': 'pound', A: 'a', B: 'b', C: 'c', D: 'd' };

function judgeKeys({ name, keys, presses }: PartAccount, report: Report): void {
  const asked = [...keys].map((key) => WORDS[key] ?? `tone${key}`).join();
  for (const { tones } of presses)
    // Which keys they were stays unsaid.
    if (tones.join() !== asked) report('wrong tones', `${name}: other keys, or in another order, than were asked for`);
}

function judgeLaterPart(
  { name, pauseMs }: PartAccount,
  before: PartAccount,
  press: Press,
  latenessMs: number,
  report: Report,
): void {
  const pressedAt = startOf(press);
  if (before.end !== 'succeeded' || before.reportedFrom > pressedAt)
    return report('part after none played', `${name}: ${before.name} was not reported as played (${before.end})`);
  const earlyMs = before.reportedFrom + pauseMs - pressedAt;
  if (earlyMs > 0) report('part before its pause', `${name}: ${earlyMs} ms early`);
  const lateMs = pressedAt - (before.recordedBy + pauseMs + latenessMs);
  if (lateMs > 0) report('part after its lateness', `${name}: ${lateMs} ms late`);
}

/** Counts from when its turn came, and again from a refusal of a call that was not ready. */
function judgeFirstPause(
  askedAt: number,
  { name, pauseMs }: PartAccount,
  press: Press,
  onCall: readonly Press[],
  refusals: ReadonlyMap<string, readonly GraphRequest[]>,
  report: Report,
): void {
  if (pauseMs === 0) return;
  const pressedAt = startOf(press);
  const others = onCall.filter((other) => other.clientContext !== name && startOf(other) < pressedAt);
  const notReady = (refusals.get(name) ?? []).filter(({ scenario }) => scenario === 'not-established');
  const from = [
    askedAt,
    ...others.map(({ endedAt }) => Date.parse(endedAt)),
    ...notReady.map(({ receivedAt }) => Date.parse(receivedAt)).filter((at) => at < pressedAt),
  ];
  const earlyMs = Math.max(...from) + pauseMs - pressedAt;
  if (earlyMs > 0) report('part before its pause', `${name}: ${earlyMs} ms early`);
}

/** From the first press of a request to its last no other request of the call is pressed. */
function judgeBetween(presses: readonly Press[], report: Report): void {
  const requestOf = ({ clientContext = '' }: Press) => readPartName(clientContext).clientContext;
  const order = presses.toSorted((one, other) => startOf(one) - startOf(other)).map(requestOf);
  for (const [position, name] of order.entries()) {
    const lastOfIt = order.lastIndexOf(name);
    const between = order.slice(position, lastOfIt).find((other) => other !== name);
    if (order.indexOf(name) === position && between !== undefined)
      report('pressed between parts', `${between} between parts of ${name}`);
  }
}
