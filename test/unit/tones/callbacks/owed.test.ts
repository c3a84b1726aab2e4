// What a callback is owed, and how many attempts count, by rows made by hand.
import { attemptsAt, endOf, isOwed } from '../../../../shared/tones/callbacks/owed';
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';

const ROW: OutcomeFacts = { clientContext: 'order-42', callId: 'call-1', status: 'failed', finishedAt: 1000 };
const CALLBACK = { url: 'https://x.test/', subscribedAt: 500, changedAt: 500 };

test('an end is named by its status and its time, also where that is not known', () => {
  const { finishedAt: _, ...timeless } = ROW;
  expect([endOf(ROW), endOf(timeless)]).toEqual(['failed 1000', 'failed ']);
});

test('an end is owed to a URL that it was not delivered to', () => {
  expect(isOwed(CALLBACK, ROW)).toBe(true);
  expect(isOwed({ ...CALLBACK, told: 'unknown 900' }, ROW)).toBe(true);
  expect(isOwed({ ...CALLBACK, told: 'failed 1000' }, ROW)).toBe(false);
});

test('nothing is owed where no URL is left, whatever was delivered to it', () => {
  expect(isOwed({ ...CALLBACK, url: '' }, ROW)).toBe(false);
  expect(isOwed({ ...CALLBACK, url: '', told: 'unknown 900' }, ROW)).toBe(false);
  expect(isOwed(undefined, ROW)).toBe(false);
});

test('attempts count for one subscription and one end', () => {
  expect(attemptsAt({ ...CALLBACK, trying: '500 failed 1000', attempts: 3 }, ROW)).toBe(3);
  expect(attemptsAt({ ...CALLBACK, trying: '400 failed 1000', attempts: 3 }, ROW)).toBe(0);
  expect(attemptsAt({ ...CALLBACK, trying: '500 unknown 900', attempts: 3 }, ROW)).toBe(0);
});
