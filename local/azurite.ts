// Starts Azurite, Microsoft's emulator of Azure Storage, as a child process that keeps its data in memory.
// Knows nothing of the app.

import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { developmentNode } from './development-node';
import { describeEnd, watchChild, type ChildEnd, type WatchedChild } from './watched-child';
import { withinLimit } from './within-limit';

export interface Azurite {
  /** With explicit endpoints: `UseDevelopmentStorage=true` would mean the default ports. */
  connectionString: string;
  blobPort: number;
  queuePort: number;
  tablePort: number;
  /** `UseDevelopmentStorage=true` means this one. */
  onWellKnownPorts: boolean;
  /** The emulator's process, to end or watch it from outside. */
  pid: number;
  /** Resolves as soon as the process is gone, whoever ended it. */
  ended: Promise<ChildEnd>;
  /** Resolves when the process has ended; all data is gone then. May be called twice. */
  close(): Promise<void>;
}

/** Where `UseDevelopmentStorage=true` looks for the services. */
export const WELL_KNOWN_PORTS = { blobPort: 10_000, queuePort: 10_001, tablePort: 10_002 } as const satisfies Ports;

/** Any that are free. */
const FREE_PORTS: Ports = { blobPort: 0, queuePort: 0, tablePort: 0 };

/** Azurite's published account; it is no secret. */
const accountName = 'devstoreaccount1';
const accountKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

const readinessLimitMs = 30_000;
const closingLimitMs = 2_000;

/**
 * Resolves when all three services accept connections on these ports of 127.0.0.1 (default: free ones); rejects with
 * Azurite's own words if it ends before that, or after 30 seconds. Runs on the Node.js of the devDependencies, as
 * Azurite needs >= 22.
 */
export async function startAzurite(wanted: Ports = FREE_PORTS): Promise<Azurite> {
  const resolve = createRequire(__filename).resolve;
  const child = spawn(
    developmentNode(),
    [
      join(dirname(resolve('azurite/package.json')), 'dist', 'src', 'azurite.js'),
      ...['--inMemoryPersistence', '--skipApiVersionCheck', '--silent', '--disableTelemetry'],
      ...['--blobPort', String(wanted.blobPort), '--queuePort', String(wanted.queuePort)],
      ...['--tablePort', String(wanted.tablePort)],
      // The SDKs keep connections open; the default of 5 s makes an idle one break under the next request.
      ...['--blobKeepAliveTimeout', '65', '--queueKeepAliveTimeout', '65', '--tableKeepAliveTimeout', '65'],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const watched = watchChild(child, 'Azurite');
  const close = async (): Promise<void> => void (await watched.stop(closingLimitMs));

  try {
    const ports = await readPorts(child, watched);
    return {
      ...ports,
      onWellKnownPorts: Object.entries(WELL_KNOWN_PORTS).every(([name, port]) => ports[name as keyof Ports] === port),
      connectionString: connectionStringOf(ports),
      pid: child.pid ?? 0,
      ended: watched.ended,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

type Ports = Pick<Azurite, 'blobPort' | 'queuePort' | 'tablePort'>;

async function readPorts(child: ChildProcess, { closed }: WatchedChild): Promise<Ports> {
  const ports = new Map<string, number>();
  const said: string[] = [];

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
  const failed = closed.then((end) => {
    throw new Error(`it ${describeEnd(end)}`);
  });
  await withinLimit('its three ports', readinessLimitMs, Promise.race([ready, failed])).catch((error: Error) => {
    throw new Error(`Azurite was not ready: ${error.message}\n${said.join('\n')}`);
  });
  failed.catch(() => undefined);
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
