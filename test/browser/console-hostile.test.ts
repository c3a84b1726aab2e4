// Attacks on the console: scripts in names, in rows and in answers, a page that frames it, and what the tab leaves behind.
// Stands under test/browser; openConsole ends with a fault where the page broke its own policy or asked somebody else.
import { waitFor } from '../../local/wait-for';
import { startApp, type AppUnderTest } from '../support/app-under-test';
import { describeInBrowser } from '../support/browser/chromium';
import { openConsole, startConsoles, type ConsolePage, type Consoles } from '../support/browser/console-page';

const SCRIPT = '<img src=x onerror="globalThis.hit=1"><script>globalThis.hit=1</script>';

describeInBrowser()('the console, attacked', () => {
  let app: AppUnderTest;
  let consoles: Consoles;
  let page: ConsolePage;
  beforeAll(async () => {
    app = await startApp();
    consoles = await startConsoles(app);
  });
  beforeEach(async () => {
    page = await openConsole(consoles);
  });
  afterEach(() => page.close());
  afterAll(async () => {
    await consoles?.close();
    await app?.close();
  });

  const isHit = () => page.page.evaluate('globalThis.hit === 1');
  const pictures = () => page.page.locator('main img, main script, main iframe, main a').count();

  it('shows a script in a name as text, wherever the name stands', async () => {
    const callId = app.call({ byClientContext: { [SCRIPT]: { scenario: 'notification-never' } } });
    await app.accept({ callId, clientContext: SCRIPT });
    await app.untilStatus({ clientContext: SCRIPT }, 'running');
    await app.accept({ callId, clientContext: 'behind it' });
    await page.show(callId);
    const behind = await page.card('behind it');
    await behind.untilText('.steps', /for the request before it on the call: <img src=x/);
    const card = await page.card(SCRIPT);
    expect(await card.text('.name')).toBe(SCRIPT);
    await card.press(`Cancel ${SCRIPT}`);
    await page.untilText('#announcement', `${SCRIPT}: the part on its way goes on, and no part after it is pressed.`);
    expect([await isHit(), await pictures()]).toEqual([false, 0]);
  });

  it('shows a hostile row of the table as text, and stays of a size', async () => {
    const callId = app.call();
    const { clientContext } = await app.accept({ callId });
    await app.untilStatus({ clientContext }, 'succeeded');
    const columns = {
      status: 'failed',
      errorCode: '__proto__',
      errorMessage: `${SCRIPT}\u202egnp.exe`,
      completionReason: SCRIPT,
      resultMessage: 'x'.repeat(20_000),
      operationId: SCRIPT,
      partCount: 2_000_000_000,
      part: -7,
      toneCount: -1,
      pauseMs: 2_000_000_000,
    };
    await app.rows.outcomeTable.updateEntity({ partitionKey: clientContext, rowKey: 'outcome', ...columns }, 'Merge');
    await page.show(callId);
    const card = await page.card(clientContext);
    await card.untilStatus('failed');
    expect(await card.text('.error-box')).toContain(SCRIPT);
    expect(await page.page.locator('.segment').count()).toBeLessThanOrEqual(20);
    expect([await isHit(), await pictures()]).toEqual([false, 0]);
    expect(await page.page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
  });

  it.each([
    ['of every wrong kind', { callId: 'c', requests: [null, 7, [], { clientContext: 1 }, {}], more: 'yes', state: {} }],
    ['with a status and times that nobody knows', hostileList({ status: 'constructor', acceptedAt: 'yesterday' })],
    [
      'with markup everywhere',
      hostileList({ status: SCRIPT, waitingFor: SCRIPT, error: { code: SCRIPT, message: SCRIPT } }),
    ],
    ['that is no list', ['<b>']],
  ])('stands an answer %s', async (_what, body) => {
    await page.page.route('**/callTones*', (route) => route.fulfill({ json: body }));
    await page.show('c');
    await waitFor('an answer', async () => (await page.page.locator('#announcement').textContent()) !== '');
    expect([await isHit(), await pictures()]).toEqual([false, 0]);
  });

  it('cannot be framed, and gives markup no way in', async () => {
    const answer = await fetch(`${app.url}/api/console`);
    expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    const other = await page.page.context().newPage();
    await other.goto(`${app.simulator.url}/v1/.well-known/OpenIdConfiguration`);
    await other.evaluate(`document.body.innerHTML = '<iframe src="${app.url}/api/console"></iframe>'`);
    const framed = await waitFor('the frame', () => other.frames()[1]);
    await waitFor('the browser to refuse it', () => framed.url().startsWith('chrome-error:'));
    await other.close();
    const into = page.page.evaluate('document.body.innerHTML = "<b>in</b>"');
    await expect(into).rejects.toThrow(/TrustedHTML/);
    page.forgive(/TrustedHTML|Trusted/);
  });

  it('leaves nothing behind: no key and no digits in storage, address or page after it is loaded again', async () => {
    const callId = app.call();
    await page.show(callId);
    await page.type('864359');
    await page.press('Send');
    await (await page.card(/./)).untilStatus('succeeded');
    expect(await page.page.context().cookies()).toEqual([]);
    expect(await page.page.evaluate('localStorage.length + sessionStorage.length')).toBe(0);
    expect(new URL(page.page.url()).search + new URL(page.page.url()).hash).toBe('');
    await page.page.reload();
    expect([await page.value('#key'), await page.value('#digits')]).toEqual(['', '']);
    expect(await page.html()).not.toContain('864359');
  });
});

function hostileList(outcome: object): object {
  return { callId: 'c', requests: [{ clientContext: 'n', callId: 'c', status: 'accepted', ...outcome }], more: false };
}
