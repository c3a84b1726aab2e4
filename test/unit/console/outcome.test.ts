// What the page takes from an answer: the fields it knows, of the kinds it knows.
import { newerOf, toCallList, toOutcome } from '../../../console/outcome';
import { AT, sample } from './samples';

test('an outcome is read with its times as numbers', () => {
  expect(
    toOutcome({
      clientContext: 'order-42',
      callId: 'call-1',
      status: 'failed',
      resultInfo: { code: 500, subcode: 9999, message: 'no' },
      error: { code: 'operation-failed', message: 'It failed.' },
      toneCount: 3,
      acceptedAt: '2026-01-01T00:00:00.000Z',
      unheardOf: true,
    }),
  ).toEqual({
    clientContext: 'order-42',
    callId: 'call-1',
    status: 'failed',
    resultCode: 500,
    resultSubcode: 9999,
    resultMessage: 'no',
    errorCode: 'operation-failed',
    errorMessage: 'It failed.',
    toneCount: 3,
    acceptedAt: AT,
  });
});

test('fields of the wrong kind count as absent', () => {
  const wrong = { operationId: 7, error: 'x', toneCount: -1, partCount: 1.5, part: '2', sentAt: 'yesterday' };
  expect(toOutcome({ clientContext: 'n', callId: 'c', status: 's', ...wrong })).toEqual({
    clientContext: 'n',
    callId: 'c',
    status: 's',
  });
});

test.each([null, 7, 'x', [], {}, { clientContext: 'n', callId: 'c' }])('%p is no outcome', (value) => {
  expect(toOutcome(value)).toBeUndefined();
});

test('a list leaves out what is no outcome', () => {
  const good = { clientContext: 'n', callId: 'c', status: 'accepted' };
  expect(toCallList({ callId: 'c', requests: [null, good, { status: 1 }], more: true })).toEqual({
    callId: 'c',
    requests: [good],
    more: true,
  });
  expect(toCallList({ callId: 'c' })).toBeUndefined();
});

test.each([
  ['accepted', 'running', 'running'],
  ['running', 'succeeded', 'succeeded'],
  ['succeeded', 'running', 'succeeded'],
  ['unknown', 'running', 'unknown'],
  ['unknown', 'succeeded', 'succeeded'],
  ['succeeded', 'unknown', 'succeeded'],
])('%s, then an answer that says %s: %s is shown', (shown, arrived, kept) => {
  expect(newerOf(sample({ status: shown }), sample({ status: arrived })).status).toBe(kept);
});
