// Whether it is a request's turn, as the one who presses is answered: go, or wait, and whether that is worth it here.
import { makePredecessorCheck } from '../../../../shared/tones/delivery/predecessor';
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import type { ToneMessage } from '../../../../shared/tones/ports/queues';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const MESSAGE: ToneMessage = {
  clientContext: 'me',
  callId: 'call-1',
  tones: ['tone7'],
  expiresAt: T0 + 60_000,
  after: 'before',
  etag: 'v1',
  waits: 0,
};

function behind(before: Partial<OutcomeFacts> = {}): TonesPorts {
  const at = makeTonesPorts();
  at.put({ clientContext: 'before', expiresAt: T0 + 60_000, ...before });
  return at;
}

const turnOf = (at: TonesPorts, message: Partial<ToneMessage> = {}) =>
  makePredecessorCheck(at.ports)({ ...MESSAGE, ...message });

describe('it is its turn', () => {
  test('where nothing is before it, and nothing is read', async () => {
    const at = behind();
    expect(await turnOf(at, { after: '' })).toStrictEqual({ kind: 'go' });
    expect(at.operations()).toEqual([]);
  });

  test('where what is before it is done', async () => {
    const at = behind({ status: 'succeeded', claimedAt: T0 - 9 });
    expect(await turnOf(at)).toStrictEqual({ kind: 'go' });
  });

  test('where what is before it was never pressed, as the first of its call', async () => {
    expect(await turnOf(behind({ status: 'expired', after: '' }))).toStrictEqual({ kind: 'go' });
  });
});

describe('it waits, and that is worth it in the process', () => {
  test('for one that is being pressed, however often it has waited', async () => {
    expect(await turnOf(behind({ status: 'sending', claimedAt: T0 }), { waits: 4 })).toStrictEqual({
      kind: 'wait',
      delayMs: 1000,
      until: undefined,
      mayBeSoon: true,
      after: 'before',
      passed: 0,
    });
  });

  test('for one that is next to be pressed, as the one before that was deleted', async () => {
    expect(await turnOf(behind({ after: 'gone' }))).toMatchObject({ kind: 'wait', mayBeSoon: true, after: 'before' });
  });
});
