// The queue's message: base64 of JSON, read back as it was written; everything else is not ours.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { fromCallbackItem, fromToneItem, toCallbackText, toToneText } from '../../../shared/storage/message-codec';
import { TONE_NAMES } from '../../../shared/tones/facts/tone-names';
import type { ToneMessage } from '../../../shared/tones/ports/queues';
import { ROOT } from '../../support/documents/repository';

/** Every field: one that the reader does not know is lost. */
const MESSAGE: Required<ToneMessage> = {
  clientContext: 'order-42',
  callId: '57dab8b1-894c-409a-b240-bd8beae78896',
  tenantId: '22222222-2222-4222-8222-222222222222',
  tones: ['tone4', 'tone2', 'pound'],
  delayBetweenTonesMs: 300,
  part: 2,
  pauseMs: 500,
  pausedUntil: 1_767_225_600_500,
  rest: [{ pauseMs: 2000, tones: ['star'] }],
  expiresAt: 1_767_225_660_000,
  after: 'order-41',
  etag: 'W/"datetime\'2026-01-01T00%3A00%3A00.0000000Z\'"',
  waits: 2,
  notReadySince: 1_767_225_600_000,
  callbackWanted: true,
  copyId: '0b2f7a4e-8a55-4a3e-9d57-2f8f0d0f6a11',
  acceptedAt: 1_767_225_599_000,
  dueAt: 1_767_225_601_000,
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
};
const ITEM = { version: 3, ...MESSAGE };
const CALLBACK = { clientContext: 'order-42', attempts: 0 };

const decode = (text: string): unknown => JSON.parse(Buffer.from(text, 'base64').toString('utf8'));

test('a message is base64 of JSON with its version', () => {
  const text = toToneText(MESSAGE);
  expect(text).toMatch(/^[A-Za-z0-9+/]+={0,2}$/);
  expect(decode(text)).toEqual(ITEM);
});

test('no field is named as metadata of the queue trigger, which the host would hide', () => {
  const names = Object.keys(decode(toToneText(MESSAGE)) as object).map((name) => name.toLowerCase());
  for (const taken of [
    'id',
    'popreceipt',
    'dequeuecount',
    'expirationtime',
    'insertiontime',
    'nextvisibletime',
    'queuetrigger',
    'sys',
    'data',
  ]) {
    expect(names).not.toContain(taken);
  }
});

test('a message is read back from its text on the queue, from an object and from JSON, as hosts hand it over', () => {
  expect(fromToneItem(toToneText(MESSAGE))).toEqual(MESSAGE);
  expect(fromToneItem(ITEM)).toEqual(MESSAGE);
  expect(fromToneItem(JSON.stringify(ITEM))).toEqual(MESSAGE);
});

test('JSON may have space around it', () => {
  expect(fromToneItem(` \n${JSON.stringify(ITEM)}\n `)).toEqual(MESSAGE);
});

/** That many parts after the first. */
const restOf = (count: number) => Array.from({ length: count }, () => ({ pauseMs: 500, tones: ['star' as const] }));

test('parts and pauses are read up to their largest numbers, and not beyond', () => {
  // A module of its own: it makes its schema with the first message.
  jest.resetModules();
  const { fromToneItem: read } = jest.requireActual<{ fromToneItem: typeof fromToneItem }>(
    '../../../shared/storage/message-codec',
  );
  const largest = { ...ITEM, part: 20, pauseMs: 300_000, rest: restOf(19) };
  expect(read(largest)).toMatchObject({ part: 20, pauseMs: 300_000, rest: { length: 19 } });
  expect(read({ ...ITEM, rest: [{ pauseMs: 300_000, tones: ['star'] }] })).toBeDefined();
  for (const beyond of [
    { part: 1 },
    { part: 21 },
    { pauseMs: 0 },
    { pauseMs: 300_001 },
    { rest: [] },
    { rest: restOf(20) },
  ])
    expect([beyond, read({ ...ITEM, ...beyond })]).toEqual([beyond, undefined]);
});

test('absent fields stay absent', () => {
  const { delayBetweenTonesMs: _delay, after: _after, notReadySince: _since, ...least } = MESSAGE;
  const read = fromToneItem({ version: 3, ...least });
  expect(read).toEqual(least);
  expect(Object.keys(read ?? {})).not.toContain('after');
});

test('a message without pauses is of version 1, so that an older app can press it during a deployment', () => {
  const { part: _part, pauseMs, pausedUntil: _until, rest, tenantId: _tenant, ...plain } = MESSAGE;
  expect(decode(toToneText(plain))).toEqual({ version: 1, ...plain });
  expect(decode(toToneText({ ...plain, pauseMs }))).toMatchObject({ version: 2 });
  expect(decode(toToneText({ ...plain, rest }))).toMatchObject({ version: 2 });
  expect(decode(toToneText({ ...plain, part: 2 }))).toMatchObject({ version: 2 });
});

test('a message of another tenant is of version 3: an older app would press with the token of its own', () => {
  const { part: _part, pauseMs: _pause, pausedUntil: _until, rest: _rest, ...plain } = MESSAGE;
  expect(decode(toToneText(plain))).toEqual({ version: 3, ...plain });
  const { tenantId: _tenant, ...ofOwnTenant } = MESSAGE;
  expect(fromToneItem({ version: 2, ...MESSAGE })).toEqual(ofOwnTenant);
});

test('every message survives the way through the queue', () => {
  const messages = fc.record(
    {
      clientContext: fc
        .string({ unit: 'binary-ascii', minLength: 1, maxLength: 256 })
        .filter((text) => /^[\x20-\x7e]+$/.test(text)),
      callId: fc.stringMatching(/^[A-Za-z0-9_-]{1,128}$/),
      tones: fc.array(fc.constantFrom(...TONE_NAMES), { minLength: 1, maxLength: 1000 }),
      delayBetweenTonesMs: fc.integer({ min: 0, max: 60_000 }),
      expiresAt: fc.integer({ min: 0, max: 4_000_000_000_000 }),
      after: fc.string(),
      etag: fc.string({ minLength: 1 }),
      waits: fc.integer({ min: 0, max: 10_000 }),
      part: fc.integer({ min: 2, max: 20 }),
      pauseMs: fc.integer({ min: 1, max: 300_000 }),
      tenantId: fc.uuid(),
      notReadySince: fc.integer({ min: 0, max: 4_000_000_000_000 }),
    },
    { requiredKeys: ['clientContext', 'callId', 'tones', 'expiresAt', 'etag', 'waits'] },
  );
  fc.assert(
    fc.property(messages, (message) => {
      expect(fromToneItem(decode(toToneText(message as ToneMessage)))).toEqual(message);
    }),
  );
});

test('the longest message fits into 64 KiB', () => {
  const longest: ToneMessage = {
    ...MESSAGE,
    clientContext: '"'.repeat(256),
    callId: 'c'.repeat(128),
    after: '"'.repeat(256),
    tones: Array.from({ length: 1000 }, () => 'tone0' as const),
  };
  expect(toToneText(longest).length).toBeLessThan(65_536);
});

test.each([
  ['another version', { ...ITEM, version: 4 }],
  ['a version that is text', { ...ITEM, version: '3' }],
  ['a part beyond the last', { ...ITEM, part: 21 }],
  ['a pause longer than any', { ...ITEM, pauseMs: 300_001 }],
  ['a later pause longer than any', { ...ITEM, rest: [{ pauseMs: 300_001, tones: ['star'] }] }],
  ['as many parts after the first as there may be in all', { ...ITEM, rest: restOf(20) }],
  ['no version', MESSAGE],
  ['no tones', { ...ITEM, tones: [] }],
  ['more tones than any setting allows', { ...ITEM, tones: Array.from({ length: 1001 }, () => 'tone0') }],
  ['an unknown tone', { ...ITEM, tones: ['tone10'] }],
  ['a call id with a slash', { ...ITEM, callId: '../users' }],
  ['a clientContext beyond ASCII', { ...ITEM, clientContext: 'é' }],
  ['a tenant that is no GUID', { ...ITEM, tenantId: 'contoso.example' }],
  ['no etag in version 1', { ...ITEM, version: 1, etag: '' }],
  ['no part of that number', { ...ITEM, part: 1 }],
  ['a pause of nothing', { ...ITEM, rest: [{ pauseMs: 0, tones: ['star'] }] }],
  ['a part without tones', { ...ITEM, rest: [{ pauseMs: 500, tones: [] }] }],
  ['no rest at all', { ...ITEM, rest: [] }],
  ['a deadline that is no integer', { ...ITEM, expiresAt: '2026-01-01' }],
  ['a negative number of waits', { ...ITEM, waits: -1 }],
  ['text that is no JSON', 'hello'],
  ['a JSON string', '"hello"'],
  ['null', null],
  ['nothing', undefined],
  ['a list', [ITEM]],
  ['bytes', Buffer.from(JSON.stringify(ITEM))],
])('%s is not ours', (_what, item) => {
  expect(fromToneItem(item)).toBeUndefined();
});

/** One of each version that ever shipped, as it stood on a queue: a deployment finds them there. Never change one; add one. */
const SHIPPED: readonly (readonly [string, (item: unknown) => object | undefined])[] = [
  ['tone-request-v1', fromToneItem],
  ['tone-request-v2', fromToneItem],
  ['tone-request-v3', fromToneItem],
  ['callback-v1', fromCallbackItem],
];

test.each(SHIPPED)('the shipped message %s is read whole', (name, read) => {
  const text = readFileSync(join(ROOT, 'test/fixtures/messages', `${name}.json`), 'utf8');
  const { version, ...fields } = JSON.parse(text) as Record<string, unknown>;
  expect(version).toBe(Number(name.slice(-1)));
  expect(read(Buffer.from(text).toString('base64'))).toEqual(fields);
});

test('every version up to the one that is written has a shipped message; a newer one is not ours', () => {
  const written = (text: string) => (decode(text) as { version: number }).version;
  const current = { 'tone-request': written(toToneText(MESSAGE)), callback: written(toCallbackText(CALLBACK)) };
  const names = Object.entries(current).flatMap(([queue, newest]) =>
    Array.from({ length: newest }, (_, index) => `${queue}-v${index + 1}`),
  );
  expect(SHIPPED.map(([name]) => name)).toEqual(names);
  expect(fromToneItem({ ...ITEM, version: current['tone-request'] + 1 })).toBeUndefined();
  expect(fromCallbackItem({ ...CALLBACK, version: current.callback + 1 })).toBeUndefined();
  expect(fromToneItem({ ...ITEM, version: 0 })).toBeUndefined();
});
