// Callers who cancel: at any time, at the very moment of a claim or a report, after the end, twice at once, and under
// names that nobody asked for. In half of the worlds; they have a random of their own, so that the others stay as they are.
// Calls the rules as functions/cancel-tones does.
import type { ToneRequest } from '../../../shared/tones/request/tone-request';
import { seededRandom, type SeededRandom } from './seeded-random';
import { NOBODY, type World } from './simulated-world';

const OF_CANCELERS = 0x5ca1ab1e;
/** Of the requests of a world that has callers who cancel: of one part, of several. */
const SHARE = 0.25;
const SHARE_OF_SEQUENCES = 0.5;
const MOST_ATTEMPTS = 4;
const MOMENTS = ['sending', 'running', 'running', 'pausing', 'pausing'] as const;

export class Cancelers {
  readonly areHere: boolean;
  private readonly random: SeededRandom;
  /** Requests that are cancelled when their row takes that status: how often it has to. */
  private readonly awaited = new Map<string, { readonly status: string; times: number }>();

  constructor(private readonly world: World) {
    this.random = seededRandom(world.seed ^ OF_CANCELERS);
    this.areHere = this.random.chance(0.5);
    if (this.areHere) world.time.plan(this.random.between(0, 60_000), () => this.cancel('nobody', 1));
  }

  /** A request that is asked for at `askAtMs`: some are cancelled. */
  plan({ clientContext, expiresInSeconds, rest }: ToneRequest, askAtMs: number): void {
    const { random } = this;
    if (!this.areHere || !random.chance(rest === undefined ? SHARE : SHARE_OF_SEQUENCES)) return;
    const statuses = rest === undefined ? MOMENTS.slice(0, 2) : MOMENTS;
    if (random.chance(0.5)) {
      const status = statuses[random.between(0, statuses.length - 1)] as string;
      this.awaited.set(clientContext, { status, times: random.chance(0.3) ? 2 : 1 });
      return;
    }
    const lateMs = random.pick([40, 40, 4000, 1000 * expiresInSeconds, 600_000]);
    this.cancelAt(clientContext, askAtMs + random.between(-10, lateMs));
  }

  /** The row has taken that status. */
  seen(clientContext: string, status: string): void {
    const awaited = this.awaited.get(clientContext);
    if (awaited?.status !== status) return;
    awaited.times -= 1;
    if (awaited.times > 0) return;
    this.awaited.delete(clientContext);
    this.cancelAt(clientContext, this.random.between(0, this.random.pick([5, 30, 400])));
  }

  /** Also twice at once, and once more later. */
  cancelAt(clientContext: string, delayMs: number): void {
    const { random, world } = this;
    const cancel = (ms: number) => world.time.plan(ms, () => this.cancel(clientContext, 1));
    cancel(delayMs);
    if (random.chance(0.2)) cancel(delayMs + random.between(0, 4));
    if (random.chance(0.2)) cancel(delayMs + random.between(10, 20_000));
  }

  private cancel(clientContext: string, attempt: number): void {
    const { random, world } = this;
    const { witness, time } = world;
    const cancel = witness.cancelAsked(clientContext);
    const again = () => {
      if (attempt < MOST_ATTEMPTS) time.plan(random.between(200, 6000), () => this.cancel(clientContext, attempt + 1));
    };
    time.plan(random.between(1, 20), () => {
      // Its instance may die, which is no excuse for anything that becomes of the request.
      world
        .workOn(NOBODY, (rules) => rules.cancel(clientContext))
        .then((ended) => {
          if (ended === undefined) return again();
          witness.cancelAnswered(cancel, ended.value);
          if (world.tracing) witness.trace(clientContext, `cancelled, answered ${ended.value?.status ?? 404}`);
          if (world.strikes('callerAnswerLost', clientContext)) again();
        }, again);
    });
  }
}
