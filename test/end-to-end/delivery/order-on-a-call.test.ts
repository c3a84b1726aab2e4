// Requests for one call are pressed in the order accepted, one at a time; other calls are not held up; what waits still expires.
// A press sounds for some 300 ms here, so two that overlapped would be seen.
import { waitFor } from '../../../local/wait-for';
import { startApp, type AppUnderTest } from '../../support/app-under-test';
import { operationEnded, tonesEnded } from '../../support/notification-bodies';

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp({ settings: { WAIT_MIN_SECONDS: '1', WAIT_MAX_SECONDS: '2' } });
});
afterAll(() => app.close());

const SOUNDING = { toneLengthMs: 150, maxToneTimeMs: 400 };

const waits = (clientContext: string) =>
  waitFor(`${clientContext} to wait`, () => app.logged('tones-waiting', `"${clientContext}"`)[0]);
const orderOn = (callId: string) => app.simulator.presses({ callId }).map(({ clientContext }) => clientContext);
const succeed = (callId: string, clientContext: string) =>
  app.notify(operationEnded(callId, tonesEnded(clientContext)));

it('presses three requests for one call in their order, without overlap', async () => {
  const callId = app.call(SOUNDING);
  const accepted = [];
  for (const clientContext of ['first', 'second', 'third']) accepted.push(await app.accept({ callId, clientContext }));
  const endings = await Promise.all(accepted.map((request) => app.untilFinal(request)));
  expect(endings.map(({ outcome }) => outcome.status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  expect(orderOn(callId)).toEqual(['first', 'second', 'third']);
  const seen = await app.get(`${app.simulator.url}/simulator/presses?callId=${callId}`);
  expect(seen.json).toMatchObject({ count: 3, executed: 3, overlaps: 0 });
});

it('keeps the order where the same call is spelt in another way', async () => {
  const callId = app.call(SOUNDING);
  const otherSpelling = callId.replaceAll('-', '').toUpperCase();
  app.simulator.putCall(otherSpelling, { callbackUrl: app.callbackUrl });
  const first = await app.accept({ callId, clientContext: 'as Graph spells it' });
  const second = await app.accept({ callId: otherSpelling, clientContext: 'as others do' });
  const endings = await Promise.all([app.untilFinal(first), app.untilFinal(second)]);
  expect(endings.map(({ outcome }) => outcome.status)).toEqual(['succeeded', 'succeeded']);
  const [one, two] = ['as Graph spells it', 'as others do'].map(
    (clientContext) => app.simulator.presses({ clientContext })[0],
  );
  expect(Date.parse(String(two?.startedAt))).toBeGreaterThanOrEqual(Date.parse(String(one?.endedAt)));
});

it('presses each of four at once for one call, one after the other', async () => {
  const callId = app.call({ toneLengthMs: 50, maxToneTimeMs: 100 });
  const accepted = await Promise.all(
    Array.from({ length: 4 }, (_, position) => app.accept({ callId, clientContext: `crowd ${position}` })),
  );
  const endings = await Promise.all(accepted.map((request) => app.untilFinal(request)));
  expect(endings.map(({ outcome }) => outcome.status)).toEqual(Array<string>(4).fill('succeeded'));
  const seen = await app.get(`${app.simulator.url}/simulator/presses?callId=${callId}`);
  expect(seen.json).toMatchObject({ count: 4, executed: 4, overlaps: 0 });
});

it('holds up no other call, and presses the next one as soon as the one before is final', async () => {
  const callId = app.call({ byClientContext: { 'held first': { scenario: 'notification-never' } } });
  const first = await app.accept({ callId, clientContext: 'held first' });
  const second = await app.accept({ callId, clientContext: 'held second' });
  await waits('held second');
  const elsewhere = await Promise.all([app.ending({}), app.ending({}), app.ending({})]);
  expect(elsewhere.map(({ outcome }) => outcome.status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  expect((await app.outcomeOf('held second')).status).toBe('accepted');
  expect(orderOn(callId)).toEqual(['held first']);
  await succeed(callId, 'held first');
  expect((await app.untilFinal(second)).outcome.status).toBe('succeeded');
  expect((await app.untilFinal(first)).outcome.status).toBe('succeeded');
  expect(orderOn(callId)).toEqual(['held first', 'held second']);
});

it('expires what waits too long, unpressed, and lets nobody overtake through the gap', async () => {
  const callId = app.call({ byClientContext: { 'gap first': { scenario: 'notification-never' } } });
  await app.accept({ callId, clientContext: 'gap first' });
  const second = await app.accept({ callId, clientContext: 'gap second', expiresInSeconds: 2 });
  const third = await app.accept({ callId, clientContext: 'gap third' });
  const expired = await app.untilFinal(second);
  expect(expired.outcome).toMatchObject({ status: 'expired', error: { code: 'request-before-not-done' } });
  expect(expired.outcome.error?.message).toContain('(clientContext gap first)');
  expect(expired.outcome).not.toHaveProperty('sentAt');
  expect(expired.row).toMatchObject({ status: 'expired' });
  expect(Date.parse(String(expired.outcome.finishedAt))).toBeGreaterThanOrEqual(
    Date.parse(String(expired.outcome.expiresAt)) - 250,
  );

  // The third looked at the rows before it once more after the second had expired.
  const looks = app.logged('tones-waiting', '"gap third"').length;
  await waitFor('the third to wait again', () => app.logged('tones-waiting', '"gap third"').length > looks + 1);
  expect(orderOn(callId)).toEqual(['gap first']);
  await succeed(callId, 'gap first');
  expect((await app.untilFinal(third)).outcome.status).toBe('succeeded');
  expect(orderOn(callId)).toEqual(['gap first', 'gap third']);
  expect(expired.requests).toHaveLength(0);
});

it('goes on behind a request that failed unpressed', async () => {
  const callId = app.call({ byClientContext: { 'refused before': { scenario: 'forbidden' } } });
  const [first, second] = [
    await app.accept({ callId, clientContext: 'refused before' }),
    await app.accept({ callId, clientContext: 'behind it' }),
  ];
  expect((await app.untilFinal(first)).outcome.status).toBe('failed');
  expect((await app.untilFinal(second)).outcome.status).toBe('succeeded');
});

it('does not press behind an unknown outcome while that press may be in flight; its report ends the wait early', async () => {
  const callId = app.call({ byClientContext: { 'in doubt': { scenario: 'server-error' } } });
  const first = await app.accept({ callId, clientContext: 'in doubt' });
  expect((await app.untilFinal(first)).outcome.status).toBe('unknown');
  // It settles only 45 seconds after its claim, later than the second may wait and than this test would.
  const second = await app.accept({ callId, clientContext: 'too short', expiresInSeconds: 2 });
  const third = await app.accept({ callId, clientContext: 'long enough' });
  expect((await app.untilFinal(second)).outcome.status).toBe('expired');
  expect((await app.outcomeOf('long enough')).status).toBe('accepted');
  await succeed(callId, 'in doubt');
  expect((await app.untilFinal(third)).outcome.status).toBe('succeeded');
  expect(orderOn(callId)).toEqual(['in doubt', 'long enough']);
});
