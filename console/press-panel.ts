// Where keys are typed and sent: a keypad, a dial string and how it will be kept, the deadline and the name.
// What was typed leaves the field with Send, and is kept nowhere once the answer has come.
import { describeParts, describeReading, readDialString } from './dial-string';
import { button, byId, element, setText } from './element';
import { readForm, type EnqueueBody, type FormFields } from './request-form';
import type { Part } from './dial-string';

const KEYPAD: readonly (readonly [key: string, name: string, note?: string])[] = [
  ...['1', '2', '3'].map((key) => [key, key] as const),
  ['A', 'A'],
  ...['4', '5', '6'].map((key) => [key, key] as const),
  ['B', 'B'],
  ...['7', '8', '9'].map((key) => [key, key] as const),
  ['C', 'C'],
  ['*', 'star'],
  ['0', '0'],
  ['#', 'pound'],
  ['D', 'D'],
  ['w', '0.5 s pause, w', '0.5 s'],
  ['W', '1 s pause, capital W', '1 s'],
  [',', '2 s pause, comma', '2 s'],
];

export interface PressPorts {
  readonly callId: () => string;
  readonly newName: () => string;
  readonly send: (body: EnqueueBody, parts: readonly Part[]) => Promise<void>;
  /** Says it to those who do not see the page, after a short while without another. */
  readonly announceLater: (text: string) => void;
}

export class PressPanel {
  readonly #form = byId('press-form', HTMLFormElement);
  readonly #digits = byId('digits', HTMLInputElement);
  readonly #reading = byId('reading', HTMLElement);
  readonly #parts = byId('parts', HTMLElement);
  readonly #send = byId('send', HTMLButtonElement);
  #isSending = false;

  constructor(private readonly ports: PressPorts) {
    byId('keypad', HTMLElement).append(...KEYPAD.map(([key, name, note]) => this.#key(key, name, note)), this.#back());
    this.#digits.addEventListener('input', () => this.#showReading());
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#submit();
    });
  }

  #key(key: string, name: string, note?: string): HTMLButtonElement {
    const label = note === undefined ? [key] : [element('small', {}, note)];
    const made = button('', () => this.#type(key), {
      'aria-label': name,
      class: note === undefined ? 'key' : 'key pause',
    });
    made.append(...label);
    return made;
  }

  #back(): HTMLButtonElement {
    const remove = () => {
      this.#digits.value = [...this.#digits.value].slice(0, -1).join('');
      this.#showReading();
    };
    return button('⌫', remove, { class: 'key pause', 'aria-label': 'remove the last key' });
  }

  #type(key: string): void {
    this.#digits.value += key;
    this.#showReading();
  }

  #showReading(): void {
    const text = this.#digits.value;
    const reading = readDialString(text);
    const isWrong = text !== '' && reading.kind === 'invalid';
    const sentence = reading.kind === 'valid' ? describeReading(reading) : reading.faults.join(' ');
    setText(this.#reading, text === '' ? 'Nothing typed.' : sentence);
    this.#reading.classList.toggle('wrong', isWrong);
    this.#digits.setAttribute('aria-invalid', String(isWrong));
    const chips = reading.kind === 'valid' && reading.parts.length > 0 ? describeParts(reading.parts) : [];
    const isLong = chips.length > 1;
    this.#parts.hidden = !isLong;
    this.#parts.replaceChildren(
      ...chips.map((chip) => element('li', { class: chip.startsWith('pause') ? 'chip pause' : 'chip' }, chip)),
    );
    if (text !== '') this.ports.announceLater(sentence);
  }

  async #submit(): Promise<void> {
    if (this.#isSending) return;
    const read = readForm(this.#fields(), this.ports.newName);
    this.#showFaults(read.kind === 'invalid' ? read.faults : []);
    if (read.kind === 'invalid') return;
    this.#digits.value = '';
    this.#digits.type = 'password';
    byId('digits-shown', HTMLInputElement).checked = false;
    byId('name', HTMLInputElement).value = '';
    this.#showReading();
    this.#setSending(true);
    await this.ports.send(read.body, read.parts);
    this.#setSending(false);
  }

  #fields(): FormFields {
    const value = (id: string) => byId(id, HTMLInputElement).value;
    return {
      callId: this.ports.callId(),
      digits: this.#digits.value,
      name: value('name'),
      deadline: value('deadline'),
      delay: value('delay'),
    };
  }

  #showFaults(faults: readonly { readonly field: keyof FormFields; readonly text: string }[]): void {
    const textOf = (field: keyof FormFields) =>
      faults.flatMap((fault) => (fault.field === field ? [fault.text] : [])).join(' ');
    for (const field of ['name', 'deadline', 'delay'] as const) {
      setText(byId(`${field}-fault`, HTMLElement), textOf(field));
      byId(field, HTMLInputElement).setAttribute('aria-invalid', String(textOf(field) !== ''));
    }
    setText(byId('press-fault', HTMLElement), textOf('callId'));
    if (textOf('digits') !== '') {
      setText(this.#reading, textOf('digits'));
      this.#reading.classList.add('wrong');
      this.#digits.setAttribute('aria-invalid', 'true');
    }
    const [first] = faults;
    if (first === undefined || first.field === 'callId') return;
    if (first.field === 'name' || first.field === 'delay') byId('more', HTMLDetailsElement).open = true;
    byId(first.field, HTMLInputElement).focus();
  }

  #setSending(isSending: boolean): void {
    this.#isSending = isSending;
    this.#send.setAttribute('aria-disabled', String(isSending));
    setText(this.#send, isSending ? 'Sending…' : 'Send');
  }
}
