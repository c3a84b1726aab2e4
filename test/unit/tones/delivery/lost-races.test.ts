// Writers that lose every race give up after 20, and say so; and what the log says of an end.
import { makeNotifiedRecorder } from '../../../../shared/tones/delivery/notified';
import { makeWait } from '../../../../shared/tones/delivery/wait';
import { failed } from '../../../../shared/tones/facts/transitions';
import { T0, makeTonesPorts } from '../../../support/tones-ports';

const FAILED = failed({ code: 'call-ended' }, T0);

test('that a call was notified is noted within 20 races', async () => {
  const at = makeTonesPorts();
  at.putCall({ tail: 'me' });
  at.next('calls.merge', ...Array.from({ length: 20 }, (_, race) => () => at.changeCall({ tail: `rival-${race}` })));
  await expect(makeNotifiedRecorder(at.ports)('call-1')).rejects.toThrow('lost every race for the row of a call');
  expect(at.asked('calls.merge')).toHaveLength(20);
});

test('which copy of a request goes on is named within 20 races', async () => {
  const at = makeTonesPorts();
  at.put({ clientContext: 'me', expiresAt: T0 + 60_000 });
  at.next('outcomes.merge', ...Array<() => unknown>(20).fill(() => at.change('me', { acceptedAt: T0 })));
  const message = { callId: 'call-1', tones: ['tone7'], expiresAt: T0 + 60_000, etag: 'v1', waits: 0 } as const;
  const waiting = makeWait(at.ports)({ clientContext: 'me', ...message }, 2000, { redelivered: true });
  await expect(waiting).rejects.toThrow('lost every race for the row of a request that waits');
  expect(at.queued).toEqual([]);
});

test('the end of a request of another tenant names the tenant, and what its writer adds', async () => {
  const at = makeTonesPorts();
  const tenantId = '22222222-2222-4222-8222-222222222222';
  await at.ports.endRequest.insert({ clientContext: 'me', callId: 'call-1', tenantId }, FAILED, 'press', {
    httpStatus: 404,
  });
  await at.ports.endRequest.insert({ clientContext: 'you', callId: 'call-1' }, FAILED, 'press');
  const named = { callId: 'call-1', status: 'failed', code: 'call-ended', by: 'press' };
  expect(at.logged).toStrictEqual([
    ['info', 'request-ended', { clientContext: 'me', ...named, tenantId, httpStatus: 404 }],
    ['info', 'request-ended', { clientContext: 'you', ...named }],
  ]);
});
