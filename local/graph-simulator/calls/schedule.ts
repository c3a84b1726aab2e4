// Timers that can all be ended at once, so that a reset or a close leaves nothing behind.
// Knows nothing of what is scheduled.

export class Schedule {
  readonly #waiting = new Map<NodeJS.Timeout, (elapsed: boolean) => void>();

  /** True once the time has passed; false if it was cut short by `clear`. */
  wait(delayMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(timer);
        resolve(true);
      }, delayMs);
      this.#waiting.set(timer, resolve);
    });
  }

  /** Like `wait`, until the wall clock shows at least this time: a timer may fire a millisecond early. */
  async waitUntil(timeMs: number): Promise<boolean> {
    while (Date.now() < timeMs) {
      if (!(await this.wait(timeMs - Date.now()))) return false;
    }
    return true;
  }

  clear(): void {
    for (const [timer, resolve] of this.#waiting) {
      clearTimeout(timer);
      resolve(false);
    }
    this.#waiting.clear();
  }
}
