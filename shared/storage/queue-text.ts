// The text of a queue message: base64 of JSON, as the queue trigger expects it, and its way back.
// Used by tone-message and callback-message. host.json leaves the decoding to us: what the host itself cannot decode would never
// reach a function, and stay in the poison queue.

export function toQueueText(message: object): string {
  return Buffer.from(JSON.stringify(message), 'utf8').toString('base64');
}

/** The JSON value of a queue item as the worker hands it over; undefined where it is none. Decoded by a host, it is an object or JSON. */
export function fromQueueText(item: unknown): unknown {
  return typeof item === 'string' ? parseText(item) : item;
}

/** Base64 has no brace; JSON of an object opens with one. */
function parseText(text: string): unknown {
  return parseJson(text.trimStart().startsWith('{') ? text : Buffer.from(text, 'base64').toString('utf8'));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
