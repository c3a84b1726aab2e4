// The console page as a person uses it: by labels, names and texts. Waits for what is expected, with a bound.
// Ends with a fault if the page broke its own rules: an error of its script, a policy that was violated, a request elsewhere.
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { waitFor } from '../../../local/wait-for';
import type { AppUnderTest } from '../app-under-test';
import { startBrowser } from './chromium';

export interface Consoles {
  readonly app: AppUnderTest;
  readonly browser: Browser;
  close(): Promise<void>;
}

export async function startConsoles(app: AppUnderTest): Promise<Consoles> {
  const browser = await startBrowser();
  return { app, browser, close: () => browser.close() };
}

/** A new tab with the console, in a browser profile of its own. */
export async function openConsole(
  { app, browser }: Consoles,
  options: BrowserContextOptions = {},
): Promise<ConsolePage> {
  const context = await browser.newContext({ locale: 'en-GB', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const console = new ConsolePage(page, app.functionKey);
  await page.goto(`${app.url}/api/console`);
  return console;
}

/** A part of the page, looked at as text. */
class Part {
  constructor(readonly root: Locator) {}

  async text(selector: string): Promise<string> {
    return (await this.root.locator(selector).first().innerText()).trim();
  }

  async texts(selector: string): Promise<string[]> {
    return (await this.root.locator(selector).allInnerTexts()).map((text) => text.trim());
  }

  async untilText(selector: string, wanted: string | RegExp): Promise<void> {
    const target = this.root.locator(selector).first();
    let last = '';
    await waitFor(`${selector} to say ${String(wanted)}`, async () => {
      last = (await target.textContent()) ?? '';
      return typeof wanted === 'string' ? last === wanted : wanted.test(last);
    }).catch((error: unknown) => {
      throw new Error(`${selector} says ${JSON.stringify(last)}, not ${String(wanted)}`, { cause: error });
    });
  }

  /** Presses the one button of that accessible name. */
  async press(name: string): Promise<void> {
    await this.root.getByRole('button', { name, exact: true }).click();
  }
}

export class RequestOnPage extends Part {
  async untilStatus(status: string): Promise<void> {
    await this.untilText('.badge', status);
  }
}

export class ConsolePage extends Part {
  readonly #faults: string[] = [];

  constructor(
    readonly page: Page,
    private readonly functionKey: string,
  ) {
    super(page.locator('body'));
    page.on('pageerror', (error) => this.#faults.push(`the script failed: ${error.message}`));
    page.on('console', (message) => {
      if (/Content Security Policy|Trusted/i.test(message.text())) this.#faults.push(message.text());
    });
    page.on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      if (protocol !== 'data:' && page.url() !== 'about:blank' && origin !== new URL(page.url()).origin)
        this.#faults.push(`a request to ${origin}`);
      if (request.url().includes(this.functionKey)) this.#faults.push('the key stands in an address');
    });
  }

  /** Types the key and the call's id, and shows it. */
  async show(callId: string, key = this.functionKey): Promise<void> {
    await this.page.getByLabel('Function key', { exact: true }).fill(key);
    await this.page.getByLabel('Call id, or name of a request').fill(callId);
    await this.press('Show');
  }

  async type(digits: string): Promise<void> {
    await this.page.getByLabel('Dial string', { exact: true }).fill(digits);
  }

  /** The request of that name, once it is there. */
  async card(name: string | RegExp): Promise<RequestOnPage> {
    const card = this.page.locator('.request').filter({ has: this.page.locator('summary .name', { hasText: name }) });
    await card.first().waitFor();
    return new RequestOnPage(card.first());
  }

  value(selector: string): Promise<string> {
    return this.page.locator(selector).inputValue();
  }

  html(): Promise<string> {
    return this.page.content();
  }

  /** Forgets the faults that a test provoked. */
  forgive(provoked: RegExp): void {
    const kept = this.#faults.filter((fault) => !provoked.test(fault));
    this.#faults.splice(0, this.#faults.length, ...kept);
  }

  async close(): Promise<void> {
    await this.page.context().close();
    if (this.#faults.length > 0) throw new Error(this.#faults.join('\n'));
  }
}
