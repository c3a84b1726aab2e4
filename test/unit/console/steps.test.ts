// The timeline, the segments and the text for support: from outcomes and looks, by hand.
import { describeSegments, segmentsOf } from '../../../console/segments';
import { stepsOf, withSighting, type Sighting } from '../../../console/steps';
import { supportText } from '../../../console/support-text';
import { AT, sample } from './samples';

const looks = (...outcomes: ReturnType<typeof sample>[]): readonly Sighting[] =>
  outcomes.reduce<readonly Sighting[]>((seen, outcome, index) => withSighting(seen, outcome, AT + index * 1000), []);

const linesOf = (steps: ReturnType<typeof stepsOf>) =>
  steps.map(({ title, detail = '', at, isSeen, state }) =>
    [title, detail, at === undefined ? '' : at - AT, isSeen === true ? 'seen' : '', state].join('|'),
  );

test('a request of parts, watched from its acceptance to its end', () => {
  const parts = { partCount: 2, sentAt: AT + 900 };
  const end = sample({ ...parts, part: 2, status: 'succeeded', finishedAt: AT + 9000 });
  const seen = looks(
    sample({ waitingFor: 'request-before', waitingBehind: 'order-41' }),
    sample({ waitingFor: 'request-before', waitingBehind: 'order-41' }),
    sample({ ...parts, part: 1, status: 'running' }),
    sample({ ...parts, part: 2, status: 'pausing', waitingFor: 'pause' }),
    end,
  );
  expect(linesOf(stepsOf(end, seen))).toEqual([
    'Accepted||0||done',
    'Waiting|for the request before it on the call: order-41|0|seen|done',
    'Sent to Graph|the first press|900||done',
    'Running|part 1 of 2|2000|seen|done',
    'Pausing|part 2 of 2, for its pause to be over|3000|seen|done',
    'Succeeded||9000||good',
  ]);
});

test('what it is at now is the last step while it is open', () => {
  const waiting = sample({ waitingFor: 'call-readiness' });
  expect(linesOf(stepsOf(waiting, looks(waiting)))).toEqual([
    'Accepted||0||done',
    'Waiting|for the call to take tones: established, with active audio|0|seen|now',
  ]);
});

test('a request that was not watched has the times that the app recorded', () => {
  const failed = sample({ status: 'failed', errorCode: 'graph-forbidden', finishedAt: AT + 5 });
  expect(linesOf(stepsOf(failed, looks(failed)))).toEqual(['Accepted||0||done', 'Failed|graph-forbidden|5||bad']);
});

test('words that the page does not know are shown as they are', () => {
  const odd = sample({ status: 'constructor', waitingFor: 'toString' });
  expect(stepsOf(odd, []).at(-1)).toMatchObject({ title: 'constructor', state: 'doubtful' });
});

test('looks are kept up to a number', () => {
  const many = Array.from({ length: 200 }, (_, index) => sample({ waitingBehind: String(index) }));
  expect(looks(...many)).toHaveLength(60);
});

test.each([
  [sample({ partCount: 3, part: 2, status: 'running' }), ['played', 'now', 'waiting']],
  [sample({ partCount: 3, part: 2, status: 'pausing' }), ['played', 'waiting', 'waiting']],
  [sample({ partCount: 3, part: 3, status: 'succeeded' }), ['played', 'played', 'played']],
  [sample({ partCount: 3, part: 2, status: 'failed' }), ['played', 'not-played', 'not-played']],
  [sample({ partCount: 2, part: 1, status: 'unknown' }), ['doubtful', 'not-played']],
  [sample(), ['waiting']],
  [sample({ status: 'succeeded' }), ['played']],
])('%# parts as segments', (outcome, states) => {
  const segments = segmentsOf(outcome, undefined);
  expect(segments.map(({ state }) => state)).toEqual(states);
});

test('segments are as wide as their keys, where this tab sent them, and never more than there can be', () => {
  const sent = [
    { pauseMs: 0, keyCount: 1 },
    { pauseMs: 500, keyCount: 9 },
  ];
  const segments = segmentsOf(sample({ partCount: 2, part: 2, status: 'running' }), sent);
  expect(segments.map(({ share }) => share)).toEqual([1, 9]);
  expect(describeSegments(segments)).toBe('1 of 2 parts played');
  expect(segmentsOf(sample({ partCount: 2_000_000_000 }), undefined)).toHaveLength(20);
});

test('the text for support has ids, codes, counts and times; a name cannot add lines to it', () => {
  const outcome = sample({
    clientContext: 'a\nstatus: succeeded',
    status: 'failed',
    errorCode: 'expired',
    toneCount: 3,
  });
  expect(supportText(outcome, 'app.example', AT + 1000)).toBe(
    [
      'app: app.example',
      'clientContext: a status: succeeded',
      'callId: call-1',
      'status: failed',
      'error.code: expired',
      'toneCount: 3',
      'acceptedAt: 2026-01-01T00:00:00.000Z',
      'copiedAt: 2026-01-01T00:00:01.000Z',
    ].join('\n'),
  );
});
