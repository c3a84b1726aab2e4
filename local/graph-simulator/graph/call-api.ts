// Calls as a resource of the simulated Graph: create, get, and delete, which hangs up.
// https://learn.microsoft.com/graph/api/application-post-calls, …/call-get, …/call-delete. Presses nothing.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { CallRegistry, SimulatedCall } from '../calls/calls';
import type { CreatedCall, CreatedCalls } from '../calls/created-calls';
import { isJsonContent, parseJson, readBody, sendJson } from '../exchange';
import type { ManagedIdentity } from '../identity/managed-identity';
import { readCreateCallBody } from './create-call-body';
import { CALL_NOT_FOUND, clientRequestIdOf, REFUSALS, sendGraphError, type GraphError } from './graph-error';

interface Rooms {
  readonly calls: CallRegistry;
  readonly created: CreatedCalls;
  readonly identity: ManagedIdentity;
  readonly rootUrl: () => string;
}

interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** `v1.0` or `beta`. */
  readonly apiVersion: string;
}

const ROUTE = /^\/(v1\.0|beta)\/(?:communications|app)\/calls(?:\/([^/]+))?$/;
const MAX_BODY_BYTES = 4 * 1024 * 1024;

export class CallApi {
  constructor(private readonly rooms: Rooms) {}

  /** Answers if the path is that of the calls or of one call; false otherwise. */
  async answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<boolean> {
    const [, apiVersion, callId] = ROUTE.exec(path) ?? [];
    if (apiVersion === undefined) return false;
    const visit = { request, response, apiVersion };
    const text = await readBody(request, MAX_BODY_BYTES);
    const tokenFault = this.rooms.identity.faultOf(request.headers.authorization);
    if (tokenFault !== undefined) {
      const challenge = { 'WWW-Authenticate': 'Bearer realm=""' };
      refuse(visit, { status: 401, code: 'InvalidAuthenticationToken', message: tokenFault }, challenge);
    } else if (callId === undefined) this.#create(visit, text);
    else this.#one(visit, callId);
    return true;
  }

  #create(visit: Visit, text: string | undefined): void {
    const { request, response, apiVersion } = visit;
    if (request.method !== 'POST') return refuse(visit, METHOD_NOT_ALLOWED, { Allow: 'POST' });
    if (!isJsonContent(request))
      return refuse(visit, {
        status: 415,
        code: 'UnsupportedMediaType',
        message: 'The Content-Type must be application/json.',
      });
    const body = parseJson(text ?? '')?.value;
    const asked = readCreateCallBody(body);
    if ('code' in asked) return refuse(visit, { status: 400, ...asked });
    const { appid, roles } = this.rooms.identity.claimsOf(request.headers.authorization);
    const held: unknown[] = Array.isArray(roles) ? roles : [];
    if (!asked.needs.every((group) => group.some((role) => held.includes(role)))) return refuse(visit, FORBIDDEN);

    const created = this.rooms.created.create({
      ...asked,
      appId: String(appid),
      body: body as Readonly<Record<string, unknown>>,
    });
    const location = `${this.rooms.rootUrl()}/${apiVersion}/communications/calls/${created.callId}`;
    const call = this.rooms.calls.get(created.callId);
    if (call) sendJson(response, 201, callResource(call, created), { Location: location, ...requestIds(request) });
    // Only after the answer, as an app knows the call by it.
    void this.rooms.created.begin(created);
  }

  #one(visit: Visit, callId: string): void {
    const { request, response } = visit;
    const call = this.rooms.calls.get(callId);
    const created = this.rooms.created.get(callId);
    switch (request.method) {
      case 'GET':
        if (call === undefined || call.state === 'terminated') return refuse(visit, CALL_NOT_FOUND);
        return sendJson(response, 200, callResource(call, created), requestIds(request));
      case 'DELETE': {
        const ended = this.rooms.created.end(callId, 'hung-up');
        created?.hangUps.push(ended ? 204 : CALL_NOT_FOUND.status);
        if (!ended) return refuse(visit, CALL_NOT_FOUND);
        return void response.writeHead(204, requestIds(request)).end();
      }
      default:
        return refuse(visit, METHOD_NOT_ALLOWED, { Allow: 'GET, DELETE' });
    }
  }
}

const METHOD_NOT_ALLOWED: GraphError = {
  status: 405,
  code: 'Method Not Allowed',
  message: 'The resource does not take this method.',
};
const FORBIDDEN: GraphError = REFUSALS.get('forbidden') ?? CALL_NOT_FOUND;

/** The call as Graph shows it: what was asked for, and how it stands. */
function callResource(call: SimulatedCall, created: CreatedCall | undefined): object {
  const { state, mediaState, chainId, id, tenantId } = call;
  const source = {
    '@odata.type': '#microsoft.graph.participantInfo',
    identity: { '@odata.type': '#microsoft.graph.identitySet', application: { id: call.appId } },
  };
  return {
    '@odata.type': '#microsoft.graph.call',
    source,
    callbackUri: call.options.callbackUrl,
    ...created?.body,
    state,
    direction: 'outgoing',
    callChainId: chainId,
    tenantId,
    ...(created && { myParticipantId: created.myParticipantId }),
    id,
    mediaState:
      state === 'establishing' ? null : { '@odata.type': '#microsoft.graph.callMediaState', audio: mediaState },
    resultInfo: null,
  };
}

function requestIds(request: IncomingMessage): OutgoingHttpHeaders {
  return { 'request-id': randomUUID(), 'client-request-id': clientRequestIdOf(request) ?? randomUUID() };
}

function refuse({ request, response }: Visit, error: GraphError, headers: OutgoingHttpHeaders = {}): void {
  sendGraphError(request, response, error, headers);
}
