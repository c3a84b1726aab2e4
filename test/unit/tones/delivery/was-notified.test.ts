// Looking for a notification of a call: in the request itself, in its call, and back over the call's requests, some of
// which are gone.
import { makeWasNotified } from '../../../../shared/tones/delivery/notified';
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import { T0, makeTonesPorts } from '../../../support/tones-ports';

const ROW: OutcomeFacts = { clientContext: 'me', callId: 'call-1', status: 'running', watchUntil: T0 };

test('a report of the request itself is enough: nothing is read', async () => {
  const at = makeTonesPorts();
  expect(await makeWasNotified(at.ports)({ ...ROW, reportedAt: T0 - 5 })).toBe(true);
  expect(at.operations()).toEqual([]);
});

test('the request itself, as the last of its call, is not read again', async () => {
  const at = makeTonesPorts();
  at.putCall({ tail: 'me' });
  at.put({ clientContext: 'before', reportedAt: T0 - 5 });
  expect(await makeWasNotified(at.ports)({ ...ROW, after: 'before' })).toBe(true);
  expect(at.asked('outcomes.read')).toEqual([['before']]);
});

test('a request that was deleted is where the look ends: nothing was seen', async () => {
  const at = makeTonesPorts();
  at.putCall({ tail: 'gone' });
  expect(await makeWasNotified(at.ports)(ROW)).toBe(false);
  expect(at.asked('outcomes.read')).toEqual([['gone']]);
});

test('a request that names none before it is where the look ends: nothing was seen', async () => {
  const at = makeTonesPorts();
  at.putCall({ tail: 'me' });
  expect(await makeWasNotified(at.ports)(ROW)).toBe(false);
  expect(at.asked('outcomes.read')).toEqual([]);
});
