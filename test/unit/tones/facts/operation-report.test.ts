// What the end of an operation came to: Graph's `completed` alone is not success.
import fc from 'fast-check';
import { judge, type OperationReport } from '../../../../shared/tones/facts/operation-report';

const REPORT: OperationReport = { clientContext: 'order-42', callId: 'c1' };

test.each([
  ['succeeded', 'completed, completedSuccessfully', { status: 'completed', completionReason: 'completedSuccessfully' }],
  [
    'succeeded',
    'the same with code 200 and subcode 0',
    { status: 'completed', completionReason: 'completedSuccessfully', resultInfo: { code: 200, subcode: 0 } },
  ],
  ['succeeded', 'the same with code 299', { completionReason: 'completedSuccessfully', resultInfo: { code: 299 } }],
  ['succeeded', 'deleted without a status', { completionReason: 'completedSuccessfully' }],
  [
    'succeeded',
    'with a resultInfo that has no code',
    { status: 'completed', completionReason: 'completedSuccessfully', resultInfo: { message: 'fine' } },
  ],
  ['canceled', 'documented error 1', { status: 'completed', completionReason: 'mediaOperationCanceled' }],
  ['canceled', 'the subcode alone', { status: 'failed', resultInfo: { code: 400, subcode: 8508 } }],
  [
    'canceled',
    'the subcode beside success',
    { status: 'completed', completionReason: 'completedSuccessfully', resultInfo: { code: 200, subcode: 8508 } },
  ],
  ['failed', 'documented error 2', { status: 'completed', completionReason: 'unknown' }],
  ['failed', 'completed and nothing else', { status: 'completed' }],
  ['failed', 'nothing at all', {}],
  ['failed', 'a reason that Graph added later', { status: 'completed', completionReason: 'unknownFutureValue' }],
  ['failed', 'a status that contradicts the reason', { status: 'failed', completionReason: 'completedSuccessfully' }],
  [
    'failed',
    'a code that contradicts the reason',
    { status: 'completed', completionReason: 'completedSuccessfully', resultInfo: { code: 500 } },
  ],
  ['failed', 'code 300', { completionReason: 'completedSuccessfully', resultInfo: { code: 300 } }],
  ['failed', 'code 199', { completionReason: 'completedSuccessfully', resultInfo: { code: 199 } }],
  ['failed', 'code 0', { completionReason: 'completedSuccessfully', resultInfo: { code: 0 } }],
  [
    'failed',
    'a code that cannot be read',
    { status: 'completed', completionReason: 'completedSuccessfully', resultInfo: { codeIsUnreadable: true } },
  ],
] as const)('it is %s: %s', (status, _what, told) => {
  expect(judge({ ...REPORT, ...told })).toBe(status);
});

test('without the word completedSuccessfully nothing is ever a success', () => {
  const reasons = fc.option(
    fc.string().filter((reason) => reason !== 'completedSuccessfully'),
    { nil: undefined },
  );
  const codes = fc.option(fc.integer(), { nil: undefined });
  fc.assert(
    fc.property(
      reasons,
      codes,
      fc.constantFrom('completed', 'running', undefined),
      (completionReason, code, status) => {
        const report = {
          ...REPORT,
          ...(completionReason !== undefined && { completionReason }),
          ...(status && { status }),
          ...(code !== undefined && { resultInfo: { code } }),
        };
        expect(judge(report)).not.toBe('succeeded');
      },
    ),
  );
});
