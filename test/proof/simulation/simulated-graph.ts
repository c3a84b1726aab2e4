// Graph as the documents describe it: it executes every request it takes, never deduplicates, and may tell the end late, twice or never.
// Implements the port GraphCalls for an instance, and knows the truth that the outcomes are compared with.
import type { ErrorCode } from '../../../shared/tones/facts/error-catalogue';
import type { OperationReport, ReportedStatus } from '../../../shared/tones/facts/operation-report';
import type { GraphCalls, Press, PressPermit, PressReply } from '../../../shared/tones/ports/graph-calls';
import type { Instance, World } from './simulated-world';

interface SimulatedCall {
  readonly establishedAt: number;
  readonly endsAt: number;
}

/** Network to Graph: less than the 250 ms that a press needs before its deadline. */
const LONGEST_WAY_MS = 200;
const MOST_NOTIFICATION_ATTEMPTS = 4;

export class SimulatedGraph {
  private readonly calls = new Map<string, SimulatedCall>();
  private operations = 0;

  constructor(private readonly world: World) {}

  /** A call that is established after a while and may end; its own notifications are sent. */
  addCall(callId: string, establishedInMs: number, endsInMs: number): void {
    const { world } = this;
    const now = world.time.now;
    this.calls.set(callId, { establishedAt: now + establishedInMs, endsAt: now + endsInMs });
    const tell = (state: string, audio: string, atMs: number, ended: boolean) => {
      if (atMs === Infinity || world.strikes('callNotificationLost', '')) return;
      const lateMs = world.random.chance(0.3) ? world.random.between(0, 4000) : 0;
      world.time.plan(atMs + lateMs, () =>
        this.notify('', (instance) => instance.rules.tellCall({ callId, state, audio, ended }), 1),
      );
    };
    if (establishedInMs > 0) tell('establishing', 'inactive', 0, false);
    tell('established', 'active', establishedInMs, false);
    tell('terminated', 'inactive', endsInMs, true);
  }

  portOf(instance: Instance): GraphCalls {
    return {
      sendDtmfTones: (press, permit) =>
        new Promise((resolve) => {
          if (instance.dead) return;
          const answer = (afterMs: number, reply: PressReply) =>
            this.world.time.plan(afterMs, () => !instance.dead && resolve(reply));
          this.getToken(press, instance, answer, () => this.post(press, permit(), instance, answer));
        }),
    };
  }

  private getToken(
    press: Press,
    instance: Instance,
    answer: (afterMs: number, reply: PressReply) => void,
    then: () => void,
  ): void {
    const { world } = this;
    if (world.strikes('tokenUnavailable', press.clientContext))
      return answer(500, refused('token-unavailable', 'later', false));
    const slowMs = world.strikes('tokenSlow', press.clientContext) ? world.random.between(2000, 25_000) : 0;
    const hungMs = world.strikes('tokenHung', press.clientContext) ? world.random.between(25_000, 60_000) : 0;
    const tokenMs = world.random.between(0, 5) + slowMs + hungMs;
    world.time.plan(tokenMs, () => !instance.dead && then());
  }

  private post(
    press: Press,
    permit: PressPermit,
    instance: Instance,
    answer: (afterMs: number, reply: PressReply) => void,
  ): void {
    const { world } = this;
    const { clientContext } = press;
    if (permit.kind === 'no') return answer(0, { kind: 'not-permitted' });
    if (world.strikes('graphUnreachable', clientContext))
      return answer(world.random.between(1, 50), refused('graph-unreachable', 'later', false));
    const wayMs = world.random.between(1, world.random.chance(0.02) ? LONGEST_WAY_MS : 30);
    let answered = false;
    const answerOnce = (afterMs: number, reply: PressReply) => {
      if (answered) return;
      answered = true;
      answer(afterMs, reply);
    };
    world.time.plan(permit.timeoutMs, () => answerOnce(0, uncertain('graph-timeout')));
    world.time.plan(wayMs, () => {
      if (instance.dead && world.random.chance(0.5)) return;
      const reply = this.execute(press);
      if (world.tracing) world.witness.trace(clientContext, `Graph: ${JSON.stringify(reply)}`);
      if (reply === undefined) return;
      const slowMs = world.strikes('graphSlow', clientContext)
        ? world.random.between(2000, 40_000)
        : world.random.between(1, 400);
      world.time.plan(slowMs, () => answerOnce(0, reply));
    });
  }

  /** What Graph does with a request that has arrived; undefined: it never answers (the caller times out, or is told of a reset). */
  private execute(press: Press): PressReply | undefined {
    const { world } = this;
    const { clientContext, callId } = press;
    const call = this.calls.get(callId);
    const now = world.time.now;
    if (call === undefined || now >= call.endsAt) return refused('call-not-found', 'never', true);
    if (now < call.establishedAt) return refused('call-not-established', 'later', true);
    if (world.strikes('graphThrottled', clientContext))
      return { ...refused('throttled', 'later', true), retryAfterMs: world.random.between(1, 6) * 1000 };
    if (world.strikes('graphForbidden', clientContext)) return refused('graph-forbidden', 'never', true);
    if (world.strikes('graphBusy', clientContext)) return refused('media-busy', 'later', true);
    if (world.strikes('graphFaultBefore', clientContext)) return uncertain('graph-fault');
    return this.press(press, call);
  }

  private press(press: Press, call: SimulatedCall): PressReply {
    const { world } = this;
    const { clientContext, callId } = press;
    const now = world.time.now;
    const soundMs = press.tones.length * (press.delayBetweenTonesMs ?? 0) + world.random.between(5, 60);
    const chosen: ReportedStatus = world.random.chance(0.85)
      ? 'succeeded'
      : world.random.chance(0.5)
        ? 'failed'
        : 'canceled';
    const result = now + soundMs > call.endsAt ? 'canceled' : chosen;
    const operationId = `op-${(this.operations += 1)}`;
    const report: OperationReport = { clientContext, callId, operationId, ...reportOf(result) };
    // A reply that tells the end comes when the tones are over.
    const endsInReply = world.random.chance(0.04);
    world.witness.pressed({ clientContext, callId, at: now, endsAt: endsInReply ? now : now + soundMs, result });
    if (endsInReply) return { kind: 'ended', report };
    this.planNotifications(report, Math.min(soundMs, call.endsAt - now));
    if (world.strikes('graphFaultAfter', clientContext)) return uncertain('graph-fault');
    if (world.strikes('graphReset', clientContext)) return uncertain('graph-connection-lost');
    return { kind: 'running', operationId };
  }

  private planNotifications(report: OperationReport, soundMs: number): void {
    const { world } = this;
    const { clientContext } = report;
    if (world.strikes('notificationLost', clientContext)) return;
    const lateMs = world.strikes('notificationLate', clientContext)
      ? world.random.between(1000, 200_000)
      : world.random.between(0, 30);
    const send = () => this.notify(clientContext, (instance) => instance.rules.report(report), 1);
    world.time.plan(soundMs + lateMs, send);
    if (world.strikes('notificationTwice', clientContext))
      world.time.plan(soundMs + lateMs + world.random.between(0, 5000), send);
  }

  private notify(clientContext: string, deliver: (instance: Instance) => Promise<void>, attempt: number): void {
    const { world } = this;
    const instance = world.instance();
    const again = () => {
      if (attempt < MOST_NOTIFICATION_ATTEMPTS)
        world.time.plan(world.random.between(1000, 5000), () => this.notify(clientContext, deliver, attempt + 1));
      else world.witness.note('notificationLost', clientContext);
    };
    world
      .workOn(instance, clientContext, () => deliver(instance))
      .then((ended) => (ended === undefined ? again() : world.witness.told(clientContext)), again);
  }
}

function refused(code: ErrorCode, again: 'never' | 'later', answered: boolean): PressReply & { kind: 'refused' } {
  return { kind: 'refused', fault: { code }, again, answered };
}

function uncertain(code: ErrorCode): PressReply {
  return { kind: 'uncertain', fault: { code } };
}

function reportOf(result: ReportedStatus): Pick<OperationReport, 'status' | 'completionReason'> {
  switch (result) {
    case 'succeeded':
      return { status: 'completed', completionReason: 'completedSuccessfully' };
    case 'canceled':
      return { status: 'completed', completionReason: 'mediaOperationCanceled' };
    case 'failed':
      return { status: 'completed', completionReason: 'unknown' };
  }
}
