// Where storage fails: what the caller is answered, and what the log says.
import { eventLogOf } from '../../../shared/http/event-log';
import { unlessStorageFails } from '../../../shared/http/storage-failure';
import { invocationOf, problemOf } from '../../support/invocation';

async function answerOf(work: () => Promise<{ status: number }>) {
  const { context, lines } = invocationOf('toneStatus');
  const failure = { log: eventLogOf(context), fields: { clientContext: 'order-42' }, detail: 'Ask again.' };
  return { response: await unlessStorageFails(failure, work), lines };
}

test('where storage answers, its answer is the answer', async () => {
  expect(await answerOf(async () => ({ status: 204 }))).toEqual({ response: { status: 204 }, lines: [] });
});

test('where it fails, the caller reads what to do, and the log which request it was, without the message', async () => {
  const { response, lines } = await answerOf(() => Promise.reject(new TypeError('s3cret')));
  expect(response.status).toBe(503);
  expect(problemOf(response)).toMatchObject({ type: 'urn:problem:storage-unavailable', detail: 'Ask again.' });
  expect(lines).toEqual([expect.stringMatching(/^storage-failed {"clientContext":"order-42","detail":"TypeError at /)]);
  expect(lines.join()).not.toContain('s3cret');
});
