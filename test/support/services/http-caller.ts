// A caller of the app over HTTP, with the function key where one is needed.
// Knows nothing of what is asked.

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Undefined if the body is no JSON. */
  readonly json: unknown;
}

export interface Target {
  readonly url: string;
  readonly functionKey: string;
}

export class HttpCaller {
  /** Every answer of the target, oldest first. */
  readonly answers: Answer[] = [];

  constructor(private readonly target: () => Target) {}

  /** One request; no redirect is followed. */
  async send(
    method: string,
    url: string,
    body?: string | Uint8Array<ArrayBuffer>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const response = await fetch(url, { method, headers, redirect: 'manual', ...(body !== undefined && { body }) });
    const text = await response.text();
    const answer = { status: response.status, headers: response.headers, text, json: parsed(text) };
    if (url.startsWith(this.target().url)) this.answers.push(answer);
    return answer;
  }

  get(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.send('GET', url, undefined, headers);
  }

  /** Text and bytes go as they are, everything else as JSON. */
  post(url: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const raw =
      typeof body === 'string' || body instanceof Uint8Array
        ? (body as string | Uint8Array<ArrayBuffer>)
        : JSON.stringify(body);
    return this.send('POST', url, raw, { 'Content-Type': 'application/json', ...headers });
  }

  /** Text and bytes go as they are, everything else as JSON. */
  enqueue(body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const { url, functionKey } = this.target();
    return this.post(`${url}/api/enqueueTones`, body, { 'x-functions-key': functionKey, ...headers });
  }

  toneOutcome(clientContext: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const { url, functionKey } = this.target();
    return this.get(`${url}/api/toneOutcome?clientContext=${encodeURIComponent(clientContext)}`, {
      'x-functions-key': functionKey,
      ...headers,
    });
  }

  cancelTones(clientContext: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const { url, functionKey } = this.target();
    return this.post(`${url}/api/cancelTones`, { clientContext }, { 'x-functions-key': functionKey, ...headers });
  }

  callTones(callId: string): Promise<Answer> {
    const { url, functionKey } = this.target();
    return this.get(`${url}/api/callTones?callId=${encodeURIComponent(callId)}`, { 'x-functions-key': functionKey });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}
