// The rules of expressions in a workflow: they can be read, call functions that exist, and speak of actions that surely ran before.
// Stands under workflow-rules.
import {
  ownParts,
  placedActionsOf,
  textsOf,
  upstreamOf,
  branchesOf,
  type PlacedAction,
  type WorkflowDefinition,
} from './workflow-definition';
import { callsOf, templateOf, type Expression } from './workflow-expression';

/** Of the functions that exist those that the samples use, with the number of their arguments. */
const FUNCTIONS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  parameters: [1, 1],
  workflow: [0, 0],
  triggerBody: [0, 0],
  body: [1, 1],
  outputs: [1, 1],
  actions: [1, 1],
  items: [1, 1],
  iterationIndexes: [1, 1],
  listCallbackUrl: [0, 0],
  coalesce: [1, 99],
  contains: [2, 2],
  createArray: [1, 99],
  equals: [2, 2],
  or: [2, 99],
  and: [2, 99],
  not: [1, 1],
  concat: [1, 99],
  if: [3, 3],
};
const OF_ACTIONS = ['body', 'outputs', 'actions'];

export function faultsOfExpressions(definition: WorkflowDefinition, placed: readonly PlacedAction[]): string[] {
  const used = new Set<string>();
  const faults: string[] = [];
  const judge = (where: string, path: string, text: string, of?: PlacedAction) => {
    const read = readable(text);
    if (typeof read === 'string') return void faults.push(`${where}: ${path}: ${read}`);
    for (const call of read.flatMap(callsOf)) {
      const argument = argumentOf(call);
      if (call.name === 'parameters' && argument !== undefined) used.add(argument);
      faults.push(...faultsOfCall(call, argument, path, definition, of).map((fault) => `${where}: ${path}: ${fault}`));
    }
  };
  for (const [name, trigger] of Object.entries(definition.triggers))
    for (const [path, text] of textsOf(trigger)) judge(name, path, text);
  for (const each of placed)
    for (const [path, text] of textsOf(ownParts(each.action))) judge(each.name, path, text, each);
  for (const [path, text] of textsOf(definition.outputs)) judge('outputs', path, text);
  return [
    ...faults,
    ...Object.keys(definition.parameters)
      .filter((name) => !used.has(name))
      .map((name) => `${name} is declared and not used`),
  ];
}

function readable(text: string): readonly (string | Expression)[] | string {
  try {
    return templateOf(text).parts;
  } catch (error) {
    return (error as Error).message;
  }
}

function faultsOfCall(
  call: Expression & { kind: 'call' },
  argument: string | undefined,
  path: string,
  definition: WorkflowDefinition,
  of: PlacedAction | undefined,
): string[] {
  const { name, args } = call;
  const [least, most] = Object.hasOwn(FUNCTIONS, name) ? (FUNCTIONS[name] ?? [0, 0]) : [-1, -1];
  if (most === -1) return [`there is no function ${name}`];
  if (args.length < least || args.length > most) return [`${name} has a wrong number of arguments`];
  if (name === 'parameters' && !Object.hasOwn(definition.parameters, argument ?? ''))
    return [`the parameter ${argument} is not declared`];
  if (OF_ACTIONS.includes(name) && !mayRead(of, path).has(argument ?? ''))
    return [`${name}('${argument}') is of no action that ran before`];
  const isInLoop = (type: string) =>
    of?.around.some((outer) => outer.name === argument && outer.action.type === type) === true;
  if (name === 'iterationIndexes' && !isInLoop('Until')) return [`there is no Until ${argument} around`];
  if (name === 'items' && !isInLoop('Foreach')) return [`there is no Foreach ${argument} around`];
  if (name === 'listCallbackUrl' && !(of?.action.type === 'HttpWebhook' && path.startsWith('inputs/subscribe/body/')))
    return ['listCallbackUrl belongs into the body of subscribe'];
  return [];
}

/** The condition of a loop is looked at after the actions within it. */
function mayRead(of: PlacedAction | undefined, path: string): Set<string> {
  if (of === undefined) return new Set();
  const inside =
    of.action.type === 'Until' && path === 'expression'
      ? branchesOf(of.action).flatMap((branch) => placedActionsOf(branch))
      : [];
  return new Set([...upstreamOf(of), ...inside.map(({ name }) => name)]);
}

function argumentOf({ args: [first] }: Expression & { kind: 'call' }): string | undefined {
  return first?.kind === 'literal' && typeof first.value === 'string' ? first.value : undefined;
}
