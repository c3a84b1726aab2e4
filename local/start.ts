// `npm start`: the same stack as the demo, left running until Ctrl+C; `npm start -- --help` says what can be chosen.
// With --no-host everything but the app, which is then run by `func start`,
// `npm run host` or a debugger, on local.settings.json.
import { parseArgs } from 'node:util';
import { WELL_KNOWN_PORTS } from './azurite';
import { settingsUnlikeSample, startLocalStack, startSurroundings, type Surroundings } from './local-stack';
import { takenPorts } from './taken-ports';

const CALL = '57dab8b1-894c-409a-b240-bd8beae78896';

/** To try callbacks and receivers of notifications of one's own. */
const SETTINGS_OF_ENVIRONMENT = ['CALLBACK_HOSTS', 'CALLBACK_SIGNING_SECRET', 'NOTIFICATION_RECEIVERS'];

const HELP = `npm start -- [options]   the whole stack on this machine, left running until Ctrl+C

  --port 7071              of the functions; 0 takes a free one, here and below
  --simulator-port 7072    of the Graph simulator and its phone
  --storage-port 10000     of Azurite, which takes the two after it, too; or 0
  --no-host                everything but the app: func start, npm run host or a debugger runs it
  --help

The environment may give LOCAL_FUNCTION_KEY, and the settings
${SETTINGS_OF_ENVIRONMENT.join(', ')}.`;

const STORAGE_KEY_NOTE = "the emulator's account key is the same everywhere, published by Microsoft: no secret";

interface Options {
  readonly port: number;
  readonly simulatorPort: number;
  readonly storagePorts: 'well-known' | 'free';
  readonly withHost: boolean;
  readonly wantsHelp: boolean;
}

/** A port given on the command line; 0 takes a free one. */
function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new Error(`"${text}" is not a port.`);
  return port;
}

function optionsOf(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: '7071' },
      'simulator-port': { type: 'string', default: '7072' },
      'storage-port': { type: 'string', default: String(WELL_KNOWN_PORTS.blobPort) },
      'no-host': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const storagePort = portOf(values['storage-port']);
  if (storagePort !== 0 && storagePort !== WELL_KNOWN_PORTS.blobPort)
    throw new Error(`--storage-port takes ${WELL_KNOWN_PORTS.blobPort}, with the two after it, or 0 for free ones.`);
  const options: Options = {
    port: portOf(values.port),
    simulatorPort: portOf(values['simulator-port']),
    storagePorts: storagePort === 0 ? 'free' : 'well-known',
    withHost: !values['no-host'],
    wantsHelp: values.help,
  };
  if (!options.withHost && options.port === 0)
    throw new Error('--no-host needs the port that the app will listen on: --port 7071.');
  return options;
}

function settingsOf(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    SETTINGS_OF_ENVIRONMENT.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])),
  );
}

/** Before anything is started; whoever loses a race learns it from what could not listen. */
async function refuseTakenPorts({ port, simulatorPort, withHost }: Options): Promise<void> {
  const [taken] = await takenPorts(withHost ? [port, simulatorPort] : [simulatorPort]);
  if (taken === undefined) return;
  const option = taken === simulatorPort ? '--simulator-port' : '--port';
  throw new Error(
    `Port ${taken} is taken. Choose another one with ${option}, 0 for a free one: npm start -- ${option} 0`,
  );
}

async function main(): Promise<void> {
  const options = optionsOf(process.argv.slice(2));
  if (options.wantsHelp) {
    console.log(HELP);
    return;
  }
  const ended = new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  await refuseTakenPorts(options);
  const close = options.withHost ? await runStack(options) : await runSurroundings(options);
  await ended;
  await close();
}

async function runStack({ port, simulatorPort, storagePorts }: Options): Promise<() => Promise<void>> {
  const stack = await startLocalStack({
    hostPort: port,
    simulatorPort,
    storagePorts,
    settings: settingsOf(process.env),
    onProgress: (line) => console.log(line),
    onHostLine: (line) => console.log(`  | ${line}`),
  });
  stack.simulator.putCall(CALL, { callbackUrl: stack.callbackUrl });
  stack.simulator.setPhoneCallback(stack.callbackUrl);
  console.log(`
Console          ${stack.host.url}/api/console   (see a call, press keys; it asks for the function key)
Phone            ${stack.simulator.phoneUrl}   (create a call, hear its keys)
Functions        ${stack.host.url}/api
Function key     ${stack.host.functionKey}
Graph simulator  ${stack.simulator.url}   (control API: local/graph-simulator/README.md)
Callback URL     ${stack.callbackUrl}
Storage          ${stack.azurite.connectionString}
                 (${STORAGE_KEY_NOTE})
An established call is ready:

  curl -i '${stack.host.url}/api/enqueueTones' -H 'x-functions-key: ${stack.host.functionKey}' \\
    -H 'Content-Type: application/json' -d '{"callId":"${CALL}","digits":"42#"}'

  curl '${stack.simulator.url}/simulator/presses'

Ctrl+C ends everything.`);
  return () => stack.close();
}

async function runSurroundings({ port, simulatorPort, storagePorts }: Options): Promise<() => Promise<void>> {
  const surroundings = await startSurroundings({
    simulatorPort,
    storagePorts,
    onProgress: (line) => console.log(line),
  });
  const { azurite, simulator } = surroundings;
  const callbackUrl = `http://127.0.0.1:${port}/api/callNotifications`;
  simulator.putCall(CALL, { callbackUrl });
  simulator.setPhoneCallback(callbackUrl);
  console.log(`
Console          http://127.0.0.1:${port}/api/console   (of the app, once it runs)
Phone            ${simulator.phoneUrl}   (create a call, hear its keys)
Graph simulator  ${simulator.url}   (control API: local/graph-simulator/README.md)
Callback URL     ${callbackUrl}
Storage          ${azurite.connectionString}
                 (${STORAGE_KEY_NOTE})
An established call is ready: ${CALL}

The app is the second process, on a local.settings.json copied from local.settings.sample.json,
${changesOf(surroundings)}

  func start --port ${port}          (Azure Functions Core Tools; asks for no key)
  npm run host -- --port ${port}

Ctrl+C ends everything.`);
  return () => surroundings.close();
}

function changesOf(surroundings: Surroundings): string {
  const changes = Object.entries(settingsUnlikeSample(surroundings));
  if (changes.length === 0) return 'which fits as it is:';
  return [
    'with these values instead:',
    ...changes.map((change) => `  ${change.map((text) => JSON.stringify(text)).join(': ')}`),
  ].join('\n');
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
