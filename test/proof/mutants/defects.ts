// Mutations that bring back defects which the product once had, or which once survived the tests, as the repaired text has them.
// Each needs a rare meeting: a crowd on one call, a lost answer, a run of the timer at the wrong moment.
import { MANY_LOST_ANSWERS, MANY_REFUSALS } from '../simulation/faults';
import type { Mutation } from './mutation';

export const DEFECTS = {
  'walk-not-carried-on': {
    file: 'delivery/press/press-tones.ts',
    from: "return wait(await withWalk(rules, current, turn), delayMs, { ...delivery, waitingFor: 'request-before' });",
    to: 'return wait(current, Math.max(1000, delayMs), { ...delivery });',
    and: {
      file: 'delivery/overdue-end.ts',
      from: 'return reached === first ? {} : { turnAfter: reached };',
      to: 'return {};',
    },
    why: 'a request behind a hundred that expired walks over the same hundred for good',
    isSeenWithoutFaults: true,
  },
  'unknown-closed-without-condition': {
    file: 'upkeep/close-overdue.ts',
    from: "for (const entry of withFate('unknown')) await index.closeUnlessReopened(entry, clock.now());",
    to: "for (const entry of withFate('unknown')) await index.close([entry], clock.now());",
    why: 'an entry that a late report opened again is closed: nobody makes good an announcement that is missed',
    foundIn: 'a late report while the timer closes its entry',
  },
  'unknown-closed-while-reported': {
    file: 'upkeep/close-overdue.ts',
    from: "return isBeingReported(entry, row, clock.now()) ? 'open' : 'unknown';",
    to: "return 'unknown';",
    why: 'an entry that was opened again is read after that, and its row before the report is in it',
    foundIn: 'a late report while the timer closes its entry',
  },
  'orphan-forgotten-without-condition': {
    file: '../storage/request-index.ts',
    from: 'forgetUnlessReopened: (entry) => removeUnlessReopened(table, entry),',
    to: 'forgetUnlessReopened: (entry) => removeAll(table, OPEN, [rowKeyOf(entry)]),',
    why: 'a request that is accepted at that moment has no entry: nobody ends it',
    foundIn: 'a request that is accepted while its old entry is forgotten',
  },
  'first-page-only': {
    file: '../storage/request-index.ts',
    from: 'if (found.length >= limit) break;',
    to: 'break;',
    why: 'retention stands still behind a page without rows',
  },
  'later-is-final': {
    file: '../outbound/callback-answer.ts',
    from: 'if (httpStatus >= 300 && httpStatus <= 499 && !LATER.has(httpStatus)) {',
    to: 'if (httpStatus >= 300 && httpStatus <= 499 && httpStatus !== 425) {',
    why: 'a receiver that answers 408 or 429 is never sent anything again',
  },
  'deleted-before-closed': {
    file: '../storage/request-index.ts',
    from: "await submit( table, entries.map((entry) => ['upsert', { partitionKey, rowKey: rowKeyOf(entry), ...columnsOf(entry) }, 'Replace']), ); await removeAll(table, OPEN, entries.map(rowKeyOf));",
    to: "await removeAll(table, OPEN, entries.map(rowKeyOf)); await submit(table, entries.map((entry) => ['upsert', { partitionKey, rowKey: rowKeyOf(entry), ...columnsOf(entry) }, 'Replace']));",
    why: 'a row whose entry is in neither partition is never deleted',
    amongFaults: MANY_REFUSALS,
    breaks: 'kept too long',
  },
  'copies-live-on': {
    file: 'delivery/wait.ts',
    from: 'if (redelivered) copy = await takeOver(ownName(message.copyId), copy, true); else if (copy.message.waits % LOOKS_EVERY === 0 && !(await isOurTurn(message))) copy = undefined; if (copy !== undefined) copy = await enqueue(ownName(message.copyId), copy);',
    to: 'await queue.enqueueOnce(copy.message, dueMs);',
    why: 'a lost answer to an enqueue leaves two copies, each of which does the same again',
    amongFaults: MANY_LOST_ANSWERS,
    breaks: 'copies multiply',
  },
  'subscribe-reads-first': {
    file: 'callbacks/subscribe.ts',
    from: "await callbacks.replace(clientContext, { url, subscribedAt: now, changedAt: now }); log('info', 'callback-set', { clientContext }); const row = await markWanted(ports, clientContext);",
    to: "const row = await markWanted(ports, clientContext); await callbacks.replace(clientContext, { url, subscribedAt: now, changedAt: now }); log('info', 'callback-set', { clientContext });",
    why: 'a request that ends between the two tells nobody',
    foundIn: 'a callback that is asked for while its request ends',
  },
} satisfies Record<string, Mutation> as Readonly<Record<string, Mutation>>;
