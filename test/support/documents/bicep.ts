// The real Bicep compiler for tests, wherever .NET is installed; scripts/bicep-compiler.mjs restores it into .local.
// Stands under test/contracts/azure/bicep.test.ts.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './repository';

export const SUBSCRIPTION = '00000000-0000-4000-8000-000000000001';
export const TENANT = '00000000-0000-4000-8000-000000000002';

export type Parameter = string | number | boolean | readonly Parameter[] | { readonly [name: string]: Parameter };

export interface PredictedResource {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly sku?: Readonly<Record<string, string>>;
  readonly kind?: string;
  readonly identity?: unknown;
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** What Azure would be asked to make. What only Azure knows, such as the identity's ids, stays an expression in brackets. */
export interface Deployment {
  readonly resources: readonly PredictedResource[];
  readonly outputs: Readonly<Record<string, string>>;
}

export function dotnetIsInstalled(): boolean {
  return spawnSync('dotnet', ['--version'], { stdio: 'ignore' }).status === 0;
}

/** Runs a script of ours with Node; throws what it says when it fails. */
export function runScript(path: string, ...args: string[]): string {
  const child = spawnSync(process.execPath, [join(ROOT, path), ...args], { cwd: ROOT, encoding: 'utf8' });
  if (child.status !== 0) throw new Error(`${path} failed:\n${child.stdout}${child.stderr}`);
  return child.stdout.trim();
}

/** infra/main.bicep, evaluated by the compiler with these parameters: modules, loops, conditions and functions are resolved. */
export function evaluateDeployment(parameters: Readonly<Record<string, Parameter>>): Deployment {
  const compiler = runScript('scripts/bicep-compiler.mjs');
  mkdirSync(join(ROOT, '.local'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, '.local/bicep-parameters-'));
  try {
    const lines = Object.entries(parameters).map(([name, value]) => `param ${name} = ${bicepLiteral(value)}`);
    writeFileSync(join(folder, 'main.bicepparam'), ["using '../../infra/main.bicep'", ...lines, ''].join('\n'));
    const child = spawnSync(
      compiler,
      [
        'snapshot',
        join(folder, 'main.bicepparam'),
        '--subscription-id',
        SUBSCRIPTION,
        '--tenant-id',
        TENANT,
        '--location',
        'westeurope',
        '--deployment-name',
        'tones',
      ],
      {
        encoding: 'utf8',
        env: { ...process.env, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1' },
      },
    );
    if (child.status !== 0) throw new Error(`bicep snapshot failed:\n${child.stdout}${child.stderr}`);
    const snapshot = JSON.parse(readFileSync(join(folder, 'main.snapshot.json'), 'utf8')) as {
      predictedResources: PredictedResource[];
      outputs: Record<string, string>;
      diagnostics: unknown[];
    };
    if (snapshot.diagnostics.length > 0) throw new Error(`bicep snapshot: ${JSON.stringify(snapshot.diagnostics)}`);
    return { resources: snapshot.predictedResources, outputs: snapshot.outputs };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function bicepLiteral(value: Parameter): string {
  if (typeof value === 'string')
    return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('${', '\\${')}'`;
  if (Array.isArray(value)) return `[${value.map(bicepLiteral).join(', ')}]`;
  if (typeof value === 'object')
    return `{ ${Object.entries(value)
      .map(([name, inner]) => `${name}: ${bicepLiteral(inner)}`)
      .join(', ')} }`;
  return String(value);
}
