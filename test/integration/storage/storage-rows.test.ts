// The rows of outcomes and of calls on a real table service: conditions, column types, and every clientContext.
import { startAzurite, type Azurite } from '../../../local/azurite';
import { OUTCOME_COLUMNS } from '../../../shared/storage/outcome-rows';
import type { OpenRow, OutcomeFacts } from '../../../shared/tones/facts/outcome-facts';
import { failed } from '../../../shared/tones/facts/transitions';
import { makeTestStorage, type TestStorage } from '../../support/services/test-storage';

const T0 = Date.parse('2026-01-01T00:00:00.123Z');
const LEAST: OpenRow = { clientContext: 'order-42', callId: 'c1', status: 'accepted' };
const WHOLE: OpenRow & Required<OutcomeFacts> = {
  clientContext: 'whole',
  callId: 'c1',
  status: 'running',
  operationId: 'op',
  completionReason: 'unknown',
  resultCode: 500,
  resultSubcode: 0,
  resultMessage: 'Ünïcode 漢字 \'"',
  errorCode: 'operation-failed',
  errorMessage: 'It failed.',
  toneCount: 3,
  playedToneCount: 1,
  partCount: 2,
  part: 2,
  pauseMs: 1000,
  acceptedAt: T0,
  expiresAt: T0 + 60_000,
  sentAt: T0 + 70,
  finishedAt: T0 + 1005,
  tenantId: '22222222-2222-4222-8222-222222222222',
  fingerprint: 'f',
  callbackWanted: true,
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  statusToken: 't',
  delayBetweenTonesMs: 300,
  after: '',
  turnAfter: '',
  cancelRequestedAt: T0 + 60,
  cancelId: 'cancel-1',
  reportedAt: T0 + 61,
  claimId: 'x',
  claimedAt: T0 + 50,
  watchUntil: T0 + 1,
  settledAt: T0 + 2,
  notBefore: T0 + 3,
  latestStart: T0 + 5000,
  partSizes: '0:1 1000:2',
  waitCode: 'media-busy',
  waitDetail: 'HTTP 409',
  copyId: 'copy-2',
};

let azurite: Azurite;
let storage: TestStorage;

beforeAll(async () => {
  azurite = await startAzurite();
  storage = makeTestStorage(azurite);
}, 40_000);
afterAll(() => azurite.close());

async function insert(facts: OpenRow): Promise<string> {
  const result = await storage.outcomes.insert(facts);
  if (result.kind !== 'written') throw new Error(`not inserted: ${facts.clientContext}`);
  return result.etag;
}

describe('outcome rows', () => {
  test('the contract’s columns are there, by name', () => {
    expect(Object.keys(OUTCOME_COLUMNS)).toEqual(
      expect.arrayContaining([
        'clientContext',
        'callId',
        'status',
        'operationId',
        'completionReason',
        'resultCode',
        'resultSubcode',
        'resultMessage',
        'errorCode',
        'errorMessage',
        'toneCount',
        'acceptedAt',
        'expiresAt',
        'sentAt',
        'finishedAt',
      ]),
    );
  });

  test('every fact is stored and read back', async () => {
    const etag = await insert(WHOLE);
    expect(Object.keys(WHOLE).sort()).toEqual(Object.keys(OUTCOME_COLUMNS).sort());
    expect(await storage.outcomes.read('whole')).toEqual({ ...WHOLE, etag });
  });

  test('columns have the types that a person with another tool expects', async () => {
    await insert({ ...WHOLE, clientContext: 'typed' });
    const row = await storage.outcomeTable.getEntity('typed', 'outcome', { disableTypeConversion: true });
    expect(row).toMatchObject({
      partitionKey: 'typed',
      rowKey: 'outcome',
      clientContext: { type: 'String', value: 'typed' },
      status: { type: 'String', value: 'running' },
      toneCount: { type: 'Int32', value: '3' },
      resultCode: { type: 'Int32', value: '500' },
      resultSubcode: { type: 'Int32', value: '0' },
      delayBetweenTonesMs: { type: 'Int32', value: '300' },
    });
    for (const name of [
      'acceptedAt',
      'expiresAt',
      'sentAt',
      'finishedAt',
      'claimedAt',
      'watchUntil',
      'settledAt',
      'notBefore',
    ]) {
      expect([name, row[name]]).toEqual([
        name,
        { type: 'DateTime', value: expect.stringMatching(/^202\d-\d\d-\d\dT[\d:.]+Z$/) as string },
      ]);
    }
  });

  test('absent facts are absent columns', async () => {
    const etag = await insert({ ...LEAST, clientContext: 'least' });
    expect(await storage.outcomes.read('least')).toEqual({ ...LEAST, clientContext: 'least', etag });
  });

  test('a clientContext belongs to its first row', async () => {
    const etag = await insert({ ...LEAST, clientContext: 'twice' });
    expect(await storage.outcomes.insert({ ...LEAST, clientContext: 'twice', callId: 'c2' })).toEqual({
      kind: 'stale',
    });
    expect(await storage.outcomes.read('twice')).toMatchObject({ callId: 'c1', etag });
  });

  test('a merge under the present version adds and replaces facts, keeps the others, and gives a new version', async () => {
    const etag = await insert({ ...LEAST, clientContext: 'merged', errorCode: 'expired', toneCount: 3 });
    const merged = await storage.outcomes.merge('merged', { status: 'sending', claimedAt: T0, errorCode: '' }, etag);
    expect(merged).toEqual({ kind: 'written', etag: expect.not.stringMatching(`^${etag}$`) as string });
    expect(await storage.outcomes.read('merged')).toEqual({
      ...LEAST,
      clientContext: 'merged',
      status: 'sending',
      claimedAt: T0,
      errorCode: '',
      toneCount: 3,
      etag: (merged as { etag: string }).etag,
    });
  });

  test('a merge under an older version is stale and changes nothing', async () => {
    const etag = await insert({ ...LEAST, clientContext: 'raced' });
    await storage.outcomes.merge('raced', { status: 'sending' }, etag);
    expect(await storage.outcomes.merge('raced', { status: 'running' }, etag)).toEqual({ kind: 'stale' });
    expect(await storage.outcomes.read('raced')).toMatchObject({ status: 'sending' });
  });

  test('of many claims under one version exactly one is written', async () => {
    const etag = await insert({ ...LEAST, clientContext: 'claimed' });
    const claims = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        storage.outcomes.merge('claimed', { status: 'sending', claimId: `w${index}` }, etag),
      ),
    );
    expect(claims.filter(({ kind }) => kind === 'written')).toHaveLength(1);
    const winner = claims.findIndex(({ kind }) => kind === 'written');
    expect(await storage.outcomes.read('claimed')).toMatchObject({ claimId: `w${winner}` });
  });

  test('a row that is missing is read as undefined, and cannot be merged or removed', async () => {
    expect(await storage.outcomes.read('nobody')).toBeUndefined();
    expect(
      await storage.outcomes.merge('nobody', { status: 'sending' }, 'W/"datetime\'2026-01-01T00%3A00%3A00.0000000Z\'"'),
    ).toEqual({ kind: 'stale' });
    expect(await storage.outcomes.remove('nobody', 'W/"datetime\'2026-01-01T00%3A00%3A00.0000000Z\'"')).toEqual({
      kind: 'stale',
    });
  });

  test('a row is removed under its version only', async () => {
    const etag = await insert({ ...LEAST, clientContext: 'old' });
    const merged = await storage.outcomes.merge('old', { status: 'sending' }, etag);
    expect(await storage.outcomes.remove('old', etag)).toEqual({ kind: 'stale' });
    expect(await storage.outcomes.remove('old', (merged as { etag: string }).etag)).toMatchObject({ kind: 'written' });
    expect(await storage.outcomes.read('old')).toBeUndefined();
  });

  test('every printable ASCII character may stand anywhere in a clientContext', async () => {
    for (let code = 32; code < 127; code += 1) {
      const character = String.fromCharCode(code);
      for (const clientContext of [character, `${character}x${character}`]) {
        const etag = await insert({ ...LEAST, clientContext, operationId: `op ${clientContext}` });
        expect(await storage.outcomes.read(clientContext)).toEqual({
          ...LEAST,
          clientContext,
          operationId: `op ${clientContext}`,
          etag,
        });
        expect(await storage.outcomes.merge(clientContext, { status: 'running' }, etag)).toMatchObject({
          kind: 'written',
        });
      }
    }
  }, 30_000);

  test.each([
    ['256 characters', 'x'.repeat(256)],
    ['256 characters that become full width', '/'.repeat(256)],
    ['256 quotes', "'".repeat(256)],
    ['spaces at the ends', '  a  '],
    ['spaces only', '   '],
    ['dots', '..'],
    ['what looks like an encoded slash', '%2F%252F'],
    ['a filter', "x' or PartitionKey ne '"],
  ])('a clientContext may be %s', async (_what, clientContext) => {
    const etag = await insert({ ...LEAST, clientContext });
    expect(await storage.outcomes.read(clientContext)).toEqual({ ...LEAST, clientContext, etag });
    expect(await storage.outcomes.remove(clientContext, etag)).toMatchObject({ kind: 'written' });
  });

  test('contexts that differ only by spaces or case are different rows', async () => {
    for (const clientContext of ['Same', 'same', ' same', 'same ']) await insert({ ...LEAST, clientContext });
    expect((await storage.outcomes.read('Same'))?.clientContext).toBe('Same');
  });
});

describe('the ends of requests, in the same table', () => {
  const END = failed({ code: 'call-ended', detail: 'HTTP 404' }, T0 + 5, T0 + 1);

  test('an end is merged under the present version only, and seen by every reader of the row', async () => {
    const etag = await insert({ ...LEAST, clientContext: 'ends', after: 'before' });
    const ended = await storage.ends.end('ends', END, etag);
    expect(await storage.outcomes.read('ends')).toEqual({
      clientContext: 'ends',
      callId: 'c1',
      after: 'before',
      status: 'failed',
      finishedAt: T0 + 5,
      sentAt: T0 + 1,
      errorCode: 'call-ended',
      errorMessage:
        'The call ended before the tones, or the rest, could be pressed, as its own notification reported. (HTTP 404)',
      etag: (ended as { etag: string }).etag,
    });
    expect(await storage.ends.end('ends', END, etag)).toEqual({ kind: 'stale' });
  });

  test('a row that has ended already is inserted once, with the status of its end', async () => {
    const facts = { clientContext: 'ended', callId: 'c1' };
    expect(await storage.ends.insert(facts, END)).toMatchObject({ kind: 'written' });
    expect(await storage.ends.insert({ ...facts, callId: 'c2' }, END)).toEqual({ kind: 'stale' });
    expect(await storage.outcomes.read('ended')).toMatchObject({ ...facts, status: 'failed', finishedAt: T0 + 5 });
  });
});

describe('call rows', () => {
  test('a call’s row is inserted once, merged under its version, and read back', async () => {
    const { calls } = storage;
    expect(await calls.read('k1')).toBeUndefined();
    const inserted = await calls.insert('k1', { tail: 'order-42' });
    expect(inserted.kind).toBe('written');
    expect(await calls.insert('k1', { tail: 'order-43' })).toEqual({ kind: 'stale' });
    const { etag } = inserted as { etag: string };
    expect(await calls.read('k1')).toEqual({ tail: 'order-42', etag });
    const merged = await calls.merge(
      'k1',
      { state: 'established', audio: 'active', endedAt: T0, toldAt: T0 + 1, notifiedAt: T0 + 2 },
      etag,
    );
    expect(await calls.merge('k1', { tail: 'lost' }, etag)).toEqual({ kind: 'stale' });
    expect(await calls.read('k1')).toEqual({
      tail: 'order-42',
      state: 'established',
      audio: 'active',
      endedAt: T0,
      toldAt: T0 + 1,
      notifiedAt: T0 + 2,
      etag: (merged as { etag: string }).etag,
    });
    expect(await calls.remove('k1', etag)).toEqual({ kind: 'stale' });
    expect(await calls.remove('k1', (merged as { etag: string }).etag)).toMatchObject({ kind: 'written' });
    expect(await calls.read('k1')).toBeUndefined();
  });

  test('calls live in the index table, not among the outcomes', async () => {
    await storage.calls.insert('k2', { tail: 'order-42' });
    expect(await storage.indexTable.getEntity('call k2', 'call')).toMatchObject({ tail: 'order-42' });
    expect(await storage.outcomes.read('call k2')).toBeUndefined();
  });
});
