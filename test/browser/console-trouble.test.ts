// The console when things go wrong: a wrong key, an app that restarts, storage that is down, an answer that got lost.
// Stands under test/browser; the app keeps its port over a restart, as an app on Azure keeps its name.
import { takeFreePort } from '../support/browser/free-port';
import { startApp, type AppUnderTest } from '../support/app-under-test';
import { describeInBrowser } from '../support/browser/chromium';
import { openConsole, startConsoles, type ConsolePage, type Consoles } from '../support/browser/console-page';
import { gatesTo, type StorageGates } from '../support/services/storage-gate';

describeInBrowser()('the console, in trouble', () => {
  let app: AppUnderTest;
  let gates: StorageGates;
  let consoles: Consoles;
  let page: ConsolePage;
  beforeAll(async () => {
    app = await startApp({
      port: await takeFreePort(),
      settings: { LOCAL_FUNCTION_KEY: 'of-the-browser-tests' },
      throughGate: async (azurite) => {
        gates = await gatesTo(azurite);
        return gates.connectionString;
      },
    });
    consoles = await startConsoles(app);
  });
  beforeEach(async () => {
    page = await openConsole(consoles);
  });
  afterEach(() => page.close());
  afterAll(async () => {
    await consoles?.close();
    await app?.close();
    gates?.queue.close();
    gates?.table.close();
  });

  it('says that the key is wrong, goes to it, and works with the right one', async () => {
    const callId = app.call();
    await page.show(callId, 'not-the-key');
    await page.untilText('#call-trouble', /did not accept the function key/);
    await page.untilText('#announcement', /did not accept the function key/);
    expect(await page.page.evaluate('document.activeElement.id')).toBe('key');
    expect(await page.page.locator('#key').getAttribute('aria-invalid')).toBe('true');
    await page.show(callId, 'no header can hold ☎');
    await page.untilText('#call-trouble', /did not accept the function key/);
    await page.show(callId);
    await page.untilText('#requests-rest', /Nobody asked/);
    expect(await page.page.locator('#call-trouble').isHidden()).toBe(true);
    expect(await page.page.locator('#key').getAttribute('aria-invalid')).toBeNull();
  });

  it('waits for an app that restarts under it, and goes on by itself', async () => {
    const callId = app.call();
    await page.show(callId);
    await page.type('12');
    // It waits for a report that never comes, so there is something to look at.
    app.simulator.patchCall(callId, { scenario: 'notification-never' });
    await page.press('Send');
    await (await page.card(/./)).untilStatus('running');
    await app.crash();
    await page.untilText('#call-trouble', /cannot be reached.*Asked again in \d+ s/);
    await app.restart();
    await page.untilText('#announcement', 'The app answers again.');
    expect(await page.page.locator('#call-trouble').isHidden()).toBe(true);
    expect(app.simulator.presses({ callId })).toHaveLength(1);
  });

  it('says that storage is down, and goes on when it is back', async () => {
    const callId = app.call();
    await app.accept({ callId, clientContext: 'before the outage' });
    gates.table.shut();
    await page.show(callId);
    await page.untilText('#call-trouble', /The call's requests cannot be read now\..*Asked again/);
    gates.table.open();
    await page.card('before the outage');
    await page.untilText('#call-trouble', '');
  });

  it('never sends again what was not answered: it asks what became of it', async () => {
    const callId = app.call();
    await page.show(callId);
    let sent = 0;
    await page.page.route('**/enqueueTones', async (route) => {
      sent += 1;
      await route.fetch();
      await route.abort('connectionreset');
    });
    await page.type('864#');
    await page.press('Send');
    await page.untilText('#unsure-list', /It is not known whether the app took this request/);
    expect(await page.value('#digits')).toBe('');
    expect(await page.html()).not.toContain('864#');
    await page.press('Ask what became of it');
    await (await page.card(/./)).untilStatus('succeeded');
    expect(await page.page.locator('#unsure').isHidden()).toBe(true);
    expect([sent, app.simulator.presses({ callId }).length]).toEqual([1, 1]);
  });

  it('says of a request that never arrived that the app does not know it', async () => {
    await page.show(app.call());
    await page.page.route('**/enqueueTones', (route) => route.abort('connectionrefused'));
    await page.type('864#');
    await page.press('Send');
    await page.press('Ask what became of it');
    await page.untilText('#unsure-list p', /does not know this name/);
  });

  it('says what the app refuses', async () => {
    const callId = app.call();
    await app.ending({ callId, clientContext: 'taken' });
    await page.show(callId);
    await page.page.getByText('Name and tempo').click();
    for (const [name, digits, answer] of [
      ['taken', '999', /Not sent\..*clientContext/],
      ['too many', '1'.repeat(51), /Not sent\..*\/digits: too many digits: 1 to 50 are allowed/],
    ] as const) {
      await page.page.getByLabel('Name of the request').fill(name);
      await page.type(digits);
      await page.press('Send');
      await page.untilText('#press-fault', answer);
    }
    expect(await page.page.locator('#unsure').isHidden()).toBe(true);
  });
});
