// The one line that says what happened, to those who see the page and to those who hear it.
// Polite: it waits until nothing else is spoken. Says a thing once.
import type { ShownCall } from './call-state';
import { counted } from './dial-string';
import { isOpen } from './outcome';
import { describeTrouble, type Trouble } from './trouble';

const LATER_MS = 700;

export class Announcer {
  #timer: number | undefined;
  #statuses = new Map<string, string>();
  #callId = '';
  #trouble = '';

  constructor(private readonly line: HTMLElement) {}

  say(text: string): void {
    window.clearTimeout(this.#timer);
    this.line.textContent = text;
  }

  /** What changes while somebody types is said when the typing pauses. */
  sayLater(text: string): void {
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.say(text), LATER_MS);
  }

  /** A call that is shown first, requests whose status changed, and a trouble that came or went. */
  sayChanges(call: ShownCall, trouble: Trouble | undefined): void {
    const news = trouble === undefined ? this.#newsOf(call) : [];
    const said = trouble === undefined ? '' : describeTrouble(trouble);
    if (said !== '' && said !== this.#trouble) news.push(said);
    if (said === '' && this.#trouble !== '' && news.length === 0) news.push('The app answers again.');
    this.#trouble = said;
    if (news.length > 0) this.say(news.join(' '));
  }

  #newsOf(call: ShownCall): string[] {
    const isFirst = call.callId !== this.#callId;
    const before = isFirst ? new Map<string, string>() : this.#statuses;
    this.#callId = call.callId;
    this.#statuses = new Map(call.requests.map(({ outcome }) => [outcome.clientContext, outcome.status]));
    if (isFirst) {
      const pending = call.requests.filter(({ outcome }) => isOpen(outcome)).length;
      return [`${counted(call.requests.length, 'request')} on this call, ${pending} pending.`];
    }
    return call.requests
      .filter(({ outcome }) => before.get(outcome.clientContext) !== outcome.status)
      .slice(0, 3)
      .map(({ outcome }) => `${outcome.clientContext}: ${outcome.status}.`);
  }
}
