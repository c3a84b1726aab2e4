// The phone: the calls that there are, what a person does to them, and what their far end hears.
// Knows no HTTP: whoever listens is given events.
import { randomUUID } from 'node:crypto';
import { armedScenario, OptionFault, type CallOptions, type CallRegistry, type SimulatedCall } from '../calls/calls';
import type { Notifier } from '../calls/notifications';
import type { Press } from '../calls/presses';
import { callNotification } from '../graph/payloads';

export const ACTIONS = ['establish', 'hold', 'resume', 'end', 'fail-next', 'lose-next', 'spare-next'] as const;
export type PhoneAction = (typeof ACTIONS)[number];

export interface CallOnPhone {
  readonly id: string;
  readonly state: string;
  readonly audio: string;
  /** What the next press meets, if that was asked for. */
  readonly next?: 'fail-next' | 'lose-next';
}

/** Keys that the far end of a call hears, the first one `sinceMs` ago. */
export interface HeardKeys {
  readonly callId: string;
  readonly tones: readonly string[];
  readonly sinceMs: number;
  /** From the start of one key to the start of the next, and how long each sounds. */
  readonly everyMs: number;
  readonly soundsMs: number;
}

export interface PhoneEvents {
  readonly calls: (calls: readonly CallOnPhone[]) => void;
  readonly keys: (keys: HeardKeys) => void;
}

interface Rooms {
  readonly calls: CallRegistry;
  readonly notifier: Notifier;
}

/** The newest calls; older ones are not of interest at a phone. */
const MOST_CALLS = 12;
/** Changes that come together are shown together. */
const GATHER_MS = 30;

const CHANGES: Readonly<Record<PhoneAction, CallOptions>> = {
  establish: { state: 'established', mediaState: 'active' },
  hold: { mediaState: 'inactive' },
  resume: { mediaState: 'active' },
  end: { state: 'terminated' },
  'fail-next': { scenario: 'failed', times: 1, then: 'success' },
  'lose-next': { scenario: 'notification-never', times: 1, then: 'success' },
  'spare-next': { scenario: 'success' },
};
const CHANGES_OF_STATE: readonly PhoneAction[] = ['establish', 'hold', 'resume', 'end'];

export class Phone {
  readonly #listeners = new Set<PhoneEvents>();
  #gathering: NodeJS.Timeout | undefined;

  /** `rooms` are asked for later: they report to the phone themselves. */
  constructor(private readonly rooms: () => Rooms) {}

  /** Events from now on, the calls at once; what it returns ends that. */
  listen(events: PhoneEvents): () => void {
    this.#listeners.add(events);
    events.calls(this.#calls());
    return () => void this.#listeners.delete(events);
  }

  /** A call that rings; its notifications go to `callbackUrl`. Throws OptionFault. */
  async create(callbackUrl: string): Promise<string> {
    const id = randomUUID();
    const ringing: CallOptions = { callbackUrl, state: 'establishing', mediaState: 'inactive' };
    await this.#notify(this.rooms().calls.put(id, ringing), 'created');
    return id;
  }

  /** Throws OptionFault where there is no such call. */
  async act(callId: string, action: PhoneAction): Promise<void> {
    const { calls } = this.rooms();
    const call = calls.get(callId);
    if (call === undefined) throw new OptionFault(`no such call: ${callId}`);
    const changed = calls.patch(call, CHANGES[action]);
    if (CHANGES_OF_STATE.includes(action)) await this.#notify(changed, action === 'end' ? 'deleted' : 'updated');
  }

  /** To be called after any change of a call. */
  callsChanged(): void {
    if (this.#listeners.size === 0 || this.#gathering !== undefined) return;
    this.#gathering = setTimeout(() => {
      this.#gathering = undefined;
      const calls = this.#calls();
      for (const { calls: show } of this.#listeners) show(calls);
    }, GATHER_MS);
    this.#gathering.unref();
  }

  /** To be called with each press as it starts. */
  pressed(press: Press): void {
    this.callsChanged();
    const { callId, tones, executed, startedAt, endedAt, delayBetweenTonesMs = 0 } = press;
    if (!executed || tones.length === 0) return;
    const everyMs = (Date.parse(endedAt) - Date.parse(startedAt)) / tones.length;
    // Where tests have made the time short, the delay may be longer than what is left of it.
    const soundsMs = Math.max(everyMs - delayBetweenTonesMs, everyMs / 2);
    const sinceMs = Math.max(0, Date.now() - Date.parse(startedAt));
    for (const { keys } of this.#listeners) keys({ callId, tones, sinceMs, everyMs, soundsMs });
  }

  #calls(): CallOnPhone[] {
    return this.rooms().calls.newest(MOST_CALLS).map(toCallOnPhone);
  }

  async #notify(call: SimulatedCall, changeType: 'created' | 'updated' | 'deleted'): Promise<void> {
    await this.rooms().notifier.send(call, { about: 'call' }, callNotification(call, changeType, call.options.payload));
  }
}

function toCallOnPhone(call: SimulatedCall): CallOnPhone {
  const armed = armedScenario(call);
  const next = armed === 'failed' ? 'fail-next' : armed === 'notification-never' ? 'lose-next' : undefined;
  return { id: call.id, state: call.state, audio: call.mediaState, ...(next !== undefined && { next }) };
}
