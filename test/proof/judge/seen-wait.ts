// One waiting for the end of a request as the world saw it: what its looks showed, the last of which is its answer.
// Times are true times.

export interface WaitAnswer {
  /** When it looked, and when it was answered. */
  readonly lookedAt: number;
  readonly at: number;
  /** The status that it shows; undefined: there is no request of that name. */
  readonly status: string | undefined;
}

export interface SeenWait {
  readonly askedAt: number;
  /** Undefined: it vanished, its instance died, or storage failed it. */
  answer?: WaitAnswer;
}
