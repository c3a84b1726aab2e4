// The status token is a caller's right to an outcome: it stands in the Location and in the row, and in no log line.
// The functions with the real rules behind them, over rows in memory.
import { makeEnqueueTones } from '../../../functions/enqueue-tones';
import { makeToneOutcome } from '../../../functions/tone-outcome';
import { makeToneStatus } from '../../../functions/tone-status';
import { eventLogOf } from '../../../shared/http/event-log';
import { makeToneAcceptor } from '../../../shared/tones/delivery/accept-tones';
import { makeFindWaiting } from '../../../shared/tones/delivery/find-waiting';
import type { OutcomeFacts } from '../../../shared/tones/facts/outcome-facts';
import { get, headerOf, invocationOf, post } from '../../support/invocation';
import { T0, makeTonesPorts } from '../../support/tones-ports';

const TOKEN = 'S3cr3t-status-t0ken';
const REQUEST = { callId: 'Call-1', digits: '42#', clientContext: 'order-42' };

function setUp() {
  const at = makeTonesPorts();
  const invocation = invocationOf('enqueueTones');
  const log = eventLogOf(invocation.context);
  const clock = { now: () => T0 };
  let tokens = 0;
  const random = { uuid: () => 'a-uuid', token: () => `${TOKEN}-${(tokens += 1)}` };
  const accept = makeToneAcceptor({ ...at.ports, random, log });
  const readOutcome = async (clientContext: string): Promise<OutcomeFacts | undefined> =>
    at.ports.outcomes.read(clientContext);
  const enqueueTones = makeEnqueueTones({
    log,
    clock,
    random,
    accept,
    readOutcome,
    limits: { maxTones: 50, defaultExpiresInSeconds: 60, callbackHosts: [] },
    publicUrl: {},
    httpAuthLevel: 'function',
    subscribe: () => Promise.reject(new Error('nobody asked for a callback')),
  });
  const toneStatus = makeToneStatus({ log, clock, publicUrl: {}, readOutcome });
  const toneOutcome = makeToneOutcome({
    log,
    clock,
    httpAuthLevel: 'function',
    readOutcome,
    findWaiting: makeFindWaiting(at.ports),
  });
  return {
    at,
    logged: () => `${invocation.lines.join()}${JSON.stringify(at.logged)}`,
    events: invocation.events,
    enqueue: async (body: unknown) => (await enqueueTones(post('/api/enqueueTones', body), invocation.context)) ?? {},
    poll: async (query: string) => (await toneStatus(get(`/api/toneStatus${query}`), invocation.context)) ?? {},
    ask: async (query: string) => (await toneOutcome(get(`/api/toneOutcome${query}`), invocation.context)) ?? {},
  };
}

test('accepting, repeating and refusing a request log no token', async () => {
  const { enqueue, events, logged } = setUp();
  const accepted = await enqueue(REQUEST);
  expect(headerOf(accepted, 'Location')).toContain(`token=${TOKEN}-1`);
  expect((await enqueue(REQUEST)).status).toBe(202);
  expect((await enqueue({ ...REQUEST, digits: '1' })).status).toBe(409);
  expect(events).toContain('information tones-accepted');
  expect(events).toContain('information tones-repeated');
  expect(events).toContain('warning tones-reused');
  expect(logged()).not.toContain(TOKEN);
});

test('a storage failure while a request is accepted logs no token', async () => {
  const { at, enqueue, events, logged } = setUp();
  at.next('queue.enqueue', { throws: new Error(`cannot store ${TOKEN}`) });
  expect((await enqueue(REQUEST)).status).toBe(503);
  expect(events).toContain('error storage-failed');
  expect(logged()).not.toContain(TOKEN);
});

test.each(['answered', 'failing'] as const)('a poll and a question that are %s log no token', async (how) => {
  const { at, enqueue, poll, ask, events, logged } = setUp();
  await enqueue(REQUEST);
  const fail = () => how === 'failing' && at.next('outcomes.read', { throws: new Error(`cannot read ${TOKEN}`) });
  const status = how === 'failing' ? 503 : undefined;
  fail();
  expect((await poll(`?clientContext=order-42&token=${TOKEN}-1`)).status).toBe(status ?? 202);
  fail();
  expect((await ask('?clientContext=order-42')).status).toBe(status ?? 200);
  expect(events.filter((event) => event === 'error storage-failed')).toHaveLength(how === 'failing' ? 2 : 0);
  expect(logged()).not.toContain(TOKEN);
});
