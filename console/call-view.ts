// The call on the page: what is known of it, and its requests as cards, newest first.
// A card stays with its request, so that focus and what is unfolded survive every look.
import type { ShownCall } from './call-state';
import { button, byId, element, momentOf, setText } from './element';
import { isOpen } from './outcome';
import { RequestCard, type CardActions } from './request-card';
import { describeTrouble, type Trouble } from './trouble';

/** So many of the newest are unfolded, beside those that have not ended. */
const UNFOLDED = 1;

const NOTIFIED = 'its notifications reach this app';
const NOT_NOTIFIED = 'no notification of it has reached this app yet: is its callbackUri ours?';

export class CallView {
  readonly #section = byId('call', HTMLElement);
  readonly #callId = byId('call-id', HTMLElement);
  readonly #facts = byId('call-facts', HTMLElement);
  readonly #trouble = byId('call-trouble', HTMLElement);
  readonly #list = byId('requests', HTMLElement);
  readonly #rest = byId('requests-rest', HTMLElement);
  #shownCallId = '';
  #cards = new Map<string, RequestCard>();

  constructor(
    private readonly actions: CardActions,
    copyCallId: (callId: string) => void,
  ) {
    byId('call-tools', HTMLElement).append(
      button('Copy call id', () => copyCallId(this.#shownCallId), { class: 'quiet' }),
    );
  }

  card(clientContext: string): RequestCard | undefined {
    return this.#cards.get(clientContext);
  }

  show(call: ShownCall, trouble: Trouble | undefined, retryInMs: number | undefined): void {
    this.#section.hidden = false;
    if (call.callId !== this.#shownCallId) {
      this.#shownCallId = call.callId;
      this.#cards = new Map();
    }
    setText(this.#callId, call.callId);
    this.#showFacts(call);
    const again = retryInMs === undefined ? '' : ` Asked again in ${Math.round(retryInMs / 1000)} s.`;
    this.#trouble.hidden = trouble === undefined;
    setText(this.#trouble, trouble === undefined ? '' : `${describeTrouble(trouble)}${again}`);
    this.#showRequests(call);
    this.#showRest(call, trouble !== undefined);
  }

  #showFacts({ state, endedAt, notified }: ShownCall): void {
    const facts = [
      ...(state === undefined ? [] : [element('li', {}, 'Graph reported it as ', element('b', {}, state))]),
      ...(endedAt === undefined ? [] : [element('li', {}, 'ended at ', momentOf(endedAt))]),
      ...(notified === undefined ? [] : [element('li', {}, notified ? NOTIFIED : NOT_NOTIFIED)]),
    ];
    this.#facts.hidden = facts.length === 0;
    this.#facts.replaceChildren(...facts);
  }

  #showRequests({ requests }: ShownCall): void {
    const cards = requests.map((request, index) => {
      const { clientContext } = request.outcome;
      const card =
        this.#cards.get(clientContext) ?? new RequestCard(this.actions, index < UNFOLDED || isOpen(request.outcome));
      this.#cards.set(clientContext, card);
      card.show(request);
      return card.element;
    });
    putInOrder(this.#list, cards);
  }

  #showRest({ requests, more }: ShownCall, isTroubled: boolean): void {
    const isEmpty = requests.length === 0 && !isTroubled;
    this.#rest.hidden = !isEmpty && !more;
    const older = 'Older requests exist. The app lists the newest 50 of a call; find an older one by its name.';
    setText(this.#rest, isEmpty ? 'Nobody asked for keys on this call so far.' : older);
  }
}

/** Moves only what is not in its place: what is moved would lose the focus. */
function putInOrder(list: HTMLElement, wanted: readonly HTMLElement[]): void {
  for (const child of [...list.children]) if (!wanted.includes(child as HTMLElement)) child.remove();
  for (const [index, child] of wanted.entries()) {
    if (list.children[index] !== child) list.insertBefore(child, list.children[index] ?? null);
  }
}
