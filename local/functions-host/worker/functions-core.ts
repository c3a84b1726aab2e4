// The module `@azure/functions-core`, which the library `@azure/functions` requires to find out that it is hosted.
// Stands for the Functions worker: what the app registers ends up here. One app a process.

import Module from 'node:module';

import type {
  FunctionCallback,
  FunctionMetadata,
  HookCallback,
  ProgrammingModel,
  RegisteredFunction,
  RpcLogCategory,
  RpcLogLevel,
} from './core-contract';
import type { HostLog } from '../host-log';

const moduleName = '@azure/functions-core';
/** Shown to the app: the major versions of worker and host that this behaves like. */
const workerVersion = '3.0.0-local';
const hostVersion = '4.0.0-local';

const hookNames = ['appStart', 'appTerminate', 'preInvocation', 'postInvocation', 'log'] as const;
export type HookName = (typeof hookNames)[number];

export interface FunctionsCore {
  functions: ReadonlyMap<string, RegisteredFunction>;
  programmingModel(): ProgrammingModel | undefined;
  /** From here on no function can be registered or taken back. */
  lock(): void;
  /** Runs the hooks one after the other in the order of registration; a throwing hook throws. */
  runHooks(name: Exclude<HookName, 'log'>, context: object): Promise<void>;
  /** Prints, after the app's log hooks ran. */
  log(
    level: RpcLogLevel,
    category: RpcLogCategory,
    message: string,
    source?: string,
    invocationContext?: unknown,
  ): void;
  /** Shared by all hooks of the app. */
  appHookData: Record<string, unknown>;
  /** Shared by the appStart and appTerminate hooks. */
  appLevelHookData: Record<string, unknown>;
}

class Disposable {
  #callOnDispose: (() => unknown) | undefined;

  constructor(callOnDispose: () => unknown) {
    this.#callOnDispose = callOnDispose;
  }

  static from(...disposables: { dispose(): unknown }[]): Disposable {
    return new Disposable(() => disposables.forEach((disposable) => disposable.dispose()));
  }

  dispose(): unknown {
    const callOnDispose = this.#callOnDispose;
    this.#callOnDispose = undefined;
    return callOnDispose?.();
  }
}

class CoreError extends Error {
  readonly isAzureFunctionsSystemError = true;
}

class CoreRangeError extends RangeError {
  readonly isAzureFunctionsSystemError = true;
}

/** Makes `require('@azure/functions-core')` find this module, wherever in the process it is called. Once a process. */
export function installFunctionsCore(log: HostLog): FunctionsCore {
  const functions = new Map<string, RegisteredFunction>();
  const hooks = new Map<string, HookCallback[]>(hookNames.map((name) => [name, []]));
  const appHookData: Record<string, unknown> = {};
  let programmingModel: ProgrammingModel | undefined;
  let locked = false;
  let inLogHook = false;

  const hooksOf = (name: string): HookCallback[] => {
    const found = hooks.get(name);
    if (found === undefined) throw new CoreRangeError(`Unrecognized hook "${name}"`);
    return found;
  };

  const coreLog: FunctionsCore['log'] = (level, category, message, source, invocationContext) => {
    const logHooks = hooksOf('log');
    const entry = { level, message, category, invocationContext, hookData: {}, appHookData };
    if (logHooks.length > 0 && !inLogHook) {
      inLogHook = true;
      try {
        for (const hook of logHooks) hook(entry);
      } finally {
        inLogHook = false;
      }
    }
    const commentary = category !== 'user' && ['trace', 'debug', 'information'].includes(entry.level);
    if (commentary) log.detail(entry.message, source);
    else log.write(entry.level, entry.message, source);
  };

  const coreModule = {
    version: workerVersion,
    hostVersion,
    Disposable,
    registerFunction(metadata: FunctionMetadata, callback: FunctionCallback): Disposable {
      const id = metadata.functionId ?? metadata.name;
      if (locked) throw new CoreError('A function can only be registered during app startup.');
      if (functions.has(id)) throw new CoreError(`A function with id "${id}" has already been registered.`);
      functions.set(id, { metadata, callback });
      return new Disposable(() => {
        if (locked) throw new CoreError('A function can only be disposed during app startup.');
        functions.delete(id);
      });
    },
    registerHook(name: string, callback: HookCallback): Disposable {
      const registered = hooksOf(name);
      registered.push(callback);
      return new Disposable(() => {
        const index = registered.indexOf(callback);
        if (index >= 0) registered.splice(index, 1);
      });
    },
    setProgrammingModel(model: ProgrammingModel): void {
      programmingModel = model;
    },
    getProgrammingModel: () => programmingModel,
    log: (level: RpcLogLevel, category: RpcLogCategory, message: string) => coreLog(level, category, message),
  };

  const moduleClass: { require: (id: string) => unknown } = Module.prototype;
  moduleClass.require = new Proxy(moduleClass.require, {
    apply: (requireBefore, thisArg, [id]: [string]): unknown =>
      id === moduleName ? coreModule : Reflect.apply(requireBefore, thisArg, [id]),
  });

  return {
    functions,
    programmingModel: () => programmingModel,
    lock: () => {
      locked = true;
    },
    runHooks: async (name, context) => {
      for (const hook of hooksOf(name)) await hook(context);
    },
    log: coreLog,
    appHookData,
    appLevelHookData: {},
  };
}
