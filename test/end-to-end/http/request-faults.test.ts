// Requests that enqueueTones refuses: each fault by its status, its type and the place in the body that it names.
// Nothing of a refused request reaches the table, the queue or Graph, and no answer repeats what was sent.
import { gzipSync } from 'node:zlib';
import { startApp, type AppUnderTest } from '../../support/app-under-test';
import type { Answer } from '../../support/services/http-caller';

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp({ settings: { MAX_TONES: '5' } });
});
afterAll(() => app.close());

const CALL = '57dab8b1-894c-409a-b240-bd8beae78896';
const GOOD = { callId: CALL, digits: '12', clientContext: 'refused' };

interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}

function problemOf(answer: Answer, status: number, code: string): Problem {
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  const problem = answer.json as Problem;
  expect(problem).toMatchObject({ type: `urn:problem:${code}`, status });
  expect([problem.title, problem.detail].every((text) => typeof text === 'string' && text !== '')).toBe(true);
  return problem;
}

afterEach(async () => {
  expect((await app.toneOutcome('refused')).status).toBe(404);
  expect(app.simulator.requests()).toEqual([]);
});

const FAULTS: readonly (readonly [name: string, body: unknown, pointers: readonly string[]])[] = [
  [
    'an unknown tone',
    { ...GOOD, digits: undefined, tones: ['tone1', 'tone55', 'star', 'Tone2'] },
    ['/tones/1', '/tones/3'],
  ],
  ['no tone', { ...GOOD, digits: undefined, tones: [] }, ['/tones']],
  ['too many tones', { ...GOOD, digits: undefined, tones: ['a', 'b', 'c', 'd', 'star', 'pound'] }, ['/tones']],
  ['tones that are a string', { ...GOOD, digits: undefined, tones: 'tone1' }, ['/tones']],
  ['tones that are numbers', { ...GOOD, digits: undefined, tones: [1, null] }, ['/tones/0', '/tones/1']],
  ['no digit', { ...GOOD, digits: '' }, ['/digits']],
  ['too many digits', { ...GOOD, digits: '123456' }, ['/digits']],
  ['a digit that is none', { ...GOOD, digits: '12x' }, ['/digits']],
  ['a space among the digits', { ...GOOD, digits: '1 2' }, ['/digits']],
  ['digits in full width', { ...GOOD, digits: '１２' }, ['/digits']],
  ['digits that are a number', { ...GOOD, digits: 12 }, ['/digits']],
  ['both tones and digits', { ...GOOD, tones: ['tone1'] }, ['']],
  ['neither tones nor digits', { ...GOOD, digits: undefined }, ['']],
  ['tones and digits that are null', { ...GOOD, tones: null, digits: null }, ['']],
  ['no callId', { ...GOOD, callId: undefined }, ['/callId']],
  ['a callId that is null', { ...GOOD, callId: null }, ['/callId']],
  ['an empty callId', { ...GOOD, callId: '' }, ['/callId']],
  ['the callId ..', { ...GOOD, callId: '..' }, ['/callId']],
  ['the callId a/b', { ...GOOD, callId: 'a/b' }, ['/callId']],
  ['the callId a%2Fb', { ...GOOD, callId: 'a%2Fb' }, ['/callId']],
  ['a callId with a line feed behind it', { ...GOOD, callId: `${CALL}\n` }, ['/callId']],
  ['a callId of 129 characters', { ...GOOD, callId: 'c'.repeat(129) }, ['/callId']],
  ['a callId that is a number', { ...GOOD, callId: 7 }, ['/callId']],
  ['a delay below 0', { ...GOOD, delayBetweenTonesMs: -1 }, ['/delayBetweenTonesMs']],
  ['a delay above 60,000', { ...GOOD, delayBetweenTonesMs: 60_001 }, ['/delayBetweenTonesMs']],
  ['a delay with a fraction', { ...GOOD, delayBetweenTonesMs: 0.5 }, ['/delayBetweenTonesMs']],
  ['a delay that is a string', { ...GOOD, delayBetweenTonesMs: '300' }, ['/delayBetweenTonesMs']],
  ['an empty clientContext', { ...GOOD, clientContext: '' }, ['/clientContext']],
  ['a clientContext of 257 characters', { ...GOOD, clientContext: 'x'.repeat(257) }, ['/clientContext']],
  ['a clientContext beyond ASCII', { ...GOOD, clientContext: 'Ärger' }, ['/clientContext']],
  ['a clientContext with a control character', { ...GOOD, clientContext: 'a\tb' }, ['/clientContext']],
  ['a clientContext with a line feed behind it', { ...GOOD, clientContext: 'refused\n' }, ['/clientContext']],
  ['a deadline of 0 seconds', { ...GOOD, expiresInSeconds: 0 }, ['/expiresInSeconds']],
  ['a deadline of 3,601 seconds', { ...GOOD, expiresInSeconds: 3601 }, ['/expiresInSeconds']],
  ['a deadline that is a string', { ...GOOD, expiresInSeconds: '60' }, ['/expiresInSeconds']],
  ['an unknown field that is null', { ...GOOD, tone: null }, ['/tone']],
  ['an unknown field', { ...GOOD, tone: 'tone1' }, ['/tone']],
  ['an unknown field with / and ~ in its name', { ...GOOD, 'a/b~c': 1 }, ['/a~1b~0c']],
  ['a known field in another case', { ...GOOD, CallId: CALL }, ['/CallId']],
  [
    'every fault at once',
    { callId: '..', digits: 'xyz', clientContext: '', expiresInSeconds: 0, more: 1 },
    ['/callId', '/digits', '/clientContext', '/expiresInSeconds', '/more'],
  ],
  ['an empty object', {}, ['/callId', '']],
  ['an array', [GOOD], ['']],
  ['a string', '"tones"', ['']],
  ['null', 'null', ['']],
];

it.each(FAULTS)('answers 400 and points at %s', async (_name, body, pointers) => {
  const problem = problemOf(await app.enqueue(body), 400, 'invalid-request');
  expect(new Set(problem.errors?.map(({ pointer }) => pointer))).toEqual(new Set(pointers));
  for (const { detail } of problem.errors ?? []) expect(detail).not.toBe('');
});

it.each([
  ['text', 'digits=12'],
  ['cut off JSON', '{"callId":"c","digits":"12"'],
  ['nothing', ''],
  ['bytes that are not UTF-8', new Uint8Array([0x22, 0xff, 0xfe, 0x22])],
])('answers 400 to a body of %s', async (_name, body) => {
  expect(problemOf(await app.enqueue(body), 400, 'malformed-json')).not.toHaveProperty('errors');
});

it.each([
  'text/plain',
  'application/x-www-form-urlencoded',
  'text/json',
  'application/problem+json',
  'application/jsonp',
  'application/json; charset=utf-16',
  '',
])('answers 415 to the Content-Type "%s"', async (type) => {
  problemOf(await app.enqueue(JSON.stringify(GOOD), { 'Content-Type': type }), 415, 'unsupported-media-type');
});

it.each(['gzip', 'identity', 'br'])('answers 415 to the Content-Encoding %s', async (encoding) => {
  const text = JSON.stringify(GOOD);
  const body = encoding === 'gzip' ? new Uint8Array(gzipSync(text)) : text;
  problemOf(await app.enqueue(body, { 'Content-Encoding': encoding }), 415, 'unsupported-media-type');
});

it('takes 16 KiB and answers 413 to one byte more', async () => {
  const text = JSON.stringify({ ...GOOD, digits: 'x' });
  const padded = (bytes: number) => text + ' '.repeat(bytes - text.length);
  problemOf(await app.enqueue(padded(16 * 1024)), 400, 'invalid-request');
  problemOf(await app.enqueue(padded(16 * 1024 + 1)), 413, 'body-too-large');
  problemOf(await app.enqueue(padded(1024 * 1024)), 413, 'body-too-large');
});

it('never repeats the tones, nor shows a stack', async () => {
  const bodies = [
    { ...GOOD, digits: '4711x' },
    { ...GOOD, digits: undefined, tones: ['tone4', 'tone7', 'tone1', 'tone11'] },
    { ...GOOD, digits: 4711 },
    '{"callId":"c","digits":"4711',
    { ...GOOD, digits: '4711', callId: '..' },
  ];
  for (const body of bodies) {
    const { status, text } = await app.enqueue(body);
    expect(status).toBe(400);
    expect(text).not.toMatch(/4711|tone11|\bat \S+:\d+|\.js/);
    expect(text).not.toContain('"tone4","tone7"');
  }
});

it('takes application/json in any case, with a charset', async () => {
  const answer = await app.enqueue({ ...GOOD, digits: 'x' }, { 'Content-Type': 'Application/JSON; charset=utf-8' });
  problemOf(answer, 400, 'invalid-request');
});
