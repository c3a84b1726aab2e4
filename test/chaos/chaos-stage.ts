// What a chaos run happens on: Azurite, the simulator, the instances behind their proxies, one front door, and a watch on storage.
// Knows nothing of callers, kills and promises; what it opened it closes, and it reports at once when a part of it is gone.
import { startAzurite, type Azurite } from '../../local/azurite';
import { Closing } from '../../local/closing';
import { startGraphSimulator, type GraphSimulator } from '../../local/graph-simulator/server';
import { describeEnd } from '../../local/watched-child';
import { withinLimit } from '../../local/within-limit';
import { CallbackReceiver } from './callback-receiver';
import { AppInstances, CLOSING_LIMIT_MS, type InstancesOptions } from './app-instances';
import { openFrontDoor, type FrontDoor } from './proxy/front-door';
import { StorageWatch } from './proxy/storage-watch';

export interface ChaosStage {
  readonly azurite: Azurite;
  readonly simulator: GraphSimulator;
  readonly instances: AppInstances;
  readonly door: FrontDoor;
  readonly watch: StorageWatch;
  readonly receiver: CallbackReceiver;
  /** May be called twice. */
  close(): Promise<void>;
}

export type StageOptions = Omit<InstancesOptions, 'azurite' | 'simulator'>;

const IN_PROCESS_LIMIT_MS = 10_000;

/** `lost` is aborted when a part ends that nobody ended: nothing that is waited for will come. */
export async function openStage(options: StageOptions, lost: AbortController): Promise<ChaosStage> {
  const closing = new Closing();
  let isClosing = false;
  const close = (): Promise<void> => {
    isClosing = true;
    return closing.all();
  };
  const lose = (error: Error): void => void (isClosing || lost.abort(error));
  try {
    const azurite = await startAzurite();
    closing.add('Azurite', () => azurite.close());
    void azurite.ended.then((end) => lose(new Error(`Azurite ${describeEnd(end)}`)));
    const simulator = await withinLimit('the simulator', IN_PROCESS_LIMIT_MS, startGraphSimulator({ port: 0 }));
    closing.add('the Graph simulator', () => simulator.close());
    const receiver = await withinLimit(
      'the callback receiver',
      IN_PROCESS_LIMIT_MS,
      CallbackReceiver.open(options.random),
    );
    closing.add('the callback receiver', () => receiver.close());
    const settings = { ...options.settings, CALLBACK_HOSTS: receiver.origin };
    const instances = await AppInstances.start({ azurite, simulator, ...options, settings }, lost.signal);
    closing.add('the instances', () => instances.close(), CLOSING_LIMIT_MS);
    const door = await withinLimit(
      'the front door',
      IN_PROCESS_LIMIT_MS,
      openFrontDoor(() => instances.liveUrls, options.random),
    );
    closing.add('the front door', () => door.close());
    const watch = new StorageWatch(azurite.connectionString);
    watch.start((error) => lose(new Error(`the watch on storage failed: ${String(error)}`)));
    closing.add('the watch on storage', () => watch.stop());
    return { azurite, simulator, instances, door, watch, receiver, close };
  } catch (error) {
    await close();
    throw error;
  }
}
