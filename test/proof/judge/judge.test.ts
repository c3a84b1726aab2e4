// The judge on histories made by hand: for each promise one that keeps it and one that breaks it.
// Every number is written here; nothing of the app is imported.
import { judge } from './judge';
import { append, emptyHistory, type AskedRequest, type History, type SeenPost, type SeenRow } from './history';
import type { Promised } from './promises';

const STATED = { sendGraceMs: 30_000, notificationGraceMs: 60_000, longestWaitMs: 8000, retentionMs: 172_800_000 };
const ASKED = 1_000_000;
const MADE = ASKED + 20;
/** Asked with 60 seconds: the latest that its deadline can be. */
const DEADLINE = MADE + 60_000;
const DAY = 86_400_000;

/** One request of 60 seconds on a call that is ready, in a history that ends minutes later. */
function history(change: (at: History) => void = () => undefined): History {
  const at = emptyHistory(STATED);
  at.endsAt = ASKED + 1_000_000;
  at.calls.set('call', { readyAt: 0, endsAt: Infinity });
  ask(at, 'a');
  change(at);
  return at;
}

function ask(at: History, name: string, asked: Partial<AskedRequest> = {}): void {
  const usual = { callId: 'Call', askedAt: ASKED, expiresInMs: 60_000, delaysMs: 0, answeredAt: ASKED + 50 };
  at.requests.set(name, { ...usual, ...asked });
}

/** The statuses of a row, each with its time. */
function row(at: History, name: string, statuses: readonly (readonly [string, number, string?])[]): SeenRow {
  const changes = statuses.map(([to, time, errorCode = ''], position) => {
    return { at: time, from: statuses[position - 1]?.[0], to, errorCode, after: '' };
  });
  const claims = statuses.filter(([status]) => status === 'sending').map(([, time]) => time);
  const seen: SeenRow = { changes, claims, madeAt: MADE, after: '' };
  at.rows.set(name, seen);
  return seen;
}

function post(at: History, name: string, left: number, changed: Partial<SeenPost> = {}): SeenPost {
  const seen: SeenPost = {
    clientContext: name,
    callId: 'Call',
    claimedAt: left - 20,
    permittedAt: left,
    limitMs: 15_000,
    leftAt: left,
    heldUpMs: 0,
    executedAt: left + 30,
    mayPlayUntil: left + 530,
    ...changed,
  };
  at.posts.push(seen);
  return seen;
}

const CLAIMED = ASKED + 100;

/** Pressed, and reported as played. */
function succeeded(at: History, name = 'a', left = CLAIMED + 20): SeenRow {
  post(at, name, left);
  append(at.reports, name, { status: 'succeeded', takenAt: left + 600 });
  return row(at, name, [
    ['accepted', MADE],
    ['sending', left - 20],
    ['running', left + 100],
    ['succeeded', left + 600],
  ]);
}

function fault(at: History, name: string, cause: string): void {
  append(at.faults, name, { at: ASKED, cause });
}

function ended(at: History, status: string, time: number, code = ''): SeenRow {
  return row(at, 'a', [
    ['accepted', MADE],
    [status, time, code],
  ]);
}

function unknown(at: History, code: string): SeenRow {
  return row(at, 'a', [
    ['accepted', MADE],
    ['sending', CLAIMED],
    ['unknown', CLAIMED + 15_000, code],
  ]);
}

const refusal = (code: string, again: 'later' | 'never') => ({ at: ASKED + 200, code, again, retryAfterMs: 0 });

const KEPT: Readonly<Record<string, (at: History) => void>> = {
  'a press that was reported': (at) => succeeded(at),
  'a press with 150 ms to its deadline, where clocks disagree by 100': (at) => succeeded(at, 'a', DEADLINE - 150),
  'a press that a frozen process and a slow way held up beyond its deadline': (at) => {
    succeeded(at);
    at.posts[0] = { ...(at.posts[0] as SeenPost), executedAt: DEADLINE + 500, heldUpMs: DEADLINE };
  },
  'a POST that leaves 15 s after its claim': (at) => {
    succeeded(at, 'a', CLAIMED + 15_000);
    at.posts[0] = { ...(at.posts[0] as SeenPost), claimedAt: CLAIMED };
  },
  'a second press once the first was played': (at) => {
    succeeded(at);
    ask(at, 'b');
    succeeded(at, 'b', CLAIMED + 20 + 530);
  },
  'requests that were asked at once, pressed in either order': (at) => {
    ask(at, 'b');
    succeeded(at, 'b');
    succeeded(at, 'a', CLAIMED + 2000);
  },
  'an unknown that a killed worker explains': (at) => {
    unknown(at, 'worker-lost');
    fault(at, 'a', 'kill');
  },
  'an unknown that its late report turned into a success': (at) => {
    fault(at, 'a', 'graphSlow');
    post(at, 'a', CLAIMED + 20);
    append(at.reports, 'a', { status: 'succeeded', takenAt: CLAIMED + 99_000 });
    row(at, 'a', [
      ['accepted', MADE],
      ['sending', CLAIMED],
      ['unknown', CLAIMED + 15_000, 'graph-timeout'],
      ['succeeded', CLAIMED + 99_000],
    ]);
  },
  'an unknown whose call had ended': (at) => {
    unknown(at, 'call-ended-meanwhile');
    at.calls.set('call', { readyAt: 0, endsAt: CLAIMED + 10_000 });
  },
  'a press 100 ms before the time that Graph asked for, where clocks disagree by as much': (at) => {
    succeeded(at, 'a', ASKED + 200 + 5000 - 100);
    append(at.refusals, 'a', { ...refusal('throttled', 'later'), retryAfterMs: 5000 });
  },
  'a failure that Graph answered': (at) => {
    ended(at, 'failed', ASKED + 300, 'graph-forbidden');
    append(at.refusals, 'a', refusal('graph-forbidden', 'never'));
  },
  'a refusal for the moment, with too little time for another attempt': (at) => {
    ended(at, 'failed', ASKED + 60_000 - 8000, 'throttled');
    append(at.refusals, 'a', refusal('throttled', 'later'));
  },
  'an expiry after a message that was held up by a dead worker': (at) => {
    ended(at, 'expired', DEADLINE, 'expired');
    fault(at, 'a', 'kill');
  },
  'an expiry before its call was ready': (at) => {
    ended(at, 'expired', DEADLINE, 'expired');
    at.calls.set('call', { readyAt: DEADLINE - 5000, endsAt: Infinity });
  },
  'an expiry 90 s after its deadline': (at) => {
    ended(at, 'expired', DEADLINE + 90_000, 'expired');
    fault(at, 'a', 'kill');
  },
  'an expiry two minutes after its deadline, as two runs of the timer failed': (at) => {
    ended(at, 'expired', DEADLINE + 120_000, 'expired');
    fault(at, 'a', 'kill');
    at.timerRuns.push({ startedAt: DEADLINE + 20_000 }, { startedAt: DEADLINE + 50_000, ok: false });
  },
  'a row that is deleted after its time': (at) => {
    succeeded(at).deletedAt = CLAIMED + 3 * DAY;
    at.endsAt = ASKED + 10 * DAY;
  },
  'a callback that heard the end': (at) => {
    succeeded(at);
    ask(at, 'a', { subscribed: true });
    at.told.set('a', 'succeeded');
  },
  'a request that nobody was answered, without a row': (at) => {
    at.requests.clear();
    at.requests.set('a', { callId: 'Call', askedAt: ASKED, expiresInMs: 60_000, delaysMs: 0 });
  },
  'a 409 for a name that a report had taken': (at) => {
    ask(at, 'a', { refused: true });
    fault(at, 'a', 'strangersReport');
    append(at.reports, 'a', { status: 'succeeded' });
    row(at, 'a', [['succeeded', MADE]]);
  },
  'a message that was dropped after its request was claimed': (at) => {
    succeeded(at);
    at.drops.push({ at: CLAIMED + 200, clientContext: 'a' });
  },
};

test.each(Object.entries(KEPT))('keeps every promise: %s', (_name, change) => {
  expect(judge(history(change))).toEqual([]);
});

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
  ['false status', 'succeeded, and Graph reported nothing', (at) => void (succeeded(at), at.reports.clear())],
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
      changes.push({ at: DEADLINE, from: 'succeeded', to: 'canceled', errorCode: '', after: '' });
      append(at.reports, 'a', { status: 'canceled' });
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
      changes.splice(3, 0, { at: CLAIMED + 200, from: 'running', to: 'unknown', errorCode: 'worker-lost', after: '' });
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
  ['copies multiply', 'two hundred messages of one request', (at) => void (succeeded(at), at.copies.set('a', 200))],
  [
    'callback lost',
    'told unknown, and no more',
    (at) => {
      succeeded(at);
      ask(at, 'a', { subscribed: true });
      at.told.set('a', 'unknown');
    },
  ],
  ['livelock', 'a world that does not end', (at) => void (succeeded(at), (at.livelock = true))],
];

test.each(BROKEN)('sees a broken promise, and no other: %s, %s', (promise, _name, change) => {
  expect(judge(history(change)).map((violation) => violation.promise)).toEqual([promise]);
});
