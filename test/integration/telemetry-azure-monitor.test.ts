// Azure Monitor's exporter against an ingestion service on this machine: what becomes of spans and metrics, and who sends them.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { makeTelemetry as MakeTelemetry } from '../../shared/telemetry/lazy-telemetry';
import type { TelemetryFault } from '../../shared/telemetry/telemetry';
import type { AzureMonitorSettings } from '../../shared/settings/telemetry-settings';
import { startAzureMonitorIngestion, type AzureMonitorIngestion } from '../support/services/azure-monitor-ingestion';
import { bundleTelemetry } from '../support/services/bundled-telemetry';

jest.setTimeout(30_000);

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

let makeTelemetry: typeof MakeTelemetry;
let ingestion: AzureMonitorIngestion;
let identityEndpoint: Server;
const askedForTokens: string[] = [];

beforeAll(async () => {
  // The exporter's statistics of itself go to Microsoft, not to a test; nor is the resource of interest, which comes as one more metric.
  process.env['APPLICATION_INSIGHTS_NO_STATSBEAT'] = '1';
  process.env['APPLICATIONINSIGHTS_OPENTELEMETRY_RESOURCE_METRIC_DISABLED'] = 'true';
  ingestion = await startAzureMonitorIngestion();
  ({ makeTelemetry } = await bundleTelemetry());
  identityEndpoint = createServer((request, response) => {
    askedForTokens.push(request.url ?? '');
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.end(
      JSON.stringify({
        access_token: 'token-of-the-identity',
        expires_on: String(Math.floor(Date.now() / 1000) + 3600),
        token_type: 'Bearer',
        resource: 'https://monitor.azure.com',
      }),
    );
  });
  await new Promise<void>((resolve) => identityEndpoint.listen(0, '127.0.0.1', resolve));
  process.env['IDENTITY_ENDPOINT'] = `http://127.0.0.1:${(identityEndpoint.address() as AddressInfo).port}/msi/token`;
  process.env['IDENTITY_HEADER'] = 'header';
});
afterAll(async () => {
  await ingestion.close();
  identityEndpoint.closeAllConnections();
  await new Promise((resolve) => identityEndpoint.close(resolve));
});
beforeEach(() => ingestion.forget());

async function send(settings: Partial<AzureMonitorSettings> = {}, times = 1): Promise<TelemetryFault[]> {
  const faults: TelemetryFault[] = [];
  const azureMonitor = { connectionString: ingestion.connectionString, ...settings };
  const telemetry = makeTelemetry(
    { serviceName: 'my-tones', azureMonitor },
    { onFault: (fault) => void faults.push(fault) },
  );
  for (let time = 0; time < times; time += 1) {
    await telemetry.inSpan(
      'sendTones',
      { kind: 'consumer', parent: `00-${TRACE}-${SPAN}-01`, links: [`00-${'5'.repeat(32)}-${'6'.repeat(16)}-01`] },
      async () => {
        const attributes = {
          'http.request.method': 'POST',
          'server.address': 'graph.microsoft.com',
          'url.template': '/calls/{id}/sendDtmfTones',
        };
        await telemetry.inSpan('POST /calls/{id}/sendDtmfTones', { kind: 'client', attributes }, async () => {
          telemetry.describe({ 'http.response.status_code': 503 });
          telemetry.fail('503');
        });
        telemetry.observe('request-ended', {
          clientContext: 'order-42',
          callId: 'call-1',
          status: 'unknown',
          code: 'graph-fault',
        });
      },
    );
    await telemetry.flush();
  }
  return faults;
}

test('a delivery is a request of its trace, the POST to Graph a dependency below it, an outcome a metric', async () => {
  expect(await send()).toEqual([]);
  const [request] = ingestion.envelopesOf('Request');
  const [dependency] = ingestion.envelopesOf('RemoteDependency');
  const [metric] = ingestion.envelopesOf('Metric');
  expect(request?.tags).toMatchObject({
    'ai.operation.id': TRACE,
    'ai.operation.parentId': SPAN,
    'ai.cloud.role': 'my-tones',
  });
  expect(request?.data.baseData).toMatchObject({
    name: 'sendTones',
    success: true,
    properties: {
      'tones.client_context': 'order-42',
      'tones.call_id': 'call-1',
      'tones.status': 'unknown',
      'tones.code': 'graph-fault',
      '_MS.links': `[{"operation_Id":"${'5'.repeat(32)}","id":"${'6'.repeat(16)}"}]`,
    },
  });
  expect(dependency?.tags).toMatchObject({
    'ai.operation.id': TRACE,
    'ai.operation.parentId': request?.data.baseData['id'],
  });
  expect(dependency?.data.baseData).toMatchObject({
    name: 'POST /calls/{id}/sendDtmfTones',
    type: 'Http',
    target: 'graph.microsoft.com',
    resultCode: '503',
    success: false,
  });
  expect(metric?.data.baseData).toMatchObject({
    metrics: [{ name: 'tones.outcomes', value: 1 }],
    properties: { 'tones.status': 'unknown', 'tones.code': 'graph-fault' },
  });
  expect(ingestion.requests.map(({ path }) => path.split('?')[0])).toEqual(['/v2.1/track', '/v2.1/track']);
  expect(askedForTokens).toEqual([]);
});

test.each([
  [{}, ''],
  [{ clientId: '99999999-2222-4333-8444-555555555555' }, '99999999-2222-4333-8444-555555555555'],
])('with an identity (%p) its token is sent', async (identity, clientId) => {
  askedForTokens.length = 0;
  expect(await send({ identity })).toEqual([]);
  expect(ingestion.requests.map(({ authorization }) => authorization)).toEqual([
    'Bearer token-of-the-identity',
    'Bearer token-of-the-identity',
  ]);
  expect(askedForTokens[0]).toContain(encodeURIComponent('https://monitor.azure.com'));
  expect(new URL(askedForTokens[0] ?? '', 'http://localhost').searchParams.get('client_id') ?? '').toBe(clientId);
});

test('a service that refuses is told by its status, once for traces and once for metrics', async () => {
  ingestion.refuse();
  expect(await send({}, 3)).toEqual([
    { part: 'traces', exporter: 'azure-monitor', code: '403' },
    { part: 'metrics', exporter: 'azure-monitor', code: '403' },
  ]);
});

test('a service that does not answer holds nothing up', async () => {
  ingestion.hang();
  const startedAt = performance.now();
  await send();
  expect(performance.now() - startedAt).toBeLessThan(4000);
});
