// Which ports of the loopback are taken, asked by listening on them for a moment.
// Knows nothing of what will use them. The answer may be out of date at once:
// whoever then listens must still expect a refusal.
import { once } from 'node:events';
import { createServer } from 'node:net';

/** In the order given; 0, which stands for any free port, is never taken. */
export async function takenPorts(ports: readonly number[]): Promise<number[]> {
  const taken: number[] = [];
  for (const port of ports) if (port !== 0 && (await isTaken(port))) taken.push(port);
  return taken;
}

async function isTaken(port: number): Promise<boolean> {
  // Who connects is let go, so that the server can close.
  const server = createServer((socket) => socket.destroy()).listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return true;
    throw error;
  }
  server.close();
  await once(server, 'close');
  return false;
}
