// The event log: one line an event at its level, and nothing of an error's message.
import { describeError, eventLogOf } from '../../../shared/http/event-log';
import { invocationOf } from '../../support/invocation';

test('an event is one line: its name, then its fields as JSON', () => {
  const { context, lines } = invocationOf('sendTones');
  eventLogOf(context)('info', 'tones-claimed', { clientContext: 'a\nb', callId: 'c', waits: 0, detail: undefined });
  expect(lines).toEqual(['tones-claimed {"clientContext":"a\\nb","callId":"c","waits":0}']);
});

test.each([
  ['info', 'information'],
  ['warn', 'warning'],
  ['error', 'error'],
] as const)('level %s is written as %s', (level, written) => {
  const { context, events } = invocationOf('sendTones');
  eventLogOf(context)(level, 'storage-failed', {});
  expect(events).toEqual([`${written} storage-failed`]);
});

test('an error is told by its name, code, status and place, never by its message', () => {
  const error = Object.assign(new TypeError('tone1 tone2 secret\n second line'), {
    code: 'ECONNREFUSED',
    statusCode: 503,
  });
  expect(describeError(error)).toMatch(/^TypeError ECONNREFUSED 503 at .*event-log\.test\.ts/);
  expect(describeError(error)).not.toContain('secret');
});

test.each([
  ['no place', undefined],
  ['an empty one', ''],
  ['no line of it', 'Error: s3cret'],
])('an error that has %s is described by its name alone, without gaps', (_what, stack) => {
  expect(describeError(Object.assign(new Error('s3cret'), { code: '', stack }))).toBe('Error');
});

test('a message that reads like a place is none', () => {
  expect(describeError(new Error('s3cret at noon (file.ts:1:1)'))).not.toContain('s3cret');
});

test.each([
  [undefined, 'undefined'],
  ['tone1', 'string'],
  [null, 'object'],
])('what is no error (%p) is told by its type only', (thrown, told) => {
  expect(describeError(thrown)).toBe(told);
});
