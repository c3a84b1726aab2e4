// The receiver of callbacks of a chaos run: an HTTP server on this machine that takes most, refuses some for the moment, and breaks
// connections before or after it took what came. Remembers what it was given, and when.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { withinLimit } from '../../local/within-limit';
import type { SeededRandom } from '../proof/simulation/seeded-random';

/** Stands in every callback URL, and may stand nowhere else but in the row that keeps it. */
export const CALLBACK_SECRET = 's3cret-of-a-callback';

/** One outcome that was delivered. */
export interface HeardCallback {
  readonly at: number;
  readonly status: string;
  readonly playedToneCount: number | undefined;
}

const SHARES = { unavailable: 0.08, busy: 0.04, brokenBefore: 0.04, brokenAfter: 0.06 };
const SLOWEST_MS = 400;
const CLOSING_LIMIT_MS = 5000;

export class CallbackReceiver {
  /** By clientContext, in the order of their arrival; those of which no answer was given, too. */
  readonly heard = new Map<string, HeardCallback[]>();
  /** POSTs of any kind. */
  posts = 0;
  #isCalm = false;
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  constructor(private readonly random: SeededRandom) {}

  static async open(random: SeededRandom): Promise<CallbackReceiver> {
    const receiver = new CallbackReceiver(random);
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  /** As CALLBACK_HOSTS names it. */
  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  urlOf(clientContext: string): string {
    return `${this.origin}/${clientContext}?sig=${CALLBACK_SECRET}`;
  }

  /** From now on everything is taken. */
  calm(): void {
    this.#isCalm = true;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await withinLimit('the end of the callback receiver', CLOSING_LIMIT_MS, closed);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      // Its sender died on the way: nothing was delivered.
      return;
    }
    this.posts += 1;
    const draw = this.#isCalm ? 1 : this.random.next();
    const { unavailable, busy, brokenBefore, brokenAfter } = SHARES;
    if (draw < unavailable) return void response.writeHead(503).end();
    if (draw < unavailable + busy) return void response.writeHead(429, { 'Retry-After': '1' }).end();
    if (draw < unavailable + busy + brokenBefore) return void request.socket.destroy();
    this.#hear(Buffer.concat(chunks).toString('utf8'));
    if (draw < unavailable + busy + brokenBefore + brokenAfter) return void request.socket.destroy();
    setTimeout(() => response.writeHead(204).end(), this.#isCalm ? 0 : this.random.between(0, SLOWEST_MS));
  }

  #hear(text: string): void {
    const outcome = JSON.parse(text) as { clientContext: string; status: string; playedToneCount?: number };
    const { clientContext, status, playedToneCount } = outcome;
    const heard = this.heard.get(clientContext) ?? [];
    heard.push({ at: Date.now(), status, playedToneCount });
    this.heard.set(clientContext, heard);
  }
}
