// Turns what the app registered into HTTP, queue and timer functions, with every `%SETTING%` resolved.
// Knows no listener; refuses what this host cannot run.

import type { FunctionCallback, FunctionMetadata, RegisteredFunction, RpcBindingInfo } from './core-contract';
import { messageOf } from '../host-log';
import { resolveConnectionString, resolveSettingsIn } from '../host-settings';

interface AppFunctionBase {
  name: string;
  id: string;
  /** The name of the trigger's binding, under which its value is handed over. */
  triggerName: string;
  metadata: FunctionMetadata;
  callback: FunctionCallback;
}

export interface HttpFunction extends AppFunctionBase {
  kind: 'http';
  /** Below the route prefix, as the app wrote it. */
  route: string;
  /** Upper case. */
  methods: readonly string[];
  authLevel: 'anonymous' | 'function' | 'admin';
}

export interface QueueFunction extends AppFunctionBase {
  kind: 'queue';
  queueName: string;
  connectionString: string;
  /** The app asked for bytes instead of text. */
  binary: boolean;
}

export interface TimerFunction extends AppFunctionBase {
  kind: 'timer';
  schedule: string;
  runOnStartup: boolean;
  /** The app wants a schedule status in its timer object. */
  useMonitor: boolean;
}

export type AppFunction = HttpFunction | QueueFunction | TimerFunction;

/** Throws naming the function and what this host does not support about it. */
export function toAppFunction(registered: RegisteredFunction): AppFunction {
  const { metadata } = registered;
  try {
    return translate(registered);
  } catch (error) {
    throw new Error(`The function '${metadata.name}' cannot run on the local host: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function translate({ metadata, callback }: RegisteredFunction): AppFunction {
  const [triggerName, trigger] = theTrigger(metadata);
  refuseOtherBindings(metadata, triggerName, trigger);
  const base = { name: metadata.name, id: metadata.functionId ?? metadata.name, triggerName, metadata, callback };

  switch (trigger.type?.toLowerCase()) {
    case 'httptrigger':
      return {
        ...base,
        kind: 'http',
        route: resolveSettingsIn(textOption(trigger, 'route', metadata.name) || metadata.name),
        methods: methodsOf(trigger),
        authLevel: authLevelOf(trigger),
      };
    case 'queuetrigger':
      return {
        ...base,
        kind: 'queue',
        queueName: resolveSettingsIn(textOption(trigger, 'queueName')).toLowerCase(),
        connectionString: resolveConnectionString(textOption(trigger, 'connection', '')),
        binary: trigger.dataType === 'binary',
      };
    case 'timertrigger':
      return {
        ...base,
        kind: 'timer',
        schedule: resolveSettingsIn(textOption(trigger, 'schedule')),
        runOnStartup: trigger.runOnStartup === true,
        useMonitor: trigger.useMonitor !== false,
      };
    default:
      throw new Error(`its trigger '${trigger.type}' is not supported, only HTTP, storage queue and timer.`);
  }
}

function theTrigger({ bindings }: FunctionMetadata): [string, RpcBindingInfo] {
  const triggers = Object.entries(bindings).filter(([, { type }]) => /trigger$/i.test(type ?? ''));
  const [trigger] = triggers;
  if (trigger === undefined || triggers.length > 1) throw new Error('it does not have exactly one trigger.');
  return trigger;
}

function refuseOtherBindings(metadata: FunctionMetadata, triggerName: string, trigger: RpcBindingInfo): void {
  if (metadata.retryOptions !== undefined) throw new Error('retry policies are not supported.');
  for (const [name, binding] of Object.entries(metadata.bindings)) {
    const isHttpAnswer =
      name === '$return' && binding.type?.toLowerCase() === 'http' && trigger.type?.toLowerCase() === 'httptrigger';
    if (name === triggerName || isHttpAnswer) continue;
    throw new Error(
      `the ${binding.direction === 'in' ? 'input' : 'output'} binding '${name}' (${binding.type}) is not supported.`,
    );
  }
}

function textOption(trigger: RpcBindingInfo, option: string, fallback?: string): string {
  const value = trigger[option] ?? fallback;
  if (typeof value !== 'string') throw new Error(`its trigger has no ${option}.`);
  return value;
}

function methodsOf({ methods }: RpcBindingInfo): string[] {
  if (!Array.isArray(methods)) throw new Error('its trigger has no list of methods.');
  return methods.map((method: unknown) => String(method).toUpperCase());
}

function authLevelOf({ authLevel }: RpcBindingInfo): HttpFunction['authLevel'] {
  const level = String(authLevel).toLowerCase();
  if (level === 'anonymous' || level === 'function' || level === 'admin') return level;
  throw new Error(`its authLevel '${level}' is unknown.`);
}
