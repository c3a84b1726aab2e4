// The control API under /simulator: creates calls, chooses scenarios, lists what happened, rolls keys, mints tokens.
// For tests and the demo only; nothing of it exists in real Graph.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LogFilter } from './calls/bounded-log';
import { describeCall, OptionFault, type CallOptions, type CallRegistry, type SimulatedCall } from './calls/calls';
import type { CreatedCalls } from './calls/created-calls';
import type { FarEnds } from './calls/far-ends';
import { parseJson, readBody, sendJson } from './exchange';
import type { GraphApi } from './graph/graph-api';
import type { ManagedIdentity } from './identity/managed-identity';
import type { Notifier } from './calls/notifications';
import { METADATA_KINDS, type OpenIdMetadata } from './identity/openid-metadata';
import { callNotification } from './graph/payloads';
import type { PressLog } from './calls/presses';
import { faultsOf, isFlag, isObject, isOneOf, isText, TOKEN_KINDS, type Check } from './calls/scenarios';
import { SIGNATURES, TOKEN_KEYS, type TokenMint, type TokenRequest } from './identity/tokens';

export interface ControlRooms {
  readonly calls: CallRegistry;
  readonly presses: PressLog;
  readonly graph: GraphApi;
  readonly notifier: Notifier;
  readonly mint: TokenMint;
  readonly metadata: OpenIdMetadata;
  readonly identity: ManagedIdentity;
  readonly farEnds: FarEnds;
  readonly created: CreatedCalls;
  readonly reset: () => void;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

type Body = Record<string, unknown>;

const MAX_BODY_BYTES = 1024 * 1024;
const CALL_ROUTE = /^\/simulator\/calls\/([^/]+)$/;
const FAR_END_ROUTE = /^\/simulator\/far-ends\/([^/]+)$/;
const ROLL_CHECKS: Record<string, Check> = { kind: isOneOf(METADATA_KINDS), keepOld: isFlag };
const METADATA_CHECKS: Record<string, Check> = { available: isFlag, kind: isOneOf(METADATA_KINDS) };
const IDENTITY_CHECKS: Record<string, Check> = { available: isFlag };
const NOTIFICATION_CHECKS: Record<string, Check> = {
  callId: isText,
  body: (value) => isObject(value) || Array.isArray(value),
  authorization: (value) => typeof value === 'string',
};
const TOKEN_CHECKS: Record<string, Check> = {
  kind: isOneOf(TOKEN_KINDS),
  claims: isObject,
  header: isObject,
  key: isOneOf(TOKEN_KEYS),
  signature: isOneOf(SIGNATURES),
};

export class ControlApi {
  constructor(private readonly rooms: ControlRooms) {}

  async answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    // A browser names the page that asks: no web page may drive the simulator.
    if (request.headers.origin !== undefined) return sendJson(response, 403, { error: 'not for web pages' });
    const text = await readBody(request, MAX_BODY_BYTES);
    const value = text === '' ? {} : parseJson(text ?? '')?.value;
    if (!isObject(value)) return sendJson(response, 400, { error: 'the body must be a JSON object of at most 1 MiB' });
    try {
      const { status, body } = await this.#route(request.method ?? 'GET', url, value);
      sendJson(response, status, body);
    } catch (error) {
      if (!(error instanceof OptionFault)) throw error;
      sendJson(response, 400, { error: error.message });
    }
  }

  async #route(method: string, url: URL, body: Body): Promise<Answer> {
    const callId = CALL_ROUTE.exec(url.pathname)?.[1];
    if (callId !== undefined) return this.#call(method, callId, body, url.searchParams.get('notify') === 'true');
    const { rooms } = this;
    const farEnd = FAR_END_ROUTE.exec(url.pathname)?.[1];
    if (farEnd !== undefined && method === 'PUT') {
      rooms.farEnds.put(decodeURIComponent(farEnd), body);
      return ok({});
    }
    switch (`${method} ${url.pathname}`) {
      case 'GET /simulator/presses': {
        const presses = rooms.presses.list(filterOf(url));
        const overlaps = presses.filter((press) => press.overlapsWith.length > 0).length;
        return ok({
          count: presses.length,
          executed: presses.filter((press) => press.executed).length,
          overlaps,
          presses,
        });
      }
      case 'GET /simulator/created-calls':
        return ok({ calls: rooms.created.list(filterOf(url)) });
      case 'GET /simulator/requests':
        return ok({ requests: rooms.graph.requests(filterOf(url)) });
      case 'GET /simulator/notifications':
        return ok({ notifications: rooms.notifier.list(filterOf(url)) });
      case 'POST /simulator/notifications':
        return this.#notify(body);
      case 'POST /simulator/keys/roll':
        return this.#rollKeys(body);
      case 'GET /simulator/metadata':
        return ok(rooms.metadata.describe());
      case 'PUT /simulator/metadata': {
        check(body, METADATA_CHECKS, ['available']);
        rooms.metadata.setAvailable(body['available'] === true, kindsOf(body));
        return ok(rooms.metadata.describe());
      }
      case 'PUT /simulator/managed-identity': {
        check(body, IDENTITY_CHECKS, ['available']);
        rooms.identity.setAvailable(body['available'] === true);
        return ok({ available: body['available'] });
      }
      case 'POST /simulator/tokens': {
        check(body, TOKEN_CHECKS, ['kind']);
        return ok({ token: await rooms.mint.mint(body as unknown as TokenRequest) });
      }
      case 'POST /simulator/reset':
        rooms.reset();
        return ok({});
      default:
        return { status: 404, body: { error: 'no such route in the control API' } };
    }
  }

  async #call(method: string, callId: string, body: CallOptions, notify: boolean): Promise<Answer> {
    const { calls } = this.rooms;
    if (method === 'PUT') return this.#changed(calls.put(callId, body), 'created', notify);
    const call = calls.get(callId);
    if (!call) return { status: 404, body: { error: 'no such call' } };
    switch (method) {
      case 'GET':
        return ok(describeCall(call));
      case 'PATCH':
        return this.#changed(calls.patch(call, body), 'updated', notify);
      case 'DELETE':
        return this.#changed(calls.patch(call, { state: 'terminated' }), 'deleted', notify);
      default:
        return { status: 405, body: { error: 'PUT, GET, PATCH and DELETE only' } };
    }
  }

  async #changed(call: SimulatedCall, changeType: 'created' | 'updated' | 'deleted', notify: boolean): Promise<Answer> {
    if (!notify) return ok(describeCall(call));
    const sent = await this.rooms.notifier.send(
      call,
      { about: 'call' },
      callNotification(call, changeType, call.options.payload),
    );
    return ok({ ...describeCall(call), notification: sent });
  }

  async #notify(body: Body): Promise<Answer> {
    check(body, NOTIFICATION_CHECKS, ['callId', 'body']);
    const call = this.rooms.calls.get(String(body['callId']));
    if (!call) return { status: 404, body: { error: 'no such call' } };
    const authorization = body['authorization'];
    const subject = { about: 'custom' as const, ...(typeof authorization === 'string' && { authorization }) };
    const sent = await this.rooms.notifier.send(call, subject, body['body'] as object);
    return sent ? ok(sent) : { status: 400, body: { error: 'the call has no callbackUrl' } };
  }

  async #rollKeys(body: Body): Promise<Answer> {
    check(body, ROLL_CHECKS, []);
    const { callingService, entra } = this.rooms.mint.rings;
    const rings = { 'calling-service': callingService, entra };
    const rolled = await Promise.all(
      kindsOf(body).map(async (kind) => [kind, (await rings[kind].roll(body['keepOld'] !== false)).kid] as const),
    );
    return ok({ kids: Object.fromEntries(rolled) });
  }
}

function ok(body: unknown): Answer {
  return { status: 200, body };
}

function check(body: Body, checks: Record<string, Check>, required: readonly string[]): void {
  const faults = [...faultsOf(body, checks), ...required.filter((name) => body[name] === undefined)];
  if (faults.length > 0) throw new OptionFault(`unknown, wrong or missing: ${faults.join(', ')}`);
}

function kindsOf(body: Body): readonly (typeof METADATA_KINDS)[number][] {
  return METADATA_KINDS.filter((kind) => body['kind'] === undefined || body['kind'] === kind);
}

function filterOf(url: URL): LogFilter {
  const { callId, clientContext, after } = Object.fromEntries(url.searchParams);
  return {
    ...(callId !== undefined && { callId }),
    ...(clientContext !== undefined && { clientContext }),
    ...(after !== undefined && { after: Number(after) }),
  };
}
