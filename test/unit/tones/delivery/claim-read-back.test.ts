// A claim that the SDK sent twice is read back: what was asked for between the write and the reading stands, and is
// seen to.
import { makeTonePresser } from '../../../../shared/tones/delivery/press/press-tones';
import { T0, makeTonesPorts } from '../../../support/tones-ports';

const MESSAGE = { clientContext: 'me', callId: 'call-1', tones: ['tone7' as const], expiresAt: T0 + 60_000, waits: 0 };

test('a callback that was asked for meanwhile is announced with the end', async () => {
  const at = makeTonesPorts();
  const etag = at.put({ clientContext: 'me', expiresAt: T0 + 60_000 });
  at.world.reply = () => ({ kind: 'ended', report: { clientContext: 'me', callId: 'call-1', status: 'completed' } });
  at.next('outcomes.merge', 'repeated');
  at.next('outcomes.read', () => at.change('me', { callbackWanted: true }));
  expect(await makeTonePresser(at.ports)({ ...MESSAGE, etag })).toBe('recorded');
  expect(at.row('me')).toMatchObject({ status: 'failed', callbackWanted: true });
  expect(at.announced.map(({ message }) => message)).toEqual([{ clientContext: 'me', attempts: 0 }]);
});
