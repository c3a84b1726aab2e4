// Watches one call: looks, takes what was answered, says what changed, and looks again in time.
// Knows no page: time, visibility and what is done with a change are given.
import type { Answer, Api } from './api';
import { emptyCall, withList, withOutcome, type ShownCall } from './call-state';
import type { Part } from './dial-string';
import type { CallList, Outcome } from './outcome';
import { namesToAsk, nextLookIn } from './refresh';
import type { Trouble } from './trouble';

export interface WatchPorts {
  readonly api: Api;
  readonly now: () => number;
  readonly isHidden: () => boolean;
  /** Calls back once after so many milliseconds; what it returns undoes that. */
  readonly after: (ms: number, look: () => void) => () => void;
  /** After every look and every change; `retryInMs`: when it looks again after a trouble. */
  readonly onChange: (call: ShownCall, trouble: Trouble | undefined, retryInMs: number | undefined) => void;
}

export class Watch {
  #call: ShownCall | undefined;
  #trouble: Trouble | undefined;
  #troubles = 0;
  #listedAt = -Infinity;
  /** Answers to questions of an earlier call are late. */
  #turn = 0;
  #isLooking = false;
  #undo = () => {};

  constructor(private readonly ports: WatchPorts) {}

  get call(): ShownCall | undefined {
    return this.#call;
  }

  /** Shows another call, from nothing, or the same one again. Resolves after the first look. */
  async show(callId: string): Promise<void> {
    if (this.#call?.callId !== callId) {
      this.#turn += 1;
      this.#call = emptyCall(callId);
    }
    this.#isLooking = false;
    await this.look(true);
  }

  /** A look now: of the whole list, or of what is pending. */
  async look(wholeList = false): Promise<void> {
    const call = this.#call;
    if (call === undefined || this.#isLooking) return;
    this.#undo();
    this.#isLooking = true;
    const turn = this.#turn;
    const { api, now } = this.ports;
    const names = wholeList ? undefined : namesToAsk(call, now() - this.#listedAt);
    const answers = names === undefined ? [await api.call(call.callId)] : await Promise.all(names.map(api.outcome));
    if (turn !== this.#turn) return;
    this.#isLooking = false;
    for (const answer of answers) this.#take(answer);
    this.#lookAgain();
  }

  /** A request as the app just answered it. */
  add(outcome: Outcome, sent?: readonly Part[]): void {
    if (this.#call === undefined || spelling(this.#call.callId) !== spelling(outcome.callId)) return;
    this.#call = withOutcome(this.#call, outcome, this.ports.now(), sent);
    this.#lookAgain();
  }

  #take(answer: Answer<Outcome | CallList>): void {
    if (this.#call === undefined) return;
    if (answer.kind === 'trouble') {
      this.#troubles += 1;
      this.#trouble = answer.trouble;
      return;
    }
    const at = this.ports.now();
    this.#trouble = undefined;
    this.#troubles = 0;
    if ('requests' in answer.value) {
      this.#call = withList(this.#call, answer.value, at);
      this.#listedAt = at;
    } else this.#call = withOutcome(this.#call, answer.value, at);
  }

  #lookAgain(): void {
    this.#undo();
    const call = this.#call;
    if (call === undefined) return;
    const ms = nextLookIn({
      call,
      isHidden: this.ports.isHidden(),
      troubles: this.#troubles,
      trouble: this.#trouble,
    });
    this.#undo = ms === undefined ? () => {} : this.ports.after(ms, () => void this.look());
    this.ports.onChange(call, this.#trouble, this.#trouble === undefined ? undefined : ms);
  }
}

/** The app takes the ids of a call for one, with or without dashes, in either case. */
function spelling(callId: string): string {
  return callId.replaceAll('-', '').toLowerCase();
}
