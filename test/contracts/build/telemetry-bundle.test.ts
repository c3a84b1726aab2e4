// Telemetry costs nothing where no exporter is set: its code is in a file of its own, which is loaded behind the entry point, and only then.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { developmentNode } from '../../../local/development-node';
import { inherited, sampleSettings } from '../../../local/local-stack';
import { ROOT, readText } from '../../support/documents/repository';

interface Loaded {
  readonly atOnce: string[];
  readonly behind: string[];
}

function loadedWith(settings: Record<string, string>): Loaded {
  const { resolve } = createRequire(__filename);
  const script = join(ROOT, 'test/fixtures/telemetry-bundle/print-loaded-files.ts');
  const child = spawnSync(developmentNode(), ['--import', resolve('tsx'), script], {
    cwd: ROOT,
    env: { ...inherited(), ...sampleSettings(), ...settings },
    encoding: 'utf8',
  });
  if (child.status !== 0) throw new Error(child.stderr);
  return JSON.parse(child.stdout) as Loaded;
}

test('without an exporter nothing of telemetry is loaded', () => {
  expect(loadedWith({})).toEqual({ atOnce: ['main.js'], behind: ['main.js'] });
});

test.each([
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://127.0.0.1:9'],
  [
    'APPLICATIONINSIGHTS_CONNECTION_STRING',
    'InstrumentationKey=11111111-2222-4333-8444-555555555555;IngestionEndpoint=https://127.0.0.1:9/',
  ],
])('with %s it is loaded behind the entry point', (name, value) => {
  expect(loadedWith({ [name]: value })).toEqual({ atOnce: ['main.js'], behind: ['main.js', 'telemetry.js'] });
});

test('the SDK is in the file of telemetry, and not in the entry point', () => {
  expect(readText('dist/telemetry.js')).toContain('BatchSpanProcessor');
  expect(readText('dist/main.js')).not.toContain('BatchSpanProcessor');
});
