// The statuses, and which of them are final.
import { FINAL_STATUSES, TONE_STATUSES, isFinal } from '../../../../shared/tones/facts/outcome-facts';

test('the statuses are those of the contract', () => {
  expect(TONE_STATUSES).toEqual([
    'accepted',
    'sending',
    'running',
    'succeeded',
    'failed',
    'canceled',
    'expired',
    'unknown',
  ]);
  expect([...FINAL_STATUSES]).toEqual(['succeeded', 'failed', 'canceled', 'expired', 'unknown']);
});

test.each([
  ['accepted', false],
  ['sending', false],
  ['running', false],
  ['succeeded', true],
  ['failed', true],
  ['canceled', true],
  ['expired', true],
  ['unknown', true],
] as const)('%s is final: %p', (status, final) => {
  expect(isFinal(status)).toBe(final);
});
