// The code of telemetry, bundled as scripts/build.mjs does: the SDK uses dynamic imports, which Jest's modules do not have.
// Used by test/integration/telemetry.test.ts.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, stop } from 'esbuild';
import type * as LazyTelemetry from '../../../shared/telemetry/lazy-telemetry';

export async function bundleTelemetry(): Promise<typeof LazyTelemetry> {
  const directory = mkdtempSync(join(tmpdir(), 'telemetry-'));
  try {
    const { outputFiles } = await build({
      entryPoints: [join(__dirname, '../../../shared/telemetry/lazy-telemetry.ts')],
      write: false,
      bundle: true,
      platform: 'node',
      target: 'node22',
      format: 'cjs',
      supported: { 'dynamic-import': false },
    });
    const file = join(directory, 'telemetry.cjs');
    writeFileSync(file, outputFiles[0]?.text ?? '');
    return jest.requireActual<typeof LazyTelemetry>(file);
  } finally {
    rmSync(directory, { recursive: true });
    // Its service would keep the process alive.
    await stop();
  }
}
