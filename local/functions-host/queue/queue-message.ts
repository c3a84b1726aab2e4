// Turns a queue message into what the trigger hands to the function: its text or bytes, and the trigger metadata.
// Knows nothing of Azure Storage's client.

import { isUtf8 } from 'node:buffer';

import type { RpcTypedData } from '../worker/core-contract';
import { latestTime, toDotnetTime } from '../timer/dotnet-time';
import type { Trigger } from '../worker/invocation';

export interface MessageFacts {
  messageId?: string;
  popReceipt?: string;
  dequeueCount: number;
  insertedOn?: Date;
  expiresOn?: Date;
  nextVisibleOn?: Date;
}

/** `undefined` if the text is not in the encoding; as strict as .NET, which allows white space in base64. */
export function decodeMessage(text: string, encoding: 'base64' | 'none'): Buffer | undefined {
  if (encoding === 'none') return Buffer.from(text, 'utf8');
  const compact = text.replace(/[ \t\r\n]/g, '');
  return compact.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(compact)
    ? Buffer.from(compact, 'base64')
    : undefined;
}

/**
 * The text goes as a string, which the library parses when it is JSON; bytes where the function asks for them.
 * Throws for bytes that are not UTF-8 where text is asked for: the real host fails such an invocation, too.
 */
export function toQueueTrigger(body: Buffer, facts: MessageFacts, binary: boolean): Trigger {
  const text = isUtf8(body) ? body.toString('utf8') : undefined;
  if (binary) return { data: { bytes: body }, metadata: metadataOf(text, facts) };
  if (text === undefined) throw new Error('the message is not valid UTF-8.');
  return { data: { string: text }, metadata: mergeFields(metadataOf(text, facts), text) };
}

function metadataOf(text: string | undefined, facts: MessageFacts): Record<string, RpcTypedData> {
  const time = (value: Date | undefined, otherwise: string): RpcTypedData => ({
    json: JSON.stringify(value === undefined ? otherwise : toDotnetTime(value)),
  });
  return {
    ...(text !== undefined && { QueueTrigger: { string: text } }),
    DequeueCount: { json: String(facts.dequeueCount) },
    ExpirationTime: time(facts.expiresOn, latestTime),
    ...(facts.messageId !== undefined && { Id: { string: facts.messageId } }),
    InsertionTime: time(facts.insertedOn, toDotnetTime(new Date())),
    NextVisibleTime: time(facts.nextVisibleOn, latestTime),
    ...(facts.popReceipt !== undefined && { PopReceipt: { string: facts.popReceipt } }),
  };
}

/**
 * A JSON object's own fields join the metadata, whatever their case, so a
 * field `id` hides the message's id. Arrays do not.
 */
function mergeFields(metadata: Record<string, RpcTypedData>, text: string): Record<string, RpcTypedData> {
  const merged = { ...metadata };
  const spelling = new Map(Object.keys(metadata).map((name) => [name.toLowerCase(), name]));
  for (const [name, value] of Object.entries(jsonObject(text))) {
    if (value === null || value === undefined || Array.isArray(value)) continue;
    const key = spelling.get(name.toLowerCase()) ?? name;
    spelling.set(name.toLowerCase(), key);
    merged[key] = fieldData(value);
  }
  return merged;
}

function jsonObject(text: string): object {
  if (!/^\s*\{[^]*\}\s*$/.test(text)) return {};
  try {
    return JSON.parse(text) as object;
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

/** .NET spells booleans True and False when it makes strings of them. */
function fieldData(value: unknown): RpcTypedData {
  if (typeof value === 'string') return { string: value };
  if (typeof value === 'boolean') return { string: value ? 'True' : 'False' };
  if (typeof value === 'number') return { string: String(value) };
  return { json: JSON.stringify(value) };
}
