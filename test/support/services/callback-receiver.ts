// A receiver of callbacks, as Logic Apps is one: an HTTPS server of its own name on this machine, that keeps what it is
// sent.
// The app reaches it through test/support/services/public-internet.cjs, by a name and an address of the public
// internet.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeSelfSignedCertificate } from './self-signed-certificate';

/** Public, and routed to this machine in tests only. */
const PUBLIC_ADDRESS = '20.50.2.1';

export interface ReceivedCallback {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
  /** The body as it came. */
  readonly text: string;
  /** Name that the client asked for in TLS (SNI). */
  readonly servername: string;
}

/** How a callback is answered: a status (with headers), `hang` for no answer, `reset` for a broken connection. */
export type CallbackAnswer =
  number | { readonly status: number; readonly headers: Readonly<Record<string, string>> } | 'hang' | 'reset';

export interface CallbackReceiver {
  readonly hostname: string;
  readonly port: number;
  readonly certificatePem: string;
  readonly received: readonly ReceivedCallback[];
  /** The answers to the callbacks that come next, in turn; 200 after them. */
  answerNext(...answers: CallbackAnswer[]): void;
  /** The answer to every callback at a path (without its query), however often and in whatever order they come. */
  answerAt(path: string, answer: CallbackAnswer): void;
  url(path?: string): string;
  /** What a host's environment needs to reach this receiver. `addresses`: what the name resolves to. */
  environment(addresses?: readonly string[]): Record<string, string>;
  close(): Promise<void>;
}

export interface CallbackReceiverOptions {
  readonly hostname?: string;
  /** Default: the hostname alone. */
  readonly certificateNames?: readonly string[];
}

export async function startCallbackReceiver({
  hostname = 'prod-42.westeurope.logic.azure.com',
  certificateNames = [hostname],
}: CallbackReceiverOptions = {}): Promise<CallbackReceiver> {
  const { certificatePem, privateKeyPem } = makeSelfSignedCertificate({ dnsNames: certificateNames });
  const directory = mkdtempSync(join(tmpdir(), 'callback-receiver-'));
  const certificateFile = join(directory, 'certificate.pem');
  writeFileSync(certificateFile, certificatePem);
  const received: ReceivedCallback[] = [];
  const answers: CallbackAnswer[] = [];
  const answersAt = new Map<string, CallbackAnswer>();
  const sockets = new Set<Socket>();
  const server = createServer({ cert: certificatePem, key: privateKeyPem }, (request, response) => {
    void textOf(request).then((text) => {
      const { servername } = request.socket as unknown as { servername: string };
      received.push({
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: JSON.parse(text) as unknown,
        text,
        servername,
      });
      const [path = ''] = (request.url ?? '').split('?');
      const answer = answersAt.get(path) ?? answers.shift() ?? 200;
      if (answer === 'hang') return;
      if (answer === 'reset') return request.socket.destroy();
      const { status, headers } = typeof answer === 'number' ? { status: answer, headers: {} } : answer;
      response.writeHead(status, headers).end('an answer that nobody reads');
    });
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    hostname,
    port,
    certificatePem,
    received,
    answerNext: (...coming) => void answers.push(...coming),
    answerAt: (path, answer) => void answersAt.set(path, answer),
    url: (path = '/workflows/1/runs/2?sig=s3cret-signature') => `https://${hostname}${path}`,
    environment: (addresses = [PUBLIC_ADDRESS]) => ({
      NODE_OPTIONS: `--require=${join(__dirname, 'public-internet.cjs')}`,
      NODE_EXTRA_CA_CERTS: certificateFile,
      TEST_PUBLIC_INTERNET: JSON.stringify({ [hostname]: { addresses, port } }),
    }),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
