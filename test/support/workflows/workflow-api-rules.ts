// What the published workflows must do with this app: call what the API description has, hide what is secret, ask under one name,
// and have a branch for every end. What they break is told in words.
import { isFinal, type ToneStatus } from '../../../shared/tones/facts/outcome-facts';
import { operationsOf, type ApiDocument, type DescribedOperation } from '../documents/described-operations';
import {
  ownParts,
  placedActionsOf,
  textOf,
  textsOf,
  type Action,
  type Fields,
  type Json,
  type PlacedAction,
  type WorkflowFile,
} from './workflow-definition';
import { callsOf, templateOf, type Expression } from './workflow-expression';
import { graphStatusesOf, isForGraph } from './workflow-graph-rules';
import { isFields } from './workflow-rules';

interface Call {
  readonly where: string;
  readonly of: PlacedAction;
  readonly name: string;
  readonly inputs: Fields;
  readonly needsNoKey: boolean;
}

const BASE = "@{parameters('tonesBaseUrl')}/api/";
const KEY = "@parameters('tonesFunctionKey')";
const AUDIENCE = "@parameters('tonesAudience')";

export function faultsAgainstApi({ definition }: WorkflowFile, api: ApiDocument): string[] {
  const operations = operationsOf(api);
  const placed = placedActionsOf(definition.actions);
  const calls = placed.flatMap(callsOfAction);
  const names = calls.flatMap(({ inputs }) =>
    [inputs['body'], inputs['queries']].flatMap((part) => (isFields(part) ? (part['clientContext'] ?? []) : [])),
  );
  const operationOf = (call: Call) =>
    operations.find(({ name, method }) => name === call.name && method === call.inputs['method']);
  const statusesOfAction = ({ name: of, action: { inputs } }: PlacedAction) =>
    isFields(inputs) && isForGraph(inputs)
      ? graphStatusesOf(inputs)
      : calls.filter((call) => call.of.name === of).flatMap((call) => operationOf(call)?.statuses ?? []);
  return [
    ...calls.flatMap((call) => faultsOfCall(call, operationOf(call)).map((fault) => `${call.where}: ${fault}`)),
    ...(new Set(names).size === 1 ? [] : ['the calls ask under different names']),
    ...placed.flatMap(({ name, action }) =>
      statusesIn(action).flatMap(([of, status]) => {
        const known = placed.filter(({ name: each }) => each === of).flatMap(statusesOfAction);
        return known.includes(status) ? [] : [`${name}: ${of} is never answered ${status}`];
      }),
    ),
    ...faultsOfEnds(placed, operations),
    ...faultsOfSecrets(definition.triggers, calls),
  ];
}

function callsOfAction(of: PlacedAction): Call[] {
  const { name: where, action } = of;
  const inputs = isFields(action.inputs) ? action.inputs : {};
  const byUri = (at: string, part: Fields): Call => ({
    where: at,
    of,
    name: textOf(part['uri']).startsWith(BASE) ? textOf(part['uri']).slice(BASE.length) : textOf(part['uri']),
    inputs: part,
    needsNoKey: false,
  });
  if (action.type === 'Http') return isForGraph(inputs) ? [] : [byUri(where, inputs)];
  if (action.type === 'HttpWebhook')
    return ['subscribe', 'unsubscribe'].flatMap((part) =>
      isFields(inputs[part]) && !isForGraph(inputs[part]) ? [byUri(`${where}: ${part}`, inputs[part])] : [],
    );
  // Logic Apps fetches the key of a function that it calls by its id.
  if (action.type === 'Function')
    return [
      {
        where,
        of,
        name: isFields(inputs['function']) ? (textOf(inputs['function']['id']).split('/').at(-1) ?? '') : '',
        inputs,
        needsNoKey: true,
      },
    ];
  return [];
}

function faultsOfCall({ of, name, inputs, needsNoKey }: Call, operation: DescribedOperation | undefined): string[] {
  if (operation === undefined) return [`the API has no ${textOf(inputs['method'])} ${name}`];
  const body = isFields(inputs['body']) ? Object.keys(inputs['body']) : [];
  const queries = isFields(inputs['queries']) ? Object.keys(inputs['queries']) : [];
  const { headers, authentication } = inputs;
  const hasKey = isFields(headers) && headers['x-functions-key'] === KEY;
  const hasIdentity = isFields(authentication) && authentication['audience'] === AUDIENCE;
  const isAskedFor = name === 'enqueueTones';
  return [
    ...body.filter((field) => !operation.fields.includes(field)).map((field) => `the API has no field ${field}`),
    ...operation.requiredFields
      .filter((field) => !body.includes(field))
      .map((field) => `the field ${field} is missing`),
    ...queries
      .filter((query) => !operation.queries.includes(query))
      .map((query) => `the API has no parameter ${query}`),
    ...operation.requiredQueries
      .filter((query) => !queries.includes(query))
      .map((query) => `the parameter ${query} is missing`),
    ...(operation.needsKey && !needsNoKey && hasKey === hasIdentity
      ? ['a key or an identity is needed, not both']
      : []),
    ...(isAskedFor && !clientContextNames(inputs['body'], of.name)
      ? ['clientContext does not name the run and the action']
      : []),
    ...(isAskedFor &&
    of.action.type === 'Http' &&
    !(operation.headersOf(202).includes('Location') && operation.headersOf(202).includes('Retry-After'))
      ? ['is not answered 202 with Location and Retry-After']
      : []),
    ...(isAskedFor &&
    of.action.type === 'HttpWebhook' &&
    !(operation.statuses.includes(200) && body.includes('callbackUrl'))
      ? ['is not answered 200, or gives no callbackUrl']
      : []),
    ...(isAskedFor && of.action.type !== 'HttpWebhook' && body.includes('callbackUrl')
      ? ['gives a callbackUrl that nobody listens to']
      : []),
  ];
}

/** Retries and repetitions of one action ask under one name, everything else under another. */
function clientContextNames(body: Json | undefined, action: string): boolean {
  const text = isFields(body) ? textOf(body['clientContext'] ?? '') : '';
  return text.includes('@{workflow().run.name}') && text.includes(action);
}

/** `[action, status]` for every comparison with outputs('action')?['statusCode']. */
function statusesIn(action: Action): [string, number][] {
  const comparisons = textsOf(ownParts(action))
    .flatMap(([, text]) => templateOf(text).parts.flatMap(callsOf))
    .filter(({ name }) => ['equals', 'contains'].includes(name));
  return comparisons.flatMap(({ args }) => {
    const of = args.flatMap(statusCodeOf)[0];
    return of === undefined
      ? []
      : args
          .flatMap(numbersIn)
          .filter((number) => number > 0)
          .map((number): [string, number] => [of, number]);
  });
}

function statusCodeOf(part: Expression): string[] {
  if (part.kind === 'call') return part.args.flatMap(statusCodeOf);
  if (
    part.kind !== 'member' ||
    part.key.kind !== 'literal' ||
    part.key.value !== 'statusCode' ||
    part.object.kind !== 'call'
  )
    return [];
  return part.object.args.flatMap((arg) => (arg.kind === 'literal' && typeof arg.value === 'string' ? arg.value : []));
}

function literalsIn(part: Expression): Json[] {
  if (part.kind === 'literal') return [part.value];
  return part.kind === 'call' ? part.args.flatMap(literalsIn) : [];
}

const numbersIn = (part: Expression): number[] => literalsIn(part).filter((value) => typeof value === 'number');

function faultsOfEnds(placed: readonly PlacedAction[], operations: readonly DescribedOperation[]): string[] {
  const statuses = (operations.find(({ name }) => name === 'toneOutcome')?.valuesOf(200, 'status') ??
    []) as ToneStatus[];
  const final = statuses.filter(isFinal);
  const switches = placed.filter(
    ({ action }) => action.type === 'Switch' && textOf(action.expression).endsWith("?['status']"),
  );
  const untils = placed.filter(({ action }) => action.type === 'Until');
  return [
    ...(switches.length === 1 ? [] : ['one Switch over the status is expected']),
    ...switches.flatMap(({ name, action }) => {
      const cases = Object.values(action.cases ?? {}).map((each) => each.case);
      return [
        ...final.filter((status) => !cases.includes(status)).map((status) => `${name}: no case for ${status}`),
        ...cases
          .filter((each) => !final.some((status) => status === each))
          .map((each) => `${name}: ${textOf(each)} is no final status`),
        ...(action.default === undefined ? [`${name}: no default for a status that is not final`] : []),
      ];
    }),
    ...untils.flatMap(({ name, action }) => {
      const named = templateOf(textOf(action.expression))
        .parts.flatMap(callsOf)
        .filter((call) => call.name === 'createArray')
        .flatMap(({ args }) => args.flatMap(literalsIn));
      return final.filter((status) => !named.includes(status)).map((status) => `${name}: does not end on ${status}`);
    }),
  ];
}

/** Digits and keys in no run history, nor the status token, which stands in the Location of a 202. */
function faultsOfSecrets(triggers: WorkflowFile['definition']['triggers'], calls: readonly Call[]): string[] {
  const hides = (action: Pick<Action, 'runtimeConfiguration'>, part: string) =>
    action.runtimeConfiguration?.secureData?.properties.includes(part) === true;
  return [
    ...Object.entries(triggers)
      .filter(([, trigger]) => !hides(trigger, 'outputs'))
      .map(([name]) => `${name}: shows the digits`),
    ...calls
      .filter(({ of, inputs }) => /digits|x-functions-key/.test(JSON.stringify(inputs)) && !hides(of.action, 'inputs'))
      .map(({ where }) => `${where}: shows digits or a key`),
    ...calls
      .filter(
        ({ of, name }) => name === 'enqueueTones' && of.action.type !== 'HttpWebhook' && !hides(of.action, 'outputs'),
      )
      .map(({ where }) => `${where}: shows the status token`),
  ];
}
