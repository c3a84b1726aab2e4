// Peer (i), synchronous: the HTTP function itself calls Graph and stores
// the outcome; no queue. A functions app of its own.
// What Graph or storage refuses is a 500, and the caller asks again, as Logic Apps does. It looks for no
// earlier outcome: the faults that make it press twice lie between it and Graph, before there is one.
import { app } from '@azure/functions';
import { makeCallNotifications } from './call-notifications';
import { makeOutcomeTable } from './outcome-table';
import { makeSendDtmfTones, type TonesAsked } from './stock-graph-client';

const outcomes = makeOutcomeTable();
const sendDtmfTones = makeSendDtmfTones();

app.http('enqueueTones', {
  methods: ['POST'],
  authLevel: 'function',
  handler: async (request) => {
    const asked = (await request.json()) as TonesAsked;
    const { clientContext, callId } = asked;
    const { id, status } = await sendDtmfTones(asked);
    await outcomes.upsert(clientContext, { callId, status, operationId: id, sentAt: new Date() });
    return { status: 200, jsonBody: { clientContext, callId, status, operationId: id } };
  },
});
app.http('callNotifications', { methods: ['POST'], authLevel: 'anonymous', handler: makeCallNotifications(outcomes) });
app.hook.appStart(() => outcomes.create());
