// A bound for a wait: what is waited for comes in time, or the wait fails and says what it was for.
// Knows nothing of the work: that goes on, and is ended by whoever began it.

/** Rejects when the limit has passed, and at once when the signal says that waiting is of no use any more. */
export function withinLimit<T>(what: string, limitMs: number, work: Promise<T>, signal?: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
    };
    const giveUp = (): void => {
      end();
      const { reason } = signal as { reason: unknown };
      reject(new Error(`no longer waits for ${what}: ${reason instanceof Error ? reason.message : String(reason)}`));
    };
    const timer = setTimeout(() => {
      end();
      reject(new Error(`waited ${limitMs} ms in vain for ${what}`));
    }, limitMs);
    signal?.addEventListener('abort', giveUp);
    work.finally(end).then(resolve, reject);
    if (signal?.aborted === true) giveUp();
  });
}
