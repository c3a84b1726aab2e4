// What a published workflow that places calls must do with Graph: ask as documented, as the one identity that owns the call, never twice;
// and hang up however the run ends. What they break is told in words.
// @see https://learn.microsoft.com/graph/api/application-post-calls, …/call-delete, https://learn.microsoft.com/azure/connectors/connectors-native-webhook
import { placedActionsOf, textOf, upstreamOf, type Fields, type Json, type PlacedAction } from './workflow-definition';
import type { WorkflowDefinition } from './workflow-definition';
import { isFields } from './workflow-rules';

const GRAPH = "@{parameters('graphUrl')}/";
const CALLS = `${GRAPH}v1.0/communications/calls`;
const AUDIENCE = "@parameters('graphUrl')";
const IDENTITY =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.ManagedIdentity\/userAssignedIdentities\/[^/]+$/;

export const isForGraph = (inputs: Fields): boolean => textOf(inputs['uri']).startsWith(GRAPH);

/** Statuses that Graph documents for the request, and 404 for a call that is over. */
export function graphStatusesOf(inputs: Fields): number[] {
  return inputs['method'] === 'DELETE' ? [204, 404] : [201];
}

interface GraphCall {
  readonly where: string;
  readonly of: PlacedAction;
  readonly inputs: Fields;
}

export function faultsAgainstGraph({ actions }: WorkflowDefinition): string[] {
  const placed = placedActionsOf(actions);
  const calls = placed.flatMap(graphCallsOf);
  const creates = calls.filter(({ inputs }) => inputs['method'] === 'POST');
  return [
    ...calls.flatMap((call) => faultsOfRequest(call).map((fault) => `${call.where}: ${fault}`)),
    ...creates.flatMap(({ of, where, inputs }) => [
      ...faultsOfCreate(inputs).map((fault) => `${where}: ${fault}`),
      ...(of.action.runtimeConfiguration?.secureData?.properties.includes('inputs') === true
        ? []
        : [`${where}: shows the number`]),
      ...faultsOfHangingUp(of, placed, calls),
    ]),
  ];
}

function graphCallsOf(of: PlacedAction): GraphCall[] {
  const inputs = isFields(of.action.inputs) ? of.action.inputs : {};
  const parts: (readonly [string, Json | undefined])[] = [
    [of.name, inputs],
    [`${of.name}: subscribe`, inputs['subscribe']],
    [`${of.name}: unsubscribe`, inputs['unsubscribe']],
  ];
  return parts.flatMap(([where, part]) => (isFields(part) && isForGraph(part) ? [{ where, of, inputs: part }] : []));
}

function faultsOfRequest({ inputs }: GraphCall): string[] {
  const { method, uri, authentication } = inputs;
  const isCreate = method === 'POST' && uri === CALLS;
  const isDelete = method === 'DELETE' && /^\/@\{body\('\w+'\)\?\['id'\]\}$/.test(textOf(uri).slice(CALLS.length));
  const { audience, identity } = isFields(authentication) ? authentication : {};
  return [
    ...(isCreate || isDelete ? [] : ['is no documented request of Graph']),
    // The press must come from the application that owns the call: a workflow's system-assigned identity never is that one.
    ...(audience === AUDIENCE && IDENTITY.test(textOf(identity))
      ? []
      : ['does not ask as a user-assigned identity, for the audience of Graph']),
  ];
}

function faultsOfCreate({ body, retryPolicy }: Fields): string[] {
  const { callbackUri, mediaConfig } = isFields(body) ? body : {};
  const media = isFields(mediaConfig) ? mediaConfig['@@odata.type'] : undefined;
  return [
    ...(callbackUri === "@{parameters('tonesBaseUrl')}/api/callNotifications"
      ? []
      : ['the callbackUri is not callNotifications']),
    ...(media === '#microsoft.graph.serviceHostedMediaConfig' ? [] : ['the media are not hosted by the service']),
    ...(isFields(retryPolicy) && retryPolicy['type'] === 'none' ? [] : ['may be sent twice, and call twice']),
  ];
}

/** By unsubscribe, as no action runs in a run that is cancelled; and by an action after every end of what waits in the call. */
function faultsOfHangingUp(
  create: PlacedAction,
  placed: readonly PlacedAction[],
  calls: readonly GraphCall[],
): string[] {
  const hangsUp = calls.filter(({ inputs }) => inputs['method'] === 'DELETE');
  const byUnsubscribe = hangsUp.find(({ where }) => where.endsWith(': unsubscribe'));
  const after = hangsUp.find(({ of }) => of.action.type === 'Http');
  const statuses = after?.of.action.runAfter?.[byUnsubscribe?.of.name ?? ''] ?? [];
  const early = placed.filter(
    (each) => each.action.type === 'Terminate' && after !== undefined && !upstreamOf(each).has(after.of.name),
  );
  const isBeforeTheCall = ({ action }: PlacedAction) =>
    ['Failed', 'TimedOut'].toString() === (action.runAfter?.[create.name] ?? []).toString();
  return [
    ...(byUnsubscribe === undefined ? ['a run that is cancelled does not hang up'] : []),
    ...(['Succeeded', 'Failed', 'TimedOut'].every((status) => statuses.includes(status))
      ? []
      : ['not every end of the webhook is followed by hanging up']),
    ...early.filter((each) => !isBeforeTheCall(each)).map(({ name }) => `${name}: ends the run before it hangs up`),
  ];
}
