// What a first part's message does where it is delivered again, or its row is not as it knew it: what it reads, waits
// for, takes along and logs.
import { makeTonePresser } from '../../../../shared/tones/delivery/press/press-tones';
import type { Delivery, ToneMessage } from '../../../../shared/tones/ports/queues';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const MESSAGE: ToneMessage = {
  clientContext: 'me',
  callId: 'call-1',
  tones: ['tone7', 'star'],
  expiresAt: T0 + 60_000,
  etag: 'v1',
  waits: 1,
};
const NAMES = { clientContext: 'me', callId: 'call-1' };

const press = (at: TonesPorts, message: Partial<ToneMessage> = {}, delivery?: Delivery) =>
  makeTonePresser(at.ports)({ ...MESSAGE, ...message }, delivery);

function accepted(facts: object = {}): TonesPorts {
  const at = makeTonesPorts();
  at.put({ clientContext: 'me', expiresAt: T0 + 60_000, ...facts });
  return at;
}

describe('delivered again', () => {
  test('a request of one part reads no row before its claim', async () => {
    const at = accepted();
    expect(await press(at, {}, { redelivered: true })).toBe('recorded');
    expect(at.operations()).toEqual(['outcomes.merge', 'graph.sendDtmfTones', 'outcomes.merge']);
  });

  test('a request of several parts whose row is gone has nothing to be pressed for', async () => {
    const at = makeTonesPorts();
    const rest = [{ pauseMs: 1000, tones: ['tone8'] }] as const;
    expect(await press(at, { rest }, { redelivered: true })).toBe('row-missing');
    expect(at.logged).toStrictEqual([['warn', 'row-missing', NAMES]]);
    expect(at.queued).toEqual([]);
  });
});

describe('a row that moved', () => {
  test('five times is left to a copy, and the log says that it waits for its place in the queue', async () => {
    const at = accepted();
    at.next('outcomes.merge', ...Array<() => unknown>(5).fill(() => at.change('me', { acceptedAt: T0 })));
    expect(await press(at)).toBe('waiting');
    expect(at.logged).toStrictEqual([
      ['info', 'tones-waiting', { ...NAMES, waitingFor: 'queue', waits: 1, delayMs: 1000 }],
    ]);
  });

  test('five times under a message that was delivered again: the copy that goes on is named in the row', async () => {
    const at = accepted();
    at.next('outcomes.merge', ...Array<() => unknown>(5).fill(() => at.change('me', { acceptedAt: T0 })));
    expect(await press(at, {}, { redelivered: true })).toBe('waiting');
    expect(at.row('me')?.copyId).toBe(at.queued[0]?.message.copyId);
    expect(at.row('me')?.copyId).toBe('/claim-6');
  });

  test('as a callback was asked for: the copy that waits knows of it', async () => {
    const at = accepted();
    at.change('me', { callbackWanted: true, notBefore: T0 + 1700 });
    expect(await press(at)).toBe('waiting');
    expect(at.queued).toStrictEqual([
      { message: { ...MESSAGE, after: '', etag: 'v2', callbackWanted: true, waits: 2 }, delayMs: 1700 },
    ]);
  });

  test('and has no request before it, as the message knew: the pause that is over is not begun again', async () => {
    const at = accepted({ pauseMs: 1500 });
    at.change('me', { callbackWanted: true });
    expect(await press(at, { pauseMs: 1500, pausedUntil: T0 - 1 })).toBe('recorded');
    expect(at.row('me')?.sentAt).toBe(T0);
  });
});

test('the room in the process is given back before Graph is asked', async () => {
  const at = accepted({ pauseMs: 1500 });
  const room = at.giveRoom();
  const left: number[] = [];
  at.next('graph.sendDtmfTones', () => left.push(room.left));
  expect(await press(at, { pauseMs: 1500 })).toBe('recorded');
  expect(room.slept).toEqual([1500]);
  expect(left).toEqual([1]);
});
