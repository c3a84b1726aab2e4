// Storage errors by status and code: what is a lost race, what is a missing table, and what is trouble.
import {
  isContainerMissing,
  isStale,
  statusOf,
  storageCodeOf,
  unlessMissing,
} from '../../../shared/storage/storage-errors';

/** As @azure/data-tables throws them. */
const tableError = (statusCode: number, code: string) =>
  Object.assign(new Error(code), { statusCode, details: { odataError: { code } } });
/** As @azure/storage-queue throws them. */
const queueError = (statusCode: number, code: string) =>
  Object.assign(new Error(code), { statusCode, code, details: { errorCode: code } });

test.each([
  ['the row exists', tableError(409, 'EntityAlreadyExists')],
  ['the row has another version', tableError(412, 'UpdateConditionNotSatisfied')],
  ['the row is gone', tableError(404, 'ResourceNotFound')],
])('a conditional write lost: %s', (_what, error) => {
  expect(isStale(error)).toBe(true);
  expect(isContainerMissing(error)).toBe(false);
});

test.each([
  ['the table is missing', tableError(404, 'TableNotFound')],
  ['the queue is missing', queueError(404, 'QueueNotFound')],
])('no race was lost: %s', (_what, error) => {
  expect(isStale(error)).toBe(false);
  expect(isContainerMissing(error)).toBe(true);
});

test.each([
  ['the service is busy', tableError(503, 'ServerBusy')],
  ['access is refused', tableError(403, 'AuthorizationFailure')],
  ['nobody answered', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })],
  ['null was thrown', null],
  ['text was thrown', 'TableNotFound'],
])('it is trouble: %s', (_what, error) => {
  expect(isStale(error)).toBe(false);
  expect(isContainerMissing(error)).toBe(false);
});

test('what is missing is as good as removed; what cannot be removed is trouble', () => {
  expect(() => unlessMissing(tableError(404, 'ResourceNotFound'))).not.toThrow();
  expect(() => unlessMissing(tableError(503, 'ServerBusy'))).toThrow('ServerBusy');
});

test('the status and code of an error are told, and undefined where it has none', () => {
  expect([statusOf(tableError(412, 'X')), storageCodeOf(tableError(412, 'X'))]).toEqual([412, 'X']);
  expect([statusOf(queueError(404, 'Y')), storageCodeOf(queueError(404, 'Y'))]).toEqual([404, 'Y']);
  expect([statusOf(undefined), storageCodeOf(undefined)]).toEqual([undefined, undefined]);
});
