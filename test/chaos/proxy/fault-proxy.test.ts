// The fault proxy itself: it changes no byte, Azurite accepts signatures through it, and each fault does what it says, no more.
import { TableClient } from '@azure/data-tables';
import { QueueClient } from '@azure/storage-queue';
import { startAzurite, type Azurite } from '../../../local/azurite';
import { waitFor } from '../../../local/wait-for';
import { seededRandom } from '../../proof/simulation/seeded-random';
import { httpAnswer, startRawHttpServer, type RawHttpServer } from '../../support/services/raw-http-server';
import { startFaultProxy, type FaultProxy, type Moment } from './fault-proxy';
import { takeMessage } from './http-framing';
import { NO_FAULTS, type FaultKind, type FaultRates } from './network-faults';
import { storageThrough } from './storage-through';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function proxied(
  rates: Partial<FaultRates>,
  moments: Moment[] = [],
): Promise<{ proxy: FaultProxy; upstream: RawHttpServer }> {
  const upstream = await startRawHttpServer((socket, { body }) => socket.write(httpAnswer(200, `"${body}"`)));
  closers.push(() => upstream.close());
  const proxy = await startFaultProxy({
    upstreamPort: upstream.port,
    random: seededRandom(1),
    rates: { ...NO_FAULTS, ...rates },
    onMoment: (moment) => moments.push(moment),
  });
  closers.push(() => proxy.close());
  return { proxy, upstream };
}

async function ask({ url }: FaultProxy, body = 'x'): Promise<number | 'no answer'> {
  try {
    const answer = await fetch(`${url}/some/path?a=%20b`, { method: 'POST', body, headers: { 'X-Case': 'KePt' } });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return 'no answer';
  }
}

test.each<[FaultKind, number[] | 'no answer', number]>([
  ['resetBefore', 'no answer', 0],
  ['resetAfter', 'no answer', 1],
  ['errorBefore', [500, 503], 0],
  ['errorAfter', [500, 503], 1],
  ['delayBefore', [200], 1],
  ['delayAfter', [200], 1],
])('%s is seen by the client as %j, and the upstream executes %i', async (kind, expected, executed) => {
  const { proxy, upstream } = await proxied({ [kind]: 1 });
  const answer = await ask(proxy);
  expect(expected === 'no answer' ? [expected] : expected).toContain(answer);
  expect(upstream.requests).toHaveLength(executed);
  expect(proxy.faults[kind]).toBe(1);
  expect(proxy.requests).toMatchObject([{ method: 'POST', fault: kind, ...(executed > 0 && { status: 200 }) }]);
});

test('a delay before holds the request back, a delay after only its answer', async () => {
  const held = await proxied({ delayBefore: 1, mostDelayBeforeMs: 3_600_000 });
  const answer = ask(held.proxy);
  await waitFor('the request to be received', () => held.proxy.requests.length === 1);
  expect(held.upstream.requests).toHaveLength(0);
  await held.proxy.close();
  expect(await answer).toBe('no answer');

  const late = await proxied({ delayAfter: 1, mostDelayAfterMs: 3_600_000 });
  const lateAnswer = ask(late.proxy);
  await waitFor('the request to be executed', () => late.proxy.requests[0]?.status === 200);
  expect(late.upstream.requests).toHaveLength(1);
  await late.proxy.close();
  expect(await lateAnswer).toBe('no answer');
  closers.splice(
    0,
    closers.length,
    () => held.upstream.close(),
    () => late.upstream.close(),
  );
});

test('faults can be turned off while it runs', async () => {
  const { proxy } = await proxied({ errorBefore: 1 });
  expect([500, 503]).toContain(await ask(proxy));
  proxy.useRates(NO_FAULTS);
  expect(await ask(proxy)).toBe(200);
  expect(proxy.faults.errorBefore).toBe(1);
});

test('the same seed meets the same faults', async () => {
  const rates = { errorBefore: 0.3, errorAfter: 0.3 };
  const kinds: unknown[] = [];
  for (let run = 0; run < 2; run += 1) {
    const { proxy } = await proxied(rates);
    for (let position = 0; position < 30; position += 1) await ask(proxy);
    kinds.push(proxy.requests.map((request) => request.fault));
  }
  expect(kinds[0]).toEqual(kinds[1]);
  expect(new Set(kinds[0] as unknown[]).size).toBe(3);
});

test('both moments of a request are told, and only one of a request that is not passed on', async () => {
  const moments: Moment[] = [];
  const { proxy } = await proxied({}, moments);
  await ask(proxy);
  proxy.useRates({ ...NO_FAULTS, resetBefore: 1 });
  await ask(proxy);
  expect(moments).toEqual(['received', 'executed', 'received']);
});

test('not a byte is changed: target, Host, headers, and a body in chunks', async () => {
  const { proxy, upstream } = await proxied({});
  expect(await ask(proxy, 'é\u0000"')).toBe(200);
  expect(upstream.requests[0]).toMatchObject({
    path: '/some/path?a=%20b',
    headers: { host: `127.0.0.1:${proxy.port}`, 'x-case': 'KePt' },
    body: Buffer.from('é\u0000"').toString('latin1'),
  });

  const chunked = Buffer.from(
    'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nGET',
  );
  for (let length = 0; length < chunked.length - 3; length += 1)
    expect(takeMessage(chunked.subarray(0, length))).toBeUndefined();
  expect(takeMessage(chunked)?.message.raw).toEqual(chunked.subarray(0, -3));
  expect(takeMessage(chunked)?.rest.toString()).toBe('GET');
});

test('an answer that may have no body, and one that lasts until the connection ends, are whole', () => {
  const head = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n');
  expect(takeMessage(head, { answerTo: 'HEAD' })?.message.raw).toEqual(head);
  expect(
    takeMessage(Buffer.from('HTTP/1.1 204 No Content\r\n\r\n'), { answerTo: 'DELETE' })?.message.body,
  ).toHaveLength(0);
  const endless = Buffer.from('HTTP/1.1 200 OK\r\n\r\nabc');
  expect(takeMessage(endless, { answerTo: 'GET' })).toBeUndefined();
  expect(takeMessage(endless, { answerTo: 'GET', ended: true })?.message.body.toString()).toBe('abc');
});

describe('in front of Azurite', () => {
  let azurite: Azurite;
  beforeAll(async () => {
    azurite = await startAzurite();
  }, 40_000);
  afterAll(() => azurite.close());

  test('signed requests of both SDKs pass, batches included, and each operation is named', async () => {
    const storage = await storageThrough(azurite, { random: seededRandom(2), rates: NO_FAULTS });
    closers.push(() => storage.close());
    const table = TableClient.fromConnectionString(storage.connectionString, 'Rows', { allowInsecureConnection: true });
    const queue = new QueueClient(storage.connectionString, 'messages');

    await table.createTable();
    const { etag = '' } = await table.createEntity({ partitionKey: 'p q', rowKey: '1', value: 'a' });
    await table.updateEntity({ partitionKey: 'p q', rowKey: '1', value: 'b' }, 'Merge', { etag });
    await table.upsertEntity({ partitionKey: 'p q', rowKey: '2' }, 'Replace');
    await table.submitTransaction([
      ['upsert', { partitionKey: 'p q', rowKey: '3' }, 'Replace'],
      ['delete', { partitionKey: 'p q', rowKey: '2' }],
    ]);
    expect(await table.getEntity('p q', '1')).toMatchObject({ value: 'b' });
    const rows = [];
    for await (const row of table.listEntities({ queryOptions: { filter: "PartitionKey eq 'p q'" } }))
      rows.push(row.rowKey);
    expect(rows).toEqual(['1', '3']);
    await table.deleteEntity('p q', '1');

    await queue.createIfNotExists();
    await queue.sendMessage('one');
    const [message] = (await queue.receiveMessages()).receivedMessageItems;
    const updated = await queue.updateMessage(message?.messageId ?? '', message?.popReceipt ?? '', 'two', 0);
    expect((await queue.peekMessages()).peekedMessageItems[0]?.messageText).toBe('two');
    expect((await queue.getProperties()).approximateMessagesCount).toBe(1);
    await queue.deleteMessage(message?.messageId ?? '', updated.popReceipt ?? '');

    expect(storage.table.requests.map(({ operation, status }) => `${operation} ${status}`)).toEqual([
      'table create 201',
      'table insert 204',
      'table merge 204',
      'table upsert 204',
      'table batch 202',
      'table get 200',
      'table query 200',
      'table delete 204',
    ]);
    expect(storage.queue.requests.map(({ operation, status }) => `${operation} ${status}`)).toEqual([
      'queue create 201',
      'queue put 201',
      'queue get 200',
      'queue update 204',
      'queue peek 200',
      'queue properties 200',
      'queue delete 204',
    ]);
  });

  test('a write whose answer is lost was executed, as the SDK’s own repetition shows', async () => {
    const storage = await storageThrough(azurite, { random: seededRandom(3), rates: NO_FAULTS });
    closers.push(() => storage.close());
    const table = TableClient.fromConnectionString(storage.connectionString, 'Lost', {
      allowInsecureConnection: true,
      retryOptions: { maxRetries: 1, retryDelayInMs: 1 },
    });
    await table.createTable();
    storage.table.useRates({ ...NO_FAULTS, resetAfter: 1 });
    await expect(table.createEntity({ partitionKey: 'p', rowKey: '1' })).rejects.toThrow();
    storage.table.useRates(NO_FAULTS);
    await expect(table.createEntity({ partitionKey: 'p', rowKey: '1' })).rejects.toMatchObject({ statusCode: 409 });
    expect(
      storage.table.requests.filter(({ operation }) => operation === 'table insert').map(({ status }) => status),
    ).toEqual([204, 409, 409]);
  });
});
