// The statuses, which of them are final, and the one spelling of a call's id.
import { FINAL_STATUSES, TONE_STATUSES, callKeyOf, isFinal } from '../../../../shared/tones/facts/outcome-facts';

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

test.each([
  ['57DAB8B1-894C-409A-B240-BD8BEAE78896', '57dab8b1894c409ab240bd8beae78896'],
  ['57dab8b1894c409ab240bd8beae78896', '57dab8b1894c409ab240bd8beae78896'],
  ['A_b', 'a_b'],
  ['-', ''],
])('the key of the call %s is %p', (callId, key) => {
  expect(callKeyOf(callId)).toBe(key);
});
