// `npm start`: the same stack as the demo, left running, with the URLs and the key to use, until Ctrl+C.
import { startLocalStack } from './local-stack';

const CALL = '57dab8b1-894c-409a-b240-bd8beae78896';
const HOST_PORT = 7071;
const SIMULATOR_PORT = 7072;

async function main(): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  const stack = await startLocalStack({
    hostPort: HOST_PORT,
    simulatorPort: SIMULATOR_PORT,
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
