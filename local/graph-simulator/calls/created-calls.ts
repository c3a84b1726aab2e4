// The life of the calls that an app creates: they ring, are answered or not, and end once; each step is notified.
// https://learn.microsoft.com/graph/api/application-post-calls, …/call-delete. Knows no HTTP request.
import { randomUUID } from 'node:crypto';
import { callNotification, type CallNotificationDetail } from '../graph/payloads';
import { BoundedLog, type LogFilter, type Numbered } from './bounded-log';
import type { CallRegistry, SimulatedCall } from './calls';
import { END_REASONS, type EndReason, type FarEnds } from './far-ends';
import type { Notifier } from './notifications';
import type { Schedule } from './schedule';

/** What an app asked for, once it was found valid. */
export interface CallRequest {
  readonly callbackUri: string;
  /** The phone number, or the id of the user, application or meeting. */
  readonly target: string;
  readonly tenantId?: string;
  /** Of the token that created the call: `aud` of its notifications. */
  readonly appId: string;
  /** As it came, for the answer. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface CreatedCall extends Numbered {
  readonly callId: string;
  readonly createdAt: string;
  readonly target: string;
  readonly appId: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly myParticipantId: string;
  /** Answers to DELETE, in order: 204 for the one that ended the call, 404 afterwards. */
  readonly hangUps: number[];
  /** Absent while the call lives. */
  endedBy?: EndReason;
}

interface Rooms {
  readonly calls: CallRegistry;
  readonly farEnds: FarEnds;
  readonly notifier: Notifier;
  readonly schedule: Schedule;
}

export class CreatedCalls {
  readonly #log = new BoundedLog<CreatedCall>();
  readonly #byId = new Map<string, CreatedCall>();

  constructor(private readonly rooms: Rooms) {}

  list(filter: LogFilter = {}): CreatedCall[] {
    return this.#log.list(filter);
  }

  get(callId: string): CreatedCall | undefined {
    return this.#byId.get(callId);
  }

  clear(): void {
    this.#log.clear();
    this.#byId.clear();
  }

  /** The call is establishing; its life goes on by itself after `begin`. */
  create({ callbackUri, target, tenantId, appId, body }: CallRequest): CreatedCall {
    const callId = randomUUID();
    this.rooms.calls.put(callId, {
      ...this.rooms.farEnds.get(target).call,
      state: 'establishing',
      mediaState: 'inactive',
      callbackUrl: callbackUri,
      appId,
      ...(tenantId !== undefined && { tenantId }),
    });
    const createdAt = new Date().toISOString();
    const created = this.#log.add((sequence) => ({
      ...{ sequence, callId, createdAt, target, appId, body },
      myParticipantId: randomUUID(),
      hangUps: [],
    }));
    this.#byId.set(callId, created);
    return created;
  }

  /** Three notifications, sent without waiting for one another: they may overtake each other, as Graph's may. */
  async begin({ callId, target }: CreatedCall): Promise<void> {
    const { farEnds, schedule } = this.rooms;
    const { answer = 'answers', ringMs = farEnds.defaultRingMs, hangsUpAfterMs } = farEnds.get(target);
    this.#change(callId, { state: 'establishing' });
    if (!(await schedule.wait(ringMs))) return;
    if (answer !== 'answers') return void this.end(callId, answer);
    this.#change(callId, { state: 'established' });
    this.#change(callId, { mediaState: 'active' });
    if (hangsUpAfterMs !== undefined && (await schedule.wait(hangsUpAfterMs))) this.end(callId, 'far-end-hung-up');
  }

  /** False where there is no such call, or it has ended already. */
  end(callId: string, reason: EndReason): boolean {
    const call = this.#living(callId);
    if (call === undefined) return false;
    const created = this.#byId.get(callId);
    if (created !== undefined) created.endedBy = reason;
    const ended = this.rooms.calls.patch(call, { state: 'terminated', mediaState: 'inactive' });
    this.#notify(ended, 'deleted', { resultInfo: END_REASONS[reason], withoutMedia: true });
    return true;
  }

  #change(callId: string, change: { state: 'establishing' | 'established' } | { mediaState: 'active' }): void {
    const call = this.#living(callId);
    if (call === undefined) return;
    this.#notify(this.rooms.calls.patch(call, change), 'updated', { withoutMedia: 'state' in change });
  }

  #notify(call: SimulatedCall, changeType: 'updated' | 'deleted', detail: CallNotificationDetail): void {
    const body = callNotification(call, changeType, call.options.payload, detail);
    void this.rooms.notifier.send(call, { about: 'call' }, body);
  }

  #living(callId: string): SimulatedCall | undefined {
    const call = this.rooms.calls.get(callId);
    return call?.state === 'terminated' ? undefined : call;
  }
}
