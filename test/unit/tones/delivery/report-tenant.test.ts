// A report whose token names another tenant than its request's: it counts, is logged, and says which two they are.
import type { OutcomeFacts } from '../../../../shared/tones/facts/outcome-facts';
import type { OperationReport } from '../../../../shared/tones/facts/operation-report';
import { makeReportRecorder } from '../../../../shared/tones/delivery/record-report';
import { makeTonesPorts } from '../../../support/tones-ports';

const OWN = '11111111-1111-4111-8111-111111111111';
const OTHER = '22222222-2222-4222-8222-222222222222';
const THIRD = '33333333-3333-4333-8333-333333333333';
const REPORT: OperationReport = {
  clientContext: 'me',
  callId: 'Call-1',
  operationId: 'op-1',
  completionReason: 'completedSuccessfully',
};

async function reported(
  tenantId: string | undefined,
  row: Partial<OutcomeFacts> | undefined,
  ownTenantId: string | undefined = OWN,
  report: Partial<OperationReport> = {},
) {
  const at = makeTonesPorts();
  if (row !== undefined)
    at.put({ clientContext: 'me', callId: 'Call-1', status: 'running', fingerprint: 'f', sentAt: 1, ...row });
  const ports = { ...at.ports, ...(ownTenantId !== undefined && { ownTenantId }) };
  await makeReportRecorder(ports)({ ...REPORT, ...(tenantId !== undefined && { tenantId }), ...report });
  return { at, logged: at.logged.filter(([, event]) => event === 'report-from-other-tenant') };
}

const event = (names: string, asked: string) => [
  'info',
  'report-from-other-tenant',
  { clientContext: 'me', callId: 'Call-1', operationId: 'op-1', tenantId: names, reason: `requested in ${asked}` },
];

test.each([
  ["of the request's own tenant", OTHER, { tenantId: OTHER }],
  ['of the tenant of requests that name none', OWN, {}],
  ['without a tenant', undefined, { tenantId: OTHER }],
])('a report %s is not remarkable', async (_what, names, row) => {
  const { at, logged } = await reported(names, row);
  expect(logged).toEqual([]);
  expect(at.row('me')?.status).toBe('succeeded');
});

test.each([
  ['named one', { tenantId: OTHER }, OTHER],
  ['named none', {}, OWN],
])('a report of another tenant counts, and is logged, where the request %s', async (_what, row, asked) => {
  const { at, logged } = await reported(THIRD, row);
  expect(logged).toStrictEqual([event(THIRD, asked)]);
  expect(at.row('me')?.status).toBe('succeeded');
});

test('also of the own tenant, where the request named another', async () => {
  expect((await reported(OWN, { tenantId: OTHER })).logged).toStrictEqual([event(OWN, OTHER)]);
});

test('also where a part was played, and where it decides nothing any more', async () => {
  const parts = { partCount: 2, part: 1, partSizes: '0:1 1000:2', toneCount: 3 };
  const played = await reported(THIRD, parts);
  expect(played.at.row('me')?.status).toBe('pausing');
  expect(played.logged).toStrictEqual([event(THIRD, OWN)]);
  expect((await reported(THIRD, { status: 'failed' })).logged).toStrictEqual([event(THIRD, OWN)]);
});

test('where the own tenant is not known there is nothing to compare with, but a named one is', async () => {
  const at = makeTonesPorts();
  at.put({ clientContext: 'me', callId: 'Call-1', status: 'running', fingerprint: 'f', sentAt: 1 });
  await makeReportRecorder(at.ports)({ ...REPORT, tenantId: THIRD });
  expect(at.logged.map(([, name]) => name)).not.toContain('report-from-other-tenant');
});

test('a row without a request, or of another call, says nothing of a tenant', async () => {
  const { fingerprint: _, ...made } = {
    clientContext: 'me',
    callId: 'Call-1',
    status: 'succeeded',
    fingerprint: '',
  } as const;
  const at = makeTonesPorts();
  at.put(made);
  await makeReportRecorder({ ...at.ports, ownTenantId: OWN })({ ...REPORT, tenantId: THIRD });
  expect(at.logged.map(([, name]) => name)).not.toContain('report-from-other-tenant');
  expect((await reported(THIRD, undefined)).logged).toEqual([]);
  expect((await reported(THIRD, {}, OWN, { callId: 'Call-2' })).logged).toEqual([]);
});
