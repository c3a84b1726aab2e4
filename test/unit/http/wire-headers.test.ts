// The headers that a function sees are those that came with its request, whatever the host read out of the query or the body.
import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { InvocationContext, type HttpRequest } from '@azure/functions';
import { goneSignalOf } from '../../../shared/http/caller-gone';
import { makeWireHeaders } from '../../../shared/http/wire-headers';
import { waitFor } from '../../../local/wait-for';
import { get } from '../../support/invocation';

const withWireHeaders = makeWireHeaders();
let server: Server;
let held: { request: IncomingMessage; response: ServerResponse }[];

beforeEach(async () => {
  held = [];
  server = createServer((request, response) => held.push({ request, response })).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** Sends a request to the server as the host would, and waits until it is there. */
async function arrive(headers: Record<string, string | string[]>): Promise<void> {
  const { port } = server.address() as AddressInfo;
  const before = held.length;
  httpRequest({ port, host: '127.0.0.1', headers, agent: false }).on('error', () => undefined).end(); // prettier-ignore
  await waitFor('the request', () => held.length > before);
}

/** The headers that a handler sees in this invocation, of a request that the library made with `forged`. */
async function seenIn(invocationId: string, forged: Record<string, string>): Promise<Record<string, string>> {
  let seen: Record<string, string> = {};
  const handler = withWireHeaders((request: HttpRequest) => {
    seen = Object.fromEntries(request.headers);
    return {};
  });
  await handler(get('/', forged), new InvocationContext({ invocationId }));
  return seen;
}

test('a header that is not on the wire is not there', async () => {
  await arrive({ 'x-ms-invocation-id': 'a', 'content-type': 'application/json', 'x-cup': ['one', 'two'] });
  const seen = await seenIn('a', { 'x-ms-client-principal-id': 'somebody', 'content-type': 'text/plain' });
  expect(seen).toMatchObject({ 'content-type': 'application/json', 'x-cup': 'one,two' });
  expect(seen).not.toHaveProperty('x-ms-client-principal-id');
});

test('each invocation sees its own', async () => {
  await arrive({ 'x-ms-invocation-id': 'b', 'x-ms-client-principal-id': 'bob' });
  await arrive({ 'x-ms-invocation-id': 'c' });
  expect(await seenIn('b', {})).toHaveProperty('x-ms-client-principal-id', 'bob');
  expect(await seenIn('c', {})).not.toHaveProperty('x-ms-client-principal-id');
});

test('an invocation whose request was not seen has no headers at all', async () => {
  await arrive({ 'x-ms-client-principal-id': 'nobody asked for me' });
  expect(await seenIn('d', { 'x-ms-client-principal-id': 'somebody', authorization: 'Bearer x' })).toEqual({});
});

/** What a handler of this invocation learns of its caller's going. */
async function goneSignalIn(invocationId: string): Promise<AbortSignal | undefined> {
  let signal: AbortSignal | undefined;
  const handler = withWireHeaders((request: HttpRequest) => {
    signal = goneSignalOf(request);
    return {};
  });
  await handler(get('/'), new InvocationContext({ invocationId }));
  return signal;
}

test('a caller who goes away before the answer is noticed, one who got it is not gone', async () => {
  await arrive({ 'x-ms-invocation-id': 'g' });
  await arrive({ 'x-ms-invocation-id': 'h' });
  const [gone, answered] = [await goneSignalIn('g'), await goneSignalIn('h')];
  expect([gone?.aborted, answered?.aborted]).toEqual([false, false]);
  const closed = [
    once(held[0]?.response as ServerResponse, 'close'),
    once(held[1]?.response as ServerResponse, 'close'),
  ];
  held[0]?.request.socket.destroy();
  held[1]?.response.end('all of it');
  await Promise.all(closed);
  expect([gone?.aborted, answered?.aborted]).toEqual([true, false]);
});

test('a caller who goes away in the middle of the answer is gone', async () => {
  await arrive({ 'x-ms-invocation-id': 'i' });
  const gone = await goneSignalIn('i');
  const closed = once(held[0]?.response as ServerResponse, 'close');
  held[0]?.response.write('half of it');
  held[0]?.request.socket.destroy();
  await closed;
  expect(gone?.aborted).toBe(true);
});

test('of a request that was not seen on the wire nobody knows whether its caller is gone', async () => {
  expect(await goneSignalIn('j')).toBeUndefined();
  expect(goneSignalOf(get('/'))).toBeUndefined();
});

test('nothing is kept of a request that is answered, or whose sender went away', async () => {
  await arrive({ 'x-ms-invocation-id': 'e' });
  await arrive({ 'x-ms-invocation-id': 'f' });
  held[0]?.response.end();
  held[1]?.request.socket.destroy();
  await waitFor(
    'both to be forgotten',
    async () => Object.keys({ ...(await seenIn('e', {})), ...(await seenIn('f', {})) }).length === 0,
  );
});
