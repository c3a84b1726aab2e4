// Peer (ii), the tutorial: HTTP puts a message on a queue, a queue trigger calls
// Graph with the stock client, the outcome is upserted.
// The tutorials write the queue with an output binding. The local host has none, so the SDK writes it:
// the same transaction; what the binding has beyond it, on a single instance, is that it wakes that
// instance's listener at once. So compare accept to press on two instances (`idle`).
import { app } from '@azure/functions';
import { QueueClient } from '@azure/storage-queue';
import { makeCallNotifications } from './call-notifications';
import { makeOutcomeTable } from './outcome-table';
import { makeSendDtmfTones, type TonesAsked } from './stock-graph-client';

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
    const { id, status } = await sendDtmfTones(asked);
    await outcomes.upsert(asked.clientContext, { callId: asked.callId, status, operationId: id, sentAt: new Date() });
  },
});
app.http('callNotifications', { methods: ['POST'], authLevel: 'anonymous', handler: makeCallNotifications(outcomes) });
app.hook.appStart(async () => {
  await Promise.all([outcomes.create(), queue.createIfNotExists()]);
});
