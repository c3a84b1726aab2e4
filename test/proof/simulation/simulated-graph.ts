// Graph as the documents describe it: it executes every request it takes, never deduplicates, and may report the end late, twice or never.
// Implements the port GraphCalls for one invocation, and knows the truth that the outcomes are compared with.
import type { ErrorCode } from '../../../shared/tones/facts/error-catalogue';
import type { OperationReport, ReportedStatus } from '../../../shared/tones/facts/operation-report';
import type { GraphCalls, Press, PressPermit, PressReply } from '../../../shared/tones/ports';
import type { SeenPost } from '../judge/history';
import { LONGEST_WAY_MS } from '../judge/promises';
import type { Rules } from '../rules';
import { NOBODY, type Work, type World } from './simulated-world';

interface SimulatedCall {
  readonly establishedAt: number;
  readonly endsAt: number;
}

type Answer = (afterMs: number, reply: PressReply) => void;

const MOST_NOTIFICATION_ATTEMPTS = 4;
const LONGEST_SOUND_OF_A_TONE_MS = 60;

export class SimulatedGraph {
  private readonly calls = new Map<string, SimulatedCall>();

  constructor(private readonly world: World) {}

  /** A call that is established after a while and may end; its own notifications are sent. */
  addCall(callId: string, establishedInMs: number, endsInMs: number): void {
    const { world } = this;
    const now = world.time.now;
    this.calls.set(callId, { establishedAt: now + establishedInMs, endsAt: now + endsInMs });
    world.witness.call(callId, now + establishedInMs, now + endsInMs);
    const tell = (state: string, audio: string, atMs: number, ended: boolean) => {
      if (atMs === Infinity || world.strikes('callNotificationLost', NOBODY)) return;
      const lateMs = world.random.chance(0.3) ? world.random.between(0, 4000) : 0;
      world.time.plan(atMs + lateMs, () =>
        this.notify(NOBODY, (rules) => rules.tellCall({ callId, state, audio, ended })),
      );
    };
    if (establishedInMs > 0) tell('establishing', 'inactive', 0, false);
    tell('established', 'active', establishedInMs, false);
    tell('terminated', 'inactive', endsInMs, true);
  }

  /** Somebody else's operation ended, under a name that is asked for here only later. */
  reportStranger(clientContext: string, callId: string): void {
    const took = this.world.witness.reported(clientContext, 'succeeded');
    const report = { clientContext, callId, operationId: this.world.newId('op'), ...reportOf('succeeded') };
    this.notify(clientContext, (rules) => rules.report(report), took);
  }

  portOf(work: Work): GraphCalls {
    return {
      sendDtmfTones: (press, permit) =>
        new Promise((resolve) => {
          if (work.instance.dead) return;
          const answer: Answer = (afterMs, reply) =>
            this.world.time.plan(afterMs, () => !work.instance.dead && resolve(reply));
          this.getToken(press, work, answer, () => this.connect(press, permit, work, answer));
        }),
    };
  }

  private refuse(
    { clientContext }: Press,
    code: ErrorCode,
    again: 'never' | 'later',
    answered: boolean,
    retryAfterMs?: number,
  ): PressReply {
    this.world.witness.refused(clientContext, code, again, retryAfterMs ?? 0);
    return { kind: 'refused', fault: { code }, again, answered, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  }

  private getToken(press: Press, { instance }: Work, answer: Answer, then: () => void): void {
    const { world } = this;
    if (world.strikes('tokenUnavailable', press.clientContext))
      return answer(500, this.refuse(press, 'token-unavailable', 'later', false));
    const slowMs = world.strikes('tokenSlow', press.clientContext) ? world.random.between(2000, 25_000) : 0;
    const hungMs = world.strikes('tokenHung', press.clientContext) ? world.random.between(25_000, 60_000) : 0;
    const tokenMs = world.random.between(0, 5) + slowMs + hungMs;
    world.time.plan(tokenMs, () => !instance.dead && then());
  }

  /** The permit is asked before a connection is looked for, and again when it is there. */
  private connect(press: Press, permit: () => PressPermit, work: Work, answer: Answer): void {
    const { world } = this;
    const first = permit();
    if (first.kind === 'no') return answer(0, { kind: 'not-permitted' });
    if (world.outages.strikes('graph', press.clientContext) || world.strikes('graphUnreachable', press.clientContext))
      return answer(world.random.between(1, 50), this.refuse(press, 'graph-unreachable', 'later', false));
    const leave = () => {
      if (permit().kind === 'no') return answer(0, { kind: 'not-permitted' });
      this.leave(press, first.timeoutMs, work, answer);
    };
    if (!world.strikes('connectionSlow', press.clientContext)) return leave();
    world.time.plan(world.random.between(100, 3000), () => !work.instance.dead && leave());
  }

  private leave(press: Press, limitMs: number, { instance, claimedAt }: Work, answer: Answer): void {
    const { world } = this;
    const { clientContext, callId } = press;
    const { random, time } = world;
    const halfOfGraceMs = world.stated.sendGraceMs / 2;
    const frozenMs = world.strikes('frozen', clientContext) ? random.between(1000, halfOfGraceMs) : 0;
    const slowMs = world.strikes('waySlow', clientContext) ? random.between(1000, halfOfGraceMs) - LONGEST_WAY_MS : 0;
    const wayMs = random.between(1, random.chance(0.02) ? LONGEST_WAY_MS : 30);
    const permittedAt = time.now;
    time.plan(frozenMs, () => {
      if (instance.dead) return;
      const post: SeenPost = {
        clientContext,
        callId,
        claimedAt,
        permittedAt,
        limitMs,
        leftAt: time.now,
        heldUpMs: frozenMs + Math.max(0, slowMs),
        mayPlayUntil: time.now + halfOfGraceMs + longestSoundMs(press),
      };
      world.witness.posted(post);
      this.onItsWay(press, post, wayMs + slowMs, instance, answer);
    });
  }

  private onItsWay(press: Press, post: SeenPost, wayMs: number, instance: Work['instance'], answer: Answer): void {
    const { world } = this;
    const { clientContext } = press;
    let answered = false;
    const answerOnce: Answer = (afterMs, reply) => {
      if (answered) return;
      answered = true;
      answer(afterMs, reply);
    };
    world.time.plan(post.limitMs, () => answerOnce(0, uncertain('graph-timeout')));
    if (world.strikes('graphSilent', clientContext)) return;
    world.time.plan(wayMs, () => {
      if (instance.dead && world.random.chance(0.5)) return;
      const reply = this.execute(press, post);
      if (world.tracing) world.witness.trace(clientContext, `Graph: ${JSON.stringify(reply)}`);
      const slowMs = world.strikes('graphSlow', clientContext)
        ? world.random.between(2000, 40_000)
        : world.random.between(1, 400);
      world.time.plan(slowMs, () => answerOnce(0, reply));
    });
  }

  /** What Graph does with a request that has arrived. */
  private execute(press: Press, post: SeenPost): PressReply {
    const { world } = this;
    const { clientContext, callId } = press;
    const call = this.calls.get(callId);
    const now = world.time.now;
    post.mayPlayUntil = now;
    if (call === undefined || now >= call.endsAt) return this.refuse(press, 'call-not-found', 'never', true);
    if (now < call.establishedAt) return this.refuse(press, 'call-not-established', 'later', true);
    if (world.strikes('graphThrottled', clientContext))
      return this.refuse(press, 'throttled', 'later', true, world.random.between(1, 6) * 1000);
    if (world.strikes('graphForbidden', clientContext)) return this.refuse(press, 'graph-forbidden', 'never', true);
    if (world.strikes('graphBusy', clientContext)) return this.refuse(press, 'media-busy', 'later', true);
    if (world.strikes('graphFaultBefore', clientContext)) return uncertain('graph-fault');
    return this.press(press, post, call);
  }

  private press(press: Press, post: SeenPost, call: SimulatedCall): PressReply {
    const { world } = this;
    const { clientContext, callId } = press;
    const now = world.time.now;
    const soundMs = delaysMs(press) + world.random.between(5, LONGEST_SOUND_OF_A_TONE_MS);
    const chosen: ReportedStatus = world.random.chance(0.85)
      ? 'succeeded'
      : world.random.chance(0.5)
        ? 'failed'
        : 'canceled';
    const result = now + soundMs > call.endsAt ? 'canceled' : chosen;
    const operationId = world.newId('op');
    const report: OperationReport = { clientContext, callId, operationId, ...reportOf(result) };
    // A reply that tells the end comes when the tones are over.
    const endsInReply = world.random.chance(0.04);
    world.witness.pressed(post, endsInReply ? now : Math.min(now + soundMs, call.endsAt), result);
    const took = world.witness.reported(clientContext, result);
    if (endsInReply) return { kind: 'ended', report };
    this.planNotifications(report, Math.min(soundMs, call.endsAt - now), took);
    if (world.strikes('graphFaultAfter', clientContext)) return uncertain('graph-fault');
    if (world.strikes('graphReset', clientContext)) return uncertain('graph-connection-lost');
    return { kind: 'running', operationId };
  }

  private planNotifications(report: OperationReport, soundMs: number, took: () => void): void {
    const { world } = this;
    const { clientContext } = report;
    if (world.strikes('notificationLost', clientContext)) return;
    const lateMs = world.strikes('notificationLate', clientContext)
      ? world.random.between(1000, 200_000)
      : world.random.between(0, 30);
    const send = () => this.notify(clientContext, (rules) => rules.report(report), took);
    world.time.plan(soundMs + lateMs, send);
    if (world.strikes('notificationTwice', clientContext))
      world.time.plan(soundMs + lateMs + world.random.between(0, 5000), send);
  }

  private notify(
    clientContext: string,
    deliver: (rules: Rules) => Promise<void>,
    took: () => void = () => undefined,
    attempt = 1,
  ): void {
    const { world } = this;
    const again = () => {
      if (attempt < MOST_NOTIFICATION_ATTEMPTS)
        world.time.plan(world.random.between(1000, 5000), () => this.notify(clientContext, deliver, took, attempt + 1));
      else world.witness.note('notificationLost', clientContext);
    };
    world.workOn(clientContext, deliver).then((ended) => (ended === undefined ? again() : took()), again);
  }
}

function delaysMs({ tones, delayBetweenTonesMs = 0 }: Press): number {
  return tones.length * delayBetweenTonesMs;
}

function longestSoundMs(press: Press): number {
  return delaysMs(press) + LONGEST_SOUND_OF_A_TONE_MS;
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
