// One after the other in this process, by a key: their order, and that nobody waits for ever.
import { makeTurns } from '../../shared/turns';

/** Work that ends when it is told to. */
function open(log: string[], name: string) {
  let end: (error?: Error) => void = () => undefined;
  const ended = new Promise<string>((resolve, reject) => {
    end = (error) => (error ? reject(error) : resolve(name));
  });
  const work = () => {
    log.push(name);
    return ended;
  };
  return { work, end: (error?: Error) => end(error) };
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

test('what has the same key begins when what was before it has ended', async () => {
  const inTurn = makeTurns();
  const log: string[] = [];
  const [a, b, c] = ['a', 'b', 'c'].map((name) => open(log, name)) as [Open, Open, Open];
  const results = [a, b, c].map(({ work }) => inTurn('call', work));
  await settled();
  expect(log).toEqual(['a']);
  a.end();
  await settled();
  expect(log).toEqual(['a', 'b']);
  b.end();
  c.end();
  expect(await Promise.all(results)).toEqual(['a', 'b', 'c']);
});

type Open = ReturnType<typeof open>;

test('other keys do not wait', async () => {
  const inTurn = makeTurns();
  const log: string[] = [];
  void inTurn('one', open(log, 'a').work);
  void inTurn('other', open(log, 'b').work);
  await settled();
  expect(log).toEqual(['a', 'b']);
});

test('a failure is its own: the next one goes on', async () => {
  const inTurn = makeTurns();
  const log: string[] = [];
  const first = open(log, 'a');
  const second = open(log, 'b');
  const failing = expect(inTurn('call', first.work)).rejects.toThrow('storage');
  const next = inTurn('call', second.work);
  first.end(new Error('storage'));
  second.end();
  await failing;
  expect(await next).toBe('b');
});

test('nobody waits longer than the limit for what hangs', async () => {
  const inTurn = makeTurns(20);
  const log: string[] = [];
  void inTurn('call', open(log, 'hangs').work);
  const second = open(log, 'b');
  second.end();
  expect(await inTurn('call', second.work)).toBe('b');
});

test('what comes when all has ended begins at once', async () => {
  const inTurn = makeTurns();
  const log: string[] = [];
  const first = open(log, 'a');
  first.end();
  await inTurn('call', first.work);
  await settled();
  void inTurn('call', open(log, 'b').work);
  expect(log).toEqual(['a', 'b']);
});
