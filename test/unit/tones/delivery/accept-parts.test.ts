// A dial string accepted: what its row keeps of its parts, never the tones; and the message that has them all.
import { makeToneAcceptor } from '../../../../shared/tones/delivery/accept-tones';
import type { ToneRequest } from '../../../../shared/tones/request/tone-request';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const REQUEST: ToneRequest = {
  clientContext: 'me',
  callId: 'call-1',
  tones: ['tone1'],
  pauseMs: 500,
  rest: [
    { pauseMs: 1000, tones: ['tone8', 'tone6'] },
    { pauseMs: 8000, tones: ['pound'] },
  ],
  delayBetweenTonesMs: 300,
  expiresInSeconds: 60,
};

const accept = (at: TonesPorts, request: Partial<ToneRequest> = {}) =>
  makeToneAcceptor(at.ports)({ ...REQUEST, ...request });

test('the row says how many parts it has, how large they are, and that it is at the first', async () => {
  const at = makeTonesPorts();
  const accepted = await accept(at);
  expect(accepted).toMatchObject({ kind: 'accepted', repeated: false });
  expect(at.row('me')).toMatchObject({
    status: 'accepted',
    toneCount: 4,
    delayBetweenTonesMs: 300,
    partCount: 3,
    part: 1,
    pauseMs: 9500,
    partSizes: '500:1 1000:2 8000:1',
    expiresAt: T0 + 60_000,
  });
  expect(at.row('me')).not.toHaveProperty('playedToneCount');
  expect(at.keptText()).not.toMatch(/tone[0-9]|pound/);
  expect(at.logged).toStrictEqual([
    ['info', 'tones-accepted', { clientContext: 'me', callId: 'call-1', status: 'accepted', count: 4 }],
  ]);
});

test('the message has the first part, its pause and the rest; it counts no pause yet', async () => {
  const at = makeTonesPorts();
  await accept(at);
  expect(at.queued).toStrictEqual([
    {
      message: {
        clientContext: 'me',
        callId: 'call-1',
        tones: ['tone1'],
        delayBetweenTonesMs: 300,
        pauseMs: 500,
        rest: REQUEST.rest,
        expiresAt: T0 + 60_000,
        etag: 'v1',
        waits: 0,
        acceptedAt: T0,
      },
      delayMs: 0,
    },
  ]);
});

test('a request with a pause before its only part has that pause, and no parts', async () => {
  const at = makeTonesPorts();
  const { rest: _, ...request } = REQUEST;
  await makeToneAcceptor(at.ports)(request);
  expect(at.row('me')).toMatchObject({ toneCount: 1, pauseMs: 500 });
  for (const field of ['partCount', 'part', 'partSizes']) expect(at.row('me')).not.toHaveProperty(field);
  expect(at.queued[0]?.message).toMatchObject({ pauseMs: 500 });
  expect(at.queued[0]?.message).not.toHaveProperty('rest');
});

test('a request without pauses has neither', async () => {
  const at = makeTonesPorts();
  const { rest: _, pauseMs: __, ...request } = REQUEST;
  await makeToneAcceptor(at.ports)(request);
  for (const field of ['partCount', 'part', 'partSizes', 'pauseMs']) expect(at.row('me')).not.toHaveProperty(field);
  for (const field of ['part', 'pauseMs', 'rest', 'pausedUntil'])
    expect(at.queued[0]?.message).not.toHaveProperty(field);
});

test.each(['sending', 'running', 'pausing', 'succeeded', 'failed'] as const)(
  'asked for again while it is %s, it is answered as it stands; nothing is queued',
  async (status) => {
    const at = makeTonesPorts();
    await accept(at);
    at.change('me', { status, part: 2, playedToneCount: 1, latestStart: T0 + 99_000, watchUntil: T0 + 99_000 });
    expect(await accept(at)).toMatchObject({ repeated: true, row: { status, part: 2, playedToneCount: 1 } });
    expect(at.queued).toHaveLength(1);
  },
);

test('asked for again while it is accepted, it is queued again, whole', async () => {
  const at = makeTonesPorts();
  await accept(at);
  expect(await accept(at)).toMatchObject({ repeated: true });
  expect(at.queued.map(({ message }) => [message.pauseMs, message.rest])).toEqual([
    [500, REQUEST.rest],
    [500, REQUEST.rest],
  ]);
});

test('asked for on a call that has ended, it failed at once, and keeps its parts', async () => {
  const at = makeTonesPorts();
  at.putCall({ endedAt: T0 - 5 });
  expect(await accept(at)).toMatchObject({ row: { status: 'failed', errorCode: 'call-ended', partCount: 3, part: 1 } });
  expect(at.queued).toEqual([]);
});
