// When the page looks again, and at what; and what it does with answers that are late.
import type { Answer, Api } from '../../../console/api';
import type { CallList, Outcome } from '../../../console/outcome';
import type { Trouble } from '../../../console/trouble';
import { Watch } from '../../../console/watch';
import { AT, sample } from './samples';

const ok = <T>(value: T): Answer<T> => ({ kind: 'ok', value, isPending: false });
const trouble = (what: Trouble): Answer<never> => ({ kind: 'trouble', trouble: what });
const list = (...requests: Outcome[]): Answer<CallList> => ok({ callId: 'call-1', requests, more: false });

function setUp(call: () => Answer<CallList>) {
  let now = AT;
  let isHidden = false;
  const asked: string[] = [];
  const waits: (number | undefined)[] = [];
  let next: (() => void) | undefined;
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const api: Api = {
    call: async (callId) => (asked.push(`list ${callId}`), call()),
    outcome: async (name) => (asked.push(name), ok(sample({ clientContext: name }))),
    enqueue: async () => trouble({ kind: 'unreachable' }),
    cancel: async () => trouble({ kind: 'unreachable' }),
  };
  const watch = new Watch({
    api,
    now: () => now,
    isHidden: () => isHidden,
    after: (ms, look) => {
      waits.push(ms);
      next = look;
      return () => (next = undefined);
    },
    onChange: () => {},
  });
  return {
    watch,
    asked,
    waits,
    hide: () => (isHidden = true),
    isWaiting: () => next !== undefined,
    pass: async (ms: number) => {
      now += ms;
      next?.();
      await settle();
    },
  };
}

const named = (count: number) => Array.from({ length: count }, (_, index) => sample({ clientContext: `r${index}` }));

test('nothing pending: it does not look again', async () => {
  const { watch, waits, isWaiting } = setUp(() => list(sample({ status: 'succeeded' })));
  await watch.show('call-1');
  expect([waits, isWaiting()]).toEqual([[], false]);
});

test('a few pending requests are asked for by name every second, the list every five', async () => {
  const { watch, asked, waits, pass } = setUp(() => list(...named(2)));
  await watch.show('call-1');
  for (let second = 1; second <= 6; second += 1) await pass(1000);
  const byName = ['r0', 'r1'];
  expect(asked).toEqual(['list call-1', ...[byName, byName, byName, byName].flat(), 'list call-1', ...byName]);
  expect(new Set(waits)).toEqual(new Set([1000]));
});

test('many pending requests are asked for as a list', async () => {
  const { watch, asked, pass } = setUp(() => list(...named(4)));
  await watch.show('call-1');
  await pass(1000);
  expect(asked).toEqual(['list call-1', 'list call-1']);
});

test('a hidden page looks every 15 seconds', async () => {
  const { watch, waits, hide, pass } = setUp(() => list(...named(1)));
  hide();
  await watch.show('call-1');
  await pass(15_000);
  expect(waits).toEqual([15_000, 15_000]);
});

test('after a trouble that passes by itself it looks less and less often', async () => {
  const { watch, waits, pass } = setUp(() => trouble({ kind: 'unreachable' }));
  await watch.show('call-1');
  for (let times = 0; times < 6; times += 1) await pass(15_000);
  expect(waits).toEqual([1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
});

test.each<Trouble>([{ kind: 'key' }, { kind: 'sign-in' }, { kind: 'refused', status: 400, detail: '', faults: [] }])(
  'after %p somebody has to do something first',
  async (what) => {
    const { watch, isWaiting } = setUp(() => trouble(what));
    await watch.show('call-1');
    expect(isWaiting()).toBe(false);
  },
);

test('an answer about the call before is dropped', async () => {
  let answer: (value: Answer<CallList>) => void = () => {};
  const slow = new Promise<Answer<CallList>>((resolve) => (answer = resolve));
  const { watch } = setUp(() => list());
  const api = (watch as unknown as { ports: { api: { call: (id: string) => Promise<Answer<CallList>> } } }).ports.api;
  const fast = api.call;
  api.call = () => slow;
  const first = watch.show('call-1');
  api.call = fast;
  await watch.show('call-2');
  answer(list(sample()));
  await first;
  expect([watch.call?.callId, watch.call?.requests]).toEqual(['call-2', []]);
});

test('what was answered about the same call counts under every spelling of its id; another call does not', async () => {
  const { watch } = setUp(() => list());
  await watch.show('call-1');
  watch.add(sample({ callId: 'CALL1' }));
  watch.add(sample({ callId: 'call-2', clientContext: 'other' }));
  expect(watch.call?.requests.map(({ outcome }) => outcome.clientContext)).toEqual(['order-42']);
});
