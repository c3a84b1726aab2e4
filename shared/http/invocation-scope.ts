// Which invocation is under way: the rules are made once for the app, and their
// log lines belong to the invocation that called them.
// Follows every await (node:async_hooks); knows no rule.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { InvocationContext } from '@azure/functions';
import type { EventLog } from '../tones/event-log';

export interface InvocationScope {
  /** The handler, within the scope of its own invocations. */
  readonly within: <First, Result>(
    handler: (first: First, context: InvocationContext) => Result,
  ) => (first: First, context: InvocationContext) => Result;
  /** Writes to the log of the invocation under way. Throws outside of one: such a line would be lost. */
  readonly log: EventLog;
  /** The invocation under way; undefined outside of one. */
  readonly current: () => InvocationContext | undefined;
}

/** @param eventLog the log of one invocation. */
export function makeInvocationScope(eventLog: (context: InvocationContext) => EventLog): InvocationScope {
  const running = new AsyncLocalStorage<InvocationContext>();
  return {
    within: (handler) => (first, context) => running.run(context, handler, first, context),
    log(level, event, fields) {
      const context = running.getStore();
      if (context === undefined) throw new Error(`the event ${event} belongs to no invocation`);
      eventLog(context)(level, event, fields);
    },
    current: () => running.getStore(),
  };
}
