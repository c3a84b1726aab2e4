// One request of the call on the page: its status, parts, timeline, error and what can be done.
// Changes in place, so that focus and what is unfolded stay; knows neither the network nor the other requests.
import type { ShownRequest } from './call-state';
import { counted, inSeconds } from './dial-string';
import { button, element, momentOf, setText } from './element';
import { adviceFor, meaningOf, STATUS_MEANINGS } from './meanings';
import { isOpen, type Outcome } from './outcome';
import { describeSegments, segmentsOf } from './segments';
import { stepsOf, type Step } from './steps';

export interface CardActions {
  readonly cancel: (outcome: Outcome) => void;
  readonly copy: (outcome: Outcome) => void;
}

export class RequestCard {
  readonly element: HTMLLIElement;
  #shown: ShownRequest | undefined;
  #seen = '';
  #isCancelling = false;
  readonly #badge = element('span', { class: 'badge' });
  readonly #name = element('bdi', { class: 'name' });
  readonly #progress = element('span', { class: 'progress' });
  readonly #segments = element('div', { class: 'segments', role: 'img' });
  readonly #meaning = element('p', { class: 'meaning' });
  readonly #error = element('div', { class: 'error-box' });
  readonly #steps = element('ol', { class: 'steps' });
  readonly #facts = element('dl', { class: 'facts' });
  readonly #cancel: HTMLButtonElement;
  readonly #copy: HTMLButtonElement;
  readonly #details: HTMLDetailsElement;

  constructor(actions: CardActions, isUnfolded: boolean) {
    this.#cancel = button('Cancel', () => this.#shown && actions.cancel(this.#shown.outcome), {
      class: 'quiet danger',
    });
    this.#copy = button('Copy for support', () => this.#shown && actions.copy(this.#shown.outcome), { class: 'quiet' });
    const head = element('summary', {}, this.#badge, this.#name, this.#progress);
    const tools = element('div', { class: 'tools' }, this.#cancel, this.#copy);
    const inside = [this.#meaning, this.#error, this.#steps, this.#facts, tools];
    this.#details = element('details', { open: isUnfolded }, head, this.#segments, ...inside);
    this.element = element('li', { class: 'request' }, this.#details);
  }

  /** While its cancellation is asked for. */
  setCancelling(isCancelling: boolean): void {
    this.#isCancelling = isCancelling;
    this.#showButtons();
  }

  /** Unfolds it and takes the focus there. */
  reveal(): void {
    this.#details.open = true;
    this.#details.querySelector('summary')?.focus();
  }

  show(request: ShownRequest): void {
    this.#shown = request;
    this.#showButtons();
    const seen = JSON.stringify(request);
    if (seen === this.#seen) return;
    this.#seen = seen;
    const { outcome } = request;
    const { status, clientContext } = outcome;
    const kind = meaningOf(STATUS_MEANINGS, status) === undefined ? 'other' : status;
    this.element.dataset['status'] = kind;
    setText(this.#badge, status);
    setText(this.#name, clientContext);
    setText(this.#progress, progressOf(outcome));
    setText(this.#meaning, meaningOf(STATUS_MEANINGS, status) ?? 'This page does not know the status.');
    this.#showSegments(request);
    this.#showError(outcome);
    this.#steps.replaceChildren(...stepsOf(outcome, request.sightings).map(stepElement));
    this.#facts.replaceChildren(...factsOf(outcome).flatMap(([name, value]) => factElements(name, value)));
    this.#copy.setAttribute('aria-label', `Copy for support: ${clientContext}`);
    this.#cancel.setAttribute('aria-label', `Cancel ${clientContext}`);
  }

  #showButtons(): void {
    this.#cancel.hidden = this.#shown === undefined || !isOpen(this.#shown.outcome);
    this.#cancel.disabled = this.#isCancelling;
    setText(this.#cancel, this.#isCancelling ? 'Cancelling…' : 'Cancel');
  }

  #showSegments({ outcome, sent }: ShownRequest): void {
    const segments = segmentsOf(outcome, sent);
    this.#segments.setAttribute('aria-label', describeSegments(segments));
    const drawn = segments.map(({ state, share }) => {
      const segment = element('span', { class: `segment ${state}` });
      segment.style.flexGrow = String(share);
      return segment;
    });
    this.#segments.replaceChildren(...drawn);
  }

  #showError(outcome: Outcome): void {
    const { errorCode, errorMessage } = outcome;
    this.#error.hidden = errorCode === undefined;
    if (errorCode === undefined) return;
    const advice = adviceFor(outcome);
    this.#error.replaceChildren(
      element('code', {}, errorCode),
      element('p', {}, errorMessage ?? ''),
      ...(advice === undefined ? [] : [element('p', { class: 'advice' }, advice)]),
    );
  }
}

function progressOf({ toneCount, playedToneCount, partCount, part, status }: Outcome): string {
  const keys = toneCount === undefined ? '' : counted(toneCount, 'key');
  const played = playedToneCount === undefined ? keys : `${playedToneCount} of ${keys} played`;
  const isBetween = isOpen({ status }) && partCount !== undefined;
  return [played, ...(isBetween ? [`part ${part ?? 1} of ${partCount}`] : [])].filter((text) => text !== '').join(', ');
}

function stepElement({ title, detail, at, isSeen, state }: Step): HTMLLIElement {
  const time = at === undefined ? [] : [momentOf(at)];
  return element(
    'li',
    { class: `step ${state}` },
    element('span', { class: 'step-title' }, title),
    ...(detail === undefined ? [] : [element('bdi', { class: 'step-detail' }, detail)]),
    element('span', { class: 'step-time' }, ...(isSeen === true ? ['seen '] : []), ...time),
  );
}

type Fact = readonly [name: string, value: string | Node];

function factsOf(outcome: Outcome): readonly Fact[] {
  const { expiresAt, sentAt, pauseMs, operationId, completionReason, resultCode, resultSubcode } = outcome;
  const result = [resultCode, resultSubcode].filter((code) => code !== undefined).join(' / ');
  const facts: readonly (Fact | undefined)[] = [
    expiresAt !== undefined && sentAt === undefined && isOpen(outcome) ? ['Deadline', momentOf(expiresAt)] : undefined,
    pauseMs === undefined ? undefined : ['Pauses', inSeconds(pauseMs)],
    completionReason === undefined ? undefined : ['completionReason', completionReason],
    result === '' ? undefined : ['resultInfo', [result, outcome.resultMessage ?? ''].join(' ').trim()],
    operationId === undefined ? undefined : ['operationId', operationId],
  ];
  return facts.filter((fact) => fact !== undefined);
}

function factElements(name: string, value: string | Node): readonly HTMLElement[] {
  return [element('dt', {}, name), element('dd', {}, element('bdi', {}, value))];
}
