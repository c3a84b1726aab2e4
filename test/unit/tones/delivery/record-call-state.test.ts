// What a call tells of itself: kept where it is news, and its end ends the requests that are still open.
import type { CallFacts } from '../../../../shared/tones/facts/call-facts';
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import { makeCallStateRecorder } from '../../../../shared/tones/delivery/record-call-state';
import type { ReportedCallState } from '../../../../shared/tones/facts/call-facts';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const ENDED: ReportedCallState = { callId: 'Call-1', state: 'terminated', ended: true };
const CALL_ENDED = {
  status: 'failed',
  finishedAt: T0,
  errorCode: 'call-ended',
  errorMessage: 'The call ended before the tones, or the rest, could be pressed, as its own notification reported.',
};
const CALL_ENDED_MEANWHILE = {
  status: 'unknown',
  finishedAt: T0,
  errorCode: 'call-ended-meanwhile',
  errorMessage: 'The call ended while the tones were being pressed or played: some or all may have been heard.',
};

const record = (at: TonesPorts, reported: ReportedCallState) => makeCallStateRecorder(at.ports)(reported);
const reported = (facts: Partial<ReportedCallState>): ReportedCallState => ({
  callId: 'Call-1',
  ended: false,
  ...facts,
});

function withCall(facts: CallFacts): TonesPorts {
  const at = makeTonesPorts();
  at.putCall(facts);
  return at;
}

describe('a call without a row', () => {
  test('gets one, indexed before it', async () => {
    const at = makeTonesPorts();
    await record(at, reported({ state: 'establishing' }));
    expect(at.journal).toStrictEqual([
      ['calls.read', 'call1'],
      ['index.open', { kind: 'call', callKey: 'call1', since: T0 }],
      ['calls.insert', 'call1', { toldAt: T0, state: 'establishing' }],
    ]);
    expect(at.logged).toStrictEqual([['info', 'call-state', { callId: 'Call-1', reason: 'establishing' }]]);
  });

  test('gets none where nothing was reported', async () => {
    const at = makeTonesPorts();
    await record(at, reported({}));
    expect(at.operations()).toEqual(['calls.read']);
    expect(at.logged).toEqual([]);
  });

  test('is known to have ended', async () => {
    const at = makeTonesPorts();
    await record(at, ENDED);
    expect(at.asked('calls.insert')).toStrictEqual([['call1', { endedAt: T0, toldAt: T0, state: 'terminated' }]]);
    expect(at.asked('outcomes.read')).toEqual([]);
    expect(at.logged).toStrictEqual([['info', 'call-ended', { callId: 'Call-1', reason: 'terminated' }]]);
  });

  test('that a request gave one meanwhile is written into that row', async () => {
    const at = makeTonesPorts();
    at.next('calls.insert', () => at.putCall({ tail: 'me' }));
    await record(at, reported({ audio: 'active' }));
    expect(at.call()).toStrictEqual({ tail: 'me', toldAt: T0, audio: 'active', etag: 'v2' });
    expect(at.logged).toHaveLength(1);
  });
});

describe('news of a call is added to its row', () => {
  test.each([
    ['its first state', {}, { state: 'established' }, { state: 'established' }],
    ['another state', { state: 'establishing' }, { state: 'established' }, { state: 'established' }],
    [
      'its first state, even an early one',
      { audio: 'active' },
      { state: 'establishing' },
      { state: 'establishing', audio: 'active' },
    ],
    ['its audio', { state: 'established' }, { audio: 'active' }, { state: 'established', audio: 'active' }],
    [
      'another audio',
      { state: 'established', audio: 'active' },
      { audio: 'inactive' },
      { state: 'established', audio: 'inactive' },
    ],
    [
      'both',
      { state: 'establishing', audio: 'inactive' },
      { state: 'established', audio: 'active' },
      { state: 'established', audio: 'active' },
    ],
    [
      'another state beside the same audio',
      { state: 'established', audio: 'active' },
      { state: 'hold', audio: 'active' },
      { state: 'hold', audio: 'active' },
    ],
    [
      'audio while it is still being established',
      { state: 'establishing', audio: 'inactive' },
      { state: 'establishing', audio: 'active' },
      { state: 'establishing', audio: 'active' },
    ],
  ])('%s', async (_what, known, news, written) => {
    const at = withCall({ tail: 'me', ...known });
    await record(at, reported(news));
    expect(at.journal).toStrictEqual([
      ['calls.read', 'call1'],
      ['calls.merge', 'call1', { toldAt: T0, ...written }, 'v1'],
    ]);
    expect(at.logged).toStrictEqual([
      ['info', 'call-state', { callId: 'Call-1', reason: 'state' in news ? news.state : undefined }],
    ]);
  });

  test.each([
    ['the same state', { state: 'established' }, { state: 'established' }],
    ['the same audio', { state: 'established', audio: 'active' }, { audio: 'active' }],
    ['a state that is out of date', { state: 'established' }, { state: 'establishing' }],
    [
      'audio that came with a state out of date',
      { state: 'established', audio: 'active' },
      { state: 'establishing', audio: 'inactive' },
    ],
    ['nothing', { state: 'established', audio: 'active' }, {}],
    ['anything of a call that has ended', { endedAt: T0 - 5 }, { state: 'established', audio: 'active' }],
  ])('but not %s', async (_what, known, news) => {
    const at = withCall({ tail: 'me', ...known });
    await record(at, reported(news));
    expect(at.operations()).toEqual(['calls.read']);
    expect(at.logged).toEqual([]);
  });

  test("but not over a rival's: it is read again", async () => {
    const at = withCall({ state: 'establishing' });
    at.next('calls.merge', () => at.changeCall({ endedAt: T0 - 1 }));
    await record(at, reported({ state: 'established' }));
    expect(at.call()).toMatchObject({ state: 'establishing', endedAt: T0 - 1 });
    expect(at.logged).toEqual([]);
  });
});

describe('the end of a call', () => {
  const ended = async (rows: (Partial<OutcomeFacts> & { clientContext: string })[], tail: string) => {
    const at = withCall({ tail });
    for (const row of rows) at.put(row);
    await record(at, ENDED);
    return at;
  };

  test('without a state is one', async () => {
    const at = withCall({ state: 'established' });
    await record(at, reported({ ended: true }));
    expect(at.asked('calls.merge')).toStrictEqual([['call1', { endedAt: T0, toldAt: T0 }, 'v1']]);
    expect(at.logged).toStrictEqual([['info', 'call-ended', { callId: 'Call-1', reason: undefined }]]);
  });

  test('fails every request that was never claimed, from the last back, and the first one claimed is the last one looked at', async () => {
    const at = await ended(
      [
        { clientContext: 'r1', status: 'running', claimedAt: T0 - 99 },
        { clientContext: 'r2', status: 'running', claimedAt: T0 - 9, after: 'r1' },
        { clientContext: 'r3', after: 'r2' },
        { clientContext: 'r4', status: 'expired', after: 'r3' },
        { clientContext: 'r5', after: 'r4' },
      ],
      'r5',
    );
    expect(at.asked('outcomes.read')).toEqual([['r5'], ['r4'], ['r3'], ['r2']]);
    expect(at.asked('outcomes.merge')).toStrictEqual([
      ['r5', CALL_ENDED, 'v1'],
      ['r3', CALL_ENDED, 'v1'],
      ['r2', CALL_ENDED_MEANWHILE, 'v1'],
    ]);
    expect(at.logged).toStrictEqual([
      ['info', 'call-ended', { callId: 'Call-1', reason: 'terminated' }],
      [
        'info',
        'request-ended',
        { clientContext: 'r5', callId: 'call-1', status: 'failed', code: 'call-ended', by: 'call-end' },
      ],
      [
        'info',
        'request-ended',
        { clientContext: 'r3', callId: 'call-1', status: 'failed', code: 'call-ended', by: 'call-end' },
      ],
      [
        'warn',
        'request-ended',
        { clientContext: 'r2', callId: 'call-1', status: 'unknown', code: 'call-ended-meanwhile', by: 'call-end' },
      ],
    ]);
  });

  test.each([
    ['sending', CALL_ENDED_MEANWHILE],
    ['running', CALL_ENDED_MEANWHILE],
    ['accepted', CALL_ENDED],
  ] as const)('ends a request that is %s', async (status, facts) => {
    const at = await ended([{ clientContext: 'me', status, claimedAt: T0 }], 'me');
    expect(at.row('me')).toMatchObject(facts);
  });

  test.each(['succeeded', 'failed', 'canceled', 'expired', 'unknown'] as const)(
    'leaves a request that is %s',
    async (status) => {
      const at = await ended([{ clientContext: 'me', status, claimedAt: T0 }], 'me');
      expect(at.asked('outcomes.merge')).toEqual([]);
      expect(at.logged).toHaveLength(1);
    },
  );

  test.each([
    ['without a predecessor', {}],
    ['with an empty one', { after: '' }],
  ])('stops at the first request %s', async (_what, after) => {
    const at = await ended([{ clientContext: 'me', ...after }], 'me');
    expect(at.asked('outcomes.read')).toEqual([['me']]);
    expect(at.row('me')?.status).toBe('failed');
  });

  test('stops at a row that was deleted', async () => {
    const at = await ended([{ clientContext: 'me', after: 'gone' }], 'me');
    expect(at.asked('outcomes.read')).toEqual([['me'], ['gone']]);
  });

  test('reported again closes again what the first attempt left', async () => {
    const at = withCall({ tail: 'me', endedAt: T0 - 5, state: 'terminated' });
    at.put({ clientContext: 'me' });
    await record(at, ENDED);
    expect(at.row('me')).toMatchObject(CALL_ENDED);
    expect(at.asked('calls.merge')).toEqual([]);
    expect(at.call()?.endedAt).toBe(T0 - 5);
  });

  test('reported again of a call without requests closes nothing', async () => {
    const at = withCall({ endedAt: T0 - 5 });
    await record(at, ENDED);
    expect(at.operations()).toEqual(['calls.read']);
  });

  test('ends a request that was claimed meanwhile as ambiguous', async () => {
    const at = withCall({ tail: 'me' });
    at.put({ clientContext: 'me' });
    at.next('outcomes.merge', () => at.change('me', { status: 'sending', claimedAt: T0 }));
    await record(at, ENDED);
    expect(at.row('me')).toMatchObject(CALL_ENDED_MEANWHILE);
  });
});

describe('the bounds', () => {
  const often = (count: number, rival: () => unknown) => Array<() => unknown>(count).fill(rival);

  test('the twentieth try for the row of a call may still be won', async () => {
    const at = withCall({});
    at.next('calls.merge', ...often(19, () => at.changeCall({ tail: 'me' })));
    await record(at, reported({ state: 'established' }));
    expect(at.call()?.state).toBe('established');
  });

  test('after twenty races lost for the row of a call Graph is asked to send again', async () => {
    const at = withCall({});
    at.next('calls.merge', ...often(20, () => at.changeCall({ tail: 'me' })));
    await expect(record(at, reported({ state: 'established' }))).rejects.toThrow(
      'lost every race for the row of a call',
    );
    expect(at.asked('calls.merge')).toHaveLength(20);
  });

  test('the twentieth try for a request may still be won', async () => {
    const at = withCall({ tail: 'me' });
    at.put({ clientContext: 'me' });
    at.next('outcomes.merge', ...often(19, () => at.change('me', { acceptedAt: T0 })));
    await record(at, ENDED);
    expect(at.row('me')?.status).toBe('failed');
  });

  test('after twenty races lost for a request Graph is asked to send again', async () => {
    const at = withCall({ tail: 'me' });
    at.put({ clientContext: 'me' });
    at.next('outcomes.merge', ...often(20, () => at.change('me', { acceptedAt: T0 })));
    await expect(record(at, ENDED)).rejects.toThrow('lost every race for the row of a request');
    expect(at.asked('outcomes.merge')).toHaveLength(20);
  });

  test('a thousand requests are closed, those before them are left to their deadlines', async () => {
    const at = withCall({ tail: 'r1' });
    for (let place = 1; place <= 1001; place += 1) at.put({ clientContext: `r${place}`, after: `r${place + 1}` });
    await record(at, ENDED);
    expect([at.row('r1000')?.status, at.row('r1001')?.status]).toEqual(['failed', 'accepted']);
  });

  test.each(['calls.read', 'index.open', 'calls.insert'] as const)(
    'storage that fails at %s is reported to Graph',
    async (operation) => {
      const at = makeTonesPorts();
      at.next(operation, 'fails');
      await expect(record(at, ENDED)).rejects.toThrow(operation);
      await record(at, ENDED);
      expect(at.call()?.endedAt).toBe(T0);
    },
  );
});
