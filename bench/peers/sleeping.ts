// The peer of a dial string with pauses: a queue function that presses a part, sleeps, and presses the next, as people write it first.
// It knows no report: it sleeps for as long as it guesses that the tones take, and then for the pause. Delivered again, it starts again.
import { setTimeout as sleep } from 'node:timers/promises';
import { app } from '@azure/functions';
import { QueueClient } from '@azure/storage-queue';
import { makeCallNotifications } from './call-notifications';
import { makeOutcomeTable } from './outcome-table';
import { makeSendDtmfTones, type TonesAsked } from './stock-graph-client';

const PAUSES_MS: Readonly<Record<string, number>> = { w: 500, W: 1000, ',': 2000 };
/** A guess: Graph documents no length. */
const TONE_MS = 250;

const outcomes = makeOutcomeTable();
const sendDtmfTones = makeSendDtmfTones();
const queueName = process.env['TONE_REQUESTS_QUEUE'] ?? '';
const queue = new QueueClient(process.env['AzureWebJobsStorage'] ?? '', queueName);

app.http('enqueueTones', {
  methods: ['POST'],
  authLevel: 'function',
  handler: async (request) => {
    const asked = (await request.json()) as TonesAsked;
    await queue.sendMessage(Buffer.from(JSON.stringify(asked)).toString('base64'));
    return { status: 202, jsonBody: { clientContext: asked.clientContext, callId: asked.callId, status: 'accepted' } };
  },
});
app.storageQueue('sendTones', {
  queueName,
  connection: 'AzureWebJobsStorage',
  handler: async (item) => {
    const asked = item as TonesAsked;
    const runs = asked.digits.split(/([wW,]+)/);
    for (const [index, run] of runs.entries()) {
      if (index % 2 === 1) {
        await sleep([...run].reduce((sum, pause) => sum + (PAUSES_MS[pause] ?? 0), 0));
        continue;
      }
      const clientContext = index === 0 ? asked.clientContext : `${asked.clientContext};part=${index / 2 + 1}`;
      const { id, status } = await sendDtmfTones({ ...asked, digits: run, clientContext });
      await outcomes.upsert(asked.clientContext, { callId: asked.callId, status, operationId: id, sentAt: new Date() });
      if (index < runs.length - 1) await sleep(run.length * TONE_MS);
    }
  },
});
app.http('callNotifications', { methods: ['POST'], authLevel: 'anonymous', handler: makeCallNotifications(outcomes) });
app.hook.appStart(async () => {
  await Promise.all([outcomes.create(), queue.createIfNotExists()]);
});
