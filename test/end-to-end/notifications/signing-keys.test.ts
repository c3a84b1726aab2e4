// Signing keys over HTTP, with the app's own cooldowns: a flood of unknown key ids, a roll-over, and an outage of the metadata.
// The rules in every detail: test/unit/graph/tokens/signing-keys.test.ts, where the clock is a variable.
import { waitFor } from '../../../local/wait-for';
import { startApp, type AppUnderTest } from '../../support/app-under-test';

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const COOLDOWN_MS = 10_000;

/** How often the metadata of the calling service was fetched so far. */
async function fetches(): Promise<number> {
  const { json } = await app.control('GET', 'metadata');
  return (json as Record<string, { metadataFetches: number }>)['calling-service']?.metadataFetches ?? -1;
}

async function statusWith(header: Readonly<Record<string, unknown>> = {}): Promise<number> {
  return (
    await app.notify({ value: [] }, `Bearer ${await app.simulator.mintToken({ kind: 'calling-service', header })}`)
  ).status;
}

test('300 unknown key ids are refused, fetch the keys no more than once in ten seconds, and hold no good token up', async () => {
  expect(await statusWith()).toBe(202);
  const before = await fetches();
  const startedAt = Date.now();
  const statuses = await Promise.all(
    Array.from({ length: 300 }, (_none, index) =>
      index % 30 === 7 ? statusWith() : statusWith({ kid: `unknown-${index}` }),
    ),
  );
  expect(statuses.filter((status) => status === 202)).toHaveLength(10);
  expect(statuses.filter((status) => status === 401)).toHaveLength(290);
  expect((await fetches()) - before).toBeLessThanOrEqual(1 + Math.floor((Date.now() - startedAt) / COOLDOWN_MS));
});

test('a new key is believed once the cooldown is over, and one that was withdrawn is not', async () => {
  const old = await app.simulator.mintToken({ kind: 'calling-service' });
  await app.control('POST', 'keys/roll', { kind: 'calling-service', keepOld: false });
  await waitFor('the new key to be fetched', async () => (await statusWith()) === 202, { everyMs: 250 });
  expect((await app.notify({ value: [] }, `Bearer ${old}`)).status).toBe(401);
});

test('an outage of the metadata keeps the known keys, and leaves unknown ones undecided', async () => {
  await app.control('PUT', 'metadata', { available: false });
  await waitFor('the next fetch to fail', async () => (await statusWith({ kid: 'of another time' })) === 503, {
    everyMs: 250,
  });
  expect(await statusWith()).toBe(202);
  await app.control('PUT', 'metadata', { available: true });
  await waitFor('the keys to be had again', async () => (await statusWith({ kid: 'of another time' })) === 401, {
    everyMs: 250,
  });
});
