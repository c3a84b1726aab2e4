// Properties of the notification parser: whatever is sent, it neither throws nor dawdles, and a good item is read beside a bad one.
// The expectations of single payloads stand in notification-payload.test.ts.
import fc from 'fast-check';
import documentedBody from '../../fixtures/graph/documented-tones-completed.json';
import { parseNotifications } from '../../../shared/graph/notification-payload';

const CALL = '481f3600-983e-4276-9b59-c1b30ec8d125';
const OPERATION = 'd36fe651-9f50-484d-bd4b-1e6415eae448';
const OPERATION_URL = `/communications/calls/${CALL}/operations/${OPERATION}`;
const CONTEXT = 'e0be71f1-a14f-4cec-b65a-e7aba5db7c53';
const KINDS = ['operation-ended', 'call-state', 'ignored', 'unusable'];

describe('whatever is sent', () => {
  const parsesSafely = (body: Uint8Array | string) => {
    const parsed = parseNotifications(body);
    if (parsed.kind === 'malformed') return parsed.detail.length < 120;
    return parsed.items.every(({ kind }) => KINDS.includes(kind));
  };
  const words = fc.constantFrom(
    'value',
    'changeType',
    'resource',
    'resourceUrl',
    'resourceData',
    '@odata.type',
    'status',
    'clientContext',
    'id',
    'state',
    'mediaState',
    'resultInfo',
    '__proto__',
    'constructor',
    'toString',
  );
  const strings = fc.constantFrom(
    'deleted',
    'completed',
    OPERATION_URL,
    '/app/calls/x',
    '#microsoft.graph.call',
    '#microsoft.graph.sendDtmfTonesOperation',
    'terminated',
    '',
  );
  const { node: json } = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 5 },
      strings,
      fc.jsonValue(),
      fc.constant(null),
      fc.array(tie('node'), { maxLength: 5 }),
      fc.dictionary(words, tie('node'), { maxKeys: 8 }),
    ),
  }));

  it('never throws for arbitrary bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), parsesSafely), { numRuns: 2_000 });
  });

  it('never throws for arbitrary text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 400 }), parsesSafely), { numRuns: 2_000 });
  });

  it('never throws for arbitrary JSON with the words of notifications in it', () => {
    fc.assert(
      fc.property(
        json,
        (value) => parsesSafely(JSON.stringify(value)) && parsesSafely(JSON.stringify({ value: [value] })),
      ),
      { numRuns: 5_000 },
    );
  });

  it('reads a documented item beside a mutilated one', () => {
    const documented = documentedBody.value[0];
    const text = JSON.stringify(documented);
    const mutilated = fc.tuple(fc.nat(30), json).map(([position, replacement]) => {
      let index = 0;
      // Replaces the member that comes at that position of a walk through the payload.
      return JSON.parse(text, (_, member: unknown) => (index++ === position ? replacement : member)) as unknown;
    });
    fc.assert(
      fc.property(mutilated, (item) => {
        const parsed = parseNotifications(JSON.stringify({ value: [item ?? null, documented] }));
        // A replaced resourceData can hold more ends than are allowed; nothing here is that large.
        expect(parsed.kind === 'items' && parsed.items.at(-1)).toMatchObject({
          kind: 'operation-ended',
          report: { clientContext: CONTEXT, callId: CALL },
        });
      }),
      { numRuns: 3_000 },
    );
  });

  it('reads every spelling of enum values and ids alike', () => {
    const cased = (word: string) =>
      fc
        .array(fc.boolean(), { minLength: word.length, maxLength: word.length })
        .map((ups) => [...word].map((c, i) => (ups[i] ? c.toUpperCase() : c)).join(''));
    fc.assert(
      fc.property(
        cased('completed'),
        cased('mediaoperationcanceled'),
        cased('#microsoft.graph.senddtmftonesoperation'),
        cased('deleted'),
        (status, completionReason, type, changeType) => {
          const resourceData = { '@odata.type': type, status, completionReason, clientContext: 'c', id: OPERATION };
          expect(parseNotifications(JSON.stringify({ changeType, resourceUrl: OPERATION_URL, resourceData }))).toEqual({
            kind: 'items',
            items: [
              {
                kind: 'operation-ended',
                report: {
                  clientContext: 'c',
                  callId: CALL,
                  operationId: OPERATION,
                  status: 'completed',
                  completionReason: 'mediaOperationCanceled',
                },
              },
            ],
          });
        },
      ),
    );
  });

  const SIZE = 256 * 1024;
  it.each([
    ['deep arrays', `{"value":[${'['.repeat(SIZE / 2)}${']'.repeat(SIZE / 2)}]}`],
    ['deep objects', `{"value":[${'{"resourceData":'.repeat(15_000)}1${'}'.repeat(15_000)}]}`],
    ['unclosed arrays', '['.repeat(SIZE)],
    ['a URL of slashes', `{"value":[{"resourceUrl":"${'/'.repeat(SIZE)}"}]}`],
    ['a URL of calls', `{"value":[{"resourceUrl":"${'calls/'.repeat(SIZE / 6)}"}]}`],
    ['a URL of question marks', `{"value":[{"resourceUrl":"${'?'.repeat(SIZE)}"}]}`],
    ['many elements', `{"value":[{"resourceData":[${'1,'.repeat(SIZE / 2)}1]}]}`],
    [
      'a long context',
      `{"value":[{"resourceUrl":"${OPERATION_URL}","resourceData":{"status":"completed","clientContext":"${'x'.repeat(SIZE)}"}}]}`,
    ],
    [
      'a type of dots',
      `{"value":[{"resourceUrl":"${OPERATION_URL}","resourceData":{"@odata.type":"${'.#'.repeat(SIZE / 2)}"}}]}`,
    ],
  ])('of 256 KiB takes no time worth naming: %s', (_, body) => {
    const startedAt = performance.now();
    parseNotifications(body);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});
