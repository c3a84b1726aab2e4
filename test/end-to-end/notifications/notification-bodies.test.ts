// How notifications may look: the documented body and every live variation of it end in the same row; bad bodies end in none.
// Each variation comes from the Graph simulator, each bad body is written here by hand.
import { randomUUID } from 'node:crypto';
import type { CallOptions } from '../../../local/graph-simulator/calls/calls';
import { waitFor } from '../../../local/wait-for';
import { startApp, type AppUnderTest } from '../../support/app-under-test';
import {
  commsNotifications,
  endedItem,
  OPERATION,
  operationEnded,
  tonesEnded,
} from '../../support/notification-bodies';

let app: AppUnderTest;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const GOOD_INFO = { code: 200, subcode: 0, message: 'Action completed successfully.' };

const VARIATIONS: readonly (readonly [name: string, options: CallOptions, resultInfo: object | undefined])[] = [
  ['PascalCase enums', { payload: ['pascal-case-enums'] }, undefined],
  ['upper-case ids without dashes', { payload: ['upper-case-ids'] }, undefined],
  ['the older resource only', { payload: ['resource-only'] }, undefined],
  ['resourceData as an array', { payload: ['resource-data-array'] }, undefined],
  ['no id in resourceData', { payload: ['no-resource-data-id'] }, undefined],
  ['codes that are strings', { payload: ['string-codes'] }, GOOD_INFO],
  ['unrelated items beside it', { payload: ['batched'] }, undefined],
  ['no value array around it', { payload: ['unwrapped'] }, undefined],
  ['another spelling of the types', { payload: ['capital-odata-type'] }, undefined],
  [
    'all of these at once',
    {
      payload: [
        'pascal-case-enums',
        'upper-case-ids',
        'resource-only',
        'resource-data-array',
        'no-resource-data-id',
        'string-codes',
        'batched',
        'capital-odata-type',
      ],
    },
    GOOD_INFO,
  ],
  ['an Entra token, version 1', { tokenKind: 'entra-v1' }, undefined],
  ['an Entra token, version 2', { tokenKind: 'entra-v2' }, undefined],
  ['the other issuer of the calling service', { issuer: 'https://graph.microsoft.com' }, undefined],
  ['another tenant', { tokenKind: 'entra-v2', tenantId: '72f988bf-86f1-41af-91ab-2d7cd011db47' }, undefined],
];

it.each(VARIATIONS)('understands a notification with %s', async (_name, options, resultInfo) => {
  const { outcome, row, presses } = await app.ending({ callId: app.call(options) });
  expect(outcome).toMatchObject({ status: 'succeeded', completionReason: 'completedSuccessfully' });
  expect(outcome.resultInfo).toEqual(resultInfo);
  expect(row).toMatchObject({ status: 'succeeded', completionReason: 'completedSuccessfully' });
  expect(presses).toHaveLength(1);
  const [sent] = await waitFor('the answer to the notification', () => {
    const all = app.simulator.notifications({ callId: outcome.callId });
    return all.every(({ finished }) => finished) && all;
  });
  expect(sent?.attempts.map(({ status }) => status)).toEqual([202]);
});

/** A request that waits for its notification. */
async function runningRequest() {
  const callId = app.call({ scenario: 'notification-never' });
  const accepted = await app.accept({ callId });
  await app.untilStatus(accepted, 'running');
  return { ...accepted, callId };
}

it.each([
  ['text', 'echo-me'],
  ['nothing', ''],
  ['cut off JSON', '{"value":["echo-me"'],
  ['an array', []],
  ['null', 'null'],
  ['an object of another shape', { items: ['echo-me'] }],
  ['a value that is no array', { value: { changeType: 'deleted' } }],
  ['bytes that are not UTF-8', new Uint8Array([0x7b, 0xff, 0x7d])],
])('answers 400 to a body of %s, without repeating it', async (_name, body) => {
  const answer = await app.notify(body);
  expect(answer.status).toBe(400);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.json).toMatchObject({ type: 'urn:problem:malformed-notification', status: 400 });
  expect(answer.text).not.toContain('echo-me');
});

it.each([
  ['an empty batch', commsNotifications()],
  ['items that are no objects', commsNotifications(null, 1, 'x', [])],
  [
    'an operation that goes on',
    commsNotifications(
      endedItem('c', tonesEnded('ignored', { status: 'running', completionReason: undefined }), {
        changeType: 'updated',
      }),
    ),
  ],
  [
    'another operation',
    operationEnded('c', {
      '@odata.type': '#microsoft.graph.playPromptOperation',
      status: 'completed',
      clientContext: 'ignored',
      id: OPERATION,
    }),
  ],
  [
    'a call that cannot be read',
    commsNotifications(endedItem('c', tonesEnded('ignored'), { resourceUrl: '/users/7' })),
  ],
  ['a call id that is none', commsNotifications(endedItem('a b', tonesEnded('ignored')))],
  ['no clientContext', operationEnded('c', tonesEnded(undefined))],
  ['an empty clientContext', operationEnded('c', tonesEnded(''))],
  ['a clientContext that is a number', operationEnded('c', tonesEnded(7))],
  ['a clientContext of 257 characters', operationEnded('c', tonesEnded('x'.repeat(257)))],
  ['a clientContext beyond ASCII', operationEnded('c', tonesEnded('Ä'))],
])('acknowledges, and stores nowhere, %s', async (_name, body) => {
  const before = (await app.rows.all()).length;
  const answer = await app.notify(body);
  expect([answer.status, answer.text]).toEqual([202, '']);
  expect((await app.rows.all()).length).toBe(before);
  expect((await app.toneOutcome('ignored')).status).toBe(404);
});

it('logs the end of an operation without clientContext, and changes nothing', async () => {
  const { clientContext, callId } = await runningRequest();
  await app.notify(operationEnded(callId, tonesEnded(undefined)));
  expect(app.logged('report-unusable', callId)).toHaveLength(1);
  expect((await app.outcomeOf(clientContext)).status).toBe('running');
});

it('reads every item of a batch: several requests end, and a bad item spoils none', async () => {
  const [first, second, third] = await Promise.all([runningRequest(), runningRequest(), runningRequest()]);
  const item = ({ callId, clientContext }: { callId: string; clientContext: string }, changes = {}) =>
    endedItem(callId, tonesEnded(clientContext, changes));
  const body = commsNotifications(
    {
      changeType: 'updated',
      resourceUrl: `/communications/calls/${first.callId}/participants`,
      resourceData: [{ '@odata.type': '#microsoft.graph.participant' }],
    },
    item(first),
    'no item',
    endedItem(second.callId, [tonesEnded(second.clientContext, { completionReason: 'mediaOperationCanceled' }), null]),
    operationEnded(third.callId, tonesEnded(third.clientContext)),
    item(third, { status: 'failed', completionReason: 'unknown' }),
  );
  expect((await app.notify(body)).status).toBe(202);
  expect((await app.untilFinal(first)).outcome.status).toBe('succeeded');
  expect((await app.untilFinal(second)).outcome.status).toBe('canceled');
  expect((await app.untilFinal(third)).outcome.status).toBe('failed');
});

it('takes exactly 256 KiB, and answers 413 to one byte more', async () => {
  const { callId, clientContext, location } = await runningRequest();
  const text = JSON.stringify(operationEnded(callId, tonesEnded(clientContext)));
  const tooLong = await app.notify(text + ' '.repeat(256 * 1024 + 1 - text.length));
  expect([tooLong.status, tooLong.headers.get('content-type')]).toEqual([413, 'application/problem+json']);
  expect((await app.outcomeOf(clientContext)).status).toBe('running');
  expect((await app.notify(text + ' '.repeat(256 * 1024 - text.length))).status).toBe(202);
  expect((await app.untilFinal({ clientContext, location })).outcome.status).toBe('succeeded');
});

it('takes exactly 100 items, and answers 400 to one more without reading any', async () => {
  const { callId, clientContext, location } = await runningRequest();
  const others = Array.from({ length: 99 }, () => ({
    changeType: 'updated',
    resourceUrl: `/communications/calls/${randomUUID()}/participants`,
    resourceData: [],
  }));
  const own = endedItem(callId, tonesEnded(clientContext));
  const tooMany = await app.notify(commsNotifications(own, ...others, own));
  expect([tooMany.status, (tooMany.json as { type: string }).type]).toEqual([
    400,
    'urn:problem:malformed-notification',
  ]);
  expect((await app.outcomeOf(clientContext)).status).toBe('running');
  expect((await app.notify(commsNotifications(...others, own))).status).toBe(202);
  expect((await app.untilFinal({ clientContext, location })).outcome.status).toBe('succeeded');
});
