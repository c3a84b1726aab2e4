// The forwarders of docs/connect-your-bot, each a process between Graph and the app: a press ends with Graph's report, the bytes and
// headers stay what they were, and Graph gets the app's answer. Where .NET is missing, the one in C# is not tried, and CI fails.
import { randomBytes } from 'node:crypto';
import { startApp, type AppUnderTest } from '../../support/app-under-test';
import {
  buildCSharpForwarder,
  canBuildCSharp,
  startTypeScriptForwarder,
  type RunningForwarder,
} from '../../support/services/forwarders';
import { startNotificationReceiver, type NotificationReceiver } from '../../support/services/notification-receiver';

const BUILD_LIMIT_MS = 120_000;

let app: AppUnderTest;
/** In the place of the app: keeps what the forwarder sent. */
let receiver: NotificationReceiver;
beforeAll(async () => {
  app = await startApp();
  receiver = await startNotificationReceiver();
});
afterAll(async () => {
  await app.close();
  await receiver.stop();
});

async function through<T>(starting: Promise<RunningForwarder>, work: (url: string) => Promise<T>): Promise<T> {
  const forwarder = await starting;
  try {
    return await work(forwarder.url);
  } finally {
    await forwarder.stop();
  }
}

function itForwards(start: (callNotificationsUrl: string) => Promise<RunningForwarder>): void {
  it('brings the report of a call whose callbackUri is its own, and the app’s 401 back', async () => {
    await through(start(app.callbackUrl), async (url) => {
      const { outcome, presses } = await app.ending({ callId: app.call({ callbackUrl: url }) });
      expect(outcome).toMatchObject({ status: 'succeeded', completionReason: 'completedSuccessfully' });
      expect(presses).toHaveLength(1);
      const refused = await app.post(url, { value: [] });
      expect(refused.status).toBe(401);
    });
  });

  it('sends on the same bytes, Content-Type and Authorization', async () => {
    const body = randomBytes(200_000);
    const headers = { 'Content-Type': 'application/json; charset=utf-8; odata=x', Authorization: 'Bearer a.b-_.c' };
    const answer = await through(start(`${receiver.origin}/ok`), (url) => app.post(url, new Uint8Array(body), headers));
    expect(answer.status).toBe(204);
    const last = (await receiver.receivedAt('ok')).at(-1);
    expect(Buffer.from(last?.bodyBase64 ?? '', 'base64').equals(body)).toBe(true);
    expect(last?.headers).toMatchObject({
      'content-type': headers['Content-Type'],
      authorization: headers.Authorization,
    });
  });

  it.each([
    ['fault', 500],
    ['redirecting', 307],
    ['closing', 502],
    ['silent', 502],
  ])('answers Graph what it was answered, and 502 where there was no answer: %s', async (path, status) => {
    const answer = await through(start(`${receiver.origin}/${path}`), (url) => app.post(url, '{}'));
    expect(answer.status).toBe(status);
    expect(await receiver.receivedAt('target')).toEqual([]);
  });
}

describe('in TypeScript', () => {
  itForwards(startTypeScriptForwarder);
});

const whereBuilt = canBuildCSharp() ? describe : describe.skip;

whereBuilt('in C#', () => {
  let built: ReturnType<typeof buildCSharpForwarder>;
  beforeAll(() => {
    built = buildCSharpForwarder();
  }, BUILD_LIMIT_MS);
  afterAll(() => built.remove());

  itForwards((callNotificationsUrl) => built.start(callNotificationsUrl));
});

if (!canBuildCSharp()) {
  test('NOT RUN: .NET 10 is not installed, so nobody has compiled the forwarder in C#', () => {
    const notRun = 'NOT RUN: the forwarder in C# (test/end-to-end/http/forwarders.test.ts) needs the .NET 10 SDK.';
    if (process.env['CI'] === 'true') throw new Error(notRun);
    console.warn(notRun);
  });
}
