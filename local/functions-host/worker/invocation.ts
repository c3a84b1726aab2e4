// Runs one function once: the library's invocation model converts arguments and result, hooks run before and after.
// Knows no trigger; never throws: the listeners decide what a failure means.

import { randomUUID } from 'node:crypto';

import type { AppFunction } from './app-functions';
import type {
  CoreInvocationContext,
  FunctionCallback,
  ProgrammingModel,
  RpcInvocationResponse,
  RpcTypedData,
} from './core-contract';
import type { FunctionsCore } from './functions-core';
import { describeFault, HostFault, type HostLog } from '../host-log';
import { makeTraceContext, type TraceContext } from './trace-context';

export interface Trigger {
  data: RpcTypedData;
  /** A new one unless given. */
  invocationId?: string;
  metadata?: Record<string, RpcTypedData>;
  /** A new trace unless given. */
  traceContext?: TraceContext;
}

export type InvocationResult = { succeeded: true; response: RpcInvocationResponse } | { succeeded: false };

/** A failure has been logged when the promise resolves. */
export type Invoke = (target: AppFunction, trigger: Trigger) => Promise<InvocationResult>;

export interface Invocations {
  readonly invoke: Invoke;
  /** Name and id of each that has not ended. */
  readonly running: () => readonly string[];
}

export function makeInvocations(core: FunctionsCore, programmingModel: ProgrammingModel, log: HostLog): Invocations {
  const running = new Map<string, string>();
  const invoke: Invoke = async (target, trigger) => {
    const invocationId = trigger.invocationId ?? randomUUID();
    running.set(invocationId, target.name);
    const startedAt = performance.now();
    log.detail(`Executing 'Functions.${target.name}' (Id=${invocationId})`);
    const ending = (how: string) =>
      `Executed 'Functions.${target.name}' (${how}, Id=${invocationId}, Duration=${Math.round(performance.now() - startedAt)}ms)`;
    try {
      const response = await run(core, programmingModel, target, trigger, invocationId);
      log.detail(ending('Succeeded'));
      return { succeeded: true, response };
    } catch (error) {
      log.write('error', `${ending('Failed')}: ${describeFault(error)}`);
      return { succeeded: false };
    } finally {
      running.delete(invocationId);
    }
  };
  return { invoke, running: () => [...running].map(([id, name]) => `${name} (Id=${id})`) };
}

async function run(
  core: FunctionsCore,
  programmingModel: ProgrammingModel,
  target: AppFunction,
  trigger: Trigger,
  invocationId: string,
): Promise<RpcInvocationResponse> {
  const shown: { invocationContext?: unknown } = {};
  const coreContext: CoreInvocationContext = {
    invocationId,
    request: {
      invocationId,
      functionId: target.id,
      inputData: [{ name: target.triggerName, data: trigger.data }],
      triggerMetadata: trigger.metadata ?? {},
      traceContext: trigger.traceContext ?? makeTraceContext(),
    },
    metadata: target.metadata,
    log: (level, category, message) => core.log(level, category, message, target.name, shown.invocationContext),
  };
  const during = async <T>(state: CoreInvocationContext['state'], work: () => Promise<T>): Promise<T> => {
    coreContext.state = state;
    try {
      return await work();
    } finally {
      coreContext.state = undefined;
    }
  };

  const model = await programmingModel.getInvocationModel(coreContext);
  const { context, inputs } = await model.getArguments();
  shown.invocationContext = context;
  const shared = { hookData: {}, appHookData: core.appHookData, invocationContext: context };

  const before: { inputs: unknown[]; functionCallback: FunctionCallback } = {
    ...shared,
    inputs,
    functionCallback: target.callback,
  };
  await during('preInvocationHooks', () => core.runHooks('preInvocation', before));

  const after: { inputs: unknown[]; result: unknown; error: unknown } = {
    ...shared,
    inputs: before.inputs,
    result: null,
    error: null,
  };
  await during('invocation', async () => {
    try {
      after.result = await model.invokeFunction(context, before.inputs, before.functionCallback);
    } catch (error) {
      // A thrown null or undefined would look like no error at all.
      after.error = error ?? new Error('Unknown error');
    }
  });
  await during('postInvocationHooks', () => core.runHooks('postInvocation', after));

  if (after.error !== null && after.error !== undefined) throw toError(after.error);
  return model.getResponse(context, after.result);
}

/** An app may throw anything. */
function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new HostFault('The function threw what is no error', { cause: thrown });
}
