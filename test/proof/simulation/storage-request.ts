// One request to storage on its way: latency, the fault that strikes, when it is executed, and what its sender hears.
// Knows nothing of what is asked.
import type { Service } from './outages';
import { NOBODY, type Work, type World } from './simulated-world';

export interface StorageRequest<T> {
  readonly what: string;
  /** The request that it is about, where the work is not about one. */
  readonly about: string;
  readonly service: Service;
  readonly isWrite: boolean;
  /** The SDK tries it once only. */
  readonly isTriedOnce?: boolean;
  /** It claims a row. */
  readonly isClaim?: boolean;
  readonly execute: () => T;
}

/** The time limit of the clients (shared/storage/storage-clients.ts). */
const CLIENT_LIMIT_MS = 4000;
const LANDS_LATE_MS = 10_000;
const SDK_REPEATS_MS = [200, 4500] as const;

type Answer<T> = { readonly result: T } | { readonly error: Error };

export function sendRequest<T>(world: World, work: Work, request: StorageRequest<T>): Promise<T> {
  const { instance } = work;
  const { random, time } = world;
  const subject = work.clientContext === NOBODY ? request.about : work.clientContext;
  const sentAt = time.now;
  return new Promise((resolve, reject) => {
    if (instance.dead) return;
    const slowMs = world.strikes('storageSlow', subject) ? random.between(500, 4000) : 0;
    time.plan(random.between(1, 12) + slowMs, () => {
      // A request on its way when its sender dies may still arrive.
      if (!instance.dead || random.chance(0.5)) arrive();
    });

    function arrive(): void {
      if (world.outages.strikes(request.service, subject) || world.strikes('storageRefused', subject))
        return answer({ error: lost('refused') });
      if (request.isWrite && world.strikes('storageLandsLate', subject)) {
        doubtClaim();
        time.plan(CLIENT_LIMIT_MS + random.between(0, LANDS_LATE_MS), () => execute('landed late'));
        return answer({ error: lost('given up') }, CLIENT_LIMIT_MS);
      }
      const first = execute('');
      if (world.outages.strikesAnswers(request.service, subject) || world.strikes('storageAnswerLost', subject)) {
        doubtClaim();
        return answer({ error: lost('answer lost') });
      }
      if (request.isTriedOnce || 'error' in first) return answer(first);
      if (world.strikes('storageRepeated', subject)) return repeated(0);
      if (world.strikes('storageRepeatedLate', subject)) return repeated(random.between(...SDK_REPEATS_MS));
      answer(first);
    }

    function repeated(afterMs: number): void {
      if (request.isClaim) world.witness.note('claimRepeated', subject);
      if (afterMs === 0) return answer(execute('again'));
      time.plan(afterMs, () => !instance.dead && answer(execute('again')));
    }

    function doubtClaim(): void {
      if (request.isClaim) world.witness.note('claimInDoubt', subject);
    }

    function execute(how: string): Answer<T> {
      world.sentAt = sentAt;
      let answered: Answer<T>;
      try {
        answered = { result: request.execute() };
      } catch (error) {
        answered = { error: error as Error };
      }
      if (world.tracing) {
        const shown = 'error' in answered ? String(answered.error) : JSON.stringify(answered.result);
        world.witness.trace(subject, `${request.what} ${shown} ${how}${instance.dead ? ' (sender dead)' : ''}`);
      }
      return answered;
    }

    function lost(how: string): Error {
      if (world.tracing) world.witness.trace(subject, `${request.what} ${how}`);
      return new Error(`storage failed: ${request.what}`);
    }

    function answer(answered: Answer<T>, afterMs = random.between(1, 6)): void {
      time.plan(afterMs, () => {
        if (instance.dead) return;
        if ('error' in answered) reject(answered.error);
        else resolve(answered.result);
      });
    }
  });
}
