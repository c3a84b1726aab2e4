// The simulated Graph's one action, sendDtmfTones: it checks as Graph checks,
// presses at most once a request, and lets the operation end.
// Knows nothing of the app but what it sends.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { BoundedLog, type LogFilter, type Numbered } from '../calls/bounded-log';
import { nextPlan, type CallRegistry, type SimulatedCall } from '../calls/calls';
import { isJsonContent, parseJson, readBody, sendJson } from '../exchange';
import {
  AUDIO_INACTIVE,
  CALL_NOT_FOUND,
  clientRequestIdOf,
  NOT_ESTABLISHED,
  REFUSALS,
  sendGraphError,
  SERVER_ERROR,
  type GraphError,
} from './graph-error';
import type { ManagedIdentity } from '../identity/managed-identity';
import { wasCutShort, type Notifier } from '../calls/notifications';
import { endingOf, operationNotification, operationReply, type OperationEnding } from './payloads';
import { pressDurationMs, type PressLog, type ToneTimes } from '../calls/presses';
import { isObject, type Scenario, type ScenarioPlan } from '../calls/scenarios';
import type { Schedule } from '../calls/schedule';
import { faultOfTenant } from './tenant-check';
import { readSendDtmfTonesBody, type SendDtmfTonesBody } from './send-dtmf-tones-body';

export interface GraphRequest extends Numbered {
  readonly receivedAt: string;
  readonly callId: string;
  readonly clientContext?: string;
  readonly path: string;
  /** Absent while there is no answer, and for good when the connection was reset. */
  status?: number;
  errorCode?: string;
  scenario?: Scenario;
  /** `tid` of the token, where calls belong to a tenant. */
  tokenTenantId?: string;
  /** The press that this request made. */
  operationId?: string;
}

interface Rooms {
  readonly calls: CallRegistry;
  readonly presses: PressLog;
  readonly notifier: Notifier;
  readonly identity: ManagedIdentity;
  readonly schedule: Schedule;
  readonly rootUrl: () => string;
  readonly toneTimes: ToneTimes;
  /** Calls belong to a tenant, and take a token of theirs with the role alone. */
  readonly checksTenants: boolean;
}

/** One request on its way through the action. */
interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly apiVersion: string;
  readonly entry: GraphRequest;
}

const ROUTE = /^\/(v1\.0|beta)\/(?:communications|app)\/calls\/([^/]+)\/(?:microsoft\.graph\.)?sendDtmfTones$/;
const MAX_BODY_BYTES = 4 * 1024 * 1024;

export class GraphApi {
  readonly #requests = new BoundedLog<GraphRequest>();

  constructor(private readonly rooms: Rooms) {}

  requests(filter: LogFilter = {}): GraphRequest[] {
    return this.#requests.list(filter);
  }

  clear(): void {
    this.#requests.clear();
  }

  /** Answers if the path is the action's; false otherwise. */
  async answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<boolean> {
    const [, apiVersion, callId] = ROUTE.exec(path) ?? [];
    if (apiVersion === undefined || callId === undefined) return false;
    const receivedAt = new Date().toISOString();
    const text = await readBody(request, MAX_BODY_BYTES);
    const json = text === undefined ? undefined : parseJson(text);
    const named = isObject(json?.value) ? json.value['clientContext'] : undefined;
    const context = typeof named === 'string' && named.length <= 256 ? { clientContext: named } : {};
    const entry = this.#requests.add((sequence) => ({ sequence, receivedAt, callId, ...context, path }));
    await this.#visit({ request, response, apiVersion, entry }, text, json);
    return true;
  }

  async #visit(visit: Visit, text: string | undefined, json: { value: unknown } | undefined): Promise<void> {
    const { request, entry } = visit;
    const { calls, identity } = this.rooms;
    if (request.method !== 'POST')
      return refuse(visit, fault(405, 'Method Not Allowed', 'The action takes POST only.'), { Allow: 'POST' });
    const tokenFault = identity.faultOf(request.headers.authorization);
    if (tokenFault !== undefined)
      return refuse(visit, fault(401, 'InvalidAuthenticationToken', tokenFault), {
        'WWW-Authenticate': 'Bearer realm=""',
      });
    if (text === undefined) return refuse(visit, fault(413, 'RequestEntityTooLarge', 'The request body is too large.'));
    if (!isJsonContent(request))
      return refuse(visit, fault(415, 'UnsupportedMediaType', 'The Content-Type must be application/json.'));
    const body = readSendDtmfTonesBody(json?.value);
    if ('code' in body) return refuse(visit, fault(400, body.code, body.message));
    const call = calls.get(entry.callId);
    if (!call || call.state === 'terminated') return refuse(visit, CALL_NOT_FOUND);
    const claims = identity.claimsOf(request.headers.authorization);
    if (this.rooms.checksTenants) entry.tokenTenantId = String(claims['tid']);
    const tenantFault = this.rooms.checksTenants ? faultOfTenant(call, claims) : undefined;
    if (tenantFault !== undefined) return refuse(visit, tenantFault);
    if (call.state === 'establishing') return refuse(visit, NOT_ESTABLISHED);
    if (call.mediaState === 'inactive') return refuse(visit, AUDIO_INACTIVE);

    const { plan, scenario } = nextPlan(call, body.clientContext);
    entry.scenario = scenario;
    const refusal = REFUSALS.get(scenario);
    if (!refusal) return this.#press(visit, call, body, plan, scenario);
    if (scenario === 'unauthorized-once' && plan.revokesToken) identity.revoke(request.headers.authorization);
    refuse(visit, overridden(refusal, plan), refusalHeaders(scenario, plan));
  }

  /** From here on the digits are typed. */
  async #press(
    visit: Visit,
    call: SimulatedCall,
    body: SendDtmfTonesBody,
    plan: ScenarioPlan,
    scenario: Scenario,
  ): Promise<void> {
    const { response, entry, apiVersion } = visit;
    const { presses, schedule } = this.rooms;
    const operation = {
      id: randomUUID(),
      callId: call.id,
      ...(body.clientContext !== undefined && { clientContext: body.clientContext }),
    };
    const { id: operationId, ...whose } = operation;
    const { toneLengthMs, maxToneTimeMs } = { ...this.rooms.toneTimes, ...plan };
    const startedAtMs = Date.now();
    const durationMs = pressDurationMs(body.tones.length, body.delayBetweenTonesMs ?? 0, toneLengthMs, maxToneTimeMs);
    const executed = scenario !== 'terminal-reply-failed';
    presses.record(
      { ...body, ...whose, operationId, apiVersion, path: entry.path, scenario, executed },
      startedAtMs,
      durationMs,
    );
    entry.operationId = operationId;

    const ending = endingOf(scenario, plan);
    const ended = (): Promise<boolean> => schedule.waitUntil(startedAtMs + durationMs);
    const reply = (over?: OperationEnding): void => {
      const location = this.#location(
        apiVersion,
        plan.reply?.includes('location-of-another-call') ? randomUUID() : call.id,
        operationId,
      );
      const ids = { 'request-id': randomUUID(), 'client-request-id': clientRequestIdOf(visit.request) ?? randomUUID() };
      entry.status = 200;
      sendJson(response, 200, operationReply(operation, over, plan.reply), { Location: location, ...ids });
    };
    const notify = async (): Promise<boolean> => {
      const sender = { ...call, options: { ...call.options, ...plan } };
      const { clientContext } = operation;
      const subject = {
        about: 'operation' as const,
        operationId,
        ...(clientContext !== undefined && { clientContext }),
      };
      return !wasCutShort(
        await this.rooms.notifier.send(sender, subject, operationNotification(operation, ending, plan.payload)),
      );
    };

    switch (scenario) {
      case 'server-error':
        refuse(visit, overridden(SERVER_ERROR, plan));
        if (plan.notifies && (await ended())) await notify();
        return;
      case 'reset-after-press':
        visit.request.socket.destroy();
        if ((plan.notifies ?? true) && (await ended())) await notify();
        return;
      case 'terminal-reply':
      case 'terminal-reply-failed':
        if (await ended()) reply(ending);
        else response.destroy();
        return;
      case 'notification-before-reply':
        if (!(await ended())) return void response.destroy();
        await notify();
        return reply();
      case 'slow':
        if (!(await schedule.wait(plan.delayMs ?? 1_000))) return void response.destroy();
        reply();
        if (await ended()) await notify();
        return;
      case 'notification-late':
        reply();
        if ((await ended()) && (await schedule.wait(plan.lateMs ?? 500))) await notify();
        return;
      case 'notification-never':
        return reply();
      default:
        reply();
        if ((await ended()) && (await notify()) && scenario === 'notification-twice') await notify();
    }
  }

  #location(apiVersion: string, callId: string, operationId: string): string {
    return `${this.rooms.rootUrl()}/${apiVersion}/communications/calls/${callId}/operations/${operationId}`;
  }
}

function refuse(visit: Visit, error: GraphError, headers: OutgoingHttpHeaders = {}): void {
  visit.entry.status = error.status;
  visit.entry.errorCode = error.code;
  sendGraphError(visit.request, visit.response, error, headers);
}

function fault(status: number, code: string, message: string): GraphError {
  return { status, code, message };
}

function overridden(
  error: GraphError,
  { httpStatus = error.status, errorCode = error.code }: ScenarioPlan,
): GraphError {
  return { status: httpStatus, code: errorCode, message: error.message };
}

function refusalHeaders(scenario: Scenario, { retryAfterSeconds }: ScenarioPlan): OutgoingHttpHeaders {
  if (scenario === 'throttled') return { 'Retry-After': String(retryAfterSeconds ?? 1) };
  if (scenario === 'service-unavailable' && retryAfterSeconds !== undefined)
    return { 'Retry-After': String(retryAfterSeconds) };
  if (scenario === 'unauthorized-once') return { 'WWW-Authenticate': 'Bearer realm="", error="invalid_token"' };
  return {};
}
