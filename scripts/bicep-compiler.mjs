// The real Bicep compiler, wherever .NET is installed: NuGet has it as a
// package for each platform; it is kept in .local.
// Knows no template; run by itself, it prints the compiler's path.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const VERSION = '0.49.2';
const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const CACHE = join(ROOT, '.local/bicep');
const SYSTEMS = { linux: 'linux', darwin: 'osx', win32: 'win' };

/** .NET's globalisation needs a library that many containers lack; the compiler does not. */
export const BICEP_ENVIRONMENT = { ...process.env, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1' };

/**
 * Path of the compiler, restored first if need be. Throws with what to do.
 * Processes may call it at the same time: NuGet locks its folder.
 */
export function bicepCompiler() {
  const system = SYSTEMS[process.platform];
  if (system === undefined) throw new Error(`there is no Bicep compiler for ${process.platform}`);
  const id = `Azure.Bicep.CommandLine.${system}-${process.arch}`;
  const folder = join(CACHE, 'packages', id.toLowerCase(), VERSION);
  const compiler = join(folder, 'tools', process.platform === 'win32' ? 'bicep.exe' : 'bicep');
  // NuGet writes the metadata file last.
  if (!existsSync(compiler) || !existsSync(join(folder, '.nupkg.metadata'))) restore(id);
  if (!existsSync(compiler)) throw new Error(`${id} ${VERSION} was restored, but has no ${compiler}`);
  return compiler;
}

function restore(id) {
  mkdirSync(CACHE, { recursive: true });
  const project = mkdtempSync(join(CACHE, 'restore-'));
  try {
    writeFileSync(join(project, 'restore.csproj'), projectFile(id));
    const child = spawnSync('dotnet', ['restore', project, '--packages', join(CACHE, 'packages')], {
      encoding: 'utf8',
      env: BICEP_ENVIRONMENT,
    });
    if (child.error?.code === 'ENOENT')
      throw new Error('.NET is not installed, and the Bicep compiler comes through it (dotnet restore)');
    if (child.status !== 0)
      throw new Error(`dotnet could not restore ${id} ${VERSION}:\n${child.stdout}${child.stderr}`);
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}

/** PackageDownload takes exact versions only, and adds nothing to a build. */
function projectFile(id) {
  return `<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net$(BundledNETCoreAppTargetFrameworkVersion)</TargetFramework></PropertyGroup>
  <ItemGroup><PackageDownload Include="${id}" Version="[${VERSION}]" /></ItemGroup>
</Project>
`;
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    console.log(bicepCompiler());
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
