// The list of what is in the bundle, as CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/).
// Not by `npm sbom --omit dev`: npm 11 leaves out what development uses, too, 25 packages of 86 here, and knows no bundle.
import type { BundledPackage, LockedPackages } from './bundled-packages.mjs';

export interface SbomPlan {
  /** package.json. */
  readonly app: {
    readonly name: string;
    readonly version: string;
    readonly description: string;
    readonly license: string;
    readonly dependencies: Readonly<Record<string, string>>;
  };
  readonly packages: readonly BundledPackage[];
  readonly lockedPackages: LockedPackages;
  /** A new UUID for each document. */
  readonly serialNumber: string;
  /** ISO 8601. */
  readonly timestamp: string;
}

/** The dependencies in it are those among the bundled packages. */
export function toCycloneDx({ app, packages, lockedPackages, serialNumber, timestamp }: SbomPlan) {
  const purlOf = new Map(packages.flatMap(({ folders, purl }) => folders.map((folder) => [folder, purl] as const)));
  const dependsOn = (folder: string, names: readonly string[]) =>
    names.flatMap((name) => purlOf.get(resolvedFolder(folder, name, lockedPackages)) ?? []);
  const appPurl = `pkg:npm/${app.name}@${app.version}`;
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${serialNumber}`,
    version: 1,
    metadata: {
      timestamp,
      lifecycles: [{ phase: 'build' }],
      component: {
        type: 'application',
        'bom-ref': appPurl,
        name: app.name,
        version: app.version,
        description: app.description,
        licenses: [{ license: { id: app.license } }],
        purl: appPurl,
      },
    },
    components: packages.map(toComponent),
    dependencies: [
      { ref: appPurl, dependsOn: dependsOn('', Object.keys(app.dependencies)).sort() },
      ...packages.map(({ purl, folders, dependencies }) => ({
        ref: purl,
        dependsOn: [...new Set(folders.flatMap((folder) => dependsOn(folder, dependencies)))].sort(),
      })),
    ],
  };
}

function toComponent({ name, version, licence, integrity, purl }: BundledPackage) {
  const [algorithm, digest = ''] = integrity.split('-', 2);
  if (algorithm !== 'sha512') throw new Error(`${purl} is locked by ${algorithm}, not sha512`);
  const [group, ownName] = name.startsWith('@') ? name.split('/') : [undefined, name];
  return {
    type: 'library',
    'bom-ref': purl,
    ...(group !== undefined && { group }),
    name: ownName,
    version,
    scope: 'required',
    hashes: [{ alg: 'SHA-512', content: Buffer.from(digest, 'base64').toString('hex') }],
    ...(licence !== undefined && { licenses: [{ license: { id: licence } }] }),
    purl,
  };
}

/** As Node finds a package: in the own node_modules, then in those of each folder above. */
function resolvedFolder(from: string, name: string, lockedPackages: LockedPackages): string {
  const own = `${from}/node_modules/${name}`;
  if (from === '' || own in lockedPackages) return own.replace(/^\//, '');
  return resolvedFolder(from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))), name, lockedPackages);
}
