// How the page asks the API, and which trouble each answer is.
import { makeApi, type Fetch } from '../../../console/api';
import { describeTrouble, passesByItself, troubleOf } from '../../../console/trouble';

interface Asked {
  readonly url: string;
  readonly init: Parameters<Fetch>[1];
}

function setUp(answer: () => Response, key = 'the-key', pageUrl = 'https://app.example/tones/api/console') {
  const asked: Asked[] = [];
  const fetch: Fetch = async (url, init) => {
    asked.push({ url: url.href, init });
    return answer();
  };
  return { asked, api: makeApi({ fetch, pageUrl, key: () => key }) };
}

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });
const OUTCOME = { clientContext: 'a b&c', callId: 'c', status: 'accepted' };

test.each([
  ['https://app.example/tones/api/console', 'https://app.example/tones/api/toneOutcome?clientContext=a+b%26c'],
  ['https://app.example/api/console/', 'https://app.example/api/toneOutcome?clientContext=a+b%26c'],
])('beside %s it asks %s, and the key stands in a header only', async (pageUrl, url) => {
  const { asked, api } = setUp(() => json(OUTCOME), ' the-key ', pageUrl);
  expect(await api.outcome('a b&c')).toEqual({ kind: 'ok', value: OUTCOME, isPending: false });
  expect(asked).toMatchObject([{ url, init: { headers: { 'x-functions-key': 'the-key' }, redirect: 'manual' } }]);
});

test('without a key none is sent, and 202 is a request that goes on', async () => {
  const { asked, api } = setUp(() => json(OUTCOME, 202), '');
  expect(await api.cancel('a b&c')).toMatchObject({ kind: 'ok', isPending: true });
  expect(asked[0]?.init).toMatchObject({
    method: 'POST',
    body: '{"clientContext":"a b&c"}',
    headers: { 'Content-Type': 'application/json' },
  });
  expect(Object.keys(asked[0]?.init.headers ?? {})).toEqual(['Content-Type']);
});

test('a key that no header can hold is wrong, and is not sent', async () => {
  const { asked, api } = setUp(() => json(OUTCOME), 'clé');
  expect(await api.call('c')).toEqual({ kind: 'trouble', trouble: { kind: 'key' } });
  expect(asked).toEqual([]);
});

test('no answer, and one that is not of this app, are troubles that may pass', async () => {
  const away = setUp(() => {
    throw new TypeError('Failed to fetch');
  });
  const stranger = setUp(() => new Response('<html>', { status: 200 }));
  for (const { api } of [away, stranger]) {
    const answer = await api.call('c');
    expect(answer.kind === 'trouble' && passesByItself(answer.trouble)).toBe(true);
  }
});

const problem = (detail: string, errors?: unknown[]) => ({ type: 'urn:problem:x', title: 'No.', detail, errors });

test.each([
  [{ status: 401, body: undefined }, 'key', /did not accept the function key/],
  [{ status: 401, body: problem('Not signed in.') }, 'sign-in', /Load this page again/],
  [{ status: 0, isRedirect: true, body: undefined }, 'sign-in', /Load this page again/],
  [{ status: 404, body: problem('Nothing of that name.') }, 'not-found', /^Nothing of that name\.$/],
  [{ status: 404, body: undefined }, 'strange', /404.*not one of this app/],
  [{ status: 503, body: problem('Storage is away.') }, 'unavailable', /^Storage is away\.$/],
  [{ status: 502, body: undefined }, 'unavailable', /502/],
  [{ status: 500, body: undefined }, 'unavailable', /500/],
  [{ status: 403, body: undefined }, 'refused', /403/],
  [
    { status: 400, body: problem('Not valid.', [{ pointer: '/digits', detail: 'too many' }, 7, { detail: 'x' }]) },
    'refused',
    /^Not valid\. \/digits: too many\. x\.$/,
  ],
] as const)('%# an answer is its trouble, in words', (received, kind, words) => {
  const trouble = troubleOf({ isRedirect: false, ...received });
  expect(trouble.kind).toBe(kind);
  expect(describeTrouble(trouble)).toMatch(words);
});
