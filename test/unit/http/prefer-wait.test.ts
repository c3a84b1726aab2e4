// Prefer: wait=N: what counts as a preference (RFC 7240), how often the row is looked at, and what ends the wait.
// Time is a clock that the pauses move on.
import { noteGoneSignal } from '../../../shared/http/caller-gone';
import { eventLogOf } from '../../../shared/http/event-log';
import { preferredWait, untilEndAsPreferred, withHeaders } from '../../../shared/http/prefer-wait';
import type { OutcomeFacts } from '../../../shared/tones/facts/outcome-facts';
import { get, headerOf, invocationOf } from '../../support/invocation';

const T0 = Date.parse('2026-01-01T00:00:00.000Z');
const ROW: OutcomeFacts = { clientContext: 'order-42', callId: 'c1', status: 'accepted' };
const ENDED: OutcomeFacts = { ...ROW, status: 'succeeded' };

const asking = (prefer?: string) => get('/', prefer === undefined ? {} : { prefer });

describe('the preference', () => {
  test.each([
    ['wait=10', 10],
    ['WAIT=10', 10],
    ['Wait = 10', 10],
    ['  wait=10  ', 10],
    ['wait="10"', 10],
    ['wait=0', 0],
    ['wait=007', 7],
    ['wait=30', 30],
    ['wait=31', 30],
    ['wait=100000000000000000000000000', 30],
    ['wait=10; foo="some parameter"', 10],
    ['wait=10;', 10],
    ['respond-async, wait=10', 10],
    ['respond-async,wait=10,handling=lenient', 10],
    ['foo; bar="a, wait=3", wait=10', 10],
    ['foo="a\\", wait=3", wait=10', 10],
    ['priority=5; wait=3, wait=10', 10],
    ['waiter=3, await=4, wait=10', 10],
    [', , wait=10', 10],
    // Two headers of one name are one with a comma.
    ['wait=5, wait=20', 5],
    ['WAIT=5, wait=20', 5],
  ])('%p waits %i seconds', (prefer, seconds) => {
    expect(preferredWait(asking(prefer))).toBe(seconds);
  });

  test.each([
    undefined,
    '',
    'respond-async',
    'wait',
    'wait=',
    'wait=""',
    'wait="10',
    'wait=10"',
    'wait=ten',
    'wait=-1',
    'wait=+1',
    'wait=1.5',
    'wait=1e1',
    'wait=0x10',
    'wait=1 0',
    'wait=5=6',
    'wait: 5',
    'wait;=5',
    'wait=\u00b3',
    "wait='5'",
    'foo="wait=5',
    // Only the first counts, also where it is malformed.
    'wait=ten, wait=10',
    'wait, wait=10',
    'wait;x=1, wait=10',
    'wait; wait=10',
  ])('%p is ignored', (prefer) => {
    expect(preferredWait(asking(prefer))).toBeUndefined();
  });

  test('a header of 16 KiB that is meant to be slow is read in one pass', () => {
    const hostile = ['"', '"\\', '\\"', ',', '"",', ' ', 'wait=', 'wait = "', 'a;'].map((part) =>
      part.repeat(Math.floor(16_000 / part.length)),
    );
    for (const prefer of hostile) expect(preferredWait(asking(`x${prefer}`))).toBeUndefined();
  });
});

/** What comes of a wait: the row, the header, the pauses and the number of looks. */
async function wait(
  prefer: string | undefined,
  rowAt: (look: number, now: number) => OutcomeFacts | undefined | Error,
  { row = ROW, goneAfter = Infinity, stops = false }: { row?: OutcomeFacts; goneAfter?: number; stops?: boolean } = {},
) {
  const invocation = invocationOf('toneOutcome');
  const request = asking(prefer);
  const gone = new AbortController();
  noteGoneSignal(request, gone.signal);
  let now = T0;
  let looks = 0;
  const pauses: number[] = [];
  const ports = {
    clock: { now: () => now },
    log: eventLogOf(invocation.context),
    readOutcome: async () => {
      const found = rowAt((looks += 1), now);
      if (found instanceof Error) throw found;
      return found;
    },
  };
  const waited = await untilEndAsPreferred(ports, request, row, async (ms) => {
    pauses.push(ms);
    if (!stops) now += ms;
    if (pauses.length >= goneAfter) gone.abort();
  });
  return { ...waited, pauses, looks, lines: invocation.lines, events: invocation.events, passedMs: now - T0 };
}

const total = (pauses: readonly number[]) => Math.round(pauses.reduce((sum, ms) => sum + ms, 0));

test.each([undefined, 'wait=ten', 'wait=0', 'respond-async'])(
  'without a wait (%p) nothing is looked at, and no header says that there was one',
  async (prefer) => {
    expect(await wait(prefer, () => ENDED)).toMatchObject({ row: ROW, headers: {}, looks: 0, pauses: [] });
  },
);

test('what has ended already is answered at once, and says that the preference was applied', async () => {
  const waited = await wait('wait=5', () => ROW, { row: ENDED });
  expect(waited).toMatchObject({ row: ENDED, headers: { 'Preference-Applied': 'wait=5' }, looks: 0, pauses: [] });
});

test.each(['succeeded', 'failed', 'canceled', 'expired', 'unknown'] as const)(
  'the wait ends with the request: %s',
  async (status) => {
    const waited = await wait('wait=30', (look) => ({ ...ROW, status: look < 3 ? 'running' : status }));
    expect(waited.row.status).toBe(status);
    expect(waited.headers).toEqual({ 'Preference-Applied': 'wait=30' });
    expect(waited.pauses).toEqual([100, 150, 225]);
    expect(waited.looks).toBe(3);
  },
);

test('the row is answered as it was last seen when the time is over: 30 seconds cost at most 35 looks', async () => {
  const waited = await wait('wait=60', (look) => ({ ...ROW, status: look > 5 ? 'running' : 'sending' }));
  expect(waited.row.status).toBe('running');
  expect(waited.headers).toEqual({ 'Preference-Applied': 'wait=30' });
  expect(total(waited.pauses)).toBe(30_000);
  expect(Math.max(...waited.pauses)).toBe(1000);
  expect(waited.looks).toBe(34);
});

test('a second costs five looks, the last one at its end', async () => {
  const waited = await wait('wait=1', (_look, now) => (now === T0 + 1000 ? ENDED : ROW));
  expect(waited.pauses).toEqual([100, 150, 225, 337.5, 187.5]);
  expect(waited.row).toEqual(ENDED);
});

test('a clock that stands still makes no wait longer', async () => {
  const waited = await wait('wait=30', () => ROW, { stops: true });
  expect(total(waited.pauses)).toBe(30_000);
});

test('a caller who is gone is waited for no more, and costs no look', async () => {
  const waited = await wait('wait=30', () => ROW, { goneAfter: 2 });
  expect(waited).toMatchObject({ row: ROW, pauses: [100, 150], looks: 1 });
});

test('a row that cannot be found any more is answered as it was', async () => {
  expect((await wait('wait=1', () => undefined)).row).toEqual(ROW);
});

test('a look that storage fails is left out and logged once, without its message; the wait goes on', async () => {
  const waited = await wait('wait=30', (look) => (look < 4 ? new Error('s3cret') : ENDED));
  expect(waited).toMatchObject({ row: ENDED, looks: 4, events: ['warning storage-failed'] });
  expect(waited.lines).toEqual([
    expect.stringMatching(/^storage-failed {"clientContext":"order-42","detail":"Error at /),
  ]);
  expect(waited.lines.join()).not.toContain('s3cret');
});

/** Lets everything happen that waits for no time and no network. */
async function letHappen(): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
}

test('a pause takes its time, and ends at once when the caller goes away', async () => {
  const request = asking('wait=30');
  const gone = new AbortController();
  noteGoneSignal(request, gone.signal);
  const seen: string[] = [];
  const ports = {
    clock: { now: () => T0 },
    log: eventLogOf(invocationOf('toneOutcome').context),
    readOutcome: async () => void seen.push('look'),
  };
  const waited = untilEndAsPreferred(ports, request, ROW).then(() => seen.push('answer'));
  await letHappen();
  expect(seen).toEqual([]);
  gone.abort();
  await letHappen();
  expect(seen).toEqual(['answer']);
  await waited;
});

test('a look that hangs is given up, and a caller who went away meanwhile is noticed', async () => {
  const request = asking('wait=30');
  const gone = new AbortController();
  noteGoneSignal(request, gone.signal);
  const invocation = invocationOf('toneOutcome');
  const ports = {
    clock: { now: () => Date.now() },
    log: eventLogOf(invocation.context),
    readOutcome: () => new Promise<undefined>(() => setTimeout(() => gone.abort(), 0)),
  };
  expect((await untilEndAsPreferred(ports, request, ROW)).row).toEqual(ROW);
  expect(invocation.events).toEqual(['warning storage-failed']);
});

test('headers are added to those of an answer', () => {
  const answer = withHeaders({ status: 202, headers: { Location: 'x' } }, { 'Preference-Applied': 'wait=1' });
  expect([headerOf(answer, 'Location'), headerOf(answer, 'Preference-Applied'), answer.status]).toEqual([
    'x',
    'wait=1',
    202,
  ]);
});
