// The shape of a Logic Apps workflow definition, and ways through it: every action with its neighbours, every text with its place.
// Stands under workflow-rules, workflow-api-rules and workflow-player.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type Fields = Readonly<Record<string, Json>>;
export type Actions = Readonly<Record<string, Action>>;

export interface Action {
  readonly type: string;
  readonly inputs?: Json;
  readonly runAfter?: Readonly<Record<string, readonly string[]>>;
  readonly limit?: { readonly timeout?: string; readonly count?: number };
  readonly operationOptions?: string;
  readonly runtimeConfiguration?: { readonly secureData?: { readonly properties: readonly string[] } };
  /** Foreach, If, Scope, Until. */
  readonly actions?: Actions;
  readonly expression?: Json;
  readonly else?: { readonly actions: Actions };
  readonly cases?: Readonly<Record<string, { readonly case: Json; readonly actions: Actions }>>;
  readonly default?: { readonly actions: Actions };
}

export interface WorkflowDefinition {
  readonly $schema: string;
  readonly contentVersion: string;
  readonly parameters: Readonly<Record<string, { readonly type: string; readonly defaultValue?: Json }>>;
  readonly triggers: Readonly<
    Record<
      string,
      {
        readonly type: string;
        readonly inputs?: Json;
        readonly runtimeConfiguration?: Exclude<Action['runtimeConfiguration'], undefined>;
      }
    >
  >;
  readonly actions: Actions;
  readonly outputs: Fields;
}

/** What the code view shows and takes. */
export interface WorkflowFile {
  readonly definition: WorkflowDefinition;
  readonly parameters: Readonly<Record<string, { readonly value: Json }>>;
}

export interface PlacedAction {
  readonly name: string;
  readonly action: Action;
  /** Itself and those that it may run after. */
  readonly siblings: Actions;
  /** The actions around it, the innermost first. */
  readonly around: readonly PlacedAction[];
}

/** Every branch of a control action. */
export function branchesOf(action: Action): Actions[] {
  const cases = Object.values(action.cases ?? {}).map((each) => each.actions);
  return [action.actions, action.else?.actions, ...cases, action.default?.actions].filter(
    (branch) => branch !== undefined,
  );
}

/** Every action of the workflow, an outer one before those within. */
export function placedActionsOf(siblings: Actions, around: readonly PlacedAction[] = []): PlacedAction[] {
  return Object.entries(siblings).flatMap(([name, action]) => {
    const placed = { name, action, siblings, around };
    return [placed, ...branchesOf(action).flatMap((branch) => placedActionsOf(branch, [placed, ...around]))];
  });
}

/** Of an action everything but the actions within. */
export function ownParts({ actions: _actions, else: _else, cases: _cases, default: _default, ...own }: Action): Json {
  return own;
}

/** Every text within a value, with the names that lead to it: `inputs/body/callId`. */
export function textsOf(value: Json, path = ''): (readonly [path: string, text: string])[] {
  if (typeof value === 'string') return [[path, value]];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, each]) => textsOf(each, path === '' ? name : `${path}/${name}`));
}

/** What surely has run before the action starts: those that it runs after, and so on, and what is within those; the same of what is around it. */
export function upstreamOf({ name, siblings, around }: PlacedAction): Set<string> {
  const found = new Set<string>();
  const visit = (each: string): void => {
    for (const before of Object.keys(siblings[each]?.runAfter ?? {})) {
      const action = siblings[before];
      if (found.has(before) || action === undefined) continue;
      found.add(before);
      for (const branch of branchesOf(action)) for (const placed of placedActionsOf(branch)) found.add(placed.name);
      visit(before);
    }
  };
  visit(name);
  const [outer] = around;
  return outer === undefined ? found : new Set([...found, ...upstreamOf(outer)]);
}

/** A text as it is, anything else as JSON; nothing as nothing. */
export function textOf(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  return value === undefined ? '' : JSON.stringify(value);
}
