// The judge on requests of several parts: histories that keep every promise, and histories that break one each.
// Made by hand; nothing of the app is imported.
import { ask, ASKED, CLAIMED, fault, history, refusal, report, succeeded } from './hand-made-history';
import {
  allPlayed,
  askParts,
  change,
  firstPlayed,
  playPart,
  pressPart,
  rowOf,
  SECOND,
  secondPlayed,
  THIRD,
} from './hand-made-parts';
import { append, type History } from './history';
import { judge } from './judge';
import type { Promised } from './promises';

/** Graph's report of the first part reaches the app at `FIRST_REPORT`; it is written down 10 ms later. */
const FIRST_REPORT = CLAIMED + 620;
const SECOND_DUE = FIRST_REPORT + 1000;
const LATEST_SECOND = FIRST_REPORT + 10 + 1000 + 5000 - 250;
const WITH_A_LEAD = [{ pauseMs: 2000, tones: ['tone1'], delaysMs: 0 }];

const KEPT: Readonly<Record<string, (at: History) => void>> = {
  'three parts, played one after the other': allPlayed,
  'a part that leaves 100 ms before its pause is over, where clocks disagree by as much': (at) => {
    firstPlayed(at);
    playPart(at, 2, SECOND_DUE - 100, 3);
    playPart(at, 3, THIRD, 6);
  },
  'a part that leaves at its latest, where clocks disagree by 100 ms': (at) => {
    firstPlayed(at);
    playPart(at, 2, LATEST_SECOND + 100, 3);
    playPart(at, 3, LATEST_SECOND + 3000, 6);
  },
  'a second report of the first part while the second sounds': (at) => {
    allPlayed(at);
    report(at, 'a', 'succeeded', SECOND + 100);
  },
  'a second part that failed': (at) => {
    firstPlayed(at);
    pressPart(at, 2, SECOND);
    report(at, 'a;part=2', 'failed', SECOND + 600);
    change(at, 'failed', SECOND + 610, { errorCode: 'operation-failed', played: 2 });
  },
  'a part refused for the moment, pressed at the second attempt': (at) => {
    firstPlayed(at);
    pressPart(at, 2, SECOND, { mayPlayUntil: SECOND });
    delete at.posts[1]?.executedAt;
    append(at.refusals, 'a', { ...refusal('media-busy', 'later'), at: SECOND + 30, part: 2 });
    change(at, 'pausing', SECOND + 60);
    playPart(at, 2, SECOND + 1200, 3);
    playPart(at, 3, SECOND + 3000, 6);
  },
  'a sequence that a dead worker interrupted': (at) => {
    firstPlayed(at);
    fault(at, 'a', 'kill');
    change(at, 'failed', LATEST_SECOND + 80_000, { errorCode: 'sequence-interrupted' });
  },
  'a part that was played after all, when its request was given up': (at) => {
    firstPlayed(at);
    pressPart(at, 2, SECOND);
    fault(at, 'a', 'graphReset');
    change(at, 'unknown', SECOND + 100, { errorCode: 'graph-connection-lost' });
    report(at, 'a;part=2', 'succeeded', SECOND + 50_000);
    change(at, 'failed', SECOND + 50_010, { errorCode: 'sequence-interrupted', played: 3 });
  },
  'a call that ends between two parts': (at) => {
    firstPlayed(at);
    at.calls.set('call', { readyAt: 0, endsAt: SECOND });
    change(at, 'failed', SECOND + 50, { errorCode: 'call-ended' });
  },
  'another request once the whole is over': (at) => {
    allPlayed(at);
    ask(at, 'b');
    succeeded(at, 'b', THIRD + 640);
  },
  'a pause before the first tone, from the end of the request before it': (at) => {
    succeeded(at);
    askParts(at, 'b', WITH_A_LEAD);
    playPart(at, 1, CLAIMED + 620 + 2000 - 100, 1, 'b');
  },
};

const BROKEN: readonly (readonly [Promised, string, (at: History) => void])[] = [
  [
    'part pressed twice',
    'two presses of the second part',
    (at) => {
      firstPlayed(at);
      pressPart(at, 2, SECOND - 5);
      rowOf(at).changes.pop();
      playPart(at, 2, SECOND, 3);
      playPart(at, 3, THIRD, 6);
    },
  ],
  [
    'part before its pause',
    'left 103 ms before its pause was over',
    (at) => {
      firstPlayed(at);
      playPart(at, 2, SECOND_DUE - 103, 3);
      playPart(at, 3, THIRD, 6);
    },
  ],
  [
    'part before its pause',
    'the pause before the first tone, counted from when it was asked',
    (at) => {
      succeeded(at);
      askParts(at, 'b', WITH_A_LEAD);
      playPart(at, 1, CLAIMED + 620 + 2000 - 103, 1, 'b');
    },
  ],
  [
    'part before its pause',
    'the pause before the first tone does not count again from the refusal',
    (at) => {
      askParts(at, 'a', WITH_A_LEAD);
      append(at.refusals, 'a', { ...refusal('call-not-established', 'later'), at: ASKED + 2200 });
      playPart(at, 1, ASKED + 3500, 1);
    },
  ],
  [
    'part after its lateness',
    'left 101 ms after its latest',
    (at) => {
      firstPlayed(at);
      playPart(at, 2, LATEST_SECOND + 101, 3);
      playPart(at, 3, LATEST_SECOND + 3000, 6);
    },
  ],
  [
    'part after none played',
    'pressed while the first was running',
    (at) => {
      askParts(at);
      pressPart(at, 1, CLAIMED + 20);
      change(at, 'running', CLAIMED + 100);
      // The row says nothing: it is at the first part all the time.
      pressPart(at, 2, SECOND);
      rowOf(at).changes.pop();
      delete at.posts[1]?.executedAt;
      report(at, 'a', 'canceled', SECOND + 50);
      change(at, 'canceled', SECOND + 60, { played: 0 });
    },
  ],
  [
    'part after none played',
    'pressed after the request had ended',
    (at) => {
      firstPlayed(at);
      fault(at, 'a', 'kill');
      change(at, 'failed', SECOND - 100, { errorCode: 'sequence-interrupted' });
      pressPart(at, 2, SECOND);
      rowOf(at).changes.pop();
      rowOf(at).claims.pop();
      delete at.posts[1]?.executedAt;
    },
  ],
  [
    'pressed between parts',
    'another request in the pause',
    (at) => {
      allPlayed(at);
      ask(at, 'b');
      succeeded(at, 'b', CLAIMED + 900);
    },
  ],
  [
    'wrong tones',
    'the tones of the first part in the place of the second',
    (at) => {
      firstPlayed(at);
      pressPart(at, 2, SECOND, { tones: ['tone1', 'tone2'] });
      report(at, 'a;part=2', 'failed', SECOND + 600);
      change(at, 'failed', SECOND + 610, { errorCode: 'operation-failed', played: 2 });
    },
  ],
  [
    'false playedToneCount',
    'more than Graph reported',
    (at) => (firstPlayed(at), playPart(at, 2, SECOND, 6), third(at)),
  ],
  ['false playedToneCount', 'less than Graph reported', (at) => (secondPlayed(at), playPart(at, 3, THIRD, 3))],
  [
    'false playedToneCount',
    'none, and a report was taken',
    (at) => (secondPlayed(at), playPart(at, 3, THIRD, 6), void (rowOf(at).played = undefined)),
  ],
  ['false status', 'succeeded before the last part', (at) => (secondPlayed(at), endAs(at, 'succeeded', 2))],
  [
    'false status',
    'at the third part, and the second was not played',
    (at) => {
      firstPlayed(at);
      fault(at, 'a', 'kill');
      change(at, 'pausing', SECOND, { part: 3 });
      change(at, 'failed', SECOND + 10, { errorCode: 'sequence-interrupted', part: 2 });
    },
  ],
  [
    'false status',
    'interrupted, in truth the part was pressed',
    (at) => {
      firstPlayed(at);
      fault(at, 'a', 'kill');
      pressPart(at, 2, SECOND);
      change(at, 'failed', SECOND + 10, { errorCode: 'sequence-interrupted' });
    },
  ],
  [
    'unexplained failed',
    'interrupted without a fault',
    (at) => (firstPlayed(at), change(at, 'failed', LATEST_SECOND + 300, { errorCode: 'sequence-interrupted' })),
  ],
  [
    'unexplained failed',
    'interrupted, and only a harmless fault was injected',
    (at) => {
      firstPlayed(at);
      fault(at, 'a', 'notificationTwice');
      change(at, 'failed', LATEST_SECOND + 300, { errorCode: 'sequence-interrupted' });
    },
  ],
  [
    'unexplained failed',
    'with the refusal of another part',
    (at) => {
      firstPlayed(at);
      append(at.refusals, 'a', { ...refusal('media-busy', 'later'), part: 1 });
      change(at, 'failed', LATEST_SECOND + 300, { errorCode: 'media-busy' });
    },
  ],
  [
    'final too late',
    'a next part that nobody pressed, ended two minutes after its latest',
    (at) => {
      firstPlayed(at);
      fault(at, 'a', 'kill');
      change(at, 'failed', LATEST_SECOND + 120_000, { errorCode: 'sequence-interrupted' });
    },
  ],
  [
    'unexplained unknown',
    'the second part, without a fault',
    (at) => {
      firstPlayed(at);
      change(at, 'sending', SECOND);
      change(at, 'unknown', SECOND + 30_000, { errorCode: 'worker-lost' });
    },
  ],
];

function third(at: History): void {
  playPart(at, 3, THIRD, 6);
}

/** The last change says so, and is of that part. */
function endAs(at: History, to: string, part: number): void {
  rowOf(at).changes.splice(-1, 1);
  change(at, to, SECOND + 610, { part, played: 3 });
}

test.each(Object.entries(KEPT))('keeps every promise: %s', (_name, make) => {
  expect(judge(history(make))).toEqual([]);
});

test.each(BROKEN)('sees a broken promise, and no other: %s, %s', (promise, _name, make) => {
  expect(judge(history((at) => void make(at))).map((violation) => violation.promise)).toEqual([promise]);
});
