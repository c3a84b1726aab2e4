// `unknown` says that nobody can tell. Whoever can tell was right: no rule writes it over an end that came first.
import { makeTonePresser } from '../../../../shared/tones/delivery/press/press-tones';
import { makeCallStateRecorder } from '../../../../shared/tones/delivery/record-call-state';
import { makeOverdueCloser } from '../../../../shared/tones/upkeep/close-overdue';
import { makeOutcomeReader } from '../../../../shared/tones/upkeep/read-outcome';
import type { ToneMessage } from '../../../../shared/tones/ports/queues';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const messageOf = (clientContext: string, etag: string, after = ''): ToneMessage => ({
  clientContext,
  callId: 'call-1',
  tones: ['tone7'],
  expiresAt: T0 + 60_000,
  after,
  etag,
  waits: 0,
});

/** A row that is given up at this moment. */
const overdue = (at: TonesPorts) =>
  at.put({ clientContext: 'me', status: 'running', claimedAt: T0 - 9, watchUntil: T0 });

/** Each would write `unknown` into `me`; the write is the first, or the second after a claim. */
const WRITERS: readonly (readonly [string, number, (at: TonesPorts) => Promise<unknown>])[] = [
  [
    'the timer',
    0,
    (at) => {
      overdue(at);
      at.stored.index.add({ kind: 'request', clientContext: 'me', since: T0 });
      return makeOverdueCloser(at.ports)();
    },
  ],
  ['a reader', 0, (at) => (overdue(at), makeOutcomeReader(at.ports)('me'))],
  [
    'the request behind it',
    0,
    (at) => (overdue(at), makeTonePresser(at.ports)(messageOf('next', at.put({ clientContext: 'next' }), 'me'))),
  ],
  [
    'the end of the call',
    0,
    (at) => (
      overdue(at),
      at.putCall({ tail: 'me' }),
      makeCallStateRecorder(at.ports)({ callId: 'call-1', ended: true })
    ),
  ],
  [
    'the one who pressed, without an answer',
    1,
    (at) => {
      at.world.reply = () => ({ kind: 'uncertain', fault: { code: 'graph-timeout' } });
      return makeTonePresser(at.ports)(messageOf('me', at.put({ clientContext: 'me' })));
    },
  ],
];

describe.each(WRITERS)('%s', (_name, writesBefore, write) => {
  test('writes it where nothing came first', async () => {
    const at = makeTonesPorts();
    await write(at);
    expect(at.row('me')?.status).toBe('unknown');
  });

  test.each(['succeeded', 'failed', 'canceled', 'expired'] as const)(
    'leaves %s that came just before',
    async (status) => {
      const at = makeTonesPorts();
      at.next('outcomes.merge', ...Array<'executed'>(writesBefore).fill('executed'), () =>
        at.change('me', { status, finishedAt: T0 - 1 }),
      );
      await write(at);
      expect(at.row('me')).toMatchObject({ status, finishedAt: T0 - 1 });
      expect(
        at.logged.filter(([, event, { clientContext }]) => event === 'request-ended' && clientContext === 'me'),
      ).toEqual([]);
    },
  );
});
