// Mutations that would fool a judge who believes the code it judges: what it says of deadlines, reasons and settle times.
// Each survived the proof once, while the judge read deadlines from rows, reasons from error codes and constants from the rules.
import type { Mutation } from './mutation';

export const UNTRUTHS = {
  'every-request-fails': {
    file: 'delivery/accept-tones.ts',
    from: 'if (call?.endedAt !== undefined) {',
    to: 'if (true) {',
    why: 'nothing is ever pressed, and every request says that its call has ended',
  },
  'every-request-expires': {
    file: 'facts/delivery-policy.ts',
    from: 'return now > expiresAt - LEAST_LEAD_MS;',
    to: 'return now > 0;',
    why: 'nothing is ever pressed, and every request says that it came too late',
  },
  'deadlines-doubled': {
    file: 'delivery/accept-tones.ts',
    from: 'expiresAt: now + request.expiresInSeconds * 1000,',
    to: 'expiresAt: now + request.expiresInSeconds * 2000,',
    why: 'presses come after the deadline that was asked for, and before the one in the row',
  },
  'no-retries': {
    file: 'delivery/press/after-press.ts',
    from: "if (reply.again === 'later' && !isTooLate(deadline, now + delayMs))",
    to: "if (reply.again === 'never' && now < 0)",
    why: 'what Graph refused for the moment fails, although there is time to try again',
  },
  'retry-after-ignored': {
    file: 'delivery/press/after-press.ts',
    from: 'const delayMs = Math.max(reply.retryAfterMs ?? 0, backOffMs(message.waits, policy), pauseMs);',
    to: 'const delayMs = Math.max(backOffMs(message.waits, policy), pauseMs);',
    why: 'Graph is asked again before the time that it asked for',
  },
  'unknown-meanwhile': {
    file: 'facts/delivery-policy.ts',
    from: 'return sentAt + delaysMs(size) + policy.notificationGraceMs;',
    to: 'return sentAt;',
    why: 'a press whose report is on its way is called unknown until it comes',
  },
  'report-of-any-call': {
    file: 'delivery/record-report.ts',
    from: 'return callKeyOf(row.callId) !== callKeyOf(report.callId);',
    to: 'return false;',
    why: 'what another call reports ends a request that was not pressed yet',
  },
  'unknown-as-failed': {
    file: 'delivery/press/after-press.ts',
    from: 'const end = unknown(reply.fault, now, part === 1 ? sentAt : undefined);',
    to: 'const end = failed(reply.fault, now, part === 1 ? sentAt : undefined);',
    why: 'a doubt is called a failure: the caller asks again, and it is pressed twice',
  },
  'unknown-under-another-code': {
    file: 'delivery/press/after-press.ts',
    from: 'const end = unknown(reply.fault, now, part === 1 ? sentAt : undefined);',
    to: "const end = unknown({ code: 'worker-lost' }, now, part === 1 ? sentAt : undefined);",
    why: 'what Graph did is called the death of a worker',
  },
  'missing-report-under-another-code': {
    file: 'facts/transitions.ts',
    from: "row.status === 'sending' ? 'worker-lost' : missing",
    to: "row.status === 'sending' ? missing : 'worker-lost'",
    why: 'a worker that died is called a report that is missing',
  },
  'calls-taken-for-never-notified': {
    file: 'delivery/notified.ts',
    from: 'if (row.reportedAt !== undefined) return true;',
    to: 'return false;',
    why: 'one lost report is called a call whose notifications go elsewhere',
  },
  'settled-without-its-sound': {
    file: 'facts/delivery-policy.ts',
    from: 'return claimedAt + policy.sendGraceMs + halfOfGraceMs(policy) + soundingMs(size);',
    to: 'return claimedAt + policy.sendGraceMs;',
    why: 'a press that was held up may still sound when the next one leaves',
  },
  'settled-at-half': {
    file: 'facts/delivery-policy.ts',
    from: 'return claimedAt + policy.sendGraceMs + halfOfGraceMs(policy) + soundingMs(size);',
    to: 'return claimedAt + halfOfGraceMs(policy) + soundingMs(size);',
    why: 'an uncertain press may still be on its way when the next one leaves',
  },
  'latest-start-at-w': {
    file: 'facts/delivery-policy.ts',
    from: 'return claimedAt + halfOfGraceMs(policy);',
    to: 'return claimedAt + policy.sendGraceMs;',
    why: 'a POST that leaves at W after the claim may arrive long after its row was given up',
  },
  'time-limit-doubled': {
    file: 'delivery/press/press-claimed.ts',
    from: "return { kind: 'go', timeoutMs: halfOfGraceMs(policy) };",
    to: "return { kind: 'go', timeoutMs: 2 * halfOfGraceMs(policy) };",
    why: 'a POST may be on its way for W',
  },
  'no-lead': {
    file: 'facts/delivery-policy.ts',
    from: 'return now > expiresAt - LEAST_LEAD_MS;',
    to: 'return now > expiresAt;',
    why: 'the way to Graph and the clocks have no time of their own: the press comes after its deadline',
  },
  'ends-late': {
    file: 'facts/outcome-facts.ts',
    from: "return row.status === 'accepted' && now >= (row.expiresAt ?? Infinity);",
    to: "return row.status === 'accepted' && now >= (row.expiresAt ?? Infinity) + 300_000;",
    why: 'a request that nobody presses ends minutes after its deadline',
  },
  'deleted-early': {
    file: 'upkeep/delete-old.ts',
    from: 'const cutoff = startedAt - policy.retentionMs;',
    to: 'const cutoff = clock.now();',
    why: 'an outcome is deleted before its time',
  },
  livelock: {
    file: 'delivery/press/press-tones.ts',
    from: 'if (isTooLate(current.expiresAt, clock.now())) return expire(rules, current);',
    to: 'if (isTooLate(current.expiresAt, clock.now())) return wait({ ...current, waits: 0 }, 0);',
    why: 'a message that came too late is put back at once, for good',
  },
} satisfies Record<string, Mutation> as Readonly<Record<string, Mutation>>;
