// The console in a real browser, on the built app with Azurite and the Graph simulator: send, watch, cancel.
// Stands under test/browser; each test has a call and a page of its own.
import { waitFor } from '../../local/wait-for';
import { startApp, type AppUnderTest } from '../support/app-under-test';
import { describeInBrowser } from '../support/browser/chromium';
import { type ConsolePage, openConsole, startConsoles, type Consoles } from '../support/browser/console-page';

describeInBrowser({ saysSo: true })('the console', () => {
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

  it('sends a dial string with pauses, and shows its life to the end', async () => {
    const callId = app.call();
    await page.show(callId);
    await page.untilText('#requests-rest', 'Nobody asked for keys on this call so far.');
    await page.page.getByLabel('Show the dial string').check();
    await page.type('1w86#');
    expect(await page.page.locator('#digits').getAttribute('type')).toBe('text');
    expect(await page.text('#reading')).toBe('4 keys in 2 parts, 0.5 s of pauses');
    expect(await page.texts('#parts li')).toEqual(['1 key', 'pause 0.5 s', '3 keys']);
    await page.press('Send');
    const card = await page.card(/./);
    await card.untilStatus('succeeded');
    expect(await card.text('.progress')).toBe('4 of 4 keys played');
    expect((await card.texts('.step-title')).slice(0, 1)).toEqual(['Accepted']);
    expect((await card.texts('.step-title')).at(-1)).toBe('Succeeded');
    expect(await card.text('.facts')).toContain('0.5 s');
    const presses = app.simulator.presses({ callId });
    expect(presses.map(({ tones }) => tones.length)).toEqual([1, 3]);
    expect(await page.value('#digits')).toBe('');
    expect(await page.page.locator('#digits').getAttribute('type')).toBe('password');
    expect(await page.html()).not.toContain('86#');
  });

  it('cancels what waits, and says so', async () => {
    const callId = app.call({ byClientContext: { held: { scenario: 'notification-never' } } });
    await app.accept({ callId, clientContext: 'held' });
    await app.untilStatus({ clientContext: 'held' }, 'running');
    await app.accept({ callId, clientContext: 'behind' });
    await page.show(callId);
    const card = await page.card('behind');
    await card.untilText('.steps', /Waiting.*for the request before it on the call: held/);
    await card.press('Cancel behind');
    await card.untilStatus('canceled');
    await page.untilText('#announcement', 'behind: canceled.');
    expect(await card.text('.error-box code')).toBe('canceled-by-caller');
    expect(await card.text('.error-box .advice')).toMatch(/^It was certainly never pressed\./);
    expect(app.simulator.presses({ callId }).map(({ clientContext }) => clientContext)).toEqual(['held']);
  });

  it('works by the keyboard alone', async () => {
    const callId = app.call();
    const { keyboard } = page.page;
    const tabTo = (id: string) =>
      waitFor(`the focus on ${id}`, async () => {
        await keyboard.press('Tab');
        return (await page.page.evaluate('document.activeElement.id')) === id;
      });
    await tabTo('key');
    await keyboard.type(app.functionKey);
    await tabTo('find-id');
    await keyboard.type(callId);
    await keyboard.press('Enter');
    await page.untilText('#announcement', '0 requests on this call, 0 pending.');
    await tabTo('digits');
    await keyboard.type('12');
    await page.untilText('#announcement', '2 keys, no pause');
    await keyboard.press('Enter');
    await (await page.card(/./)).untilStatus('succeeded');
    await page.untilText('#announcement', /: succeeded\.$/);
  });

  it('types by its keypad, and takes a key back', async () => {
    await page.show(app.call());
    for (const key of ['1', '0.5 s pause, w', 'star', 'D', 'pound', 'remove the last key']) await page.press(key);
    expect(await page.value('#digits')).toBe('1w*D');
  });

  it('copies ids and codes for support, and no digits', async () => {
    await page.page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: app.url });
    const callId = app.call({ scenario: 'forbidden' });
    await app.ending({ callId, clientContext: 'refused one', digits: '864359' });
    await page.show(callId);
    await (await page.card('refused one')).press('Copy for support: refused one');
    await page.untilText('#announcement', 'Ids and codes copied.');
    const text = await page.page.evaluate<string>('navigator.clipboard.readText()');
    expect(text).toContain(`clientContext: refused one\ncallId: ${callId}\nstatus: failed\nerror.code: `);
    expect(text).not.toContain('864359');
  });

  it('moves nothing where less motion is wanted', async () => {
    const callId = app.call({ scenario: 'notification-never' });
    await app.accept({ callId, clientContext: 'moving' });
    await app.untilStatus({ clientContext: 'moving' }, 'running');
    await page.show(callId);
    await (await page.card('moving')).untilStatus('running');
    expect(await page.page.evaluate('document.getAnimations().length')).toBeGreaterThan(0);
    await page.page.emulateMedia({ reducedMotion: 'reduce' });
    expect(await page.page.evaluate('document.getAnimations().length')).toBe(0);
  });

  it('lists the newest 50 of 200 requests, says that older ones exist, and finds one of them by its name', async () => {
    const callId = app.call({ byClientContext: { 'the first': { scenario: 'notification-never' } } });
    await app.accept({ callId, clientContext: 'the first' });
    for (let number = 2; number <= 200; number += 1) await app.accept({ callId, clientContext: `request ${number}` });
    await page.show(callId);
    await page.card('request 200');
    expect(await page.page.locator('.request').count()).toBe(50);
    await page.untilText('#requests-rest', /Older requests exist/);
    await page.page.getByLabel('Name (clientContext)').check();
    await page.page.getByLabel('Call id, or name of a request').fill('the first');
    await page.press('Show');
    await (await page.card('the first')).untilStatus('running');
    expect(await page.page.locator('.request').count()).toBe(51);
    expect(await page.texts('.request:last-child .name')).toEqual(['the first']);
    // Ends them all: what waits would keep the stack busy.
    await app.control('DELETE', `calls/${callId}?notify=true`);
  });
});
