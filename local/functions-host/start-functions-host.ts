// Starts the host in this process: settings, module, app, listeners; and ends it again.
// Decides the order of starting and stopping; knows no flag and no exit code.

import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';

import { makeAdminRoute } from './http/admin-route';
import type { AppFunction } from './worker/app-functions';
import { loadApp } from './worker/app-loader';
import { installFunctionsCore, type FunctionsCore } from './worker/functions-core';
import { makeHostLog, type HostLog } from './host-log';
import { applyLocalSettings, isFunctionDisabled, readHostSettings } from './host-settings';
import { startHttpListener, type HttpListener } from './http/http-listener';
import { makeInvocations } from './worker/invocation';
import { startQueueListener, type QueueListener } from './queue/queue-listener';
import { startTimerListener, type TimerListener } from './timer/timer-listener';

export interface FunctionsHostOptions {
  /** Where package.json, host.json and local.settings.json are. Default: the current directory. */
  appDirectory?: string;
  /** 0 is a free one. Default 7071. */
  port?: number;
  /** Default: `LOCAL_FUNCTION_KEY`, else a random one. */
  functionKey?: string;
  /** Prints the host's own commentary, too: which function is executed and how it ended. */
  verbose?: boolean;
  /**
   * How long a message that was taken stays hidden, at least 1. Default: `LOCAL_DEQUEUE_VISIBILITY_SECONDS`, else 600.
   */
  dequeueVisibilitySeconds?: number;
  /** How long `close` waits for running functions. Default 30,000. */
  drainLimitMs?: number;
}

export interface FunctionsHost {
  url: string;
  port: number;
  functionKey: string;
  /**
   * Stops dequeuing and accepting, waits for running functions, runs the appTerminate hooks. Resolves to whether all
   * functions ended in time. May be called twice.
   */
  close(): Promise<boolean>;
}

let started = false;

/**
 * Resolves when HTTP is bound and queue listeners and timers run; rejects when the app cannot be loaded or run here.
 * One app a process, once: the module registry, the environment and the library's state are the process's own. Not
 * inside Jest, whose modules are not Node's: there, spawn it (`spawn-functions-host.ts`).
 */
export async function startFunctionsHost(options: FunctionsHostOptions = {}): Promise<FunctionsHost> {
  if (started)
    throw new Error('This process has started its functions host already: start another process for another app.');
  started = true;

  const appDirectory = resolve(options.appDirectory ?? '.');
  const log = makeHostLog({ verbose: options.verbose ?? false });
  const settings = readHostSettings(appDirectory);
  applyLocalSettings(appDirectory);
  const functionKey = options.functionKey ?? (process.env.LOCAL_FUNCTION_KEY || randomBytes(24).toString('base64url'));
  const dequeueVisibilitySeconds =
    options.dequeueVisibilitySeconds ?? Number(process.env.LOCAL_DEQUEUE_VISIBILITY_SECONDS || 600);
  if (!Number.isInteger(dequeueVisibilitySeconds) || dequeueVisibilitySeconds < 1) {
    throw new Error('LOCAL_DEQUEUE_VISIBILITY_SECONDS is not a whole number of at least 1.');
  }

  const core = installFunctionsCore(log);
  const { functions, programmingModel, httpUri } = await loadApp(appDirectory, core);
  const { invoke, running } = makeInvocations(core, programmingModel, log);
  const timers = new Map<AppFunction, TimerListener>();
  const queues: QueueListener[] = [];
  const adminRuns = new Set<Promise<unknown>>();

  let http: HttpListener | undefined;
  const stopListeners = async (): Promise<void> => {
    await Promise.all([
      ...queues.map((queue) => queue.stop()),
      ...[...timers.values()].map((timer) => timer.stop()),
      http?.stop(),
    ]);
    await Promise.all(adminRuns);
  };

  const isEnabled = ({ name }: AppFunction): boolean => !isFunctionDisabled(name);
  try {
    for (const target of functions) {
      if (target.kind === 'queue' && isEnabled(target)) {
        queues.push(startQueueListener({ target, settings: settings.queues, dequeueVisibilitySeconds, invoke, log }));
      }
      if (target.kind === 'timer') timers.set(target, startTimerListener(target, invoke, isEnabled(target)));
    }
    http = await startHttpListener({
      port: options.port ?? 7071,
      functionKey,
      routePrefix: settings.routePrefix,
      functions: functions.filter((target) => target.kind === 'http').filter(isEnabled),
      workerUri: httpUri,
      invoke,
      log,
      answerAdmin: makeAdminRoute({
        functions,
        invoke,
        runTimer: async (target) => timers.get(target)?.runNow(),
        track: (run) => {
          adminRuns.add(run);
          void run.finally(() => adminRuns.delete(run));
        },
        log,
      }),
    });
  } catch (error) {
    await stopListeners();
    throw error;
  }

  const closeConnections = http.closeConnections;
  let closing: Promise<boolean> | undefined;
  const { port } = http;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    functionKey,
    close: () => {
      closing ??= close({ core, stopListeners, closeConnections, running, log }, options.drainLimitMs ?? 30_000);
      return closing;
    },
  };
}

interface Closing {
  readonly core: FunctionsCore;
  readonly stopListeners: () => Promise<void>;
  readonly closeConnections: () => void;
  readonly running: () => readonly string[];
  readonly log: HostLog;
}

async function close(
  { core, stopListeners, closeConnections, running, log }: Closing,
  drainLimitMs: number,
): Promise<boolean> {
  log.detail('Stopping: waiting for running functions.');
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<false>((resolveLimit) => {
    timer = setTimeout(() => resolveLimit(false), drainLimitMs);
  });
  const drained = await Promise.race([stopListeners().then(() => true), limit]);
  clearTimeout(timer);
  if (!drained) {
    const what = running().join(', ') || 'none, but a listener has not ended';
    log.write(
      'warning',
      `Functions are still running ${drainLimitMs} ms after the end was asked for; they are given up: ${what}.`,
    );
  }
  await core.runHooks('appTerminate', { hookData: core.appLevelHookData, appHookData: core.appHookData });
  closeConnections();
  return drained;
}
