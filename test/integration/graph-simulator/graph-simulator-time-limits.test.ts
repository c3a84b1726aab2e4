// The time limit of a notification on every Node.js that is here: the one of the scripts, and the machine's own, which may be older.
// In processes of their own, because the garbage collector must run there while the callback is silent.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { developmentNode } from '../../../local/development-node';
import { ROOT } from '../../support/documents/repository';

jest.setTimeout(60_000);

const { resolve } = createRequire(__filename);
const ofTheScripts = developmentNode();
const onThePath = (process.env.PATH ?? '').split(delimiter).map((directory) => join(directory, 'node'));
const nodes = [
  ...new Set([ofTheScripts, ...onThePath].filter((path) => existsSync(path)).map((path) => realpathSync(path))),
];

test.each(nodes)('a callback that never answers is given up by %s, whatever is collected meanwhile', async (node) => {
  const script = join(ROOT, 'test/fixtures/graph-simulator/silent-callback.ts');
  const child = spawn(node, ['--expose-gc', '--import', resolve('tsx'), script], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [printed] = await Promise.all([text(child.stdout), once(child, 'close')]);
  expect(JSON.parse(printed)).toEqual([{ error: 'TimeoutError' }]);
});
