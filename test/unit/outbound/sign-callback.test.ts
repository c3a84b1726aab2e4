// The headers that sign a callback, read with the specification's own library as a receiver would.
// Unit tests of shared/outbound/sign-callback. The library looks at the clock of the process: the tests set it.
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { signatureHeaders } from '../../../shared/outbound/sign-callback';
import type { ToneOutcome } from '../../../shared/tones/facts/tone-outcome';

const OLD = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const NEW = `whsec_${Buffer.alloc(64, 0xfb).toString('base64')}`;
const keyOf = (secret: string) => Buffer.from(secret.slice('whsec_'.length), 'base64');

const OUTCOME: ToneOutcome = {
  clientContext: 'order-42',
  callId: 'call-1',
  status: 'succeeded',
  finishedAt: '2026-01-01T00:00:00.000Z',
};
const NOW = Date.parse('2026-01-01T00:00:01.999Z');

function sign(secrets: readonly string[], outcome: ToneOutcome = OUTCOME, now = NOW) {
  const body = JSON.stringify(outcome);
  return { body, headers: signatureHeaders(secrets.map(keyOf), { outcome, body, now }) };
}

/** What a receiver with this secret makes of it, whose clock shows this time. */
function verified({ body, headers }: ReturnType<typeof sign>, secret: string, receiverNow = NOW): unknown {
  jest.useFakeTimers({ now: receiverNow });
  return new Webhook(secret).verify(body, { ...headers });
}

afterEach(() => {
  jest.useRealTimers();
});

test('without a key there is no header', () => {
  expect(sign([]).headers).toEqual({});
});

test('with a key there are the three headers of the specification, in its forms', () => {
  expect(sign([OLD]).headers).toEqual({
    'webhook-id': expect.stringMatching(/^msg_[\w-]{43}$/) as string,
    'webhook-timestamp': '1767225601',
    'webhook-signature': expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/) as string,
  });
});

test('the library of the specification makes the same signature, and verifies it', () => {
  const signed = sign([OLD]);
  expect(new Webhook(OLD).sign(signed.headers['webhook-id'] ?? '', new Date(NOW), signed.body)).toBe(
    signed.headers['webhook-signature'],
  );
  expect(verified(signed, OLD)).toEqual(OUTCOME);
});

test('while one secret replaces the other, a receiver with either verifies it; with another one, none does', () => {
  const signed = sign([OLD, NEW]);
  expect(signed.headers['webhook-signature']).toMatch(/^v1,\S+ v1,\S+$/);
  expect(verified(signed, OLD)).toEqual(OUTCOME);
  expect(verified(signed, NEW)).toEqual(OUTCOME);
  expect(() => verified(signed, `whsec_${'A'.repeat(32)}`)).toThrow(WebhookVerificationError);
  expect(() => verified(sign([NEW]), OLD)).toThrow('No matching signature found');
});

test.each([
  ['five minutes behind', -300, undefined],
  ['five minutes ahead', 300, undefined],
  ['more than five minutes behind', -301, 'Message timestamp too new'],
  ['more than five minutes ahead', 301, 'Message timestamp too old'],
])('a receiver whose clock is %s', (_what, seconds, fault) => {
  const verify = () => verified(sign([OLD]), OLD, NOW + seconds * 1000);
  if (fault === undefined) expect(verify()).toEqual(OUTCOME);
  else expect(verify).toThrow(fault);
});

test('what is changed on the way is refused', () => {
  const signed = sign([OLD]);
  const { body, headers } = signed;
  expect(() => verified({ ...signed, body: body.replace('succeeded', 'failed') }, OLD)).toThrow(
    WebhookVerificationError,
  );
  for (const [name, value] of [
    ['webhook-id', `${headers['webhook-id']}x`],
    ['webhook-timestamp', '1767225602'],
  ] as const)
    expect(() => verified({ body, headers: { ...headers, [name]: value } }, OLD)).toThrow(WebhookVerificationError);
});

test('every attempt at one end has the same id and a time and signature of its own', () => {
  const [first, later] = [sign([OLD]), sign([OLD], OUTCOME, NOW + 3_600_000)];
  expect(later.headers['webhook-id']).toBe(first.headers['webhook-id']);
  expect(later.headers['webhook-timestamp']).toBe('1767229201');
  expect(later.headers['webhook-signature']).not.toBe(first.headers['webhook-signature']);
  expect(verified(later, OLD, NOW + 3_600_000)).toEqual(OUTCOME);
});

test('the id is made of what is stored of the end: no process, secret or attempt is in it', () => {
  // By hand: SHA-256 of ["call-1","order-42","succeeded","2026-01-01T00:00:00.000Z"] in base64url.
  expect(sign([OLD]).headers['webhook-id']).toBe('msg_LIyOi4Y9GzoPmtShqrI3p1CTCpDUNcLEApfKCAc-LCA');
  expect(sign([NEW]).headers['webhook-id']).toBe('msg_LIyOi4Y9GzoPmtShqrI3p1CTCpDUNcLEApfKCAc-LCA');
});

test('an end without a time has an id as well', () => {
  // By hand: SHA-256 of ["call-1","order-42","unknown",""] in base64url.
  const outcome: ToneOutcome = { clientContext: 'order-42', callId: 'call-1', status: 'unknown' };
  expect(sign([OLD], outcome).headers['webhook-id']).toBe('msg_ZFrpOuBdalF7aPgWiioJofe-J1FAOk-XqsGtxVdnbj0');
});

test('another end, another request and another call have another id', () => {
  const outcomes: readonly ToneOutcome[] = [
    OUTCOME,
    { ...OUTCOME, status: 'unknown' },
    { ...OUTCOME, status: 'failed' },
    { ...OUTCOME, finishedAt: '2026-01-01T00:00:00.001Z' },
    { ...OUTCOME, clientContext: 'order-43' },
    { ...OUTCOME, clientContext: 'call-1', callId: 'order-42' },
    { ...OUTCOME, clientContext: ' order-42' },
    { ...OUTCOME, clientContext: 'order-42","succeeded' },
    { ...OUTCOME, callId: 'call-2' },
  ];
  expect(new Set(outcomes.map((outcome) => sign([OLD], outcome).headers['webhook-id'])).size).toBe(outcomes.length);
});

test.each([' ', '"; drop', '.'.repeat(256), 'a,b v1,c', '\\r\\n', '~'])(
  'a clientContext of %j changes no header’s form',
  (clientContext) => {
    const outcome = { ...OUTCOME, clientContext };
    const signed = sign([OLD], outcome);
    expect(signed.headers['webhook-id']).toMatch(/^msg_[\w-]{43}$/);
    expect(verified(signed, OLD)).toEqual(outcome);
  },
);

test('text beyond ASCII is signed as it is sent', () => {
  const outcome: ToneOutcome = { ...OUTCOME, status: 'failed', resultInfo: { code: 500, message: 'größer 💥 \ud800' } };
  expect(verified(sign([OLD], outcome), OLD)).toEqual(outcome);
});
