// The simulator's phone in a real browser, beside the console: a call is created there, pressed here, and heard there.
// Stands under test/browser; in real time, as `npm start` has it, because what is heard is a matter of time.
import type { Page } from 'playwright-core';
import { waitFor } from '../../local/wait-for';
import { startApp, type AppUnderTest } from '../support/app-under-test';
import { violationsOn } from '../support/browser/axe';
import { describeInBrowser } from '../support/browser/chromium';
import { openConsole, startConsoles, type Consoles } from '../support/browser/console-page';
import { pictureOf } from '../support/browser/pictures';

/** Notes every oscillator that the page starts: its frequency, and for how long. */
const RECORDER = `
  globalThis.heard = [];
  const stop = OscillatorNode.prototype.stop, start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (at) { this.from = at; return start.call(this, at); };
  OscillatorNode.prototype.stop = function (at) {
    heard.push({ hz: Math.round(this.frequency.value), from: this.from, ms: Math.round((at - this.from) * 1000) });
    return stop.call(this, at);
  };`;

interface Heard {
  readonly hz: number;
  readonly from: number;
  readonly ms: number;
}

describeInBrowser()('the phone', () => {
  let app: AppUnderTest;
  let consoles: Consoles;
  let phone: Page;
  beforeAll(async () => {
    app = await startApp({ toneTime: 'real' });
    app.simulator.setPhoneCallback(app.callbackUrl);
    consoles = await startConsoles(app);
    const context = await consoles.browser.newContext({ viewport: { width: 1000, height: 640 } });
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: app.simulator.url });
    phone = await context.newPage();
    phone.setDefaultTimeout(10_000);
    await phone.addInitScript(RECORDER);
    await phone.goto(app.simulator.phoneUrl);
  });
  afterAll(async () => {
    await consoles?.close();
    await app?.close();
  });

  const press = (name: string) => phone.getByRole('button', { name, exact: true }).first().click();
  const states = () => phone.locator('.state').allTextContents();
  const untilState = (state: string) => waitFor(`the call to be ${state}`, async () => (await states())[0] === state);

  async function newCall(): Promise<string> {
    const before = (await states()).length;
    await press('Create a call');
    await waitFor('a call more', async () => (await states()).length === before + 1);
    await press('Establish');
    await untilState('established');
    await press('Copy id');
    return phone.evaluate('navigator.clipboard.readText()');
  }

  it('plays each key as the two frequencies of its row and column, in the order and time of Graph', async () => {
    const callId = await newCall();
    expect(await phone.locator('#far-end').textContent()).toBe('No keys were heard since this page was opened.');
    const console = await openConsole(consoles);
    await console.show(callId);
    await console.untilText('#call-facts', /established/);
    await console.type('1D#w0');
    await console.press('Send');
    const light = waitFor('a key to be lit', async () => (await phone.locator('.key.lit').count()) > 0);
    await light;
    await pictureOf(phone, 'phone');
    await (await console.card(/./)).untilStatus('succeeded');
    await waitFor('all keys', async () => (await phone.locator('#heard').textContent()) === '1D#0');
    const heard = await phone.evaluate<Heard[]>('heard');
    expect(heard.map(({ hz }) => hz)).toEqual([697, 1209, 941, 1633, 941, 1477, 941, 1336]);
    expect(new Set(heard.map(({ ms }) => ms))).toEqual(new Set([100]));
    expect(heard.map(({ from }) => from)).toEqual(heard.map(({ from }) => from).toSorted((a, b) => a - b));
    await console.close();
  });

  it('holds, resumes and ends a call, and the console shows what Graph reported of it', async () => {
    const callId = await newCall();
    await press('Hold');
    await untilState('on hold');
    const console = await openConsole(consoles);
    await console.show(callId);
    await console.type('5');
    await console.press('Send');
    const card = await console.card(/./);
    await card.untilText('.steps', /Waiting.*for the call to take tones/);
    expect(app.simulator.presses({ callId })).toEqual([]);
    await press('Resume');
    await card.untilStatus('succeeded');
    await press('End');
    await untilState('terminated');
    await console.press('Refresh');
    await console.untilText('#call-facts', /terminated.*ended at/);
    await console.close();
  });

  it('lets the next press fail, once, and takes that back', async () => {
    const callId = await newCall();
    const armed = phone.getByRole('button', { name: 'Fail next press' }).first();
    for (const pressed of ['true', 'false', 'true']) {
      await armed.click();
      await waitFor(`the button to be ${pressed}`, async () => (await armed.getAttribute('aria-pressed')) === pressed);
    }
    expect((await app.ending({ callId })).outcome.status).toBe('failed');
    await waitFor('the button to be up', async () => (await armed.getAttribute('aria-pressed')) === 'false');
    expect((await app.ending({ callId })).outcome.status).toBe('succeeded');
  });

  it('loses the next notification', async () => {
    const callId = await newCall();
    await press('Lose next notification');
    const lost = await app.accept({ callId });
    await app.untilStatus(lost, 'running');
    expect(app.simulator.notifications({ callId }).filter(({ about }) => about === 'operation')).toEqual([]);
  });

  it('has nothing that axe-core objects to, light and dark', async () => {
    const found: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      await phone.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      found.push(...(await violationsOn(phone)));
      await pictureOf(phone, `phone-calls-${colorScheme}`);
    }
    expect(found).toEqual([]);
  });

  it.each([
    ['another site', { origin: 'https://evil.example' }, 403],
    ['a name of somebody else that leads here', { host: 'evil.example' }, 403],
    ['a page of another port', { 'sec-fetch-site': 'cross-site' }, 403],
    ['its own page', { origin: 'SELF', 'sec-fetch-site': 'same-origin' }, 200],
  ])('answers %s as it should', async (_who, headers, status) => {
    const own = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value === 'SELF' ? app.simulator.url : value]),
    );
    expect(await statusOf(`${app.simulator.url}/phone`, own)).toBe(status);
  });
});

/** Not fetch, which sends no Host of one's own. */
async function statusOf(url: string, headers: Record<string, string>): Promise<number | undefined> {
  const { get } = await import('node:http');
  return new Promise((resolve, reject) => {
    get(url, { headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).on('error', reject);
  });
}
