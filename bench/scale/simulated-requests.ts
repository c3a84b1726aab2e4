// Requests that come at a steady rate: when each was accepted, when Graph reported it, and how late the timer ended it.
// A row is what it would be at that moment; knows no limit of storage and no pace.
import type { OutcomeFacts } from '../../shared/tones/facts/outcome-facts';
import type { ClosedEntry, IndexEntry, OpenEntry } from '../../shared/tones/ports/request-index';
import type { Stored } from '../../shared/tones/ports/rows';
import type { SeededRandom } from '../../test/proof/simulation/seeded-random';
import type { VirtualTime } from '../../test/proof/simulation/virtual-time';

/** From the entry until Graph's report: the mean of an exponential distribution. */
const LIFETIME_MS = 15_000;
/** Never reported, and ended by the timer. */
const OVERDUE = 0.01;
const DEADLINE_MS = 15_000;
/** Of each call, the last of which takes the call's row with it. */
const REQUESTS_A_CALL = 4;
export const OLD_DAY = '2025-11-01';

interface SimulatedRequest {
  readonly entry: OpenEntry;
  readonly endsAt: number;
  readonly expiresAt: number;
}

export class SimulatedRequests {
  /** From each deadline that the timer ended until that end was stored, in ms. */
  readonly lateness: number[] = [];
  readonly deleted = { count: 0, inThisRun: 0 };

  private readonly open = new Map<string, SimulatedRequest>();
  private readonly startedAt: number;
  private accepted = 0;

  constructor(
    private readonly time: VirtualTime,
    private readonly random: SeededRandom,
    private readonly requestsPerSecond: number,
    /** Old rows that a run may delete; there are always more. */
    private readonly mostDeleted: number,
  ) {
    this.startedAt = time.now;
  }

  openEntries(): OpenEntry[] {
    this.accept();
    return [...this.open.values()].map(({ entry }) => entry);
  }

  row(clientContext: string): Stored<OutcomeFacts> | undefined {
    const shared = { clientContext, callId: `call-${clientContext}`, etag: '1' };
    if (clientContext.startsWith('old')) return { ...shared, status: 'succeeded', finishedAt: 0 };
    const request = this.open.get(clientContext);
    if (request === undefined) return undefined;
    const { endsAt, expiresAt } = request;
    if (this.time.now >= endsAt) return { ...shared, status: 'succeeded', finishedAt: endsAt };
    return { ...shared, status: 'accepted', expiresAt, after: '' };
  }

  /** Ended by the timer. */
  end(clientContext: string): void {
    const request = this.open.get(clientContext);
    if (request === undefined) return;
    this.lateness.push(this.time.now - request.expiresAt);
    this.open.set(clientContext, { ...request, endsAt: this.time.now, expiresAt: Infinity });
  }

  forget(entries: readonly IndexEntry[]): void {
    for (const entry of entries) if (entry.kind === 'request') this.open.delete(entry.clientContext);
  }

  oldEntries(limit: number): ClosedEntry[] {
    const { count, inThisRun } = this.deleted;
    return Array.from({ length: Math.min(limit, this.mostDeleted - inThisRun) }, (_, place) => ({
      kind: 'request',
      clientContext: `old${count + place}`,
      since: 0,
      closedOn: OLD_DAY,
    }));
  }

  forgetOld(count: number): void {
    this.deleted.count += count;
    this.deleted.inThisRun += count;
  }

  /** All that were accepted until now, in even steps. */
  private accept(): void {
    for (;;) {
      const since = this.startedAt + (this.accepted * 1000) / this.requestsPerSecond;
      if (since > this.time.now) return;
      const clientContext = `r${this.accepted}`;
      const isOverdue = this.random.chance(OVERDUE);
      const endsAt = isOverdue ? Infinity : since - LIFETIME_MS * Math.log(1 - this.random.next());
      const entry = { kind: 'request', clientContext, since, etag: '1' } as const;
      this.open.set(clientContext, { entry, endsAt, expiresAt: isOverdue ? since + DEADLINE_MS : Infinity });
      this.accepted += 1;
    }
  }
}

/** The request that was the last of the call: three of four are followed by a newer one. */
export function tailOf(callKey: string): string {
  const place = Number(/\d+$/.exec(callKey)?.[0]);
  return place % REQUESTS_A_CALL === 0 ? `old${place}` : 'newer';
}
