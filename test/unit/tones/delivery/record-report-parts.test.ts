// Graph's report of one part of a dial string: it names its part, counts once, and only on the part that the row is at.
import type { OperationReport } from '../../../../shared/tones/facts/operation-report';
import type { OutcomeFacts, ToneStatus } from '../../../../shared/tones/facts/outcome-facts';
import { makeReportRecorder } from '../../../../shared/tones/delivery/record-report';
import { T0, makeTonesPorts, type TonesPorts } from '../../../support/tones-ports';

const ROW: OutcomeFacts = {
  clientContext: 'me',
  callId: 'Call-1',
  status: 'running',
  fingerprint: 'f',
  toneCount: 4,
  partCount: 3,
  part: 2,
  partSizes: '0:1 1000:2 8000:1',
  playedToneCount: 1,
  operationId: 'op-1',
  claimId: 'mine',
  claimedAt: T0 - 300,
  sentAt: T0 - 9000,
  waitCode: 'media-busy',
  waitDetail: 'HTTP 409',
};
const PAUSING = {
  status: 'pausing',
  part: 3,
  playedToneCount: 3,
  claimId: '',
  notBefore: T0 + 8000,
  latestStart: T0 + 12_000,
  waitCode: '',
  waitDetail: '',
  operationId: 'op-2',
  reportedAt: T0,
} as const;
const NAMES = { clientContext: 'me', callId: 'Call-1', operationId: 'op-2' };

const report = (part: number, more: Partial<OperationReport> = {}): OperationReport => ({
  clientContext: part === 1 ? 'me' : `me;part=${part}`,
  callId: 'Call-1',
  operationId: `op-${part}`,
  status: 'completed',
  completionReason: 'completedSuccessfully',
  ...more,
});
const CANCELED = { completionReason: 'mediaOperationCanceled' } as const;
const FAILED = { completionReason: 'unknown' } as const;

const record = (at: TonesPorts, told: OperationReport) => makeReportRecorder(at.ports)(told);

function withRow(facts: Partial<OutcomeFacts> = {}): TonesPorts {
  const at = makeTonesPorts();
  at.put({ ...ROW, ...facts });
  return at;
}

const events = (at: TonesPorts) => at.logged.map(([level, event]) => [level, event]);

describe('a part that was played', () => {
  test.each(['running', 'sending'] as const)(
    'on a row that is %s lets the pause before the next one begin, in one write',
    async (status) => {
      const at = withRow({ status });
      await record(at, report(2));
      expect(at.journal).toStrictEqual([
        ['outcomes.read', 'me'],
        ['outcomes.merge', 'me', PAUSING, 'v1'],
      ]);
      expect(at.logged).toStrictEqual([['info', 'part-played', { ...NAMES, part: 2, durationMs: 300 }]]);
    },
  );

  test('as the first is named as the request itself, and measured from when it was sent', async () => {
    const { playedToneCount: _, ...row } = ROW;
    const at = makeTonesPorts();
    at.put({ ...row, part: 1, sentAt: T0 - 250, claimedAt: T0 - 300 });
    await record(at, report(1));
    expect(at.row('me')).toMatchObject({
      status: 'pausing',
      part: 2,
      playedToneCount: 1,
      notBefore: T0 + 1000,
      latestStart: T0 + 5000,
      operationId: 'op-1',
    });
    expect(at.logged).toStrictEqual([
      ['info', 'part-played', { ...NAMES, operationId: 'op-1', part: 1, durationMs: 250 }],
    ]);
  });

  test('as the last one ends the request', async () => {
    const at = withRow({ part: 3, playedToneCount: 3 });
    await record(at, report(3));
    expect(at.row('me')).toMatchObject({ status: 'succeeded', playedToneCount: 4, operationId: 'op-3', part: 3 });
    expect(at.logged).toStrictEqual([
      ['info', 'request-ended', { ...NAMES, operationId: 'op-3', status: 'succeeded', by: 'report' }],
      ['info', 'report-recorded', { ...NAMES, operationId: 'op-3', status: 'succeeded', part: 3, durationMs: 300 }],
    ]);
  });

  test('is written again where the row was changed meanwhile, with the time of that moment', async () => {
    const at = withRow();
    at.next('outcomes.merge', () => {
      at.world.time = T0 + 40;
      at.change('me', { callbackWanted: true });
    });
    await record(at, report(2));
    const later = { notBefore: T0 + 8040, latestStart: T0 + 12_040, reportedAt: T0 + 40 };
    expect(at.row('me')).toMatchObject({ ...PAUSING, ...later, etag: 'v3' });
  });

  test('is linked to the trace of its request', async () => {
    const at = withRow({ traceparent: '00-1-2-01' });
    const linkTrace = jest.fn();
    await makeReportRecorder({ ...at.ports, linkTrace })(report(2));
    expect(linkTrace.mock.calls).toEqual([['00-1-2-01']]);
  });
});

test.each([
  ['was canceled', CANCELED, 'canceled', 'operation-canceled'],
  ['failed', FAILED, 'failed', 'operation-failed'],
] as const)(
  'a part that %s ends the request in that way, and says how far it came',
  async (_what, how, status, code) => {
    const at = withRow();
    await record(at, report(2, how));
    expect(at.row('me')).toMatchObject({ status, errorCode: code, playedToneCount: 1, part: 2, operationId: 'op-2' });
    const before = at.row('me');
    // Later reports included.
    for (const later of [report(2), report(3), report(1)]) await record(at, later);
    expect(at.row('me')).toStrictEqual(before);
  },
);

describe('a repetition', () => {
  test('of the part before changes nothing', async () => {
    const at = withRow();
    await record(at, report(1));
    expect(at.row('me')).toMatchObject({ status: 'running', part: 2, etag: 'v1' });
    expect(at.logged).toStrictEqual([
      ['info', 'report-repeated', { ...NAMES, operationId: 'op-1', status: 'running', part: 1 }],
    ]);
  });

  test('of this part changes nothing: its pause counts from the first report', async () => {
    const at = withRow();
    await record(at, report(2));
    at.world.time = T0 + 500;
    await record(at, report(2));
    expect(at.row('me')).toMatchObject({ ...PAUSING, etag: 'v2' });
    expect(events(at)).toEqual([
      ['info', 'part-played'],
      ['info', 'report-repeated'],
    ]);
  });

  test('of an earlier part that says otherwise changes nothing either', async () => {
    for (const how of [CANCELED, FAILED]) {
      const at = withRow(PAUSING);
      await record(at, report(1, how));
      await record(at, report(2, how));
      expect(at.row('me')).toMatchObject({ status: 'pausing', part: 3, etag: 'v1' });
      expect(at.logged.map(([, event]) => event)).toEqual(['report-repeated', 'report-repeated']);
    }
  });

  test('of an earlier part of a request that has ended', async () => {
    const at = withRow({ status: 'succeeded', part: 3, playedToneCount: 4 });
    await record(at, report(2));
    expect(events(at)).toEqual([['info', 'report-repeated']]);
    expect(at.row('me')).toMatchObject({ etag: 'v1', playedToneCount: 4 });
  });

  test('that comes while another is written is written once', async () => {
    const at = withRow();
    at.next('outcomes.merge', () => at.change('me', PAUSING));
    await record(at, report(2));
    expect(at.row('me')).toMatchObject({ ...PAUSING, etag: 'v2' });
    expect(events(at)).toEqual([['info', 'report-repeated']]);
  });
});

describe('a report of a part that was never claimed', () => {
  test.each(['sending', 'running', 'unknown', 'pausing'] as const)(
    'beyond the one that the row is at is logged: %s',
    async (status) => {
      for (const how of [{}, CANCELED, FAILED]) {
        const at = withRow({ status });
        await record(at, report(3, how));
        expect(at.row('me')).toMatchObject({ status, part: 2, etag: 'v1' });
        expect(events(at)).toEqual([['warn', 'report-not-expected']]);
      }
    },
  );

  test('that the row pauses before is logged', async () => {
    const at = withRow(PAUSING);
    await record(at, report(3));
    expect(at.row('me')).toMatchObject({ status: 'pausing', etag: 'v1' });
    expect(at.logged).toStrictEqual([
      ['warn', 'report-not-expected', { ...NAMES, operationId: 'op-3', status: 'pausing', part: 3 }],
    ]);
  });

  test('of a request that was interrupted before it is logged as what it is', async () => {
    for (const how of [{}, FAILED]) {
      const at = withRow({ ...PAUSING, status: 'failed', errorCode: 'sequence-interrupted' });
      await record(at, report(3, how));
      expect(at.row('me')).toMatchObject({ status: 'failed', playedToneCount: 3, etag: 'v1' });
      expect(events(at)).toEqual([['warn', 'report-not-expected']]);
    }
  });

  test('of another call is logged and stored nowhere', async () => {
    const at = withRow();
    await record(at, report(2, { callId: 'Call-2' }));
    expect(at.operations()).toEqual(['outcomes.read']);
    expect(at.logged).toStrictEqual([['warn', 'report-other-call', { ...NAMES, callId: 'Call-2' }]]);
  });
});

describe('a request that was given up as unknown', () => {
  const UNKNOWN = { status: 'unknown', errorCode: 'notification-missing', errorMessage: 'm' } as const;

  test('and whose part was played after all is interrupted: the rest is never pressed', async () => {
    const at = withRow(UNKNOWN);
    await record(at, report(2));
    expect(at.row('me')).toMatchObject({
      status: 'failed',
      finishedAt: T0,
      errorCode: 'sequence-interrupted',
      errorMessage: 'A later part could not be pressed in time after its pause; playedToneCount says how far it came.',
      playedToneCount: 3,
      operationId: 'op-2',
      part: 2,
    });
    expect(at.queued).toEqual([]);
  });

  test('and then reported once more is left as it is: that is a repetition', async () => {
    const at = withRow(UNKNOWN);
    await record(at, report(2));
    await record(at, report(2));
    expect(at.row('me')).toMatchObject({ status: 'failed', playedToneCount: 3, etag: 'v2' });
    expect(at.logged.at(-1)?.slice(0, 2)).toEqual(['info', 'report-repeated']);
  });

  test('and whose last part was played after all succeeded', async () => {
    const at = withRow({ ...UNKNOWN, part: 3, playedToneCount: 3 });
    await record(at, report(3));
    expect(at.row('me')).toMatchObject({ status: 'succeeded', errorCode: '', errorMessage: '', playedToneCount: 4 });
  });

  test.each([
    [CANCELED, 'canceled'],
    [FAILED, 'failed'],
  ] as const)('and whose part was not is %p', async (how, status) => {
    const at = withRow(UNKNOWN);
    await record(at, report(2, how));
    expect(at.row('me')).toMatchObject({ status, playedToneCount: 1 });
    expect(at.row('me')?.errorCode).not.toBe('sequence-interrupted');
  });

  test('is not changed by a report of an earlier part', async () => {
    const at = withRow(UNKNOWN);
    await record(at, report(1, CANCELED));
    expect(at.row('me')).toMatchObject({ status: 'unknown', etag: 'v1' });
    expect(events(at)).toEqual([['info', 'report-repeated']]);
  });

  test('while the report was written is interrupted all the same', async () => {
    const at = withRow();
    at.next('outcomes.merge', () => at.change('me', UNKNOWN));
    await record(at, report(2));
    expect(at.row('me')).toMatchObject({ status: 'failed', errorCode: 'sequence-interrupted', playedToneCount: 3 });
  });
});

describe('a name that only looks like that of a part', () => {
  const FOREIGN = report(2, { clientContext: 'theirs;part=2' });

  test('is stored under itself', async () => {
    const at = makeTonesPorts();
    await record(at, FOREIGN);
    expect(at.row('theirs')).toBeUndefined();
    expect(at.row('theirs;part=2')).toMatchObject({ status: 'succeeded', clientContext: 'theirs;part=2' });
    expect(at.asked('index.open')).toStrictEqual([[{ kind: 'request', clientContext: 'theirs;part=2', since: T0 }]]);
  });

  test('and is repeated as any other', async () => {
    const at = makeTonesPorts();
    await record(at, FOREIGN);
    await record(at, FOREIGN);
    expect(at.row('theirs;part=2')?.etag).toBe('v1');
    expect(at.logged.at(-1)?.[1]).toBe('report-repeated');
  });

  test.each([
    ['of one part', { partCount: undefined, part: undefined, partSizes: undefined }, 2],
    ['of fewer parts', {}, 4],
  ])('leaves a request %s with the beginning of that name', async (_what, facts, part) => {
    const at = withRow(facts as unknown as Partial<OutcomeFacts>);
    await record(at, report(part));
    expect(at.row('me')).toMatchObject({ status: 'running', etag: 'v1' });
    expect(at.row(`me;part=${part}`)).toMatchObject({ status: 'succeeded' });
  });

  test('is its request of a number that no part has', async () => {
    const at = withRow({ part: 1 });
    await record(at, report(1, { clientContext: 'me;part=1' }));
    expect(at.row('me')).toMatchObject({ status: 'running', etag: 'v1' });
    expect(at.row('me;part=1')).toMatchObject({ status: 'succeeded' });
  });
});

test.each(['accepted', 'expired'] as ToneStatus[])(
  'a report on a request that is %s was not expected',
  async (status) => {
    const { claimedAt: _, claimId: __, ...row } = ROW;
    const at = makeTonesPorts();
    at.put({ ...row, status, part: 1 });
    await record(at, report(1));
    expect(at.row('me')).toMatchObject({ status, etag: 'v1' });
    expect(events(at)).toEqual([['warn', 'report-not-expected']]);
  },
);

describe('when storage fails', () => {
  test.each(['outcomes.read', 'outcomes.merge'] as const)(
    'at %s, Graph is told, and sends again',
    async (operation) => {
      const at = withRow();
      at.next(operation, 'fails');
      await expect(record(at, report(2))).rejects.toThrow(operation);
      await record(at, report(2));
      expect(at.row('me')).toMatchObject(PAUSING);
    },
  );

  test.each([
    [19, 'pausing'],
    [20, 'running'],
  ] as const)('after %i races lost the row is %s', async (races, status) => {
    const at = withRow();
    at.next('outcomes.merge', ...Array<() => unknown>(races).fill(() => at.change('me', { acceptedAt: T0 })));
    await record(at, report(2)).catch((error: unknown) => expect(String(error)).toMatch('lost every race'));
    expect(at.row('me')?.status).toBe(status);
    expect(at.asked('outcomes.merge')).toHaveLength(20);
  });
});
