// The judge on histories in which callers wait for the end: those that keep every promise, and those that break one.
// Made by hand; nothing of the app is imported.
import { ASKED, CLAIMED, DEADLINE, ended, fault, history, succeeded } from './hand-made-history';
import { append, type History } from './history';
import { judge } from './judge';
import { waitFiguresOf } from './judge-waits';

/** When `succeeded` has the end. */
const END = CLAIMED + 620;

/** Looked at `time`, and answered 10 ms later. */
function waiter(at: History, time: number, status: string | undefined): void {
  append(at.waits, 'a', { askedAt: ASKED + 100, answer: { lookedAt: time, at: time + 10, status } });
}

function expired(at: History): void {
  ended(at, 'expired', DEADLINE + 20_000);
  fault(at, 'a', 'kill');
}

const KEPT: Readonly<Record<string, (at: History) => void>> = {
  'answered the end': (at) => waiter(at, END + 1, 'succeeded'),
  'answered pending at its own end': (at) => waiter(at, CLAIMED + 200, 'running'),
  'answered pending at the moment of the end': (at) => waiter(at, END - 5, 'running'),
  'asked before it was accepted': (at) =>
    append(at.waits, 'a', { askedAt: ASKED, answer: { lookedAt: ASKED, at: ASKED + 5, status: undefined } }),
  'never answered': (at) => append(at.waits, 'a', { askedAt: ASKED + 100 }),
};

test.each(Object.entries(KEPT))('kept: %s', (_name, change) => {
  const at = history((made) => {
    succeeded(made);
    change(made);
  });
  expect(judge(at)).toEqual([]);
});

test.each([
  ['an end that it was not', END + 1, 'failed', 'false status', 'a waiter was answered failed, which it was not'],
  ['an end before it came', END - 50, 'succeeded', 'false status', 'a waiter was answered succeeded, which it was not'],
  [
    '404 after it was accepted',
    END,
    undefined,
    'false status',
    'a waiter was answered 404, although it had been accepted',
  ],
  ['pending long after the end', END + 2001, 'running', 'kept waiting', 'answered running 2001 ms after its end'],
])('broken: answered %s', (_name, time, status, promise, detail) => {
  const at = history((made) => {
    succeeded(made);
    waiter(made, time, status);
  });
  expect(judge(at)).toEqual([{ promise, clientContext: 'a', detail }]);
});

test('broken: answered that it waits for its press after its deadline, while nobody has ended it', () => {
  const at = history((made) => {
    expired(made);
    waiter(made, DEADLINE + 2500, 'accepted');
  });
  expect(judge(at)).toEqual([
    { promise: 'kept waiting', clientContext: 'a', detail: 'answered accepted 2500 ms after its end' },
  ]);
});

test('counts those who waited, and those who were answered an end', () => {
  const at = history((made) => {
    succeeded(made);
    waiter(made, CLAIMED + 200, 'running');
    waiter(made, END + 1, 'succeeded');
  });
  expect(waitFiguresOf(at)).toEqual({ waiters: 2, waitersServed: 1 });
});
