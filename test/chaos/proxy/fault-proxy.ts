// A proxy on loopback that passes whole HTTP messages on byte for byte, and does to some what a bad network does.
// Stands between the app and Azurite, and between the app and the Graph simulator; logs every request, also with no faults.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { withinLimit } from '../../../local/within-limit';
import type { SeededRandom } from '../../proof/simulation/seeded-random';
import { MessageReader, type HttpMessage } from './http-framing';
import { drawFault, noFaultCounts, type FaultCounts, type FaultKind, type FaultRates } from './network-faults';
import { wireOperation, type WireOperation } from './wire-operation';

/** One request as it was seen on the wire. */
export interface ProxiedRequest {
  readonly receivedAt: number;
  readonly method: string;
  readonly target: string;
  readonly operation: WireOperation;
  readonly fault?: FaultKind;
  /** What the upstream answered; absent if it was never asked or did not answer. */
  status?: number;
}

/** `received`: whole, and not yet passed on. `executed`: the upstream has answered, and the answer is not yet passed on. */
export type Moment = 'received' | 'executed';

export interface FaultProxyOptions {
  /** Port of the upstream, on 127.0.0.1. */
  readonly upstreamPort: number;
  readonly random: SeededRandom;
  readonly rates: FaultRates;
  /** Told of both moments of every request, before anything else happens. */
  readonly onMoment?: (moment: Moment, request: ProxiedRequest) => void;
}

export interface FaultProxy {
  readonly port: number;
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** The newest 200,000, oldest first. */
  readonly requests: readonly ProxiedRequest[];
  readonly faults: Readonly<FaultCounts>;
  /** Counts from now on with these rates. */
  useRates(rates: FaultRates): void;
  /** Ends every connection and every delay. */
  close(): Promise<void>;
}

const MOST_LOGGED = 200_000;
/** Longer than any call of the simulator takes to answer; after that the upstream counts as gone. */
const ANSWER_LIMIT_MS = 60_000;
const CLOSING_LIMIT_MS = 5000;

export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const closing = new AbortController();
  const sockets = new Set<Socket>();
  const log: ProxiedRequest[] = [];
  const faults = noFaultCounts();
  let { rates } = options;

  const track = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.setNoDelay(true);
    // Its reader sees the end; there is nobody else to tell.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    return socket;
  };

  const note = (message: HttpMessage): ProxiedRequest => {
    const [method = '', target = ''] = message.startLine.split(' ');
    const fault = drawFault(rates, options.random);
    if (fault) faults[fault] += 1;
    const operation = wireOperation(method, target, message.headers['if-match'] !== undefined);
    const request: ProxiedRequest = { receivedAt: Date.now(), method, target, operation, ...(fault && { fault }) };
    log.push(request);
    if (log.length > MOST_LOGGED) log.splice(0, MOST_LOGGED / 10);
    return request;
  };

  const serve = async (client: Socket): Promise<void> => {
    const fromClient = new MessageReader(client);
    const upstream = track(connect(options.upstreamPort, '127.0.0.1'));
    const fromUpstream = new MessageReader(upstream);
    // An idle connection ends as a direct one would.
    upstream.once('close', () => client.end());
    const end = () => {
      client.resetAndDestroy();
      upstream.destroy();
    };
    const pause = (mostMs: number) => delay(options.random.between(0, mostMs), undefined, { signal: closing.signal });

    for (let message = await fromClient.next(); message !== undefined; message = await fromClient.next()) {
      const request = note(message);
      const { fault } = request;
      const { mostDelayBeforeMs, mostDelayAfterMs } = rates;
      options.onMoment?.('received', request);
      if (fault === 'resetBefore') return end();
      if (fault === 'errorBefore') {
        client.write(errorAnswer(options.random));
        continue;
      }
      // A client that went away meanwhile has sent its request all the same: it arrives.
      if (fault === 'delayBefore') await pause(mostDelayBeforeMs);
      upstream.write(message.raw);
      const answer = await withinLimit('an answer', ANSWER_LIMIT_MS, fromUpstream.next(request.method)).catch(
        () => undefined,
      );
      if (answer === undefined) return end();
      request.status = Number(answer.startLine.split(' ')[1]);
      options.onMoment?.('executed', request);
      if (fault === 'resetAfter') return end();
      if (fault === 'delayAfter') await pause(mostDelayAfterMs);
      client.write(fault === 'errorAfter' ? errorAnswer(options.random) : answer.raw);
    }
    upstream.destroy();
  };

  const server = createServer((client) => {
    serve(track(client)).catch((error: unknown) => {
      client.destroy();
      // A delay was cut short by `close`.
      if (!closing.signal.aborted) throw error;
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    requests: log,
    faults,
    useRates(next) {
      rates = next;
    },
    async close() {
      closing.abort();
      for (const socket of sockets) socket.destroy();
      const closed = once(server, 'close');
      server.close();
      await withinLimit('the proxy’s connections to end', CLOSING_LIMIT_MS, closed);
    },
  };
}

/** As a gateway answers that knows nothing of the service behind it. */
function errorAnswer(random: SeededRandom): string {
  return random.chance(0.5)
    ? 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n'
    : 'HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n';
}
