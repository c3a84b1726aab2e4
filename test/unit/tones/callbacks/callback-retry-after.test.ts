// How long a callback waits that its receiver wants later: never sooner than it said, never sooner than without its word.
import { makeCallbackSubscriber, makeCallbackTeller } from '../../../../shared/tones/callbacks/callbacks';
import { T0, makeTonesPorts } from '../../../support/tones-ports';

test.each([
  ['longer than our own wait', 60_000, 60_000],
  ['shorter than our own wait', 1000, 2000],
  ['not given', undefined, 2000],
])('a Retry-After %s', async (_what, retryAfterMs, delayMs) => {
  const { ports, put, announced, logged } = makeTonesPorts();
  put({ clientContext: 'order-42', status: 'succeeded', finishedAt: T0 - 1000, callbackWanted: true });
  await makeCallbackSubscriber(ports)('order-42', 'https://prod-1.westeurope.logic.azure.com/?sig=s3cret');
  const tell = makeCallbackTeller({
    ...ports,
    post: async () => ({
      kind: 'failed',
      reason: 'the callback wants it later',
      httpStatus: 429,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    }),
  });
  expect(await tell({ clientContext: 'order-42', attempts: 0 })).toBe('waiting');
  expect(announced.at(-1)?.delayMs).toBe(delayMs);
  expect(logged.at(-1)).toMatchObject(['warn', 'callback-waiting', { httpStatus: 429, delayMs }]);
});
