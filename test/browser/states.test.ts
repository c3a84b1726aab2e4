// Every state of the console, light and dark: nothing that axe-core objects to, nothing wider than the screen.
// SCREENSHOTS=<folder> leaves a picture of each there: `npm run screenshots`.
import { startApp, type AppUnderTest } from '../support/app-under-test';
import { violationsOn } from '../support/browser/axe';
import { describeInBrowser } from '../support/browser/chromium';
import { openConsole, startConsoles, type Consoles } from '../support/browser/console-page';
import { pictureOf } from '../support/browser/pictures';
import { STATES } from '../support/browser/states';

describeInBrowser()('the console, in each of its states', () => {
  let app: AppUnderTest;
  let consoles: Consoles;
  beforeAll(async () => {
    app = await startApp();
    consoles = await startConsoles(app);
  });
  afterAll(async () => {
    await consoles?.close();
    await app?.close();
  });

  it.each(STATES.map((state) => [state.name, state] as const))('%s', async (name, state) => {
    const { widths = [1000], isCut = false, reach } = state;
    const height = isCut ? 640 : 800;
    const page = await openConsole(consoles, { viewport: { width: widths[0] ?? 1000, height } });
    await reach(page, app);
    const found: string[] = [];
    for (const width of widths) {
      await page.page.setViewportSize({ width, height });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        found.push(...(await violationsOn(page.page)).map((violation) => `${width} ${colorScheme}: ${violation}`));
        await pictureOf(page.page, `${name}-${colorScheme}${width < 500 ? '-narrow' : ''}`, isCut);
      }
      if (!(await page.page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')))
        found.push(`${width}: wider than the screen`);
    }
    expect(found).toEqual([]);
    await page.close();
  });
});
