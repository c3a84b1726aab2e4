// health: what probes are told, and how often storage is asked.
import { makeHealth } from '../../../functions/health';
import { get, headerOf, invocationOf, problemOf } from '../../support/invocation';

function setUp(partsInTurn: string[][]) {
  let now = 1000;
  let probes = 0;
  const handler = makeHealth({
    clock: { now: () => now },
    failingParts: async () => partsInTurn[Math.min(probes++, partsInTurn.length - 1)] ?? [],
  });
  const ask = async () => (await handler(get('/api/health'), invocationOf('health').context)) ?? {};
  return { ask, pass: (ms: number) => (now += ms), probes: () => probes };
}

test('when all is well it is 200 with the status ok', async () => {
  expect(await setUp([[]]).ask()).toEqual({
    status: 200,
    headers: { 'Cache-Control': 'no-store' },
    jsonBody: { status: 'ok' },
  });
});

test('when a part fails it is 503 and named', async () => {
  const response = await setUp([['queue', 'table']]).ask();
  expect(headerOf(response, 'Retry-After')).toBe('2');
  expect(problemOf(response)).toEqual({
    type: 'urn:problem:unhealthy',
    title: 'A part of the service cannot be reached.',
    status: 503,
    detail: 'Cannot be reached: queue, table.',
  });
});

test('storage is asked once for all who ask within two seconds, then again', async () => {
  const { ask, pass, probes } = setUp([[], ['table']]);
  const answers = await Promise.all([ask(), ask()]);
  pass(1999);
  answers.push(await ask());
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(probes()).toBe(1);
  pass(1);
  expect((await ask()).status).toBe(503);
  expect(probes()).toBe(2);
});
