// Lints and builds every Bicep file of the repository with the real
// compiler; anything that it says is a fault, a warning too.
// `npm run infra`; the templates go to .local/infra or the folder given. The first run restores the compiler.
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BICEP_ENVIRONMENT, bicepCompiler } from './bicep-compiler.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const NOT_OURS = new Set(['node_modules', '.git', '.local', 'dist', 'coverage', 'reports', '.stryker-tmp']);

function filesUnder(folder, ending) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return NOT_OURS.has(entry.name) ? [] : filesUnder(path, ending);
    return entry.name.endsWith(ending) ? [path] : [];
  });
}

/** The compiler succeeds, without a word, on a pattern that matches no file: so the results are counted. */
function check(compiler, folder, files, out) {
  const pattern = `${folder}/**/*.bicep`;
  for (const args of [['lint'], ['build', '--outdir', join(out, folder)]]) {
    const child = spawnSync(compiler, [...args, '--no-restore', '--pattern', pattern], {
      cwd: ROOT,
      encoding: 'utf8',
      env: BICEP_ENVIRONMENT,
    });
    const said = `${child.stdout}${child.stderr}`.trim();
    if (child.status !== 0 || said !== '')
      throw new Error(`bicep ${args[0]} ${pattern}:\n${said || child.error?.message || `status ${child.status}`}`);
  }
  const built = filesUnder(join(out, folder), '.json').map((path) => relative(out, path));
  const missing = files.filter((file) => !built.includes(file.replace(/\.bicep$/, '.json')));
  if (missing.length > 0) throw new Error(`not built: ${missing.join(', ')}`);
  console.log(`${folder}: ${files.length} Bicep files linted and built, no warning`);
}

const started = performance.now();
const out = resolve(process.argv[2] ?? join(ROOT, '.local/infra'));
if (process.argv[2] === undefined) rmSync(out, { recursive: true, force: true });
try {
  const compiler = bicepCompiler();
  const files = filesUnder(ROOT, '.bicep').map((path) => relative(ROOT, path));
  const folders = [...new Set(files.map((file) => file.split(sep)[0]))];
  for (const folder of folders)
    check(
      compiler,
      folder,
      files.filter((file) => file.startsWith(`${folder}${sep}`)),
      out,
    );
  console.log(
    `${files.length} Bicep files in ${((performance.now() - started) / 1000).toFixed(1)} s; templates in ${relative(ROOT, out) || out}`,
  );
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
