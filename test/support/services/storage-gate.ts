// A gate between the app and Azurite, one a service: shut, connections break as in an outage; silent, they are taken and nothing answers.
// Stands beside app-under-test. The port stays taken, so that nothing else can answer there.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Azurite } from '../../../local/azurite';

export class Gate {
  #state: 'open' | 'shut' | 'silent' = 'open';
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((incoming) => {
    this.#track(incoming);
    if (this.#state === 'shut') return void incoming.destroy();
    if (this.#state === 'silent') return void incoming.resume();
    const outgoing = this.#track(connect(this.targetPort, '127.0.0.1'));
    incoming.pipe(outgoing).pipe(incoming);
    incoming.once('close', () => outgoing.destroy());
    outgoing.once('close', () => incoming.destroy());
  });

  constructor(private readonly targetPort: number) {}

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  shut(): void {
    this.#become('shut');
  }

  silence(): void {
    this.#become('silent');
  }

  /** Connections that were taken silently end, as they would when a service comes back. */
  open(): void {
    if (this.#state !== 'open') this.#become('open');
  }

  close(): void {
    this.shut();
    this.#server.close();
  }

  #become(state: 'open' | 'shut' | 'silent'): void {
    this.#state = state;
    for (const socket of this.#sockets) socket.destroy();
  }

  #track(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  }
}

export interface StorageGates {
  readonly queue: Gate;
  readonly table: Gate;
  /** Azurite's connection string, through the gates. */
  readonly connectionString: string;
}

export async function gatesTo(azurite: Azurite): Promise<StorageGates> {
  const [queue, table] = [new Gate(azurite.queuePort), new Gate(azurite.tablePort)];
  const [queuePort, tablePort] = [await queue.listen(), await table.listen()];
  const connectionString = azurite.connectionString
    .replace(`:${azurite.queuePort}/`, `:${queuePort}/`)
    .replace(`:${azurite.tablePort}/`, `:${tablePort}/`);
  return { queue, table, connectionString };
}
