// The part of the demo that dials by itself: what the workflow logic-apps/dial-in.json does, request by request.
// Graph is asked as the app's own identity, which owns the call; throws where anything is not as expected.
import { enqueue, say, showingPresses, showRow, type Outcome } from './demo-stage';
import type { LocalStack } from './local-stack';

const PHONE = '+12345678901';
const APPLICATION_INSTANCE = '3d913abb-aec0-4964-8fa6-3c6850c4f278';

export async function dialIn(stack: LocalStack): Promise<void> {
  const { simulator } = stack;
  say(`3. The whole job: call ${PHONE}, enter 1, a second, then 42#, hang up`);
  simulator.putFarEnd(PHONE, { ringMs: 500 });
  const graph = `${simulator.url}/v1.0/communications/calls`;
  const authorization = { Authorization: `Bearer ${await accessToken(stack)}` };
  say(`POST ${graph} to ${PHONE}, callbackUri ${stack.callbackUrl}`);
  const created = await fetch(graph, {
    method: 'POST',
    headers: { ...authorization, 'Content-Type': 'application/json' },
    body: JSON.stringify({
      callbackUri: stack.callbackUrl,
      source: { identity: { applicationInstance: { id: APPLICATION_INSTANCE } } },
      targets: [{ identity: { phone: { id: PHONE } } }],
      mediaConfig: { '@odata.type': '#microsoft.graph.serviceHostedMediaConfig' },
      tenantId: simulator.tenantId,
    }),
  });
  const { id: callId, state } = (await created.json()) as { id: string; state: string };
  say(`  call created by Graph: ${created.status}, state "${state}"`);
  const clientContext = 'demo-3';
  const asked = await showingPresses(stack, callId, () =>
    enqueue(stack, { callId, digits: '1W42#', clientContext }, 'wait=20'),
  );
  const { status, toneCount, playedToneCount, partCount } = (await asked.json()) as Outcome;
  say(`  answered at the end: ${asked.status}, outcome "${status}", ${playedToneCount} of ${toneCount} tones played`);
  const row = await showRow(stack, clientContext);
  say(`DELETE ${graph}/${callId}`);
  const hungUp = await fetch(`${graph}/${callId}`, { method: 'DELETE', headers: authorization });
  say(`  hung up by Graph: ${hungUp.status}`);
  const seen = simulator.presses({ callId }).map(({ tones }) => tones.length);
  const facts = [created.status, asked.status, status, playedToneCount, partCount, row.status, hungUp.status, seen];
  if (JSON.stringify(facts) !== '[201,200,"succeeded",4,2,"succeeded",204,[1,3]]')
    throw new Error(`dialling in: not as expected: ${JSON.stringify(facts)}`);
}

/** For Graph, from the managed identity's endpoint, as App Service has it. */
async function accessToken({ simulator }: LocalStack): Promise<string> {
  const query = new URLSearchParams({
    resource: 'https://graph.microsoft.com',
    'api-version': '2019-08-01',
    client_id: simulator.appId,
  });
  const answer = await fetch(`${simulator.identityEndpoint}?${query.toString()}`, {
    headers: { 'X-IDENTITY-HEADER': simulator.identityHeader },
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}
