// cancelTones in the built app: what was never pressed is pressed never, a part on its way goes on and none follows it, and whoever comes
// behind goes on in order.
// Presses are those that Graph saw; a message that comes later shows that nothing comes of it.
import { waitFor } from '../../../local/wait-for';
import { startApp, type AppUnderTest, type Outcome } from '../../support/app-under-test';
import { operationEnded, tonesEnded } from '../../support/notification-bodies';
import type { Answer } from '../../support/services/http-caller';

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp({ settings: { WAIT_MIN_SECONDS: '1', WAIT_MAX_SECONDS: '2' } });
});
afterAll(() => app.close());

const HELD = { scenario: 'notification-never' } as const;
const outcomeIn = (answer: Answer) => answer.json as Outcome;
const pressedOn = (callId: string) => app.simulator.presses({ callId }).map(({ clientContext }) => clientContext);
const reportPlayed = (callId: string, clientContext: string) =>
  app.notify(operationEnded(callId, tonesEnded(clientContext)));
/** Its message came, and found that there is nothing to do. */
const cameToNothing = (clientContext: string) =>
  waitFor(`the message of ${clientContext}`, () => app.logged('tones-duplicate', `"${clientContext}"`)[0]);

/** Cancels and expects 200 with `canceled`. */
async function canceled(clientContext: string): Promise<Outcome> {
  const answer = await app.cancelTones(clientContext);
  expect([clientContext, answer.status, answer.headers.get('location')]).toEqual([clientContext, 200, null]);
  const outcome = outcomeIn(answer);
  expect(outcome).toMatchObject({ clientContext, status: 'canceled', error: { code: 'canceled-by-caller' } });
  return outcome;
}

it('cancels what waits behind another request: it is pressed never, and the next one goes on in its place', async () => {
  const callId = app.call({ byClientContext: { 'in front': HELD } });
  await app.accept({ callId, clientContext: 'in front' });
  const second = await app.accept({ callId, clientContext: 'taken back' });
  const third = await app.accept({ callId, clientContext: 'goes on' });
  await app.untilStatus({ clientContext: 'in front' }, 'running');
  const outcome = await canceled('taken back');
  expect(outcome).not.toHaveProperty('sentAt');
  expect(outcome).not.toHaveProperty('playedToneCount');
  const ended = await app.untilFinal(second);
  expect(ended.outcome).toEqual(outcome);
  expect(ended.row).toMatchObject({ status: 'canceled', errorCode: 'canceled-by-caller' });
  expect((await app.outcomeOf('goes on')).status).toBe('accepted');
  await reportPlayed(callId, 'in front');
  expect((await app.untilFinal(third)).outcome.status).toBe('succeeded');
  await cameToNothing('taken back');
  expect(pressedOn(callId)).toEqual(['in front', 'goes on']);
  expect(app.simulator.requests({ clientContext: 'taken back' })).toEqual([]);
  // Asked for once more, it stands as it was.
  expect(await canceled('taken back')).toEqual(outcome);
  const repeated = await app.enqueue({ callId, digits: '12', clientContext: 'taken back' });
  expect([repeated.status, outcomeIn(repeated).status]).toEqual([202, 'canceled']);
  expect(app.logged('request-ended', '"taken back"')).toHaveLength(1);
  expect(app.logged('request-ended', '"taken back"')[0]).toContain('"by":"caller"');
});

it('keeps the order where several in a row are canceled', async () => {
  const callId = app.call({ byClientContext: { 'row 1': HELD } });
  const names = ['row 1', 'row 2', 'row 3', 'row 4', 'row 5', 'row 6'];
  for (const clientContext of names) await app.accept({ callId, clientContext });
  await app.untilStatus({ clientContext: 'row 1' }, 'running');
  for (const name of ['row 4', 'row 2', 'row 3']) await canceled(name);
  await reportPlayed(callId, 'row 1');
  await app.untilStatus({ clientContext: 'row 6' }, 'succeeded');
  expect(pressedOn(callId)).toEqual(['row 1', 'row 5', 'row 6']);
});

it('cancels in the pause before the first tone', async () => {
  const callId = app.call();
  await app.accept({ callId, clientContext: 'in its pause', digits: ',W5' });
  expect(await canceled('in its pause')).toMatchObject({ pauseMs: 3000 });
  expect((await app.ending({ callId, digits: '6' })).outcome.status).toBe('succeeded');
  await cameToNothing('in its pause');
  expect(app.simulator.presses({ callId }).map(({ tones }) => tones)).toEqual([['tone6']]);
});

it('cancels between two parts: no further part is pressed, and it says how far it came', async () => {
  const callId = app.call();
  await app.accept({ callId, clientContext: 'two parts', digits: '12,W3' });
  await app.untilStatus({ clientContext: 'two parts' }, 'pausing');
  expect(await canceled('two parts')).toMatchObject({ toneCount: 3, playedToneCount: 2, partCount: 2 });
  await cameToNothing('two parts');
  expect(app.simulator.presses({ callId }).map(({ tones }) => tones)).toEqual([['tone1', 'tone2']]);
  expect(await app.outcomeOf('two parts')).toMatchObject({ status: 'canceled', playedToneCount: 2 });
});

it('lets the part go on that is being played, and presses none after it', async () => {
  const callId = app.call({ byClientContext: { 'being played': HELD } });
  const accepted = await app.accept({ callId, clientContext: 'being played', digits: '12w3' });
  const behind = await app.accept({ callId, clientContext: 'behind the played' });
  await app.untilStatus(accepted, 'running');
  for (const time of ['first', 'second']) {
    const answer = await app.cancelTones('being played');
    expect([time, answer.status, outcomeIn(answer).status]).toEqual([time, 202, 'running']);
    expect(answer.headers.get('location')).toBe(accepted.location);
    expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  }
  expect(await app.rows.outcome('being played')).toMatchObject({ cancelRequestedAt: expect.any(Date) as Date });
  expect(app.logged('cancel-requested', '"being played"')).toHaveLength(1);
  await reportPlayed(callId, 'being played');
  expect((await app.untilFinal(accepted)).outcome).toMatchObject({
    status: 'canceled',
    error: { code: 'canceled-by-caller' },
    playedToneCount: 2,
  });
  expect((await app.untilFinal(behind)).outcome.status).toBe('succeeded');
  expect(pressedOn(callId)).toEqual(['being played', 'behind the played']);
});

it('lets the last part go on, and its end is what Graph reports', async () => {
  const callId = app.call({ byClientContext: { 'the last part': HELD } });
  const accepted = await app.accept({ callId, clientContext: 'the last part' });
  await app.untilStatus(accepted, 'running');
  expect((await app.cancelTones('the last part')).status).toBe(202);
  await reportPlayed(callId, 'the last part');
  const { outcome } = await app.untilFinal(accepted);
  expect(outcome).toMatchObject({ status: 'succeeded', playedToneCount: 2 });
  expect(outcome).not.toHaveProperty('error');
  expect((await app.cancelTones('the last part')).json).toEqual(outcome);
});

it('does not disturb a press whose reply is to come', async () => {
  const callId = app.call({ scenario: 'slow', delayMs: 1500 });
  const accepted = await app.accept({ callId, clientContext: 'reply to come' });
  await app.untilStatus(accepted, 'sending');
  const answer = await app.cancelTones('reply to come');
  expect([answer.status, outcomeIn(answer).status]).toEqual([202, 'sending']);
  expect((await app.untilFinal(accepted)).outcome.status).toBe('succeeded');
  expect(pressedOn(callId)).toEqual(['reply to come']);
});

it('cancels what Graph refuses for the moment', async () => {
  const callId = app.call({ scenario: 'busy', times: 'always' });
  await app.accept({ callId, clientContext: 'refused for now' });
  await waitFor('a refusal', () => app.logged('tones-waiting', '"refused for now"')[0]);
  // Between two attempts, or while one is refused: no press comes of it either way.
  await app.cancelTones('refused for now');
  const outcome = await app.untilStatus({ clientContext: 'refused for now' }, 'canceled');
  expect(outcome.error?.code).toBe('canceled-by-caller');
  expect(pressedOn(callId)).toEqual([]);
});

it.each([
  ['succeeded', {}],
  ['failed', { scenario: 'call-gone' }],
  ['unknown', { scenario: 'server-error' }],
] as const)('answers what had ended as it stands: %s', async (status, plan) => {
  const { outcome } = await app.ending({ callId: app.call(plan) });
  expect(outcome.status).toBe(status);
  const answer = await app.cancelTones(outcome.clientContext);
  expect([answer.status, answer.json]).toEqual([200, outcome]);
});

it('knows no request that nobody made, nor one that a notification alone made', async () => {
  const callId = app.call();
  expect((await app.cancelTones('never made')).status).toBe(404);
  await reportPlayed(callId, 'made by Graph');
  const before = await app.rows.outcome('made by Graph');
  const answer = await app.cancelTones('made by Graph');
  expect([answer.status, answer.json]).toEqual([404, (await app.cancelTones('never made')).json]);
  expect(await app.rows.outcome('made by Graph')).toEqual(before);
});

it('answers the same to a thousand cancels of one request, which ends in one way', async () => {
  const callId = app.call({ byClientContext: { 'before the wanted': HELD } });
  await app.accept({ callId, clientContext: 'before the wanted' });
  await app.accept({ callId, clientContext: 'wanted by many' });
  const answers: Answer[] = [];
  for (let round = 0; round < 20; round += 1)
    answers.push(...(await Promise.all(Array.from({ length: 50 }, () => app.cancelTones('wanted by many')))));
  expect(answers).toHaveLength(1000);
  expect([...new Set(answers.map(({ status, text }) => `${status} ${text}`))]).toHaveLength(1);
  expect(outcomeIn(answers[0] as Answer)).toMatchObject({ status: 'canceled' });
  expect(app.logged('request-ended', '"wanted by many"')).toHaveLength(1);
  await app.untilStatus({ clientContext: 'before the wanted' }, 'running');
  await reportPlayed(callId, 'before the wanted');
  await app.ending({ callId });
  expect(app.simulator.requests({ clientContext: 'wanted by many' })).toEqual([]);
});

it('decides each race with a press once: canceled and never pressed, or pressed once and not canceled', async () => {
  const requests = await Promise.all(
    Array.from({ length: 40 }, async (_, position) => {
      const callId = app.call();
      // Two at once, sooner and later: some in a pause before the claim, some in the middle, some after the end.
      const digits = position % 4 === 0 ? 'W12' : '12';
      const accepted = await app.accept({ callId, clientContext: `race ${position}`, digits });
      if (position % 4 === 1) await app.outcomeOf(accepted.clientContext);
      if (position % 4 === 2) await waitFor('a claim', () => app.logged('tones-claimed', `"race ${position}"`)[0]);
      if (position % 4 === 3) await waitFor('a press', () => app.logged('tones-sent', `"race ${position}"`)[0]);
      const answers = await Promise.all([app.cancelTones(`race ${position}`), app.cancelTones(`race ${position}`)]);
      return { accepted, answers };
    }),
  );
  const ends = new Set<string>();
  for (const { accepted, answers } of requests) {
    const { outcome, presses } = await app.untilFinal(accepted);
    ends.add(outcome.status);
    for (const answer of answers) {
      const { status } = outcomeIn(answer);
      const isFinal = ['canceled', 'succeeded'].includes(status);
      expect([accepted.clientContext, answer.status]).toEqual([accepted.clientContext, isFinal ? 200 : 202]);
      if (isFinal) expect([accepted.clientContext, outcome.status]).toEqual([accepted.clientContext, status]);
    }
    expect([accepted.clientContext, outcome.status, presses.length]).toEqual([
      accepted.clientContext,
      presses.length === 0 ? 'canceled' : 'succeeded',
      outcome.status === 'canceled' ? 0 : 1,
    ]);
  }
  expect([...ends].sort()).toEqual(['canceled', 'succeeded']);
});

it.each([
  ['of every character that a key of a table may not have', '/\\#?%&=+ "\'<>', 200],
  ['of spaces', '  ', 200],
  ['as long as may be', 'n'.repeat(256), 200],
  ['like that of a part, which is no name of a request', 'x;part=02', 404],
])('cancels under a name %s', async (_what, clientContext, status) => {
  await app.enqueue({ callId: app.call(), digits: ',,,,,,1', clientContext });
  const answer = await app.cancelTones(clientContext);
  expect(answer.status).toBe(status);
  if (status === 200) expect(outcomeIn(answer)).toMatchObject({ clientContext, status: 'canceled' });
});

describe('a body that is no cancellation', () => {
  const send = (body: unknown, headers: Record<string, string> = {}) =>
    app.post(`${app.url}/api/cancelTones`, body, { 'x-functions-key': app.functionKey, ...headers });

  it.each<readonly [string, unknown, Record<string, string>, number, string]>([
    ['no JSON', '{', {}, 400, 'malformed-json'],
    ['an empty one', '', {}, 400, 'malformed-json'],
    ['no object', '[]', {}, 400, 'invalid-request'],
    ['null', 'null', {}, 400, 'invalid-request'],
    ['without a name', {}, {}, 400, 'invalid-request'],
    ['with null as its name', { clientContext: null }, {}, 400, 'invalid-request'],
    ['with two names in a list', { clientContext: ['a', 'b'] }, {}, 400, 'invalid-request'],
    ['with a name that cannot be', { clientContext: 'a\nb' }, {}, 400, 'invalid-request'],
    ['with a name too long', { clientContext: 'n'.repeat(257) }, {}, 400, 'invalid-request'],
    ['with a field that is unknown', { clientContext: 'a', force: true }, {}, 400, 'invalid-request'],
    ['with __proto__', '{"clientContext":"a","__proto__":{"x":1}}', {}, 400, 'invalid-request'],
    ['of another type', '{"clientContext":"a"}', { 'Content-Type': 'text/plain' }, 415, 'unsupported-media-type'],
    ['encoded', '{"clientContext":"a"}', { 'Content-Encoding': 'gzip' }, 415, 'unsupported-media-type'],
    ['too large', { clientContext: 'n'.repeat(20_000) }, {}, 413, 'body-too-large'],
  ])('%s is refused with its problem', async (_what, body, headers, status, code) => {
    const answer = await send(body, headers);
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([status, 'no-store']);
    expect(answer.json).toMatchObject({ type: `urn:problem:${code}`, status });
  });

  it('is not even read without the key, and nothing is canceled', async () => {
    const callId = app.call();
    await app.accept({ callId, clientContext: 'not without a key', digits: ',,,,,,1' });
    for (const headers of [{}, { 'x-functions-key': 'wrong' }]) {
      const answer = await app.post(`${app.url}/api/cancelTones`, { clientContext: 'not without a key' }, headers);
      expect([answer.status, answer.text]).toEqual([401, '']);
    }
    expect((await app.get(`${app.url}/api/cancelTones`, { 'x-functions-key': app.functionKey })).status).toBe(404);
    expect((await app.outcomeOf('not without a key')).status).toBe('accepted');
    await canceled('not without a key');
  });
});
