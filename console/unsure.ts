// Requests that were sent and not answered: whether the app took them can be asked, and they are never sent again.
// Knows names only; the keys are gone with the answer that did not come.
import type { Api } from './api';
import { button, byId, element, setText } from './element';
import type { Outcome } from './outcome';
import { describeTrouble } from './trouble';

export interface UnsurePorts {
  readonly api: Api;
  readonly announce: (text: string) => void;
  readonly onFound: (outcome: Outcome) => void;
}

export class UnsureRequests {
  readonly #section = byId('unsure', HTMLElement);
  readonly #list = byId('unsure-list', HTMLElement);

  constructor(private readonly ports: UnsurePorts) {}

  add(clientContext: string, why: string): void {
    const said = element('p', {}, `${why} It is not known whether the app took this request.`);
    const entry: HTMLLIElement = element(
      'li',
      {},
      element('bdi', { class: 'name' }, clientContext),
      said,
      button('Ask what became of it', () => void this.#ask(clientContext, said, entry)),
      button('Dismiss', () => this.#remove(entry), { class: 'quiet' }),
    );
    this.#list.append(entry);
    this.#section.hidden = false;
  }

  async #ask(clientContext: string, said: HTMLElement, entry: HTMLElement): Promise<void> {
    const answer = await this.ports.api.outcome(clientContext);
    if (answer.kind === 'ok') {
      this.#remove(entry);
      this.ports.announce(`The app took ${clientContext}: ${answer.value.status}.`);
      this.ports.onFound(answer.value);
      return;
    }
    const { trouble } = answer;
    const text =
      trouble.kind === 'not-found'
        ? 'The app does not know this name. If that is still so in a minute, it was not taken and is not pressed.'
        : describeTrouble(trouble);
    setText(said, text);
    this.ports.announce(text);
  }

  #remove(entry: HTMLElement): void {
    entry.remove();
    this.#section.hidden = this.#list.children.length === 0;
  }
}
