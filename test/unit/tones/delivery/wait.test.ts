// Waiting by a copy of the message: what is put on the queue, and which copy goes on where an enqueue is in doubt.
import { makeWait, type WaitReason } from '../../../../shared/tones/delivery/wait';
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import type { ToneMessage } from '../../../../shared/tones/ports/queues';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const MESSAGE: ToneMessage = {
  clientContext: 'me',
  callId: 'call-1',
  tones: ['tone7', 'star'],
  expiresAt: T0 + 60_000,
  after: 'walked-to',
  etag: 'v1',
  waits: 1,
};
const NAMES = { clientContext: 'me', callId: 'call-1' };
const DOWN = ['error', 'storage-failed', { ...NAMES, detail: 'StorageDown' }];
const WAITING = ['info', 'tones-waiting', { ...NAMES, waits: 1, delayMs: 2000 }];

function waiting(facts: Partial<OutcomeFacts> = {}): TonesPorts {
  const at = makeTonesPorts();
  at.put({ clientContext: 'me', after: 'before', expiresAt: T0 + 60_000, ...facts });
  return at;
}

const wait = (at: TonesPorts, message: Partial<ToneMessage> = {}, reason?: WaitReason) =>
  makeWait(at.ports)({ ...MESSAGE, ...message }, 2000, reason);

test('a wait is one operation: the message again, one wait older', async () => {
  const at = waiting();
  expect(await wait(at)).toBe('waiting');
  expect(at.journal).toStrictEqual([['queue.enqueueOnce', { ...MESSAGE, waits: 2 }, 2000]]);
  expect(at.logged).toStrictEqual([WAITING]);
});

test('what is waited for is logged', async () => {
  const at = waiting();
  await wait(at, { part: 2 }, { waitingFor: 'graph-refusal', code: 'media-busy' });
  expect(at.logged).toStrictEqual([
    [
      'info',
      'tones-waiting',
      { ...NAMES, part: 2, waitingFor: 'graph-refusal', code: 'media-busy', waits: 1, delayMs: 2000 },
    ],
  ]);
});

test('a copy comes no later than the deadline, and at once after it', async () => {
  const at = waiting();
  await wait(at, { expiresAt: T0 + 300 });
  await wait(at, { expiresAt: T0 - 1 });
  expect(at.queued.map(({ delayMs }) => delayMs)).toEqual([300, 0]);
});

describe('an enqueue whose answer was lost', () => {
  test('names a copy in the row, which is enqueued at the new version, with what the row says of its predecessor', async () => {
    const at = waiting();
    at.next('queue.enqueueOnce', 'answer lost');
    expect(await wait(at)).toBe('waiting');
    expect(at.journal).toStrictEqual([
      ['queue.enqueueOnce', { ...MESSAGE, waits: 2 }, 2000],
      ['outcomes.read', 'me'],
      ['outcomes.merge', 'me', { copyId: '/claim-1' }, 'v1'],
      ['queue.enqueueOnce', { ...MESSAGE, waits: 2, copyId: '/claim-1', after: 'before', etag: 'v2' }, 2000],
    ]);
    expect(at.logged).toStrictEqual([DOWN, WAITING]);
  });

  test('never pairs the version of the row with the predecessor of the message, not even where the row has none', async () => {
    const at = makeTonesPorts();
    at.put({ clientContext: 'me', expiresAt: T0 + 60_000 });
    at.change('me', { acceptedAt: T0 });
    at.next('queue.enqueueOnce', 'fails');
    await wait(at);
    expect(at.queued.map(({ message: { after, etag } }) => ({ after, etag }))).toEqual([{ after: '', etag: 'v3' }]);
  });

  test('loses nothing where the enqueue was truly refused', async () => {
    const at = waiting();
    at.next('queue.enqueueOnce', 'fails');
    expect(await wait(at)).toBe('waiting');
    expect(at.queued.map(({ message: { copyId } }) => copyId)).toEqual(['/claim-1']);
  });

  test('of a copy that is named already names the next one', async () => {
    const at = waiting({ copyId: 'mine' });
    at.next('queue.enqueueOnce', 'answer lost');
    expect(await wait(at, { copyId: 'mine' })).toBe('waiting');
    expect(at.row('me')?.copyId).toBe('mine/claim-1');
    expect(at.queued.map(({ message: { copyId } }) => copyId)).toEqual(['mine', 'mine/claim-1']);
  });

  test.each([
    ['was never named', undefined],
    ['was named before', 'older'],
  ])('ends a copy that %s, where another one goes on', async (_what, copyId) => {
    const at = waiting({ copyId: 'other' });
    at.next('queue.enqueueOnce', 'fails');
    expect(await wait(at, copyId === undefined ? {} : { copyId })).toBe('duplicate');
    expect(at.row('me')).toMatchObject({ copyId: 'other', etag: 'v1' });
    expect(at.queued).toEqual([]);
    expect(at.logged).toStrictEqual([DOWN, ['warn', 'tones-duplicate', { ...NAMES, waits: 1 }]]);
  });

  test.each(['sending', 'running', 'succeeded', 'expired', 'unknown'] as const)(
    'ends a copy of a request that is %s',
    async (status) => {
      const at = waiting({ status });
      at.next('queue.enqueueOnce', 'fails');
      expect(await wait(at)).toBe('duplicate');
      expect(at.asked('outcomes.merge')).toEqual([]);
    },
  );

  test('ends a copy without a row', async () => {
    const at = makeTonesPorts();
    at.next('queue.enqueueOnce', 'fails');
    expect(await wait(at)).toBe('duplicate');
  });

  test('finds the name that it wrote, where that answer was lost too', async () => {
    const at = waiting();
    at.next('queue.enqueueOnce', 'fails');
    at.next('outcomes.merge', 'repeated');
    expect(await wait(at)).toBe('waiting');
    expect(at.asked('outcomes.merge')).toHaveLength(1);
    expect(at.queued.map(({ message: { copyId, etag } }) => ({ copyId, etag }))).toEqual([
      { copyId: '/claim-1', etag: 'v2' },
    ]);
  });

  test('takes the row as it stands after a rival wrote it', async () => {
    const at = waiting();
    at.next('queue.enqueueOnce', 'fails');
    at.next('outcomes.merge', () => at.change('me', { after: 'moved', callbackWanted: true }));
    expect(await wait(at)).toBe('waiting');
    expect(at.queued.map(({ message: { after, etag } }) => ({ after, etag }))).toEqual([
      { after: 'moved', etag: 'v3' },
    ]);
  });

  test.each([
    [19, 'waiting'],
    [20, 'thrown'],
  ] as const)('after %i races lost is %s', async (races, ending) => {
    const at = waiting();
    at.next('queue.enqueueOnce', 'fails');
    at.next('outcomes.merge', ...Array<() => unknown>(races).fill(() => at.change('me', { acceptedAt: T0 })));
    expect(await wait(at).catch(() => 'thrown')).toBe(ending);
  });
});

describe('while storage is down, the message is thrown and comes again', () => {
  test.each([
    ['the queue', () => undefined, 'queue.enqueueOnce'],
    ['the read of the row', (at: TonesPorts) => at.next('outcomes.read', 'fails'), 'outcomes.read'],
    ['the naming of the copy', (at: TonesPorts) => at.next('outcomes.merge', 'fails'), 'outcomes.merge'],
  ] as const)('%s', async (_what, also, thrown) => {
    const at = waiting();
    at.next('queue.enqueueOnce', 'fails', 'fails');
    also(at);
    await expect(wait(at)).rejects.toThrow(thrown);
    expect(at.queued).toEqual([]);
    expect(at.logged).toStrictEqual([DOWN]);
  });

  test('and then takes over: the copy that it left, if it left one, ends at its own next doubt', async () => {
    const at = waiting();
    at.next('queue.enqueueOnce', 'answer lost', 'answer lost');
    await expect(wait(at)).rejects.toThrow();
    expect(await wait(at, {}, { redelivered: true })).toBe('waiting');
    const [ghost, named, live] = at.queued.map(({ message }) => message);
    expect([ghost?.copyId, named?.copyId, live?.copyId]).toEqual([undefined, '/claim-1', '/claim-2']);
    for (const left of [ghost, named]) {
      at.next('queue.enqueueOnce', 'fails');
      expect(await wait(at, left)).toBe('duplicate');
    }
    expect(await wait(at, live)).toBe('waiting');
  });
});

describe('a message that was delivered before', () => {
  test('takes over before it is enqueued: that delivery may have left a copy', async () => {
    const at = waiting({ copyId: 'left' });
    expect(await wait(at, {}, { redelivered: true })).toBe('waiting');
    expect(at.operations()).toEqual(['outcomes.read', 'outcomes.merge', 'queue.enqueueOnce']);
    expect(at.row('me')?.copyId).toBe('/claim-1');
    expect(at.queued.map(({ message: { copyId, after, etag } }) => ({ copyId, after, etag }))).toEqual([
      { copyId: '/claim-1', after: 'before', etag: 'v2' },
    ]);
  });

  test.each([
    ['the message itself', 'p/me', 'p/me'],
    ['a copy of its own, which may not be on the queue', 'p/me', 'me/child'],
    ['a copy of the first message, being that one', undefined, '/child'],
    ['a sister: who named both may not have enqueued that one', 'p/me', 'p/sister'],
    ['nobody, as the first message has no name', 'p/me', ''],
    ['a copy of which nobody says who named it, as a version before wrote it', 'p/me', 'child'],
  ])('takes over where the row names %s', async (_what, mine, inRow) => {
    const at = waiting({ copyId: inRow });
    const message = mine === undefined ? {} : { copyId: mine };
    expect(await wait(at, message, { redelivered: true })).toBe('waiting');
    expect(at.row('me')?.copyId).toBe(`${mine === undefined ? '' : 'me'}/claim-1`);
  });

  test.each([
    ['a copy of its own copy', 'p/me', 'child/grandchild'],
    ['a copy of another one whose name begins alike', 'p/me', 'meant/child'],
    ['a copy of a copy, being the first message', undefined, 'child/grandchild'],
    ['a copy of who named the one that named it', 'p/me', 'grandparent/aunt'],
    ['a copy, and a version before wrote the name of this one', 'plain', 'child/grandchild'],
    ['a copy of one whose name lacks the last letter of this one', 'plain', 'plai/child'],
  ])('ends where the row names %s: that one was on the queue', async (_what, mine, inRow) => {
    const at = waiting({ copyId: inRow });
    expect(await wait(at, mine === undefined ? {} : { copyId: mine }, { redelivered: true })).toBe('duplicate');
    expect(at.row('me')).toMatchObject({ copyId: inRow, etag: 'v1' });
    expect(at.queued).toEqual([]);
  });

  test('names its copies as its own also where it is in doubt twice: none of them may be on the queue', async () => {
    const at = waiting({ copyId: 'p/me' });
    at.next('queue.enqueueOnce', 'fails', 'fails');
    await expect(wait(at, { copyId: 'p/me' }, { redelivered: true })).rejects.toThrow();
    expect(at.row('me')?.copyId).toBe('me/claim-2');
    expect(await wait(at, { copyId: 'p/me' }, { redelivered: true })).toBe('waiting');
    expect(at.queued.map(({ message: { copyId } }) => copyId)).toEqual(['me/claim-3']);
  });

  test.each(['sending', 'failed'] as const)('ends where its request is %s', async (status) => {
    const at = waiting({ status });
    expect(await wait(at, {}, { redelivered: true })).toBe('duplicate');
    expect(at.queued).toEqual([]);
  });
});

describe('at every eighth wait', () => {
  test.each([
    [6, 0],
    [7, 1],
    [8, 0],
    [14, 0],
    [15, 1],
  ])('a copy that has waited %i times looks into the row (%i reads)', async (waits, reads) => {
    const at = waiting();
    expect(await wait(at, { waits })).toBe('waiting');
    expect(at.asked('outcomes.read')).toHaveLength(reads);
    expect(at.queued.map(({ message }) => message)).toEqual([{ ...MESSAGE, waits: waits + 1 }]);
  });

  test.each([
    ['named in its row goes on', 'mine', {}, 'waiting'],
    ['not named there ends', 'other', {}, 'duplicate'],
    ['of a request that has ended ends', 'mine', { status: 'failed' }, 'duplicate'],
    ['of a request that is pressed ends', 'mine', { status: 'sending' }, 'duplicate'],
  ] as const)('a copy that is %s', async (_what, copyId, facts, ending) => {
    const at = waiting({ copyId, ...facts });
    expect(await wait(at, { copyId: 'mine', waits: 7 })).toBe(ending);
    expect(at.queued).toHaveLength(ending === 'waiting' ? 1 : 0);
  });

  test('a nameless copy ends where one was named, and so does a copy without a row', async () => {
    expect(await wait(waiting({ copyId: 'other' }), { waits: 7 })).toBe('duplicate');
    expect(await wait(makeTonesPorts(), { waits: 7 })).toBe('duplicate');
  });
});

test.each([
  ['an enqueue in doubt', {}, 'queue.enqueueOnce'],
  ['a redelivery', { redelivered: true }, undefined],
] as const)('a copy that takes over after %s comes no sooner than Graph asked for', async (_what, reason, inDoubt) => {
  const at = waiting({ notBefore: T0 + 5000 });
  if (inDoubt !== undefined) at.next(inDoubt, 'fails');
  expect(await wait(at, {}, reason)).toBe('waiting');
  expect(at.queued.map(({ delayMs }) => delayMs)).toEqual([5000]);
  expect(at.logged.at(-1)).toStrictEqual(['info', 'tones-waiting', { ...NAMES, waits: 1, delayMs: 5000 }]);
});

test('a copy that takes over waits as long as it meant to where Graph asked for less', async () => {
  const at = waiting({ notBefore: T0 + 1000 });
  await wait(at, {}, { redelivered: true });
  expect(at.queued.map(({ delayMs }) => delayMs)).toEqual([2000]);
});

test('no tone is in the row or in the log', async () => {
  const at = waiting();
  at.next('queue.enqueueOnce', 'answer lost');
  await wait(at);
  await wait(at, {}, { redelivered: true });
  expect(at.keptText()).not.toMatch(/tone7|star/);
});
