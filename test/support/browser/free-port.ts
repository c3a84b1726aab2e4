// A port that nobody listens on, for an app that must have the same one after a restart.
// Somebody else may take it meanwhile; then the start fails and says so.
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

export async function takeFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
