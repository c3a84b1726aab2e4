// The forwarders of docs/connect-your-bot as processes: each made from its file, listening on a free port, ended by who started it.
// Knows neither Graph nor the app. What is built lies in a folder of its own, and the compiler leaves no process behind.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { developmentNode } from '../../../local/development-node';
import { inherited } from '../../../local/local-stack';
import { waitFor } from '../../../local/wait-for';
import { watchChild } from '../../../local/watched-child';
import { ROOT } from '../documents/repository';

export const FORWARDER_FILES = {
  ts: 'docs/connect-your-bot/typescript/forward.mts',
  csharp: 'docs/connect-your-bot/csharp/Forward.cs',
} as const;

export interface RunningForwarder {
  /** Where Graph sends the notifications of a call: the callbackUri of the bot. */
  readonly url: string;
  stop(): Promise<void>;
}

const STOP_LIMIT_MS = 5_000;
const START_LIMIT_MS = 20_000;

/** .NET's own settings: nothing is reported to anybody, no server stays, no library of the system for languages is needed. */
const DOTNET_ENVIRONMENT = {
  DOTNET_CLI_TELEMETRY_OPTOUT: '1',
  DOTNET_NOLOGO: '1',
  DOTNET_GENERATE_ASPNET_CERTIFICATE: 'false',
  DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1',
};

/** Whether C# can be compiled here for .NET 10. */
export function canBuildCSharp(): boolean {
  const { status, stdout } = spawnSync('dotnet', ['--list-sdks'], { encoding: 'utf8' });
  return status === 0 && /^(?:1\d|[2-9]\d)\./m.test(stdout);
}

/** Node.js runs the TypeScript file as it stands; `npm run typecheck` has compiled it. */
export function startTypeScriptForwarder(callNotificationsUrl: string): Promise<RunningForwarder> {
  return run(
    developmentNode(),
    [join(ROOT, FORWARDER_FILES.ts)],
    { PORT: '0', CALL_NOTIFICATIONS_URL: callNotificationsUrl },
    /^forwarding at \{.* port: (\d+) \}$/,
  );
}

export interface BuiltForwarder {
  start(callNotificationsUrl: string): Promise<RunningForwarder>;
  /** Deletes what was built. */
  remove(): void;
}

/** Compiles the project of docs/, which needs no package: no source of packages is asked. Throws what the compiler says. */
export function buildCSharpForwarder(): BuiltForwarder {
  const folder = mkdtempSync(join(tmpdir(), 'forwarder-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  cpSync(join(ROOT, 'docs/connect-your-bot/csharp'), folder, { recursive: true });
  mkdirSync(join(folder, 'no-packages'));
  const build = spawnSync(
    'dotnet',
    [
      ...['build', 'Forward.csproj', '--configuration', 'Release', '--output', 'built', '--disable-build-servers'],
      ...['--source', join(folder, 'no-packages'), '-p:NuGetAudit=false'],
    ],
    { cwd: folder, encoding: 'utf8', env: { ...inherited(), ...DOTNET_ENVIRONMENT } },
  );
  if (build.status !== 0) {
    remove();
    throw new Error(`dotnet build failed:\n${build.stdout}${build.stderr}`);
  }
  return {
    start: (callNotificationsUrl) =>
      run(
        'dotnet',
        [join(folder, 'built/Forward.dll'), '--urls', 'http://127.0.0.1:0'],
        { ...DOTNET_ENVIRONMENT, CALL_NOTIFICATIONS_URL: callNotificationsUrl },
        /Now listening on: http:\/\/127\.0\.0\.1:(\d+)$/,
      ),
    remove,
  };
}

async function run(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  ready: RegExp,
): Promise<RunningForwarder> {
  const child = spawn(command, args, {
    env: { ...inherited(), ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const watched = watchChild(child, command);
  let port: string | undefined;
  createInterface({ input: child.stdout }).on('line', (line) => (port ??= ready.exec(line)?.[1]));
  try {
    await waitFor('the forwarder', () => port !== undefined, { limitMs: START_LIMIT_MS });
  } catch (error) {
    await watched.stop(0);
    throw error;
  }
  return {
    url: `http://127.0.0.1:${port}/api/calls`,
    async stop() {
      await watched.stop(STOP_LIMIT_MS);
    },
  };
}
