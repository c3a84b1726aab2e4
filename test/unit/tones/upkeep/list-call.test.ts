// The requests of one call: newest first, at most fifty, by the chain alone; those whose time has passed are ended
// first.
import type { CallFacts } from '../../../../shared/tones/facts/call-facts';
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import { makeCallLister } from '../../../../shared/tones/upkeep/list-call';
import { makeOverdueCloser } from '../../../../shared/tones/upkeep/close-overdue';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const SUCCEEDED = { status: 'succeeded', claimedAt: T0 - 900 } as const;
const list = (at: TonesPorts, callId = 'Call-1') => makeCallLister(at.ports)(callId);

/** `r1` to `r<count>`, each behind the one before it; the last one is the tail of its call. */
function callOf(rows: readonly Partial<OutcomeFacts>[], call: CallFacts = {}): TonesPorts {
  const at = makeTonesPorts();
  rows.forEach((facts, place) =>
    at.put({ clientContext: `r${place + 1}`, after: place === 0 ? '' : `r${place}`, expiresAt: T0 + 9000, ...facts }),
  );
  at.putCall({ ...(rows.length > 0 && { tail: `r${rows.length}` }), ...call });
  return at;
}

async function namesOf(at: TonesPorts): Promise<string[]> {
  return (await list(at)).requests.map(({ row }) => row.clientContext);
}

test('the newest comes first, each with what it waits for, and the call with what it reported', async () => {
  const at = callOf([SUCCEEDED, { status: 'running', claimedAt: T0 - 9 }, {}, {}], {
    state: 'established',
    endedAt: T0,
  });
  const { call, requests, more } = await list(at);
  expect(requests).toStrictEqual([
    { row: at.row('r4'), waiting: { waitingFor: 'request-before', waitingBehind: 'r3' } },
    { row: at.row('r3'), waiting: { waitingFor: 'request-before', waitingBehind: 'r2' } },
    { row: at.row('r2'), waiting: { waitingFor: 'graph-report' } },
    { row: at.row('r1'), waiting: undefined },
  ]);
  expect(call).toMatchObject({ state: 'established', endedAt: T0, tail: 'r4' });
  expect(more).toBe(false);
  // Each row once, the call once, and nothing is written.
  expect(at.operations()).toEqual(['calls.read', ...Array<string>(4).fill('outcomes.read')]);
  expect(at.asked('outcomes.read')).toEqual([['r4'], ['r3'], ['r2'], ['r1']]);
});

test('a call is known by its key, however its id is spelled', async () => {
  const at = callOf([SUCCEEDED]);
  expect((await list(at, 'CALL1')).requests).toHaveLength(1);
  expect(at.asked('calls.read')).toEqual([['call1']]);
});

test('what the call reported of itself is what a request waits for', async () => {
  const at = callOf([{}], { state: 'establishing' });
  expect((await list(at)).requests).toMatchObject([{ waiting: { waitingFor: 'call-readiness' } }]);
});

describe('whether the call was ever notified', () => {
  test.each([
    ['it has reported a state', { state: 'established', toldAt: T0 }, {}, true],
    ['a notification of something else was seen', { notifiedAt: T0 }, {}, true],
    ['an operation of it was reported', {}, { reportedAt: T0 }, true],
    ['Graph said all by its replies', {}, {}, false],
  ] as const)('%s', async (_what, call, facts, notified) => {
    expect((await list(callOf([{ ...SUCCEEDED, ...facts }, {}], call))).notified).toBe(notified);
  });
});

describe('a call that nobody asked anything for', () => {
  test('and that is not known', async () => {
    const at = makeTonesPorts();
    expect(await list(at)).toStrictEqual({ call: undefined, notified: false, requests: [], more: false });
    expect(at.operations()).toEqual(['calls.read']);
  });

  test('and that reported its state', async () => {
    const at = callOf([], { state: 'terminated', endedAt: T0 });
    expect(await list(at)).toMatchObject({ call: { state: 'terminated', endedAt: T0 }, requests: [], more: false });
  });
});

describe('of many requests', () => {
  test.each([
    [49, 49, false, 49],
    [50, 50, false, 50],
    [51, 50, true, 51],
    [1000, 50, true, 51],
  ])('%i: %i are listed, more: %s', async (count, listed, more, reads) => {
    const at = callOf(Array.from({ length: count }, () => SUCCEEDED));
    const answer = await list(at);
    expect(answer.requests).toHaveLength(listed);
    expect(answer.requests[0]?.row.clientContext).toBe(`r${count}`);
    expect(answer.requests.at(-1)?.row.clientContext).toBe(`r${count - listed + 1}`);
    expect(answer.more).toBe(more);
    expect(at.asked('outcomes.read')).toHaveLength(reads);
  });

  test('that all wait, each says behind which, at no cost but that of the oldest ones', async () => {
    const at = callOf(Array.from({ length: 60 }, (_, place) => (place === 0 ? { status: 'running' } : {})));
    const { requests } = await list(at);
    expect(requests.map(({ waiting }) => waiting?.waitingBehind)).toEqual(
      Array.from({ length: 50 }, (_, place) => `r${59 - place}`),
    );
    expect(at.asked('outcomes.read')).toHaveLength(51);
  });

  test('a row behind which the list ends is looked for beyond it', async () => {
    const at = callOf(
      Array.from({ length: 55 }, (_, place) =>
        place === 0 ? { status: 'running' } : place < 5 ? { status: 'canceled' } : {},
      ),
    );
    expect((await list(at)).requests.at(-1)).toMatchObject({
      row: { clientContext: 'r6' },
      waiting: { waitingFor: 'request-before', waitingBehind: 'r1' },
    });
  });
});

test('a row that names none before it is the oldest', async () => {
  const at = makeTonesPorts();
  at.put({ clientContext: 'only', ...SUCCEEDED });
  at.putCall({ tail: 'only' });
  expect(await namesOf(at)).toEqual(['only']);
  expect(at.asked('outcomes.read')).toEqual([['only']]);
});

describe('rows that were never pressed', () => {
  test('and shortened the way of the turn are listed all the same', async () => {
    const at = callOf([
      { status: 'running' },
      { status: 'expired', turnAfter: 'r1' },
      { status: 'expired', turnAfter: 'r1' },
      { turnAfter: 'r1' },
    ]);
    expect(await namesOf(at)).toEqual(['r4', 'r3', 'r2', 'r1']);
  });

  test('and expired one after the other, as the timer saw it', async () => {
    const at = callOf([
      { status: 'running', watchUntil: T0 + 99_000 },
      ...Array.from({ length: 9 }, () => ({ expiresAt: T0 })),
    ]);
    for (let place = 1; place <= 10; place += 1)
      at.stored.index.add({ kind: 'request', clientContext: `r${place}`, since: T0 });
    await makeOverdueCloser(at.ports)();
    expect(at.row('r10')).toMatchObject({ status: 'expired', after: 'r9' });
    expect(await namesOf(at)).toEqual(['r10', 'r9', 'r8', 'r7', 'r6', 'r5', 'r4', 'r3', 'r2', 'r1']);
  });

  test('are not named as what others wait behind', async () => {
    const at = callOf([{ status: 'running' }, { status: 'canceled' }, { status: 'expired' }, {}]);
    expect((await list(at)).requests[0]?.waiting).toStrictEqual({ waitingFor: 'request-before', waitingBehind: 'r1' });
  });
});

describe('rows whose time has passed', () => {
  test('are ended before they are shown, as by a reader', async () => {
    const at = callOf([{ status: 'running', claimedAt: T0, watchUntil: T0, settledAt: T0 }, { expiresAt: T0 }, {}]);
    const { requests } = await list(at);
    expect(requests.map(({ row }) => row.status)).toEqual(['accepted', 'expired', 'unknown']);
    expect(at.row('r2')).toMatchObject({ status: 'expired', after: 'r1' });
    expect(requests[0]?.waiting).toStrictEqual({ waitingFor: 'queue' });
    expect(at.logged.map(([, event, { by }]) => [event, by])).toEqual([
      ['request-ended', 'reader'],
      ['request-ended', 'reader'],
    ]);
  });
});

describe('a row that was deleted', () => {
  test('ends the list', async () => {
    const at = callOf([SUCCEEDED, SUCCEEDED, SUCCEEDED]);
    at.stored.outcomes.rows.delete('r2');
    expect(await list(at)).toMatchObject({ requests: [{ row: { clientContext: 'r3' } }], more: false });
  });

  test('leaves nothing, where it was the last', async () => {
    const at = callOf([SUCCEEDED, SUCCEEDED], { state: 'established' });
    at.stored.outcomes.rows.delete('r2');
    expect(await list(at)).toMatchObject({ call: { state: 'established' }, requests: [], more: false });
  });

  test('behind the fiftieth means that there are no older ones', async () => {
    const at = callOf(Array.from({ length: 51 }, () => SUCCEEDED));
    at.stored.outcomes.rows.delete('r1');
    expect(await list(at)).toMatchObject({ more: false });
  });
});

test('a chain that leads back to itself ends there', async () => {
  const at = callOf([{ ...SUCCEEDED, after: 'r3' }, SUCCEEDED, SUCCEEDED]);
  expect(await namesOf(at)).toEqual(['r3', 'r2', 'r1']);
});

test.each(['calls.read', 'outcomes.read'] as const)('%s that fails is thrown', async (operation) => {
  const at = callOf([SUCCEEDED]);
  at.next(operation, 'fails');
  await expect(list(at)).rejects.toThrow(operation);
});
