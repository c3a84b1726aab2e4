// `npm start [-- --port 7071 --simulator-port 7072]`: the same stack as the demo, left running, with the URLs and the key to use, until Ctrl+C.
import { parseArgs } from 'node:util';
import { startLocalStack } from './local-stack';

const CALL = '57dab8b1-894c-409a-b240-bd8beae78896';

/** A port given on the command line; 0 takes a free one. */
function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new Error(`"${text}" is not a port.`);
  return port;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { port: { type: 'string', default: '7071' }, 'simulator-port': { type: 'string', default: '7072' } },
  });
  const ended = new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  const stack = await startLocalStack({
    hostPort: portOf(values.port),
    simulatorPort: portOf(values['simulator-port']),
    onProgress: (line) => console.log(line),
    onHostLine: (line) => console.log(`  | ${line}`),
  });
  stack.simulator.putCall(CALL, { callbackUrl: stack.callbackUrl });
  console.log(`
Functions        ${stack.host.url}/api
Function key     ${stack.host.functionKey}
Graph simulator  ${stack.simulator.url}   (control API: local/graph-simulator/README.md)
Callback URL     ${stack.callbackUrl}
Storage          ${stack.azurite.connectionString}
An established call is ready:

  curl -i '${stack.host.url}/api/enqueueTones' -H 'x-functions-key: ${stack.host.functionKey}' \\
    -H 'Content-Type: application/json' -d '{"callId":"${CALL}","digits":"42#"}'

  curl '${stack.simulator.url}/simulator/presses'

Ctrl+C ends everything.`);
  await ended;
  await stack.close();
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
