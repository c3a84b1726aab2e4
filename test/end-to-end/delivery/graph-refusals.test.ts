// Graph refuses, or cannot be asked: nothing is pressed, and what passes by itself is waited for within the deadline.
// Each is seen in the status API and in the table, and its requests and presses are counted.
import type { ScenarioPlan } from '../../../local/graph-simulator/calls/scenarios';
import { waitFor } from '../../../local/wait-for';
import { startApp, type AppUnderTest, type Ending } from '../../support/app-under-test';

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp({ settings: { WAIT_MIN_SECONDS: '1', WAIT_MAX_SECONDS: '2' } });
});
afterAll(() => app.close());

// First in this file: the app has no token yet, and keeps one that it has.
it('waits for a token that cannot be had yet, and presses once it can', async () => {
  await app.control('PUT', 'managed-identity', { available: false });
  const accepted = await app.accept({ clientContext: 'no-token', expiresInSeconds: 60 });
  await waitFor('the first attempt to end without a token', () => app.logged('tones-waiting', 'token-unavailable')[0]);
  expect(app.simulator.requests({ clientContext: 'no-token' })).toHaveLength(0);
  expect((await app.rows.outcome('no-token'))['status']).toBe('accepted');
  await app.control('PUT', 'managed-identity', { available: true });
  const { outcome, presses } = await app.untilFinal(accepted);
  expect(outcome.status).toBe('succeeded');
  expect(presses).toHaveLength(1);
});

const PERMANENT: readonly (readonly [name: string, plan: ScenarioPlan, errorCode: string])[] = [
  ['call-gone', { scenario: 'call-gone' }, 'call-not-found'],
  ['the call does not exist (8543)', { scenario: 'call-gone', errorCode: '8543' }, 'call-does-not-exist'],
  ['the call was terminated (8528)', { scenario: 'call-gone', errorCode: '8528' }, 'call-terminated'],
  ['forbidden (7504)', { scenario: 'forbidden' }, 'permission-missing'],
  ['forbidden (7505)', { scenario: 'forbidden', errorCode: '7505' }, 'tenant-not-permitted'],
  ['forbidden (7507)', { scenario: 'forbidden', errorCode: '7507' }, 'source-not-permitted'],
  ['forbidden for another reason', { scenario: 'forbidden', errorCode: 'Forbidden' }, 'graph-forbidden'],
  ['invalid argument (8523)', { scenario: 'forbidden', httpStatus: 400, errorCode: '8523' }, 'invalid-argument'],
];

it.each(PERMANENT)('gives up at once: %s', async (_name, plan, errorCode) => {
  const { outcome, row, requests, presses } = await app.ending({ callId: app.call(plan) });
  expect(outcome).toMatchObject({ status: 'failed', error: { code: errorCode } });
  expect(row).toMatchObject({ status: 'failed', errorCode });
  expect(row['errorMessage']).toBe(outcome.error?.message);
  expect(row['finishedAt']).toBeInstanceOf(Date);
  expect([requests.length, presses.length]).toEqual([1, 0]);
});

it('tells a cancellation in the reply (8508) as canceled', async () => {
  const { outcome, presses } = await app.ending({
    callId: app.call({ scenario: 'forbidden', httpStatus: 400, errorCode: '8508' }),
  });
  expect(outcome).toMatchObject({ status: 'canceled', resultInfo: { subcode: 8508 } });
  expect(presses).toHaveLength(0);
});

it('knows a call that Graph does not know', async () => {
  const { outcome, presses } = await app.ending({ callId: 'never-created' });
  expect(outcome).toMatchObject({ status: 'failed', error: { code: 'call-not-found' } });
  expect(presses).toHaveLength(0);
});

/** Starts the requests of all plans at the first call, so that they wait at the same time; gives the ending of one. */
function together(plans: readonly ScenarioPlan[], body: object = {}): (plan: ScenarioPlan) => Promise<Ending> {
  let endings: Map<ScenarioPlan, Promise<Ending>> | undefined;
  return (plan) => {
    endings ??= new Map(plans.map((each) => [each, app.ending({ callId: app.call(each), ...body })]));
    // Whoever asks for an ending is told of its failure; until then it is nobody's.
    for (const ending of endings.values()) ending.catch(() => undefined);
    return endings.get(plan) as Promise<Ending>;
  };
}

const PASSING: readonly (readonly [name: string, plan: ScenarioPlan])[] = [
  ['not-established', { scenario: 'not-established' }],
  ['busy', { scenario: 'busy' }],
  ['audio inactive (8503)', { scenario: 'not-established', errorCode: '8503' }],
  ['no media stream (8504)', { scenario: 'not-established', errorCode: '8504' }],
  ['wrong call state (8585)', { scenario: 'not-established', errorCode: '8585' }],
  ['conflict (8519)', { scenario: 'busy', errorCode: '8519' }],
  ['precondition (8583)', { scenario: 'busy', httpStatus: 412, errorCode: '8583' }],
  ['throttled by code only (8516)', { scenario: 'busy', httpStatus: 400, errorCode: '8516' }],
];

const passing = together(PASSING.map(([, plan]) => plan));

it.each(PASSING)('waits, and presses exactly once when it has passed: %s', async (_name, plan) => {
  const { outcome, row, requests, presses } = await passing(plan);
  expect(outcome.status).toBe('succeeded');
  expect(outcome.error).toBeUndefined();
  expect(row['status']).toBe('succeeded');
  expect([requests.length, presses.length]).toEqual([2, 1]);
});

it('waits as long as Graph’s Retry-After says, although it would ask sooner by itself', async () => {
  const { outcome, requests, presses } = await app.ending({
    callId: app.call({ scenario: 'throttled', retryAfterSeconds: 3 }),
  });
  expect(outcome.status).toBe('succeeded');
  expect(presses).toHaveLength(1);
  const [first, second] = requests.map(({ receivedAt }) => Date.parse(receivedAt));
  expect(requests).toHaveLength(2);
  expect(Number(second) - Number(first)).toBeGreaterThanOrEqual(3000);
});

it('fails as throttled at once where Retry-After is beyond the deadline', async () => {
  const { outcome, requests, presses } = await app.ending({
    callId: app.call({ scenario: 'throttled', retryAfterSeconds: 3600 }),
    expiresInSeconds: 30,
  });
  expect(outcome).toMatchObject({ status: 'failed', error: { code: 'throttled' } });
  expect([requests.length, presses.length]).toEqual([1, 0]);
});

const TOO_LONG: readonly (readonly [name: string, plan: ScenarioPlan, errorCode: string])[] = [
  ['not-established', { scenario: 'not-established', times: 'always' }, 'call-not-established'],
  ['busy', { scenario: 'busy', times: 'always' }, 'media-busy'],
  ['throttled', { scenario: 'throttled', times: 'always' }, 'throttled'],
];
const tooLong = together(
  TOO_LONG.map(([, plan]) => plan),
  { expiresInSeconds: 3 },
);

it.each(TOO_LONG)(
  'ends with what it waited for, when the deadline leaves no further attempt: %s',
  async (_name, plan, errorCode) => {
    const { outcome, row, requests, presses } = await tooLong(plan);
    // A message that comes too late for another attempt says the same as expired.
    expect(outcome.status).toMatch(/^(failed|expired)$/);
    expect([outcome.error?.code, row['status'], row['errorCode']]).toEqual([errorCode, outcome.status, errorCode]);
    expect(requests.length).toBeGreaterThan(0);
    expect(presses).toHaveLength(0);
  },
);

it('is accepted, and says nothing of errors, while it waits', async () => {
  const accepted = await app.accept({ callId: app.call({ scenario: 'not-established' }) });
  await waitFor('the first refusal', () => app.logged('tones-waiting', accepted.clientContext)[0]);
  const waiting = await app.outcomeOf(accepted.clientContext);
  expect(waiting.status).toBe('accepted');
  expect(waiting).not.toHaveProperty('error');
  expect(waiting).not.toHaveProperty('finishedAt');
  expect((await app.untilFinal(accepted)).outcome.status).toBe('succeeded');
});

it('does not press without a token that Graph accepts: the managed identity cannot refresh it', async () => {
  const { outcome, requests, presses } = await app.ending({ callId: app.call({ scenario: 'unauthorized-once' }) });
  expect(outcome).toMatchObject({ status: 'failed', error: { code: 'graph-unauthorized' } });
  expect([requests.length, presses.length]).toEqual([1, 0]);
});
