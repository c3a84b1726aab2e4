// `npm run host -- [--port 7071] [--app <directory>] [--verbose]`: runs the built app on the local Functions host.
// Reads the flags, and turns signals and failures into exit codes; knows nothing else of the host.

import { parseArgs } from 'node:util';

import { messageOf } from './host-log';
import { startFunctionsHost } from './start-functions-host';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '7071' },
      app: { type: 'string', default: '.' },
      verbose: { type: 'boolean', default: false },
    },
  });
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535) throw new Error(`--port ${values.port} is not a port.`);

  const host = await startFunctionsHost({ appDirectory: values.app, port, verbose: values.verbose });
  const end = async (): Promise<void> => {
    // An app may hold connections or timers for ever, so the process is ended, as the real worker is.
    process.exit((await host.close()) ? 0 : 1);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end().catch(fail));

  if (process.env.LOCAL_FUNCTION_KEY === undefined || process.env.LOCAL_FUNCTION_KEY === '') {
    console.log(`function key ${host.functionKey}`);
  }
  console.log(`listening on ${host.url}`);
}

function fail(error: unknown): void {
  console.error(messageOf(error));
  process.exit(1);
}

main().catch(fail);
