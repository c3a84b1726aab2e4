// Published workflows, each with one thing broken on purpose, and the fault that must be told of it.
// Used by logic-apps.test.ts: a rule that finds nothing in a broken copy would be no rule.
import type { Json, WorkflowFile } from '../../support/workflows/workflow-definition';

export interface BrokenWorkflow {
  readonly name: string;
  readonly file: 'polling' | 'webhook' | 'function-action' | 'dial-in';
  /** Where, by names with dots between them; `undefined` takes the field away. */
  readonly edits: readonly (readonly [path: string, value: Json | undefined])[];
  readonly fault: string;
}

type Names = BrokenWorkflow['file'];

function broken(file: Names, name: string, fault: string, ...edits: BrokenWorkflow['edits']): BrokenWorkflow {
  return { name, file, fault, edits };
}

/** A copy with the edits made. */
export function withEdits(file: WorkflowFile, edits: BrokenWorkflow['edits']): WorkflowFile {
  const copy = structuredClone(file);
  for (const [path, value] of edits) {
    const names = path.split('.');
    const last = names.pop() ?? '';
    const holder = names.reduce<Record<string, unknown>>(
      (found, name) => (found[name] ??= {}) as Record<string, unknown>,
      copy as unknown as Record<string, unknown>,
    );
    if (value === undefined) delete holder[last];
    else holder[last] = value;
  }
  return copy;
}

const D = 'definition';
const PRESS = `${D}.actions.Press_keys`;
const CREATE = `${D}.actions.Create_call`;
const READ = `${D}.actions.Read_outcome`;
const LOOK = `${D}.actions.Until_final.actions.Look`;
const CASES = `${D}.actions.What_became_of_it`;

export const BROKEN_WORKFLOWS: readonly BrokenWorkflow[] = [
  broken('polling', 'another schema', '$schema is not the language’s', [
    `${D}.$schema`,
    'https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2015-08-01-preview/workflowdefinition.json#',
  ]),
  broken('polling', 'no version', 'contentVersion is not valid', [`${D}.contentVersion`, '1']),
  broken('polling', 'a field that the code view does not know', 'kind is not known', [`${D}.kind`, 'Stateful']),
  broken('polling', 'no trigger', 'one trigger is expected', [`${D}.triggers`, {}]),
  broken('polling', 'an unknown trigger', 'manual: type is not known', [`${D}.triggers.manual.type`, 'Manual']),
  broken('polling', 'an unknown type of parameter', 'tonesBaseUrl: type of a parameter is not known', [
    `${D}.parameters.tonesBaseUrl.type`,
    'Text',
  ]),
  broken('polling', 'a parameter without value', 'tonesBaseUrl has no value', ['parameters.tonesBaseUrl', undefined]),
  broken('polling', 'a value without parameter', 'other is not declared', ['parameters.other', { value: 1 }]),
  broken('polling', 'an unused parameter', 'other is declared and not used', [
    `${D}.parameters.other`,
    { type: 'String', defaultValue: '' },
  ]),
  broken('polling', 'an undeclared parameter', 'Press_keys: inputs/uri: the parameter baseUrl is not declared', [
    `${PRESS}.inputs.uri`,
    "@{parameters('baseUrl')}/api/enqueueTones",
  ]),
  broken('polling', 'an unknown type of action', 'Press_keys: type is not known', [`${PRESS}.type`, 'HTTP']),
  broken('polling', 'an unknown field of an action', 'Press_keys: retryPolicy is not known', [
    `${PRESS}.retryPolicy`,
    { type: 'none' },
  ]),
  broken('polling', 'an unknown field of a request', 'Press_keys: url is not known', [
    `${PRESS}.inputs.url`,
    'https://example.com',
  ]),
  broken('polling', 'an unknown method', 'Press_keys: method is not known', [`${PRESS}.inputs.method`, 'SEND']),
  broken('polling', 'no URI', 'Press_keys: uri is missing', [`${PRESS}.inputs.uri`, undefined]),
  broken('polling', 'authentication without audience', 'Press_keys: authentication is not valid', [
    `${PRESS}.inputs.authentication`,
    { type: 'ManagedServiceIdentity' },
  ]),
  broken('polling', 'no runAfter', 'Outcome: runAfter is missing', [`${D}.actions.Outcome.runAfter`, undefined]),
  broken(
    'polling',
    'an action that does not exist before it',
    'Outcome: runs after Press_key, which is not beside it',
    [`${D}.actions.Outcome.runAfter.Press_key`, ['Succeeded']],
  ),
  broken(
    'polling',
    'an action before it that stands in another branch',
    'Outcome: runs after Refused, which is not beside it',
    [`${D}.actions.Outcome.runAfter.Refused`, ['Skipped']],
  ),
  broken('polling', 'a status that does not exist', 'Outcome: runs after a status of Press_keys that does not exist', [
    `${D}.actions.Outcome.runAfter.Press_keys`,
    ['Succeeded', 'TimeOut'],
  ]),
  broken('polling', 'no status', 'Outcome: runs after a status of Press_keys that does not exist', [
    `${D}.actions.Outcome.runAfter.Press_keys`,
    [],
  ]),
  broken(
    'polling',
    'actions that wait for each other',
    'Press_keys, Refused_at_once, Cancel_request, Read_outcome, No_outcome, Outcome, What_became_of_it wait for each other',
    [`${PRESS}.runAfter.Outcome`, ['Succeeded']],
  ),
  broken('polling', 'a name that is there twice', 'Read_outcome is there twice', [
    `${CASES}.cases.Succeeded.actions.Read_outcome`,
    { type: 'Compose', inputs: 1, runAfter: {} },
  ]),
  broken('polling', 'a name with a space', 'Go on is no name of an action', [
    `${CASES}.cases.Succeeded.actions`,
    { 'Go on': { type: 'Compose', inputs: 1, runAfter: {} } },
  ]),
  broken('polling', 'a timeout that is no duration', 'Press_keys: timeout is no ISO 8601 duration', [
    `${PRESS}.limit.timeout`,
    '4 minutes',
  ]),
  broken('polling', 'an empty duration', 'Press_keys: timeout is no ISO 8601 duration', [
    `${PRESS}.limit.timeout`,
    'PT',
  ]),
  broken(
    'polling',
    'a parenthesis that stays open',
    "Outcome: inputs: expected \",\" at 50 of @coalesce(body('Read_outcome'), body('Press_keys')",
    [`${D}.actions.Outcome.inputs`, "@coalesce(body('Read_outcome'), body('Press_keys')"],
  ),
  broken(
    'polling',
    'a brace that stays open',
    'Read_outcome: inputs/queries/clientContext: expected "}" at 21 of @{workflow().run.name-Press_keys',
    [`${READ}.inputs.queries.clientContext`, '@{workflow().run.name-Press_keys'],
  ),
  broken(
    'polling',
    'a quotation mark that stays open',
    "Outcome: inputs: expected a closing quotation mark at 6 of @body('Press_keys)",
    [`${D}.actions.Outcome.inputs`, "@body('Press_keys)"],
  ),
  broken(
    'polling',
    'something after an expression',
    "Outcome: inputs: expected the end at 20 of @body('Press_keys') ok",
    [`${D}.actions.Outcome.inputs`, "@body('Press_keys') ok"],
  ),
  broken('polling', 'a function that does not exist', 'Outcome: inputs: there is no function bodyOf', [
    `${D}.actions.Outcome.inputs`,
    "@bodyOf('Press_keys')",
  ]),
  broken('polling', 'too many arguments', 'Outcome: inputs: body has a wrong number of arguments', [
    `${D}.actions.Outcome.inputs`,
    "@body('Press_keys', 'x')",
  ]),
  broken(
    'polling',
    'an action that does not exist in an expression',
    "Outcome: inputs: body('Press_key') is of no action that ran before",
    [`${D}.actions.Outcome.inputs`, "@body('Press_key')"],
  ),
  broken(
    'polling',
    'a later action in an expression',
    "Read_outcome: inputs/queries/clientContext: outputs('Outcome') is of no action that ran before",
    [`${READ}.inputs.queries.clientContext`, "@{outputs('Outcome')}"],
  ),
  broken(
    'polling',
    'itself in an expression',
    "Press_keys: inputs/body/callId: body('Press_keys') is of no action that ran before",
    [`${PRESS}.inputs.body.callId`, "@body('Press_keys')"],
  ),
  broken(
    'polling',
    'an index of a loop that is not around',
    'Press_keys: inputs/body/callId: there is no Until Loop around',
    [`${PRESS}.inputs.body.callId`, "@{iterationIndexes('Loop')}"],
  ),
  broken(
    'polling',
    'a callback URL of an action that has none',
    'Press_keys: inputs/body/callId: listCallbackUrl belongs into the body of subscribe',
    [`${PRESS}.inputs.body.callId`, '@{listCallbackUrl()}'],
  ),
  broken(
    'webhook',
    'the callback URL in unsubscribe',
    'Press_keys: inputs/unsubscribe/body/clientContext: listCallbackUrl belongs into the body of subscribe',
    [`${PRESS}.inputs.unsubscribe.body.clientContext`, '@{listCallbackUrl()}'],
  ),
  broken('webhook', 'no unsubscribe', 'Press_keys: unsubscribe is missing', [`${PRESS}.inputs.unsubscribe`, undefined]),
  broken('function-action', 'an id that is no function', 'Press_keys: function.id is no function', [
    `${PRESS}.inputs.function.id`,
    'enqueueTones',
  ]),
  broken('function-action', 'a limit of time that the type does not have', 'Press_keys: limit is not known', [
    `${PRESS}.limit`,
    { timeout: 'PT4M' },
  ]),
  broken('function-action', 'a loop without limit', 'Until_final: limit is missing', [
    `${D}.actions.Until_final.limit`,
    undefined,
  ]),
  broken('function-action', 'a loop without end', 'Until_final: count is not valid', [
    `${D}.actions.Until_final.limit.count`,
    0,
  ]),
  broken('function-action', 'an unknown option', 'Until_final: operationOptions are not known', [
    `${D}.actions.Until_final.operationOptions`,
    'FailWhenLimitReached',
  ]),
  broken('function-action', 'a wait of nothing', 'Wait: interval is not valid', [
    `${D}.actions.Until_final.actions.Wait.inputs.interval.unit`,
    'Seconds',
  ]),
  broken('function-action', 'an end of the run in a loop', 'Stop: may not stand in a loop', [
    `${D}.actions.Until_final.actions.Stop`,
    { type: 'Terminate', inputs: { runStatus: 'Succeeded' }, runAfter: {} },
  ]),
  broken('polling', 'an unknown end of the run', 'No_outcome: runStatus is not known', [
    `${D}.actions.No_outcome.inputs.runStatus`,
    'Canceled',
  ]),
  broken('polling', 'an error of a run that succeeded', 'No_outcome: runError is for runStatus Failed only', [
    `${D}.actions.No_outcome.inputs.runStatus`,
    'Succeeded',
  ]),
  broken('polling', 'a case twice', 'What_became_of_it: has a case twice', [`${CASES}.cases.Failed.case`, 'canceled']),
  broken('polling', 'something else hidden', 'Press_keys: secureData is not valid', [
    `${PRESS}.runtimeConfiguration.secureData.properties`,
    ['headers'],
  ]),

  broken('polling', 'a path that the API does not have', 'Press_keys: the API has no POST enqueue', [
    `${PRESS}.inputs.uri`,
    "@{parameters('tonesBaseUrl')}/api/enqueue",
  ]),
  broken('polling', 'another method than the API’s', 'Read_outcome: the API has no POST toneOutcome', [
    `${READ}.inputs.method`,
    'POST',
  ]),
  broken('function-action', 'a function that the API does not have', 'Look: the API has no GET toneOutcomes', [
    `${LOOK}.inputs.function.id`,
    '/subscriptions/<s>/resourceGroups/<g>/providers/Microsoft.Web/sites/<a>/functions/toneOutcomes',
  ]),
  broken('polling', 'a field that the API does not have', 'Press_keys: the API has no field delay', [
    `${PRESS}.inputs.body.delay`,
    300,
  ]),
  broken('polling', 'a field that is missing', 'Press_keys: the field callId is missing', [
    `${PRESS}.inputs.body.callId`,
    undefined,
  ]),
  broken('polling', 'a query that the API does not have', 'Read_outcome: the API has no parameter name', [
    `${READ}.inputs.queries.name`,
    'x',
  ]),
  broken('polling', 'a query that is missing', 'Read_outcome: the parameter clientContext is missing', [
    `${READ}.inputs.queries`,
    {},
  ]),
  broken('polling', 'no key', 'Read_outcome: a key or an identity is needed, not both', [`${READ}.inputs.headers`, {}]),
  broken('polling', 'two calls of different names', 'the calls ask under different names', [
    `${READ}.inputs.queries.clientContext`,
    '@{workflow().run.name}-Read_outcome',
  ]),
  broken(
    'polling',
    'a name that is the same in every run',
    'Press_keys: clientContext does not name the run and the action',
    [`${PRESS}.inputs.body.clientContext`, 'Press_keys'],
  ),
  broken(
    'polling',
    'a name that is new with every retry',
    'Press_keys: clientContext does not name the run and the action',
    [`${PRESS}.inputs.body.clientContext`, undefined],
  ),
  broken('polling', 'a callback that nobody hears', 'Press_keys: gives a callbackUrl that nobody listens to', [
    `${PRESS}.inputs.body.callbackUrl`,
    'https://prod-1.logic.azure.com/x',
  ]),
  broken('webhook', 'no callback', 'Press_keys: subscribe: is not answered 200, or gives no callbackUrl', [
    `${PRESS}.inputs.subscribe.body.callbackUrl`,
    undefined,
  ]),
  broken('polling', 'a status that is never answered', 'Refused_at_once: Press_keys is never answered 418', [
    `${D}.actions.Refused_at_once.expression`,
    "@equals(outputs('Press_keys')?['statusCode'], 418)",
  ]),
  broken('polling', 'a final status without a case', 'What_became_of_it: no case for unknown', [
    `${CASES}.cases.Unknown`,
    undefined,
  ]),
  broken('polling', 'a case that is no final status', 'What_became_of_it: completed is no final status', [
    `${CASES}.cases.Other`,
    { case: 'completed', actions: {} },
  ]),
  broken('polling', 'no branch for what is not final', 'What_became_of_it: no default for a status that is not final', [
    `${CASES}.default`,
    undefined,
  ]),
  broken('polling', 'no look at the status', 'one Switch over the status is expected', [CASES, undefined]),
  broken('function-action', 'a loop that misses an end', 'Until_final: does not end on expired', [
    `${D}.actions.Until_final.expression`,
    "@contains(createArray('succeeded', 'failed', 'canceled', 'unknown'), coalesce(body('Look')?['status'], ''))",
  ]),
  broken('polling', 'digits in the trigger’s history', 'manual: shows the digits', [
    `${D}.triggers.manual.runtimeConfiguration`,
    undefined,
  ]),
  broken('polling', 'a key in the history', 'Read_outcome: shows digits or a key', [
    `${READ}.runtimeConfiguration`,
    undefined,
  ]),
  broken('function-action', 'digits in the history', 'Press_keys: shows digits or a key', [
    `${PRESS}.runtimeConfiguration.secureData.properties`,
    ['outputs'],
  ]),
  broken('function-action', 'the status token in the history', 'Press_keys: shows the status token', [
    `${PRESS}.runtimeConfiguration.secureData.properties`,
    ['inputs'],
  ]),

  broken('dial-in', 'a name with one @', 'Create_call: @odata.type needs a second @', [
    `${CREATE}.inputs.body.mediaConfig`,
    { '@odata.type': '#microsoft.graph.serviceHostedMediaConfig' },
  ]),
  broken('dial-in', 'a request that Graph does not have', 'Hang_up: is no documented request of Graph', [
    `${D}.actions.Hang_up.inputs.method`,
    'PATCH',
  ]),
  broken(
    'dial-in',
    'the identity of the workflow alone',
    'Create_call: does not ask as a user-assigned identity, for the audience of Graph',
    [`${CREATE}.inputs.authentication.identity`, undefined],
  ),
  broken(
    'dial-in',
    'another audience',
    'Press_keys: unsubscribe: does not ask as a user-assigned identity, for the audience of Graph',
    [`${PRESS}.inputs.unsubscribe.authentication.audience`, 'https://management.azure.com'],
  ),
  broken('dial-in', 'reports that go elsewhere', 'Create_call: the callbackUri is not callNotifications', [
    `${CREATE}.inputs.body.callbackUri`,
    'https://bot.contoso.com/callback',
  ]),
  broken('dial-in', 'media of its own', 'Create_call: the media are not hosted by the service', [
    `${CREATE}.inputs.body.mediaConfig`,
    { '@@odata.type': '#microsoft.graph.appHostedMediaConfig' },
  ]),
  broken('dial-in', 'retries of the call', 'Create_call: may be sent twice, and call twice', [
    `${CREATE}.inputs.retryPolicy`,
    undefined,
  ]),
  broken('dial-in', 'the number in its history', 'Create_call: shows the number', [
    `${CREATE}.runtimeConfiguration`,
    undefined,
  ]),
  broken('dial-in', 'a cancelled run that stays in the call', 'a run that is cancelled does not hang up', [
    `${PRESS}.inputs.unsubscribe`,
    {
      method: 'POST',
      uri: "@{parameters('tonesBaseUrl')}/api/cancelTones",
      headers: { 'x-functions-key': "@parameters('tonesFunctionKey')" },
      body: { clientContext: '@{workflow().run.name}-Press_keys' },
    },
  ]),
  broken('dial-in', 'an end without hanging up', 'not every end of the webhook is followed by hanging up', [
    `${D}.actions.Hang_up.runAfter.Press_keys`,
    ['Succeeded', 'Failed'],
  ]),
  broken('dial-in', 'a run that ends too early', 'Give_up: ends the run before it hangs up', [
    `${D}.actions.Give_up`,
    { type: 'Terminate', inputs: { runStatus: 'Failed' }, runAfter: { Press_keys: ['TimedOut'] } },
  ]),
  broken('dial-in', 'a status of Graph that is never answered', 'Is_the_call_over: Hang_up is never answered 200', [
    `${D}.actions.Is_the_call_over.expression`,
    "@equals(outputs('Hang_up')?['statusCode'], 200)",
  ]),
];
