// The command line of the simulator: tsx local/graph-simulator/main.ts --port 7072
// Prints one line when it listens and ends on SIGTERM or SIGINT; knows nothing else of the simulator.
import { parseArgs } from 'node:util';
import { DEFAULT_PORT, startGraphSimulator } from './server';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: String(DEFAULT_PORT) },
      'app-id': { type: 'string' },
      'tenant-id': { type: 'string' },
      'identity-header': { type: 'string' },
      'callback-url': { type: 'string', default: 'http://127.0.0.1:7071/api/callNotifications' },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error('--port takes a number from 0 to 65535');
  const { 'app-id': appId, 'tenant-id': tenantId, 'identity-header': identityHeader } = values;
  const simulator = await startGraphSimulator({
    port,
    toneTime: 'real',
    ...(appId !== undefined && { appId }),
    ...(tenantId !== undefined && { tenantId }),
    ...(identityHeader !== undefined && { identityHeader }),
  });
  simulator.setPhoneCallback(values['callback-url']);
  const end = (): void => void simulator.close();
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  process.stdout.write(`listening on ${simulator.url}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
