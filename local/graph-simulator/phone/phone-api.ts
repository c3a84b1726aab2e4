// The phone over HTTP: its page, its events as a stream, and what a person does. Under /phone, for a browser on this machine.
// Answers its own page only: another site's page could otherwise read what is pressed, or press buttons here.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { OptionFault } from '../calls/calls';
import { isObject } from '../calls/scenarios';
import { isJsonContent, parseJson, readBody, sendJson } from '../exchange';
import { ACTIONS, type Phone, type PhoneAction } from './phone';
import { sendPhonePage } from './phone-page';

const MAX_BODY_BYTES = 16 * 1024;
const CALL_ROUTE = /^\/phone\/calls\/([^/]+)$/;

export class PhoneApi {
  /** Where the notifications of new calls go, unless the page says otherwise. */
  callbackUrl = '';

  constructor(private readonly phone: Phone) {}

  async answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    if (!isOfThisPage(request)) return sendJson(response, 403, { error: 'for the page of this simulator only' });
    const route = `${request.method} ${path}`;
    if (route === 'GET /phone') return sendPhonePage(response);
    if (route === 'GET /phone/events') return this.#stream(request, response);
    if (request.method !== 'POST') return sendJson(response, 404, { error: 'no such page of the phone' });
    const text = isJsonContent(request) ? await readBody(request, MAX_BODY_BYTES) : undefined;
    const body = text === undefined ? undefined : parseJson(text)?.value;
    if (!isObject(body)) return sendJson(response, 400, { error: 'the body must be a JSON object' });
    try {
      sendJson(response, 200, await this.#act(path, body));
    } catch (error) {
      if (!(error instanceof OptionFault)) throw error;
      sendJson(response, 400, { error: error.message });
    }
  }

  async #act(path: string, { callbackUrl, action }: Record<string, unknown>): Promise<object> {
    if (path === '/phone/calls') {
      if (typeof callbackUrl !== 'string') throw new OptionFault('callbackUrl must be a URL');
      return { id: await this.phone.create(callbackUrl) };
    }
    const callId = CALL_ROUTE.exec(path)?.[1];
    const known = ACTIONS.find((name) => name === action) satisfies PhoneAction | undefined;
    if (callId === undefined || known === undefined) throw new OptionFault('no such call, or no such action');
    await this.phone.act(decodeURIComponent(callId), known);
    return {};
  }

  #stream(request: IncomingMessage, response: ServerResponse): void {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    const send = (event: string, data: unknown) => response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    send('callback', this.callbackUrl);
    const end = this.phone.listen({ calls: (calls) => send('calls', calls), keys: (keys) => send('keys', keys) });
    request.on('close', end);
  }
}

/** By a name of this machine, so that no other name leads here; and from no other site's page. */
function isOfThisPage({ headers, socket }: IncomingMessage): boolean {
  const hosts = ['127.0.0.1', 'localhost'].map((name) => `${name}:${socket.localPort}`);
  const { host = '', origin } = headers;
  const site = headers['sec-fetch-site'];
  return (
    hosts.includes(host) &&
    (origin === undefined || origin === `http://${host}`) &&
    (site === undefined || site === 'same-origin' || site === 'none')
  );
}
