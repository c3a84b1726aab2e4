// The copies of a message of a later part: which one goes on where an enqueue is in doubt, and when none does any more.
import { makeWait } from '../../../../shared/tones/delivery/wait';
import type { OutcomeFacts, ToneStatus } from '../../../../shared/tones/facts/outcome-facts';
import type { ToneMessage } from '../../../../shared/tones/ports/queues';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const MESSAGE: ToneMessage = {
  clientContext: 'me',
  callId: 'call-1',
  tones: ['tone7'],
  part: 2,
  expiresAt: T0 + 60_000,
  etag: '',
  waits: 0,
};
const AT_EIGHTH = { ...MESSAGE, waits: 7 };

function withRow(status: ToneStatus, part: number, facts: Partial<OutcomeFacts> = {}): TonesPorts {
  const at = makeTonesPorts();
  at.put({ clientContext: 'me', status, part, partCount: 3, ...facts });
  return at;
}

const AHEAD = [
  ['sending', 1],
  ['running', 1],
  ['pausing', 2],
] as const;
const OVER = [
  ['sending', 2],
  ['running', 2],
  ['pausing', 3],
  ['succeeded', 1],
  ['failed', 2],
  ['unknown', 1],
] as const;

test.each(AHEAD)('a copy goes on while the row is %s at part %i', async (status, part) => {
  const eighth = withRow(status, part);
  expect(await makeWait(eighth.ports)(AT_EIGHTH, 1000)).toBe('waiting');
  const again = withRow(status, part);
  expect(await makeWait(again.ports)(MESSAGE, 1000, { redelivered: true })).toBe('waiting');
  expect(again.queued).toMatchObject([{ message: { part: 2, waits: 1, copyId: '/claim-1' } }]);
});

test.each(OVER)('no copy goes on where the row is %s at part %i', async (status, part) => {
  const eighth = withRow(status, part);
  expect(await makeWait(eighth.ports)(AT_EIGHTH, 1000)).toBe('duplicate');
  const again = withRow(status, part);
  expect(await makeWait(again.ports)(MESSAGE, 1000, { redelivered: true })).toBe('duplicate');
  const doubted = withRow(status, part);
  doubted.next('queue.enqueueOnce', 'fails');
  expect(await makeWait(doubted.ports)(MESSAGE, 1000)).toBe('duplicate');
  expect([...eighth.queued, ...again.queued, ...doubted.queued]).toEqual([]);
});

test('a copy that is not the one named in the row ends', async () => {
  const at = withRow('pausing', 2, { copyId: 'other' });
  expect(await makeWait(at.ports)(AT_EIGHTH, 1000)).toBe('duplicate');
  expect(await makeWait(at.ports)({ ...AT_EIGHTH, copyId: 'other' }, 1000)).toBe('waiting');
});
