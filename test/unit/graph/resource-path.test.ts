// Which paths name a call, or a part of one; the notifications that hold them are in notification-payload.test.ts.
import { readResourcePath } from '../../../shared/graph/resource-path';

test.each([
  ['/communications/calls/c1', { callId: 'c1' }],
  ['app/calls/c1', { callId: 'c1' }],
  ['https://graph.microsoft.com/v1.0//Communications/Calls/C1/?x=/operations', { callId: 'C1' }],
  ['/communications/calls/c1#x', { callId: 'c1' }],
  ['/communications/calls/c1/Operations', { callId: 'c1', part: 'operations' }],
  ['/communications/calls/c1/operations/O1/more', { callId: 'c1', part: 'operations', partId: 'O1' }],
  ['/calls/communications/calls/c1', { callId: 'c1' }],
])('%s names %j', (path, named) => {
  expect(readResourcePath(path)).toStrictEqual(named);
});

test.each([
  '',
  '/communications/calls',
  '/communications/calls/?c1',
  '/communications/calls/c%2F1',
  '/communications/onlineMeetings/c1',
  '/communications/users/calls/c1',
  '/calls/c1',
  'calls/c1',
  42,
  null,
])('%p names no call', (path) => {
  expect(readResourcePath(path)).toBeUndefined();
});
