// The body of "create call", checked as Graph's pages describe it: what a call to a phone, a user, or a meeting needs, and which permission.
// https://learn.microsoft.com/graph/api/application-post-calls, …/resources/call. Knows no call: it checks the body alone.
import { isObject } from '../calls/scenarios';
import type { BodyFault } from './send-dtmf-tones-body';

export interface CreateCallBody {
  readonly callbackUri: string;
  readonly target: string;
  readonly tenantId?: string;
  /** Roles of the token: every group needs one of its members. */
  readonly needs: readonly (readonly string[])[];
}

const PROPERTIES: readonly string[] = [
  '@odata.type',
  'callbackUri',
  'callChainId',
  'callOptions',
  'chatInfo',
  'mediaConfig',
  'meetingInfo',
  'requestedModalities',
  'source',
  'subject',
  'targets',
  'tenantId',
];
const MODALITIES: readonly unknown[] = ['audio', 'video', 'videoBasedScreenSharing', 'data'];
const MEDIA: Readonly<Record<string, readonly string[][]>> = {
  '#microsoft.graph.serviceHostedMediaConfig': [],
  '#microsoft.graph.appHostedMediaConfig': [['Calls.AccessMedia.All']],
};
const E_164 = /^\+[1-9]\d{6,14}$/;

/** The body, or the first thing that is wrong with it. */
export function readCreateCallBody(value: unknown): CreateCallBody | BodyFault {
  if (!isObject(value)) return badRequest('Unable to read JSON request payload.');
  const unknown = Object.keys(value).find((name) => !PROPERTIES.includes(name));
  if (unknown !== undefined)
    return badRequest(`The property '${unknown}' does not exist on type 'microsoft.graph.call' or is read-only.`);
  const { callbackUri, mediaConfig, requestedModalities = null, tenantId = null, meetingInfo = null } = value;
  if (!isCallbackUri(callbackUri)) return invalidArgument("'callbackUri' must be an HTTPS URL.");
  const media = isObject(mediaConfig) ? MEDIA[String(mediaConfig['@odata.type'])] : undefined;
  if (media === undefined) return invalidArgument("'mediaConfig' is required: service-hosted or app-hosted.");
  if (requestedModalities !== null && !isListOfModalities(requestedModalities))
    return badRequest(
      "Cannot convert 'requestedModalities' to the expected type 'Collection(microsoft.graph.modality)'.",
    );
  if (tenantId !== null && typeof tenantId !== 'string')
    return badRequest("Cannot convert 'tenantId' to the expected type 'Edm.String'.");
  const place = meetingInfo === null ? targetOf(value) : meetingOf(value);
  if ('code' in place) return place;
  const { target, roles } = place;
  return { callbackUri, target, ...(tenantId !== null && { tenantId }), needs: [roles, ...media] };
}

interface Place {
  readonly target: string;
  readonly roles: readonly string[];
}

/** A call to one identity is peer-to-peer, a call to several is a group call. */
function targetOf({ targets, source }: Record<string, unknown>): Place | BodyFault {
  if (!Array.isArray(targets) || targets.length === 0)
    return invalidArgument("'targets' or 'meetingInfo' is required.");
  const ids = targets.map((target: unknown) => identityOf(target));
  const [first] = ids;
  if (first === undefined || ids.includes(undefined))
    return invalidArgument("Each of 'targets' must have the identity of a user, an application or a phone.");
  if (ids.some((identity) => identity?.kind === 'phone')) {
    if (ids.some((identity) => identity?.kind === 'phone' && !E_164.test(identity.id)))
      return invalidArgument('The id of a phone must be a number in E.164 format.');
    // "This call requires an application instance with a PSTN number assigned."
    if (identityOf(source)?.kind !== 'applicationInstance')
      return invalidArgument("A call to a phone needs 'source' with the identity of an application instance.");
  }
  return { target: first.id, roles: ids.length > 1 ? ['Calls.InitiateGroupCall.All'] : ['Calls.Initiate.All'] };
}

function meetingOf({ meetingInfo, chatInfo, tenantId }: Record<string, unknown>): Place | BodyFault {
  const roles = ['Calls.JoinGroupCall.All', 'Calls.JoinGroupCallAsGuest.All'];
  const { joinMeetingId } = isObject(meetingInfo) ? meetingInfo : {};
  const { threadId } = isObject(chatInfo) ? chatInfo : {};
  const target = typeof joinMeetingId === 'string' ? joinMeetingId : threadId;
  if (typeof target !== 'string' || typeof tenantId !== 'string')
    return invalidArgument("A meeting needs 'tenantId', and 'joinMeetingId' or 'chatInfo' with its threadId.");
  return { target, roles };
}

const KINDS = ['user', 'application', 'applicationInstance', 'phone'] as const;

function identityOf(participant: unknown): { kind: (typeof KINDS)[number]; id: string } | undefined {
  const identity = isObject(participant) ? participant['identity'] : undefined;
  if (!isObject(identity)) return undefined;
  for (const kind of KINDS) {
    const named = identity[kind];
    if (isObject(named) && typeof named['id'] === 'string' && named['id'] !== '') return { kind, id: named['id'] };
  }
  return undefined;
}

/** As documented, https; and, for apps on this machine, http on loopback. */
function isCallbackUri(value: unknown): value is string {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, hostname } = new URL(value);
  return protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname));
}

function isListOfModalities(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => MODALITIES.includes(each));
}

function badRequest(message: string): BodyFault {
  return { code: 'BadRequest', message };
}

function invalidArgument(message: string): BodyFault {
  return { code: '8523', message };
}
