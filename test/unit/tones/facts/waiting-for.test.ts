// What a request waits for, word by word, from facts that are given.
import type { CallFacts } from '../../../../shared/tones/facts/call-facts';
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import {
  NOT_READY_CODES,
  WAITING_WORDS,
  waitingOf,
  type Surroundings,
} from '../../../../shared/tones/facts/waiting-for';

const T0 = Date.parse('2026-01-01T00:00:00.000Z');
const ROW: OutcomeFacts = { clientContext: 'me', callId: 'call-1', status: 'accepted', toneCount: 2 };
const OF_PARTS = { toneCount: 3, partCount: 2, part: 2, partSizes: '0:1 1000:2', playedToneCount: 1 };

const at = (facts: Partial<OutcomeFacts>, surroundings?: Surroundings) =>
  waitingOf({ ...ROW, ...facts }, T0, surroundings);

test('the words are those of the contract', () => {
  expect([...WAITING_WORDS].sort()).toEqual([
    'call-readiness',
    'graph-refusal',
    'graph-report',
    'pause',
    'queue',
    'request-before',
  ]);
});

describe('a request that was accepted waits for', () => {
  test('the request before it, which is named, before all that comes after that', () => {
    const expected = { waitingFor: 'request-before', waitingBehind: 'other' };
    expect(at({}, { behind: 'other' })).toStrictEqual(expected);
    expect(at({ pauseMs: 500 }, { behind: 'other', call: { state: 'establishing' } })).toStrictEqual(expected);
  });

  test.each([
    ['its state', { state: 'establishing' }],
    ['its audio', { state: 'established', audio: 'inactive' }],
  ] as [string, CallFacts][])('its call, as far as that reported that it takes no tones yet: %s', (_what, call) => {
    expect(at({}, { call })).toStrictEqual({ waitingFor: 'call-readiness' });
    expect(at({ pauseMs: 500 }, { call })).toStrictEqual({ waitingFor: 'call-readiness' });
  });

  test.each([
    ['of one part', { pauseMs: 500 }],
    ['of several', { ...OF_PARTS, part: 1, partSizes: '500:1 1000:2', pauseMs: 1500 }],
  ])('the pause before its first tone: %s', (_what, facts) => {
    expect(at(facts, { call: { state: 'established', audio: 'active' } })).toStrictEqual({ waitingFor: 'pause' });
  });

  test('the queue, where nothing else is known: the pauses between its parts have not begun', () => {
    for (const facts of [{}, { toneCount: undefined }, { ...OF_PARTS, part: 1, pauseMs: 1000 }, { waitCode: '' }])
      expect(at(facts as Partial<OutcomeFacts>)).toStrictEqual({ waitingFor: 'queue' });
  });
});

describe('a request that Graph refused for the moment waits for', () => {
  test.each(['call-not-established', 'audio-inactive', 'no-media-stream', 'wrong-call-state'] as const)(
    'its call: %s',
    (waitCode) => {
      for (const status of ['accepted', 'pausing'] as const)
        expect(at({ status, waitCode, notBefore: T0 + 9 })).toStrictEqual({ waitingFor: 'call-readiness' });
      expect(NOT_READY_CODES.size).toBe(4);
    },
  );

  test.each(['media-busy', 'graph-unreachable', 'graph-refused'] as const)('Graph: %s', (waitCode) => {
    for (const status of ['accepted', 'pausing'] as const)
      expect(at({ status, waitCode, notBefore: T0 + 9 })).toStrictEqual({ waitingFor: 'graph-refusal' });
  });
});

describe('a request between two parts waits for', () => {
  test('its pause while that runs', () => {
    expect(at({ ...OF_PARTS, status: 'pausing', notBefore: T0 + 1 })).toStrictEqual({ waitingFor: 'pause' });
  });

  test('the queue after that', () => {
    for (const notBefore of [T0, T0 - 1])
      expect(at({ ...OF_PARTS, status: 'pausing', notBefore })).toStrictEqual({ waitingFor: 'queue' });
    expect(at({ ...OF_PARTS, status: 'pausing' })).toStrictEqual({ waitingFor: 'queue' });
  });
});

test.each(['sending', 'running'] as const)(
  'a part that is %s waits for what Graph reports, whatever held it up',
  (status) => {
    for (const facts of [{}, { waitCode: 'media-busy' }, { waitCode: 'audio-inactive', notBefore: T0 + 9 }] as const)
      expect(at({ status, ...facts }, { behind: 'other', call: { state: 'establishing' } })).toStrictEqual({
        waitingFor: 'graph-report',
      });
  },
);

test.each(['succeeded', 'failed', 'canceled', 'expired', 'unknown'] as const)('%s waits for nothing', (status) => {
  for (const facts of [{}, { waitCode: 'media-busy' }] as const)
    expect(at({ status, ...facts }, { behind: 'other', call: { state: 'establishing' } })).toBeUndefined();
});
