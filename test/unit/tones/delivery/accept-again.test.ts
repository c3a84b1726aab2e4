// A request that is asked again: the row as it stands, linked by the walk where it is not, and never linked twice (rule 1).
import { makeToneAcceptor } from '../../../../shared/tones/delivery/accept-tones';
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import type { ToneRequest } from '../../../../shared/tones/request/tone-request';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const REQUEST: ToneRequest = { clientContext: 'me', callId: 'call-1', tones: ['tone7', 'star'], expiresInSeconds: 60 };
const ROW: OutcomeFacts = {
  clientContext: 'me',
  callId: 'call-1',
  status: 'accepted',
  toneCount: 2,
  acceptedAt: T0 - 5000,
  expiresAt: T0 + 55_000,
  fingerprint: 'call-1/2',
  statusToken: 'first',
};
const MESSAGE = {
  clientContext: 'me',
  callId: 'call-1',
  tones: ['tone7', 'star'],
  expiresAt: T0 + 55_000,
  etag: 'v1',
  waits: 0,
  acceptedAt: T0 - 5000,
};
const REPEATED = ['info', 'tones-repeated', { clientContext: 'me', callId: 'call-1', status: 'accepted' }];

const accept = (at: TonesPorts) => makeToneAcceptor(at.ports)(REQUEST);

function withRow(facts: Partial<OutcomeFacts> = {}): TonesPorts {
  const at = makeTonesPorts();
  at.put({ ...ROW, ...facts });
  return at;
}

describe('the row as it stands', () => {
  test.each(['sending', 'running', 'succeeded', 'failed', 'canceled', 'expired', 'unknown'] as const)(
    'is told when it is %s, and nothing is linked or queued',
    async (status) => {
      const at = withRow({ status, expiresAt: T0 - 1 });
      expect(await accept(at)).toStrictEqual({ kind: 'accepted', row: at.row('me'), repeated: true });
      expect(at.operations()).toEqual(['calls.read', 'index.open', 'outcomes.insert', 'outcomes.read']);
      expect(at.logged).toStrictEqual([['info', 'tones-repeated', { clientContext: 'me', callId: 'call-1', status }]]);
    },
  );

  test.each([
    ['another request', 'call-1/3'],
    ['a notification', undefined],
  ])('is refused where %s made it', async (_what, fingerprint) => {
    const at = makeTonesPorts();
    const { fingerprint: _ours, ...facts } = ROW;
    at.put({ ...facts, ...(fingerprint && { fingerprint }) });
    expect(await accept(at)).toStrictEqual({ kind: 'reused' });
    expect(at.logged).toStrictEqual([['warn', 'tones-reused', { clientContext: 'me', callId: 'call-1' }]]);
    expect(at.queued).toEqual([]);
    expect(at.call()).toBeUndefined();
  });

  test('is ended first, from its deadline on', async () => {
    const at = withRow({ expiresAt: T0, waitCode: 'media-busy' });
    expect(await accept(at)).toMatchObject({
      kind: 'accepted',
      repeated: true,
      row: { status: 'expired', finishedAt: T0, errorCode: 'media-busy', etag: 'v2' },
    });
    expect(at.queued).toEqual([]);
    expect(at.asked('outcomes.merge').map(([, , etag]) => etag)).toEqual(['v1']);
  });

  test('is still queued one millisecond before its deadline', async () => {
    const at = withRow({ expiresAt: T0 + 1 });
    expect(await accept(at)).toMatchObject({ row: { status: 'accepted' } });
    expect(at.queued).toHaveLength(1);
  });

  test('is read again where a claim came before its end', async () => {
    const at = withRow({ expiresAt: T0 });
    at.next('outcomes.merge', () => at.change('me', { status: 'sending' }));
    expect(await accept(at)).toMatchObject({ row: { status: 'sending' } });
    expect(at.row('me')).not.toHaveProperty('finishedAt');
  });

  test('fails where its call has ended', async () => {
    const at = withRow();
    at.putCall({ tail: 'me', endedAt: T0 - 5 });
    expect(await accept(at)).toMatchObject({
      repeated: true,
      row: { status: 'failed', errorCode: 'call-ended', finishedAt: T0 },
    });
    expect(at.asked('outcomes.merge')).toStrictEqual([
      [
        'me',
        {
          status: 'failed',
          finishedAt: T0,
          errorCode: 'call-ended',
          errorMessage:
            'The call ended before the tones, or the rest, could be pressed, as its own notification reported.',
        },
        'v1',
      ],
    ]);
    expect(at.queued).toEqual([]);
  });
});

describe('a request that is linked', () => {
  test('as the last of its call is queued again, and nothing is written', async () => {
    const at = withRow({ after: 'before', status: 'accepted' });
    at.putCall({ tail: 'me' });
    expect(await accept(at)).toStrictEqual({ kind: 'accepted', row: at.row('me'), repeated: true });
    expect(at.operations()).toEqual([
      'calls.read',
      'index.open',
      'outcomes.insert',
      'outcomes.read',
      'calls.read',
      'queue.enqueue',
    ]);
    expect(at.queued).toStrictEqual([{ message: { ...MESSAGE, after: 'before' }, delayMs: 0 }]);
    expect(at.logged).toStrictEqual([REPEATED]);
  });

  test('behind others is met on the walk back from the last', async () => {
    const at = withRow({ after: 'before' });
    at.put({ clientContext: 'next', after: 'me' });
    at.put({ clientContext: 'last', after: 'next' });
    at.putCall({ tail: 'last' });
    await accept(at);
    expect(at.asked('outcomes.read')).toEqual([['me'], ['last'], ['next']]);
    expect([at.asked('outcomes.merge'), at.asked('calls.merge')]).toEqual([[], []]);
    expect(at.queued).toStrictEqual([{ message: { ...MESSAGE, after: 'before' }, delayMs: 0 }]);
  });

  test('and was given back is queued for its not-before time', async () => {
    const at = withRow({ notBefore: T0 + 1700 });
    at.putCall({ tail: 'me' });
    await accept(at);
    expect(at.queued).toStrictEqual([{ message: MESSAGE, delayMs: 1700 }]);
  });

  test('and was given back is queued at once when that time has passed', async () => {
    const at = withRow({ notBefore: T0 - 1700 });
    at.putCall({ tail: 'me' });
    await accept(at);
    expect(at.queued).toStrictEqual([{ message: MESSAGE, delayMs: 0 }]);
  });

  test('tells whether its call is known not to be ready', async () => {
    const at = withRow();
    at.putCall({ tail: 'me', audio: 'inactive' });
    await accept(at);
    expect(at.queued).toStrictEqual([{ message: { ...MESSAGE, notReadySince: T0 }, delayMs: 0 }]);
  });

  test('and has no deadline is queued to expire at once', async () => {
    const at = makeTonesPorts();
    const { expiresAt: _none, ...facts } = ROW;
    at.put(facts);
    at.putCall({ tail: 'me' });
    await accept(at);
    expect(at.queued).toStrictEqual([{ message: { ...MESSAGE, expiresAt: T0 }, delayMs: 0 }]);
  });
});

describe('a request that is not linked', () => {
  test.each([
    ['first of a call without a row', {}, undefined],
    ['first of a call without requests', { after: '' }, { state: 'established' }],
    ['behind the last', { after: 'before' }, { tail: 'before' }],
  ])('is linked where it stands: %s', async (_where, facts, call) => {
    const at = withRow(facts);
    const etag = call && at.putCall(call);
    await accept(at);
    expect(at.asked(call ? 'calls.merge' : 'calls.insert')).toStrictEqual([
      ['call1', { tail: 'me' }, ...(etag ? [etag] : [])],
    ]);
    expect(at.asked('outcomes.merge')).toEqual([]);
    expect(at.asked('outcomes.read')).toEqual([['me']]);
    expect(at.queued.map(({ message }) => message.etag)).toEqual(['v1']);
  });

  test.each([
    ['down to its own predecessor', { after: 'before' }, ['last', 'next']],
    ['down to the first of the call', { after: 'gone' }, ['last', 'next', 'before']],
    ['where it has no predecessor', {}, ['last', 'next', 'before']],
  ])('is put behind the last, after a walk %s', async (_where, facts, walked) => {
    const at = withRow(facts);
    at.put({ clientContext: 'before' });
    at.put({ clientContext: 'next', after: 'before' });
    at.put({ clientContext: 'last', after: 'next' });
    const etag = at.putCall({ tail: 'last' });
    expect(await accept(at)).toStrictEqual({
      kind: 'accepted',
      row: { ...ROW, after: 'last', etag: 'v2' },
      repeated: true,
    });
    expect(at.asked('outcomes.read')).toEqual([['me'], ...walked.map((name) => [name])]);
    expect(at.asked('outcomes.merge')).toStrictEqual([['me', { after: 'last' }, 'v1']]);
    expect(at.asked('calls.merge')).toStrictEqual([['call1', { tail: 'me' }, etag]]);
    expect(at.queued).toStrictEqual([{ message: { ...MESSAGE, after: 'last', etag: 'v2' }, delayMs: 0 }]);
  });

  test('ends its walk at a row that was deleted', async () => {
    const at = withRow({ after: 'gone' });
    at.putCall({ tail: 'deleted' });
    await accept(at);
    expect(at.asked('outcomes.read')).toEqual([['me'], ['deleted']]);
    expect(at.row('me')?.after).toBe('deleted');
  });

  test('starts again from its row where that was changed', async () => {
    const at = withRow({ after: 'before' });
    at.put({ clientContext: 'last' });
    at.putCall({ tail: 'last' });
    at.next('outcomes.merge', () => at.change('me', { status: 'failed' }));
    expect(await accept(at)).toMatchObject({ row: { status: 'failed' } });
    expect(at.asked('calls.merge')).toEqual([]);
    expect(at.queued).toEqual([]);
  });

  test.each([
    ['behind its predecessor', 'before'],
    ['behind the last', 'last'],
  ])('starts again from its row where a rival was linked first: %s', async (_where, tail) => {
    const at = withRow({ after: 'before' });
    at.put({ clientContext: 'before' });
    if (tail === 'last') at.put({ clientContext: 'last', after: 'before' });
    at.putCall({ tail });
    at.next('calls.merge', () => {
      at.put({ clientContext: 'rival', after: tail });
      at.changeCall({ tail: 'rival' });
    });
    await accept(at);
    expect(at.row('me')?.after).toBe('rival');
    expect(at.call()?.tail).toBe('me');
    expect(at.queued).toStrictEqual([
      { message: { ...MESSAGE, after: 'rival', etag: at.row('me')?.etag }, delayMs: 0 },
    ]);
    expect(at.asked('calls.read')).toHaveLength(3);
  });
});

describe('the bounds', () => {
  /** A chain of rows behind `me`, so that a walk from the last meets `me` after so many others. */
  function chained(others: number): TonesPorts {
    const at = withRow({ after: 'before' });
    for (let place = 1; place <= others; place += 1)
      at.put({ clientContext: `n${place}`, after: place === 1 ? 'me' : `n${place - 1}` });
    at.putCall({ tail: `n${others}` });
    return at;
  }

  test('a walk passes 999 others', async () => {
    const at = chained(999);
    await accept(at);
    expect(at.queued).toHaveLength(1);
  });

  test('a walk that would pass 1,000 others is given up, and the caller asks again', async () => {
    const at = chained(1000);
    await expect(accept(at)).rejects.toThrow('the chain of a call is too long to be walked');
    expect(at.queued).toEqual([]);
  });

  const rivals = (at: TonesPorts, count: number) =>
    at.next('calls.merge', ...Array<() => unknown>(count).fill(() => at.changeCall({ audio: 'active' })));

  test('the fiftieth try may still be won', async () => {
    const at = withRow({ after: 'before' });
    at.putCall({ tail: 'before' });
    rivals(at, 49);
    expect(await accept(at)).toMatchObject({ kind: 'accepted' });
    expect(at.asked('outcomes.read')).toHaveLength(50);
  });

  test('after fifty races lost the caller is told to ask again', async () => {
    const at = withRow({ after: 'before' });
    at.putCall({ tail: 'before' });
    rivals(at, 50);
    await expect(accept(at)).rejects.toThrow('lost every race for the row of a request or of its call');
    expect(at.asked('outcomes.read')).toHaveLength(50);
    expect(at.queued).toEqual([]);
  });

  test.each([
    ['a race lost within twenty seconds may be followed by another', 19_999, true],
    ['after twenty seconds the caller is told to ask again', 20_000, false],
  ])('%s', async (_name, tookMs, isAccepted) => {
    const at = withRow({ after: 'before' });
    at.putCall({ tail: 'before' });
    at.next('calls.merge', () => {
      at.world.time += tookMs;
      at.changeCall({ audio: 'active' });
    });
    const accepted = accept(at).then(
      () => true,
      (error: unknown) => String(error),
    );
    expect(await accepted).toBe(isAccepted || 'Error: lost every race for the row of a request or of its call');
  });
});
