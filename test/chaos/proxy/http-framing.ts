// Where one HTTP/1.1 message ends in a stream of bytes, so that a proxy can pass on whole messages without changing a byte.
// Stands under fault-proxy; RFC 9112 section 6, as far as Azurite, the SDKs, fetch and the simulator use it.
import type { Socket } from 'node:net';

export interface HttpMessage {
  /** The first line: `GET /path HTTP/1.1`, or `HTTP/1.1 200 OK`. */
  readonly startLine: string;
  /** Names in lower case; of a repeated header the last one. */
  readonly headers: Readonly<Record<string, string>>;
  /** The message as it came, head and body. */
  readonly raw: Buffer;
  readonly body: Buffer;
}

interface Taken {
  readonly message: HttpMessage;
  readonly rest: Buffer;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');

/** The first message of the bytes; undefined while it is not whole. `answerTo` is the method of the request where it is an answer. */
export function takeMessage(
  bytes: Buffer,
  { answerTo, ended = false }: { answerTo?: string | undefined; ended?: boolean } = {},
): Taken | undefined {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd === -1) return undefined;
  const [startLine = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const bodyStart = headEnd + HEAD_END.length;
  const end = bodyEnd(bytes, bodyStart, startLine, headers, answerTo, ended);
  if (end === undefined || end > bytes.length) return undefined;
  const message = { startLine, headers, raw: bytes.subarray(0, end), body: bytes.subarray(bodyStart, end) };
  return { message, rest: bytes.subarray(end) };
}

function bodyEnd(
  bytes: Buffer,
  start: number,
  startLine: string,
  headers: HttpMessage['headers'],
  answerTo: string | undefined,
  ended: boolean,
): number | undefined {
  const isAnswer = answerTo !== undefined;
  if (answerTo === 'HEAD' || (isAnswer && /^HTTP\/1\.1 (?:1\d\d|204|304)/.test(startLine))) return start;
  if (headers['transfer-encoding']?.toLowerCase().endsWith('chunked')) return chunkedEnd(bytes, start);
  const length = headers['content-length'];
  if (length !== undefined) return start + Number(length);
  if (!isAnswer) return start;
  // An answer without a length lasts until the connection ends.
  return ended ? bytes.length : undefined;
}

/** After the last chunk and its trailers (none are expected). */
function chunkedEnd(bytes: Buffer, start: number): number | undefined {
  for (let at = start; ;) {
    const lineEnd = bytes.indexOf(LINE_END, at);
    if (lineEnd === -1) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    if (Number.isNaN(size)) throw new Error('a chunk has no size');
    at = lineEnd + LINE_END.length + size + LINE_END.length;
    if (at > bytes.length) return undefined;
    if (size === 0) return at;
  }
}

/** Hands out the messages of one side of a connection, one after the other. */
export class MessageReader {
  #bytes: Buffer = Buffer.alloc(0);
  #ended = false;
  #changed: () => void = () => {};

  constructor(socket: Socket) {
    socket.on('data', (chunk) => {
      this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
      this.#changed();
    });
    for (const event of ['end', 'close', 'error'] as const) {
      socket.on(event, () => {
        this.#ended = true;
        this.#changed();
      });
    }
  }

  /** The next whole message; undefined if the other side ended first. One call at a time. */
  async next(answerTo?: string): Promise<HttpMessage | undefined> {
    for (;;) {
      const taken = takeMessage(this.#bytes, { answerTo, ended: this.#ended });
      if (taken) {
        this.#bytes = taken.rest;
        return taken.message;
      }
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => (this.#changed = resolve));
    }
  }
}
