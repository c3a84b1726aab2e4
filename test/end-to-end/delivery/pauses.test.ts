// Dial strings with pauses, in the built app: part by part, each once, never before its pause, and nothing after a part that was not played.
// Times are those of the simulator, which plays the tones; lower bounds only.
import { startApp, type AppUnderTest } from '../../support/app-under-test';

let app: AppUnderTest;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

/** Every press of a call, as Graph saw it. */
const pressesOn = (callId: string) => app.simulator.presses({ callId });

/** Milliseconds from the end of each press to the start of the next. */
function pausesOn(callId: string): number[] {
  const presses = pressesOn(callId);
  return presses.slice(1).map(({ startedAt }, index) => {
    return Date.parse(startedAt) - Date.parse(presses[index]?.endedAt ?? '');
  });
}

it('presses each part once, in order, after its pause, under a name of its own', async () => {
  const callId = app.call();
  const { clientContext, location, outcome } = await app.accept({ callId, digits: '1w(86)4W59#' });
  expect(outcome).toMatchObject({ status: 'accepted', toneCount: 7, partCount: 3, part: 1, pauseMs: 1500 });
  expect(outcome).not.toHaveProperty('playedToneCount');
  const ended = await app.untilFinal({ clientContext, location });
  expect(ended.outcome).toMatchObject({
    status: 'succeeded',
    completionReason: 'completedSuccessfully',
    toneCount: 7,
    playedToneCount: 7,
    partCount: 3,
    part: 3,
    pauseMs: 1500,
  });
  expect(pressesOn(callId).map((press) => [press.clientContext, press.tones.join(' ')])).toEqual([
    [clientContext, 'tone1'],
    [`${clientContext};part=2`, 'tone8 tone6 tone4'],
    [`${clientContext};part=3`, 'tone5 tone9 pound'],
  ]);
  const [first = 0, second = 0] = pausesOn(callId);
  expect(first).toBeGreaterThanOrEqual(500);
  expect(second).toBeGreaterThanOrEqual(1000);
  expect(ended.outcome.operationId).toBe(pressesOn(callId)[2]?.operationId);
});

it('keeps a pause before the first tone, from when its turn came', async () => {
  const callId = app.call();
  const before = await app.accept({ callId, digits: '1' });
  const paused = await app.accept({ callId, digits: 'W2' });
  expect(paused.outcome).toMatchObject({ status: 'accepted', pauseMs: 1000 });
  expect(paused.outcome).not.toHaveProperty('partCount');
  await app.untilFinal(before);
  const ended = await app.untilFinal(paused);
  expect(ended.outcome).toMatchObject({ status: 'succeeded', toneCount: 1, playedToneCount: 1, pauseMs: 1000 });
  expect(pausesOn(callId)[0]).toBeGreaterThanOrEqual(1000);
});

it('lets another request on the call wait for the whole sequence', async () => {
  const callId = app.call();
  const sequence = await app.accept({ callId, digits: '1w2w3' });
  const behind = await app.accept({ callId, digits: '4' });
  await app.untilFinal(sequence);
  await app.untilFinal(behind);
  expect(pressesOn(callId).map((press) => press.tones.join())).toEqual(['tone1', 'tone2', 'tone3', 'tone4']);
});

it('presses nothing after a part that failed, and says how far it came', async () => {
  const clientContext = 'second-part-fails';
  const callId = app.call({
    byClientContext: { [`${clientContext};part=2`]: { scenario: 'failed' } },
  });
  const { outcome } = await app.untilFinal(await app.accept({ callId, clientContext, digits: '12w3w4' }));
  expect(outcome).toMatchObject({ status: 'failed', part: 2, playedToneCount: 2, error: { code: 'operation-failed' } });
  expect(pressesOn(callId)).toHaveLength(2);
});

it('gives a part up that Graph keeps refusing, with the reason', async () => {
  const clientContext = 'second-part-refused';
  const callId = app.call({
    byClientContext: { [`${clientContext};part=2`]: { scenario: 'busy', times: 'always' } },
  });
  const { outcome } = await app.untilFinal(await app.accept({ callId, clientContext, digits: '12w3' }));
  expect(outcome).toMatchObject({ status: 'failed', part: 2, playedToneCount: 2, error: { code: 'media-busy' } });
  expect(pressesOn(callId)).toHaveLength(1);
});

it('goes on after a part that Graph refused for a moment', async () => {
  const clientContext = 'second-part-late';
  const callId = app.call({ byClientContext: { [`${clientContext};part=2`]: { scenario: 'busy', times: 1 } } });
  const { outcome } = await app.untilFinal(await app.accept({ callId, clientContext, digits: '12w3' }));
  expect(outcome).toMatchObject({ status: 'succeeded', playedToneCount: 3 });
  expect(outcome).not.toHaveProperty('error');
  expect(pressesOn(callId)).toHaveLength(2);
});

it('ends a sequence whose call ends in a pause', async () => {
  const callId = app.call();
  const { clientContext, location } = await app.accept({ callId, digits: '1,,,,2' });
  await app.untilStatus({ clientContext }, 'pausing');
  expect((await app.control('DELETE', `calls/${callId}?notify=true`)).json).toMatchObject({
    notification: { delivered: true },
  });
  const { outcome } = await app.untilFinal({ clientContext, location });
  expect(outcome).toMatchObject({ status: 'failed', part: 2, playedToneCount: 1, error: { code: 'call-ended' } });
  expect(pressesOn(callId)).toHaveLength(1);
});

it('answers a repetition written in another way with the same request, and another pause with 409', async () => {
  const callId = app.call();
  const { clientContext, location } = await app.accept({ callId, digits: '1W2' });
  const same = await app.enqueue({ callId, clientContext, digits: '1 ww (2)' });
  expect(same.status).toBe(202);
  expect(same.headers.get('location')).toBe(location);
  expect((await app.enqueue({ callId, clientContext, digits: '1w2' })).status).toBe(409);
  expect((await app.enqueue({ callId, clientContext, digits: '12' })).status).toBe(409);
  await app.untilFinal({ clientContext, location });
  expect(pressesOn(callId)).toHaveLength(2);
});

it('names every fault of a dial string with its position', async () => {
  const answer = await app.enqueue({ callId: app.call(), digits: '+1;2p3,,' });
  expect(answer.status).toBe(400);
  const { errors } = answer.json as { errors: { pointer: string; detail: string }[] };
  expect(errors.map(({ pointer }) => pointer)).toEqual(['/digits', '/digits', '/digits', '/digits']);
  expect(errors.map(({ detail }) => detail.split(':')[0])).toEqual([
    'position 1',
    'position 3',
    'position 5',
    'position 7',
  ]);
});

it.each([
  ['a name like that of a part', { clientContext: 'mine;part=2', digits: '1' }, '/clientContext'],
  ['a long name with parts', { clientContext: 'x'.repeat(246), digits: '1,2' }, '/clientContext'],
  ['a pause as long as the deadline', { digits: ',,1', expiresInSeconds: 4 }, '/digits'],
])('refuses %s', async (_what, body, pointer) => {
  const answer = await app.enqueue({ callId: app.call(), ...body });
  expect(answer.status).toBe(400);
  expect((answer.json as { errors: unknown[] }).errors).toMatchObject([{ pointer }]);
});
