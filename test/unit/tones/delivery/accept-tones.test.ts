// A request that is accepted for the first time: what is stored, in which order, and what failures leave behind.
import { makeToneAcceptor } from '../../../../shared/tones/delivery/accept-tones';
import type { ToneRequest } from '../../../../shared/tones/request/tone-request';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const REQUEST: ToneRequest = {
  clientContext: 'order-42',
  callId: 'Call-1',
  tones: ['tone7', 'star', 'pound'],
  expiresInSeconds: 60,
};
const FACTS = {
  clientContext: 'order-42',
  callId: 'Call-1',
  status: 'accepted',
  toneCount: 3,
  acceptedAt: T0,
  expiresAt: T0 + 60_000,
  after: '',
  fingerprint: 'Call-1/3',
  statusToken: 'token-1',
};
const MESSAGE = {
  clientContext: 'order-42',
  callId: 'Call-1',
  tones: ['tone7', 'star', 'pound'],
  expiresAt: T0 + 60_000,
  etag: 'v1',
  waits: 0,
  acceptedAt: T0,
};

const accept = (at: TonesPorts, request = REQUEST) => makeToneAcceptor(at.ports)(request);

test('the first request of a call is indexed, stored, linked and queued, in that order', async () => {
  const at = makeTonesPorts();
  expect(await accept(at)).toStrictEqual({ kind: 'accepted', row: { ...FACTS, etag: 'v1' }, repeated: false });
  expect(at.journal).toStrictEqual([
    ['calls.read', 'call1'],
    ['index.open', { kind: 'request', clientContext: 'order-42', since: T0 }],
    ['outcomes.insert', FACTS],
    ['calls.insert', 'call1', { tail: 'order-42' }],
    ['queue.enqueue', MESSAGE, 0],
  ]);
  expect(at.logged).toStrictEqual([
    ['info', 'tones-accepted', { clientContext: 'order-42', callId: 'Call-1', status: 'accepted', count: 3 }],
  ]);
});

test('a later request of a call is linked behind the one before it', async () => {
  const at = makeTonesPorts();
  const etag = at.putCall({ tail: 'order-41' });
  expect(await accept(at)).toStrictEqual({
    kind: 'accepted',
    row: { ...FACTS, after: 'order-41', etag: 'v1' },
    repeated: false,
  });
  expect(at.asked('calls.merge')).toStrictEqual([['call1', { tail: 'order-42' }, etag]]);
  expect(at.asked('queue.enqueue')).toStrictEqual([[{ ...MESSAGE, after: 'order-41' }, 0]]);
});

test.each([
  ['the first of its call', undefined, 'calls.insert'],
  ['a later one', { tail: 'order-41' }, 'calls.merge'],
] as const)(
  'a request that a rival is linked before, as %s, is put behind the rival',
  async (_what, call, operation) => {
    const at = makeTonesPorts();
    if (call) at.putCall(call);
    at.next(operation, () => {
      at.put({ clientContext: 'rival', callId: 'Call-1', after: call?.tail ?? '' });
      if (call) at.changeCall({ tail: 'rival' });
      else at.putCall({ tail: 'rival' });
    });
    expect(await accept(at)).toMatchObject({ kind: 'accepted', repeated: false, row: { after: 'rival', etag: 'v2' } });
    expect(at.row('order-42')?.after).toBe('rival');
    expect(at.call()?.tail).toBe('order-42');
    expect(at.queued).toStrictEqual([{ message: { ...MESSAGE, after: 'rival', etag: 'v2' }, delayMs: 0 }]);
  },
);

test.each([0, 300])('a delay of %i ms between the tones is stored and queued', async (delayBetweenTonesMs) => {
  const at = makeTonesPorts();
  await accept(at, { ...REQUEST, delayBetweenTonesMs });
  expect(at.asked('outcomes.insert')).toStrictEqual([[{ ...FACTS, delayBetweenTonesMs }]]);
  expect(at.queued).toStrictEqual([{ message: { ...MESSAGE, delayBetweenTonesMs }, delayMs: 0 }]);
});

test('the deadline counts from the acceptance, in seconds', async () => {
  const at = makeTonesPorts();
  await accept(at, { ...REQUEST, expiresInSeconds: 3600 });
  expect(at.row('order-42')).toMatchObject({ acceptedAt: T0, expiresAt: T0 + 3_600_000 });
});

test('a request for a call that has ended fails at once, and is neither linked nor queued', async () => {
  const at = makeTonesPorts();
  at.putCall({ tail: 'order-41', endedAt: T0 - 5 });
  const facts = {
    ...FACTS,
    status: 'failed',
    after: 'order-41',
    finishedAt: T0,
    errorCode: 'call-ended',
    errorMessage: 'The call ended before the tones, or the rest, could be pressed, as its own notification reported.',
  };
  expect(await accept(at)).toStrictEqual({ kind: 'accepted', row: facts, repeated: false });
  expect(at.operations()).toEqual(['calls.read', 'index.open', 'outcomes.insert']);
  expect(at.logged).toStrictEqual([
    [
      'info',
      'request-ended',
      { clientContext: 'order-42', callId: 'Call-1', status: 'failed', code: 'call-ended', by: 'accept' },
    ],
    ['info', 'tones-accepted', { clientContext: 'order-42', callId: 'Call-1', status: 'failed', count: 3 }],
  ]);
});

test('a call known not to be ready is told to the one who presses', async () => {
  const at = makeTonesPorts();
  at.putCall({ state: 'establishing' });
  await accept(at);
  expect(at.queued).toStrictEqual([{ message: { ...MESSAGE, notReadySince: T0 }, delayMs: 0 }]);
});

test('a call known to be ready is not waited for', async () => {
  const at = makeTonesPorts();
  at.putCall({ state: 'established', audio: 'active' });
  await accept(at);
  expect(at.queued).toStrictEqual([{ message: MESSAGE, delayMs: 0 }]);
});

describe('when storage fails', () => {
  test.each([
    ['reading the call', 'calls.read', undefined],
    ['noting the request in the index', 'index.open', undefined],
    ['storing the row', 'outcomes.insert', undefined],
    ['linking it', 'calls.insert', 'accepted'],
    ['queueing it', 'queue.enqueue', 'accepted'],
  ] as const)(
    '%s, the caller is told, and the same request asked again is queued once',
    async (_what, operation, left) => {
      const at = makeTonesPorts();
      at.next(operation, 'fails');
      await expect(accept(at)).rejects.toThrow(operation);
      expect(at.row('order-42')?.status).toBe(left);
      expect(at.queued).toEqual([]);
      expect(await accept(at)).toMatchObject({
        kind: 'accepted',
        row: { status: 'accepted' },
        repeated: left === 'accepted',
      });
      expect(at.queued.map(({ message }) => message)).toStrictEqual([MESSAGE]);
      expect(at.call()?.tail).toBe('order-42');
    },
  );

  test.each(['outcomes.insert', 'calls.insert', 'queue.enqueue'] as const)(
    'and the answer of %s is lost, the request asked again is the same one',
    async (operation) => {
      const at = makeTonesPorts();
      at.next(operation, 'answer lost');
      await expect(accept(at)).rejects.toThrow(operation);
      expect(await accept(at)).toMatchObject({
        kind: 'accepted',
        repeated: true,
        row: { statusToken: 'token-1', after: '' },
      });
      expect(at.queued.at(-1)).toStrictEqual({ message: MESSAGE, delayMs: 0 });
      expect(at.row('order-42')?.after).toBe('');
    },
  );

  test('an insert that the SDK repeated is our own: it is linked, queued and no repetition', async () => {
    const at = makeTonesPorts();
    at.next('outcomes.insert', 'repeated');
    expect(await accept(at)).toStrictEqual({ kind: 'accepted', row: { ...FACTS, etag: 'v1' }, repeated: false });
    expect(at.operations()).toEqual([
      'calls.read',
      'index.open',
      'outcomes.insert',
      'outcomes.read',
      'calls.read',
      'calls.insert',
      'queue.enqueue',
    ]);
    expect(at.asked('outcomes.read')).toEqual([['order-42']]);
    expect(at.asked('calls.read')).toEqual([['call1'], ['call1']]);
    expect(at.logged.map(([, event, { status }]) => [event, status])).toEqual([['tones-accepted', 'accepted']]);
  });

  test.each(['calls.insert', 'calls.merge'] as const)(
    'a %s that the SDK repeated has linked the request',
    async (operation) => {
      const at = makeTonesPorts();
      if (operation === 'calls.merge') at.putCall({ tail: 'order-41' });
      at.next(operation, 'repeated');
      expect(await accept(at)).toMatchObject({ kind: 'accepted', repeated: false });
      expect(at.asked(operation)).toHaveLength(1);
      expect(at.queued).toHaveLength(1);
    },
  );

  test('a row that vanishes while it is accepted is an error', async () => {
    const at = makeTonesPorts();
    at.next('outcomes.insert', 'repeated');
    at.next('outcomes.read', () => at.stored.outcomes.rows.delete('order-42'));
    await expect(accept(at)).rejects.toThrow('the row of a request vanished while it was accepted');
  });
});

test('the tones are in the message and nowhere else', async () => {
  const at = makeTonesPorts();
  await accept(at);
  await accept(at);
  expect(at.keptText()).not.toMatch(/tone7|star|pound/);
  expect(at.queued.map(({ message }) => message.tones)).toEqual([
    ['tone7', 'star', 'pound'],
    ['tone7', 'star', 'pound'],
  ]);
});

test('the tenant that a request names stands in its row, for reports, and in its message, for the press', async () => {
  const at = makeTonesPorts();
  const tenantId = '22222222-2222-4222-8222-222222222222';
  await accept(at, { ...REQUEST, tenantId });
  expect(at.asked('outcomes.insert')).toStrictEqual([[{ ...FACTS, tenantId }]]);
  expect(at.asked('queue.enqueue')).toStrictEqual([[{ ...MESSAGE, tenantId }, 0]]);
});
