// The rules of Logic Apps' Workflow Definition Language, as far as the samples use it; what they break is told in words.
// @see https://learn.microsoft.com/azure/logic-apps/logic-apps-workflow-actions-triggers
import {
  branchesOf,
  placedActionsOf,
  textOf,
  type Action,
  type Actions,
  type Fields,
  type Json,
  type PlacedAction,
  type WorkflowFile,
} from './workflow-definition';
import { faultsOfExpressions } from './workflow-expression-rules';

const SCHEMA =
  'https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#';
const PARAMETER_TYPES = ['String', 'SecureString', 'Int', 'Float', 'Bool', 'Array', 'Object', 'SecureObject'];
const TRIGGER_TYPES = ['Request', 'Recurrence', 'Http', 'HttpWebhook', 'ApiConnection', 'ApiConnectionWebhook'];
const STATUSES = ['Succeeded', 'Failed', 'Skipped', 'TimedOut'];
const METHODS = ['GET', 'PUT', 'POST', 'PATCH', 'DELETE'];
/** ISO 8601, without years and months, whose length varies. */
const DURATION = /^P(?=[\dT])(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?$/;

interface TypeRules {
  /** Fields of the action itself, beside those that every action has. */
  readonly fields?: readonly string[];
  readonly faults?: (inputs: Fields, placed: PlacedAction) => string[];
}

const HTTP_FIELDS = ['method', 'uri', 'headers', 'queries', 'body', 'authentication', 'retryPolicy'];

/** The types that the samples use; any other is a fault until it is described here. */
const TYPES: Readonly<Record<string, TypeRules>> = {
  Compose: {},
  Http: { fields: ['limit'], faults: faultsOfRequest },
  HttpWebhook: {
    fields: ['limit'],
    faults: (inputs) => [
      ...unknownFields(inputs, ['subscribe', 'unsubscribe']),
      ...['subscribe', 'unsubscribe'].flatMap((part) =>
        isFields(inputs[part])
          ? faultsOfRequest(inputs[part]).map((fault) => `${part}: ${fault}`)
          : [`${part} is missing`],
      ),
    ],
  },
  Function: {
    faults: (inputs) => [
      ...unknownFields(inputs, ['function', 'method', 'headers', 'queries', 'body', 'authentication', 'retryPolicy']),
      ...(isFields(inputs['function']) &&
      /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Web\/sites\/[^/]+\/functions\/\w+$/.test(
        textOf(inputs['function']['id']),
      )
        ? []
        : ['function.id is no function']),
      ...(METHODS.includes(textOf(inputs['method'])) ? [] : ['method is not known']),
    ],
  },
  If: {
    fields: ['expression', 'actions', 'else'],
    faults: (_inputs, { action }) => [...missing(action, ['expression', 'actions'])],
  },
  Switch: {
    fields: ['expression', 'cases', 'default'],
    faults: (_inputs, { action }) => [...missing(action, ['expression', 'cases']), ...repeatedCases(action)],
  },
  Until: {
    fields: ['expression', 'actions', 'limit'],
    faults: (_inputs, { action }) => missing(action, ['expression', 'actions', 'limit']),
  },
  Wait: {
    faults: (inputs) =>
      isFields(inputs['interval']) &&
      Number(inputs['interval']['count']) > 0 &&
      ['Second', 'Minute', 'Hour', 'Day'].includes(textOf(inputs['interval']['unit']))
        ? []
        : ['interval is not valid'],
  },
  Terminate: {
    faults: (inputs, { around }) => [
      ...(['Failed', 'Cancelled', 'Succeeded'].includes(textOf(inputs['runStatus'])) ? [] : ['runStatus is not known']),
      ...(inputs['runError'] !== undefined && inputs['runStatus'] !== 'Failed'
        ? ['runError is for runStatus Failed only']
        : []),
      ...(around.some(({ action }) => ['Foreach', 'Until'].includes(action.type)) ? ['may not stand in a loop'] : []),
    ],
  },
};

/** Every fault of a workflow as it would be pasted; none if it keeps the rules. */
export function faultsOfWorkflow({ definition, parameters, ...more }: WorkflowFile): string[] {
  const { $schema, contentVersion, parameters: declared, triggers, actions, outputs, ...unknown } = definition;
  const placed = placedActionsOf(actions);
  const names = placed.map(({ name }) => name);
  return [
    ...[...Object.keys(more), ...Object.keys(unknown)].map((name) => `${name} is not known`),
    ...($schema === SCHEMA ? [] : ['$schema is not the language’s']),
    ...(/^\d+\.\d+\.\d+\.\d+$/.test(contentVersion) ? [] : ['contentVersion is not valid']),
    ...(isFields(outputs) ? [] : ['outputs are missing']),
    ...(Object.keys(triggers).length === 1 ? [] : ['one trigger is expected']),
    ...Object.entries(triggers)
      .filter(([, { type }]) => !TRIGGER_TYPES.includes(type))
      .map(([name]) => `${name}: type is not known`),
    ...Object.entries(declared)
      .filter(([, { type }]) => !PARAMETER_TYPES.includes(type))
      .map(([name]) => `${name}: type of a parameter is not known`),
    ...Object.keys(declared)
      .filter((name) => !(name in parameters) && declared[name]?.defaultValue === undefined)
      .map((name) => `${name} has no value`),
    ...Object.keys(parameters)
      .filter((name) => !(name in declared))
      .map((name) => `${name} is not declared`),
    ...names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${name} is there twice`),
    ...names.filter((name) => !/^[A-Za-z]\w{0,79}$/.test(name)).map((name) => `${name} is no name of an action`),
    ...placed.flatMap((each) => faultsOfAction(each).map((fault) => `${each.name}: ${fault}`)),
    ...[actions, ...placed.flatMap(({ action }) => branchesOf(action))].flatMap(cycles),
    ...faultsOfExpressions(definition, placed),
  ];
}

function faultsOfAction(placed: PlacedAction): string[] {
  const { action, siblings, name } = placed;
  const rules = TYPES[action.type];
  if (rules === undefined) return ['type is not known'];
  const common = ['type', 'description', 'inputs', 'runAfter', 'runtimeConfiguration', 'operationOptions'];
  const { timeout, count } = action.limit ?? {};
  const secured = action.runtimeConfiguration?.secureData?.properties ?? [];
  return [
    ...unknownFields(action as unknown as Fields, [...common, ...(rules.fields ?? [])]),
    ...(rules.faults?.(isFields(action.inputs) ? action.inputs : {}, placed) ?? []),
    ...faultsOfNames(action.inputs),
    ...(action.runAfter === undefined ? ['runAfter is missing'] : []),
    ...Object.entries(action.runAfter ?? {}).flatMap(([before, statuses]) => [
      ...(before in siblings && before !== name ? [] : [`runs after ${before}, which is not beside it`]),
      ...(statuses.length > 0 && statuses.every((status) => STATUSES.includes(status))
        ? []
        : [`runs after a status of ${before} that does not exist`]),
    ]),
    ...(timeout === undefined || DURATION.test(timeout) ? [] : ['timeout is no ISO 8601 duration']),
    ...(count === undefined || (Number.isInteger(count) && count > 0 && count <= 5000) ? [] : ['count is not valid']),
    ...(secured.every((part) => ['inputs', 'outputs'].includes(part)) ? [] : ['secureData is not valid']),
    ...(action.operationOptions === undefined ||
    (action.type === 'Until' && action.operationOptions === 'FailWhenLimitsReached')
      ? []
      : ['operationOptions are not known']),
  ];
}

function faultsOfRequest(inputs: Fields): string[] {
  const { authentication } = inputs;
  return [
    ...unknownFields(inputs, HTTP_FIELDS),
    ...(METHODS.includes(textOf(inputs['method'])) ? [] : ['method is not known']),
    ...(typeof inputs['uri'] === 'string' && inputs['uri'] !== '' ? [] : ['uri is missing']),
    ...(authentication === undefined ||
    (isFields(authentication) &&
      authentication['type'] === 'ManagedServiceIdentity' &&
      typeof authentication['audience'] === 'string')
      ? []
      : ['authentication is not valid']),
  ];
}

/** A name that starts with an @ of its own is written with two; with one it would be an expression. */
function faultsOfNames(value: Json | undefined): string[] {
  if (value === null || typeof value !== 'object') return [];
  const own = Array.isArray(value) ? [] : Object.keys(value).filter((name) => /^@(?!@)/.test(name));
  return [...own.map((name) => `${name} needs a second @`), ...Object.values(value).flatMap(faultsOfNames)];
}

function cycles(actions: Actions): string[] {
  const done = new Set<string>();
  for (let left = Object.keys(actions); left.length > 0;) {
    const ready = left.filter((name) =>
      Object.keys(actions[name]?.runAfter ?? {}).every((before) => done.has(before) || !(before in actions)),
    );
    if (ready.length === 0) return [`${left.join(', ')} wait for each other`];
    for (const name of ready) done.add(name);
    left = left.filter((name) => !done.has(name));
  }
  return [];
}

function repeatedCases({ cases = {} }: Action): string[] {
  const values = Object.values(cases).map((each) => JSON.stringify(each.case));
  return new Set(values).size === values.length ? [] : ['has a case twice'];
}

function missing(action: Action, names: readonly (keyof Action)[]): string[] {
  return names.filter((name) => action[name] === undefined).map((name) => `${name} is missing`);
}

function unknownFields(fields: Fields, known: readonly string[]): string[] {
  return Object.keys(fields)
    .filter((name) => !known.includes(name))
    .map((name) => `${name} is not known`);
}

export function isFields(value: Json | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
