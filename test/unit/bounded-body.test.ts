// A body up to a limit: whole where it fits, given up where it does not, with no more than the limit taken off the wire.
// Unit tests of shared/bounded-body.
import { readAnswerUpTo, readUpTo } from '../../shared/bounded-body';

function chunksOf(...sizes: readonly number[]) {
  const given: number[] = [];
  let isCancelled = false;
  const left = [...sizes];
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const size = left.shift();
        if (size === undefined) return controller.close();
        given.push(size);
        controller.enqueue(new Uint8Array(size));
      },
      cancel() {
        isCancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, given, isCancelled: () => isCancelled };
}

test('a body that just fits is whole', async () => {
  const { stream } = chunksOf(3, 4, 3);
  expect((await readUpTo(stream.getReader(), 10))?.byteLength).toBe(10);
});

test('a body that is a byte too long is given up at once, and the reader left to whoever asked', async () => {
  const { stream, given, isCancelled } = chunksOf(3, 8, 5);
  expect(await readUpTo(stream.getReader(), 10)).toBeUndefined();
  expect(given).toEqual([3, 8]);
  expect(isCancelled()).toBe(false);
});

test('an answer that is too long is cancelled', async () => {
  const { stream, given, isCancelled } = chunksOf(11, 5);
  expect(await readAnswerUpTo(new Response(stream), 10)).toBeUndefined();
  expect(given).toEqual([11]);
  expect(isCancelled()).toBe(true);
});

test('an answer without a body is empty', async () => {
  expect(await readAnswerUpTo(new Response(null, { status: 204 }), 10)).toEqual(Buffer.alloc(0));
});

test('a body that breaks off throws', async () => {
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.error(new TypeError('terminated')),
  });
  await expect(readAnswerUpTo(new Response(stream), 10)).rejects.toThrow(TypeError);
});
