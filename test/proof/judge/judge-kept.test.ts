// The judge on histories that keep every promise, each as near to breaking one as it may be.
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
  report,
  row,
  succeeded,
  unknown,
} from './hand-made-history';
import { append, type History, type SeenPost, type SeenRow } from './history';
import { judge } from './judge';

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
    report(at, 'a', 'succeeded', CLAIMED + 99_000);
    const seen = row(at, 'a', [
      ['accepted', MADE],
      ['sending', CLAIMED],
      ['unknown', CLAIMED + 15_000, 'graph-timeout'],
      ['succeeded', CLAIMED + 99_000],
    ]);
    seen.played = 1;
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
  'an expiry while its call was believed not to be ready': (at) => {
    ended(at, 'expired', DEADLINE, 'expired');
    at.calls.set('call', { readyAt: 0, believedNotReadyUntil: DEADLINE - 5000, endsAt: Infinity });
  },
  'an expiry after 8 s, where the notification that its call was ready was lost': (at) => {
    ask(at, 'a', { expiresInMs: 8000 });
    ended(at, 'expired', MADE + 8000, 'expired');
    at.calls.set('call', { readyAt: 0, believedNotReadyUntil: Infinity, endsAt: Infinity });
  },
  'an expiry after 2 s with a pause of 1.5, where the first attempt to ask had made no row': (at) => {
    ask(at, 'a', { expiresInMs: 2000, parts: [{ pauseMs: 1500, tones: ['tone1'], delaysMs: 0 }] });
    ended(at, 'expired', MADE + 4800 + 2000, 'expired');
    at.rows.set('a', { ...(at.rows.get('a') as SeenRow), madeAt: MADE + 4800 });
  },
  "a held up press, its process frozen while somebody else's operation ended under its name": (at) => {
    ask(at, 'b');
    succeeded(at, 'a', CLAIMED + 3000);
    at.posts[0] = { ...(at.posts[0] as SeenPost), claimedAt: CLAIMED, heldUpMs: 2900 };
    append(at.reports, 'a', { status: 'succeeded', isForeign: true, arrivals: [CLAIMED + 1] });
    succeeded(at, 'b', CLAIMED + 2900);
  },
  'an expiry behind one that waited out its pause, and then had no time left': (at) => {
    const parts = [{ pauseMs: 3500, tones: ['tone1'], delaysMs: 0 }];
    ask(at, 'a', { expiresInMs: 5000 });
    at.requests.set('b', { callId: 'Call', askedAt: ASKED, expiresInMs: 5000, parts });
    ended(at, 'expired', MADE + 5000, 'expired');
  },
  "a second press while the first is on its way, and was taken for ended by somebody else's report that came before its claim":
    (at) => {
      ask(at, 'b');
      succeeded(at);
      at.posts[0] = { ...(at.posts[0] as SeenPost), mayPlayUntil: CLAIMED + 15_000 };
      append(at.reports, 'a', {
        ...{ status: 'succeeded', isForeign: true, arrivals: [CLAIMED - 10], takenAt: CLAIMED + 10 },
      });
      succeeded(at, 'b', CLAIMED + 5000);
    },
  'an expiry of what an older app let go, and the copy that ended for it': (at) => {
    ended(at, 'expired', DEADLINE, 'expired');
    fault(at, 'a', 'olderApp');
    at.drops.push({ at: CLAIMED, clientContext: 'a' });
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
    at.heard.set('a', 'succeeded');
  },
  'forty messages of one request': (at) => {
    succeeded(at);
    at.copies.set('a', 40);
  },
  'a thousand messages of one request, while the queue lost every answer': (at) => {
    succeeded(at);
    fault(at, 'a', 'outage');
    at.copies.set('a', 1000);
  },
  'a request that nobody was answered, without a row': (at) => {
    at.requests.clear();
    at.requests.set('a', { callId: 'Call', askedAt: ASKED, expiresInMs: 60_000, parts: [] });
  },
  'a 409 for a name that a report had taken': (at) => {
    ask(at, 'a', { refused: true });
    fault(at, 'a', 'strangersReport');
    append(at.reports, 'a', { status: 'succeeded', isForeign: true, arrivals: [ASKED - 5000] });
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
