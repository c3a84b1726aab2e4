// Removes the C++ headers that come with the Node.js packages: a third of their size, and only native add-ons are built with them.
// It must leave the program alone, and be content where no package for the platform was installed.
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
for (const name of Object.keys(require('./package.json').optionalDependencies)) {
  try {
    rmSync(join(dirname(require.resolve(`${name}/package.json`)), 'include'), { recursive: true, force: true });
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
  }
}
