// The table of Graph's refusals, written out by hand from graph-facts.md.
// Unit tests of shared/graph/errors.
import { GRAPH_ERRORS, meaningOfRefusal } from '../../../shared/graph/errors';

const PLATFORM_CODES = [
  ['7503', 'app-not-registered', 'permanent'],
  ['7504', 'permission-missing', 'permanent'],
  ['7505', 'tenant-not-permitted', 'permanent'],
  ['7507', 'source-not-permitted', 'permanent'],
  ['8522', 'call-not-found', 'permanent'],
  ['8543', 'call-does-not-exist', 'permanent'],
  ['8528', 'call-terminated', 'permanent'],
  ['8523', 'invalid-argument', 'permanent'],
  ['8501', 'call-not-established', 'wait'],
  ['8503', 'audio-inactive', 'wait'],
  ['8504', 'no-media-stream', 'wait'],
  ['8585', 'wrong-call-state', 'wait'],
  ['8500', 'media-busy', 'wait'],
  ['8519', 'operation-conflict', 'wait'],
  ['8583', 'precondition-failed', 'wait'],
  ['8516', 'throttled', 'wait'],
  ['8508', 'operation-canceled', 'canceled'],
] as const;

test.each(PLATFORM_CODES)('platform code %s means %s (%s), whatever the status', (platformCode, code, errorClass) => {
  expect(meaningOfRefusal(400, platformCode)).toEqual({ code, class: errorClass });
  expect(meaningOfRefusal(403, platformCode)).toEqual({ code, class: errorClass });
});

test('the table holds these codes and no other', () => {
  expect([...GRAPH_ERRORS.keys()].toSorted()).toEqual(PLATFORM_CODES.map(([platformCode]) => platformCode).toSorted());
});

test.each([
  [400, 'invalid-argument', 'permanent'],
  [401, 'graph-unauthorized', 'permanent'],
  [403, 'graph-forbidden', 'permanent'],
  [404, 'call-not-found', 'permanent'],
  [409, 'operation-conflict', 'wait'],
  [412, 'precondition-failed', 'wait'],
  [429, 'throttled', 'wait'],
  [405, 'graph-refused', 'permanent'],
  [422, 'graph-refused', 'permanent'],
  [308, 'graph-refused', 'permanent'],
] as const)('HTTP %i without a known code means %s (%s)', (status, code, errorClass) => {
  expect(meaningOfRefusal(status, undefined)).toEqual({ code, class: errorClass });
  expect(meaningOfRefusal(status, 'UnknownError')).toEqual({ code, class: errorClass });
});

test('a 429 is a throttle whatever its code says', () => {
  expect(meaningOfRefusal(429, '8522')).toEqual({ code: 'throttled', class: 'wait' });
});
