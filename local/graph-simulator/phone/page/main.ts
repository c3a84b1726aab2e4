// The phone in the browser: the calls with their buttons, and the far end, whose keys light up and sound.
// Shows only what the simulator sends; every text is set as text.
import { keyOfTone, KEYS, type Key } from './dtmf';
import { Sound } from './sound';

interface CallOnPhone {
  readonly id: string;
  readonly state: string;
  readonly audio: string;
  readonly next?: string;
}

interface HeardKeys {
  readonly callId: string;
  readonly tones: readonly string[];
  readonly sinceMs: number;
  readonly everyMs: number;
  readonly soundsMs: number;
}

type Button = readonly [label: string, action: string, isOn?: boolean];

/** A key that sounds for a few milliseconds would not be seen. */
const SHORTEST_LIGHT_MS = 120;
const MOST_HEARD = 32;

const sound = new Sound();
const keys = new Map<Key, HTMLElement>();
const rows = new Map<string, HTMLElement>();
let chosen = '';

function byId<Wanted extends HTMLElement>(id: string, type: new () => Wanted): Wanted {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`the page has no ${id}`);
  return found;
}

function element(name: string, className: string, ...children: readonly (Node | string)[]): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  made.append(...children);
  return made;
}

function say(text: string): void {
  byId('said', HTMLElement).textContent = text;
}

async function post(path: string, body: object): Promise<{ readonly id?: string } | undefined> {
  try {
    const answer = await fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    const read = (await answer.json()) as { readonly id?: string; readonly error?: string };
    if (answer.ok) return read;
    say(`Not done: ${read.error ?? answer.status}.`);
  } catch {
    say('The simulator cannot be reached.');
  }
  return undefined;
}

function buttonsOf({ state, audio, next }: CallOnPhone): readonly Button[] {
  if (state === 'terminated') return [];
  return [
    ...(state === 'establishing' ? [['Establish', 'establish'] as const] : []),
    ...(state === 'established'
      ? [audio === 'active' ? (['Hold', 'hold'] as const) : (['Resume', 'resume'] as const)]
      : []),
    ['Fail next press', next === 'fail-next' ? 'spare-next' : 'fail-next', next === 'fail-next'],
    ['Lose next notification', next === 'lose-next' ? 'spare-next' : 'lose-next', next === 'lose-next'],
    ['End', 'end'],
  ];
}

function showCall(call: CallOnPhone): HTMLElement {
  const row = rows.get(call.id) ?? element('li', 'call');
  rows.set(call.id, row);
  const text = JSON.stringify(call);
  if (row.dataset['shown'] === text) return row;
  row.dataset['shown'] = text;
  row.dataset['state'] = call.state;
  const focused = row.contains(document.activeElement) ? document.activeElement?.textContent : undefined;
  const onHold = call.state === 'established' && call.audio === 'inactive';
  const buttons = buttonsOf(call).map(([label, action, isOn]) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = label;
    if (isOn !== undefined) button.setAttribute('aria-pressed', String(isOn));
    button.addEventListener('click', () => void post(`phone/calls/${encodeURIComponent(call.id)}`, { action }));
    return button;
  });
  const copy = document.createElement('button');
  copy.type = 'button';
  copy.textContent = 'Copy id';
  copy.addEventListener('click', () => void copyId(call.id));
  row.replaceChildren(
    element(
      'div',
      'call-head',
      element('b', 'state', onHold ? 'on hold' : call.state),
      element('code', 'id', call.id),
      copy,
    ),
    element('div', 'buttons', ...buttons),
  );
  [...buttons, copy].find(({ textContent }) => textContent === focused)?.focus();
  return row;
}

function showCalls(calls: readonly CallOnPhone[]): void {
  const shown = calls.map(showCall);
  const list = byId('calls', HTMLElement);
  const wanted = new Set(shown);
  for (const child of [...list.children]) if (!wanted.has(child as HTMLElement)) child.remove();
  for (const [index, row] of shown.entries()) {
    if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
  }
  for (const id of [...rows.keys()]) if (!calls.some((call) => call.id === id)) rows.delete(id);
  byId('no-calls', HTMLElement).hidden = calls.length > 0;
}

async function copyId(id: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(id);
    say('The id is copied: paste it into the console.');
  } catch {
    // The person can still mark it.
    say('The browser does not allow copying: mark the id and copy it.');
  }
}

/** At the moment when Graph would play it. */
function hear({ callId, tones, sinceMs, everyMs, soundsMs }: HeardKeys): void {
  if (chosen !== callId) {
    chosen = callId;
    byId('heard', HTMLElement).textContent = '';
    byId('far-end', HTMLElement).textContent = callId;
  }
  for (const [index, tone] of tones.entries()) {
    const inMs = Math.max(0, index * everyMs - sinceMs);
    const key = keyOfTone(tone);
    if (key !== undefined) sound.play(key, inMs, soundsMs);
    window.setTimeout(() => light(key, soundsMs), inMs);
  }
  const lastMs = tones.length * everyMs - sinceMs;
  window.setTimeout(() => say(`${tones.length} ${tones.length === 1 ? 'key' : 'keys'} heard.`), lastMs);
}

function light(key: Key | undefined, forMs: number): void {
  const heard = byId('heard', HTMLElement);
  heard.textContent = `${heard.textContent}${key ?? '!'}`.slice(-MOST_HEARD);
  const lit = key === undefined ? byId('flash', HTMLElement) : keys.get(key);
  lit?.classList.add('lit');
  window.setTimeout(() => lit?.classList.remove('lit'), Math.max(forMs, SHORTEST_LIGHT_MS));
}

function start(): void {
  for (const key of KEYS) {
    const shown = element('span', 'key', key);
    keys.set(key, shown);
    byId('keys', HTMLElement).append(shown);
  }
  const mute = byId('sound', HTMLInputElement);
  mute.addEventListener('change', () => sound.turn(mute.checked));
  document.addEventListener('click', () => void sound.allow());
  document.addEventListener('keydown', () => void sound.allow());
  byId('create', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    const callbackUrl = byId('callback', HTMLInputElement).value;
    void post('phone/calls', { callbackUrl }).then(
      (made) => made && say('A call rings. Establish it, and copy its id.'),
    );
  });
  const events = new EventSource('phone/events');
  const on = <Data>(name: string, take: (data: Data) => void) =>
    events.addEventListener(name, (event: MessageEvent<string>) => take(JSON.parse(event.data) as Data));
  on<string>('callback', (url) => {
    const field = byId('callback', HTMLInputElement);
    if (field.value === '' && url !== '') field.value = url;
  });
  on('calls', showCalls);
  on('keys', hear);
  events.addEventListener('open', () => say('Connected.'));
  events.addEventListener('error', () => say('The simulator is away; this page connects again by itself.'));
}

start();
