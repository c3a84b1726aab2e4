// The judge on histories in which somebody cancels: those that keep every promise, and those that break one.
// Made by hand; nothing of the app is imported.
import { ASKED, CLAIMED, ended, fault, history, MADE, post, report, row, succeeded } from './hand-made-history';
import { cancel, cancelledBetween } from './hand-made-cancels';
import { allPlayed, askParts, change, firstPlayed, pressPart, rowOf, SECOND } from './hand-made-parts';
import { append, type History, type StatusChange } from './history';
import { judge } from './judge';
import { partName } from './part-names';
import type { Promised } from './promises';

const BY_CALLER = 'canceled-by-caller';

/** Marked while the first of three parts was played, and ended with it. */
function marked(at: History): void {
  askParts(at);
  pressPart(at, 1, CLAIMED + 20);
  rowOf(at).changes.push(changeTo('running', CLAIMED + 100, 'sending'));
  cancel(at, CLAIMED + 200, 'running', { statusesAfter: ['canceled'] });
  report(at, 'a', 'succeeded', CLAIMED + 620);
  rowOf(at).changes.push({ ...changeTo('canceled', CLAIMED + 630, 'running', BY_CALLER), played: 2 });
  rowOf(at).played = 2;
}

function changeTo(to: string, at: number, from: string, errorCode = ''): StatusChange {
  return { at, from, to, errorCode, sentAt: at, part: 1, played: undefined, after: '' };
}

const KEPT: Readonly<Record<string, (at: History) => void>> = {
  'cancelled before it was pressed': (at) => {
    ended(at, 'canceled', ASKED + 200, BY_CALLER);
    cancel(at, ASKED + 195, 'canceled');
  },
  'cancelled twice at once, and once more': (at) => {
    ended(at, 'canceled', ASKED + 200, BY_CALLER);
    for (const time of [ASKED + 195, ASKED + 196, ASKED + 5000]) cancel(at, time, 'canceled');
  },
  'cancelled after it had succeeded': (at) => {
    succeeded(at);
    cancel(at, CLAIMED + 5000, 'succeeded');
  },
  'cancelled while its last part was being pressed': (at) => {
    succeeded(at);
    cancel(at, CLAIMED + 1, 'sending', { postsAfter: [1], statusesAfter: ['running', 'succeeded'] });
  },
  'cancelled between two parts': (at) => cancelledBetween(at),
  'cancelled while its first part was played': marked,
  'cancelled while claimed, and refused for the moment': (at) => {
    row(at, 'a', [
      ['accepted', MADE],
      ['sending', CLAIMED],
      ['canceled', CLAIMED + 200, BY_CALLER],
    ]);
    cancel(at, CLAIMED + 10, 'sending', { postsAfter: [1], statusesAfter: ['canceled'] });
  },
  'a name that nobody asked for': (at) => {
    succeeded(at);
    cancel(at, ASKED, undefined, {}, 'nobody');
  },
  'cancelled before it was accepted': (at) => {
    succeeded(at);
    cancel(at, ASKED - 10, undefined);
  },
  "the second part, claimed and held up, after somebody else's operation ended under its name": (at) => {
    firstPlayed(at);
    pressPart(at, 2, SECOND, { leftAt: SECOND + 900, heldUpMs: 900 });
    append(at.reports, partName('a', 2), { status: 'succeeded', isForeign: true, arrivals: [SECOND + 5] });
    change(at, 'pausing', SECOND + 10, { part: 3, played: 3 });
    change(at, 'canceled', SECOND + 105, { errorCode: BY_CALLER });
    cancel(at, SECOND + 100, 'canceled', { part: 3, postsAfter: [2] });
  },
  'a cancel that storage never answered': (at) => {
    succeeded(at);
    append(at.cancels, 'a', { askedAt: ASKED });
    fault(at, 'a', 'storageRefused');
  },
};

test.each(Object.entries(KEPT))('keeps every promise: %s', (_name, change) => {
  expect(judge(history(change))).toEqual([]);
});

const BROKEN: readonly (readonly [Promised, string, (at: History) => void])[] = [
  [
    'pressed after a cancel',
    'a POST that leaves after the answer canceled, and is refused',
    (at) => {
      ended(at, 'canceled', ASKED + 200, BY_CALLER);
      cancel(at, ASKED + 195, 'canceled', { postsAfter: [1] });
    },
  ],
  [
    'pressed after a cancel',
    'the second part after the answer canceled between two parts',
    (at) => cancelledBetween(at, { postsAfter: [2] }),
  ],
  [
    'pressed after a cancel',
    'the second part after an answer 202 at the first',
    (at) => {
      allPlayed(at);
      cancel(at, CLAIMED + 200, 'running', { postsAfter: [2, 3] });
    },
  ],
  [
    'pressed after a cancel',
    'a part that leaves once more after an answer 202',
    (at) => {
      succeeded(at);
      cancel(at, CLAIMED + 1, 'sending', { postsAfter: [1, 1] });
    },
  ],
  [
    'cancel lost',
    'an answer that shows a request that waits',
    (at) => {
      succeeded(at);
      cancel(at, MADE + 10, 'accepted');
    },
  ],
  [
    'cancel lost',
    'a claim that is given back after an answer 202',
    (at) => {
      succeeded(at);
      cancel(at, CLAIMED + 1, 'sending', { statusesAfter: ['accepted'] });
    },
  ],
  [
    'cancel lost',
    'a first part that was played after an answer 202, and a request that failed',
    (at) => {
      marked(at);
      const last = rowOf(at).changes.pop();
      rowOf(at).changes.push({ ...(last as StatusChange), to: 'failed', errorCode: 'sequence-interrupted' });
      fault(at, 'a', 'kill');
    },
  ],
  [
    'cancel lost',
    'an answer 404 for a request that was accepted',
    (at) => {
      succeeded(at);
      cancel(at, ASKED + 100, undefined);
    },
  ],
  [
    'cancel lost',
    'a cancel that is never answered, and nothing went wrong',
    (at) => {
      succeeded(at);
      append(at.cancels, 'a', { askedAt: ASKED });
    },
  ],
  ['canceled without cause', 'nobody cancelled it', (at) => ended(at, 'canceled', ASKED + 200, BY_CALLER)],
  [
    'canceled without cause',
    'it was cancelled only later',
    (at) => {
      ended(at, 'canceled', ASKED + 200, BY_CALLER);
      cancel(at, ASKED + 300, 'canceled');
    },
  ],
  [
    'false status',
    'canceled by its caller, in truth pressed',
    (at) => {
      ended(at, 'canceled', CLAIMED + 200, BY_CALLER);
      post(at, 'a', CLAIMED + 100);
      cancel(at, CLAIMED, 'canceled');
    },
  ],
  [
    'false status',
    'canceled while its part was played, which nobody reported',
    (at) => {
      marked(at);
      at.reports.clear();
    },
  ],
  [
    'false status',
    'canceled with its last part',
    (at) => {
      succeeded(at);
      const last = rowOf(at).changes.pop();
      rowOf(at).changes.push({ ...(last as StatusChange), to: 'canceled', errorCode: BY_CALLER });
      cancel(at, CLAIMED + 100, 'running');
    },
  ],
  [
    'false status',
    'an answer that shows what it never was',
    (at) => {
      succeeded(at);
      cancel(at, CLAIMED + 1, 'expired');
    },
  ],
  [
    'false status',
    'an answer under a name that nobody asked for',
    (at) => {
      succeeded(at);
      cancel(at, ASKED, 'canceled', {}, 'nobody');
    },
  ],
];

test.each(BROKEN)('notices %s: %s', (promise, _what, change) => {
  expect(new Set(judge(history(change)).map((violation) => violation.promise))).toContain(promise);
});
