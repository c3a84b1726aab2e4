// One cancelling as the world saw it: what it was answered, and what became of its request after the answer.
// Keeps what happened in its order, not its times: in an explored history much happens in one moment.

export interface CancelAnswer {
  readonly at: number;
  /** The status that it shows; undefined: there is no request of that name. */
  readonly status: string | undefined;
  /** The part that it shows, from 1. */
  readonly part: number;
  /** Parts of the request whose POST left after the answer. */
  readonly postsAfter: number[];
  /** Statuses that its row took after the answer. */
  readonly statusesAfter: string[];
}

export interface SeenCancel {
  /** When it was sent, by the caller's account. */
  readonly askedAt: number;
  answer?: CancelAnswer;
}
