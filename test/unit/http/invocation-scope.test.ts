// The invocation under way: a line goes to the invocation that called, also where two of them take turns at every await.
import { makeInvocationScope } from '../../../shared/http/invocation-scope';
import { eventLogOf } from '../../../shared/http/event-log';
import { invocationOf } from '../../support/invocation';

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/** A rule that is made once for all invocations, as those of the app are. */
function makeRule({ log }: { readonly log: ReturnType<typeof makeInvocationScope>['log'] }) {
  return async function rule(clientContext: string, turns: number): Promise<string> {
    for (let turn = 0; turn < turns; turn += 1) {
      log('info', 'tones-waiting', { clientContext, waits: turn });
      await nextTurn();
    }
    await Promise.all([1, 2].map(async (count) => (await nextTurn(), log('warn', 'tones-duplicate', { count }))));
    return `${clientContext} is done`;
  };
}

const makeScope = () => makeInvocationScope(eventLogOf);

test('two invocations that take turns have their own lines, each in its order', async () => {
  const scope = makeScope();
  const rule = makeRule(scope);
  const handler = scope.within((clientContext: string) => rule(clientContext, 3));
  const [first, second] = [invocationOf('sendTones'), invocationOf('sendTones')];
  expect(await Promise.all([handler('a', first.context), handler('b', second.context)])).toEqual([
    'a is done',
    'b is done',
  ]);
  const linesOf = (clientContext: string) => [
    `tones-waiting {"clientContext":"${clientContext}","waits":0}`,
    `tones-waiting {"clientContext":"${clientContext}","waits":1}`,
    `tones-waiting {"clientContext":"${clientContext}","waits":2}`,
    'tones-duplicate {"count":1}',
    'tones-duplicate {"count":2}',
  ];
  expect(first.lines).toEqual(linesOf('a'));
  expect(second.lines).toEqual(linesOf('b'));
});

test('the invocation under way is the one that the handler was given, also after an await, and none outside', async () => {
  const scope = makeScope();
  const { context } = invocationOf('toneOutcome');
  const seen: unknown[] = [scope.current()];
  await scope.within(async (_first: string, given) => {
    seen.push(given, scope.current());
    await nextTurn();
    seen.push(scope.current());
  })('request', context);
  expect(seen).toEqual([undefined, context, context, context]);
  expect(scope.current()).toBeUndefined();
});

test('what the handler gives or throws is handed on', async () => {
  const scope = makeScope();
  const { context } = invocationOf('toneOutcome');
  expect(scope.within((first: number) => first + 1)(41, context)).toBe(42);
  expect(() =>
    scope.within(() => {
      throw new RangeError('down');
    })(1, context),
  ).toThrow(RangeError);
  await expect(scope.within(() => Promise.reject(new RangeError('down')))(1, context)).rejects.toThrow(RangeError);
});

test('a line that belongs to no invocation is thrown, as it would be lost, and nothing of its fields is in the error', () => {
  const { log } = makeScope();
  expect(() => log('info', 'tones-sent', { clientContext: 'order-42' })).toThrow(
    /^the event tones-sent belongs to no invocation$/,
  );
});
