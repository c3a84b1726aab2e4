// How a request ends whose time has passed: what an expiry says it waited for, and how far back it notes that all is done.
import { makeExpiry, makeOverdueEnd } from '../../../../shared/tones/delivery/overdue-end';
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const NOT_DONE =
  'The deadline passed while another request on the same call was not done; these tones were never pressed. Give more time with expiresInSeconds, or ask for less at a time.';
const ROW: OutcomeFacts = { clientContext: 'me', callId: 'call-1', status: 'accepted', expiresAt: T0 };

type Row = Partial<OutcomeFacts> & Pick<OutcomeFacts, 'clientContext'>;

function withRows(...rows: readonly Row[]): TonesPorts {
  const at = makeTonesPorts();
  for (const row of rows) at.put(row);
  return at;
}

const expiryOf = (at: TonesPorts, row: Partial<OutcomeFacts>) => makeExpiry(at.ports)({ ...ROW, ...row });

describe('a request that expires', () => {
  test.each(['accepted', 'sending', 'running'] as const)(
    'behind one that is %s says so, and names it',
    async (status) => {
      const at = withRows({ clientContext: 'order-41', status });
      expect(await expiryOf(at, { after: 'order-41' })).toStrictEqual({
        status: 'expired',
        finishedAt: T0,
        errorCode: 'request-before-not-done',
        errorMessage: `${NOT_DONE} (clientContext order-41)`,
      });
    },
  );

  test('behind one whose press has not settled says so', async () => {
    const at = withRows({ clientContext: 'order-41', status: 'unknown', claimedAt: T0 - 9, settledAt: T0 + 1 });
    expect(await expiryOf(at, { after: 'order-41' })).toMatchObject({ errorCode: 'request-before-not-done' });
  });

  test('names the one that is not done, beyond those that were never pressed, and notes it', async () => {
    const at = withRows(
      { clientContext: 'order-39', status: 'running' },
      { clientContext: 'order-40', status: 'failed', after: 'order-39' },
      { clientContext: 'order-41', status: 'expired', after: 'order-40' },
    );
    expect(await expiryOf(at, { after: 'order-41' })).toStrictEqual({
      status: 'expired',
      finishedAt: T0,
      turnAfter: 'order-39',
      errorCode: 'request-before-not-done',
      errorMessage: `${NOT_DONE} (clientContext order-39)`,
    });
  });

  test('says what Graph refused it with, where it did, and reads what is before it all the same', async () => {
    const at = withRows(
      { clientContext: 'order-40', status: 'running' },
      { clientContext: 'order-41', status: 'expired', after: 'order-40' },
    );
    const row = { after: 'order-41', waitCode: 'media-busy', waitDetail: 'HTTP 409' } as const;
    expect(await expiryOf(at, row)).toMatchObject({
      errorCode: 'media-busy',
      errorMessage: expect.stringMatching(/\(HTTP 409\)$/) as string,
      turnAfter: 'order-40',
    });
  });

  test.each([
    ['with nothing before it', {}, []],
    ['as the first of its call', { after: '' }, []],
    ['behind one that was deleted', { after: 'order-41' }, []],
    [
      'behind one that is done',
      { after: 'order-41' },
      [{ clientContext: 'order-41', status: 'failed', claimedAt: T0 }],
    ],
  ] as const)('%s has no other reason than its deadline', async (_what, row, before) => {
    const at = withRows(...before);
    const end = await expiryOf(at, row);
    expect(end).toMatchObject({ status: 'expired', errorCode: 'expired' });
    expect(end).not.toHaveProperty('turnAfter');
  });

  test.each([
    ['a request that was pressed', { clientContext: 'order-40', status: 'succeeded', claimedAt: T0 - 9 }, 'order-40'],
    ['a request that was deleted', undefined, 'order-40'],
  ] as const)('behind one that was never pressed notes %s before it', async (_what, first, turnAfter) => {
    const at = withRows({ clientContext: 'order-41', status: 'expired', after: 'order-40' }, ...(first ? [first] : []));
    expect(await expiryOf(at, { after: 'order-41' })).toMatchObject({ errorCode: 'expired', turnAfter });
  });

  test('behind one that was the first of the call and never pressed notes that nothing is before it', async () => {
    const at = withRows({ clientContext: 'order-41', status: 'expired' });
    expect(await expiryOf(at, { after: 'order-41' })).toMatchObject({ errorCode: 'expired', turnAfter: '' });
  });

  test.each([
    [7, 8, 'request-before-not-done', 'first'],
    [8, 8, 'expired', 'first'],
    [9, 8, 'expired', 'e1'],
  ])('behind %i that were never pressed looks at %i rows at most', async (count, reads, errorCode, turnAfter) => {
    const at = withRows({ clientContext: 'first', status: 'running' });
    for (let place = 1; place <= count; place += 1)
      at.put({ clientContext: `e${place}`, status: 'expired', after: place === 1 ? 'first' : `e${place - 1}` });
    expect(await expiryOf(at, { after: `e${count}` })).toMatchObject({ errorCode, turnAfter });
    expect(at.asked('outcomes.read')).toHaveLength(reads);
  });
});

describe('the end of a row', () => {
  const endOf = (at: TonesPorts, row: Partial<OutcomeFacts>) => makeOverdueEnd(at.ports)({ ...ROW, ...row });

  test('is none, and costs no read, while it has time or is final', async () => {
    const at = makeTonesPorts();
    expect(await endOf(at, { after: 'order-41', expiresAt: T0 + 1 })).toBeUndefined();
    expect(await endOf(at, { after: 'order-41', status: 'running', watchUntil: T0 + 1 })).toBeUndefined();
    for (const status of ['succeeded', 'failed', 'canceled', 'expired', 'unknown'] as const)
      expect(await endOf(at, { after: 'order-41', status, watchUntil: T0 })).toBeUndefined();
    expect(at.operations()).toEqual([]);
  });

  test('that was pressed is unknown, whatever is before it', async () => {
    const at = makeTonesPorts();
    expect(await endOf(at, { after: 'order-41', status: 'sending', watchUntil: T0 })).toMatchObject({
      status: 'unknown',
      errorCode: 'worker-lost',
    });
    expect(at.operations()).toEqual([]);
  });

  test('that was never pressed says what it waited for', async () => {
    const at = withRows({ clientContext: 'order-41', status: 'sending' });
    expect(await endOf(at, { after: 'order-41' })).toMatchObject({
      status: 'expired',
      errorMessage: `${NOT_DONE} (clientContext order-41)`,
    });
  });
});
