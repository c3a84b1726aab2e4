// Elements of the page, made and found. Text is always set as text: nothing here can turn a value into markup.
// Knows nothing of what is shown.

type Attributes = Readonly<Record<string, string | boolean | undefined>>;

/** An element with attributes (true: present without a value; false, undefined: absent) and children. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(key, '');
    else if (typeof value === 'string') made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/** Changes the text only where it differs: a screen reader is not disturbed, a selection is kept. */
export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

/** The element of the page with that id, of the class that is expected. */
export function byId<Wanted extends HTMLElement>(id: string, type: new () => Wanted): Wanted {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`the page has no ${id}`);
  return found;
}

/** A button that does something here. */
export function button(label: string, onPress: () => void, attributes: Attributes = {}): HTMLButtonElement {
  const made = element('button', { type: 'button', ...attributes }, label);
  made.addEventListener('click', onPress);
  return made;
}

/** A moment, in the time of the person: 12:30:01.5, with the whole of it for machines. */
export function momentOf(ms: number): HTMLTimeElement {
  const iso = new Date(ms).toISOString();
  return element('time', { datetime: iso, title: iso }, clockTime(ms));
}

export function clockTime(ms: number): string {
  const date = new Date(ms);
  const two = (number: number) => String(number).padStart(2, '0');
  const tenths = Math.floor(date.getMilliseconds() / 100);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${tenths}`;
}
