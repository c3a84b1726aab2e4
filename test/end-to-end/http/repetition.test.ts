// The same clientContext more than once: the same request is the same request, another one is refused, and one press it is.
import { randomUUID } from 'node:crypto';
import { startApp, type AppUnderTest, type Outcome } from '../../support/app-under-test';

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const locationOf = ({ headers }: { headers: Headers }) => headers.get('location');

it('answers a repetition with 202, the same Location and the outcome as it stands, and presses once', async () => {
  const body = {
    callId: app.call({ scenario: 'notification-never' }),
    digits: '123',
    clientContext: 'repeated',
    delayBetweenTonesMs: 10,
  };
  const first = await app.enqueue(body);
  expect([first.status, (first.json as Outcome).status]).toEqual([202, 'accepted']);
  await app.untilStatus({ clientContext: 'repeated' }, 'running');
  const second = await app.enqueue(body);
  expect([second.status, (second.json as Outcome).status]).toEqual([202, 'running']);
  expect(second.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  expect(locationOf(second)).toBe(locationOf(first));
  expect(app.simulator.requests({ clientContext: 'repeated' })).toHaveLength(1);
});

it('answers a repetition of an ended request with its end', async () => {
  const body = { callId: app.call(), digits: '5', clientContext: 'ended' };
  const { outcome, requests } = await app.ending(body);
  const again = await app.enqueue(body);
  expect(again.status).toBe(202);
  expect(again.json).toEqual(outcome);
  expect(app.simulator.requests({ clientContext: 'ended' })).toHaveLength(requests.length);
});

it('takes another deadline, and another spelling of the same tones, for the same request', async () => {
  const body = { callId: app.call(), digits: '1#a', clientContext: 'same-in-other-words', expiresInSeconds: 30 };
  const first = await app.enqueue(body);
  const again = await app.enqueue({
    ...body,
    digits: undefined,
    tones: ['tone1', 'pound', 'a'],
    expiresInSeconds: 3000,
  });
  expect([again.status, locationOf(again)]).toEqual([202, locationOf(first)]);
  expect((again.json as Outcome).expiresAt).toBe((first.json as Outcome).expiresAt);
  await app.untilStatus({ clientContext: 'same-in-other-words' }, 'succeeded');
  expect(app.simulator.requests({ clientContext: 'same-in-other-words' })).toHaveLength(1);
});

it.each([
  ['other tones', { digits: '13' }],
  ['more tones', { digits: '122' }],
  ['a delay', { delayBetweenTonesMs: 0 }],
  ['another call', { callId: randomUUID() }],
])('answers 409 to the same clientContext with %s, before and after the end', async (name, change) => {
  const body = { callId: app.call(), digits: '12', clientContext: `reused with ${name}` };
  const accepted = await app.accept(body);
  const refused = await app.enqueue({ ...body, ...change });
  expect(refused.status).toBe(409);
  expect(refused.headers.get('content-type')).toBe('application/problem+json');
  expect(refused.headers.get('location')).toBeNull();
  expect(refused.json).toMatchObject({ type: 'urn:problem:client-context-reused', status: 409 });
  const outcome = await app.untilStatus(accepted, 'succeeded');
  expect(outcome).toMatchObject({ callId: body.callId, toneCount: 2 });
  expect((await app.enqueue({ ...body, ...change })).status).toBe(409);
  const [press, ...more] = app.simulator.presses({ clientContext: body.clientContext });
  expect([press?.tones, more]).toEqual([['tone1', 'tone2'], []]);
});

it('presses once for 50 at once', async () => {
  const body = { callId: app.call({ maxToneTimeMs: 300, toneLengthMs: 300 }), digits: '12', clientContext: 'fifty' };
  const answers = await Promise.all(Array.from({ length: 50 }, () => app.enqueue(body)));
  expect(answers.map(({ status }) => status)).toEqual(Array<number>(50).fill(202));
  expect(new Set(answers.map(locationOf)).size).toBe(1);
  const ending = await app.untilFinal({
    clientContext: 'fifty',
    location: locationOf(answers[0] as { headers: Headers }) ?? '',
  });
  expect(ending).toMatchObject({
    outcome: { status: 'succeeded' },
    row: { status: 'succeeded' },
    presses: [{ clientContext: 'fifty' }],
  });
  expect(ending.requests).toHaveLength(1);
});

it('accepts one of 50 different requests at once, and presses that one', async () => {
  const callId = app.call();
  const bodies = Array.from({ length: 50 }, (_, position) => ({
    callId,
    digits: '1'.repeat(position + 1),
    clientContext: 'one of fifty',
  }));
  const answers = await Promise.all(bodies.map((body) => app.enqueue(body)));
  const accepted = answers.flatMap(({ status }, position) => (status === 202 ? [position] : []));
  expect(accepted).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(49);
  const outcome = await app.untilStatus({ clientContext: 'one of fifty' }, 'succeeded');
  expect(outcome.toneCount).toBe(Number(accepted[0]) + 1);
  expect(app.simulator.presses({ clientContext: 'one of fifty' })).toMatchObject([
    { tones: { length: outcome.toneCount } },
  ]);
});

it('gives each request a token of its own, of at least 128 bits', async () => {
  const tokens = new Set<string>();
  for (const clientContext of ['token-1', 'token-2', 'token-3']) {
    const { location } = await app.accept({ clientContext });
    const token = new URL(location).searchParams.get('token') ?? '';
    // 22 characters of base64url, or 32 hex digits, hold 128 bits.
    expect(token).toMatch(/^[\w-]{22,}$/);
    tokens.add(token);
  }
  expect(tokens.size).toBe(3);
});
