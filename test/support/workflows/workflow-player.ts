// Plays a run of a published workflow against a live app: runAfter, branches and loops as Logic Apps runs them, requests by LogicAppClient.
// Used by test/end-to-end/logic-app-*.test.ts. It knows the action types that the samples use.
import { setTimeout as pause } from 'node:timers/promises';
import type { ActionEnd, ActionRequest, CallbackListener, LogicAppClient } from './logic-app-client';
import { textOf, type Action, type Actions, type Fields, type Json, type WorkflowFile } from './workflow-definition';
import { evaluated, type Functions } from './workflow-evaluation';
import { requestOf, type TokenFor } from './workflow-request';

export type ActionStatus = 'Succeeded' | 'Failed' | 'Skipped' | 'TimedOut' | 'Cancelled';

export interface PlayedRun {
  readonly status: string;
  /** Of the Terminate action that ended it. */
  readonly runError?: { readonly code: string; readonly message: string };
  readonly statuses: Readonly<Record<string, ActionStatus>>;
  readonly outputs: Readonly<Record<string, Json>>;
}

export interface PlayOptions {
  readonly client: LogicAppClient;
  readonly triggerBody: Json;
  readonly runName: string;
  /** Instead of the values that stand in the file. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** What Logic Apps finds by the id of a function: its app's URL and key. */
  readonly functionApp?: { readonly url: string; readonly functionKey: string };
  /** Whether the Functions action follows a 202, which Microsoft documents for the HTTP action only. Default: false. */
  readonly functionsArePolled?: boolean;
  readonly listener?: CallbackListener;
  /** What the workflow's managed identity gets for an audience. Default: nothing, as App Service Authentication keeps the token to itself. */
  readonly tokenFor?: TokenFor;
  /** Cancels the run: no action starts any more, and a webhook that waits unsubscribes. */
  readonly cancelled?: Promise<unknown>;
}

class Terminated extends Error {
  constructor(
    readonly inputs: {
      readonly runStatus: string;
      readonly runError?: { readonly code: string; readonly message: string };
    },
  ) {
    super('Terminate');
  }
}

export async function playWorkflow(
  { definition, parameters: values }: WorkflowFile,
  options: PlayOptions,
): Promise<PlayedRun> {
  let isCancelled = false;
  const cancelled = options.cancelled?.then(() => {
    isCancelled = true;
    return 'cancelled' as const;
  });
  const statuses: Record<string, ActionStatus> = {};
  const outputs: Record<string, Json> = {};
  const parameters = {
    ...Object.fromEntries(Object.entries(values).map(([name, { value }]) => [name, value])),
    ...options.parameters,
  };
  const known: Functions = {
    parameters: (name) => parameters[textOf(name)] ?? null,
    triggerBody: () => options.triggerBody,
    workflow: () => ({ name: 'played', run: { name: options.runName } }),
    outputs: (name) => outputs[textOf(name)] ?? null,
    body: (name) => (outputs[textOf(name)] as Fields | undefined)?.['body'] ?? null,
    listCallbackUrl: () => options.listener?.url ?? null,
  };
  try {
    await runAll(definition.actions);
    if (isCancelled) return { status: 'Cancelled', statuses, outputs };
    const isHandled = (name: string) =>
      Object.values(definition.actions).some(({ runAfter = {} }) =>
        (runAfter[name] ?? []).includes(statuses[name] ?? ''),
      );
    const failed = Object.keys(definition.actions).filter(
      (name) => ['Failed', 'TimedOut'].includes(statuses[name] ?? '') && !isHandled(name),
    );
    return { status: failed.length === 0 ? 'Succeeded' : 'Failed', statuses, outputs };
  } catch (error) {
    if (!(error instanceof Terminated)) throw error;
    const { runStatus, runError } = error.inputs;
    return { status: runStatus, ...(runError && { runError }), statuses, outputs };
  }

  /** One after the other, as their runAfter has it; the worst of them is told. */
  async function runAll(actions: Actions): Promise<ActionStatus> {
    for (let left = Object.keys(actions); left.length > 0;) {
      const name =
        left.find((each) => Object.keys(actions[each]?.runAfter ?? {}).every((before) => !left.includes(before))) ?? '';
      const action = actions[name] as Action;
      const isDue = Object.entries(action.runAfter ?? {}).every(([before, allowed]) =>
        allowed.includes(statuses[before] ?? ''),
      );
      delete outputs[name];
      if (isCancelled) throw new Terminated({ runStatus: 'Cancelled' });
      statuses[name] = isDue ? await run(name, action) : 'Skipped';
      left = left.filter((each) => each !== name);
    }
    return Object.keys(actions).some((name) => statuses[name] === 'Failed' || statuses[name] === 'TimedOut')
      ? 'Failed'
      : 'Succeeded';
  }

  async function run(name: string, action: Action): Promise<ActionStatus> {
    const inputs = (): Json => evaluated(action.inputs ?? null, known);
    switch (action.type) {
      case 'Compose':
        outputs[name] = inputs();
        return 'Succeeded';
      case 'Terminate':
        throw new Terminated(inputs() as unknown as Terminated['inputs']);
      case 'Wait':
        await pause((inputs() as { interval: { count: number } }).interval.count * 1000);
        return 'Succeeded';
      case 'If':
        return runAll(
          (holds(evaluated(action.expression ?? null, known)) ? action.actions : action.else?.actions) ?? {},
        );
      case 'Switch': {
        const value = evaluated(action.expression ?? null, known);
        return runAll(
          (Object.values(action.cases ?? {}).find((each) => each.case === value) ?? action.default)?.actions ?? {},
        );
      }
      case 'Until':
        return runUntil(action);
      case 'Http':
        return keep(
          name,
          await options.client.http(await requestOf(inputs(), options.tokenFor), millisecondsOf(action.limit?.timeout)),
        );
      case 'Function':
        return keep(
          name,
          await options.client[options.functionsArePolled === true ? 'http' : 'once'](
            await functionRequestOf(inputs() as Fields),
          ),
        );
      case 'HttpWebhook': {
        if (options.listener === undefined) throw new Error('nobody listens to the callback URL');
        const { subscribe = null, unsubscribe = null } = inputs() as Fields;
        return keep(
          name,
          await options.client.webhook(
            await requestOf(subscribe, options.tokenFor),
            await requestOf(unsubscribe, options.tokenFor),
            options.listener,
            millisecondsOf(action.limit?.timeout),
            cancelled,
          ),
        );
      }
      default:
        throw new Error(`the player does not know actions of type ${action.type}`);
    }
  }

  /** The condition is looked at after each round; FailWhenLimitsReached. */
  async function runUntil({ actions = {}, expression = null, limit = {} }: Action): Promise<ActionStatus> {
    const deadline = Date.now() + millisecondsOf(limit.timeout);
    for (let round = 1; ; round += 1) {
      const status = await runAll(actions);
      if (evaluated(expression, known) === true) return status;
      if (round >= (limit.count ?? 60) || Date.now() >= deadline) return 'Failed';
    }
  }

  function keep(name: string, end: ActionEnd): ActionStatus {
    if (end.outputs !== undefined) outputs[name] = end.outputs as unknown as Json;
    return end.status;
  }

  /** The Functions action calls by the function's id, and knows its key. */
  function functionRequestOf({ function: called, headers, ...rest }: Fields): Promise<ActionRequest> {
    const { url = '', functionKey = '' } = options.functionApp ?? {};
    const key = rest['authentication'] === undefined ? { 'x-functions-key': functionKey } : {};
    const inputs = {
      ...rest,
      headers: { ...(headers as Fields | undefined), ...key },
      uri: `${url}/api/${textOf((called as Fields)['id'])
        .split('/')
        .at(-1)}`,
    };
    return requestOf(inputs, options.tokenFor);
  }
}

/** The condition of an If: an expression, or `{"and": [{"equals": [one, other]}, …]}`. */
function holds(condition: Json): boolean {
  if (typeof condition === 'boolean') return condition;
  const { and } = condition as { and: readonly { equals: readonly [Json, Json] }[] };
  return and.every(({ equals: [one, other] }) => textOf(one) === textOf(other));
}

/** Of an ISO 8601 duration in minutes and seconds. */
function millisecondsOf(duration: string | undefined): number {
  if (duration === undefined) return Infinity;
  const [, minutes = '0', seconds = '0'] = /^PT(?:(\d+)M)?(?:(\d+)S)?$/.exec(duration) ?? [];
  return (Number(minutes) * 60 + Number(seconds)) * 1000;
}
