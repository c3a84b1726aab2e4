// One delivery of a message to one press: what is claimed, asked of Graph and recorded, and the deadlines on the way.
import type { ToneMessage } from '../../../../shared/tones/ports/queues';
import { makeTonePresser } from '../../../../shared/tones/delivery/press/press-tones';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const MESSAGE: ToneMessage = {
  clientContext: 'me',
  callId: 'Call-1',
  tones: ['tone7', 'star', 'pound'],
  expiresAt: T0 + 60_000,
  etag: 'v1',
  waits: 0,
};
const CLAIM = { status: 'sending', claimId: 'claim-1', claimedAt: T0, watchUntil: T0 + 30_000, settledAt: T0 + 45_750 };
const PRESS = { callId: 'Call-1', clientContext: 'me', tones: ['tone7', 'star', 'pound'] };

const press = (at: TonesPorts, message = MESSAGE) => makeTonePresser(at.ports)(message);

function accepted(facts: object = {}): TonesPorts {
  const at = makeTonesPorts();
  at.put({ clientContext: 'me', callId: 'Call-1', expiresAt: T0 + 60_000, ...facts });
  return at;
}

test('a request is claimed, pressed once and recorded as running, in three operations', async () => {
  const at = accepted();
  expect(await press(at)).toBe('recorded');
  expect(at.journal).toStrictEqual([
    ['outcomes.merge', 'me', CLAIM, 'v1'],
    ['graph.sendDtmfTones', PRESS],
    ['outcomes.merge', 'me', { status: 'running', operationId: 'op-1', sentAt: T0, watchUntil: T0 + 60_000 }, 'v2'],
  ]);
  expect(at.permits).toStrictEqual([{ kind: 'go', timeoutMs: 15_000 }]);
  expect(at.logged).toStrictEqual([
    ['info', 'tones-claimed', { clientContext: 'me', callId: 'Call-1', waits: 0 }],
    ['info', 'tones-sent', { clientContext: 'me', callId: 'Call-1', status: 'running', operationId: 'op-1' }],
  ]);
});

test.each([0, 300])(
  'a delay of %i ms between the tones is asked of Graph and counted in every time',
  async (delayBetweenTonesMs) => {
    const at = accepted();
    await press(at, { ...MESSAGE, delayBetweenTonesMs, waits: 2 });
    expect(at.asked('graph.sendDtmfTones')).toStrictEqual([[{ ...PRESS, delayBetweenTonesMs }]]);
    expect(at.row('me')).toMatchObject({
      settledAt: T0 + 45_750 + 3 * delayBetweenTonesMs,
      watchUntil: T0 + 60_000 + 3 * delayBetweenTonesMs,
    });
    expect(at.logged[0]).toStrictEqual(['info', 'tones-claimed', { clientContext: 'me', callId: 'Call-1', waits: 2 }]);
  },
);

test('the tones are in no row and in no log', async () => {
  const at = accepted();
  await press(at);
  expect(at.keptText()).not.toMatch(/tone7|star|pound/);
});

describe('the deadline before the claim', () => {
  test('leaves a press with exactly 250 ms', async () => {
    const at = accepted();
    at.world.time = T0 + 59_750;
    expect(await press(at)).toBe('recorded');
    expect(at.row('me')?.sentAt).toBe(T0 + 59_750);
  });

  test('expires a request with 249 ms left, unclaimed and unpressed', async () => {
    const at = accepted({ waitCode: 'media-busy' });
    at.world.time = T0 + 59_751;
    expect(await press(at, { ...MESSAGE, waits: 4 })).toBe('expired');
    expect(at.operations()).toEqual(['outcomes.read', 'outcomes.merge']);
    expect(at.asked('outcomes.merge')).toStrictEqual([
      [
        'me',
        {
          status: 'expired',
          finishedAt: T0 + 59_751,
          errorCode: 'media-busy',
          errorMessage:
            'Another media operation kept the call busy until the deadline: let prompts and recordings end first, or give more time.',
        },
        'v1',
      ],
    ]);
    expect(at.logged).toStrictEqual([
      [
        'warn',
        'request-ended',
        { clientContext: 'me', callId: 'Call-1', status: 'expired', code: 'media-busy', by: 'press', waits: 4 },
      ],
    ]);
  });

  test("expires the row at its own version, not at the message's", async () => {
    const at = accepted();
    at.change('me', { after: 'other' });
    at.world.time = T0 + 60_000;
    expect(await press(at)).toBe('expired');
    expect(at.asked('outcomes.merge')[0]?.[2]).toBe('v2');
  });

  test('leaves a row that another has claimed', async () => {
    const at = accepted({ status: 'sending' });
    at.world.time = T0 + 60_000;
    expect(await press(at)).toBe('duplicate');
    expect(at.operations()).toEqual(['outcomes.read']);
    expect(at.logged).toEqual([]);
  });

  test('finds no row to expire', async () => {
    const at = makeTonesPorts();
    at.world.time = T0 + 60_000;
    expect(await press(at)).toBe('row-missing');
    expect(at.operations()).toEqual(['outcomes.read']);
  });

  test('is taken again where the row was changed meanwhile, up to twenty times', async () => {
    const at = accepted();
    at.world.time = T0 + 60_000;
    at.next('outcomes.merge', ...Array<() => unknown>(19).fill(() => at.change('me', { notBefore: T0 })));
    expect(await press(at)).toBe('expired');
    expect(at.asked('outcomes.merge').map(([, , etag]) => etag)).toEqual(
      Array.from({ length: 20 }, (_, round) => `v${round + 1}`),
    );
  });

  test('is thrown after twenty races lost, so that the queue delivers again', async () => {
    const at = accepted();
    at.world.time = T0 + 60_000;
    at.next('outcomes.merge', ...Array<() => unknown>(20).fill(() => at.change('me', { notBefore: T0 })));
    await expect(press(at)).rejects.toThrow('lost every race for the row of a request');
    expect(at.asked('outcomes.merge')).toHaveLength(20);
    expect(at.row('me')?.status).toBe('accepted');
    expect(at.logged).toEqual([]);
  });

  test('that the SDK wrote twice is its own', async () => {
    const at = accepted();
    at.world.time = T0 + 60_000;
    at.next('outcomes.merge', 'repeated');
    expect(await press(at)).toBe('expired');
    expect(at.row('me')).toMatchObject({ status: 'expired', etag: 'v2' });
    expect(at.logged.map(([level, event]) => [level, event])).toEqual([['warn', 'request-ended']]);
  });
});

describe('the permit right before the POST', () => {
  test('is given with exactly 250 ms left, and the time of sending is its time', async () => {
    const at = accepted({ expiresAt: T0 + 5000 });
    at.next('graph.sendDtmfTones', () => (at.world.time = T0 + 4750));
    expect(await press(at, { ...MESSAGE, expiresAt: T0 + 5000 })).toBe('recorded');
    expect(at.permits).toStrictEqual([{ kind: 'go', timeoutMs: 15_000 }]);
    expect(at.row('me')).toMatchObject({ status: 'running', sentAt: T0 + 4750, claimedAt: T0 });
  });

  test('is refused with 249 ms left: the request expires under the claim, never pressed', async () => {
    const at = accepted();
    at.next('graph.sendDtmfTones', () => (at.world.time = T0 + 4751));
    expect(await press(at, { ...MESSAGE, expiresAt: T0 + 5000 })).toBe('expired');
    expect(at.permits).toStrictEqual([{ kind: 'no' }]);
    expect(at.row('me')).toMatchObject({ status: 'expired', finishedAt: T0 + 4751, claimedAt: T0, etag: 'v3' });
    expect(at.row('me')).not.toHaveProperty('sentAt');
  });

  test('is given until half of the grace after the claim', async () => {
    const at = accepted();
    at.next('graph.sendDtmfTones', () => (at.world.time = T0 + 15_000));
    expect(await press(at)).toBe('recorded');
    expect(at.row('me')).toMatchObject({ status: 'running', sentAt: T0 + 15_000 });
  });

  test('is refused one millisecond later: the claim is given back for another attempt', async () => {
    const at = accepted();
    at.next('graph.sendDtmfTones', () => (at.world.time = T0 + 15_001));
    expect(await press(at)).toBe('waiting');
    expect(at.permits).toStrictEqual([{ kind: 'no' }]);
    expect(at.row('me')).toMatchObject({ status: 'accepted', claimId: '', notBefore: T0 + 16_001 });
    expect(at.queued).toStrictEqual([{ message: { ...MESSAGE, etag: 'v3', waits: 1 }, delayMs: 1000 }]);
  });
});

test.each([
  ['took it and told nothing', { kind: 'running' }, 'recorded', { status: 'running', sentAt: T0 }],
  [
    'answered with the end',
    { kind: 'ended', report: { clientContext: 'me', callId: 'Call-1', completionReason: 'completedSuccessfully' } },
    'recorded',
    { status: 'succeeded', sentAt: T0 },
  ],
  [
    'refused for good',
    { kind: 'refused', fault: { code: 'call-not-found' }, again: 'never', answered: true },
    'recorded',
    { status: 'failed', sentAt: T0, errorCode: 'call-not-found' },
  ],
  [
    'refused for the moment',
    { kind: 'refused', fault: { code: 'media-busy' }, again: 'later', answered: true },
    'waiting',
    { status: 'accepted', notBefore: T0 + 1000, waitCode: 'media-busy' },
  ],
  [
    'did not answer',
    { kind: 'uncertain', fault: { code: 'graph-timeout' } },
    'recorded',
    { status: 'unknown', sentAt: T0, errorCode: 'graph-timeout' },
  ],
] as const)('where Graph %s', async (_what, reply, ending, facts) => {
  const at = accepted();
  at.world.reply = () => reply;
  expect(await press(at)).toBe(ending);
  expect(at.row('me')).toMatchObject(facts);
  expect(at.permits).toHaveLength(1);
});

test('a request that was given back is pressed once more by its copy, and only by it', async () => {
  const at = accepted();
  at.world.reply = () => ({
    kind: 'refused',
    fault: { code: 'throttled' },
    again: 'later',
    retryAfterMs: 1500,
    answered: true,
  });
  expect(await press(at)).toBe('waiting');
  at.world.reply = () => ({ kind: 'running' });
  at.world.time = T0 + 1500;
  expect(await press(at, at.queued[0]?.message)).toBe('recorded');
  expect(await press(at)).toBe('duplicate');
  expect(await press(at, at.queued[0]?.message)).toBe('duplicate');
  expect(at.permits).toHaveLength(2);
  expect(at.row('me')).toMatchObject({ status: 'running', claimId: 'claim-2', sentAt: T0 + 1500 });
});
