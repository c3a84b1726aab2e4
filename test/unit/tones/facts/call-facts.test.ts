// The one spelling of a call's id, and when a call is known not to take tones yet.
import { callKeyOf, isKnownNotReady } from '../../../../shared/tones/facts/call-facts';

test.each([
  ['57DAB8B1-894C-409A-B240-BD8BEAE78896', '57dab8b1894c409ab240bd8beae78896'],
  ['57dab8b1894c409ab240bd8beae78896', '57dab8b1894c409ab240bd8beae78896'],
  ['A_b', 'a_b'],
  ['-', ''],
])('the key of the call %s is %p', (callId, key) => {
  expect(callKeyOf(callId)).toBe(key);
});

test.each([
  ['nothing is known', undefined, false],
  ['its row tells nothing', {}, false],
  ['it is establishing', { state: 'establishing' }, true],
  ['it is on hold', { state: 'hold' }, true],
  ['it is established', { state: 'established' }, false],
  ['it is established, its audio inactive', { state: 'established', audio: 'inactive' }, true],
  ['it is established, its audio active', { state: 'established', audio: 'active' }, false],
  ['only its audio is known, inactive', { audio: 'inactive' }, true],
  ['only its audio is known, active', { audio: 'active' }, false],
])('whether a call is known not to be ready, where %s', (_what, call, notReady) => {
  expect(isKnownNotReady(call)).toBe(notReady);
});
