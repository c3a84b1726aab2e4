// What was opened, to be closed again in the reverse order: each within a
// bound, and none left open because another failed.
// Knows nothing of what is closed.
import { withinLimit } from './within-limit';

/** Longer than a functions host takes that has to be killed in the end. */
const CLOSING_LIMIT_MS = 60_000;

export class Closing {
  readonly #opened: { readonly what: string; readonly close: () => unknown; readonly limitMs: number }[] = [];

  add(what: string, close: () => unknown, limitMs = CLOSING_LIMIT_MS): void {
    this.#opened.push({ what, close, limitMs });
  }

  /** Closes what is open, the newest first; then rejects if something could not be closed. May be called twice. */
  async all(): Promise<void> {
    const faults: string[] = [];
    for (const { what, close, limitMs } of this.#opened.splice(0).reverse()) {
      try {
        await withinLimit(`the end of ${what}`, limitMs, Promise.resolve(close()));
      } catch (error) {
        faults.push(error instanceof Error ? error.message : String(error));
      }
    }
    if (faults.length > 0) throw new Error(faults.join('\n'));
  }
}
