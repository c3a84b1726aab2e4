// Graph as the documents describe it: it executes every request it takes, never deduplicates, and may report the end late, twice or never.
// Implements the port GraphCalls for one invocation, and knows the truth that the outcomes are compared with.
import type { OperationReport, ReportedStatus } from '../../../shared/tones/facts/operation-report';
import type { GraphCalls, Press, PressReply } from '../../../shared/tones/ports/graph-calls';
import type { SeenPost } from '../judge/history';
import { readPartName } from '../judge/part-names';
import type { ReportOnItsWay } from '../judge/witness';
import type { Rules } from '../rules';
import { LONGEST_SOUND_OF_A_TONE_MS, PressAttempt, delaysMs, refuse, uncertain } from './press-attempt';
import { NOBODY, type Work, type World } from './simulated-world';

interface SimulatedCall {
  readonly establishedAt: number;
  readonly endsAt: number;
}

const MOST_NOTIFICATION_ATTEMPTS = 4;

export class SimulatedGraph {
  private readonly calls = new Map<string, SimulatedCall>();

  constructor(private readonly world: World) {}

  /** A call that is established after a while and may end; its own notifications are sent. */
  addCall(callId: string, establishedInMs: number, endsInMs: number): void {
    const { world } = this;
    const now = world.time.now;
    this.calls.set(callId, { establishedAt: now + establishedInMs, endsAt: now + endsInMs });
    world.witness.call(callId, now + establishedInMs, now + endsInMs);
    const tell = (state: string, audio: string, atMs: number, ended: boolean): number | undefined => {
      if (atMs === Infinity || world.strikes('callNotificationLost', NOBODY)) return undefined;
      const lateMs = world.random.chance(0.3) ? world.random.between(0, 4000) : 0;
      world.time.plan(atMs + lateMs, () =>
        this.notify(NOBODY, (rules) => rules.tellCall({ callId, state, audio, ended })),
      );
      return now + atMs + lateMs;
    };
    const notReadyAt = establishedInMs > 0 ? tell('establishing', 'inactive', 0, false) : undefined;
    const readyAt = tell('established', 'active', establishedInMs, false);
    // Where the first says that it is not ready and the second is lost, the app asks Graph itself after a while.
    const heardAt = readyAt ?? (notReadyAt === undefined ? 0 : Infinity);
    world.witness.believedNotReady(callId, heardAt);
    tell('terminated', 'inactive', endsInMs, true);
  }

  /** Somebody else's operation ended, under a name that is asked for here only later. */
  reportStranger(name: string, callId: string): void {
    const noted = this.world.witness.reported(name, 'succeeded', true);
    const report = { clientContext: name, callId, operationId: this.world.newId('op'), ...reportOf('succeeded') };
    this.notify(name, (rules) => rules.report(report), noted);
  }

  /** An operation of another call ended, under the name of a request that is there: it says nothing of that request. */
  reportOtherCall(clientContext: string, name: string): void {
    const row = this.world.storage.outcomes.read(clientContext);
    if (row === undefined || (row.partCount ?? 1) < readPartName(name).part) return;
    const operationId = this.world.newId('op');
    const report = { clientContext: name, callId: 'another-call', operationId, ...reportOf('succeeded') };
    this.notify(name, (rules) => rules.report(report));
  }

  portOf(work: Work): GraphCalls {
    return {
      sendDtmfTones: (press, permit) =>
        new Promise((resolve) => {
          if (!work.instance.dead) new PressAttempt(this.world, work, press, permit, resolve).start();
        }),
    };
  }

  /** What Graph does with a request that has arrived. */
  execute(press: Press, post: SeenPost): PressReply {
    const { world } = this;
    const { callId } = press;
    const { clientContext } = post;
    const call = this.calls.get(callId);
    const now = world.time.now;
    post.mayPlayUntil = now;
    if (call === undefined || now >= call.endsAt) return refuse(world, press, 'call-not-found', 'never', true);
    if (now < call.establishedAt) return refuse(world, press, 'call-not-established', 'later', true);
    if (world.strikes('graphThrottled', clientContext))
      return refuse(world, press, 'throttled', 'later', true, world.random.between(1, 6) * 1000);
    if (world.strikes('graphForbidden', clientContext)) return refuse(world, press, 'graph-forbidden', 'never', true);
    if (world.strikes('graphBusy', clientContext)) return refuse(world, press, 'media-busy', 'later', true);
    if (world.strikes('graphFaultBefore', clientContext)) return uncertain('graph-fault');
    return this.press(press, post, call);
  }

  private press(press: Press, post: SeenPost, call: SimulatedCall): PressReply {
    const { world } = this;
    const { clientContext: name, callId } = press;
    const { clientContext } = post;
    const now = world.time.now;
    const soundMs = delaysMs(press) + world.random.between(5, LONGEST_SOUND_OF_A_TONE_MS);
    const chosen: ReportedStatus = world.random.chance(0.85)
      ? 'succeeded'
      : world.random.chance(0.5)
        ? 'failed'
        : 'canceled';
    const result = now + soundMs > call.endsAt ? 'canceled' : chosen;
    const operationId = world.newId('op');
    const ofTenant = world.tenants.ofReport(press.tenantId);
    const report: OperationReport = { clientContext: name, callId, ...ofTenant, operationId, ...reportOf(result) };
    // A reply that tells the end comes when the tones are over.
    const endsInReply = world.random.chance(0.04);
    world.witness.pressed(post, endsInReply ? now : Math.min(now + soundMs, call.endsAt), result);
    const noted = world.witness.reported(name, result);
    if (endsInReply) return { kind: 'ended', report };
    this.planNotifications(report, Math.min(soundMs, call.endsAt - now), noted);
    if (world.strikes('graphFaultAfter', clientContext)) return uncertain('graph-fault');
    if (world.strikes('graphReset', clientContext)) return uncertain('graph-connection-lost');
    return { kind: 'running', operationId };
  }

  private planNotifications(report: OperationReport, soundMs: number, noted: ReportOnItsWay): void {
    const { world } = this;
    const { clientContext } = readPartName(report.clientContext);
    if (world.strikes('notificationLost', clientContext)) return;
    const lateMs = world.strikes('notificationLate', clientContext)
      ? world.random.between(1000, 200_000)
      : world.random.between(0, 30);
    const send = () => this.notify(report.clientContext, (rules) => rules.report(report), noted);
    world.time.plan(soundMs + lateMs, send);
    if (world.strikes('notificationTwice', clientContext))
      world.time.plan(soundMs + lateMs + world.random.between(0, 15_000), send);
  }

  private notify(name: string, deliver: (rules: Rules) => Promise<void>, noted?: ReportOnItsWay, attempt = 1): void {
    const { world } = this;
    const { clientContext } = readPartName(name);
    const again = () => {
      if (attempt < MOST_NOTIFICATION_ATTEMPTS)
        world.time.plan(world.random.between(1000, 5000), () => this.notify(name, deliver, noted, attempt + 1));
      else world.witness.note('notificationLost', clientContext);
    };
    noted?.arrived();
    world.workOn(clientContext, deliver).then((ended) => (ended === undefined ? again() : noted?.taken()), again);
  }
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
