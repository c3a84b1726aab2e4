// The built app on the local host, with Azurite and the Graph simulator, and what a caller, Graph and an operator do
// with it.
// Stands under test/end-to-end; `npm test` builds dist/main.js first.
import { randomUUID } from 'node:crypto';
import { startAzurite, type Azurite } from '../../local/azurite';
import { spawnFunctionsHost, type SpawnedFunctionsHost } from '../../local/functions-host/spawn-functions-host';
import type { CallOptions } from '../../local/graph-simulator/calls/calls';
import type { GraphRequest } from '../../local/graph-simulator/graph/graph-api';
import type { Press } from '../../local/graph-simulator/calls/presses';
import type { AuthorityOptions } from '../../local/graph-simulator/identity/authority';
import { startGraphSimulator, type GraphSimulator } from '../../local/graph-simulator/server';
import { APP_DIRECTORY, inherited, sampleSettings, settingsFor } from '../../local/local-stack';
import { waitFor } from '../../local/wait-for';
import { faultsOfPresses } from './faults-of-run';
import {
  KNOWN_BY_SHAPE,
  secretOf,
  secretsOfBody,
  secretsOfCallback,
  secretsOfSigning,
  secretsOfToken,
} from './known-secrets';
import { secretsTold, seenInAnswer, seenInLines, seenInRows, type Secret } from './secrets-of-run';
import { HttpCaller, type Answer } from './services/http-caller';
import { StoredRows, type Row } from './services/stored-rows';

// Starting a stack and waiting for an outcome take seconds; every wait has a bound of its own below this.
jest.setTimeout(60_000);

/** The contract's JSON view of an outcome. */
export interface Outcome {
  readonly clientContext: string;
  readonly callId: string;
  readonly status: string;
  readonly operationId?: string;
  readonly completionReason?: string;
  readonly resultInfo?: { readonly code?: number; readonly subcode?: number; readonly message?: string };
  readonly error?: { readonly code: string; readonly message: string };
  readonly toneCount?: number;
  readonly playedToneCount?: number;
  readonly partCount?: number;
  readonly part?: number;
  readonly pauseMs?: number;
  readonly waitingFor?: string;
  readonly waitingBehind?: string;
  readonly acceptedAt?: string;
  readonly expiresAt?: string;
  readonly sentAt?: string;
  readonly finishedAt?: string;
}

export interface AcceptedRequest {
  readonly clientContext: string;
  readonly location: string;
  readonly outcome: Outcome;
}

/** How a request ended, as each of those who can see it sees it. */
export interface Ending {
  /** From the status URL. */
  readonly outcome: Outcome;
  readonly row: Row;
  /** What Graph was asked, and what of it was typed. */
  readonly requests: readonly GraphRequest[];
  readonly presses: readonly Press[];
}

export interface AppOptions {
  /** Settings that differ from local.settings.sample.json. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Entra's token endpoint, for a credential in `settings`; default: the managed identity itself. */
  readonly authority?: AuthorityOptions;
  /** Default `short`, so that tests are fast. */
  readonly toneTime?: 'real' | 'short';
  /** Default: a free one, and another one after a restart. */
  readonly port?: number;
  /** Stands between the app and Azurite: takes Azurite's connection string, gives the app's. */
  readonly throughGate?: (azurite: Azurite) => Promise<string>;
}

const FINAL = ['succeeded', 'failed', 'canceled', 'expired', 'unknown'];

export class AppUnderTest extends HttpCaller {
  readonly rows: StoredRows;
  readonly #lines: string[];
  readonly #callbackUrls: string[] = [];
  readonly #notified: string[] = [];
  #host: SpawnedFunctionsHost;

  constructor(
    readonly azurite: Azurite,
    readonly simulator: GraphSimulator,
    host: SpawnedFunctionsHost,
    lines: string[],
    private readonly startHost: () => Promise<SpawnedFunctionsHost>,
    readonly settings: Readonly<Record<string, string>>,
  ) {
    super(() => ({ url: this.#host.url, functionKey: this.#host.functionKey }));
    this.#host = host;
    this.#lines = lines;
    this.rows = new StoredRows(azurite.connectionString, settings);
  }

  get url(): string {
    return this.#host.url;
  }

  get functionKey(): string {
    return this.#host.functionKey;
  }

  get callbackUrl(): string {
    return `${this.url}/api/callNotifications`;
  }

  /** Every line that the host printed. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** The lines of one event that also hold `text`. */
  logged(event: string, text = ''): string[] {
    return this.#lines.filter((line) => line.includes(` ${event} {`) && line.includes(text));
  }

  /** Creates a call whose notifications come to the app, and gives its id. */
  call(options: CallOptions = {}): string {
    const callId = randomUUID();
    this.simulator.putCall(callId, { callbackUrl: this.callbackUrl, ...options });
    return callId;
  }

  override enqueue(body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const { callbackUrl } = (body ?? {}) as { callbackUrl?: unknown };
    if (typeof callbackUrl === 'string') this.#callbackUrls.push(callbackUrl);
    return super.enqueue(body, headers);
  }

  /** Asks for tones and expects 202. Without `callId` or `clientContext` in the body a new one is made. */
  async accept(body: Readonly<Record<string, unknown>> = {}): Promise<AcceptedRequest> {
    const { callId = this.call(), clientContext = `request-${randomUUID()}`, ...rest } = body;
    const tones = rest['tones'] === undefined && rest['digits'] === undefined ? { digits: '12' } : {};
    const answer = await this.enqueue({ callId, clientContext, ...tones, ...rest });
    if (answer.status !== 202) throw new Error(`enqueueTones answered ${answer.status}: ${answer.text}`);
    return {
      clientContext: clientContext as string,
      location: answer.headers.get('location') ?? '',
      outcome: answer.json as Outcome,
    };
  }

  /** The outcome by its clientContext, as toneOutcome tells it. */
  async outcomeOf(clientContext: string): Promise<Outcome> {
    const answer = await this.toneOutcome(clientContext);
    if (answer.status !== 200) throw new Error(`toneOutcome answered ${answer.status}`);
    return answer.json as Outcome;
  }

  /** The outcome once it has that status. */
  async untilStatus({ clientContext }: { clientContext: string }, status: string): Promise<Outcome> {
    return waitFor(`${clientContext} to be ${status}`, async () => {
      const outcome = await this.outcomeOf(clientContext);
      if (FINAL.includes(outcome.status) && outcome.status !== status && outcome.status !== 'unknown')
        throw new Error(`${clientContext} is ${outcome.status}, not ${status}`);
      return outcome.status === status && this.#isWhole(outcome) && outcome;
    });
  }

  /** False while Graph's reply, which its notification may overtake, is still to be recorded. */
  #isWhole({ clientContext, sentAt }: Outcome): boolean {
    return sentAt !== undefined || !this.simulator.requests({ clientContext }).some(({ status }) => status === 200);
  }

  /** Polls the status URL to its 200, with all that Graph told, and looks at the same request from every side. */
  async untilFinal({ clientContext, location }: Pick<AcceptedRequest, 'clientContext' | 'location'>): Promise<Ending> {
    const outcome = await waitFor(`the end of ${clientContext}`, async () => {
      const answer = await this.get(location);
      return answer.status === 200 && this.#isWhole(answer.json as Outcome) && (answer.json as Outcome);
    });
    return { outcome, ...(await this.seenOf(clientContext)) };
  }

  /** Asks for tones and waits for their end. */
  async ending(body: Readonly<Record<string, unknown>> = {}): Promise<Ending> {
    return this.untilFinal(await this.accept(body));
  }

  async seenOf(clientContext: string): Promise<Omit<Ending, 'outcome'>> {
    return {
      row: await this.rows.outcome(clientContext),
      requests: this.simulator.requests({ clientContext }),
      presses: this.simulator.presses({ clientContext }).filter((press) => press.executed),
    };
  }

  /** Sends a notification as Graph would, with a good token of the calling service unless another one is given. */
  async notify(body: unknown, authorization?: string, query = ''): Promise<Answer> {
    const token = authorization ?? `Bearer ${await this.simulator.mintToken({ kind: 'calling-service' })}`;
    this.#notified.push(typeof body === 'string' ? body : JSON.stringify(body));
    return this.post(`${this.callbackUrl}${query}`, body, token === '' ? {} : { Authorization: token });
  }

  /** The simulator's control API: what no caller of Graph has. */
  async control(method: string, path: string, body?: object): Promise<Answer> {
    return this.send(
      method,
      `${this.simulator.url}/simulator/${path}`,
      body === undefined ? undefined : JSON.stringify(body),
    );
  }

  /** Runs the timer until a look at the table shows what is wanted. */
  async untilTimerHas<T>(what: string, look: () => Promise<T>): Promise<NonNullable<Exclude<T, false>>> {
    return waitFor(
      what,
      async () => {
        const answer = await this.post(
          `${this.url}/admin/functions/closeOverdueOutcomes`,
          {},
          { 'x-functions-key': this.functionKey },
        );
        if (answer.status !== 202) throw new Error(`the timer's start was answered with ${answer.status}`);
        return look();
      },
      { everyMs: 100 },
    );
  }

  /** Ends the host without a word, as a crash would, and starts another one on the same storage. */
  async crashAndRestart(): Promise<void> {
    await this.crash();
    await this.restart();
  }

  async crash(): Promise<void> {
    this.#host.process.kill('SIGKILL');
    await this.#host.close();
  }

  async restart(): Promise<void> {
    this.#host = await this.startHost();
  }

  /** Ends everything, and fails if anything was pressed twice, or a secret stood where it may not. */
  async close(): Promise<void> {
    const rows = await this.rows.all();
    await this.#host.close();
    const faults = [...faultsOfPresses(this.simulator), ...this.#secretsTold(rows)];
    await this.simulator.close();
    await this.azurite.close();
    if (faults.length > 0) throw new Error(faults.join('\n'));
  }

  /** In what was printed, its last lines included, in the rows, and in every answer. */
  #secretsTold(rows: readonly Row[]): string[] {
    const known: Secret[] = [
      ...secretOf('function key', this.functionKey),
      ...secretOf('client secret', this.settings['GRAPH_CLIENT_SECRET']),
      ...secretsOfSigning(this.settings['CALLBACK_SIGNING_SECRET']),
      ...secretOf('storage account key', /AccountKey=([^;]+)/.exec(this.azurite.connectionString)?.[1]),
      ...rows.flatMap(({ statusToken }) => secretOf('status token', statusToken)),
      ...this.simulator.issuedTokens().flatMap(secretsOfToken),
      ...this.#callbackUrls.flatMap(secretsOfCallback),
      ...this.#notified.flatMap(secretsOfBody),
    ];
    return [
      ...secretsTold([...known, ...KNOWN_BY_SHAPE], [...seenInLines(this.#lines), ...seenInRows(rows)]),
      // An answer to a faulty request may name the tones that there are.
      ...secretsTold(known, this.answers.flatMap(seenInAnswer)),
    ];
  }
}

export async function startApp({
  settings = {},
  authority,
  throughGate,
  toneTime = 'short',
  port = 0,
}: AppOptions = {}): Promise<AppUnderTest> {
  const closers: (() => Promise<unknown>)[] = [];
  try {
    const azurite = await startAzurite();
    closers.push(() => azurite.close());
    const simulator = await startGraphSimulator({ port: 0, toneTime, ...(authority && { authority }) });
    closers.push(() => simulator.close());
    const storage = throughGate === undefined ? {} : { AzureWebJobsStorage: await throughGate(azurite) };
    const entra = simulator.authority && { GRAPH_AUTHORITY_HOST: simulator.authority.url };
    const own = { ...settingsFor(azurite, simulator), ...storage, ...entra };
    const env = { ...inherited(), ...sampleSettings(), ...own, ...settings };
    const lines: string[] = [];
    const startHost = () =>
      spawnFunctionsHost({ appDirectory: APP_DIRECTORY, env, port, onLine: (line) => lines.push(line) });
    return new AppUnderTest(azurite, simulator, await startHost(), lines, startHost, settings);
  } catch (error) {
    for (const close of closers.reverse()) await close();
    throw error;
  }
}
