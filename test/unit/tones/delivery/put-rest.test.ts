// What comes after a part, put on the queue as a message of its own: what it says, and when it comes.
import { makePutRest } from '../../../../shared/tones/delivery/press/put-rest';
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import type { ToneMessage } from '../../../../shared/tones/ports/queues';
import { T0, makeTonesPorts } from '../../../support/tones-ports';

const MESSAGE: ToneMessage = {
  clientContext: 'me',
  callId: 'call-1',
  tones: ['tone1'],
  pauseMs: 500,
  rest: [
    { pauseMs: 4000, tones: ['tone8', 'tone6'] },
    { pauseMs: 8000, tones: ['pound'] },
  ],
  expiresAt: T0 + 10,
  after: 'before',
  etag: 'v1',
  waits: 3,
  notReadySince: T0 - 9,
  pausedUntil: T0 - 5,
  dueAt: T0 - 7,
};
const ROW: OutcomeFacts = {
  clientContext: 'me',
  callId: 'call-1',
  status: 'running',
  toneCount: 4,
  partCount: 3,
  part: 1,
  partSizes: '500:1 4000:2 8000:1',
  sentAt: T0,
};

async function rest(message: Partial<ToneMessage>, row: Partial<OutcomeFacts> = {}) {
  const at = makeTonesPorts();
  await makePutRest(at.ports)({ ...MESSAGE, ...message }, { ...ROW, ...row });
  return at.queued;
}

test('the rest is a message that names its part and takes over nothing of how the one before it waited', async () => {
  const tenantId = '22222222-2222-4222-8222-222222222222';
  const more = {
    tenantId,
    delayBetweenTonesMs: 300,
    copyId: 'c',
    callbackWanted: true,
    acceptedAt: T0 - 99,
    traceparent: 't',
  };
  expect((await rest(more)).map(({ message }) => message)).toStrictEqual([
    {
      clientContext: 'me',
      callId: 'call-1',
      tenantId,
      tones: ['tone8', 'tone6'],
      delayBetweenTonesMs: 300,
      part: 2,
      rest: [{ pauseMs: 8000, tones: ['pound'] }],
      // Due after the part has sounded and its pause is over, and good for as long as a report may take.
      expiresAt: T0 + 300 + 4000 + 60_000 + 4000,
      etag: '',
      waits: 0,
      copyId: 'c',
      callbackWanted: true,
      acceptedAt: T0 - 99,
      traceparent: 't',
    },
  ]);
});

test('the last part has nothing after it, and what was not there is not there', async () => {
  const { rest: _, ...last } = MESSAGE;
  const at = makeTonesPorts();
  await makePutRest(at.ports)({ ...last, part: 2, rest: [{ pauseMs: 1000, tones: ['pound'] }] }, { ...ROW, part: 2 });
  expect(at.queued[0]?.message).toStrictEqual({
    clientContext: 'me',
    callId: 'call-1',
    tones: ['pound'],
    part: 3,
    expiresAt: T0 + 1000 + 64_000,
    etag: '',
    waits: 0,
  });
  await makePutRest(at.ports)(last, ROW);
  await makePutRest(at.ports)({ ...last, rest: [] }, ROW);
  expect(at.queued).toHaveLength(1);
});

describe('it comes before it is due, so that the process can wait for the rest of the pause', () => {
  test.each([
    ['after a part just pressed', {}, {}, 3000],
    ['after one that sounds for 900 ms more', { delayBetweenTonesMs: 900 }, {}, 3000],
    ['after one that sounds for a second more', { delayBetweenTonesMs: 1000 }, {}, 4000],
    ['after one pressed 1.5 s ago', {}, { sentAt: T0 - 1500 }, 1000],
    ['after one pressed long ago', {}, { sentAt: T0 - 60_000 }, 0],
    ['after one that nobody knows the time of', {}, { sentAt: undefined }, 3000],
    ['where the pause is running', {}, { status: 'pausing', part: 2, notBefore: T0 + 2500 }, 1000],
    ['where the pause is nearly over', {}, { status: 'pausing', part: 2, notBefore: T0 + 1999 }, 0],
    ['where the pause is over', {}, { status: 'pausing', part: 2, notBefore: T0 - 5 }, 0],
    [
      'where the pause of a part further on is running',
      {},
      { status: 'pausing', part: 3, claimedAt: T0, notBefore: T0 + 20_000 },
      3000,
    ],
  ] as const)('%s', async (_what, message, row, delayMs) => {
    expect((await rest(message, row as Partial<OutcomeFacts>)).map((queued) => queued.delayMs)).toEqual([delayMs]);
  });

  test('a later part was pressed at its claim, not when the request was sent', async () => {
    const queued = await rest(
      { part: 2, tones: ['tone8', 'tone6'], rest: [{ pauseMs: 8000, tones: ['pound'] }] },
      { part: 2, sentAt: T0 - 60_000, claimedAt: T0 },
    );
    expect(queued.map(({ delayMs }) => delayMs)).toEqual([7000]);
  });
});

test('it lives until the latest start of its part', async () => {
  const [queued] = await rest({}, { status: 'pausing', part: 2, notBefore: T0 + 2500, latestStart: T0 + 6500 });
  expect(queued?.message.expiresAt).toBeGreaterThanOrEqual(T0 + 6500);
});

test('storage that fails is thrown: the message must come again', async () => {
  const at = makeTonesPorts();
  at.next('queue.enqueue', 'fails');
  await expect(makePutRest(at.ports)(MESSAGE, ROW)).rejects.toThrow('queue.enqueue');
});
