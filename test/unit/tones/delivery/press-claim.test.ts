// The claim under attack: lost answers, repeated writes, rivals, second deliveries. A press needs a claim that is surely ours.
import type { ToneMessage } from '../../../../shared/tones/ports/queues';
import { makeTonePresser } from '../../../../shared/tones/delivery/press/press-tones';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const MESSAGE: ToneMessage = {
  clientContext: 'me',
  callId: 'call-1',
  tones: ['tone7', 'star'],
  expiresAt: T0 + 60_000,
  etag: 'v1',
  waits: 1,
};
const duplicate = (level: 'info' | 'warn', status: string) => [
  [level, 'tones-duplicate', { clientContext: 'me', callId: 'call-1', status }],
];

const press = (at: TonesPorts, message = MESSAGE) => makeTonePresser(at.ports)(message);

function accepted(facts: object = {}): TonesPorts {
  const at = makeTonesPorts();
  at.put({ clientContext: 'me', expiresAt: T0 + 60_000, ...facts });
  return at;
}

test("a claim that the SDK wrote twice looks like a rival's and is ours: pressed once, under the version read back", async () => {
  const at = accepted();
  at.next('outcomes.merge', 'repeated');
  expect(await press(at)).toBe('recorded');
  expect(at.operations()).toEqual(['outcomes.merge', 'outcomes.read', 'graph.sendDtmfTones', 'outcomes.merge']);
  expect(at.asked('outcomes.merge')[1]?.[2]).toBe('v2');
  expect(at.row('me')).toMatchObject({ status: 'running', claimId: 'claim-1', watchUntil: T0 + 60_000, sentAt: T0 });
  expect(at.permits).toHaveLength(1);
});

test('the claim read back keeps the time at which it was made', async () => {
  const at = accepted();
  at.next('outcomes.merge', 'repeated');
  at.next('outcomes.read', () => (at.world.time = T0 + 14_000));
  at.next('graph.sendDtmfTones', () => (at.world.time = T0 + 15_001));
  expect(await press(at)).toBe('waiting');
  expect(at.permits).toStrictEqual([{ kind: 'no' }]);
});

test('a claim whose answer was lost for good is thrown, and its second delivery presses nothing', async () => {
  const at = accepted();
  at.next('outcomes.merge', 'answer lost');
  await expect(press(at)).rejects.toThrow('outcomes.merge');
  expect(await press(at)).toBe('duplicate');
  expect(at.asked('graph.sendDtmfTones')).toEqual([]);
  expect(at.row('me')).toMatchObject({ status: 'sending', claimId: 'claim-1' });
  expect(at.logged).toStrictEqual(duplicate('warn', 'sending'));
});

test('a claim that failed is thrown, and its second delivery presses', async () => {
  const at = accepted();
  at.next('outcomes.merge', 'fails');
  await expect(press(at)).rejects.toThrow('outcomes.merge');
  expect(await press(at)).toBe('recorded');
  expect(at.permits).toHaveLength(1);
});

test('a claim that cannot be read back is thrown, and never pressed on a guess', async () => {
  const at = accepted();
  at.next('outcomes.merge', 'repeated');
  at.next('outcomes.read', 'fails');
  await expect(press(at)).rejects.toThrow('outcomes.read');
  expect(at.asked('graph.sendDtmfTones')).toEqual([]);
});

test('a claim that was ours and was ended before it could be read back is not pressed', async () => {
  const at = accepted();
  at.next('outcomes.merge', 'repeated');
  at.next('outcomes.read', () => at.change('me', { status: 'unknown' }));
  expect(await press(at)).toBe('duplicate');
  expect(at.asked('graph.sendDtmfTones')).toEqual([]);
});

test('a row without a claim is not taken for ours by its status alone', async () => {
  const at = accepted();
  at.next('outcomes.merge', () => at.change('me', { status: 'sending', claimId: 'rival' }));
  expect(await press(at)).toBe('duplicate');
  expect(at.asked('graph.sendDtmfTones')).toEqual([]);
  expect(at.row('me')?.claimId).toBe('rival');
  expect(at.logged).toStrictEqual(duplicate('warn', 'sending'));
});

test.each(['running', 'succeeded', 'failed', 'canceled', 'expired', 'unknown'] as const)(
  'a second delivery of a request that is %s presses nothing',
  async (status) => {
    const at = accepted();
    at.change('me', { status });
    expect(await press(at)).toBe('duplicate');
    expect(at.operations()).toEqual(['outcomes.merge', 'outcomes.read']);
    expect(at.logged).toStrictEqual(duplicate(status === 'running' ? 'warn' : 'info', status));
  },
);

test('a message without a row presses nothing', async () => {
  const at = makeTonesPorts();
  expect(await press(at)).toBe('row-missing');
  expect(at.operations()).toEqual(['outcomes.merge', 'outcomes.read']);
  expect(at.logged).toStrictEqual([['warn', 'row-missing', { clientContext: 'me', callId: 'call-1' }]]);
});

describe('a row that moved and is still accepted', () => {
  test('is claimed at its own version once its own predecessor is done', async () => {
    const at = accepted();
    at.put({ clientContext: 'before', status: 'succeeded', claimedAt: T0 - 9 });
    at.change('me', { after: 'before' });
    expect(await press(at)).toBe('recorded');
    expect(at.journal.map(([name, key]) => `${name} ${typeof key === 'string' ? key : ''}`)).toEqual([
      'outcomes.merge me',
      'outcomes.read me',
      'outcomes.read before',
      'outcomes.merge me',
      'graph.sendDtmfTones ',
      'outcomes.merge me',
    ]);
    expect(at.asked('outcomes.merge').map(([, , etag]) => etag)).toEqual(['v1', 'v2', 'v3']);
    expect(at.row('me')?.claimId).toBe('claim-2');
  });

  test('waits for its own predecessor, not for the one in the message', async () => {
    const at = accepted();
    at.put({ clientContext: 'before', status: 'sending', watchUntil: T0 + 9000 });
    at.change('me', { after: 'before' });
    expect(await press(at, { ...MESSAGE, after: 'older' })).toBe('waiting');
    expect(at.queued).toStrictEqual([
      { message: { ...MESSAGE, after: 'before', etag: 'v2', waits: 2 }, delayMs: 1000 },
    ]);
    expect(at.asked('graph.sendDtmfTones')).toEqual([]);
  });

  test('has no predecessor any more where its row names none', async () => {
    const at = accepted();
    at.put({ clientContext: 'older', status: 'succeeded', claimedAt: T0 - 9 });
    at.change('me', { acceptedAt: T0 });
    expect(await press(at, { ...MESSAGE, after: 'older' })).toBe('recorded');
    expect(at.asked('outcomes.read')).toEqual([['older'], ['me']]);
  });

  test('and was given back waits for its not-before time', async () => {
    const at = accepted();
    at.change('me', { notBefore: T0 + 1700 });
    expect(await press(at)).toBe('waiting');
    expect(at.queued).toStrictEqual([{ message: { ...MESSAGE, after: '', etag: 'v2', waits: 2 }, delayMs: 1700 }]);
    expect(at.asked('graph.sendDtmfTones')).toEqual([]);
  });

  test.each([0, -1])('and was given back is pressed from its not-before time on (%i ms)', async (ms) => {
    const at = accepted();
    at.change('me', { notBefore: T0 + ms });
    expect(await press(at)).toBe('recorded');
  });

  test('expires where its deadline passed meanwhile', async () => {
    const at = accepted();
    at.change('me', { after: 'before' });
    at.next('outcomes.merge', () => (at.world.time = T0 + 59_751));
    expect(await press(at)).toBe('expired');
    expect(at.asked('graph.sendDtmfTones')).toEqual([]);
  });

  const moving = (at: TonesPorts, times: number) =>
    at.next('outcomes.merge', ...Array<() => unknown>(times).fill(() => at.change('me', { acceptedAt: T0 })));

  test('is claimed in the fifth round at last', async () => {
    const at = accepted();
    moving(at, 4);
    expect(await press(at)).toBe('recorded');
    expect(at.row('me')?.claimId).toBe('claim-5');
  });

  test('waits after five rounds lost, with its present version', async () => {
    const at = accepted();
    moving(at, 5);
    expect(await press(at)).toBe('waiting');
    expect(at.queued).toStrictEqual([{ message: { ...MESSAGE, after: '', etag: 'v6', waits: 2 }, delayMs: 1000 }]);
    expect(at.asked('graph.sendDtmfTones')).toEqual([]);
  });
});
