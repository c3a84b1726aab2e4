// A gate between the app and Azurite, one a service: while it is shut, connections break as in an outage.
// Stands beside app-under-test. The port stays taken, so that nothing else can answer there.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Azurite } from '../../local/azurite';

export class Gate {
  #open = true;
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((incoming) => {
    this.#track(incoming);
    if (!this.#open) return void incoming.destroy();
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
    this.#open = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  open(): void {
    this.#open = true;
  }

  close(): void {
    this.shut();
    this.#server.close();
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
  const connectionString = azurite.connectionString.replace(`:${azurite.queuePort}/`, `:${queuePort}/`).replace(`:${azurite.tablePort}/`, `:${tablePort}/`);
  return { queue, table, connectionString };
}
