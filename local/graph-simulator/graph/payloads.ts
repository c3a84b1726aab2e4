// What Graph writes about an operation or a call: the reply of sendDtmfTones
// and the bodies of notifications, with their variations.
// https://learn.microsoft.com/graph/api/call-senddtmftones and
// resources/commsnotification. Stands under graph-api and notifications.
import type { ChangeType, SendDtmfCompletionReason } from '@microsoft/microsoft-graph-types';
import type { SimulatedCall } from '../calls/calls';
import type { PayloadVariation, ReplyVariation, ResultInfoOption, Scenario, ScenarioPlan } from '../calls/scenarios';

export interface Operation {
  readonly id: string;
  readonly callId: string;
  readonly clientContext?: string;
}

export interface OperationEnding {
  readonly status: 'completed' | 'failed';
  readonly completionReason?: SendDtmfCompletionReason;
  readonly resultInfo?: ResultInfoOption;
}

const PLATFORM_FAULT: ResultInfoOption = {
  code: 500,
  subcode: 9999,
  message: 'The operation failed for an internal reason.',
};

/** How an operation ends under a scenario. */
export function endingOf(scenario: Scenario, plan: ScenarioPlan): OperationEnding {
  const resultInfo = plan.resultInfo && { resultInfo: plan.resultInfo };
  if (scenario === 'canceled')
    return { status: 'completed', completionReason: 'mediaOperationCanceled', ...resultInfo };
  if (scenario === 'unknown') return { status: 'completed', completionReason: 'unknown', ...resultInfo };
  if (scenario === 'failed' || scenario === 'terminal-reply-failed')
    return { status: 'failed', resultInfo: PLATFORM_FAULT, ...resultInfo };
  return { status: 'completed', completionReason: 'completedSuccessfully', ...resultInfo };
}

/** The body of a 200 reply; `ending` only where the operation is over at once. */
export function operationReply(
  operation: Operation,
  ending: OperationEnding | undefined,
  variations: readonly ReplyVariation[] = [],
): object {
  const running = variations.includes('status-null')
    ? null
    : variations.includes('not-started')
      ? 'notStarted'
      : 'running';
  const inCase = variations.includes('pascal-case-enums') ? pascalCase : (word: string): string => word;
  const { status, completionReason, resultInfo } = ending ?? { status: running };
  return {
    '@odata.type': '#microsoft.graph.sendDtmfTonesOperation',
    status: status && inCase(status),
    ...(operation.clientContext !== undefined && { clientContext: operation.clientContext }),
    ...(completionReason && { completionReason: inCase(completionReason) }),
    ...(resultInfo && { resultInfo }),
    ...(!variations.includes('no-id') && { id: operation.id }),
  };
}

/** The notification of an operation's end. */
export function operationNotification(
  operation: Operation,
  ending: OperationEnding,
  variations: readonly PayloadVariation[] = [],
): object {
  const has = (variation: PayloadVariation): boolean => variations.includes(variation);
  const inCase = has('pascal-case-enums') ? pascalCase : (word: string): string => word;
  const resultInfo =
    ending.resultInfo ??
    (has('string-codes') ? { code: 200, subcode: 0, message: 'Action completed successfully.' } : undefined);
  const data = {
    '@odata.type': '#microsoft.graph.sendDtmfTonesOperation',
    status: inCase(ending.status),
    ...(ending.completionReason && { completionReason: inCase(ending.completionReason) }),
    ...(resultInfo && { resultInfo: has('string-codes') ? withStringCodes(resultInfo) : resultInfo }),
    ...(operation.clientContext !== undefined &&
      !has('no-client-context') && { clientContext: operation.clientContext }),
    ...(!has('no-resource-data-id') && { id: operation.id }),
  };
  const resourcePath = `calls/${operation.callId}/operations/${operation.id}`;
  return wrap(
    notificationItem(inCase('deleted'), resourcePath, has('resource-data-array') ? [data] : data, variations),
    operation.callId,
    variations,
  );
}

/** What a notification of a call says beside its state, or leaves out. */
export interface CallNotificationDetail {
  /** Why the call ended. */
  readonly resultInfo?: ResultInfoOption;
  /** Graph's own examples have the state alone. */
  readonly withoutMedia?: boolean;
}

/** The notification of a call's own state. */
export function callNotification(
  call: SimulatedCall,
  changeType: ChangeType,
  variations: readonly PayloadVariation[] = [],
  { resultInfo, withoutMedia = false }: CallNotificationDetail = {},
): object {
  const inCase = variations.includes('pascal-case-enums') ? pascalCase : (word: string): string => word;
  const data = {
    '@odata.type': '#microsoft.graph.call',
    state: inCase(call.state),
    ...(!withoutMedia && {
      mediaState: { '@odata.type': '#microsoft.graph.callMediaState', audio: inCase(call.mediaState) },
    }),
    callChainId: call.chainId,
    ...(resultInfo && { resultInfo: variations.includes('string-codes') ? withStringCodes(resultInfo) : resultInfo }),
    id: call.id,
  };
  return wrap(notificationItem(inCase(changeType), `calls/${call.id}`, data, variations), call.id, variations);
}

function notificationItem(
  changeType: string,
  path: string,
  resourceData: unknown,
  variations: readonly PayloadVariation[],
): object {
  const written = variations.includes('upper-case-ids')
    ? path.replace(GUID, (id) => id.replaceAll('-', '').toUpperCase())
    : path;
  const resource = variations.includes('resource-only')
    ? { resource: `/app/${written}` }
    : { resourceUrl: `/communications/${written}` };
  return { '@odata.type': '#microsoft.graph.commsNotification', changeType, ...resource, resourceData };
}

const GUID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/gi;

function wrap(item: object, callId: string, variations: readonly PayloadVariation[]): object {
  const value = variations.includes('batched') ? [...unrelatedItems(callId), item] : [item];
  const body = variations.includes('unwrapped')
    ? item
    : { '@odata.type': '#microsoft.graph.commsNotifications', value };
  if (!variations.includes('capital-odata-type')) return body;
  return JSON.parse(JSON.stringify(body).replaceAll('"#microsoft.graph.', '"#Microsoft.Graph.')) as object;
}

/** What the same URL also gets: a participant's change, the call's state, the end of another operation. */
function unrelatedItems(callId: string): object[] {
  const base = { '@odata.type': '#microsoft.graph.commsNotification' };
  const url = `/communications/calls/${callId}`;
  const participant = {
    '@odata.type': '#microsoft.graph.participant',
    id: 'd1a8c9c9-9d7b-4c6b-8b3c-6b1fd5a1f7a1',
    isMuted: false,
  };
  const state = { '@odata.type': '#microsoft.graph.call', state: 'established', id: callId };
  const promptId = '0fe0623f-d628-42ed-b4bd-8ac290072cc5';
  const prompt = {
    '@odata.type': '#microsoft.graph.playPromptOperation',
    status: 'completed',
    completionReason: 'completedSuccessfully',
    clientContext: 'prompt-1',
    id: promptId,
  };
  return [
    { ...base, changeType: 'updated', resourceUrl: `${url}/participants`, resourceData: [participant] },
    { ...base, changeType: 'updated', resourceUrl: url, resourceData: state },
    { ...base, changeType: 'deleted', resourceUrl: `${url}/operations/${promptId}`, resourceData: prompt },
  ];
}

function withStringCodes({ code, subcode, message }: ResultInfoOption): object {
  return { '@odata.type': '#microsoft.graph.resultInfo', code: String(code), subcode: String(subcode), message };
}

function pascalCase(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
