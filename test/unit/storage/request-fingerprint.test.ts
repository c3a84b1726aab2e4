// What makes two requests the same: their call, tones, delay and pauses, however they are written; the hash of the plain ones stays.
import type { TableClient } from '@azure/data-tables';
import { createHmac } from 'node:crypto';
import type { Container } from '../../../shared/storage/storage-clients';
import { makeRequestFingerprint } from '../../../shared/storage/request-fingerprint';
import { parseToneRequest, toneRequestBodySchema, type ToneRequest } from '../../../shared/tones/request/tone-request';

const KEY = Buffer.alloc(32, 7);
const OWN = '11111111-1111-4111-8111-111111111111';
const OTHER = '22222222-2222-4222-8222-222222222222';
const THIRD = '33333333-3333-4333-8333-333333333333';
const tenants = { own: OWN, others: [OTHER, THIRD] };
const SCHEMA = toneRequestBodySchema({ maxTones: 50, defaultExpiresInSeconds: 60, callbackHosts: [], tenants });

/** The index table with the key in it. */
const entity = { etag: 'v1', value: KEY.toString('base64') };
const table = {
  use: (work: (client: object, options: object) => unknown) =>
    Promise.resolve(work({ getEntity: () => Promise.resolve(entity) }, {})),
} as unknown as Container<TableClient>;

const fingerprint = makeRequestFingerprint(table);

test('the key is read once, written once where there is none, and not read again by who wrote it', async () => {
  const asked: string[] = [];
  const missing = Object.assign(new Error('missing'), { statusCode: 404, code: 'ResourceNotFound' });
  const client = {
    getEntity: (...address: string[]) => (asked.push(`read ${address.join('/')}`), Promise.reject(missing)),
    createEntity: ({ partitionKey, rowKey }: Record<string, string>) => (
      asked.push(`write ${partitionKey}/${rowKey}`),
      Promise.resolve({ etag: 'v1' })
    ),
  };
  const empty = { use: (work: (client: object) => unknown) => work(client) } as unknown as Container<TableClient>;
  const withNewKey = makeRequestFingerprint(empty);
  const request = requestOf({ digits: '12' });
  expect(await withNewKey(request)).toBe(await withNewKey(request));
  expect(asked).toEqual(['read fingerprint key/key', 'write fingerprint key/key']);
});

function requestOf(body: object): ToneRequest {
  const parsed = parseToneRequest(SCHEMA, { callId: 'call-1', clientContext: 'me', ...body }, () => 'new');
  if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.faults));
  return parsed.request;
}

const of = (digits: string, more: object = {}) => fingerprint(requestOf({ digits, ...more }));
/** As it was before there were pauses. */
const plain = (...fields: unknown[]) => createHmac('sha256', KEY).update(JSON.stringify(fields)).digest('base64url');

test('a request without pauses has the fingerprint that it had before there were pauses', async () => {
  expect(await of('1*#')).toBe(plain('call-1', ['tone1', 'star', 'pound'], null));
  expect(await of('1', { delayBetweenTonesMs: 300 })).toBe(plain('call-1', ['tone1'], 300));
  expect(await fingerprint(requestOf({ tones: ['tone1'], delayBetweenTonesMs: 0 }))).toBe(
    plain('call-1', ['tone1'], 0),
  );
});

test.each([
  ['12', '1-2'],
  ['12', ' (1) 2. '],
  ['1a', '1A'],
  ['1,2', '1WW2'],
  ['1,2', '1w W - w 2'],
  ['1ww2W3', '1W2ww3'],
  ['w1', ' w (1)'],
  ['WW1,2', ',1 , 2'],
])('"%s" and "%s" mean the same', async (one, other) => {
  expect(await of(one)).toBe(await of(other));
});

test('every two of these are different requests', async () => {
  const all = [
    '12',
    'w12',
    'W12',
    '1w2',
    '1W2',
    'w1w2',
    '1w2w3',
    '12w3',
    '1w23',
    '123',
    '1W2w3',
    '1w2W3',
    'w123',
    '1w3',
    '1w2w4',
  ];
  const prints = await Promise.all(all.map((digits) => of(digits)));
  prints.push(await of('1w2', { delayBetweenTonesMs: 0 }), await of('1w2', { callId: 'call-2' }));
  expect(new Set(prints).size).toBe(all.length + 2);
});

test('neither the deadline nor the name is part of it', async () => {
  expect(await of('w1,2', { expiresInSeconds: 9, clientContext: 'other' })).toBe(await of('w1,2'));
});

test('the own tenant named explicitly, in any case, is the same request as none; another tenant is another request', async () => {
  expect(await of('12', { tenantId: OWN.toUpperCase() })).toBe(plain('call-1', ['tone1', 'tone2'], null));
  expect(await of('12', { tenantId: null })).toBe(await of('12'));
  expect(await of('12', { tenantId: OTHER })).toBe(plain('call-1', ['tone1', 'tone2'], null, { tenantId: OTHER }));
  expect(await of('w12', { tenantId: OTHER })).toBe(
    plain('call-1', ['tone1', 'tone2'], null, 500, [], { tenantId: OTHER }),
  );
  expect(await of('12', { tenantId: OTHER.toUpperCase() })).toBe(await of('12', { tenantId: OTHER }));
  expect(await of('12', { tenantId: THIRD })).not.toBe(await of('12', { tenantId: OTHER }));
});
