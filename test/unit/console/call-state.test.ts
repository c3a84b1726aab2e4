// The call that is shown: lists and single answers in any order.
import { emptyCall, withList, withOutcome, type ShownCall } from '../../../console/call-state';
import { AT, sample } from './samples';

const named = (clientContext: string, acceptedAt: number, status = 'accepted') =>
  sample({ clientContext, acceptedAt: AT + acceptedAt, status });
const namesOf = ({ requests }: ShownCall) =>
  requests.map(({ outcome }) => `${outcome.clientContext} ${outcome.status}`);
const list = (...requests: ReturnType<typeof sample>[]) => ({ callId: 'call-1', requests, more: false });

test('a request just sent stands first, until the list has it', () => {
  const listed = withList(emptyCall('call-1'), list(named('a', 1)), AT);
  const sent = withOutcome(listed, named('b', 2), AT, [{ pauseMs: 0, keyCount: 2 }]);
  expect(namesOf(sent)).toEqual(['b accepted', 'a accepted']);
  const late = withList(sent, list(named('a', 1)), AT);
  expect(namesOf(late)).toEqual(['b accepted', 'a accepted']);
  const both = withList(late, list(named('b', 2, 'running'), named('a', 1)), AT);
  expect(namesOf(both)).toEqual(['b running', 'a accepted']);
  expect(both.requests[0]?.sent).toEqual([{ pauseMs: 0, keyCount: 2 }]);
});

test('an older one that was found by its name stays last', () => {
  const listed = withList(emptyCall('call-1'), list(named('c', 3), named('b', 2)), AT);
  const found = withOutcome(listed, named('a', 1), AT);
  expect(namesOf(found)).toEqual(['c accepted', 'b accepted', 'a accepted']);
  expect(namesOf(withList(found, list(named('c', 3), named('b', 2)), AT))).toEqual(namesOf(found));
});

test('a late answer takes no end back', () => {
  const ended = withOutcome(emptyCall('call-1'), named('a', 1, 'canceled'), AT);
  expect(namesOf(withList(ended, list(named('a', 1, 'accepted')), AT))).toEqual(['a canceled']);
});

test('facts of the call are those of the last list', () => {
  const first = withList(emptyCall('call-1'), { ...list(), state: 'established' }, AT);
  expect(first.state).toBe('established');
  expect(withList(first, { ...list(), state: 'terminated', endedAt: AT }, AT)).toMatchObject({
    state: 'terminated',
    endedAt: AT,
  });
});
