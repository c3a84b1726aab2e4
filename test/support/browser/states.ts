// The states of the console that a person meets, each with the way to it. For tests of accessibility, and for pictures.
// Each has a call and a page of its own; none waits for a while.
import { randomUUID } from 'node:crypto';
import type { AppUnderTest } from '../app-under-test';
import type { ConsolePage } from './console-page';

export interface PageState {
  readonly name: string;
  /** Default: 1,000 pixels. */
  readonly widths?: readonly number[];
  /** The picture ends with the screen. */
  readonly isCut?: boolean;
  readonly reach: (page: ConsolePage, app: AppUnderTest) => Promise<unknown>;
}

const HELD = { scenario: 'notification-never' } as const;

/** A call with one request of each kind of end, and two that have not ended. */
async function busyCall(app: AppUnderTest): Promise<string> {
  const names = {
    played: `order-41 ${randomUUID().slice(0, 4)}`,
    refused: `door ${randomUUID().slice(0, 4)}`,
    lost: `pin ${randomUUID().slice(0, 4)}`,
    menu: `menu ${randomUUID().slice(0, 4)}`,
    behind: `order-42 ${randomUUID().slice(0, 4)}`,
    taken: `order-43 ${randomUUID().slice(0, 4)}`,
  };
  const callId = app.call({
    byClientContext: {
      [names.refused]: { scenario: 'forbidden' },
      [names.lost]: { scenario: 'failed' },
      [`${names.menu};part=2`]: HELD,
    },
  });
  await app.control('PATCH', `calls/${callId}?notify=true`, { state: 'established' });
  for (const clientContext of [names.played, names.refused, names.lost])
    await app.ending({ callId, clientContext, digits: '42#' });
  await app.accept({ callId, clientContext: names.menu, digits: '1w864359718#,,,,*010383#' });
  await app.untilStatus({ clientContext: names.menu }, 'running');
  for (const clientContext of [names.behind, names.taken]) await app.accept({ callId, clientContext });
  await app.cancelTones(names.taken);
  return callId;
}

async function showBusyCall(page: ConsolePage, app: AppUnderTest): Promise<void> {
  await page.show(await busyCall(app));
  await page.untilText('.request[data-status="running"] .progress', /part 2 of 3/);
}

async function typeMenu(page: ConsolePage, app: AppUnderTest): Promise<void> {
  await page.show(app.call());
  await page.type('1w864359718#,,,,*010383#');
  await page.untilText('#reading', /3 parts/);
}

export const STATES: readonly PageState[] = [
  { name: 'first-visit', reach: (page) => page.page.getByRole('button', { name: 'Show' }).waitFor() },
  {
    name: 'wrong-key',
    reach: async (page, app) => {
      await page.show(app.call(), 'not-the-key');
      await page.untilText('#call-trouble', /function key/);
    },
  },
  { name: 'typed', widths: [1000, 360], reach: typeMenu },
  {
    name: 'faults',
    reach: async (page, app) => {
      await page.show(app.call());
      await page.type('+1;23,');
      await page.page.getByText('Name and tempo').click();
      await page.page.getByLabel('Name of the request').fill('x;part=2');
      await page.page.getByLabel('Deadline of the first press').fill('soon');
      await page.press('Send');
      await page.untilText('#name-fault', /part=/);
    },
  },
  {
    // The one that documents show.
    name: 'console',
    widths: [980],
    isCut: true,
    reach: async (page, app) => {
      const callId = app.call({ byClientContext: { 'menu of the bank;part=2': HELD } });
      await app.control('PATCH', `calls/${callId}?notify=true`, { state: 'established' });
      await app.ending({ callId, clientContext: 'door', digits: '42#' });
      await app.accept({ callId, clientContext: 'menu of the bank', digits: '1w864359718#,,,,*010383#' });
      await page.show(callId);
      await page.type('1W86#,,,*01#');
      await page.untilText('.request[data-status="running"] .progress', /part 2 of 3/);
    },
  },
  {
    name: 'busy-call',
    widths: [1180, 360],
    reach: async (page, app) => {
      await showBusyCall(page, app);
      const folded = page.page.locator('.request details:not([open]) > summary');
      while ((await folded.count()) > 0) await folded.first().click();
    },
  },
  {
    name: 'nobody-knows',
    reach: async (page, app) => {
      await page.show(app.call());
      await page.type('12');
      await page.page.context().setOffline(true);
      await page.press('Send');
      await page.untilText('#unsure-list', /not known/);
    },
  },
];
