// Starts Azurite, Microsoft's emulator of Azure Storage, as a child process that keeps its data in memory.
// Stands below the demo, `npm start` and the tests; knows nothing of the app.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { developmentNode } from './development-node';

export interface Azurite {
  /** With explicit endpoints: `UseDevelopmentStorage=true` would mean the default ports. */
  connectionString: string;
  blobPort: number;
  queuePort: number;
  tablePort: number;
  /** The emulator's process, to end or watch it from outside. */
  pid: number;
  /** Resolves when the process has ended; all data is gone then. May be called twice. */
  close(): Promise<void>;
}

/** Azurite's published account; it is no secret. */
const accountName = 'devstoreaccount1';
const accountKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

const readinessLimitMs = 30_000;
const closingLimitMs = 2_000;

/**
 * Resolves when all three services accept connections on free ports of 127.0.0.1; rejects with Azurite's own
 * words if it ends before that, or after 30 seconds. Runs on the Node.js of the devDependencies, as Azurite needs >= 22.
 */
export async function startAzurite(): Promise<Azurite> {
  const resolve = createRequire(__filename).resolve;
  const child = spawn(
    developmentNode(),
    [
      join(dirname(resolve('azurite/package.json')), 'dist', 'src', 'azurite.js'),
      ...['--inMemoryPersistence', '--skipApiVersionCheck', '--silent', '--disableTelemetry'],
      ...['--blobPort', '0', '--queuePort', '0', '--tablePort', '0'],
      // The SDKs keep connections open; the default of 5 s makes an idle one break under the next request.
      ...['--blobKeepAliveTimeout', '65', '--queueKeepAliveTimeout', '65', '--tableKeepAliveTimeout', '65'],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const endWithParent = () => child.kill('SIGKILL');
  process.once('exit', endWithParent);
  const ended = new Promise<void>((resolveEnded) => {
    child.once('exit', () => resolveEnded());
    child.once('error', () => resolveEnded());
  }).then(() => process.off('exit', endWithParent));

  const close = async (): Promise<void> => {
    child.kill('SIGTERM');
    const lastResort = setTimeout(() => child.kill('SIGKILL'), closingLimitMs);
    await ended;
    clearTimeout(lastResort);
  };

  try {
    const ports = await readPorts(child);
    return { ...ports, connectionString: connectionStringOf(ports), pid: child.pid ?? 0, close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Ports = Pick<Azurite, 'blobPort' | 'queuePort' | 'tablePort'>;

async function readPorts(child: ChildProcess): Promise<Ports> {
  const ports = new Map<string, number>();
  const said: string[] = [];
  const giveUp = AbortSignal.timeout(readinessLimitMs);

  const ready = new Promise<void>((resolveReady) => {
    for (const output of [child.stdout, child.stderr]) {
      if (output === null) continue;
      createInterface({ input: output }).on('line', (line) => {
        if (ports.size === 3) return;
        said.push(line);
        const match = /^Azurite (\w+) service is successfully listening at http:\/\/127\.0\.0\.1:(\d+)/.exec(line);
        if (match?.[1] !== undefined) ports.set(match[1], Number(match[2]));
        if (ports.size === 3) resolveReady();
      });
    }
  });
  const failed = once(child, 'exit', { signal: giveUp }).then(
    () => `Azurite ended before it was ready:\n${said.join('\n')}`,
    (error: Error) => `Azurite did not start: ${error.message}\n${said.join('\n')}`,
  );
  const fault = await Promise.race([ready, failed]);
  if (typeof fault === 'string') throw new Error(fault);
  return {
    blobPort: ports.get('Blob') ?? 0,
    queuePort: ports.get('Queue') ?? 0,
    tablePort: ports.get('Table') ?? 0,
  };
}

function connectionStringOf({ blobPort, queuePort, tablePort }: Ports): string {
  return [
    'DefaultEndpointsProtocol=http',
    `AccountName=${accountName}`,
    `AccountKey=${accountKey}`,
    `BlobEndpoint=http://127.0.0.1:${blobPort}/${accountName}`,
    `QueueEndpoint=http://127.0.0.1:${queuePort}/${accountName}`,
    `TableEndpoint=http://127.0.0.1:${tablePort}/${accountName}`,
  ].join(';');
}
