// A message that the queue gave up: an unclaimed row fails, everything else is left as it is, and nothing is ever thrown.
import { makeToneBurier } from '../../../../shared/tones/upkeep/bury-tones';
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const bury = (at: TonesPorts) => makeToneBurier(at.ports)({ clientContext: 'me' });

function withRow(facts: Partial<OutcomeFacts> = {}): TonesPorts {
  const at = makeTonesPorts();
  at.put({ clientContext: 'me', ...facts });
  return at;
}

test('an unclaimed request failed, under the version that was read', async () => {
  const at = withRow();
  await bury(at);
  expect(at.journal).toStrictEqual([
    ['outcomes.read', 'me'],
    [
      'outcomes.merge',
      'me',
      {
        status: 'failed',
        finishedAt: T0,
        errorCode: 'delivery-failed',
        errorMessage:
          'It could not be processed and was given up before its next press: look for earlier failures in the log.',
      },
      'v1',
    ],
  ]);
  expect(at.logged).toStrictEqual([
    [
      'error',
      'request-ended',
      { clientContext: 'me', callId: 'call-1', status: 'failed', code: 'delivery-failed', by: 'poison-queue' },
    ],
  ]);
});

test.each(['sending', 'running', 'succeeded', 'failed', 'canceled', 'expired', 'unknown'] as const)(
  'a request that is %s is left as it is',
  async (status) => {
    const at = withRow({ status });
    await bury(at);
    expect(at.operations()).toEqual(['outcomes.read']);
    expect(at.logged).toStrictEqual([
      ['warn', 'tones-buried', { clientContext: 'me', status, reason: 'left as it is' }],
    ]);
  },
);

test('a message without a row is logged', async () => {
  const at = makeTonesPorts();
  await bury(at);
  expect(at.operations()).toEqual(['outcomes.read']);
  expect(at.logged).toStrictEqual([
    ['warn', 'tones-buried', { clientContext: 'me', status: undefined, reason: 'no row' }],
  ]);
});

test('a request that is claimed meanwhile is left to its claim', async () => {
  const at = withRow();
  at.next('outcomes.merge', () => at.change('me', { status: 'sending' }));
  await bury(at);
  expect(at.row('me')).toMatchObject({ status: 'sending', etag: 'v2' });
  expect(at.logged).toStrictEqual([
    ['warn', 'tones-buried', { clientContext: 'me', status: 'sending', reason: 'left as it is' }],
  ]);
});

test('a write that the SDK repeated has buried the request', async () => {
  const at = withRow();
  at.next('outcomes.merge', 'repeated');
  await bury(at);
  expect(at.row('me')).toMatchObject({ status: 'failed', etag: 'v2' });
  expect(at.logged.map(([level, event]) => [level, event])).toEqual([['error', 'request-ended']]);
});

test.each(['outcomes.read', 'outcomes.merge'] as const)(
  'storage that fails at %s leaves the row to its deadline, and nothing is thrown',
  async (operation) => {
    const at = withRow();
    at.next(operation, 'fails');
    await bury(at);
    expect(at.row('me')?.status).toBe('accepted');
    expect(at.logged).toStrictEqual([['error', 'storage-failed', { clientContext: 'me', detail: 'StorageDown' }]]);
  },
);

test('what was thrown and is no error is named by its type', async () => {
  const at = withRow();
  at.next('outcomes.read', { throws: 'tone7' });
  await bury(at);
  expect(at.logged).toStrictEqual([['error', 'storage-failed', { clientContext: 'me', detail: 'string' }]]);
});

test.each([
  [19, 'failed'],
  [20, 'accepted'],
])('after %i races lost the row is %s', async (races, status) => {
  const at = withRow();
  at.next('outcomes.merge', ...Array<() => unknown>(races).fill(() => at.change('me', { acceptedAt: T0 })));
  await bury(at);
  expect(at.asked('outcomes.merge')).toHaveLength(20);
  expect(at.row('me')?.status).toBe(status);
});
