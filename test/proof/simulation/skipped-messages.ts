// Messages of a poison queue that the host skips: no function is ever given them, and the timer must take them.
// Knows how long each has been there; decides nothing.
import type { AbandonedMessage } from '../../../shared/tones/ports/queues';
import { NOBODY, type Work, type World } from './simulated-world';
import { sendRequest } from './storage-request';

export class SkippedMessages<T extends { readonly clientContext: string }> {
  private readonly since = new Map<T, number>();

  constructor(private readonly world: World) {}

  get size(): number {
    return this.since.size;
  }

  add(message: T): void {
    this.since.set(message, this.world.time.now);
  }

  /** @param isRead whether the app that asks can read the message */
  olderThan(ageMs: number, work: Work, isRead = (_message: T) => true): Promise<AbandonedMessage<T>[]> {
    const ask = <R>(what: string, isWrite: boolean, execute: () => R) =>
      sendRequest(this.world, work, { what, about: NOBODY, service: 'queue', isWrite, execute });
    if (this.since.size === 0) return Promise.resolve([]);
    return ask('take skipped', false, () =>
      [...this.since]
        .filter(([, since]) => this.world.time.now - since > ageMs)
        .map(([message]) => ({
          message: isRead(message) ? message : this.unread(message),
          remove: () => ask('remove skipped', true, () => void this.since.delete(message)),
        })),
    );
  }

  /** An older app deletes it. */
  private unread({ clientContext }: T): undefined {
    this.world.witness.note('olderApp', clientContext);
    return undefined;
  }
}
