// What is just allowed is done: the longest, the shortest and the oddest values that a request may hold, up to Graph and into the table.
// The PartitionKeys are written by hand: what Table keys do not allow stands there in full width.
import { startApp, type AppUnderTest } from '../../support/app-under-test';

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const CONTEXTS: readonly (readonly [name: string, clientContext: string, partitionKey: string])[] = [
  ['one character', 'x', 'x'],
  ['a space', ' ', ' '],
  ['256 characters', 'x'.repeat(256), 'x'.repeat(256)],
  ['256 slashes', '/'.repeat(256), '／'.repeat(256)],
  ['what Table keys do not allow', '/ \\ # ? %', '／ ＼ ＃ ？ ％'],
  ['quotes', `it's "so" 'done'`, `it's "so" 'done'`],
  ['spaces at its ends', '  order 42  ', '  order 42  '],
  ['what URLs and queries are made of', 'a+b&c=d;e@f:g,h$i!j*k(l)~', 'a+b&c=d;e@f:g,h$i!j*k(l)~'],
  ['an escape that is none', '%2F%20%', '％2F％20％'],
  ['dots', '../..', '..／..'],
  ['JSON', '{"clientContext":["x"]}', '{"clientContext":["x"]}'],
  ['markup', '<b>&amp;</b>', '<b>&amp;<／b>'],
  ['a name of every object', '__proto__', '__proto__'],
];

it.each(CONTEXTS)(
  'presses once under a clientContext with %s, and finds it everywhere',
  async (_name, clientContext, partitionKey) => {
    const accepted = await app.accept({ clientContext });
    expect(accepted.outcome.clientContext).toBe(clientContext);
    const answer = await app.get(accepted.location);
    expect([200, 202]).toContain(answer.status);
    expect(answer.json).toMatchObject({ clientContext });

    const outcome = await app.untilStatus(accepted, 'succeeded');
    expect(outcome.clientContext).toBe(clientContext);
    expect((await app.get(accepted.location)).json).toEqual(outcome);
    expect(await app.rows.outcome(partitionKey)).toMatchObject({
      partitionKey,
      rowKey: 'outcome',
      clientContext,
      status: 'succeeded',
    });
    expect(app.simulator.presses().filter((press) => press.clientContext === clientContext)).toHaveLength(1);
  },
);

it('reads + in a query as a space, as everywhere', async () => {
  const { clientContext, location } = await app.accept({ clientContext: 'a query of words' });
  await app.untilFinal({ clientContext, location });
  const withPlus = await app.get(`${app.url}/api/toneOutcome?clientContext=a+query+of+words`, {
    'x-functions-key': app.functionKey,
  });
  expect(withPlus.json).toMatchObject({ clientContext: 'a query of words' });
  expect((await app.get(location.replaceAll('%20', '+'))).status).toBe(200);
});

it('keeps clientContexts apart that differ in case, or only by what stands for what in the key', async () => {
  const contexts = ['Case', 'case', 'a/b', 'a\\b', 'a?b', 'a b', 'a  b', ' a b'];
  const outcomes = await Promise.all(
    contexts.map(async (clientContext, position) =>
      app.untilStatus(await app.accept({ clientContext, digits: '1'.repeat(position + 1) }), 'succeeded'),
    ),
  );
  expect(outcomes.map(({ clientContext, status, toneCount }) => [clientContext, status, toneCount])).toEqual([
    ['Case', 'succeeded', 1],
    ['case', 'succeeded', 2],
    ['a/b', 'succeeded', 3],
    ['a\\b', 'succeeded', 4],
    ['a?b', 'succeeded', 5],
    ['a b', 'succeeded', 6],
    ['a  b', 'succeeded', 7],
    [' a b', 'succeeded', 8],
  ]);
});

it('makes a UUID where no clientContext is given, a new one each time', async () => {
  const body = { callId: app.call(), digits: '1' };
  const outcomes = [await app.enqueue(body), await app.enqueue(body)].map(
    (answer) => (answer.json as { clientContext: string }).clientContext,
  );
  for (const clientContext of outcomes) {
    expect(clientContext).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    await app.untilStatus({ clientContext }, 'succeeded');
    expect((await app.seenOf(clientContext)).presses).toHaveLength(1);
  }
  expect(outcomes[0]).not.toBe(outcomes[1]);
});

it('takes a callId of 128 characters, 50 tones, and the delays and deadlines at their ends', async () => {
  const callId = `${'C_-9'.repeat(31)}abcd`;
  expect(callId).toHaveLength(128);
  app.simulator.putCall(callId, { callbackUrl: app.callbackUrl });
  const longest = await app.ending({ callId, digits: '0'.repeat(50), expiresInSeconds: 3600 });
  expect(longest.outcome).toMatchObject({ status: 'succeeded', callId, toneCount: 50 });
  expect(longest.presses[0]?.tones).toHaveLength(50);
  const slowest = await app.ending({ digits: '1', delayBetweenTonesMs: 60_000 });
  expect(slowest.outcome.status).toBe('succeeded');
  expect(slowest.presses[0]?.delayBetweenTonesMs).toBe(60_000);
  expect((await app.enqueue({ callId, digits: '0'.repeat(51) })).status).toBe(400);
});

it('gives 60 seconds where no deadline is asked for', async () => {
  const { outcome, row } = await app.ending({});
  expect(Date.parse(String(outcome.expiresAt)) - Date.parse(String(outcome.acceptedAt))).toBe(60_000);
  expect((row['expiresAt'] as Date).toISOString()).toBe(outcome.expiresAt);
});
