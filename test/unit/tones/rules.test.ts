// All rules, made from one set of ports: that each is there, and that they work on the same rows.
// What each rule does is in the tests of that rule.
import { makeRules } from '../../../shared/tones/rules';
import type { OutcomeEnds } from '../../../shared/tones/ports/rows';
import { T0, makeTonesPorts } from '../../support/tones-ports';

const REQUEST = { clientContext: 'order-42', callId: 'call-1', tones: ['tone1' as const], expiresInSeconds: 60 };

function setUp() {
  const test = makeTonesPorts();
  const { endRequest: _notOurs, ...ports } = test.ports;
  const ended: string[] = [];
  const ends: OutcomeEnds = {
    insert: async ({ clientContext, ...facts }, end) => {
      ended.push(end.status);
      return Promise.resolve(test.stored.outcomes.insert(clientContext, { clientContext, ...facts, ...end }));
    },
    end: async (key, end, etag) => {
      ended.push(end.status);
      return Promise.resolve(test.stored.outcomes.merge(key, end, etag));
    },
  };
  return { ...test, ports: { ...ports, ends }, ended };
}

test('every rule of the app is made', () => {
  const rules = makeRules(setUp().ports);
  expect(Object.values(rules).map((rule) => typeof rule)).toEqual(Array<string>(17).fill('function'));
});

test('a request goes from one rule to the next, and its end is written by the port of ends', async () => {
  const { ports, queued, ended } = setUp();
  const rules = makeRules(ports);
  await rules.accept(REQUEST);
  const [first] = queued;
  if (first === undefined) throw new Error('nothing was queued');
  await rules.press(first.message);
  expect(await rules.readOutcome('order-42')).toMatchObject({ status: 'running', operationId: 'op-1' });
  expect(ended).toEqual([]);
  await rules.recordReport({ ...REQUEST, operationId: 'op-1', completionReason: 'completedSuccessfully' });
  expect(ended).toEqual(['succeeded']);
  expect(await rules.readOutcome('order-42')).toMatchObject({ status: 'succeeded', finishedAt: T0 });
});

test('what nobody took from the poison queues ends by the rules that bury', async () => {
  const { ports, put, row, logged } = setUp();
  const etag = put({ clientContext: 'order-42', callId: 'call-1', expiresAt: T0 + 60_000 });
  const message = { ...REQUEST, expiresAt: T0 + 60_000, etag, waits: 0 };
  const left = [message];
  const removed: string[] = [];
  const rules = makeRules({
    ...ports,
    poison: {
      ...ports.poison,
      abandonedTones: async () =>
        Promise.resolve(
          left.splice(0).map((found) => ({
            message: found,
            remove: async () => Promise.resolve(void removed.push(found.clientContext)),
          })),
        ),
    },
  });
  await rules.buryAbandoned();
  expect(removed).toEqual(['order-42']);
  expect(row('order-42')?.status).toBe('failed');
  expect(logged.map(([, event]) => event)).not.toContain('storage-failed');
});
