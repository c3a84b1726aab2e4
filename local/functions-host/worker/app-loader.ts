// Loads the built app the way the Functions worker does: every file that
// `main` in package.json matches, then the appStart hooks.
// Knows no listener; the module `@azure/functions-core` must be installed before.

import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { toAppFunction, type AppFunction } from './app-functions';
import type { ProgrammingModel } from './core-contract';
import type { FunctionsCore } from './functions-core';
import { messageOf } from '../host-log';

/** What the real worker says to the library that it can do. */
const workerCapabilities: Record<string, string> = {
  RawHttpBodyBytes: 'true',
  RpcHttpTriggerMetadataRemoved: 'true',
  RpcHttpBodyOnly: 'true',
  IgnoreEmptyValuedRpcHttpHeaders: 'true',
  UseNullableValueDictionaryForHttp: 'true',
  WorkerStatus: 'true',
  TypedDataCollection: 'true',
  HandlesWorkerTerminateMessage: 'true',
};

export interface LoadedApp {
  functions: AppFunction[];
  programmingModel: ProgrammingModel;
  /**
   * Where the app takes its HTTP requests itself (`enableHttpStream`); undefined where they come with the invocation.
   */
  httpUri: string | undefined;
}

/**
 * Throws "Worker was unable to load entry point …" when a file of the app throws or none is found, and a message that
 * names the function when one needs what this host does not have.
 */
export async function loadApp(appDirectory: string, core: FunctionsCore): Promise<LoadedApp> {
  loadEntryPoints(appDirectory);
  await core.runHooks('appStart', {
    hookData: core.appLevelHookData,
    appHookData: core.appHookData,
    functionAppDirectory: appDirectory,
  });

  const programmingModel = core.programmingModel();
  if (programmingModel === undefined) throw new Error('The app registered no function.');
  const capabilities = (await programmingModel.getCapabilities?.({ ...workerCapabilities })) ?? workerCapabilities;
  if (capabilities.HttpUri !== undefined && capabilities.RequiresRouteParameters !== undefined)
    throw new Error('The capability RequiresRouteParameters is not supported by the local host.');
  core.lock();
  return {
    functions: [...core.functions.values()].map(toAppFunction),
    programmingModel,
    httpUri: capabilities.HttpUri,
  };
}

function loadEntryPoints(appDirectory: string): void {
  const requireOfApp = createRequire(join(appDirectory, 'package.json'));
  const pattern = mainOf(appDirectory);
  let entryPoint = pattern;
  try {
    const files = globSync(pattern, { cwd: appDirectory }).sort();
    if (files.length === 0) throw new Error('Found zero files matching the supplied pattern');
    for (const file of files) {
      entryPoint = file;
      requireOfApp(join(appDirectory, file));
    }
  } catch (error) {
    throw new Error(`Worker was unable to load entry point "${entryPoint}": ${messageOf(error)}`, { cause: error });
  }
}

function mainOf(appDirectory: string): string {
  const { main } = JSON.parse(readFileSync(join(appDirectory, 'package.json'), 'utf8')) as { main?: unknown };
  if (typeof main !== 'string') throw new Error('package.json of the app has no "main".');
  return main;
}
