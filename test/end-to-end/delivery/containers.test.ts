// Queue, poison queue and tables: there as soon as the app runs, and there again when somebody deletes them meanwhile.
// Azurite forgets a deleted table or queue at once.
import { waitFor } from '../../../local/wait-for';
import { startApp, type AppUnderTest } from '../../support/app-under-test';
import { operationEnded, tonesEnded } from '../../support/notification-bodies';

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

/** Succeeds only if the table exists. */
const exists = (table: AppUnderTest['rows']['outcomeTable']) =>
  table
    .listEntities()
    .next()
    .then(
      () => true,
      (error: { statusCode?: number }) =>
        error.statusCode === 404 ? false : Promise.reject(new Error('the table cannot be asked')),
    );

const allThere = async () => {
  const { requestQueue, poisonQueue, outcomeTable, indexTable } = app.rows;
  const found = await Promise.all([
    requestQueue.exists(),
    poisonQueue.exists(),
    exists(outcomeTable),
    exists(indexTable),
  ]);
  return found.every(Boolean);
};

it('creates both queues and both tables at the start', async () => {
  await waitFor('the containers', allThere);
});

it.each([
  ['the table of outcomes', ['outcomeTable']],
  ['the index table', ['indexTable']],
  ['the queue', ['requestQueue']],
  ['the poison queue', ['poisonQueue']],
  ['all of them', ['outcomeTable', 'indexTable', 'requestQueue', 'poisonQueue']],
] as const)('creates %s again when it was deleted, and presses', async (_name, names) => {
  await app.ending({});
  for (const name of names)
    await (name === 'outcomeTable' || name === 'indexTable'
      ? app.rows[name].deleteTable()
      : app.rows[name].deleteIfExists());
  const { outcome, row, presses } = await app.ending({});
  expect(outcome.status).toBe('succeeded');
  expect(row['status']).toBe('succeeded');
  expect(presses).toHaveLength(1);
});

it('buries a message although the poison queue was deleted', async () => {
  await app.ending({});
  await app.rows.poisonQueue.deleteIfExists();
  await app.rows.requestQueue.sendMessage(Buffer.from('{"order":42}').toString('base64'));
  await waitFor(
    'the message to be buried',
    () => app.logged('message-not-ours').find((line) => line.includes('[buryTones]')),
    { limitMs: 30_000 },
  );
  expect(await app.rows.poisonQueue.exists()).toBe(true);
});

it('reads, notes and watches without the tables: 404, a new row, a timer without failure', async () => {
  await app.rows.outcomeTable.deleteTable();
  await app.rows.indexTable.deleteTable();
  expect((await app.toneOutcome('deleted with its table')).status).toBe(404);
  await app.rows.outcomeTable.deleteTable();
  expect((await app.notify(operationEnded('c', tonesEnded('noted without tables')))).status).toBe(202);
  expect(await app.outcomeOf('noted without tables')).toMatchObject({ status: 'succeeded' });
  await app.rows.indexTable.deleteTable();
  const runs = { n: 0 };
  await app.untilTimerHas('two runs', async () => (runs.n += 1) > 2);
  expect((await app.get(`${app.url}/api/health`)).status).toBe(200);
  expect(app.lines.filter((line) => line.includes("'Functions.closeOverdueOutcomes' (Failed"))).toEqual([]);
});
