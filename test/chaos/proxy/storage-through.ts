// Azurite behind a fault proxy for its queues and one for its tables, and the connection string that leads through both.
// Used by the chaos run, and wherever storage transactions are to be counted on the wire (with NO_FAULTS).
import type { Azurite } from '../../../local/azurite';
import { startFaultProxy, type FaultProxy, type FaultProxyOptions } from './fault-proxy';
import type { FaultRates } from './network-faults';

export interface ProxiedStorage {
  readonly connectionString: string;
  readonly queue: FaultProxy;
  readonly table: FaultProxy;
  useRates(rates: FaultRates): void;
  close(): Promise<void>;
}

/** Blobs are reached directly: neither the app nor the local host uses any. */
export async function storageThrough(
  azurite: Azurite,
  options: Omit<FaultProxyOptions, 'upstreamPort'>,
): Promise<ProxiedStorage> {
  const queue = await startFaultProxy({ ...options, upstreamPort: azurite.queuePort });
  const table = await startFaultProxy({ ...options, upstreamPort: azurite.tablePort });
  return {
    connectionString: azurite.connectionString
      .replace(`http://127.0.0.1:${azurite.queuePort}/`, `${queue.url}/`)
      .replace(`http://127.0.0.1:${azurite.tablePort}/`, `${table.url}/`),
    queue,
    table,
    useRates(rates) {
      queue.useRates(rates);
      table.useRates(rates);
    },
    async close() {
      await Promise.all([queue.close(), table.close()]);
    },
  };
}
