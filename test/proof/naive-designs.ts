// Negative controls: three designs that people build, behind the same shape. They must fail the proof, else it proves nothing.
// The tutorial: output binding, queue trigger, stock Graph client, table upsert. The record: idempotency by expire-and-rerun.
// The sleeper: the tutorial for a dial string, which sleeps between its parts.
import type { End, OpenFacts, OpenRow, OutcomeFacts } from '../../shared/tones/facts/outcome-facts';
import type { OperationReport } from '../../shared/tones/facts/operation-report';
import { judge } from '../../shared/tones/facts/operation-report';
import type { PressPermit, PressReply } from '../../shared/tones/ports/graph-calls';
import type { ToneMessage } from '../../shared/tones/ports/queues';
import type { ToneRequest } from '../../shared/tones/request/tone-request';
import type { Design, Ports, Rules } from './rules';

const GRAPH_TIMEOUT_MS = 30_000;
const go = (): PressPermit => ({ kind: 'go', timeoutMs: GRAPH_TIMEOUT_MS });

/** No row before the press, no claim: the queue's redelivery and the function's exception decide. */
export const tutorialDesign: Design = (ports) => ({
  ...queueOnly(ports),
  async press(message) {
    const reply = await ports.graph.sendDtmfTones(message, go);
    await upsert(ports, message.clientContext, factsOf(message, reply, ports.clock.now()));
  },
});

/** Presses the whole string, and sleeps between its parts; delivered again, it starts again from the first. */
export const sleepingDesign: Design = (ports) => ({
  ...queueOnly(ports),
  async press(message) {
    const { clientContext, callId, pauseMs = 0, rest = [], tones, delayBetweenTonesMs = 0 } = message;
    for (const [position, part] of [{ pauseMs, tones }, ...rest].entries()) {
      await sleep(ports, part.pauseMs);
      const name = position === 0 ? clientContext : `${clientContext};part=${position + 1}`;
      const press = { callId, clientContext: name, tones: part.tones, delayBetweenTonesMs };
      const reply = await ports.graph.sendDtmfTones(press, go);
      await upsert(ports, clientContext, factsOf(message, reply, ports.clock.now()));
      await sleep(ports, part.tones.length * (delayBetweenTonesMs + TONE_MS));
    }
  },
});

const TONE_MS = 250;

async function sleep({ shortWaits }: Ports, ms: number): Promise<void> {
  let place = shortWaits.enter();
  while (place === undefined) place = shortWaits.enter();
  await place.sleep(ms);
  place.leave();
}

const RECORD_LIFE_MS = 30_000;

/** A record that is in progress refuses others until it expires; then the work is done again. An exception deletes the record. */
export const expireAndRerunDesign: Design = (ports) => ({
  ...queueOnly(ports),
  async press(message) {
    const { outcomes, clock } = ports;
    const now = clock.now();
    const record: OpenFacts = {
      status: 'sending',
      watchUntil: now + RECORD_LIFE_MS,
      callId: message.callId,
      expiresAt: message.expiresAt,
      acceptedAt: now,
    };
    const inserted = await outcomes.insert({ ...record, clientContext: message.clientContext } as OpenRow);
    if (inserted.kind === 'stale') {
      const row = await outcomes.read(message.clientContext);
      if (row === undefined || row.status !== 'sending') return;
      if ((row.watchUntil ?? 0) > now) throw new Error('in progress');
      if ((await outcomes.merge(message.clientContext, record, row.etag)).kind === 'stale')
        throw new Error('in progress');
    }
    try {
      const reply = await ports.graph.sendDtmfTones(message, go);
      await upsert(ports, message.clientContext, factsOf(message, reply, clock.now()));
    } catch (error) {
      const row = await outcomes.read(message.clientContext);
      if (row?.status === 'sending') await outcomes.remove(message.clientContext, row.etag);
      throw error;
    }
  },
});

function queueOnly({ clock, queue, outcomes, ...rest }: Ports): Rules {
  const ports = { clock, queue, outcomes, ...rest };
  return {
    async accept(request: ToneRequest) {
      const now = clock.now();
      const { clientContext, callId, tones, delayBetweenTonesMs, pauseMs, rest } = request;
      const expiresAt = now + request.expiresInSeconds * 1000;
      await queue.enqueue(
        {
          clientContext,
          callId,
          tones,
          ...(delayBetweenTonesMs !== undefined && { delayBetweenTonesMs }),
          ...(pauseMs !== undefined && { pauseMs }),
          ...(rest !== undefined && { rest }),
          expiresAt,
          etag: '',
          waits: 0,
        },
        0,
      );
      return { kind: 'accepted', repeated: false, row: { clientContext, callId, status: 'accepted' } };
    },
    press: () => Promise.resolve(),
    bury: ({ clientContext }) =>
      upsert(ports, clientContext, { status: 'failed', errorCode: 'delivery-failed', finishedAt: clock.now() }),
    report: (report: OperationReport) =>
      upsert(ports, report.clientContext, {
        callId: report.callId,
        status: judge(report),
        finishedAt: clock.now(),
        ...(judge(report) === 'failed' && { errorCode: 'operation-failed' as const }),
      }),
    tellCall: () => Promise.resolve(),
    read: () => Promise.resolve(),
    async cancel(clientContext) {
      const canceled = { status: 'canceled', errorCode: 'canceled-by-caller', finishedAt: clock.now() } as const;
      await upsert(ports, clientContext, canceled);
      return canceled;
    },
    timer: [],
    subscribe: () => Promise.resolve(),
    tell: () => Promise.resolve(),
    buryCallback: () => Promise.resolve(),
  };
}

/** What the tutorials store; a reply that is no success is thrown, so that the queue tries again. */
function factsOf(message: ToneMessage, reply: PressReply, now: number): Partial<OutcomeFacts> {
  const common = { callId: message.callId, acceptedAt: now, expiresAt: message.expiresAt };
  if (reply.kind === 'running') return { ...common, status: 'running' };
  if (reply.kind === 'ended')
    return {
      ...common,
      status: judge(reply.report),
      finishedAt: now,
      ...(judge(reply.report) === 'failed' && { errorCode: 'operation-failed' as const }),
    };
  throw new Error('Graph did not take it');
}

/** These designs know no difference: they write whatever status they have. */
function asEnd(facts: Partial<OutcomeFacts>): End {
  return facts as End;
}

async function upsert(
  { outcomes, ends }: Pick<Ports, 'outcomes' | 'ends'>,
  clientContext: string,
  facts: Partial<OutcomeFacts>,
): Promise<void> {
  for (;;) {
    const row = await outcomes.read(clientContext);
    const written =
      row === undefined
        ? await ends.insert({ clientContext, callId: '' }, asEnd({ status: 'running', ...facts }))
        : await ends.end(clientContext, asEnd(facts), row.etag);
    if (written.kind === 'written') return;
  }
}
