// No secret is where it may not be (test/support/secrets-of-run has the table): after a run with every kind of ending
// the tones, which may be
// a PIN, stand in no answer, no row, no queue and no line of the log. `close` looks for every other secret; here is
// shown that it would find it.
import { waitFor } from '../../../local/wait-for';
import { startApp, type AppUnderTest } from '../../support/app-under-test';
import {
  KNOWN_BY_SHAPE,
  secretOf,
  secretsOfBody,
  secretsOfCallback,
  secretsOfSigning,
  secretsOfToken,
} from '../../support/known-secrets';
import type { Answer } from '../../support/services/http-caller';
import { endedItem, operationEnded, tonesEnded } from '../../support/notification-bodies';
import {
  MAY_STAND,
  PLACES,
  secretsTold,
  seenInAnswer,
  seenInLines,
  seenInRows,
  type Secret,
  type SecretKind,
} from '../../support/secrets-of-run';
import { startCallbackReceiver, type CallbackReceiver } from '../../support/services/callback-receiver';

/** The second one replaces the first. */
const SIGNING_SECRETS =
  'whsec_cGxhaW4tczNjcmV0LWJ5dGVzLW9mLWEtc2lnbmF0dXJlLTE= whsec_8PHy8/T19vf4+fr7/P3+//Dx8vP09fb3+Pn6+/z9/v8=';

let receiver: CallbackReceiver;
let app: AppUnderTest;
beforeAll(async () => {
  receiver = await startCallbackReceiver();
  const settings = {
    SEND_GRACE_SECONDS: '4',
    NOTIFICATION_GRACE_SECONDS: '1',
    CALLBACK_SIGNING_SECRET: SIGNING_SECRETS,
    ...receiver.environment(),
  };
  app = await startApp({ settings });
});
afterAll(async () => {
  await app.close();
  await receiver.close();
});

const TONES = ['tone9', 'flash', 'b', 'tone7', 'star', 'd', 'tone9', 'pound'];
const SPELLINGS = [
  '9!B7*D9#',
  '9!b7*d9#',
  'tone9,flash',
  'tone9, flash',
  '"tone9","flash"',
  'tone9 flash',
  'tone7',
  // base64 of the message's `"tones":["tone9","flash"`, at each of the three alignments.
  ...['', ' ', '  '].map((shift) => Buffer.from(`${shift}"tone9","flash","b"`).toString('base64').slice(4, -4)),
];

it('tells the tones to nobody but Graph', async () => {
  const answers: Answer[] = [];
  const ask = async (body: object): Promise<string> => {
    const answer = await app.enqueue(body);
    answers.push(answer);
    return answer.headers.get('location') ?? '';
  };
  const locations: string[] = [];
  const plans = [
    ...(
      [
        'success',
        'failed',
        'call-gone',
        'forbidden',
        'not-established',
        'throttled',
        'server-error',
        'terminal-reply',
        'notification-never',
        'unauthorized-once',
      ] as const
    ).map((scenario) => ({ scenario })),
    { scenario: 'reset-after-press', notifies: false } as const,
    { scenario: 'slow', delayMs: 50_000 } as const,
  ];
  for (const [position, plan] of plans.entries()) {
    const body = { callId: app.call(plan), clientContext: `secret ${position}` };
    locations.push(await ask({ ...body, tones: TONES }));
    await ask({ ...body, digits: '9!B7*D9#' });
    await ask({ ...body, digits: '9!b7*d9#9' });
  }
  await ask({ callId: '..', tones: TONES });
  await ask({ callId: 'c', digits: '9!B7*D9#x' });
  await ask({ callId: 'c', tones: TONES, digits: '9!B7*D9#' });
  answers.push(await app.enqueue('{"callId":"c","digits":"9!B7*D9#"'));

  // One expires behind a running request, one is buried, one message is of another version.
  const callId = app.call({ byClientContext: { 'secret in front': { scenario: 'slow', delayMs: 50_000 } } });
  await ask({ callId, clientContext: 'secret in front', tones: TONES });
  locations.push(await ask({ callId, clientContext: 'secret and late', tones: TONES, expiresInSeconds: 1 }));
  const message = {
    version: 1,
    clientContext: 'secret and buried',
    callId,
    tones: TONES,
    expiresAt: Date.now(),
    etag: 'x',
    waits: 0,
  };
  await app.rows.poisonQueue.sendMessage(Buffer.from(JSON.stringify(message)).toString('base64'));
  await app.rows.requestQueue.sendMessage(Buffer.from(JSON.stringify({ ...message, version: 2 })).toString('base64'));

  const token = await app.simulator.mintToken({ kind: 'entra-v2' });
  const resource = tonesEnded('secret notification', { meetingInfo: { token: 'a-meeting-token' }, tones: TONES });
  answers.push(
    await app.notify(
      { value: [endedItem('c', resource), endedItem('c', { ...resource, clientContext: null })] },
      `Bearer ${token}`,
    ),
  );
  answers.push(await app.notify('a-meeting-token', `Bearer ${token}`));
  answers.push(await app.notify({}, `Bearer ${token}x`));

  for (const location of locations) {
    answers.push(
      await waitFor(`the end of ${location}`, async () => {
        const answer = await app.get(location);
        return answer.status === 200 && answer;
      }),
    );
  }
  await waitFor(
    'the queues to be empty',
    async () => (await app.rows.count(app.rows.requestQueue)) + (await app.rows.count(app.rows.poisonQueue)) === 0,
    { limitMs: 40_000, everyMs: 100 },
  );
  expect(app.simulator.presses({ clientContext: 'secret 0' })[0]?.tones).toEqual(TONES);

  const printed = app.lines.join('\n');
  const stored = (await app.rows.all()).map((row) => JSON.stringify(row)).join('\n');
  const answered = answers.map(({ text, headers }) => `${text}\n${JSON.stringify([...headers])}`).join('\n');
  for (const spelling of SPELLINGS) {
    expect(printed).not.toContain(spelling);
    expect(stored).not.toContain(spelling);
    expect(answered).not.toContain(spelling);
  }
  expect([printed, stored].join()).not.toMatch(/a-meeting-token/);
  // What the person at 3 a.m. needs is there: event, clientContext and callId.
  expect(app.logged('request-ended', 'secret 2')[0]).toMatch(
    /"clientContext":"secret 2","callId":"[0-9a-f-]{36}".*"code":"call-not-found"/,
  );
});

it('tells the URL of a callback to nobody but its receiver, whether it takes the outcome, refuses it or hangs up', async () => {
  // Each path has its answer: on a slow machine a request may end as unknown first, and is then called back twice.
  receiver.answerAt('/taken', 200);
  receiver.answerAt('/refused', 410);
  receiver.answerAt('/reset', 'reset');
  for (const [position, path] of ['/taken', '/refused', '/reset'].entries()) {
    const callbackUrl = receiver.url(`${path}?sv=1.0&sig=s3cret%2Bsignature-${position}`);
    await app.enqueue({ callId: app.call(), digits: '12', clientContext: `told ${position}`, callbackUrl });
    await waitFor(`the callback at ${path}`, () =>
      receiver.received.some((callback) => callback.path.startsWith(path)),
    );
  }
  await app.enqueue({ callId: 'c', digits: '1', callbackUrl: 'https://evil.test/hook?sig=s3cret-of-an-evil-host' });
  for (const [event, position] of Object.entries({
    'callback-delivered': 0,
    'callback-refused': 1,
    'callback-waiting': 2,
  }))
    await waitFor(`${event} in the log`, () => app.logged(event, `told ${position}`).length > 0);
});

it('does not start with a signing secret that is wrong, and tells it to nobody', async () => {
  const bad = 'whsec_correct-horse-battery-staple';
  const message = await startApp({ settings: { CALLBACK_SIGNING_SECRET: `${SIGNING_SECRETS} ${bad}` } }).then(
    () => 'started all the same',
    (error: Error) => error.message,
  );
  expect(message).toContain('CALLBACK_SIGNING_SECRET: must be whsec_ and the base64 of 24 to 64 random bytes');
  for (const secret of [...SIGNING_SECRETS.split(' '), bad]) expect(message).not.toContain(secret.slice(6, 20));
});

it('tells the client secret to nobody when the authority cannot be reached', async () => {
  const other = await startApp({
    settings: {
      GRAPH_TENANT_ID: 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee',
      GRAPH_CLIENT_SECRET: 'cl1ent~s3cret.value',
      GRAPH_AUTHORITY_HOST: 'https://127.0.0.1:9/',
    },
  });
  await other.ending({ expiresInSeconds: 3 });
  await other.close();
});

describe('what close looks for', () => {
  const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2lnbmF0dXJlLW9mLWEtdG9rZW4';
  const BODY = JSON.stringify(operationEnded('57dab8b1-894c-409a-b240-bd8beae78896', tonesEnded('order-42')));
  /** For each kind what the run knows, and the texts that give it away. */
  const SAMPLES: Readonly<Record<SecretKind, { known: readonly Secret[]; texts: readonly string[] }>> = {
    tones: { known: KNOWN_BY_SHAPE, texts: ['pressed tone9'] },
    'function key': { known: secretOf('function key', 'k3y-of-the-functions'), texts: ['k3y-of-the-functions'] },
    'status token': { known: secretOf('status token', 'T0ken_of-a-status'), texts: ['?token=T0ken_of-a-status'] },
    'signed token': {
      known: [...KNOWN_BY_SHAPE, ...secretsOfToken(TOKEN)],
      texts: [`Bearer ${TOKEN}`, 'eyJhbGciOiJub25lIn0.eyJpc3MiOiJ5In0.', 'c2lnbmF0dXJlLW9mLWEtdG9rZW4'],
    },
    'client secret': { known: secretOf('client secret', 'cl1ent~s3cret'), texts: ['client_secret=cl1ent~s3cret'] },
    'signing secret': {
      known: secretsOfSigning(SIGNING_SECRETS),
      texts: [
        SIGNING_SECRETS,
        'cGxhaW4tczNjcmV0LWJ5dGVzLW9mLWEtc2lnbmF0dXJlLTE',
        '8PHy8_T19vf4-fr7_P3-__Dx8vP09fb3-Pn6-_z9_v8',
        'key f0f1f2f3f4f5f6f7f8f9fafbfcfdfefff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff',
        `{"type":"Buffer","data":[${[...Buffer.from('plain-s3cret-bytes-of-a-signature-1')].join(',')}]}`,
      ],
    },
    'storage account key': { known: secretOf('storage account key', 'a2V5LW9m=='), texts: ['AccountKey=a2V5LW9m==;'] },
    'callback URL': {
      known: secretsOfCallback('https://hook.test/path'),
      texts: ['POST https://hook.test/path failed'],
    },
    'signature of a callback URL': {
      known: secretsOfCallback('https://hook.test/path?sv=1&sig=s3cret%2Bsignature').slice(1),
      texts: ['sig=s3cret%2Bsignature', 's3cret+signature'],
    },
    'notification body': {
      known: secretsOfBody(BODY),
      texts: [BODY, BODY.slice(20, 100), BODY.slice(60, 140)],
    },
  };
  const seenAt: Readonly<Record<(typeof PLACES)[number], (text: string) => ReturnType<typeof seenInLines>>> = {
    log: (text) => seenInLines([`info tones-sent {"x":${JSON.stringify(text)}}`]),
    'line of the key': (text) => seenInLines([`function key ${text.replaceAll(' ', '-')}`]),
    row: (text) => seenInRows([{ rowKey: 'outcome', resultMessage: text }]),
    'statusToken of its row': (text) => seenInRows([{ rowKey: 'outcome', statusToken: text }]),
    'url of a callback row': (text) => seenInRows([{ rowKey: 'callback', url: text }]),
    answer: (text) => seenInAnswer({ text, headers: new Headers() }),
    Location: (text) => seenInAnswer({ text: '', headers: new Headers({ location: text }) }),
  };

  test.each(Object.entries(SAMPLES))('finds what gives away the %s wherever it may not stand', (kind, sample) => {
    for (const place of PLACES) {
      const allowed: readonly string[] = MAY_STAND[kind as SecretKind];
      for (const text of sample.texts) {
        const faults = secretsTold(sample.known, seenAt[place](text));
        const found = faults.some((fault) => fault.startsWith(`${kind} in ${place}: `));
        expect([place, text, found]).toEqual([place, text, !allowed.includes(place)]);
      }
    }
  });

  test('a fault names the kind and the place, and hides the secret itself', () => {
    const seen = seenInLines(['info tones-sent {"token":"T0ken_of-a-status"}']);
    expect(secretsTold(secretOf('status token', 'T0ken_of-a-status'), seen)).toEqual([
      'status token in log: info tones-sent {"token":"<status token>"}',
    ]);
  });

  test('a status token may stand in its own row and in Location, a callback’s URL in its own row, the key in its line', () => {
    expect(MAY_STAND).toEqual({
      tones: [],
      'function key': ['line of the key'],
      'status token': ['statusToken of its row', 'Location'],
      'signed token': [],
      'client secret': [],
      'signing secret': [],
      'storage account key': [],
      'callback URL': ['url of a callback row'],
      'signature of a callback URL': ['url of a callback row'],
      'notification body': [],
    });
  });
});
