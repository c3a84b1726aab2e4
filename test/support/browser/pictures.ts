// Pictures of pages, where the variable SCREENSHOTS names a folder for them: `npm run screenshots`.
// Without it nothing is written.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

export async function pictureOf(page: Page, name: string, isCut = false): Promise<void> {
  const folder = process.env['SCREENSHOTS'];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: !isCut });
}
