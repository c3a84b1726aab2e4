// The index of open and closed requests, and the fingerprint's key, on a real table service.
import { startAzurite, type Azurite } from '../../../local/azurite';
import type { IndexEntry, OpenEntry, RequestEntry } from '../../../shared/tones/ports/request-index';
import type { ToneRequest } from '../../../shared/tones/request/tone-request';
import { makeTestStorage, type TestStorage } from '../../support/services/test-storage';

const DAY_1 = Date.parse('2026-01-01T23:59:59.999Z');
const DAY_2 = Date.parse('2026-01-02T00:00:00.000Z');
const DAY_3 = Date.parse('2026-01-03T00:00:00.000Z');

let azurite: Azurite;
let storage: TestStorage;

beforeAll(async () => {
  azurite = await startAzurite();
}, 40_000);
beforeEach(() => {
  storage = makeTestStorage(azurite);
});
afterAll(() => azurite.close());

const entry = (clientContext: string, since = DAY_1): RequestEntry => ({ kind: 'request', clientContext, since });
const nameOf = (each: IndexEntry) => (each.kind === 'call' ? `call:${each.callKey}` : each.clientContext);

async function openEntries(): Promise<OpenEntry[]> {
  const found: OpenEntry[] = [];
  for await (const page of storage.index.openEntries()) found.push(...page);
  return found;
}

async function openContexts(): Promise<string[]> {
  return (await openEntries()).map(nameOf).sort();
}

async function openAll(entries: readonly IndexEntry[]): Promise<void> {
  await Promise.all(entries.map((each) => storage.index.open(each)));
}

describe('the request index', () => {
  test('before anything was stored, nothing is open and nothing closed', async () => {
    expect(await openContexts()).toEqual([]);
    expect(await storage.index.closedBefore(DAY_3, 10)).toEqual([]);
  });

  test('that a callback is wanted stays when the entry is opened again without one, and when it is closed', async () => {
    await storage.index.open({ ...entry('a'), callback: true });
    await storage.index.open(entry('a', DAY_2));
    const found = await openEntries();
    expect(found).toEqual([{ ...entry('a', DAY_2), callback: true, etag: expect.any(String) as string }]);
    await storage.index.close(found, DAY_1);
    expect(await storage.index.closedBefore(DAY_3, 10)).toEqual([
      { ...entry('a', DAY_2), callback: true, closedOn: '2026-01-01' },
    ]);
  });

  test('what is opened is listed with its time; opening again changes the time only', async () => {
    await openAll([entry('a'), entry(' b/#?% '), { kind: 'call', callKey: 'k1', since: DAY_1 }]);
    await storage.index.open(entry('a', DAY_2));
    const found = (await openEntries()).map(({ etag: _etag, ...each }) => each);
    expect(found).toHaveLength(3);
    expect(found).toEqual(
      expect.arrayContaining([entry('a', DAY_2), entry(' b/#?% '), { kind: 'call', callKey: 'k1', since: DAY_1 }]),
    );
  });

  test('a request and a call of one name are two entries', async () => {
    await openAll([entry('same'), { kind: 'call', callKey: 'same', since: DAY_1 }]);
    expect(await openContexts()).toEqual(['call:same', 'same']);
  });

  test('closing moves entries to the day, in UTC, on which they were closed', async () => {
    await openAll([entry('a'), entry('b'), entry('c')]);
    await storage.index.close([entry('a')], DAY_1);
    await storage.index.close([entry('b')], DAY_2);
    expect(await openContexts()).toEqual(['c']);
    expect(await storage.index.closedBefore(DAY_3, 10)).toEqual([
      { ...entry('a'), closedOn: '2026-01-01' },
      { ...entry('b'), closedOn: '2026-01-02' },
    ]);
  });

  test('only days that ended before the time given are listed as closed before it, and no more than the limit', async () => {
    await storage.index.close([entry('a'), entry('b'), entry('c')], DAY_1);
    expect(await storage.index.closedBefore(DAY_1, 10)).toEqual([]);
    expect(await storage.index.closedBefore(DAY_2, 2)).toHaveLength(2);
    expect((await storage.index.closedBefore(DAY_2, 10)).map(nameOf)).toEqual(['a', 'b', 'c']);
  });

  test('a hundred entries are closed at once', async () => {
    const hundred = Array.from({ length: 100 }, (_, index) => entry(`r${String(index).padStart(3, '0')}`));
    await openAll(hundred);
    await storage.index.close(hundred, DAY_1);
    expect(await openContexts()).toEqual([]);
    expect(await storage.index.closedBefore(DAY_2, 500)).toHaveLength(100);
  });

  test('entries that are already gone do not keep the others from being closed or forgotten', async () => {
    await openAll([entry('a'), entry('b'), entry('c')]);
    await storage.index.close([entry('a'), entry('gone'), entry('b')], DAY_1);
    expect(await openContexts()).toEqual(['c']);
    const closed = (name: string) => ({ ...entry(name), closedOn: '2026-01-01' });
    await storage.index.forgetClosed([closed('a'), closed('gone-too')]);
    expect((await storage.index.closedBefore(DAY_2, 10)).map(nameOf)).toEqual(['b', 'gone']);
  });

  test('closing twice, as after a crash, is the same as once', async () => {
    await openAll([entry('a')]);
    await storage.index.close([entry('a')], DAY_1);
    await storage.index.close([entry('a')], DAY_1);
    expect(await storage.index.closedBefore(DAY_2, 10)).toEqual([{ ...entry('a'), closedOn: '2026-01-01' }]);
  });

  test('closed entries of several days are forgotten together', async () => {
    await storage.index.close([entry('a'), entry('b')], DAY_1);
    await storage.index.close([entry('c')], DAY_2);
    const closed = await storage.index.closedBefore(DAY_3, 10);
    await storage.index.forgetClosed([...closed, { ...entry('gone'), closedOn: '2026-01-01' }]);
    expect(await storage.index.closedBefore(DAY_3, 10)).toEqual([]);
  });

  test('nothing to do is no transaction', async () => {
    await storage.index.close([], DAY_1);
    await storage.index.forgetClosed([]);
    expect(await openContexts()).toEqual([]);
  });

  test('more than a page of open requests are all listed', async () => {
    const rows = Array.from({ length: 1100 }, (_, index) => ({
      partitionKey: 'open',
      rowKey: `r p${index}`,
      since: new Date(DAY_1),
    }));
    await storage.create();
    for (let start = 0; start < rows.length; start += 100)
      await storage.indexTable.submitTransaction(rows.slice(start, start + 100).map((row) => ['create', row]));
    expect(await openContexts()).toHaveLength(1100);
  }, 20_000);
});

describe('the request fingerprint', () => {
  const REQUEST: ToneRequest = {
    clientContext: 'order-42',
    callId: 'c1',
    tones: ['tone1', 'tone2'],
    expiresInSeconds: 60,
  };

  test('the same request has the same fingerprint, whatever its deadline', async () => {
    const first = await storage.fingerprint(REQUEST);
    expect(first).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(await storage.fingerprint({ ...REQUEST, expiresInSeconds: 5 })).toBe(first);
  });

  test.each([
    ['call', { callId: 'c2' }],
    ['tones', { tones: ['tone1', 'tone3'] }],
    ['order of the tones', { tones: ['tone2', 'tone1'] }],
    ['delay', { delayBetweenTonesMs: 300 }],
    ['delay of zero', { delayBetweenTonesMs: 0 }],
  ] as const)('another %s is another fingerprint', async (_what, change) => {
    expect(await storage.fingerprint({ ...REQUEST, ...change })).not.toBe(await storage.fingerprint(REQUEST));
  });

  test('its key is made once, however many instances start together', async () => {
    const instances = Array.from({ length: 8 }, () => makeTestStorage(azurite, undefined, storage));
    const fingerprints = await Promise.all(instances.map((instance) => instance.fingerprint(REQUEST)));
    expect(new Set(fingerprints).size).toBe(1);
    const keys: unknown[] = [];
    for await (const row of storage.indexTable.listEntities({
      queryOptions: { filter: "PartitionKey eq 'fingerprint key'" },
    }))
      keys.push(row['value']);
    expect(keys).toEqual([expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/)]);
  });

  test('its key is not among the outcomes, and differs from installation to installation', async () => {
    await storage.create();
    const first = await storage.fingerprint(REQUEST);
    for await (const row of storage.outcomeTable.listEntities())
      throw new Error(`unexpected row ${row.partitionKey ?? ''}`);
    expect(await makeTestStorage(azurite).fingerprint(REQUEST)).not.toBe(first);
  });
});
