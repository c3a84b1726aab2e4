// Tones may be a PIN: after a run with every kind of ending they stand in no answer, no row, no queue and no line of the host's log.
// Neither do bearer tokens, status tokens and the body of a notification in a log.
import { waitFor } from '../../../local/wait-for';
import { startApp, type AppUnderTest } from '../../support/app-under-test';
import type { Answer } from '../../support/services/http-caller';
import { endedItem, tonesEnded } from '../../support/notification-bodies';

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp({ settings: { SEND_GRACE_SECONDS: '4', NOTIFICATION_GRACE_SECONDS: '1' } });
});
afterAll(() => app.close());

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
  for (const location of locations) expect(printed).not.toContain(new URL(location).searchParams.get('token'));
  expect([printed, stored].join()).not.toMatch(/a-meeting-token|eyJ[\w-]+\.eyJ/);
  expect(printed).not.toContain(token.slice(-40));
  // What the person at 3 a.m. needs is there: event, clientContext and callId.
  expect(app.logged('request-ended', 'secret 2')[0]).toMatch(
    /"clientContext":"secret 2","callId":"[0-9a-f-]{36}".*"code":"call-not-found"/,
  );
});
