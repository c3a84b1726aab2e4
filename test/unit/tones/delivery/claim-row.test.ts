// A claim of a first part that reads nothing: what its message says of the row, and until when it may be pressed.
import { makeClaimer } from '../../../../shared/tones/delivery/press/claim';
import type { ToneMessage } from '../../../../shared/tones/ports/queues';
import { T0, makeTonesPorts } from '../../../support/tones-ports';

const TENANT = '22222222-2222-4222-8222-222222222222';
const MESSAGE: ToneMessage = {
  clientContext: 'me',
  callId: 'call-1',
  tones: ['tone1'],
  expiresAt: T0 + 60_000,
  etag: 'v1',
  waits: 0,
};
const CLAIMED = {
  clientContext: 'me',
  callId: 'call-1',
  toneCount: 1,
  status: 'sending',
  claimId: 'claim-1',
  claimedAt: T0,
  watchUntil: T0 + 30_000,
  settledAt: T0 + 45_250,
  etag: 'v2',
};

test.each([
  ['no more than its message', {}],
  ['the tenant that was asked for', { tenantId: TENANT }],
  ['when it was accepted', { acceptedAt: T0 - 5 }],
])('it knows of the row %s', async (_what, more) => {
  const at = makeTonesPorts();
  at.put({ clientContext: 'me', ...more });
  expect(await makeClaimer(at.ports)({ ...MESSAGE, ...more })).toStrictEqual({
    kind: 'ours',
    claim: {
      message: { ...MESSAGE, ...more },
      part: 1,
      deadline: T0 + 60_000,
      claimId: 'claim-1',
      claimedAt: T0,
      row: { ...CLAIMED, ...more },
    },
  });
});

test('it may be pressed until the deadline of its message, which is not that of a later part', async () => {
  const at = makeTonesPorts();
  at.put({ clientContext: 'me', latestStart: T0 + 4000 });
  expect(await makeClaimer(at.ports)(MESSAGE, at.row('me'))).toMatchObject({ claim: { deadline: T0 + 60_000 } });
});
