// `npm run package-report`: what would be deployed, file by file; the licences and known advisories of the packages; and reports/sbom.cdx.json.
// It deploys nothing, asks no network, and exits with 1 where dist/ is not what the sources give, a licence is not allowed or a version not looked up.
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { stop } from 'esbuild';
import { makeBundle, type MadeBundle } from '../bundle.mjs';
import { judgeAdvisories, type StoredAdvisories } from './advisories';
import { productionPackages, type LockedPackages } from './bundled-packages.mjs';
import { judgeLicences } from './licences';
import { PACKAGE_FILES } from './package-files.mjs';
import { toCycloneDx, type SbomPlan } from './sbom';

const ROOT = join(__dirname, '../..');
const SBOM = 'reports/sbom.cdx.json';

const readJson = (path: string): unknown => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
const counted = (number: number) => number.toLocaleString('en-US').padStart(11);
const faults: string[] = [];

/** Compares dist/ with what the sources give, so that all that follows is true of what ships. */
function listFiles(made: MadeBundle['files']): number {
  const present = PACKAGE_FILES.filter((file) => existsSync(join(ROOT, file)));
  faults.push(...PACKAGE_FILES.filter((file) => !present.includes(file)).map((file) => `${file} is missing`));
  const contents = present.map((file) => readFileSync(join(ROOT, file)));
  for (const [at, file] of present.entries()) {
    const fresh = made.get(file.replace(/^dist\//, ''));
    if (fresh !== undefined && !contents[at]?.equals(fresh)) faults.push(`${file} is not what the sources give`);
    console.log(`${counted(contents[at]?.length ?? 0)}  ${file}`);
  }
  const bytes = contents.reduce((sum, { length }) => sum + length, 0);
  const zipped = contents.reduce((sum, content) => sum + gzipSync(content).length, 0);
  console.log(`${counted(bytes)}  in ${present.length} files, about ${(zipped / 1e6).toFixed(2)} MB compressed`);
  return bytes;
}

function writeSbom(packages: MadeBundle['packages'], lockedPackages: LockedPackages): void {
  const sbom = toCycloneDx({
    app: readJson('package.json') as SbomPlan['app'],
    ...{ packages, lockedPackages },
    serialNumber: randomUUID(),
    timestamp: new Date().toISOString(),
  });
  mkdirSync(dirname(join(ROOT, SBOM)), { recursive: true });
  writeFileSync(join(ROOT, SBOM), `${JSON.stringify(sbom, undefined, 2)}\n`);
  console.log(`SBOM: ${SBOM}, CycloneDX ${sbom.specVersion}, ${sbom.components.length} packages in the bundle`);
}

async function main(): Promise<void> {
  const { files, packages } = await makeBundle();
  await stop();
  const lockedPackages = (readJson('package-lock.json') as { packages: LockedPackages }).packages;
  const installed = productionPackages(lockedPackages);
  const bytes = listFiles(files);
  for (const { name } of packages.filter(({ isDevelopment }) => isDevelopment))
    faults.push(`${name} is in the bundle, and installed for development only`);
  writeSbom(packages, lockedPackages);
  const licences = judgeLicences(installed);
  const counts = Object.entries(licences.counts).sort(([, one], [, other]) => other - one);
  console.log(`licences: ${counts.map(([name, count]) => `${name} ${count}`).join(', ')}`);
  const advisories = judgeAdvisories(installed, readJson('scripts/package/advisories.json') as StoredAdvisories);
  console.log(`advisories: the stored list, whose oldest look-up is of ${advisories.oldest}; this is no audit`);
  faults.push(...licences.faults, ...advisories.faults);
  for (const fault of faults) console.log(`FAULT ${fault}`);
  const size = `${PACKAGE_FILES.length} files, ${(bytes / 1e6).toFixed(1)} MB, ${packages.length} packages bundled`;
  console.log(`package: ${size}, ${installed.length} looked at for licences and advisories, ${faults.length} faults`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
