// The client against real sockets: what it sends, how often, to whom, and what it makes of every way in which the answer can fail.
// Integration tests of shared/graph/post and the verb on top of it, with raw servers of its own.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { makePostToCall, type PostToCallOptions } from '../../shared/graph/post';
import { makeSendDtmfTones } from '../../shared/graph/send-dtmf-tones';
import type { TokenReply } from '../../shared/graph/tenant-tokens';
import type { GraphTokenSource } from '../../shared/graph/token-source';
import type { GraphSettings } from '../../shared/settings/graph-settings';
import type { Press, PressPermit, PressReply } from '../../shared/tones/ports/graph-calls';
import { httpAnswer, startRawHttpServer, type RawHttpServer, type Respond } from '../support/services/raw-http-server';
import { makeSelfSignedCertificate } from '../support/services/self-signed-certificate';

const CALL_ID = '57dab8b1-894c-409a-b240-bd8beae78896';
const PRESS: Press = {
  callId: CALL_ID,
  clientContext: 'e0be71f1-a14f-4cec-b65a-e7aba5db7c53',
  tones: ['tone1', 'star'],
};
const RUNNING =
  '{"@odata.type":"#microsoft.graph.sendDtmfTonesOperation","status":"running","id":"d36fe651-9f50-484d-bd4b-1e6415eae448"}';
const AS_RUNNING: PressReply = { kind: 'running', operationId: 'd36fe651-9f50-484d-bd4b-1e6415eae448' };
const GO = (): PressPermit => ({ kind: 'go', timeoutMs: 5000 });
const answerRunning: Respond = (socket) => socket.write(httpAnswer(200, RUNNING));

const verbsOf = (options: PostToCallOptions) => ({ sendDtmfTones: makeSendDtmfTones(makePostToCall(options)) });

const servers: RawHttpServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function start(...parameters: Parameters<typeof startRawHttpServer>): Promise<RawHttpServer> {
  const server = await startRawHttpServer(...parameters);
  servers.push(server);
  return server;
}

function settingsOf(baseUrl: string, change: Partial<GraphSettings> = {}): GraphSettings {
  return {
    clientId: '11111111-2222-4333-8444-555555555555',
    tenantIds: [],
    credential: { kind: 'managed-identity' },
    cloud: 'global',
    baseUrl,
    authorityHost: 'https://login.microsoftonline.com',
    authorityOverridden: false,
    scope: 'https://graph.microsoft.com/.default',
    apiVersion: 'v1.0',
    callsPath: 'communications',
    ...change,
  };
}

/** Hands out the replies one after the other: the first for `fresh: false`, the next for each `fresh: true`. */
function tokensOf(...replies: readonly (string | TokenReply)[]): GraphTokenSource & { readonly asked: boolean[] } {
  const asked: boolean[] = [];
  return {
    asked,
    async getToken({ fresh }) {
      asked.push(fresh);
      const reply = replies[asked.length - 1];
      if (reply === undefined) throw new Error('asked for more tokens than expected');
      return typeof reply === 'string' ? { kind: 'token', token: reply } : reply;
    },
  };
}

function clientOf(
  server: RawHttpServer,
  change: Partial<GraphSettings> = {},
  tokenSource: GraphTokenSource = tokensOf('token-1', 'token-1'),
) {
  return verbsOf({ settings: settingsOf(`http://127.0.0.1:${server.port}`, change), tokenSource });
}

async function pressAt(
  respond: Respond,
  permit = GO,
  press = PRESS,
): Promise<{ reply: PressReply; server: RawHttpServer }> {
  const server = await start(respond);
  return { reply: await clientOf(server).sendDtmfTones(press, permit), server };
}

const pressAgain = (server: RawHttpServer): Promise<PressReply> =>
  clientOf(server, {}, tokensOf('t')).sendDtmfTones(PRESS, GO);

describe('what is sent', () => {
  test('one POST as documented, with the token', async () => {
    const { reply, server } = await pressAt(answerRunning);
    expect(reply).toEqual(AS_RUNNING);
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({
      method: 'POST',
      path: `/v1.0/communications/calls/${CALL_ID}/sendDtmfTones`,
      headers: {
        authorization: 'Bearer token-1',
        'content-type': 'application/json',
        'content-length': '81',
        accept: 'application/json',
      },
      body: '{"tones":["tone1","star"],"clientContext":"e0be71f1-a14f-4cec-b65a-e7aba5db7c53"}',
    });
  });

  test('the delay where one is given, also zero', async () => {
    const { server } = await pressAt(answerRunning, GO, { ...PRESS, delayBetweenTonesMs: 0 });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({
      tones: ['tone1', 'star'],
      delayBetweenTonesMs: 0,
      clientContext: PRESS.clientContext,
    });
  });

  test('to the version, path and base URL of the settings', async () => {
    const server = await start(answerRunning);
    const settings = settingsOf(`http://127.0.0.1:${server.port}/gateway/graph`, {
      apiVersion: 'beta',
      callsPath: 'app',
    });
    await verbsOf({ settings, tokenSource: tokensOf('t') }).sendDtmfTones(PRESS, GO);
    expect(server.requests.map(({ path }) => path)).toEqual([`/gateway/graph/beta/app/calls/${CALL_ID}/sendDtmfTones`]);
  });

  test.each([
    '',
    '.',
    '..',
    '../me',
    'a/b',
    'a%2Fb',
    'a?b',
    'a#b',
    'a b',
    'a\\b',
    'ä',
    'x'.repeat(129),
    `${CALL_ID}\n`,
    'https://evil.example',
  ])('nothing for the callId %j, not even a question for a token', async (callId) => {
    const server = await start(answerRunning);
    const tokenSource = tokensOf();
    const reply = await clientOf(server, {}, tokenSource).sendDtmfTones({ ...PRESS, callId }, GO);
    expect(reply).toEqual({
      kind: 'refused',
      fault: { code: 'invalid-argument', detail: 'callId' },
      again: 'never',
      answered: false,
    });
    expect([tokenSource.asked, server.requests]).toEqual([[], []]);
  });
});

test.each(['/a/../b', '/a/./b', '?x', '#x', '\\\\x'])(
  'the token goes nowhere where the base URL (%s) could be read in two ways',
  async (ending) => {
    const server = await start(answerRunning);
    const permit = jest.fn(GO);
    const settings = settingsOf(`http://127.0.0.1:${server.port}${ending}`);
    const reply = await verbsOf({ settings, tokenSource: tokensOf('t') }).sendDtmfTones(PRESS, permit);
    expect(reply).toEqual({
      kind: 'refused',
      fault: { code: 'invalid-argument', detail: 'URL' },
      again: 'never',
      answered: false,
    });
    expect([server.requests.length, permit.mock.calls.length]).toEqual([0, 0]);
  },
);

describe('the permit', () => {
  test('is asked when the token is there, and last when the connection is', async () => {
    const order: string[] = [];
    const server = await start((socket) => {
      order.push('request');
      socket.write(httpAnswer(200, RUNNING));
    });
    const tokenSource: GraphTokenSource = {
      async getToken() {
        order.push('token');
        return { kind: 'token', token: 't' };
      },
    };
    await clientOf(server, {}, tokenSource).sendDtmfTones(PRESS, () => {
      order.push('permit');
      return GO();
    });
    expect(order).toEqual(['token', 'permit', 'permit', 'request']);
  });

  test('that says no once the connection is there sends nothing: a TLS handshake took longer than the deadline allowed', async () => {
    const { certificatePem, privateKeyPem } = makeSelfSignedCertificate();
    const trusted = getCACertificates('default');
    setDefaultCACertificates([...trusted, certificatePem]);
    const server = await start(answerRunning, { cert: certificatePem, key: privateKeyPem });
    let deadlinePassed = false;
    // Passes bytes on both ways; the deadline passes within the handshake.
    const relay = createServer((client) => {
      const upstream = connect(server.port, '127.0.0.1');
      for (const socket of [client, upstream]) socket.on('error', () => socket.destroy());
      client.once('data', () => (deadlinePassed = true));
      client.pipe(upstream).pipe(client);
    }).listen(0, '127.0.0.1');
    await once(relay, 'listening');
    try {
      const settings = settingsOf(`https://127.0.0.1:${(relay.address() as AddressInfo).port}`);
      const reply = await verbsOf({ settings, tokenSource: tokensOf('t') }).sendDtmfTones(PRESS, () =>
        deadlinePassed ? { kind: 'no' } : GO(),
      );
      expect([reply, deadlinePassed]).toEqual([{ kind: 'not-permitted' }, true]);
      expect(server.requests).toEqual([]);
    } finally {
      setDefaultCACertificates(trusted);
      relay.close();
      await once(relay, 'close');
    }
  });

  test.each(['a new connection', 'a connection that is kept alive'])(
    'that says no after a pause of the process sends nothing on %s',
    async (which) => {
      const server = await start(answerRunning);
      const before = which === 'a new connection' ? 0 : 1;
      if (before === 1) await pressAgain(server);
      const permits: PressPermit[] = [GO()];
      expect(
        await clientOf(server, {}, tokensOf('t')).sendDtmfTones(PRESS, () => permits.shift() ?? { kind: 'no' }),
      ).toEqual({ kind: 'not-permitted' });
      expect(server.requests).toHaveLength(before);
      // Requests of others are not held back by it.
      expect(await pressAgain(server)).toEqual(AS_RUNNING);
    },
  );

  test('that breaks when the connection is there sends nothing', async () => {
    let asked = 0;
    const { reply, server } = await pressAt(answerRunning, () => {
      if ((asked += 1) > 1) throw new RangeError('broken');
      return GO();
    });
    expect(reply).toEqual({ kind: 'not-permitted' });
    expect(server.requests).toEqual([]);
  });

  test('that says no sends nothing', async () => {
    const { reply, server } = await pressAt(answerRunning, () => ({ kind: 'no' }));
    expect(reply).toEqual({ kind: 'not-permitted' });
    expect(server.requests).toEqual([]);
  });

  test('that breaks is a reply too, and nothing is sent', async () => {
    const { reply, server } = await pressAt(answerRunning, () => {
      throw new RangeError('broken');
    });
    expect(reply).toEqual({
      kind: 'refused',
      fault: { code: 'delivery-failed', detail: 'RangeError' },
      again: 'never',
      answered: false,
    });
    expect(server.requests).toEqual([]);
  });
});

describe('nothing is sent twice', () => {
  test.each([400, 403, 404, 408, 409, 412, 421, 425, 429, 500, 502, 503, 504])(
    'after HTTP %i, with Retry-After',
    async (status) => {
      const { server } = await pressAt((socket) =>
        socket.write(httpAnswer(status, '{"error":{"code":"UnknownError"}}', { 'Retry-After': '0' })),
      );
      expect(server.requests).toHaveLength(1);
    },
  );

  test.each([
    ['reset', (socket: Socket) => void socket.resetAndDestroy()],
    ['closed', (socket: Socket) => void socket.end()],
    ['closed within the answer', (socket: Socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-Le')],
  ])('after a connection that was kept alive is %s', async (_name, breakOff) => {
    const used = new Set<number>();
    let broken = 0;
    const server = await start((socket, { connection }) => {
      if (!used.has(connection)) socket.write(httpAnswer(200, RUNNING));
      else {
        broken += 1;
        breakOff(socket);
      }
      used.add(connection);
    });
    const client = verbsOf({
      settings: settingsOf(`http://127.0.0.1:${server.port}`),
      tokenSource: tokensOf(...Array<string>(22).fill('t')),
    });
    const kinds: string[] = [];
    // The pool may open a second connection before it uses the first again; the last press proves that nothing was still to come.
    while (broken === 0 && kinds.length < 20) kinds.push((await client.sendDtmfTones(PRESS, GO)).kind);
    kinds.push((await client.sendDtmfTones({ ...PRESS, callId: 'last' }, GO)).kind);
    expect(kinds.slice(0, -1).filter((kind) => kind === 'uncertain')).toHaveLength(1);
    expect(server.requests).toHaveLength(kinds.length);
  });

  test.each([301, 302, 303, 307, 308])(
    'nor elsewhere: HTTP %i is not followed, and the token stays here',
    async (status) => {
      const elsewhere = await start(answerRunning);
      const { reply, server } = await pressAt((socket) =>
        socket.write(httpAnswer(status, '', { Location: `http://127.0.0.1:${elsewhere.port}/v1.0/x` })),
      );
      expect(reply.kind).toBe(status === 302 || status === 303 ? 'uncertain' : 'refused');
      expect([server.requests.length, elsewhere.requests.length]).toEqual([1, 0]);
    },
  );
});

describe('401', () => {
  const refuseToken1: Respond = (socket, { headers }) =>
    socket.write(
      headers['authorization'] === 'Bearer token-1'
        ? httpAnswer(401, '{"error":{"code":"InvalidAuthenticationToken"}}')
        : httpAnswer(200, RUNNING),
    );
  const UNAUTHORIZED = {
    kind: 'refused',
    fault: { code: 'graph-unauthorized', detail: 'HTTP 401, Graph code InvalidAuthenticationToken' },
    again: 'never',
    answered: true,
  };

  test('is answered once with a fresh token, under a permit of its own', async () => {
    const server = await start(refuseToken1);
    const tokenSource = tokensOf('token-1', 'token-2');
    const permit = jest.fn(GO);
    expect(await clientOf(server, {}, tokenSource).sendDtmfTones(PRESS, permit)).toEqual(AS_RUNNING);
    expect(server.requests.map(({ headers }) => headers['authorization'])).toEqual([
      'Bearer token-1',
      'Bearer token-2',
    ]);
    expect(permit).toHaveBeenCalledTimes(4);
    expect(tokenSource.asked).toEqual([false, true]);
  });

  test('for the fresh token too is final', async () => {
    const server = await start((socket) =>
      socket.write(httpAnswer(401, '{"error":{"code":"InvalidAuthenticationToken"}}')),
    );
    expect(await clientOf(server, {}, tokensOf('token-1', 'token-2')).sendDtmfTones(PRESS, GO)).toEqual(UNAUTHORIZED);
    expect(server.requests).toHaveLength(2);
  });

  test('is final where the credential cannot refresh', async () => {
    const server = await start(refuseToken1);
    expect(await clientOf(server, {}, tokensOf('token-1', 'token-1')).sendDtmfTones(PRESS, GO)).toEqual(UNAUTHORIZED);
    expect(server.requests).toHaveLength(1);
  });

  test('waits where no fresh token can be had for now', async () => {
    const server = await start(refuseToken1);
    const tokenSource = tokensOf('token-1', { kind: 'unavailable', detail: 'ECONNREFUSED' });
    expect(await clientOf(server, {}, tokenSource).sendDtmfTones(PRESS, GO)).toEqual({
      kind: 'refused',
      fault: { code: 'token-unavailable', detail: 'ECONNREFUSED' },
      again: 'later',
      answered: true,
    });
    expect(server.requests).toHaveLength(1);
  });

  test('comes too late when the permit then says no', async () => {
    const server = await start(refuseToken1);
    const permits: PressPermit[] = [GO(), GO(), { kind: 'no' }];
    expect(
      await clientOf(server, {}, tokensOf('token-1', 'token-2')).sendDtmfTones(
        PRESS,
        () => permits.shift() ?? { kind: 'no' },
      ),
    ).toEqual({ kind: 'not-permitted' });
    expect(server.requests).toHaveLength(1);
  });
});

test('without a token nothing is sent and the permit is not asked', async () => {
  const server = await start(answerRunning);
  const permit = jest.fn(GO);
  expect(
    await clientOf(server, {}, tokensOf({ kind: 'unavailable', detail: 'invalid_client' })).sendDtmfTones(
      PRESS,
      permit,
    ),
  ).toEqual({
    kind: 'refused',
    fault: { code: 'token-unavailable', detail: 'invalid_client' },
    again: 'later',
    answered: false,
  });
  expect([server.requests.length, permit.mock.calls.length]).toEqual([0, 0]);
});

describe('time limit', () => {
  const SHORT = (): PressPermit => ({ kind: 'go', timeoutMs: 150 });
  /** The head of an answer whose body never comes. */
  const headOf = (status: number) => httpAnswer(status, '{"').replace('Content-Length: 2', 'Content-Length: 200');

  test('without an answer it is uncertain', async () => {
    const { reply, server } = await pressAt(() => undefined, SHORT);
    expect(reply).toEqual({ kind: 'uncertain', fault: { code: 'graph-timeout' } });
    expect(server.requests).toHaveLength(1);
  });

  test.each([
    [200, { kind: 'running' }],
    [404, { kind: 'refused', fault: { code: 'call-not-found', detail: 'HTTP 404' }, again: 'never', answered: true }],
    [503, { kind: 'uncertain', fault: { code: 'graph-fault', detail: 'HTTP 503' } }],
  ])('holds for the body too, whose HTTP %i stands', async (status, expected) => {
    expect((await pressAt((socket) => socket.write(headOf(status)), SHORT)).reply).toEqual(expected);
  });

  test('a body that is cut off leaves the status', async () => {
    expect((await pressAt((socket) => socket.end(headOf(200)))).reply).toEqual({ kind: 'running' });
    expect((await pressAt((socket) => socket.end(headOf(403)))).reply).toMatchObject({
      kind: 'refused',
      fault: { code: 'graph-forbidden' },
    });
  });
});

test.each([
  ['is no JSON', '<html>'],
  ['is longer than anything of Graph', `{"id":"x","status":"completed","pad":"${'x'.repeat(70_000)}"}`],
])('a 200 whose body %s is running', async (_name, body) => {
  expect((await pressAt((socket) => socket.write(httpAnswer(200, body)))).reply).toEqual({ kind: 'running' });
});

test('an operation that ended in the reply is reported, with what Graph wrote', async () => {
  const body =
    '{"status":"Completed","completionReason":"MediaOperationCanceled","id":"o-1","resultInfo":{"code":"500","subcode":"8508"}}';
  expect((await pressAt((socket) => socket.write(httpAnswer(200, body)))).reply).toEqual({
    kind: 'ended',
    report: {
      callId: CALL_ID,
      clientContext: PRESS.clientContext,
      operationId: 'o-1',
      status: 'completed',
      completionReason: 'mediaOperationCanceled',
      resultInfo: { code: 500, subcode: 8508 },
    },
  });
});

describe('no connection: certainly not pressed', () => {
  const UNREACHABLE = (code: unknown) => ({
    kind: 'refused',
    fault: { code: 'graph-unreachable', detail: code },
    again: 'later',
    answered: false,
  });
  const pressTo = (baseUrl: string) =>
    verbsOf({ settings: settingsOf(baseUrl), tokenSource: tokensOf('t') }).sendDtmfTones(PRESS, GO);

  test('refused', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, 'close');
    expect(await pressTo(`http://127.0.0.1:${port}`)).toEqual(UNREACHABLE('ECONNREFUSED'));
    // Both addresses of the name are tried: the error is an aggregate.
    expect(await pressTo(`http://localhost:${port}`)).toEqual(UNREACHABLE('ECONNREFUSED'));
  });

  test('name not found', async () => {
    expect(await pressTo('https://graph.invalid')).toEqual(
      UNREACHABLE(expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/)),
    );
  });

  test('a certificate that is not trusted', async () => {
    const { certificatePem, privateKeyPem } = makeSelfSignedCertificate();
    const server = await start(answerRunning, { cert: certificatePem, key: privateKeyPem });
    expect(await pressTo(`https://127.0.0.1:${server.port}`)).toEqual(UNREACHABLE('DEPTH_ZERO_SELF_SIGNED_CERT'));
    expect(server.requests).toEqual([]);
  });

  test('a trusted certificate of another host', async () => {
    const { certificatePem, privateKeyPem } = makeSelfSignedCertificate({ dnsNames: ['graph.example'] });
    const trusted = getCACertificates('default');
    setDefaultCACertificates([...trusted, certificatePem]);
    try {
      const server = await start(answerRunning, { cert: certificatePem, key: privateKeyPem });
      expect(await pressTo(`https://127.0.0.1:${server.port}`)).toEqual(UNREACHABLE('ERR_TLS_CERT_ALTNAME_INVALID'));
      expect(server.requests).toEqual([]);
    } finally {
      setDefaultCACertificates(trusted);
    }
  });

  test('a server that speaks no TLS', async () => {
    const plain = createServer((socket) =>
      socket.on('error', () => socket.destroy()).once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    ).listen(0, '127.0.0.1');
    await once(plain, 'listening');
    expect(await pressTo(`https://127.0.0.1:${(plain.address() as AddressInfo).port}`)).toEqual(
      UNREACHABLE('ERR_SSL_WRONG_VERSION_NUMBER'),
    );
    plain.close();
    await once(plain, 'close');
  });

  test('a reset within the TLS handshake, proven by the transport itself', async () => {
    const plain = createServer((socket) =>
      socket.on('error', () => socket.destroy()).once('data', () => socket.resetAndDestroy()),
    ).listen(0, '127.0.0.1');
    await once(plain, 'listening');
    expect(await pressTo(`https://127.0.0.1:${(plain.address() as AddressInfo).port}`)).toEqual(
      UNREACHABLE('ECONNRESET'),
    );
    plain.close();
    await once(plain, 'close');
  });
});

test.each([
  ['reset', (socket: Socket) => void socket.resetAndDestroy()],
  ['closed', (socket: Socket) => void socket.end()],
  ['answered with nonsense', (socket: Socket) => void socket.end('nonsense\r\n\r\n')],
])('a connection that is %s once the request is there is uncertain', async (_name, respond) => {
  const { reply, server } = await pressAt(respond);
  expect(reply).toMatchObject({ kind: 'uncertain', fault: { code: 'graph-connection-lost' } });
  expect(server.requests).toHaveLength(1);
});
