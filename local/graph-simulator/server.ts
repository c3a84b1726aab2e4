// startGraphSimulator: puts the rooms of the simulator behind one HTTP server on loopback.
// The only file that knows which room answers which path.
import type { KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LogFilter } from './calls/bounded-log';
import { CallRegistry, OptionFault, type CallOptions, type SimulatedCall } from './calls/calls';
import { CreatedCalls, type CreatedCall } from './calls/created-calls';
import { FarEnds, type FarEnd } from './calls/far-ends';
import { ControlApi } from './control-api';
import { CallApi } from './graph/call-api';
import { GraphApi, type GraphRequest } from './graph/graph-api';
import { sendGraphError } from './graph/graph-error';
import { Authority, type AuthorityOptions } from './identity/authority';
import { KeyRing } from './identity/keys';
import { ManagedIdentity } from './identity/managed-identity';
import { Notifier, type NotificationRetry, type SentNotification } from './calls/notifications';
import { OpenIdMetadata } from './identity/openid-metadata';
import { PressLog, TONE_TIMES, type Press } from './calls/presses';
import { Schedule } from './calls/schedule';
import { TokenMint, type TokenRequest } from './identity/tokens';

export const DEFAULT_PORT = 7072;

export interface GraphSimulatorOptions {
  /** Default 7072; 0 takes a free one. */
  port?: number;
  host?: '127.0.0.1';
  /** The app that owns the calls: `aud` of notification tokens unless a call says otherwise. */
  appId?: string;
  /** `tid` of all tokens unless a call says otherwise. */
  tenantId?: string;
  /** The secret that IDENTITY_HEADER must hold. Default `graph-simulator`. */
  identityHeader?: string;
  /** The user-assigned identities that exist. Default: every client id is one. */
  identityClientIds?: readonly string[];
  /** Application permissions in its tokens. Default: `Calls.Initiate.All`. */
  identityRoles?: readonly string[];
  /** Default 86,400, as on App Service. */
  accessTokenLifetimeSeconds?: number;
  /** RSA private keys to sign with. Default: new ones. */
  signingKeys?: { callingService?: KeyObject; entra?: KeyObject };
  /** How long tones take unless a call says otherwise. Default `short`. */
  toneTime?: keyof typeof TONE_TIMES;
  /** Entra's token endpoint; with it, calls belong to a tenant. Default: there is none, and any token presses anywhere. */
  authority?: AuthorityOptions;
  /** Default: 4 attempts, 50 ms before the second, doubled each time. */
  notificationRetry?: NotificationRetry;
}

export interface GraphSimulator {
  /** `http://127.0.0.1:PORT`, without a slash at the end: what GRAPH_BASE_URL takes. */
  readonly url: string;
  readonly port: number;
  readonly appId: string;
  readonly tenantId: string;
  /** For IDENTITY_ENDPOINT and IDENTITY_HEADER. */
  readonly identityEndpoint: string;
  readonly identityHeader: string;
  /** For NOTIFICATION_METADATA_URL and NOTIFICATION_ENTRA_METADATA_URL. */
  readonly callingServiceMetadataUrl: string;
  readonly entraMetadataUrl: string;
  /** Where the option gave one. */
  readonly authority: Authority | undefined;
  /** Creates or replaces a call; throws on a wrong option. */
  putCall(id: string, options?: CallOptions): SimulatedCall;
  /** Changes a call that exists. */
  patchCall(id: string, changes: CallOptions): SimulatedCall;
  /** Who answers calls to this phone number, or to this id of a user; throws on a wrong option. */
  putFarEnd(target: string, farEnd: FarEnd): void;
  /** The calls that apps created through Graph. */
  createdCalls(filter?: LogFilter): CreatedCall[];
  presses(filter?: LogFilter): Press[];
  requests(filter?: LogFilter): GraphRequest[];
  notifications(filter?: LogFilter): SentNotification[];
  mintToken(request: TokenRequest): Promise<string>;
  /** The newest thousand tokens that were made: access tokens, those of notifications, and minted ones. */
  issuedTokens(): readonly string[];
  /** Forgets calls, logs and revoked tokens, cuts what is under way, makes everything available again. Keys stay. */
  reset(): void;
  close(): Promise<void>;
}

const DEFAULT_APP_ID = '11111111-2222-4333-8444-555555555555';
const DEFAULT_TENANT_ID = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';

/** Starts the simulator; rejects when the port is taken. */
export async function startGraphSimulator(options: GraphSimulatorOptions = {}): Promise<GraphSimulator> {
  const {
    port = DEFAULT_PORT,
    host = '127.0.0.1',
    appId = DEFAULT_APP_ID,
    tenantId = DEFAULT_TENANT_ID,
    identityHeader = 'graph-simulator',
  } = options;
  const [callingService, entra] = await Promise.all([
    KeyRing.create(options.signingKeys?.callingService),
    KeyRing.create(options.signingKeys?.entra),
  ]);
  let url = '';
  const rootUrl = (): string => url;
  const rings = { callingService, entra };
  const mint = new TokenMint(rings, { tenantId, appId });
  const schedule = new Schedule();
  const calls = new CallRegistry({ tenantId, appId });
  const presses = new PressLog();
  const toneTimes = TONE_TIMES[options.toneTime ?? 'short'];
  const notifier = new Notifier(mint, schedule, options.notificationRetry ?? { attempts: 4, pauseMs: 50 });
  const metadata = new OpenIdMetadata(rings, rootUrl);
  const identityOptions = {
    identityHeader,
    accessTokenLifetimeSeconds: options.accessTokenLifetimeSeconds ?? 86_400,
    identityRoles: options.identityRoles ?? ['Calls.Initiate.All'],
    ...(options.identityClientIds && { identityClientIds: options.identityClientIds }),
  };
  const identity = new ManagedIdentity(mint, identityOptions, rootUrl);
  const authority = options.authority && (await Authority.start(mint, appId, options.authority));
  const checksTenants = authority !== undefined;
  const graph = new GraphApi({ calls, presses, notifier, identity, schedule, rootUrl, toneTimes, checksTenants });
  const farEnds = new FarEnds(options.toneTime === 'real' ? 1_000 : 50);
  const created = new CreatedCalls({ calls, farEnds, notifier, schedule });
  const callApi = new CallApi({ calls, created, identity, rootUrl });
  const reset = (): void => {
    schedule.clear();
    for (const room of [calls, presses, notifier, graph, farEnds, created]) room.clear();
    metadata.reset();
    identity.reset();
  };
  const control = new ControlApi({
    calls,
    presses,
    graph,
    notifier,
    mint,
    metadata,
    identity,
    farEnds,
    created,
    reset,
  });

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const target = new URL(request.url ?? '/', 'http://simulator.invalid');
    if (target.pathname.startsWith('/simulator/')) return control.answer(request, response, target);
    if (target.pathname === '/msi/token') return identity.answer(request, response, target.searchParams);
    if (metadata.answer(request, response, target.pathname)) return;
    if (await graph.answer(request, response, target.pathname)) return;
    if (await callApi.answer(request, response, target.pathname)) return;
    sendGraphError(request, response, {
      status: 404,
      code: 'ResourceNotFound',
      message: 'No HTTP resource was found that matches the request.',
    });
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      // A client that went away needs no answer; anything else is a fault of the simulator and is said aloud.
      if (request.destroyed && !request.complete) return;
      const message = `graph-simulator: ${error instanceof Error ? error.message : String(error)}`;
      sendGraphError(request, response, { status: 500, code: 'SimulatorFault', message });
    });
  });
  // Idle connections stay open: one that closes just as a client uses it again would look like a reset after a press.
  server.keepAliveTimeout = 0;
  server.listen(port, host);
  await once(server, 'listening');
  const { port: boundPort } = server.address() as AddressInfo;
  url = `http://${host}:${boundPort}`;

  return {
    url,
    port: boundPort,
    appId,
    tenantId,
    identityEndpoint: `${url}/msi/token`,
    identityHeader,
    callingServiceMetadataUrl: `${url}/v1/.well-known/OpenIdConfiguration`,
    entraMetadataUrl: `${url}/common/v2.0/.well-known/openid-configuration`,
    authority,
    putCall: (id, callOptions = {}) => calls.put(id, callOptions),
    patchCall: (id, changes) => {
      const call = calls.get(id);
      if (!call) throw new OptionFault(`no such call: ${id}`);
      return calls.patch(call, changes);
    },
    putFarEnd: (target, farEnd) => farEnds.put(target, farEnd),
    createdCalls: (filter) => created.list(filter),
    presses: (filter) => presses.list(filter),
    requests: (filter) => graph.requests(filter),
    notifications: (filter) => notifier.list(filter),
    mintToken: (request) => mint.mint(request),
    issuedTokens: () => mint.issued,
    reset,
    close: async () => {
      schedule.clear();
      notifier.clear();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      await authority?.close();
    },
  };
}
