// Trying callbacks at home, as the reference says: the receiver of the documents as its own process, `npm start`, and a
// local origin.
// The examples' own words are not looked at; the command lines are those of docs/reference.md.
import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { waitFor } from '../../../local/wait-for';
import { runScript, startReadmeStack, type ReadmeStack, type RunningScript } from '../../support/readme-stack';

jest.setTimeout(120_000);

const secretOf = (byte: number) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`;
const [OLD, NEW] = [secretOf(1), secretOf(2)];

let receiver: RunningScript;
let stack: ReadmeStack;
let origin = '';

beforeAll(async () => {
  receiver = runScript('docs/callback-receiver.mjs', [], { PORT: '0', CALLBACK_SIGNING_SECRET: NEW });
  origin = await waitFor('the receiver', () => /^listening on (http:\S+)$/.exec(receiver.lines[0] ?? '')?.[1]);
  stack = await startReadmeStack({ CALLBACK_HOSTS: origin, CALLBACK_SIGNING_SECRET: `${OLD} ${NEW}` });
});
afterAll(async () => {
  await stack.stop();
  await receiver.stop();
});

const ask = async (callbackUrl: string, clientContext: string, callId: string) =>
  fetch(`${stack.functions}/api/enqueueTones`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'x-functions-key': 'local' },
    body: JSON.stringify({ callId, digits: '42#', clientContext, callbackUrl }),
  });

test('a caller on this machine is sent its outcome, and the receiver verifies it', async () => {
  const clientContext = `order-${randomUUID()}`;
  const answer = await ask(`${origin}/hooks?order=42`, clientContext, await stack.newCall());
  expect(answer.status).toBe(200);
  await waitFor('the outcome', () => receiver.lines.includes(`${clientContext}: succeeded`), { limitMs: 30_000 });
  expect(await stack.pressesOf(clientContext)).toHaveLength(1);
});

test('every other local URL is refused, and nothing of it is answered', async () => {
  const port = Number(origin.split(':')[2]);
  for (const url of [
    `http://127.0.0.1:${port}/s3cret`,
    `http://[::1]:${port}/s3cret`,
    `http://127.1:${port}/s3cret`,
    `http://0x7f.1:${port}/s3cret`,
    `http://localhost.:${port}/s3cret`,
    `http://localhost:${port + 1}/s3cret`,
    `${origin}0/s3cret`,
    `${origin}@evil.test/s3cret`,
    `${origin}\\s3cret`,
    `${origin}/#s3cret`,
    `https://localhost:${port}/s3cret`,
    `https://localhost/s3cret`,
  ]) {
    const answer = await ask(url, `refused-${randomUUID()}`, 'call-1');
    const text = await answer.text();
    expect([url, answer.status, text.includes('/callbackUrl'), text.includes('s3cret')]).toEqual([
      url,
      400,
      true,
      false,
    ]);
  }
});

describe('the receiver itself', () => {
  const now = () => new Date();
  const post = (
    secret: string,
    id: string,
    at: Date,
    body: string,
    signature = new Webhook(secret).sign(id, at, body),
  ) =>
    fetch(origin, {
      method: 'POST',
      headers: {
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': signature,
      },
      body,
    });

  test('prints an outcome once, however often it comes', async () => {
    const body = '{"clientContext":"twice","status":"succeeded"}';
    expect((await post(NEW, 'msg_1', now(), body)).status).toBe(204);
    expect((await post(NEW, 'msg_1', now(), body)).status).toBe(204);
    await waitFor('the line', () => receiver.lines.includes('twice: succeeded'));
    expect(receiver.lines.filter((line) => line === 'twice: succeeded')).toHaveLength(1);
  });

  test('refuses what is not signed, signed with another secret, or older than five minutes', async () => {
    const body = '{"clientContext":"forged","status":"succeeded"}';
    const old = new Date(Date.now() - 301_000);
    expect((await fetch(origin, { method: 'POST', body })).status).toBe(401);
    expect((await post(OLD, 'msg_2', now(), body)).status).toBe(401);
    expect((await post(NEW, 'msg_3', now(), body, 'v1,AAAA')).status).toBe(401);
    expect((await post(NEW, 'msg_4', old, body)).status).toBe(401);
    expect(receiver.lines.join('\n')).not.toContain('forged');
  });
});
