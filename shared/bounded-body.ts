// Reads a body up to a limit: never keeps more than that, whoever sends it and whatever length was declared.
// Knows neither HTTP nor what is in it. What becomes of a body that is too
// long is for whoever reads it: cancelled, or let go by.

/** The whole body; undefined where it is longer than `maxBytes`: the reader then stands where the limit was passed. */
export async function readUpTo(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  maxBytes: number,
): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    length += read.value.byteLength;
    if (length > maxBytes) return undefined;
    chunks.push(read.value);
  }
  return Buffer.concat(chunks);
}

/**
 * The body of an answer to a request of ours; undefined where it is longer than `maxBytes`: the rest is then cancelled.
 */
export async function readAnswerUpTo({ body }: Response, maxBytes: number): Promise<Buffer | undefined> {
  if (body === null) return Buffer.alloc(0);
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  const bytes = await readUpTo(reader, maxBytes);
  // The answer is of no use any more; that it cannot be cancelled changes nothing.
  if (bytes === undefined) await reader.cancel().catch(() => undefined);
  return bytes;
}
