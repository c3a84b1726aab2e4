// Which packages are in the bundle: from the paths of the files that esbuild took, and the lock file.
// Reads no file and judges nothing: a development package among them shows as one.

/** The folder of the package that holds a file, or undefined for a file of our own. */
export function packageFolderOf(path) {
  const start = path.lastIndexOf('node_modules/');
  if (start === -1) return undefined;
  const names = path.slice(start).split('/');
  return path.slice(0, start) + names.slice(0, names[1].startsWith('@') ? 3 : 2).join('/');
}

/** One entry a package and version, sorted by name; `folders` has several where it is installed twice. */
export function packagesOf(paths, lockedPackages) {
  const byPurl = new Map();
  for (const folder of new Set(paths.map(packageFolderOf))) {
    if (folder === undefined) continue;
    const locked = lockedPackages[folder];
    if (locked === undefined) throw new Error(`${folder} is in the bundle, and not in package-lock.json`);
    const found = toPackage(folder, locked);
    const known = byPurl.get(found.purl);
    if (known === undefined) byPurl.set(found.purl, found);
    else known.folders.push(folder);
  }
  return [...byPurl.values()].sort((one, other) => (one.purl < other.purl ? -1 : 1));
}

/** What is installed for production, whether it is bundled or not. */
export function productionPackages(lockedPackages) {
  return Object.entries(lockedPackages)
    .filter(([path, { dev, devOptional, link }]) => path !== '' && !dev && !devOptional && !link)
    .map(([folder, locked]) => toPackage(folder, locked));
}

function toPackage(folder, { version, license, integrity, dev, dependencies }) {
  const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
  return {
    name,
    version,
    licence: license,
    integrity,
    isDevelopment: dev === true,
    dependencies: Object.keys(dependencies ?? {}),
    folders: [folder],
    // https://github.com/package-url/purl-spec: the @ of a scope is encoded.
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
  };
}
