// What the index does on a real table service when others write at the same time, when a delete fails, and when pages are empty.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import { startAzurite, type Azurite } from '../../../local/azurite';
import { makeRequestIndex } from '../../../shared/storage/request-index';
import type { OpenEntry, RequestEntry, RequestIndex } from '../../../shared/tones/ports/request-index';
import { makeTestStorage, type TestStorage } from '../../support/services/test-storage';

const DAY_1 = Date.parse('2026-01-01T12:00:00.000Z');
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

const entry = (clientContext: string): RequestEntry => ({ kind: 'request', clientContext, since: DAY_1 });

async function listed(): Promise<OpenEntry[]> {
  const found: OpenEntry[] = [];
  for await (const page of storage.index.openEntries()) found.push(...page);
  return found;
}

/** An open entry, as the timer read it. */
async function opened(clientContext: string): Promise<OpenEntry> {
  await storage.index.open(entry(clientContext));
  const found = (await listed()).find((each) => each.kind === 'request' && each.clientContext === clientContext);
  if (found === undefined) throw new Error('the entry of the test is not open');
  return found;
}

const openNames = async () =>
  (await listed()).map((each) => (each.kind === 'request' ? each.clientContext : each.callKey));
const closedNames = async () =>
  (await storage.index.closedBefore(DAY_3, 10)).map((each) =>
    each.kind === 'request' ? each.clientContext : each.callKey,
  );

describe('an entry that may be opened again', () => {
  test('is moved to those of the day on which it is closed', async () => {
    await storage.index.closeUnlessReopened(await opened('a'), DAY_1);
    expect(await openNames()).toEqual([]);
    expect(await storage.index.closedBefore(DAY_3, 10)).toEqual([{ ...entry('a'), closedOn: '2026-01-01' }]);
  });

  test('and was, since it was read, stays open', async () => {
    const read = await opened('a');
    await storage.index.open({ ...entry('a'), callback: true });
    await storage.index.closeUnlessReopened(read, DAY_1);
    expect(await listed()).toMatchObject([{ clientContext: 'a', callback: true }]);
  });

  test('and was closed by another since stays closed', async () => {
    const read = await opened('a');
    await storage.index.close([read], DAY_1);
    await storage.index.closeUnlessReopened(read, DAY_1);
    expect([await openNames(), await closedNames()]).toEqual([[], ['a']]);
  });
});

describe('an entry without a row', () => {
  test('is forgotten: neither open nor closed', async () => {
    await storage.index.forgetUnlessReopened(await opened('a'));
    expect([await openNames(), await closedNames()]).toEqual([[], []]);
  });

  test('that was opened again since it was read stays open', async () => {
    const read = await opened('a');
    await storage.index.open(entry('a'));
    await storage.index.forgetUnlessReopened(read);
    expect(await openNames()).toEqual(['a']);
  });

  test('that is gone already is no trouble', async () => {
    const read = await opened('a');
    await storage.index.forgetUnlessReopened(read);
    await expect(storage.index.forgetUnlessReopened(read)).resolves.toBeUndefined();
  });
});

describe('where what is open cannot be deleted', () => {
  /** The same index by a client whose deletes never leave. */
  function withoutDeletes(): RequestIndex {
    const client = makeTestStorage(azurite, undefined, storage).indexTable;
    const noDeletes: PipelinePolicy = {
      name: 'noDeletes',
      sendRequest: (request, next) => {
        const isDelete =
          request.method === 'DELETE' || (typeof request.body === 'string' && request.body.includes('\r\nDELETE '));
        return isDelete ? Promise.reject(new Error('no delete')) : next(request);
      },
    };
    client.pipeline.addPolicy(noDeletes, { afterPhase: 'Retry' });
    return makeRequestIndex({ create: () => Promise.resolve(), use: (operation) => operation(client, {}) });
  }

  test.each([
    ['close', (index: RequestIndex, read: OpenEntry) => index.close([read], DAY_1)],
    ['closeUnlessReopened', (index: RequestIndex, read: OpenEntry) => index.closeUnlessReopened(read, DAY_1)],
  ] as const)('%s has written what is closed before: nothing is lost between the two', async (_name, close) => {
    const read = await opened('a');
    await expect(close(withoutDeletes(), read)).rejects.toThrow('no delete');
    expect([await openNames(), await closedNames()]).toEqual([['a'], ['a']]);
  });
});

describe('what was closed, by a table service that answers in many pages', () => {
  /** Each page: the entries on it. A page without a next one ends the query. */
  let pages: readonly (readonly string[])[] = [];
  let asked: string[] = [];
  let service: Server;
  let index: RequestIndex;

  beforeAll(async () => {
    service = createServer((request, response) => {
      const query = new URL(request.url ?? '', 'http://127.0.0.1').searchParams;
      const page = Number(query.get('NextPartitionKey') ?? 0);
      asked.push(query.get('$top') ?? '');
      const value = (pages[page] ?? []).map((name) => ({
        PartitionKey: 'closed 2026-01-01',
        RowKey: `r ${name}`,
        since: '2026-01-01T12:00:00.0000000Z',
        'since@odata.type': 'Edm.DateTime',
      }));
      response.writeHead(200, {
        'Content-Type': 'application/json',
        ...(page + 1 < pages.length && {
          'x-ms-continuation-NextPartitionKey': String(page + 1),
          'x-ms-continuation-NextRowKey': 'r',
        }),
      });
      response.end(JSON.stringify({ value }));
    });
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
    const { port } = service.address() as AddressInfo;
    const at = (name: string) => `${name}Endpoint=http://127.0.0.1:${port}/devstoreaccount1`;
    const key = Buffer.from('no secret').toString('base64');
    index = makeTestStorage({
      connectionString: [
        'DefaultEndpointsProtocol=http',
        'AccountName=devstoreaccount1',
        `AccountKey=${key}`,
        ...['Queue', 'Table', 'Blob'].map(at),
      ].join(';'),
    }).index;
  });
  beforeEach(() => {
    asked = [];
  });
  afterAll(() => {
    service.closeAllConnections();
    service.close();
  });

  test.each([
    ['beyond pages without rows', [[], ['a'], [], [], ['b', 'c']], 10, ['a', 'b', 'c'], 5],
    ['to the last page, though nothing is there', [[], []], 10, [], 2],
    ['no further than the limit', [['a'], [], ['b'], ['c'], ['d']], 2, ['a', 'b'], 3],
    ['and never beyond the limit', [['a'], ['b', 'c', 'd']], 3, ['a', 'b', 'c'], 2],
  ] as const)('is found %s', async (_what, given, limit, names, requests) => {
    pages = given;
    const found = await index.closedBefore(DAY_3, limit);
    expect(found).toEqual(names.map((name) => ({ ...entry(name), closedOn: '2026-01-01' })));
    expect(asked).toEqual(Array.from({ length: requests }, () => String(limit)));
  });
});
