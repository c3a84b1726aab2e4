// Evaluates the expressions of a workflow definition, as far as the samples use them.
// Stands under workflow-player.
import { textOf, type Json } from './workflow-definition';
import { templateOf, type Expression } from './workflow-expression';

/** A function of the language, or what a run knows: `body`, `parameters`, `workflow`, … */
export type Functions = Readonly<Record<string, (...args: Json[]) => Json>>;

const PURE: Functions = {
  coalesce: (...values) => values.find((value) => value !== null) ?? null,
  contains: (within, value) =>
    Array.isArray(within) || typeof within === 'string'
      ? (within as readonly Json[]).includes(value)
      : Object.hasOwn(within as object, textOf(value)),
  createArray: (...values) => values,
  equals: (one = null, other = null) => JSON.stringify(one) === JSON.stringify(other),
  or: (...values) => values.includes(true),
};

/** Replaces every expression within a value. */
export function evaluated(value: Json, known: Functions): Json {
  if (typeof value === 'string') return evaluatedText(value, known);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map((each) => evaluated(each, known));
  return Object.fromEntries(
    Object.entries(value as Record<string, Json>).map(([name, each]) => [
      // A name that starts with an @ of its own is written with two.
      textOf(evaluatedText(name, known)),
      evaluated(each, known),
    ]),
  );
}

function evaluatedText(text: string, known: Functions): Json {
  const { isWhole, parts } = templateOf(text);
  const values = parts.map((part) => (typeof part === 'string' ? part : valueOf(part, { ...PURE, ...known })));
  if (isWhole) return values[0] ?? null;
  return values
    .map((value) => (typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value)))
    .join('');
}

function valueOf(expression: Expression, functions: Functions): Json {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'call': {
      const apply = functions[expression.name];
      if (apply === undefined) throw new Error(`the player does not know ${expression.name}`);
      return apply(...expression.args.map((arg) => valueOf(arg, functions)));
    }
    case 'member': {
      const object = valueOf(expression.object, functions);
      const key = textOf(valueOf(expression.key, functions));
      if (object === null || typeof object !== 'object') {
        // The run fails where something is read of nothing without a question mark.
        if (expression.isOptional) return null;
        throw new Error(`cannot read ${key} of ${JSON.stringify(object)}`);
      }
      const value = (object as Record<string, Json>)[key];
      if (value === undefined && !expression.isOptional) throw new Error(`there is no ${key}`);
      return value ?? null;
    }
    default:
      return expression satisfies never;
  }
}
