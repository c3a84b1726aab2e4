// The console: finds a call, watches its requests, sends and cancels. Wires the parts of the page to the API.
// Keeps nothing beyond the tab: neither the key nor what is typed is stored, and no address has any of it.
import { makeApi, type Answer } from './api';
import { Announcer } from './announcer';
import { CallView } from './call-view';
import { copyText } from './copy-text';
import type { Part } from './dial-string';
import { byId, setText } from './element';
import { isOpen, type Outcome } from './outcome';
import { PressPanel } from './press-panel';
import type { EnqueueBody } from './request-form';
import { supportText } from './support-text';
import { describeTrouble, type Trouble } from './trouble';
import { UnsureRequests } from './unsure';
import { Watch } from './watch';

const keyField = byId('key', HTMLInputElement);
const findField = byId('find-id', HTMLInputElement);
const announcer = new Announcer(byId('announcement', HTMLElement));
const announce = (text: string) => announcer.say(text);

const api = makeApi({
  fetch: (...request) => window.fetch(...request),
  pageUrl: window.location.href,
  key: () => keyField.value,
});

const view = new CallView(
  {
    cancel: (outcome) => void cancel(outcome),
    copy: (outcome) => void copy('Ids and codes', supportText(outcome, window.location.host, Date.now())),
  },
  (callId) => void copy('The call id', callId),
);

const watch = new Watch({
  api,
  now: () => Date.now(),
  isHidden: () => document.hidden,
  after: (ms, look) => {
    const timer = window.setTimeout(look, ms);
    return () => window.clearTimeout(timer);
  },
  onChange: (call, trouble, retryInMs) => {
    view.show(call, trouble, retryInMs);
    announcer.sayChanges(call, trouble);
    byId('press', HTMLElement).hidden = false;
    byId('welcome', HTMLElement).hidden = true;
    if (trouble?.kind === 'key') keyField.setAttribute('aria-invalid', 'true');
    else if (trouble === undefined) keyField.removeAttribute('aria-invalid');
  },
});

const unsure = new UnsureRequests({ api, announce, onFound: (outcome) => watch.add(outcome) });

new PressPanel({
  callId: () => watch.call?.callId ?? '',
  newName: () => crypto.randomUUID(),
  send,
  announceLater: (text) => announcer.sayLater(text),
});

byId('find-form', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  void find();
});
byId('refresh', HTMLButtonElement).addEventListener('click', () => void watch.look(true));
document.addEventListener('visibilitychange', () => {
  if (!document.hidden && watch.call?.requests.some(({ outcome }) => isOpen(outcome))) void watch.look(true);
});
for (const id of ['key', 'digits']) {
  const shown = byId(`${id}-shown`, HTMLInputElement);
  shown.addEventListener('change', () => (byId(id, HTMLInputElement).type = shown.checked ? 'text' : 'password'));
  shown.checked = false;
}
setText(byId('host', HTMLElement), window.location.host);

async function find(): Promise<void> {
  const wanted = findField.value;
  const byName = byId('find-by-name', HTMLInputElement).checked;
  const fault = faultOfSearch(wanted, byName);
  showFindFault(fault);
  if (fault !== '') return findField.focus();
  if (!byName) {
    await watch.show(wanted.trim());
    if (document.querySelector('#key[aria-invalid]') !== null) keyField.focus();
    return;
  }
  const answer = await api.outcome(wanted);
  if (answer.kind === 'trouble') return showFindTrouble(answer.trouble);
  await watch.show(answer.value.callId);
  watch.add(answer.value);
  view.card(wanted)?.reveal();
}

function faultOfSearch(wanted: string, byName: boolean): string {
  if (byName) return wanted === '' ? 'Type the name of a request.' : '';
  return /^[A-Za-z0-9_-]{1,128}$/.test(wanted.trim()) ? '' : 'A call id has 1 to 128 letters, digits, "_" or "-".';
}

function showFindTrouble(trouble: Trouble): void {
  showFindFault(describeTrouble(trouble));
  announce(describeTrouble(trouble));
  (trouble.kind === 'key' ? keyField : findField).focus();
}

function showFindFault(text: string): void {
  setText(byId('find-fault', HTMLElement), text);
  findField.setAttribute('aria-invalid', String(text !== ''));
}

async function send(body: EnqueueBody, parts: readonly Part[]): Promise<void> {
  const answer: Answer<Outcome> = await api.enqueue(body);
  const { clientContext } = body;
  if (answer.kind === 'ok') {
    announce(`Sent as ${clientContext}.`);
    watch.add(answer.value, parts);
    return;
  }
  const { trouble } = answer;
  const text = describeTrouble(trouble);
  const isRefused = trouble.kind === 'refused' || trouble.kind === 'key' || trouble.kind === 'sign-in';
  if (!isRefused) unsure.add(clientContext, text);
  const said = isRefused ? `Not sent. ${text}` : 'Not answered. Do not send it again: ask above what became of it.';
  setText(byId('press-fault', HTMLElement), said);
  announce(said);
}

async function cancel({ clientContext }: Outcome): Promise<void> {
  view.card(clientContext)?.setCancelling(true);
  const answer = await api.cancel(clientContext);
  view.card(clientContext)?.setCancelling(false);
  if (answer.kind === 'trouble') return announce(`Not cancelled: ${describeTrouble(answer.trouble)}`);
  const { status } = answer.value;
  announce(
    answer.isPending
      ? `${clientContext}: the part on its way goes on, and no part after it is pressed.`
      : `${clientContext}: ${status}.`,
  );
  watch.add(answer.value);
}

async function copy(what: string, text: string): Promise<void> {
  announce((await copyText(text)) ? `${what} copied.` : `${what} could not be copied; select the text below.`);
}
