// Linking a request whose turn had come further than the request accepted before it: both places move, or neither does.
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import { makeChain } from '../../../../shared/tones/delivery/chain';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const ME: OutcomeFacts = { clientContext: 'me', callId: 'Call-1', status: 'accepted', after: 'old', expiresAt: T0 + 9 };

function withRow(facts: Partial<OutcomeFacts>, tail: string): TonesPorts {
  const at = makeTonesPorts();
  at.put({ ...ME, ...facts });
  at.put({ clientContext: 'old', status: 'expired', after: 'first' });
  at.put({ clientContext: 'new', after: 'old' });
  at.putCall({ tail });
  return at;
}

async function link(at: TonesPorts) {
  const row = at.row('me');
  if (row === undefined) throw new Error('a row was expected');
  return makeChain(at.ports).link(row, at.call());
}

test('a request that is not in the chain moves to its end with both', async () => {
  const at = withRow({ turnAfter: 'first' }, 'new');
  expect(await link(at)).toStrictEqual({ ...ME, after: 'new', turnAfter: 'new', etag: 'v2' });
  expect(at.asked('outcomes.merge')).toStrictEqual([['me', { after: 'new', turnAfter: 'new' }, 'v1']]);
  expect(at.row('me')).toMatchObject({ after: 'new', turnAfter: 'new' });
  expect(at.call()).toMatchObject({ tail: 'me' });
});

test('one that has no place of its turn gets none', async () => {
  const at = withRow({}, 'new');
  expect(await link(at)).toStrictEqual({ ...ME, after: 'new', etag: 'v2' });
  expect(at.asked('outcomes.merge')).toStrictEqual([['me', { after: 'new' }, 'v1']]);
});

test('the first of its call, whose turn was noted as that, moves with both', async () => {
  const at = withRow({ turnAfter: '' }, 'new');
  expect(await link(at)).toMatchObject({ after: 'new', turnAfter: 'new' });
});

test('one that the tail is right before stays where it is: its turn goes on from where it came to', async () => {
  const at = withRow({ turnAfter: 'first' }, 'old');
  expect(await link(at)).toStrictEqual({ ...ME, turnAfter: 'first', etag: 'v1' });
  expect(at.asked('outcomes.merge')).toEqual([]);
  expect(at.call()).toMatchObject({ tail: 'me' });
});

test('one that is met from the tail over the requests accepted, not over those that count for a turn', async () => {
  const at = withRow({ turnAfter: 'first' }, 'tail');
  // Its turn does not depend on `me` any more; that it was accepted after `me` stays.
  at.put({ clientContext: 'tail', after: 'me', turnAfter: 'first', status: 'expired' });
  expect(await link(at)).toStrictEqual({ ...ME, turnAfter: 'first', etag: 'v1' });
  expect(at.asked('outcomes.merge')).toEqual([]);
  expect(at.call()).toMatchObject({ tail: 'tail' });
});

test('a row that was cancelled meanwhile is not moved', async () => {
  const at = withRow({ turnAfter: 'first' }, 'new');
  at.next('outcomes.merge', () => at.change('me', { status: 'canceled' }));
  expect(await link(at)).toBeUndefined();
  expect(at.row('me')).toMatchObject({ status: 'canceled', after: 'old', turnAfter: 'first' });
  expect(at.call()).toMatchObject({ tail: 'new' });
});
