// One address for several instances, as a load balancer gives it: each connection goes to any of those that live.
// Stands between the simulator's notifications (whose callback URL is fixed for a call) and the instances.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { withinLimit } from '../../../local/within-limit';
import type { SeededRandom } from '../../proof/simulation/seeded-random';

const CLOSING_LIMIT_MS = 5000;

export interface FrontDoor {
  readonly url: string;
  close(): Promise<void>;
}

/** Changes no byte, has no faults of its own; a connection ends with the instance behind it. */
export async function openFrontDoor(liveUrls: () => readonly string[], random: SeededRandom): Promise<FrontDoor> {
  const sockets = new Set<Socket>();
  const track = (socket: Socket, other: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      other.destroy();
    });
  };
  const server = createServer((client) => {
    const urls = liveUrls();
    const url = urls[random.between(0, urls.length - 1)];
    if (url === undefined) return client.resetAndDestroy();
    const instance = connect(Number(new URL(url).port), '127.0.0.1');
    track(client, instance);
    track(instance, client);
    client.pipe(instance).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const socket of sockets) socket.destroy();
      const closed = once(server, 'close');
      server.close();
      await withinLimit('the front door’s connections to end', CLOSING_LIMIT_MS, closed);
    },
  };
}
