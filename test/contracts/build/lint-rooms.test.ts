// The direction of imports: a bad sample of each room is refused, a good one is not, and every file is in exactly one room.
import { spawnSync } from 'node:child_process';
import { join, matchesGlob } from 'node:path';
import { developmentNode } from '../../../local/development-node';
import { ROOT, readText, repositoryFiles } from '../../support/documents/repository';

const REFUSED: readonly (readonly [filePath: string, imported: string])[] = [
  ['shared/tones/event-log.ts', '../graph/errors'],
  ['shared/tones/event-log.ts', './ports/ports'],
  ['shared/tones/event-log.ts', './delivery/press-tones'],
  ['shared/tones/ports/sample.ts', '../../graph/errors'],
  ['shared/tones/ports/sample.ts', '../../settings/settings'],
  ['shared/tones/ports/sample.ts', '../delivery/press-tones'],
  ['shared/tones/ports/sample.ts', '../rules'],
  ['shared/tones/facts/sample.ts', '../ports/ports'],
  ['shared/tones/facts/sample.ts', '../request/tone-request'],
  ['shared/tones/facts/sample.ts', '@azure/functions'],
  ['shared/tones/request/sample.ts', '../ports/ports'],
  ['shared/tones/request/sample.ts', '../delivery/press-tones'],
  ['shared/tones/request/sample.ts', '../../settings/settings'],
  ['shared/tones/callbacks/sample.ts', '../delivery/press-tones'],
  ['shared/tones/callbacks/sample.ts', '../../outbound/post-callback'],
  ['shared/tones/delivery/sample.ts', '../../storage/storage'],
  ['shared/tones/delivery/sample.ts', 'node:crypto'],
  ['shared/tones/delivery/sample.ts', '../upkeep/close-overdue'],
  ['shared/tones/delivery/sample.ts', '../rules'],
  ['shared/tones/callbacks/sample.ts', '../upkeep/close-overdue'],
  ['shared/tones/upkeep/sample.ts', '../../storage/storage'],
  ['shared/tones/rules.ts', '../storage/storage'],
  ['shared/settings/sample.ts', '../graph/errors'],
  ['shared/settings/rows/sample.ts', '../../graph/errors'],
  ['shared/settings/sample.ts', '../telemetry/telemetry'],
  ['shared/settings/sample.ts', '@azure/identity'],
  ['shared/graph/sample.ts', '../outbound/post-callback'],
  ['shared/http/sample.ts', '../settings/settings'],
  ['shared/sample.ts', './settings/settings'],
  ['shared/tones/ports/sample.ts', '../../../functions/main'],
  ['shared/tones/ports/sample.ts', '@azure/functions'],
  ['shared/tones/ports/sample.ts', '@microsoft/microsoft-graph-types'],
  ['shared/tones/ports/sample.ts', 'node:crypto'],
  ['shared/tones/ports/sample.ts', 'jose'],
  ['shared/graph/sample.ts', '../storage/storage'],
  ['shared/graph/sample.ts', '../http/problem'],
  ['shared/graph/sample.ts', '../../functions/main'],
  ['shared/graph/sample.ts', '../../local/wait-for'],
  ['shared/graph/sample.ts', '@azure/data-tables'],
  ['shared/graph/sample.ts', '@azure/storage-queue'],
  ['shared/storage/sample.ts', '../graph/errors'],
  ['shared/storage/sample.ts', '../http/problem'],
  ['shared/storage/sample.ts', '../../functions/main'],
  ['shared/storage/sample.ts', '@microsoft/microsoft-graph-client'],
  ['shared/storage/sample.ts', '../../test/support/repository'],
  ['shared/http/sample.ts', '../graph/errors'],
  ['shared/http/sample.ts', '../storage/table-keys'],
  ['shared/http/sample.ts', '@azure/identity'],
  ['shared/http/sample.ts', '../../functions/main'],
  ['shared/outbound/sample.ts', '../graph/errors'],
  ['shared/outbound/sample.ts', '../storage/storage'],
  ['shared/outbound/sample.ts', '../../functions/main'],
  ['shared/outbound/sample.ts', '../../test/support/repository'],
  ['shared/outbound/sample.ts', '@azure/functions'],
  ['shared/telemetry/sample.ts', '../graph/errors'],
  ['shared/telemetry/sample.ts', '../storage/table-keys'],
  ['shared/telemetry/sample.ts', '../http/problem'],
  ['shared/telemetry/sample.ts', '../../functions/main'],
  ['shared/telemetry/sample.ts', '@azure/data-tables'],
  ['shared/sample.ts', './storage/storage'],
  ['shared/sample.ts', './http/problem'],
  ['shared/sample.ts', '../functions/main'],
  ['shared/sample.ts', '@azure/identity'],
  ['functions/sample.ts', '../local/wait-for'],
  ['functions/sample.ts', '../test/support/repository'],
  ['functions/sample.ts', '@azure/data-tables'],
  ['functions/sample.ts', '@azure/identity'],
  ['functions/sample.ts', 'jose'],
  ['functions/sample.ts', '../console/outcome'],
  ['console/sample.ts', '../shared/tones/request/dial-string'],
  ['console/sample.ts', '../functions/console'],
  ['console/sample.ts', '../local/wait-for'],
  ['console/sample.ts', 'node:crypto'],
  ['console/sample.ts', 'zod'],
  ['local/graph-simulator/sample.ts', '../../shared/tones/tone-names'],
  ['local/graph-simulator/sample.ts', '../../functions/main'],
  ['local/graph-simulator/sample.ts', '@azure/functions'],
  ['local/graph-simulator/sample.ts', 'zod'],
  ['local/sample.ts', '../test/support/repository'],
  ['local/functions-host/sample.ts', '../../test/support/repository'],
  ['openapi/sample.ts', '../functions/enqueue-tones'],
  ['openapi/sample.ts', '../local/wait-for'],
  ['openapi/sample.ts', '../test/support/repository'],
  ['openapi/sample.ts', '@azure/functions'],
];

const ALLOWED: readonly (readonly [filePath: string, imported: string])[] = [
  ['shared/tones/ports/sample.ts', '../request/tone-request'],
  ['shared/tones/rules.ts', './ports/ports'],
  ['shared/tones/rules.ts', './delivery/press-tones'],
  ['shared/tones/upkeep/sample.ts', '../delivery/end-request'],
  ['shared/tones/facts/sample.ts', './outcome-facts'],
  ['shared/tones/request/sample.ts', '../facts/tone-names'],
  ['shared/tones/callbacks/sample.ts', '../ports/ports'],
  ['shared/tones/delivery/sample.ts', '../callbacks/announce-end'],
  ['shared/settings/sample.ts', '../tones/request/tone-request'],
  ['shared/graph/sample.ts', '../settings/clouds'],
  ['shared/tones/facts/sample.ts', 'zod'],
  ['shared/graph/sample.ts', '../tones/ports/ports'],
  ['shared/storage/sample.ts', '../tones/ports/ports'],
  ['shared/http/sample.ts', '../tones/ports/ports'],
  ['shared/outbound/sample.ts', '../tones/ports/ports'],
  ['shared/outbound/sample.ts', 'node:https'],
  ['shared/telemetry/sample.ts', '../tones/event-log'],
  ['shared/telemetry/sample.ts', '@opentelemetry/api'],
  ['shared/sample.ts', './tones/ports/ports'],
  ['functions/sample.ts', '../shared/storage/storage'],
  ['functions/sample.ts', '@azure/functions'],
  ['console/sample.ts', './outcome'],
  ['local/graph-simulator/sample.ts', './calls'],
  ['local/sample.ts', '../shared/settings/settings'],
  ['openapi/sample.ts', '../shared/http/problem'],
  ['openapi/sample.ts', 'zod'],
  ['test/unit/sample.ts', '../../local/wait-for'],
];

const samples = [...REFUSED, ...ALLOWED].map(([filePath, imported]) => ({
  filePath,
  code: `import * as imported from '${imported}';\nexport const kept = imported;\n`,
}));

function lintSamples(): { broken: string[][]; rooms: string[][] } {
  const child = spawnSync(developmentNode(), [join(ROOT, 'test/fixtures/lint-samples/lint-samples.mjs')], {
    cwd: ROOT,
    input: JSON.stringify(samples),
    encoding: 'utf8',
  });
  if (child.status !== 0) throw new Error(child.stderr);
  return JSON.parse(child.stdout) as { broken: string[][]; rooms: string[][] };
}

const { broken, rooms } = lintSamples();

test.each(REFUSED.map(([filePath, imported], index) => [filePath, imported, index] as const))(
  '%s may not import %s',
  (_filePath, _imported, index) => {
    expect(broken[index]).toEqual(['no-restricted-imports']);
  },
);

test.each(ALLOWED.map(([filePath, imported], index) => [filePath, imported, REFUSED.length + index] as const))(
  '%s may import %s',
  (_filePath, _imported, index) => {
    expect(broken[index]).toEqual([]);
  },
);

test('every file of functions, shared, console, local and openapi is in exactly one room', () => {
  const files = repositoryFiles().filter((path) => /^(?:functions|shared|console|local|openapi)\/.*\.ts$/.test(path));
  expect(files.length).toBeGreaterThan(50);
  expect(
    files.filter((path) => rooms.filter((globs) => globs.some((glob) => matchesGlob(path, glob))).length !== 1),
  ).toEqual([]);
});

test('the Graph simulator imports only Node, published types, what builds its page, and itself', () => {
  const files = repositoryFiles().filter((path) => /^local\/graph-simulator\/.*\.ts$/.test(path));
  const imported = files.flatMap((path) =>
    [...readText(path).matchAll(/(?:from|import\()\s*'([^']+)'/g)].map((match) => match[1] ?? ''),
  );
  expect(
    imported.filter(
      (name) => !/^(?:node:|\.\.?\/(?:[\w-]+\/)?[\w-]+$|jose$|esbuild$|@microsoft\/microsoft-graph-types$)/.test(name),
    ),
  ).toEqual([]);
});
