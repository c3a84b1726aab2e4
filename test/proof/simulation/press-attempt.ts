// One attempt of the app to press: the token, the connection, the way to Graph and the answer's way back, and what holds each up.
// Knows how long each takes and what is lost; what Graph does with a request that arrives is in simulated-graph.
import type { ErrorCode } from '../../../shared/tones/facts/error-catalogue';
import type { Press, PressPermit, PressReply } from '../../../shared/tones/ports/graph-calls';
import type { SeenPost } from '../judge/history';
import { readPartName, type NamedPart } from '../judge/part-names';
import { LONGEST_WAY_MS } from '../judge/promises';
import type { Work, World } from './simulated-world';

export const LONGEST_SOUND_OF_A_TONE_MS = 60;

export class PressAttempt {
  /** Everything takes nearly as long as it may. */
  private readonly isHeldUp: boolean;
  private isAnswered = false;
  private readonly named: NamedPart;

  constructor(
    private readonly world: World,
    private readonly work: Work,
    private readonly press: Press,
    private readonly permit: () => PressPermit,
    private readonly resolve: (reply: PressReply) => void,
  ) {
    this.named = readPartName(press.clientContext);
    this.isHeldUp = this.strikes('heldUp');
  }

  /** First the token. */
  start(): void {
    const { random, time } = this.world;
    if (!this.world.tenants.hasConsented(this.press.tenantId))
      return this.answer(
        random.between(50, 500),
        refuse(this.world, this.press, 'tenant-not-consented', 'never', false),
      );
    if (this.strikes('tokenUnavailable'))
      return this.answer(500, refuse(this.world, this.press, 'token-unavailable', 'later', false));
    const slowMs = this.strikes('tokenSlow') ? random.between(2000, 25_000) : 0;
    const hungMs = this.strikes('tokenHung') ? random.between(25_000, 60_000) : 0;
    const heldUpMs = this.isHeldUp ? this.mostOf(14_900) : 0;
    time.plan(random.between(0, 5) + slowMs + hungMs + heldUpMs, () => !this.work.instance.dead && this.connect());
  }

  /** The permit is asked before a connection is looked for, and again when it is there. */
  private connect(): void {
    const { world, press } = this;
    const { random, time, outages } = world;
    const first = this.permit();
    if (first.kind === 'no') return this.answer(0, { kind: 'not-permitted' });
    if (outages.strikes('graph', this.named.clientContext) || this.strikes('graphUnreachable'))
      return this.answer(random.between(1, 50), refuse(world, press, 'graph-unreachable', 'later', false));
    const leave = () => {
      if (this.permit().kind === 'no') return this.answer(0, { kind: 'not-permitted' });
      this.leave(first.timeoutMs);
    };
    if (!this.strikes('connectionSlow')) return leave();
    time.plan(random.between(100, 3000), () => !this.work.instance.dead && leave());
  }

  /** A process may be frozen between its last check and the network. */
  private leave(limitMs: number): void {
    const { world, work, press } = this;
    const { random, time } = world;
    const halfOfGraceMs = world.stated.sendGraceMs / 2;
    const longMs = () => (this.isHeldUp ? this.mostOf(halfOfGraceMs) : random.between(1000, halfOfGraceMs));
    const frozenMs = this.isHeldUp || this.strikes('frozen') ? longMs() : 0;
    const slowMs = this.isHeldUp || this.strikes('waySlow') ? longMs() - LONGEST_WAY_MS : 0;
    const wayMs = random.between(1, random.chance(0.02) ? LONGEST_WAY_MS : 30);
    const permittedAt = time.now;
    time.plan(frozenMs, () => {
      if (work.instance.dead) return;
      const post: SeenPost = {
        ...this.named,
        tones: press.tones,
        callId: press.callId,
        ...(press.tenantId !== undefined && { tenantId: press.tenantId }),
        claimedAt: work.claimedAt,
        permittedAt,
        limitMs,
        leftAt: time.now,
        heldUpMs: frozenMs + slowMs,
        mayPlayUntil: time.now + halfOfGraceMs + delaysMs(press) + LONGEST_SOUND_OF_A_TONE_MS,
      };
      world.witness.posted(post);
      this.travel(post, wayMs + slowMs);
    });
  }

  private travel(post: SeenPost, wayMs: number): void {
    const { world, work, press } = this;
    const { random, time } = world;
    time.plan(post.limitMs, () => this.answer(0, uncertain('graph-timeout')));
    if (this.strikes('graphSilent') || (this.isHeldUp && random.chance(0.5))) return;
    time.plan(wayMs, () => {
      if (work.instance.dead && random.chance(0.5)) return;
      const reply = world.graph.execute(press, post);
      if (world.tracing) world.witness.trace(post.clientContext, `Graph: ${JSON.stringify(reply)}`);
      this.answer(this.strikes('graphSlow') ? random.between(2000, 40_000) : random.between(1, 400), reply);
    });
  }

  /** The first answer to arrive counts. */
  private answer(afterMs: number, reply: PressReply): void {
    this.world.time.plan(afterMs, () => {
      if (this.isAnswered || this.work.instance.dead) return;
      this.isAnswered = true;
      if (reply.kind === 'ended') this.world.witness.reportedInReply(this.press.clientContext);
      this.resolve(reply);
    });
  }

  private strikes(fault: Parameters<World['strikes']>[0]): boolean {
    return this.world.strikes(fault, this.named.clientContext);
  }

  private mostOf(mostMs: number): number {
    return this.world.random.between(mostMs / 2, mostMs);
  }
}

/** An answer, or a lack of one, that proves that nothing was pressed. */
export function refuse(
  world: World,
  { clientContext }: Press,
  code: ErrorCode,
  again: 'never' | 'later',
  answered: boolean,
  retryAfterMs?: number,
): PressReply {
  world.witness.refused(clientContext, code, again, retryAfterMs ?? 0);
  return { kind: 'refused', fault: { code }, again, answered, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

export function uncertain(code: ErrorCode): PressReply {
  return { kind: 'uncertain', fault: { code } };
}

export function delaysMs({ tones, delayBetweenTonesMs = 0 }: Press): number {
  return tones.length * delayBetweenTonesMs;
}
