// Whether a call was ever notified: noted once where a notification leaves no other fact, and found where it was.
import { makeNotifiedRecorder, makeWasNotified } from '../../../../shared/tones/delivery/notified';
import { makeOverdueEnd } from '../../../../shared/tones/delivery/overdue-end';
import type { CallFacts } from '../../../../shared/tones/facts/call-facts';
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

describe('a notification that leaves no other fact', () => {
  test('makes no row of a call that nobody asked anything for, and is looked up again', async () => {
    const at = makeTonesPorts();
    const record = makeNotifiedRecorder(at.ports);
    await record('Call-1');
    expect(at.journal).toStrictEqual([['calls.read', 'call1']]);
    at.putCall({ tail: 'me' });
    await record('Call-1');
    expect(await at.ports.calls.read('call1')).toMatchObject({ tail: 'me', notifiedAt: T0 });
  });

  test('is noted beside what is known of the call', async () => {
    const at = withCall({ tail: 'me' });
    await makeNotifiedRecorder(at.ports)('Call-1');
    expect(at.operations()).toEqual(['calls.read', 'calls.merge']);
    expect(await at.ports.calls.read('call1')).toMatchObject({ tail: 'me', notifiedAt: T0 });
  });

  test.each([
    ['a state', { state: 'established', toldAt: T0 - 5 }],
    ['an earlier one', { notifiedAt: T0 - 5 }],
  ])('is not noted where %s shows the same', async (_what, facts) => {
    const at = withCall(facts);
    await makeNotifiedRecorder(at.ports)('Call-1');
    expect(at.operations()).toEqual(['calls.read']);
  });

  test('costs nothing the second time, however the call is spelled', async () => {
    const at = withCall({ tail: 'me' });
    const record = makeNotifiedRecorder(at.ports);
    await record('Call-1');
    const { length } = at.journal;
    await record('CALL1');
    expect(at.journal).toHaveLength(length);
    await record('call-2');
    expect(at.operations().slice(length)).toEqual(['calls.read']);
  });

  test('is noted after all where another writer was first', async () => {
    const at = withCall({ tail: 'me' });
    at.next('calls.merge', () => at.changeCall({ tail: 'newer' }));
    await makeNotifiedRecorder(at.ports)('call-1');
    expect(await at.ports.calls.read('call1')).toMatchObject({ tail: 'newer', notifiedAt: T0 });
  });

  test('is not taken for noted where storage failed: Graph sends it again', async () => {
    const at = withCall({ tail: 'me' });
    const record = makeNotifiedRecorder(at.ports);
    at.next('calls.merge', 'fails');
    await expect(record('call-1')).rejects.toThrow('calls.merge');
    await record('call-1');
    expect(await at.ports.calls.read('call1')).toMatchObject({ notifiedAt: T0 });
  });

  test('leaves no memory that grows: after ten thousand calls the oldest is looked up again', async () => {
    const read: string[] = [];
    const calls = {
      ...makeTonesPorts().ports.calls,
      read: async (key: string) => (read.push(key), { notifiedAt: T0, etag: 'v1' }),
    };
    const record = makeNotifiedRecorder({ calls, clock: { now: () => T0 } });
    for (let call = 0; call <= 10_000; call += 1) await record(`call-${call}`);
    await record('call-1');
    expect(read).toHaveLength(10_001);
    await record('call-0');
    expect(read.at(-1)).toBe('call0');
  });
});

describe('a request that nothing was reported of', () => {
  const RUNNING = { clientContext: 'me', callId: 'call-1', status: 'running', watchUntil: T0 } as const;

  test.each([
    ['nothing was ever seen of its call', {}, {}, false],
    ['nothing is known of its call', undefined, {}, false],
    ['its call reported a state', { state: 'established', toldAt: T0 - 5 }, {}, true],
    ['its call was notified of something else', { notifiedAt: T0 - 5 }, {}, true],
    ['the request before it was reported', {}, { before: { reportedAt: T0 - 5 } }, true],
    ['the request after it was reported', {}, { later: { reportedAt: T0 - 5 } }, true],
    ['an earlier part of it was reported', {}, { me: { reportedAt: T0 - 5 } }, true],
  ])('%s', async (_what, call, rows: Readonly<Record<string, Partial<OutcomeFacts>>>, expected) => {
    const at = call === undefined ? makeTonesPorts() : withCall({ tail: 'later', ...call });
    at.put({ clientContext: 'before', callId: 'call-1', status: 'succeeded', after: '', ...rows['before'] });
    at.put({ ...RUNNING, after: 'before', ...rows['me'] });
    at.put({ clientContext: 'later', callId: 'call-1', status: 'accepted', after: 'me', ...rows['later'] });
    const row = at.row('me') as OutcomeFacts;
    expect(await makeWasNotified(at.ports)(row)).toBe(expected);
    expect(await makeOverdueEnd(at.ports)(row)).toMatchObject({
      status: 'unknown',
      errorCode: expected ? 'notification-missing' : 'notifications-never-seen',
    });
  });

  test('reads a call and its requests only where its watch is over', async () => {
    const at = withCall({ tail: 'me' });
    const overdueEnd = makeOverdueEnd(at.ports);
    expect(await overdueEnd({ ...RUNNING, watchUntil: T0 + 1 })).toBeUndefined();
    expect(await overdueEnd({ ...RUNNING, status: 'sending' })).toMatchObject({ errorCode: 'worker-lost' });
    expect(at.operations()).toEqual([]);
  });

  test.each([
    [50, false],
    [51, true],
  ])('of %d requests without a report: never said of a call that nobody looked through', async (count, expected) => {
    const at = withCall({ tail: `r${count}` });
    for (let step = 1; step <= count; step += 1)
      at.put({
        clientContext: `r${step}`,
        callId: 'call-1',
        status: 'unknown',
        after: step === 1 ? '' : `r${step - 1}`,
      });
    expect(await makeWasNotified(at.ports)({ ...RUNNING, clientContext: 'r1', after: '' })).toBe(expected);
  });
});

function withCall(facts: CallFacts): TonesPorts {
  const at = makeTonesPorts();
  at.putCall(facts);
  return at;
}
