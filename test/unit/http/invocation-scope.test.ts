// Which invocation a log line belongs to, although the rules are made once for all of them.
import { InvocationContext } from '@azure/functions';
import { makeInvocationScope } from '../../../shared/http/invocation-scope';

function setUp() {
  const lines: string[] = [];
  const scope = makeInvocationScope(
    (context) =>
      (level, event, { clientContext }) =>
        void lines.push(`${context.invocationId} ${level} ${event} ${clientContext ?? ''}`),
  );
  return { lines, scope };
}

const context = (invocationId: string) => new InvocationContext({ functionName: 'sendTones', invocationId });

test('lines go to the invocation that called, also where two take turns', async () => {
  const { lines, scope } = setUp();
  const gates: (() => void)[] = [];
  const handler = scope.within(async (clientContext: string, _context: InvocationContext) => {
    scope.log('info', 'tones-claimed', { clientContext });
    await new Promise<void>((resolve) => gates.push(resolve));
    scope.log('info', 'tones-sent', { clientContext });
    return scope.current()?.invocationId;
  });
  const first = handler('a', context('one'));
  const second = handler('b', context('two'));
  for (const open of gates.reverse()) open();
  expect(await Promise.all([first, second])).toEqual(['one', 'two']);
  expect(lines).toEqual([
    'one info tones-claimed a',
    'two info tones-claimed b',
    'two info tones-sent b',
    'one info tones-sent a',
  ]);
});

test('outside of an invocation there is none, and a line is a fault', () => {
  const { lines, scope } = setUp();
  expect(scope.current()).toBeUndefined();
  expect(() => scope.log('info', 'tones-sent', {})).toThrow('the event tones-sent belongs to no invocation');
  expect(lines).toEqual([]);
});
