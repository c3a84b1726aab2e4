// Reading bodies: limits, media types, encodings; each fault is its own problem and repeats nothing of the body.
import { readBody, readJson } from '../../../shared/http/read-json';
import type { HttpRequest } from '@azure/functions';
import { waitFor } from '../../../local/wait-for';
import { get, post, postBytes, postText, problemOf } from '../../support/invocation';

const JSON_TYPE = { 'content-type': 'application/json' };

async function problemFor(request: HttpRequest, maxBytes = 100) {
  const read = await readJson(request, maxBytes);
  if (read.kind !== 'problem') throw new Error('was read');
  return { status: read.response.status, ...(problemOf(read.response) as { type: string; detail: string }) };
}

test('a JSON body is read', async () => {
  expect(await readJson(post('/', { callId: 'c', tones: ['tone1'] }), 100)).toEqual({
    kind: 'json',
    value: { callId: 'c', tones: ['tone1'] },
  });
});

test.each([
  'application/json',
  'application/json; charset=utf-8',
  'APPLICATION/JSON',
  ' application/json ;charset=utf-8',
  'application/json; charset=UTF-8',
  'application/json;Charset="Utf-8"',
  'application/json; charset=utf8',
  'application/json; charset=utf-8 ; odata.metadata=none',
  'application/json; charset="UTF8" ; odata.metadata=none',
  'application/json; odata.metadata=none; charset=utf-8',
  'application/json; x="a;charset=utf-16"',
  'application/json; x="\\";charset=utf-16"',
  'application/json; xcharset=utf-16',
])('the Content-Type %p is JSON', async (type) => {
  expect(await readJson(postText('/', '{"a":1}', { 'content-type': type }), 100)).toEqual({
    kind: 'json',
    value: { a: 1 },
  });
});

test.each([
  'text/plain',
  'application/jsonp',
  'application/problem+json',
  'application/x-www-form-urlencoded',
  'text/plain, application/json',
])('the Content-Type %p is 415', async (type) => {
  expect(await problemFor(postText('/', '{"a":1}', { 'content-type': type }))).toMatchObject({
    status: 415,
    type: 'urn:problem:unsupported-media-type',
    detail: 'The Content-Type must be application/json.',
  });
});

test.each([
  'application/json; charset=utf-16',
  'application/json;charset="iso-8859-1"',
  'APPLICATION/JSON; CHARSET=US-ASCII',
  'application/json; x="a;b"; charset=windows-1252',
  'application/json; charset=utf-8; charset=utf-16',
  'application/json; charset=',
  'application/json; charset=xutf-8',
  'application/json; charset=utf-8x',
  'application/json; charset = utf-16',
])('the Content-Type %p, whose charset is not UTF-8, is 415', async (type) => {
  expect(await problemFor(postText('/', '{"a":1}', { 'content-type': type }))).toMatchObject({
    status: 415,
    type: 'urn:problem:unsupported-media-type',
    detail: 'The charset of the Content-Type must be UTF-8.',
  });
});

test('a missing Content-Type is 415', async () => {
  expect(await problemFor(postBytes('/', Buffer.from('{"a":1}')))).toMatchObject({ status: 415 });
});

test.each(['gzip', 'identity', 'br'])('the Content-Encoding %p is 415', async (encoding) => {
  expect(await problemFor(postText('/', '{"a":1}', { ...JSON_TYPE, 'content-encoding': encoding }))).toMatchObject({
    status: 415,
    detail: 'A Content-Encoding is not supported.',
  });
});

test.each(['{"a":', "{'a':1}", 'undefined', '{"a":1}}'])(
  'the text %p is malformed JSON and is not repeated',
  async (text) => {
    const answer = await problemFor(postText('/', text, JSON_TYPE));
    expect(answer).toMatchObject({
      status: 400,
      type: 'urn:problem:malformed-json',
      detail: 'The body cannot be parsed as JSON in UTF-8.',
    });
  },
);

test('a body that is not UTF-8 is malformed', async () => {
  expect(await problemFor(postBytes('/', new Uint8Array([0x22, 0xff, 0xfe, 0x22]), JSON_TYPE))).toMatchObject({
    status: 400,
    type: 'urn:problem:malformed-json',
  });
});

test('an absent body is malformed', async () => {
  expect(await problemFor(postBytes('/', new Uint8Array(), JSON_TYPE))).toMatchObject({
    status: 400,
    type: 'urn:problem:malformed-json',
  });
});

test('a byte order mark does not matter', async () => {
  expect(await readJson(postBytes('/', Buffer.from('\uFEFF{"a":1}', 'utf8'), JSON_TYPE), 100)).toEqual({
    kind: 'json',
    value: { a: 1 },
  });
});

test('a body of exactly the limit is read, one byte more is 413', async () => {
  const text = JSON.stringify('x'.repeat(98));
  expect(Buffer.byteLength(text)).toBe(100);
  expect(await readJson(postText('/', text, JSON_TYPE), 100)).toEqual({ kind: 'json', value: 'x'.repeat(98) });
  const declared = postText('/', text, { ...JSON_TYPE, 'content-length': '100' });
  expect(await readJson(declared, 100)).toEqual({ kind: 'json', value: 'x'.repeat(98) });
  expect(await problemFor(postText('/', text, JSON_TYPE), 99)).toMatchObject({
    status: 413,
    type: 'urn:problem:body-too-large',
    detail: 'The body may have at most 99 bytes.',
  });
});

test('bytes are counted, not characters', async () => {
  expect(await problemFor(postText('/', JSON.stringify('ä'.repeat(50)), JSON_TYPE), 100)).toMatchObject({
    status: 413,
  });
});

test('a Content-Length beyond the limit is 413 before anything is read', async () => {
  const request = postText('/', '{}', { ...JSON_TYPE, 'content-length': '101' });
  expect(await problemFor(request, 100)).toMatchObject({ status: 413 });
  expect(request.bodyUsed).toBe(false);
});

test('a Content-Length that lies is not believed', async () => {
  expect(await readBody(postText('/', 'x'.repeat(101), { 'content-length': '5' }), 100)).toEqual({ kind: 'too-large' });
});

test('a body is given as the bytes that came', async () => {
  expect(await readBody(postBytes('/', new Uint8Array([0, 255, 10])), 3)).toEqual({
    kind: 'read',
    bytes: new Uint8Array([0, 255, 10]),
  });
});

test('a request without a body has no bytes', async () => {
  expect(await readBody(get('/'), 100)).toEqual({ kind: 'read', bytes: new Uint8Array() });
});

test('an empty body is named as such', async () => {
  expect(await problemFor(postText('/', '', JSON_TYPE))).toMatchObject({
    status: 400,
    type: 'urn:problem:malformed-json',
    detail: 'The body is empty.',
  });
});

/** A body that comes in pieces, without a length, as a chunked one does; `taken` counts the pieces that were asked for. */
function inPieces(pieces: readonly string[], end: 'whole' | 'broken' = 'whole') {
  const state = { taken: 0 };
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const piece = pieces[state.taken];
        if (piece === undefined && end === 'broken') return controller.error(new Error('aborted'));
        if (piece === undefined) return controller.close();
        state.taken += 1;
        controller.enqueue(Buffer.from(piece));
      },
    },
    { highWaterMark: 0 },
  );
  const request = { headers: new Headers(JSON_TYPE), body } as unknown as HttpRequest;
  return { request, state };
}

test('a body in pieces is put together', async () => {
  expect(await readJson(inPieces(['{"a"', ':', '1}']).request, 100)).toEqual({ kind: 'json', value: { a: 1 } });
});

test('a body in pieces of exactly the limit is read, one byte more is 413', async () => {
  expect(await readBody(inPieces(['12345', '67890']).request, 10)).toEqual({
    kind: 'read',
    bytes: Buffer.from('1234567890'),
  });
  expect(await problemFor(inPieces(['12345', '678901']).request, 10)).toMatchObject({ status: 413 });
});

test('what is too long is answered before its end, and the rest of it is let go by', async () => {
  const { request, state } = inPieces(['x'.repeat(11), ...Array.from({ length: 50 }, () => 'y')]);
  expect(await readBody(request, 10)).toEqual({ kind: 'too-large' });
  expect(state.taken).toBeLessThan(50);
  await waitFor('the rest to have gone by', () => state.taken === 51);
});

test('a body that breaks off is malformed, and also where it was too long already', async () => {
  expect(await problemFor(inPieces(['{"a":1}'], 'broken').request)).toMatchObject({
    status: 400,
    type: 'urn:problem:malformed-json',
    detail: 'The body broke off.',
  });
  expect(await readBody(inPieces(['12345678901'], 'broken').request, 10)).toEqual({ kind: 'too-large' });
});
