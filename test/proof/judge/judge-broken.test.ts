// The judge on histories that break one promise each: it names that one, and no other.
// Made by hand; nothing of the app is imported.
import {
  ask,
  ASKED,
  CLAIMED,
  DAY,
  DEADLINE,
  ended,
  fault,
  history,
  MADE,
  post,
  refusal,
  row,
  succeeded,
  unknown,
} from './hand-made-history';
import { append, type History, type SeenPost, type StatusChange } from './history';
import { judge } from './judge';
import type { Promised } from './promises';

const BROKEN: readonly (readonly [Promised, string, (at: History) => void])[] = [
  [
    'double press',
    'two presses of one request',
    (at) => {
      succeeded(at);
      post(at, 'a', CLAIMED + 5000);
    },
  ],
  ['lost', 'answered 202, and no row', () => undefined],
  [
    'lost',
    'its only message dropped while it could be pressed',
    (at) => {
      ended(at, 'expired', DEADLINE);
      fault(at, 'a', 'kill');
      at.drops.push({ at: ASKED + 1000, clientContext: 'a' });
    },
  ],
  ['not final', 'a row that stays accepted', (at) => row(at, 'a', [['accepted', MADE]])],
  [
    'final too late',
    'an expiry two minutes after its deadline',
    (at) => {
      ended(at, 'expired', DEADLINE + 120_000);
      fault(at, 'a', 'kill');
    },
  ],
  [
    'final too late',
    'a claimed row that is given up four minutes after its claim',
    (at) => {
      row(at, 'a', [
        ['accepted', MADE],
        ['sending', CLAIMED],
        ['unknown', CLAIMED + 240_000, 'worker-lost'],
      ]);
      fault(at, 'a', 'kill');
    },
  ],
  [
    'false status',
    'succeeded, and Graph reported nothing',
    (at) => void ((succeeded(at).played = undefined), at.reports.clear()),
  ],
  [
    'false status',
    'failed, in truth pressed',
    (at) => {
      post(at, 'a', CLAIMED);
      ended(at, 'failed', CLAIMED + 500, 'graph-fault');
      fault(at, 'a', 'graphFaultAfter');
    },
  ],
  ['false status', 'expired, in truth pressed', (at) => void (post(at, 'a', CLAIMED), ended(at, 'expired', DEADLINE))],
  [
    'false status',
    'a success that became a cancellation',
    (at) => {
      const { changes } = succeeded(at);
      changes.push({ ...(changes.at(-1) as StatusChange), at: DEADLINE, from: 'succeeded', to: 'canceled' });
      append(at.reports, 'a', { status: 'canceled', arrivals: [] });
    },
  ],
  ['false status', 'a 409 for its own request', (at) => void (succeeded(at), ask(at, 'a', { refused: true }))],
  ['late press', 'left with 149 ms to its deadline', (at) => succeeded(at, 'a', DEADLINE - 149)],
  [
    'late press',
    'executed after its deadline without a delay that was injected',
    (at) => {
      succeeded(at);
      at.posts[0] = { ...(at.posts[0] as SeenPost), executedAt: DEADLINE + 1 };
    },
  ],
  [
    'late press',
    'left 15,003 ms after its claim',
    (at) => {
      succeeded(at, 'a', CLAIMED + 15_003);
      at.posts[0] = { ...(at.posts[0] as SeenPost), claimedAt: CLAIMED };
    },
  ],
  [
    'late press',
    'given more time than half of W',
    (at) => {
      succeeded(at);
      at.posts[0] = { ...(at.posts[0] as SeenPost), limitMs: 15_001 };
    },
  ],
  [
    'early press',
    'left 103 ms before the time that Graph asked for',
    (at) => {
      succeeded(at, 'a', ASKED + 200 + 5000 - 103);
      append(at.refusals, 'a', { ...refusal('throttled', 'later'), retryAfterMs: 5000 });
    },
  ],
  [
    'order inversion',
    'left while the one before it could still be played',
    (at) => {
      succeeded(at);
      ask(at, 'b');
      succeeded(at, 'b', CLAIMED + 20 + 529);
    },
  ],
  [
    'order inversion',
    "left while the one before it could still be played, and somebody else's operation had ended before its claim",
    (at) => {
      succeeded(at);
      append(at.reports, 'a', { status: 'succeeded', isForeign: true, arrivals: [CLAIMED - 1] });
      ask(at, 'b');
      succeeded(at, 'b', CLAIMED + 20 + 529);
    },
  ],
  [
    'order inversion',
    'left while the one before it was on its way and might arrive',
    (at) => {
      unknown(at, 'graph-timeout');
      fault(at, 'a', 'graphSilent');
      const { executedAt: _never, ...silent } = post(at, 'a', CLAIMED + 20, { mayPlayUntil: CLAIMED + 15_500 });
      at.posts[0] = silent;
      ask(at, 'b');
      succeeded(at, 'b', CLAIMED + 15_400);
    },
  ],
  [
    'order inversion',
    'pressed after one that was asked only when it was accepted',
    (at) => {
      ask(at, 'b', { askedAt: ASKED + 60 });
      succeeded(at, 'b');
      succeeded(at, 'a', CLAIMED + 2000);
    },
  ],
  [
    'order inversion',
    'two that wait for each other',
    (at) => {
      ask(at, 'b');
      succeeded(at).after = 'b';
      succeeded(at, 'b', CLAIMED + 2000).after = 'a';
    },
  ],
  ['unexplained unknown', 'no fault was injected', (at) => unknown(at, 'worker-lost')],
  [
    'unexplained unknown',
    'a fault was injected, and it says another',
    (at) => void (unknown(at, 'worker-lost'), fault(at, 'a', 'graphReset')),
  ],
  [
    'unexplained unknown',
    'no fault was injected, and a late report cleared it',
    (at) => {
      const { changes } = succeeded(at);
      const unknownOnce = { at: CLAIMED + 200, from: 'running', to: 'unknown', errorCode: 'worker-lost' };
      changes.splice(3, 0, { ...(changes[2] as StatusChange), ...unknownOnce });
    },
  ],
  [
    'unexplained unknown',
    'its call goes on',
    (at) => void (unknown(at, 'call-ended-meanwhile'), fault(at, 'a', 'kill')),
  ],
  ['unexplained failed', 'Graph refused nothing', (at) => ended(at, 'failed', ASKED + 300, 'graph-forbidden')],
  [
    'unexplained failed',
    'Graph refused for the moment, and there is time for another attempt',
    (at) => {
      ended(at, 'failed', ASKED + 300, 'throttled');
      append(at.refusals, 'a', refusal('throttled', 'later'));
    },
  ],
  ['unexplained failed', 'its call goes on', (at) => ended(at, 'failed', ASKED + 300, 'call-ended')],
  ['unexplained failed', 'no message of it was given up', (at) => ended(at, 'failed', ASKED + 300, 'delivery-failed')],
  ['unexplained expired', 'alone on its call, with ample time', (at) => ended(at, 'expired', DEADLINE)],
  [
    'unexplained expired',
    'before one with a pause that was asked for long after it',
    (at) => {
      const parts = [{ pauseMs: 60_000, tones: ['tone1'], delaysMs: 0 }];
      at.requests.set('b', { callId: 'Call', askedAt: ASKED + 10_000, expiresInMs: 60_000, parts });
      ended(at, 'expired', DEADLINE);
    },
  ],
  [
    'unexplained expired',
    'with ample time to ask Graph, where the notification that its call was ready was lost',
    (at) => {
      ended(at, 'expired', DEADLINE);
      at.calls.set('call', { readyAt: 0, believedNotReadyUntil: Infinity, endsAt: Infinity });
    },
  ],
  [
    'unexplained expired',
    'only a harmless fault was injected',
    (at) => void (ended(at, 'expired', DEADLINE), fault(at, 'a', 'notificationTwice')),
  ],
  [
    'forgotten',
    'nothing in the index stood for it',
    (at) => void (succeeded(at), at.unfindable.push({ at: CLAIMED, clientContext: 'a' })),
  ],
  ['deleted too early', 'deleted a day before its time', (at) => void (succeeded(at).deletedAt = CLAIMED + DAY)],
  ['kept too long', 'there after five days', (at) => void (succeeded(at), (at.endsAt = ASKED + 5 * DAY))],
  ['copies multiply', 'forty-one messages of one request', (at) => void (succeeded(at), at.copies.set('a', 41))],
  [
    'copies multiply',
    'a thousand and one, while the queue lost every answer',
    (at) => void (succeeded(at), fault(at, 'a', 'outage'), at.copies.set('a', 1001)),
  ],
  [
    'callback lost',
    'sent unknown, and no more',
    (at) => {
      succeeded(at);
      ask(at, 'a', { subscribed: true });
      at.heard.set('a', 'unknown');
    },
  ],
  ['livelock', 'a world that does not end', (at) => void (succeeded(at), (at.livelock = true))],
];

test.each(BROKEN)('sees a broken promise, and no other: %s, %s', (promise, _name, change) => {
  expect(judge(history(change)).map((violation) => violation.promise)).toEqual([promise]);
});
