// Writes the generated files into the repository: `npm run openapi`.
// What they hold is decided in generated-files.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedFiles } from './generated-files';

for (const [path, text] of Object.entries(generatedFiles())) {
  writeFileSync(join(__dirname, '..', path), text);
  process.stdout.write(`${path}\n`);
}
