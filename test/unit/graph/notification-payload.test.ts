// What notification bodies are read as: the documented ones, live-like ones, and whatever else can be sent.
// Fixtures are whole payloads; expectations are written by hand.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseNotifications, type NotificationItem } from '../../../shared/graph/notification-payload';

const CALL = '481f3600-983e-4276-9b59-c1b30ec8d125';
const OPERATION = 'd36fe651-9f50-484d-bd4b-1e6415eae448';
const OPERATION_URL = `/communications/calls/${CALL}/operations/${OPERATION}`;
const CONTEXT = 'e0be71f1-a14f-4cec-b65a-e7aba5db7c53';

const fixture = (name: string) => readFileSync(join(__dirname, '../../fixtures/graph', `${name}.json`));

function itemsOf(body: Uint8Array | string): readonly NotificationItem[] {
  const parsed = parseNotifications(body);
  if (parsed.kind !== 'items') throw new Error(`malformed: ${parsed.detail}`);
  return parsed.items;
}

/** What one notification is read as. */
const read = (notification: unknown) => itemsOf(JSON.stringify({ value: [notification] }));

const TONES_ENDED = {
  '@odata.type': '#microsoft.graph.sendDtmfTonesOperation',
  status: 'completed',
  clientContext: 'c',
  id: OPERATION,
};
const ENDED_REPORT = {
  kind: 'operation-ended',
  report: { clientContext: 'c', callId: CALL, operationId: OPERATION, status: 'completed' },
};

describe('the documented payloads', () => {
  it.each([
    ['completed', 'completedSuccessfully'],
    ['canceled', 'mediaOperationCanceled'],
    ['unknown', 'unknown'],
  ])('reads "%s" as the end of the operation', (name, completionReason) => {
    expect(parseNotifications(fixture(`documented-tones-${name}`))).toEqual({
      kind: 'items',
      items: [
        {
          kind: 'operation-ended',
          report: {
            clientContext: CONTEXT,
            callId: CALL,
            operationId: OPERATION,
            status: 'completed',
            completionReason,
          },
        },
      ],
    });
  });
});

describe('live-like payloads', () => {
  it('reads PascalCase, the older resource only, dash-less ids, string codes and a missing id', () => {
    expect(itemsOf(fixture('live-tones-pascal-case'))).toEqual([
      {
        kind: 'operation-ended',
        report: {
          clientContext: 'order-42',
          callId: '481F3600983E42769B59C1B30EC8D125',
          operationId: 'D36FE6519F50484DBD4B1E6415EAE448',
          status: 'completed',
          completionReason: 'completedSuccessfully',
          resultInfo: { code: 200, subcode: 0, message: 'Action completed successfully.' },
        },
      },
    ]);
  });

  it('reads one notification by itself, without a type, from an absolute URL with trailing slash and query', () => {
    expect(itemsOf(fixture('live-tones-single'))).toEqual([
      {
        kind: 'operation-ended',
        report: {
          clientContext: ' order 43 ',
          callId: '57dab8b1-894c-409a-b240-bd8beae78896',
          operationId: '0fe0623f-d628-42ed-b4bd-8ac290072cc5',
          status: 'failed',
          completionReason: 'somethingNew',
          resultInfo: { code: 500, subcode: 8508, message: 'Canceled.' },
        },
      },
    ]);
  });

  it('reads a batch of everything that one call tells', () => {
    const callId = '421f0c00-9cd6-4e58-8f3f-0d8a4e6b7a11';
    expect(itemsOf(fixture('live-batch'))).toEqual([
      { kind: 'call-state', callId, state: 'established', audio: 'active', ended: false },
      { kind: 'ignored', reason: 'other-resource', callId },
      { kind: 'ignored', reason: 'other-resource', callId },
      { kind: 'ignored', reason: 'other-resource', callId },
      { kind: 'ignored', reason: 'other-operation', callId },
      {
        kind: 'operation-ended',
        report: {
          clientContext: 'order-44',
          callId: '421F0C009CD64E588F3F0D8A4E6B7A11',
          operationId: '1b2c3d4e-0000-4000-8000-00000000abcd',
          status: 'completed',
          completionReason: 'completedSuccessfully',
          resultInfo: { code: 200, subcode: 0 },
        },
      },
      { kind: 'call-state', callId, state: 'terminated', ended: true },
    ]);
  });
});

describe('the path of an item', () => {
  it.each([
    OPERATION_URL,
    `${OPERATION_URL}/`,
    `${OPERATION_URL}?a=/communications/calls/other`,
    `${OPERATION_URL}#fragment`,
    OPERATION_URL.slice(1),
    `/v1.0${OPERATION_URL}`,
    `https://graph.microsoft.com/beta${OPERATION_URL}`,
    `/app/calls/${CALL}/operations/${OPERATION}`,
    `/Communications/Calls/${CALL}/Operations/${OPERATION}`,
    `//communications//calls//${CALL}//operations//${OPERATION}//`,
  ])('names the call and the operation in %s', (resourceUrl) => {
    expect(read({ resourceUrl, resourceData: { ...TONES_ENDED, id: undefined } })).toEqual([ENDED_REPORT]);
  });

  it.each([
    [{ resourceUrl: null, resource: OPERATION_URL }],
    [{ resourceUrl: 'elsewhere', resource: OPERATION_URL }],
    [{ resourceUrl: 42, resource: OPERATION_URL }],
    [{ resourceUrl: OPERATION_URL, resource: '/app/calls/another' }],
    [{ resourceData: { ...TONES_ENDED, '@odata.id': OPERATION_URL } }],
  ])('is resourceUrl, else resource, else @odata.id: %j', (members) => {
    expect(read({ resourceData: TONES_ENDED, ...members })).toEqual([ENDED_REPORT]);
  });

  it.each([
    undefined,
    null,
    '',
    '/',
    '/communications/calls',
    '/communications/calls/',
    `/calls/${CALL}`,
    '/communications/calls/a%2Fb',
    '/communications/calls/a b',
    `/communications/calls/${'x'.repeat(129)}`,
    '/communications/calls/..',
    '?/communications/calls/x',
    ['/communications/calls/x'],
  ])('names no call in %j: ignored', (resourceUrl) => {
    expect(read({ resourceUrl, resourceData: TONES_ENDED })).toEqual([{ kind: 'ignored', reason: 'call-unreadable' }]);
  });

  it('gives the id of the operation only where the resource has none that can be read', () => {
    for (const id of [undefined, null, '', 7, 'with space', 'x'.repeat(257)]) {
      expect(read({ resourceUrl: OPERATION_URL, resourceData: { ...TONES_ENDED, id } })).toEqual([ENDED_REPORT]);
    }
    expect(read({ resourceUrl: OPERATION_URL, resourceData: { ...TONES_ENDED, id: 'own' } })).toEqual([
      { ...ENDED_REPORT, report: { ...ENDED_REPORT.report, operationId: 'own' } },
    ]);
    expect(read({ resourceUrl: `/app/calls/${CALL}`, resourceData: { ...TONES_ENDED, id: null } })).toEqual([
      { kind: 'operation-ended', report: { clientContext: 'c', callId: CALL, status: 'completed' } },
    ]);
    expect(
      read({ resourceUrl: `/app/calls/${CALL}/participants/7`, resourceData: { ...TONES_ENDED, id: null } }),
    ).toEqual([{ kind: 'operation-ended', report: { clientContext: 'c', callId: CALL, status: 'completed' } }]);
  });
});

describe('the end of an operation', () => {
  it.each([
    ['completed', 'updated', true],
    ['failed', 'updated', true],
    ['Completed', undefined, true],
    ['FAILED', null, true],
    ['running', 'deleted', true],
    ['notStarted', 'Deleted', true],
    [null, 'DELETED', true],
    [undefined, 'deleted', true],
    ['running', 'updated', false],
    ['notStarted', 'created', false],
    [null, null, false],
    [7, 'updated', false],
    ['completedSuccessfully', 'updated', false],
  ])('status %p, changeType %p: %p', (status, changeType, ended) => {
    const [item] = read({ changeType, resourceUrl: OPERATION_URL, resourceData: { ...TONES_ENDED, status } });
    expect(item).toMatchObject(
      ended ? { kind: 'operation-ended' } : { kind: 'ignored', reason: 'operation-not-ended', callId: CALL },
    );
  });

  it.each([
    '#microsoft.graph.sendDtmfTonesOperation',
    '#Microsoft.Graph.SendDtmfTonesOperation',
    'microsoft.graph.sendDTMFTonesOperation',
    '#sendDtmfTonesOperation',
    'SENDDTMFTONESOPERATION',
    '',
    null,
    undefined,
    5,
  ])('is one of tones with the type %p', (type) => {
    expect(read({ resourceUrl: OPERATION_URL, resourceData: { ...TONES_ENDED, '@odata.type': type } })).toEqual([
      ENDED_REPORT,
    ]);
  });

  it.each([
    'playPromptOperation',
    'recordOperation',
    'muteParticipantOperation',
    'inviteParticipantsOperation',
    'cancelMediaProcessingOperation',
    'commsOperation',
    'NotSendDtmfTonesOperation',
  ])('of another type, %s, is ignored whatever its path and context', (type) => {
    expect(
      read({
        changeType: 'deleted',
        resourceUrl: OPERATION_URL,
        resourceData: { ...TONES_ENDED, '@odata.type': `#microsoft.graph.${type}` },
      }),
    ).toEqual([{ kind: 'ignored', reason: 'other-operation', callId: CALL }]);
  });

  it.each([undefined, null])('without clientContext (%p) is unusable', (clientContext) => {
    expect(read({ resourceUrl: OPERATION_URL, resourceData: { ...TONES_ENDED, clientContext } })).toEqual([
      { kind: 'unusable', reason: 'client-context-missing', callId: CALL, operationId: OPERATION },
    ]);
  });

  it.each(['', 'x'.repeat(257), 'é', 'a\nb', 'a\u007f', '\ud800', 42, {}, ['c']])(
    'with the clientContext %j is unusable',
    (clientContext) => {
      expect(read({ resourceUrl: OPERATION_URL, resourceData: { ...TONES_ENDED, clientContext } })).toEqual([
        { kind: 'unusable', reason: 'client-context-invalid', callId: CALL, operationId: OPERATION },
      ]);
    },
  );

  it.each([' ', ' ends ', '~', 'x'.repeat(256), '"\\/#?%', '__proto__'])(
    'keeps the clientContext %p as it is',
    (clientContext) => {
      expect(read({ resourceUrl: OPERATION_URL, resourceData: { ...TONES_ENDED, clientContext } })).toEqual([
        { ...ENDED_REPORT, report: { ...ENDED_REPORT.report, clientContext } },
      ]);
    },
  );

  it('carries only what is known, whatever else Graph adds', () => {
    const resourceData = {
      ...TONES_ENDED,
      status: 'completed',
      completionReason: {},
      resultInfo: [],
      somethingNew: { token: 'secret' },
      clientcontext: 'other',
    };
    expect(read({ resourceUrl: OPERATION_URL, tenantId: 't', resourceData })).toEqual([ENDED_REPORT]);
  });
});

describe('what a call tells of itself', () => {
  const url = `/communications/calls/${CALL}`;
  it.each([
    [
      { changeType: 'updated', resourceData: { state: 'Establishing' } },
      { state: 'establishing', ended: false },
    ],
    [
      { changeType: 'updated', resourceData: { mediaState: { audio: 'Inactive' } } },
      { audio: 'inactive', ended: false },
    ],
    [
      { changeType: 'updated', resourceData: { state: 'TERMINATED' } },
      { state: 'terminated', ended: true },
    ],
    [
      { changeType: 'Deleted', resourceData: { state: 'terminating' } },
      { state: 'terminating', ended: true },
    ],
    [{ changeType: 'deleted' }, { ended: true }],
    [{ changeType: 'deleted', resourceData: null }, { ended: true }],
    [{ changeType: 'deleted', resourceData: [] }, { ended: true }],
    [
      { changeType: 'updated', resourceData: [{ state: 'established', mediaState: null }] },
      { state: 'established', ended: false },
    ],
    [
      { changeType: 'updated', resourceData: { '@odata.type': '#Microsoft.Graph.Call', state: 'somethingNew' } },
      { state: 'somethingnew', ended: false },
    ],
  ])('%j', (notification, told) => {
    expect(read({ resourceUrl: url, ...notification })).toEqual([{ kind: 'call-state', callId: CALL, ...told }]);
    expect(read({ resource: `/app/calls/${CALL}/`, ...notification })).toEqual([
      { kind: 'call-state', callId: CALL, ...told },
    ]);
  });

  it('is taken from the id of the call itself where no path names it', () => {
    expect(read({ resourceData: { '@odata.type': '#microsoft.graph.call', id: CALL, state: 'established' } })).toEqual([
      { kind: 'call-state', callId: CALL, state: 'established', ended: false },
    ]);
    expect(read({ resourceData: { '@odata.type': '#microsoft.graph.call', id: 'a/b', state: 'established' } })).toEqual(
      [{ kind: 'ignored', reason: 'call-unreadable' }],
    );
  });

  it.each([
    { state: null },
    { state: 7 },
    { mediaState: 'active' },
    { mediaState: { audio: {} } },
    { toneInfo: { tone: 'tone1' } },
  ])('is nothing in %j: ignored', (resourceData) => {
    expect(read({ changeType: 'updated', resourceUrl: url, resourceData })).toEqual([
      { kind: 'ignored', reason: 'other-resource', callId: CALL },
    ]);
  });

  it.each(['participants', 'participants/7', 'audioRoutingGroups', 'contentSharingSessions/1'])(
    'does not include its %s, not even their deletion',
    (part) => {
      expect(
        read({ changeType: 'deleted', resourceUrl: `${url}/${part}`, resourceData: { state: 'terminated' } }),
      ).toEqual([{ kind: 'ignored', reason: 'other-resource', callId: CALL }]);
    },
  );
});

describe('the body as a whole', () => {
  it.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['null', 'null'],
    ['a number', '1'],
    ['an array', '[]'],
    ['an empty object', '{}'],
    ['a string', '"value"'],
    ['value that is no array', '{"value":{}}'],
    ['value null', '{"value":null}'],
    ['value by inheritance', '{"__proto__":{"value":[]}}'],
    ['trailing text', '{"value":[]} x'],
    ['unknown members only', '{"id":"8e8dded7","callState":"incoming"}'],
  ])('is malformed with %s', (_, body) => {
    expect(parseNotifications(body).kind).toBe('malformed');
    expect(parseNotifications(Buffer.from(body)).kind).toBe('malformed');
  });

  it.each(['{}', '{"value":null}', '{"resourceUrl":null}', '{"resourceData":null,"changeType":null}'])(
    'is malformed where %s names no notification, and says what was looked for',
    (body) => {
      expect(parseNotifications(body)).toEqual({
        kind: 'malformed',
        detail: 'The body must be commsNotifications with a value array, or one commsNotification.',
      });
    },
  );

  it.each([7, { resourceData: [7] }])('holds what is no notification (%j), and says so', (item) => {
    expect(read(item)).toEqual([{ kind: 'ignored', reason: 'not-a-notification' }]);
  });

  it('that is about another thing of a call, or of none, is nobody’s business here, whatever it says of a state', () => {
    const state = { state: 'terminated' };
    const other = (resource: object, resourceUrl?: string) =>
      read({ resourceUrl, resourceData: { ...state, ...resource } });
    const participant = { '@odata.type': '#microsoft.graph.participant' };
    const call = { '@odata.type': '#microsoft.graph.call' };
    const url = `/communications/calls/${CALL}`;
    const otherResource = [{ kind: 'ignored', reason: 'other-resource', callId: CALL }];
    expect(other(participant, url)).toStrictEqual(otherResource);
    expect(other(call, `${url}/participants`)).toStrictEqual(otherResource);
    expect(other(participant)).toStrictEqual([{ kind: 'ignored', reason: 'call-unreadable' }]);
    expect(other({ ...call, id: 5 })).toStrictEqual([{ kind: 'ignored', reason: 'call-unreadable' }]);
  });

  it('what it does not say of a call or of an operation is absent', () => {
    const resourceUrl = `/communications/calls/${CALL}`;
    const call = { '@odata.type': '#microsoft.graph.call' };
    expect(read({ resourceUrl, resourceData: { ...call, state: 'established' } })).toStrictEqual([
      { kind: 'call-state', callId: CALL, state: 'established', ended: false },
    ]);
    expect(read({ resourceUrl, resourceData: { ...call, mediaState: { audio: 'active' } } })).toStrictEqual([
      { kind: 'call-state', callId: CALL, audio: 'active', ended: false },
    ]);
    const { id: _id, ...ended } = TONES_ENDED;
    expect(read({ resourceUrl, resourceData: ended })).toStrictEqual([
      { kind: 'operation-ended', report: { clientContext: 'c', callId: CALL, status: 'completed' } },
    ]);
  });

  it('a type is read also with a space at its end', () => {
    const resourceData = { ...TONES_ENDED, '@odata.type': `${TONES_ENDED['@odata.type']} ` };
    expect(read({ resourceUrl: OPERATION_URL, resourceData })).toEqual([ENDED_REPORT]);
  });

  it('keeps a byte order mark that does not open it: no text is made fit by leaving something out', () => {
    const ended = { resourceUrl: OPERATION_URL, resourceData: { ...TONES_ENDED, clientContext: 'c\uFEFF' } };
    expect(itemsOf(JSON.stringify({ value: [ended] }))).toMatchObject([{ reason: 'client-context-invalid' }]);
  });

  it('is malformed if it is not UTF-8', () => {
    expect(parseNotifications(Buffer.from('7b2276616c7565223a5b22ff225d7d', 'hex')).kind).toBe('malformed');
    expect(parseNotifications(Buffer.from('{"value":[]}', 'utf16le')).kind).toBe('malformed');
  });

  it('may begin with a byte order mark, and may hold no item', () => {
    expect(itemsOf('\uFEFF{"value":[]}')).toEqual([]);
    expect(itemsOf(Buffer.from('\uFEFF{"value":[]}'))).toEqual([]);
  });

  it('holds at most 100 items', () => {
    const item = { changeType: 'deleted', resourceUrl: OPERATION_URL, resourceData: TONES_ENDED };
    expect(itemsOf(JSON.stringify({ value: Array(100).fill(item) }))).toHaveLength(100);
    expect(parseNotifications(JSON.stringify({ value: Array(101).fill(item) }))).toEqual({
      kind: 'malformed',
      detail: 'The body must hold at most 100 notifications.',
    });
    expect(parseNotifications(JSON.stringify({ value: Array(101).fill(null) })).kind).toBe('malformed');
    expect(
      parseNotifications(JSON.stringify({ value: [{ ...item, resourceData: Array(101).fill(TONES_ENDED) }] })).kind,
    ).toBe('malformed');
  });

  it('may list more participants than items', () => {
    const resourceData = Array(300).fill({ '@odata.type': '#microsoft.graph.participant', id: 'p' });
    expect(
      itemsOf(
        JSON.stringify({
          value: [{ changeType: 'updated', resourceUrl: `/communications/calls/${CALL}/participants`, resourceData }],
        }),
      ),
    ).toHaveLength(300);
  });

  it('repeats nothing of the body in its fault', () => {
    const parsed = parseNotifications('{"token":"eyJhbGciOi", oops');
    expect(parsed).toEqual({ kind: 'malformed', detail: 'The body must be a JSON object in UTF-8.' });
  });

  it('spoils no item by another', () => {
    const good = { changeType: 'deleted', resourceUrl: OPERATION_URL, resourceData: TONES_ENDED };
    const bad = [
      null,
      7,
      'x',
      [],
      [[good]],
      {},
      { resourceUrl: {}, resourceData: 'x' },
      { resourceData: [null, [], 5] },
      { resourceUrl: OPERATION_URL, resourceData: 'x' },
    ];
    const items = itemsOf(JSON.stringify({ value: [...bad, good] }));
    expect(items).toHaveLength(12);
    expect(items.at(-1)).toEqual(ENDED_REPORT);
    expect(items.slice(0, -1).every(({ kind }) => kind === 'ignored')).toBe(true);
  });

  it('pollutes no prototype', () => {
    itemsOf(
      `{"value":[{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"resourceUrl":"${OPERATION_URL}","resourceData":{"__proto__":{"polluted":1,"clientContext":"c"},"status":"completed"}}]}`,
    );
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    expect(
      read(
        JSON.parse(
          `{"resourceUrl":"${OPERATION_URL}","resourceData":{"__proto__":{"clientContext":"c"},"status":"completed"}}`,
        ),
      ),
    ).toMatchObject([{ kind: 'unusable' }]);
  });
});
