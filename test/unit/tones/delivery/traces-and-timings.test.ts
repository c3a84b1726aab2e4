// What the rules carry for telemetry: the trace of the acceptance, and the times between acceptance, queue, press and outcome.
import { makeToneAcceptor } from '../../../../shared/tones/delivery/accept-tones';
import { makeTonePresser } from '../../../../shared/tones/delivery/press/press-tones';
import { makeReportRecorder } from '../../../../shared/tones/delivery/record-report';
import type { PressReply } from '../../../../shared/tones/ports/graph-calls';
import type { ToneMessage } from '../../../../shared/tones/ports/queues';
import { T0, makeTonesPorts } from '../../../support/tones-ports';

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const REPORT = {
  clientContext: 'order-42',
  callId: 'call-1',
  status: 'completed',
  completionReason: 'completedSuccessfully',
};

/** Accepted 700 ms ago, due 200 ms ago. */
function messageAt(etag: string): ToneMessage {
  return {
    clientContext: 'order-42',
    callId: 'call-1',
    tones: ['tone1'],
    expiresAt: T0 + 60_000,
    etag,
    waits: 0,
    acceptedAt: T0 - 700,
    dueAt: T0 - 200,
  };
}

async function pressedWith(reply: PressReply) {
  const { ports, put, world, logged } = makeTonesPorts();
  world.reply = () => reply;
  await makeTonePresser(ports)(messageAt(put({ clientContext: 'order-42' })));
  return logged.map(([, event, { acceptToPressMs, queueWaitMs, durationMs }]) => ({
    event,
    acceptToPressMs,
    queueWaitMs,
    durationMs,
  }));
}

test('the trace of the acceptance is kept in the row, and goes on in the message', async () => {
  const { ports, row, queued } = makeTonesPorts();
  await makeToneAcceptor({ ...ports, traceparent: () => TRACE })({
    clientContext: 'order-42',
    callId: 'call-1',
    tones: ['tone1'],
    expiresInSeconds: 60,
  });
  expect(row('order-42')?.traceparent).toBe(TRACE);
  expect(queued[0]?.message).toMatchObject({ traceparent: TRACE, acceptedAt: T0 });
});

test('a repetition goes on in the first trace', async () => {
  const { ports, queued } = makeTonesPorts();
  const request = { clientContext: 'order-42', callId: 'call-1', tones: ['tone1' as const], expiresInSeconds: 60 };
  await makeToneAcceptor({ ...ports, traceparent: () => TRACE })(request);
  await makeToneAcceptor({ ...ports, traceparent: () => TRACE.replace('b7', 'c8') })(request);
  expect(queued.map(({ message }) => message.traceparent)).toEqual([TRACE, TRACE]);
});

test('a report is linked to the trace of its request, once it counts', async () => {
  const { ports, put } = makeTonesPorts();
  const linked: string[] = [];
  put({ clientContext: 'order-42', status: 'running', traceparent: TRACE });
  const record = makeReportRecorder({ ...ports, linkTrace: (traceparent) => void linked.push(traceparent) });
  await record(REPORT);
  await record(REPORT);
  expect(linked).toEqual([TRACE]);
});

test('a press that Graph took tells how long the queue and the whole way to Graph took', async () => {
  expect(await pressedWith({ kind: 'running' })).toEqual([
    { event: 'tones-claimed', queueWaitMs: 200 },
    { event: 'tones-sent', acceptToPressMs: 700 },
  ]);
});

test('a press that Graph ended at once also tells how long that took', async () => {
  expect((await pressedWith({ kind: 'ended', report: REPORT }))[1]).toEqual({
    event: 'request-ended',
    acceptToPressMs: 700,
    durationMs: 0,
  });
});

test('a doubtful press counts as one', async () => {
  expect((await pressedWith({ kind: 'uncertain', fault: { code: 'graph-timeout' } }))[1]).toEqual({
    event: 'request-ended',
    acceptToPressMs: 700,
  });
});

test('what Graph refused was no press', async () => {
  expect(
    (await pressedWith({ kind: 'refused', fault: { code: 'call-not-found' }, again: 'never', answered: true }))[1],
  ).toEqual({ event: 'request-ended' });
});
