// The apps that are measured, each in a directory of its own: a copy of the built
// app, which nobody rebuilds under a run, and the peers.
// The directory lies in .local, so that the unbundled app finds the repository's node_modules.
import { copyFileSync, cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { readHostSettings, type HostSettings } from '../local/functions-host/host-settings';
import { APP_DIRECTORY } from '../local/local-stack';
import { BUNDLE_OPTIONS } from '../scripts/bundle.mjs';

export const PEERS = ['ours', 'synchronous', 'tutorial'] as const;
export type Peer = (typeof PEERS)[number];

interface HostFile {
  extensions: { queues: { maxPollingInterval?: string; messageEncoding?: string } };
}

export interface BuiltApps {
  /** What host.json says, as the local host reads it. */
  readonly hostSettings: HostSettings;
  /** Where the app of that peer lies. */
  readonly directoryOf: Readonly<Record<Peer, string>>;
  /** The same app under a host.json with another longest polling interval; undefined: the host's own default. */
  withPollingInterval(peer: Peer, interval: string | undefined): string;
  /** The peer of dial strings with pauses: a function that sleeps between the parts. */
  sleeping(): Promise<string>;
  /** Ours as `tsc` would leave it, in CommonJS: a file for each of its modules; its packages come from node_modules. */
  unbundled(): Promise<string>;
  /** A script of the bench as one file for plain Node. */
  script(file: string): Promise<string>;
  /** Deletes them all. */
  remove(): void;
}

/** `source`: the repository, or another checkout of it, with its built dist/. */
export async function buildApps(source: string, peers: readonly Peer[]): Promise<BuiltApps> {
  mkdirSync(join(APP_DIRECTORY, '.local'), { recursive: true });
  const root = mkdtempSync(join(APP_DIRECTORY, '.local', 'bench-'));
  const directoryOf = {
    ours: join(root, 'ours'),
    synchronous: join(root, 'synchronous'),
    tutorial: join(root, 'tutorial'),
  };
  try {
    copyApp(source, directoryOf.ours);
    for (const peer of peers) if (peer !== 'ours') await buildPeer(peer, directoryOf[peer], source);
  } catch (error) {
    rmSync(root, { recursive: true });
    throw error;
  }
  let copies = 0;
  return {
    hostSettings: readHostSettings(directoryOf.ours),
    directoryOf,
    withPollingInterval(peer, interval) {
      copies += 1;
      const directory = join(root, `${peer}-${copies}`);
      copyApp(directoryOf[peer], directory);
      changeHostFile(directory, ({ extensions: { queues } }) => {
        delete queues.maxPollingInterval;
        if (interval !== undefined) queues.maxPollingInterval = interval;
      });
      return directory;
    },
    async sleeping() {
      copies += 1;
      const directory = join(root, `sleeping-${copies}`);
      await buildPeer('sleeping', directory, source);
      return directory;
    },
    async unbundled() {
      const directory = join(root, 'unbundled');
      copyApp(source, directory);
      rmSync(join(directory, 'dist'), { recursive: true });
      const entryPoints = globSync('{functions,shared}/**/*.ts', { cwd: source }).map((file) => join(source, file));
      await build({
        entryPoints,
        outbase: source,
        outdir: join(directory, 'dist'),
        platform: 'node',
        target: 'node22',
        format: 'cjs',
        supported: { 'dynamic-import': false },
        logLevel: 'warning',
      });
      changeJson<{ main: string }>(
        join(directory, 'package.json'),
        (manifest) => (manifest.main = 'dist/functions/main.js'),
      );
      return directory;
    },
    async script(file) {
      const directory = join(root, 'scripts', file);
      await bundle(join(__dirname, 'processes', file), directory);
      return join(directory, 'dist/main.js');
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function copyApp(from: string, to: string): void {
  mkdirSync(to);
  for (const file of ['package.json', 'host.json']) copyFileSync(join(from, file), join(to, file));
  cpSync(join(from, 'dist'), join(to, 'dist'), { recursive: true });
}

/** The peers have our host.json, but for the decoding of messages, which they leave to the host as everybody does. */
async function buildPeer(peer: Peer | 'sleeping', directory: string, source: string): Promise<void> {
  mkdirSync(directory);
  copyFileSync(join(source, 'host.json'), join(directory, 'host.json'));
  changeHostFile(directory, ({ extensions: { queues } }) => delete queues.messageEncoding);
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ main: 'dist/main.js' }));
  await bundle(join(__dirname, 'peers', `${peer}.ts`), directory);
}

function changeHostFile(directory: string, change: (file: HostFile) => unknown): void {
  changeJson(join(directory, 'host.json'), change);
}

function changeJson<Content>(path: string, change: (content: Content) => unknown): void {
  const content = JSON.parse(readFileSync(path, 'utf8')) as Content;
  change(content);
  writeFileSync(path, JSON.stringify(content));
}

async function bundle(entryPoint: string, directory: string, changes: BuildOptions = {}): Promise<void> {
  await build({ ...BUNDLE_OPTIONS, entryPoints: [entryPoint], outfile: join(directory, 'dist/main.js'), ...changes });
}
