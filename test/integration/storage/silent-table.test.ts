// A table service that takes requests and never answers: each request is given up, as the table SDK by itself would wait without end.
// The limit is a small one here; that the app's own stands in its place is seen on the request, without waiting for it.
import type { TableClient } from '@azure/data-tables';
import { withinLimit } from '../../../local/within-limit';
import { readSettings } from '../../../shared/settings/settings';
import { makeTableContainer } from '../../../shared/storage/storage-clients';
import { startRawHttpServer, type RawHttpServer } from '../../support/services/raw-http-server';

let silent: RawHttpServer;
beforeAll(async () => {
  silent = await startRawHttpServer(() => {});
});
afterAll(() => silent.close());

function storageSettings() {
  const endpoints = ['Queue', 'Table', 'Blob'].map(
    (service) => `${service}Endpoint=http://127.0.0.1:${silent.port}/devstoreaccount1`,
  );
  const account = ['AccountName=devstoreaccount1', `AccountKey=${Buffer.from('no secret').toString('base64')}`];
  return readSettings({
    AzureWebJobsStorage: ['DefaultEndpointsProtocol=http', ...account, ...endpoints].join(';'),
    GRAPH_CLIENT_ID: '11111111-2222-4333-8444-555555555555',
  }).storage;
}

test('a request to a table that is not answered is given up within its limit', async () => {
  const container = makeTableContainer(storageSettings(), 'Silent', 1500);
  const reading = container.use((client) => client.getEntity('order-42', 'outcome'));
  await expect(withinLimit('the request to be given up', 15_000, reading)).rejects.toThrow(/abort|timed? ?out/i);
  expect(silent.requests.map(({ method }) => method)).toContain('GET');
}, 20_000);

test('the limit of a request is four seconds unless another is given', async () => {
  expect(await limitOf(makeTableContainer(storageSettings(), 'Unused'))).toBe(4000);
  expect(await limitOf(makeTableContainer(storageSettings(), 'Unused', 70))).toBe(70);
});

/** Seen by a policy behind the app's own, which lets nothing go out. */
async function limitOf(container: ReturnType<typeof makeTableContainer>): Promise<number | undefined> {
  let limitMs: number | undefined;
  const look = (client: TableClient) => {
    client.pipeline.addPolicy({
      name: 'look',
      sendRequest(request) {
        limitMs = request.timeout;
        return Promise.reject(new Error('seen'));
      },
    });
    return client.getEntity('order-42', 'outcome');
  };
  await expect(container.use(look)).rejects.toThrow('seen');
  return limitMs;
}
