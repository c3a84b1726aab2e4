// Requests of one call that expired unpressed, by the hundred: the next one is pressed all the same, at a cost that has a bound.
import type { PressEnding } from '../../../../shared/tones/delivery/press/press-claimed';
import { makeTonePresser } from '../../../../shared/tones/delivery/press/press-tones';
import { makeOverdueCloser } from '../../../../shared/tones/upkeep/close-overdue';
import { makeOutcomeReader } from '../../../../shared/tones/upkeep/read-outcome';
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import type { ToneMessage } from '../../../../shared/tones/ports/queues';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const messageOf = (clientContext: string, facts: Partial<ToneMessage> = {}): ToneMessage => ({
  clientContext,
  callId: 'call-1',
  tones: ['tone7'],
  expiresAt: T0 + 60_000,
  etag: 'v1',
  waits: 0,
  ...facts,
});

/** `e1` to `e<count>`, each behind the one before it; all unpressed, and none of them ever walked over another. */
function chainOf(count: number, facts: Partial<OutcomeFacts>, first = ''): TonesPorts {
  const at = makeTonesPorts();
  for (let place = 1; place <= count; place += 1)
    at.put({ clientContext: `e${place}`, after: place === 1 ? first : `e${place - 1}`, ...facts });
  at.put({ clientContext: 'me', after: `e${count}`, expiresAt: T0 + 60_000 });
  return at;
}

/** Delivers the message and its copies until it no longer waits; each with the rows that it read and the predecessor that it carried. */
async function deliver(at: TonesPorts, first: ToneMessage, most = 100) {
  const press = makeTonePresser(at.ports);
  const deliveries: { reads: number; after: string | undefined; ending: PressEnding }[] = [];
  let message: ToneMessage | undefined = first;
  while (message !== undefined && deliveries.length < most) {
    const before = at.asked('outcomes.read').length;
    const { after } = message;
    const ending = await press(message);
    deliveries.push({ reads: at.asked('outcomes.read').length - before, after, ending });
    message = ending === 'waiting' ? at.queued.pop()?.message : undefined;
  }
  return deliveries;
}

describe('behind 250 requests that the timer expired, the last first', () => {
  async function expired(): Promise<TonesPorts> {
    const at = chainOf(250, { expiresAt: T0 - 1000 });
    for (let place = 250; place >= 1; place -= 1)
      at.stored.index.add({ kind: 'request', clientContext: `e${place}`, since: T0 - 2000 });
    await makeOverdueCloser(at.ports)();
    expect([at.row('e250'), at.row('e100')]).toMatchObject([
      { status: 'expired', after: 'e249' },
      { status: 'expired', after: 'e99' },
    ]);
    at.journal.splice(0);
    return at;
  }

  test('the next request is pressed at its third delivery, each going on where the last one stopped', async () => {
    const at = await expired();
    expect(await deliver(at, messageOf('me', { after: 'e250' }))).toEqual([
      { after: 'e250', reads: 100, ending: 'waiting' },
      { after: 'e150', reads: 100, ending: 'waiting' },
      { after: 'e50', reads: 50, ending: 'recorded' },
    ]);
    expect(at.permits).toHaveLength(1);
    expect(at.asked('outcomes.merge').map(([, facts, etag]) => [facts, etag])).toMatchObject([
      [{ turnAfter: 'e150' }, 'v1'],
      [{ turnAfter: 'e50' }, 'v2'],
      [{ status: 'sending' }, 'v3'],
      [{ status: 'running' }, 'v4'],
    ]);
  });

  test('the request behind it does not walk there again, not even where it expires itself', async () => {
    const at = await expired();
    at.put({ clientContext: 'next', after: 'me', expiresAt: T0 + 120_000 });
    await deliver(at, messageOf('me', { after: 'e250' }), 2);
    at.world.time = T0 + 60_000;
    // The walk came to e50; to say what it waited for, the expiry looks at eight more.
    expect(await makeTonePresser(at.ports)(messageOf('me'))).toBe('expired');
    expect(at.row('me')).toMatchObject({ status: 'expired', errorCode: 'expired', turnAfter: 'e42' });
    expect(await deliver(at, messageOf('next', { after: 'me', expiresAt: T0 + 120_000 }))).toEqual([
      { after: 'me', reads: 1 + 42, ending: 'recorded' },
    ]);
  });
});

describe('a walk that ends at a request that is not done', () => {
  const behind = (count: number) => {
    const at = chainOf(count, { status: 'expired' }, 'first');
    at.put({ clientContext: 'first', status: 'sending', watchUntil: T0 + 30_000 });
    return at;
  };

  test('is carried on by the copy alone where it was short', async () => {
    const at = behind(15);
    await deliver(at, messageOf('me', { after: 'e15' }), 1);
    expect(at.operations().slice(15)).toEqual(['outcomes.read', 'queue.enqueueOnce']);
    expect(at.asked('queue.enqueueOnce')).toStrictEqual([[messageOf('me', { after: 'first', waits: 1 }), 1000]]);
    expect(at.row('me')?.turnAfter).toBeUndefined();
  });

  test('is noted in the row where it was long, and the copy knows the new version', async () => {
    const at = behind(16);
    await deliver(at, messageOf('me', { after: 'e16' }), 1);
    expect(at.operations().slice(16)).toEqual(['outcomes.read', 'outcomes.merge', 'queue.enqueueOnce']);
    expect(at.asked('outcomes.merge')).toStrictEqual([['me', { turnAfter: 'first' }, 'v1']]);
    expect(at.asked('queue.enqueueOnce')).toStrictEqual([
      [messageOf('me', { after: 'first', etag: 'v2', waits: 1 }), 1000],
    ]);
  });

  test('is not noted over a row that has changed: the copy keeps its old version, and finds out at its claim', async () => {
    const at = behind(16);
    at.change('me', { callbackWanted: true });
    await deliver(at, messageOf('me', { after: 'e16' }), 1);
    expect(at.row('me')).toMatchObject({ after: 'e16', etag: 'v2' });
    expect(at.asked('queue.enqueueOnce')).toMatchObject([[{ after: 'first', etag: 'v1' }, 1000]]);
  });

  test('that cannot be noted is thrown, so that the message comes again', async () => {
    const at = behind(16);
    at.next('outcomes.merge', 'fails');
    await expect(deliver(at, messageOf('me', { after: 'e16' }))).rejects.toThrow('outcomes.merge');
    expect(at.queued).toEqual([]);
  });
});

test('a claim answered 412 takes version and predecessor of the row together, however far the copy had walked', async () => {
  const at = chainOf(3, { status: 'expired' }, 'first');
  at.put({ clientContext: 'first', status: 'succeeded', claimedAt: T0 - 9 });
  at.put({ clientContext: 'rival', status: 'sending', watchUntil: T0 + 30_000 });
  at.change('me', { after: 'rival' });
  expect(await deliver(at, messageOf('me', { after: 'first' }), 1)).toMatchObject([{ ending: 'waiting' }]);
  expect(at.asked('outcomes.read')).toEqual([['first'], ['me'], ['rival']]);
  expect(at.asked('queue.enqueueOnce')).toMatchObject([[{ after: 'rival', etag: 'v2' }, 1000]]);
  expect(at.permits).toEqual([]);
});

describe('300 requests that expire one after the other', () => {
  const COUNT = 300;
  /** Each has a second longer than the one before it. */
  const deadlineOf = (place: number) => T0 + place * 1000;

  const ENDERS: readonly (readonly [string, (at: TonesPorts, place: number) => Promise<unknown>])[] = [
    [
      'each by its own message',
      (at, place) =>
        makeTonePresser(at.ports)(messageOf(`e${place}`, { after: `e${place - 1}`, expiresAt: deadlineOf(place) })),
    ],
    ['each by a reader', (at, place) => makeOutcomeReader(at.ports)(`e${place}`)],
    ['each by the timer', (at) => makeOverdueCloser(at.ports)()],
    [
      'each by the request behind it',
      (at, place) => {
        const [clientContext, expiresAt] =
          place === COUNT ? ['me', T0 + 600_000] : [`e${place + 1}`, deadlineOf(place + 1)];
        return makeTonePresser(at.ports)(messageOf(clientContext, { after: `e${place}`, expiresAt }));
      },
    ],
  ];

  test.each(ENDERS)('%s: each notes what was before them all, and the next one reads two rows', async (_name, end) => {
    const at = makeTonesPorts();
    at.put({ clientContext: 'e0', status: 'running', claimedAt: T0, sentAt: T0, watchUntil: T0 + 900_000 });
    for (let place = 1; place <= COUNT; place += 1) {
      at.put({ clientContext: `e${place}`, after: `e${place - 1}`, expiresAt: deadlineOf(place) });
      at.stored.index.add({ kind: 'request', clientContext: `e${place}`, since: T0 });
    }
    at.put({ clientContext: 'me', after: `e${COUNT}`, expiresAt: T0 + 600_000 });
    for (let place = 1; place <= COUNT; place += 1) {
      at.world.time = deadlineOf(place);
      await end(at, place);
      expect(at.row(`e${place}`)).toMatchObject({
        status: 'expired',
        after: `e${place - 1}`,
        ...(place > 1 && { turnAfter: 'e0' }),
        errorMessage: expect.stringContaining('e0') as string,
      });
    }
    at.queued.splice(0);
    expect(await deliver(at, messageOf('me', { after: `e${COUNT}`, expiresAt: T0 + 600_000 }), 1)).toEqual([
      { after: `e${COUNT}`, reads: 2, ending: 'waiting' },
    ]);
    at.change('e0', { status: 'succeeded' });
    expect(await deliver(at, messageOf('me', { after: 'e0', expiresAt: T0 + 600_000 }))).toMatchObject([
      { reads: 1, ending: 'recorded' },
    ]);
  });
});
