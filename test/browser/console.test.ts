// The console in a real browser, on the built app with Azurite and the Graph simulator: send, watch, cancel.
// Stands under test/browser; each test has a call and a page of its own.
import { startApp, type AppUnderTest } from '../support/app-under-test';
import { describeInBrowser } from '../support/browser/chromium';
import { type ConsolePage, openConsole, startConsoles, type Consoles } from '../support/browser/console-page';

describeInBrowser()('the console', () => {
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
    await page.type('1w86#');
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
    expect(app.simulator.presses({ callId }).map(({ clientContext }) => clientContext)).toEqual(['held']);
  });
});
