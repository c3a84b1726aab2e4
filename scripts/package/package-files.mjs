// The files that are deployed, relative to the repository.
// A list, not what lies in dist/: what an older build left there must not ship.
import { BUNDLED_FILES, CONSOLE_FILE, NOTICES_FILE } from '../bundle.mjs';

export const PACKAGE_FILES = [
  ...BUNDLED_FILES.flatMap((file) => [`dist/${file}`, `dist/${file}.map`]),
  `dist/${CONSOLE_FILE}`,
  `dist/${NOTICES_FILE}`,
  'host.json',
  'package.json',
];
