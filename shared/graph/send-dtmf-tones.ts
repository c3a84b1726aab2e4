// The verb sendDtmfTones: what is asked of Graph, and what its answer means for a press: running, or ended.
// Knows neither tokens nor HTTP: those are of post.ts, which every verb stands on.
import type { GraphCalls, Press, PressReply } from '../tones/ports/graph-calls';
import { fromGraphOperation, isEndStatus, isRecord } from './operation';
import type { PostToCall } from './post';
import type { PostReply } from './post-reply';

/** https://learn.microsoft.com/graph/api/call-senddtmftones */
export function makeSendDtmfTones(postToCall: PostToCall): GraphCalls['sendDtmfTones'] {
  return async function sendDtmfTones(press, permit) {
    const { callId, tenantId } = press;
    const post = { callId, tenantId, verb: 'sendDtmfTones', body: toBody(press) };
    return toPressReply(await postToCall(post, permit), press);
  };
}

/** No delay given means that Graph decides. */
function toBody({ tones, delayBetweenTonesMs, clientContext }: Press) {
  return { tones, ...(delayBetweenTonesMs !== undefined && { delayBetweenTonesMs }), clientContext };
}

/** What is not the verb's own is passed on as it is. */
export function toPressReply(reply: PostReply, press: Press): PressReply {
  switch (reply.kind) {
    case 'taken':
      return taken(reply, press);
    case 'canceled':
      return ended(press, { status: 'failed', resultInfo: { code: reply.status, subcode: reply.platformCode } });
    case 'refused':
    case 'not-permitted':
    case 'uncertain':
      return reply;
    default:
      return reply satisfies never;
  }
}

/**
 * `completed` or `failed` is the end, no notification follows; anything
 * else, a body that cannot be read included, is not.
 */
function taken({ body, location }: Extract<PostReply, { kind: 'taken' }>, press: Press): PressReply {
  const operation = fromGraphOperation(body, { callId: press.callId });
  const operationId = operation.operationId ?? operationIdOf(location);
  if (isEndStatus(operation.status)) return ended(press, { ...(isRecord(body) ? body : {}), id: operationId });
  return { kind: 'running', ...(operationId !== undefined && { operationId }) };
}

function ended(press: Press, resource: Readonly<Record<string, unknown>>): PressReply {
  const operation = fromGraphOperation(resource, { callId: press.callId });
  return { kind: 'ended', report: { ...operation, clientContext: press.clientContext } };
}

/**
 * The last segment of `…/operations/{id}`. In the documentation's own sample
 * the call id in it is another one: it says nothing.
 */
function operationIdOf(location: string | undefined): string | undefined {
  return /\/operations\/([A-Za-z0-9._~-]{1,256})\/?(?:[?#]|$)/.exec(location ?? '')?.[1];
}
