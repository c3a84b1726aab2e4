// The W3C traceparent: read and written as the recommendation says, whoever sent it.
import { fromTraceparent, toTraceparent } from '../../../shared/telemetry/trace-parent';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

test('a recorded and an unrecorded parent are read, and written as they were', () => {
  expect(fromTraceparent(`00-${TRACE}-${SPAN}-01`)).toEqual({ traceId: TRACE, spanId: SPAN, traceFlags: 1 });
  expect(fromTraceparent(`00-${TRACE}-${SPAN}-00`)).toEqual({ traceId: TRACE, spanId: SPAN, traceFlags: 0 });
  expect(toTraceparent({ traceId: TRACE, spanId: SPAN, traceFlags: 1 })).toBe(`00-${TRACE}-${SPAN}-01`);
  expect(toTraceparent({ traceId: TRACE, spanId: SPAN, traceFlags: 0 })).toBe(`00-${TRACE}-${SPAN}-00`);
});

test('flags that nobody knows are left out', () => {
  expect(fromTraceparent(`00-${TRACE}-${SPAN}-03`)).toEqual({ traceId: TRACE, spanId: SPAN, traceFlags: 1 });
  expect(toTraceparent({ traceId: TRACE, spanId: SPAN, traceFlags: 255 })).toBe(`00-${TRACE}-${SPAN}-01`);
});

test('a later version is read as far as it is known', () => {
  expect(fromTraceparent(`cc-${TRACE}-${SPAN}-01-what-comes-later`)).toEqual({
    traceId: TRACE,
    spanId: SPAN,
    traceFlags: 1,
  });
});

test.each([
  ['nothing', undefined],
  ['an empty text', ''],
  ['a trace of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
  ['a span of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
  ['upper case', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
  ['the version ff', `ff-${TRACE}-${SPAN}-01`],
  ['more behind version 00', `00-${TRACE}-${SPAN}-01-more`],
  ['a short trace', `00-${TRACE.slice(1)}-${SPAN}-01`],
  ['a request id of Application Insights', `|${TRACE}.${SPAN}.`],
])('%s is none', (_what, text) => {
  expect(fromTraceparent(text)).toBeUndefined();
});
