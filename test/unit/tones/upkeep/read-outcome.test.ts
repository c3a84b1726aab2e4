// A reader's own ending: a row whose time has passed is ended before it is shown, under the timer's condition.
import { makeOutcomeReader } from '../../../../shared/tones/upkeep/read-outcome';
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const read = (at: TonesPorts) => makeOutcomeReader(at.ports)('me');

function withRow(facts: Partial<OutcomeFacts>): TonesPorts {
  const at = makeTonesPorts();
  at.put({ clientContext: 'me', ...facts });
  return at;
}

describe('a reader', () => {
  test('is told that there is no row', async () => {
    expect(await read(makeTonesPorts())).toBeUndefined();
  });

  test('gets a row as it stands while it has time', async () => {
    const at = withRow({ expiresAt: T0 + 1 });
    expect(await read(at)).toBe(at.row('me'));
    expect(at.operations()).toEqual(['outcomes.read']);
  });

  test('ends a row whose time has passed, under the version it read', async () => {
    const at = withRow({ status: 'running', watchUntil: T0 });
    const facts = {
      status: 'unknown',
      finishedAt: T0,
      errorCode: 'notifications-never-seen',
      errorMessage:
        'Graph accepted the tones, and no notification of this call came since it is known here: check that its callbackUri leads to callNotifications, or that the bot passes its notifications on.',
    };
    expect(await read(at)).toStrictEqual({
      clientContext: 'me',
      callId: 'call-1',
      watchUntil: T0,
      ...facts,
      etag: 'v2',
    });
    expect(at.journal).toStrictEqual([
      ['outcomes.read', 'me'],
      ['calls.read', 'call1'],
      ['outcomes.merge', 'me', facts, 'v1'],
    ]);
    expect(at.row('me')).toMatchObject(facts);
    expect(at.logged).toStrictEqual([
      [
        'warn',
        'request-ended',
        { clientContext: 'me', callId: 'call-1', status: 'unknown', code: 'notifications-never-seen', by: 'reader' },
      ],
    ]);
  });

  test('gets the row of another writer who was first', async () => {
    const at = withRow({ status: 'running', watchUntil: T0 });
    at.next('outcomes.merge', () => at.change('me', { status: 'succeeded' }));
    expect(await read(at)).toMatchObject({ status: 'succeeded', etag: 'v2' });
    expect(at.logged).toEqual([]);
  });

  test('whose write the SDK repeated gets its own ending', async () => {
    const at = withRow({ expiresAt: T0 });
    at.next('outcomes.merge', 'repeated');
    expect(await read(at)).toMatchObject({ status: 'expired', etag: 'v2' });
  });
});
