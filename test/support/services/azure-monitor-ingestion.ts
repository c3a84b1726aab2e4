// The ingestion service of Application Insights on this machine: takes envelopes over https, and keeps them as they came.
// Used by test/integration/telemetry-azure-monitor.test.ts. Its certificate is trusted by this process from then on.
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { gunzipSync } from 'node:zlib';
import { makeSelfSignedCertificate } from './self-signed-certificate';

export interface Envelope {
  /** Ends with `Request`, `RemoteDependency` or `Metric`. */
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly data: { readonly baseData: Readonly<Record<string, unknown>> };
}

export interface AzureMonitorIngestion {
  readonly connectionString: string;
  readonly envelopes: readonly Envelope[];
  /** Of each request: path and Authorization. */
  readonly requests: readonly { readonly path: string; readonly authorization?: string }[];
  /** From now on every request is answered 403, as where local authentication is off. */
  refuse(): void;
  /** From now on no request is answered. */
  hang(): void;
  /** Takes everything again, and forgets what came. */
  forget(): void;
  envelopesOf(kind: 'Request' | 'RemoteDependency' | 'Metric'): Envelope[];
  close(): Promise<void>;
}

export async function startAzureMonitorIngestion(): Promise<AzureMonitorIngestion> {
  const { certificatePem, privateKeyPem } = makeSelfSignedCertificate();
  setDefaultCACertificates([...getCACertificates('default'), certificatePem]);
  const envelopes: Envelope[] = [];
  const requests: { path: string; authorization?: string }[] = [];
  let mood: 'takes' | 'refuses' | 'hangs' = 'takes';
  const server = createServer({ cert: certificatePem, key: privateKeyPem }, (request, response) => {
    void buffer(request).then((body) => {
      const { authorization } = request.headers;
      requests.push({ path: request.url ?? '', ...(authorization !== undefined && { authorization }) });
      if (mood === 'hangs') return;
      if (mood === 'refuses') return void response.writeHead(403).end();
      const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString();
      const items = JSON.parse(text) as Envelope[];
      envelopes.push(...items);
      response
        .writeHead(200, { 'Content-Type': 'application/json' })
        .end(JSON.stringify({ itemsReceived: items.length, itemsAccepted: items.length, errors: [] }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    connectionString: `InstrumentationKey=11111111-2222-4333-8444-555555555555;IngestionEndpoint=${endpoint};LiveEndpoint=${endpoint}`,
    envelopes,
    requests,
    refuse: () => void (mood = 'refuses'),
    hang: () => void (mood = 'hangs'),
    forget() {
      mood = 'takes';
      envelopes.length = 0;
      requests.length = 0;
    },
    envelopesOf: (kind) => envelopes.filter(({ name }) => name.endsWith(`.${kind}`)),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
