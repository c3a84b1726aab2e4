// Callers who wait for the end (`Prefer: wait=N`): from the moment of asking or later, until the end or N seconds; some vanish.
// In half of the worlds; they have a random of their own, so that the others stay as they are. They look as
// shared/http/prefer-wait does: soon at first, then more seldom.
import type { ToneRequest } from '../../../shared/tones/request/tone-request';
import { isEnd } from '../judge/promises';
import type { SeenWait } from '../judge/seen-wait';
import { seededRandom, type SeededRandom } from './seeded-random';
import { NOBODY, type World } from './simulated-world';

const OF_WAITERS = 0x3a17e5;
const SHARE = 0.2;
const FIRST_PAUSE_MS = 100;
const GROWTH = 1.5;
const LONGEST_PAUSE_MS = 1000;
const LONGEST_WAIT_SECONDS = 30;
/** At each look. */
const VANISHES = 0.005;

interface Waiting {
  readonly clientContext: string;
  readonly wait: SeenWait;
  readonly endsAt: number;
}

export class Waiters {
  readonly areHere: boolean;
  private readonly random: SeededRandom;

  constructor(private readonly world: World) {
    this.random = seededRandom(world.seed ^ OF_WAITERS);
    this.areHere = this.random.chance(0.5);
  }

  /** A request that is asked for at `askAtMs`: for some of them somebody waits. */
  plan({ clientContext, expiresInSeconds }: ToneRequest, askAtMs: number): void {
    const { random, world } = this;
    if (!this.areHere || !random.chance(SHARE)) return;
    const laterMs = random.chance(0.5) ? random.between(20, 60) : random.between(0, 1000 * (expiresInSeconds + 40));
    const waitMs = 1000 * random.between(1, LONGEST_WAIT_SECONDS);
    world.time.plan(askAtMs + laterMs, () => {
      const wait = world.witness.waits(clientContext);
      this.look({ clientContext, wait, endsAt: world.time.now + waitMs }, FIRST_PAUSE_MS);
    });
  }

  /** After a pause; a look that storage fails is left out. */
  private look(waiting: Waiting, pauseMs: number): void {
    const { random, world } = this;
    const { time, witness } = world;
    const { clientContext, wait, endsAt } = waiting;
    time.plan(Math.min(pauseMs, endsAt - time.now), () => {
      if (random.chance(VANISHES)) return;
      const lookedAt = time.now;
      const goOn = () => time.now < endsAt && this.look(waiting, Math.min(LONGEST_PAUSE_MS, pauseMs * GROWTH));
      // Its instance may die, which is no excuse for anything that becomes of the request.
      world
        .workOn(NOBODY, (rules) => rules.read(clientContext))
        .then((ended) => {
          if (ended === undefined) return;
          const { status } = (ended.value ?? {}) as { readonly status?: string };
          witness.waiterAnswered(clientContext, wait, { lookedAt, at: time.now, status });
          if (status === undefined || !isEnd(status)) goOn();
        }, goOn);
    });
  }
}
