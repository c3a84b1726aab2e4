// Graph's operation in every spelling that is documented or was seen, and what cannot be read.
// Unit tests of shared/graph/operation.
import { camelCaseEnum, fromGraphOperation, isEndStatus, numberOf } from '../../../shared/graph/operation';

const CALL = { callId: '57dab8b1-894c-409a-b240-bd8beae78896' };

test('the documented reply is read whole', () => {
  const resource = {
    '@odata.type': '#microsoft.graph.sendDtmfTonesOperation',
    status: 'running',
    clientContext: 'e0be71f1-a14f-4cec-b65a-e7aba5db7c53',
    id: 'd36fe651-9f50-484d-bd4b-1e6415eae448',
  };
  expect(fromGraphOperation(resource, CALL)).toEqual({
    callId: '57dab8b1-894c-409a-b240-bd8beae78896',
    clientContext: 'e0be71f1-a14f-4cec-b65a-e7aba5db7c53',
    operationId: 'd36fe651-9f50-484d-bd4b-1e6415eae448',
    status: 'running',
  });
});

test('PascalCase, numbers as strings and an annotation inside resultInfo are read', () => {
  const resource = {
    status: 'Completed',
    completionReason: 'CompletedSuccessfully',
    resultInfo: {
      '@odata.type': '#microsoft.graph.resultInfo',
      code: '200',
      subcode: '0',
      message: 'Action completed successfully.',
    },
  };
  expect(fromGraphOperation(resource, CALL)).toEqual({
    ...CALL,
    status: 'completed',
    completionReason: 'completedSuccessfully',
    resultInfo: { code: 200, subcode: 0, message: 'Action completed successfully.' },
  });
});

test.each([undefined, null, 'completed', 7, [], [{ status: 'completed' }], {}])('%j tells nothing', (resource) => {
  expect(fromGraphOperation(resource, CALL)).toStrictEqual(CALL);
});

test.each([{ code: 200 }, { subcode: 8508 }, { message: 'Done.' }])('a result of %j alone is kept', (resultInfo) => {
  expect(fromGraphOperation({ resultInfo }, CALL)).toStrictEqual({ ...CALL, resultInfo });
});

test('parts that cannot be read are absent, the others stay', () => {
  const resource = {
    id: 42,
    status: null,
    completionReason: { a: 1 },
    clientContext: ['x'],
    resultInfo: { code: 'many', subcode: 8508, message: '' },
  };
  expect(fromGraphOperation(resource, CALL)).toEqual({
    ...CALL,
    resultInfo: { codeIsUnreadable: true, subcode: 8508 },
  });
  expect(fromGraphOperation({ id: 'with space', resultInfo: [] }, CALL)).toEqual(CALL);
});

test.each([2_147_483_648, -2_147_483_649, 1e12, 200.5, '99999999999', '200 ', '', true, [200], { value: 200 }])(
  'the code and subcode %j are no Int32 and dropped, which is not the same as no code',
  (number) => {
    const resultInfo = { code: number, subcode: number, message: 'Done.' };
    expect(fromGraphOperation({ resultInfo }, CALL)).toEqual({
      ...CALL,
      resultInfo: { codeIsUnreadable: true, message: 'Done.' },
    });
    expect(fromGraphOperation({ resultInfo: { subcode: number } }, CALL)).toEqual(CALL);
    expect(fromGraphOperation({ resultInfo: { code: number } }, CALL)).toEqual({
      ...CALL,
      resultInfo: { codeIsUnreadable: true },
    });
  },
);

test('a code that is null is no code', () => {
  expect(fromGraphOperation({ resultInfo: { code: null, subcode: null, message: null } }, CALL)).toEqual(CALL);
});

test('a message is cut and cleaned, so that a table can hold it', () => {
  const { resultInfo } = fromGraphOperation({ resultInfo: { message: `a\u0000b\ud800c\n${'x'.repeat(2000)}` } }, CALL);
  expect(resultInfo?.message).toHaveLength(1024);
  expect(resultInfo?.message?.startsWith('a b c xxx')).toBe(true);
  const cutInside = fromGraphOperation({ resultInfo: { message: `${'x'.repeat(1023)}\u{1f600}` } }, CALL);
  expect(cutInside.resultInfo?.message).toBe(`${'x'.repeat(1023)} `);
});

const messageOf = (message: string) => fromGraphOperation({ resultInfo: { message } }, CALL).resultInfo?.message;
const codePoints = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

test('no control character of a message is stored: each becomes a space', () => {
  for (const point of [...codePoints(0x00, 0x1f), ...codePoints(0x7f, 0x9f), 0x2028, 0x2029])
    expect([point, messageOf(`a${String.fromCodePoint(point)}b`)]).toEqual([point, 'a b']);
});

test('no bidirectional control of a message is stored: each is left out', () => {
  for (const point of [0x061c, 0x200e, 0x200f, ...codePoints(0x202a, 0x202e), ...codePoints(0x2066, 0x2069)])
    expect([point, messageOf(`a${String.fromCodePoint(point)}b`)]).toEqual([point, 'ab']);
  expect(messageOf('\u202e\u2066')).toBeUndefined();
});

test('they count for nothing in the length of a message', () => {
  expect(messageOf(`${'\u202e'.repeat(2000)}${'x'.repeat(2000)}`)).toBe('x'.repeat(1024));
});

test('other characters of a message stay, also in scripts that are read from the right', () => {
  expect(messageOf('Größe \u05e9\u05dc\u05d5\u05dd \u{1f600} \u00a0~')).toBe(
    'Größe \u05e9\u05dc\u05d5\u05dd \u{1f600} \u00a0~',
  );
});

test.each([
  ['completedSuccessfully', 'completedSuccessfully'],
  ['CompletedSuccessfully', 'completedSuccessfully'],
  ['COMPLETEDSUCCESSFULLY', 'completedSuccessfully'],
  ['mediaoperationcanceled', 'mediaOperationCanceled'],
  ['NotStarted', 'notStarted'],
  ['Deleted', 'deleted'],
  ['RUNNING', 'running'],
  ['COMPLETED', 'completed'],
  ['FAILED', 'failed'],
  ['UNKNOWN', 'unknown'],
  ['UNKNOWNFUTUREVALUE', 'unknownFutureValue'],
  ['CREATED', 'created'],
  ['UPDATED', 'updated'],
  ['DELETED', 'deleted'],
  ['Some_Thing9', 'some_Thing9'],
  ['X', 'x'],
  ['x'.repeat(64), 'x'.repeat(64)],
  ['completed ', undefined],
  ['some-thing', undefined],
  ['SomethingNew', 'somethingNew'],
  ['', undefined],
  [' completed', undefined],
  ['9lives', undefined],
  ['x'.repeat(65), undefined],
  [null, undefined],
  [3, undefined],
])('the enum value %j is %j', (value, canonical) => {
  expect(camelCaseEnum(value)).toBe(canonical);
});

test.each([
  ['!', '!'],
  ['~'.repeat(256), '~'.repeat(256)],
  ['~'.repeat(257), undefined],
  ['', undefined],
  [' a', undefined],
  ['a ', undefined],
  ['a\u007f', undefined],
])('the operation id %j is %j', (id, operationId) => {
  expect(fromGraphOperation({ id }, CALL).operationId).toBe(operationId);
});

test.each([
  [0, 0],
  ['8508', 8508],
  ['-1', -1],
  ['-0', 0],
  [2147483647, 2147483647],
  [-2147483648, -2147483648],
  ['-2147483648', -2147483648],
  ['x1', undefined],
  ['1x', undefined],
  ['2147483648', undefined],
  [-2147483649, undefined],
  [1.5, undefined],
  ['1.5', undefined],
  ['0x10', undefined],
  ['', undefined],
  [' 1', undefined],
  [NaN, undefined],
  [null, undefined],
  [true, undefined],
])('the number %j is %j', (value, number) => {
  expect(numberOf(value)).toBe(number);
});

test('completed and failed are ends, nothing else is', () => {
  expect(['completed', 'failed', 'running', 'notStarted', 'somethingNew', undefined].map(isEndStatus)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});
