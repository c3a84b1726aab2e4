// Mutations that take away one condition of the promise, one by one: claim, order, deadline, callbacks.
// Applied to the source text by mutated-rules.ts.
import type { Mutation } from './mutation';

export const CONDITIONS = {
  'claim-without-condition': {
    file: 'delivery/press/claim.ts',
    from: 'const written = await outcomes.merge(clientContext, facts, known?.etag ?? message.etag);',
    to: "const written = await outcomes.merge(clientContext, facts, (await outcomes.read(clientContext))?.etag ?? '');",
    why: 'a second delivery claims again and presses again',
  },
  'claim-without-read-back': {
    file: 'delivery/press/claim.ts',
    from: "if (row.claimId === claimId && row.status === 'sending') return",
    to: 'if (false) return',
    why: 'a claim whose answer was lost is taken for a rival; the row is never pressed and ends unknown',
  },
  'press-without-deadline': {
    file: 'delivery/press/press-claimed.ts',
    from: 'if (isTooLate(deadline, now) || now > latestPostStart(claimedAt, policy)) return',
    to: 'if (now > latestPostStart(claimedAt, policy)) return',
    why: 'a token that takes long lets the press come after its deadline',
  },
  'press-without-latest-start': {
    file: 'delivery/press/press-claimed.ts',
    from: 'if (isTooLate(deadline, now) || now > latestPostStart(claimedAt, policy)) return',
    to: 'if (isTooLate(deadline, now)) return',
    why: 'a press starts after its row was given up; its successors do not wait for it',
  },
  'expiry-without-condition': {
    file: 'delivery/end-request.ts',
    from: 'const written = await ends.end(clientContext, end, row.etag);',
    to: "const written = await ends.end(clientContext, end, (await outcomes.read(clientContext))?.etag ?? '');",
    why: 'the timer ends a row that a notification has just ended',
    foundIn: 'two workers, a timer, a notification',
  },
  'press-without-order': {
    file: 'delivery/press/press-tones.ts',
    from: "if (turn.kind === 'wait') {",
    to: "if (turn.kind === 'wait' && clock.now() < 0) {",
    why: 'requests of one call overtake each other and overlap',
  },
  'never-claimed-is-done': {
    file: 'facts/predecessor-state.ts',
    from: "if (row.claimedAt === undefined) return { kind: 'skip', after: turnAfterOf(row) };",
    to: "if (row.claimedAt === undefined) return { kind: 'done' };",
    why: 'the one behind an expired request overtakes the one before it (rule 2)',
  },
  'unknown-is-done-at-once': {
    file: 'facts/predecessor-state.ts',
    from: "row.status === 'unknown' && now < settledAt",
    to: "row.status === 'unknown' && now < 0",
    why: 'the next request is pressed while an uncertain one still sounds (rule 3)',
  },
  'moved-message-dropped': {
    file: 'delivery/press/claim.ts',
    from: "return isAhead(row, part) ? { kind: 'moved', row } : { kind: 'duplicate', row };",
    to: "return { kind: 'duplicate', row };",
    why: 'a message whose row changed under it is dropped, although it may be the only one (rule 5)',
    foundIn: 'a claim given back',
  },
  'throws-after-claim': {
    file: 'delivery/press/under-claim.ts',
    from: 'logStorageFailed(ports, claim, error); } } return undefined;',
    to: 'throw error; } } return undefined;',
    why: 'one storage fault after the claim loses what Graph answered',
  },
  'final-status-buried': {
    file: 'delivery/press/under-claim.ts',
    from: "if (row.claimId !== claim.claimId || row.status !== 'sending') return { kind: 'late', row };",
    to: '',
    why: 'the late record of the reply overwrites what the notification reported (rule 6)',
  },
  'linked-without-walk': {
    file: 'delivery/chain.ts',
    from: 'if (await isMetFrom(tail, row)) return row;',
    to: 'if (tail === undefined) return row;',
    why: 'linking again without the walk makes two requests wait for each other (rule 1)',
  },
  'timer-forgets-callbacks': {
    file: 'upkeep/close-overdue.ts',
    from: 'return entry.callback || row.callbackWanted ? { entry, row } : closedAs(ports, entry, row);',
    to: 'return closedAs(ports, entry, row);',
    why: 'an announcement that was missed by a crash is never made good',
  },
  'late-change-not-announced': {
    file: 'delivery/end-request.ts',
    from: "if (row.status === 'unknown' && row.callbackWanted) await openAgain(ports, clientContext);",
    to: "if (row.status === 'unknown' && row.callbackWanted) { await ends.end(clientContext, end, row.etag); return { kind: 'left', row }; }",
    why: 'a callback that was sent unknown never hears the truth',
  },
  'final-before-subscribed-not-announced': {
    file: 'callbacks/subscribe.ts',
    from: 'if (isFinal(row.status)) await callbackQueue.enqueue',
    to: 'if (false) await callbackQueue.enqueue',
    why: 'a request that ended before its callback was stored tells nobody',
  },
  'callback-url-not-stored': {
    file: 'callbacks/subscribe.ts',
    from: 'await callbacks.replace(clientContext, { url, subscribedAt: now, changedAt: now });',
    to: "if ((await callbacks.read(clientContext)) === undefined) await callbacks.replace(clientContext, { url: '', subscribedAt: now, changedAt: now });",
    why: 'the URL is not stored',
  },
} satisfies Record<string, Mutation> as Readonly<Record<string, Mutation>>;
