// A time limit for work that may hang: a signal asks it to stop, and nobody waits for it any more.
// Knows nothing of what is limited. Ends its timer with the work:
// AbortSignal.timeout would keep what it may abort in memory until then.

/** The work took longer than it may. */
export class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError';

  constructor() {
    super('no answer in time');
  }
}

/**
 * What the work comes to, or, after `limitMs`, what `late` says (by default a TimeLimitError is thrown). The signal is
 * aborted then, and whatever the work still comes to is ignored, also where it does not heed the signal.
 */
export async function withinTimeLimit<T, Late = never>(
  limitMs: number,
  work: (signal: AbortSignal) => Promise<T>,
  late: () => Late = throwTimeLimitError,
): Promise<T | Late> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let isLate = false;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  }).then(() => {
    isLate = true;
    return late();
  });
  try {
    return await Promise.race([work(abort.signal), limit]);
  } finally {
    clearTimeout(timer);
    // After the race: what the work says of being aborted does not count.
    if (isLate) abort.abort();
  }
}

function throwTimeLimitError(): never {
  throw new TimeLimitError();
}
