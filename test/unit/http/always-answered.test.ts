// A handler that throws is answered nevertheless, and says nothing of what it met.
import type { HttpHandler } from '@azure/functions';
import { alwaysAnswered } from '../../../shared/http/always-answered';
import type { EventLog } from '../../../shared/tones/event-log';
import { get, invocationOf } from '../../support/invocation';

const { context } = invocationOf('toneOutcome');

function logged() {
  const events: Parameters<EventLog>[] = [];
  const log: EventLog = (...event) => events.push(event);
  return { events, log };
}

test('an answer is passed on as it is', async () => {
  const { events, log } = logged();
  const answer = { status: 204 };
  expect(await alwaysAnswered(log, () => answer)(get('/'), context)).toBe(answer);
  expect(events).toEqual([]);
});

const FAILING: readonly (readonly [how: string, handler: HttpHandler])[] = [
  ['throws', () => { throw new TypeError('the PIN is 4711'); }], // prettier-ignore
  ['rejects', () => Promise.reject(new TypeError('the PIN is 4711'))],
];

test.each(FAILING)(
  'a handler that %s is an empty 500, and the log has the kind of the error alone',
  async (_, handler) => {
    const { events, log } = logged();
    expect(await alwaysAnswered(log, handler)(get('/'), context)).toEqual({
      status: 500,
      headers: { 'Cache-Control': 'no-store' },
    });
    expect(events).toEqual([
      ['error', 'unexpected-failure', { detail: expect.stringMatching(/^TypeError at /) as string }],
    ]);
    expect(JSON.stringify(events)).not.toContain('4711');
  },
);
