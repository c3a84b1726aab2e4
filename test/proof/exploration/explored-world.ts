// A world whose every next step is chosen from outside: which request to storage or Graph is executed next, who dies, when time passes.
// The production rules run in it unchanged; test/proof/exploration/explore.ts tries every choice.
import { createHash } from 'node:crypto';
import { makeDeliveryPolicy } from '../../../shared/tones/facts/delivery-policy';
import type { PressReply } from '../../../shared/tones/ports/graph-calls';
import type { ToneMessage, ToneQueue } from '../../../shared/tones/ports/queues';
import type { ToneRequest } from '../../../shared/tones/request/tone-request';
import type { Design, Ports, Rules } from '../rules';
import { makeSimulatedStorage } from '../simulation/simulated-storage';
import { Witness } from '../simulation/witness';

export const POLICY = makeDeliveryPolicy({
  sendGraceSeconds: 8,
  notificationGraceSeconds: 5,
  waitMinSeconds: 1,
  waitMaxSeconds: 1,
  partLatenessSeconds: 5,
  outcomeRetentionDays: 30,
});
const START = Date.UTC(2026, 0, 1);

/** One history to explore: what happens by itself, and how often what may go wrong. */
export interface Scenario {
  readonly name: string;
  readonly requests: readonly ToneRequest[];
  /** Accepted one after the other before the exploration begins; the others are asked for inside it, all at once. */
  readonly acceptedBefore: readonly string[];
  /** Callers inside the exploration: a name twice is a repetition. */
  readonly callers: readonly string[];
  /** Moments, in milliseconds from the start, to which time may pass. The timer runs at each. */
  readonly moments: readonly number[];
  /** Instances that may die between two of their requests. */
  readonly deaths: number;
  /** Storage requests that the SDK sends twice because the first answer was lost. */
  readonly repeats: number;
  /** Messages that are delivered once more. */
  readonly redeliveries: number;
  /** What Graph answers, press by press; then it accepts. */
  readonly replies?: readonly ('accept' | 'not-ready' | 'lost')[];
  /** Only the accepting is explored: no message is delivered. */
  readonly undelivered?: boolean;
  /** The call ends at some moment, and tells it. */
  readonly callEnds?: boolean;
}

interface Pending {
  readonly actor: Actor;
  readonly what: string;
  readonly execute: () => unknown;
  readonly resolve: (value: never) => void;
}

/** Something that runs on an instance of its own: a caller's request, a delivery, the timer, a notification. */
class Actor {
  dead = false;
  /** Digest of all that it has seen: with it and the stored state, its own state is determined. */
  seen = '';
  ids = 0;
  constructor(readonly name: string) {}
  see(what: string): void {
    this.seen = digest(this.seen + what);
  }
}

function digest(text: string): string {
  return createHash('md5').update(text).digest('base64');
}

export type Choice = string;

export class ExploredWorld {
  readonly storage = makeSimulatedStorage();
  readonly tracing = false;
  readonly time = { now: START };
  readonly witness = new Witness(this);
  readonly pending: Pending[] = [];
  private readonly offers = new Map<string, () => void>();
  private readonly messages: { readonly message: ToneMessage; readonly visibleAt: number; readonly id: number }[] = [];
  private readonly live = new Map<string, number>();
  private deaths: number;
  private repeats: number;
  private redeliveries: number;
  private moments: number[];
  private ids = 0;
  private readonly actors = new Map<string, number>();
  private replies: string[];
  private callEnded = false;

  constructor(
    private readonly design: Design,
    private readonly scenario: Scenario,
  ) {
    this.deaths = this.repeats = this.redeliveries = 0;
    this.moments = [];
    this.replies = [...(scenario.replies ?? [])];
    this.storage.outcomes.onWrite = (key, before, after) => this.witness.rowWritten(key, before, after);
  }

  /** Accepts what was accepted before; then the choices begin. */
  async prepare(drain: () => Promise<void>): Promise<void> {
    const { scenario } = this;
    for (const name of scenario.acceptedBefore) {
      this.call(name);
      for (await drain(); this.pending.length > 0; await drain()) this.choose('0');
      this.time.now += 1;
    }
    for (const name of scenario.callers) this.call(name);
    this.deaths = scenario.deaths;
    this.repeats = scenario.repeats;
    this.redeliveries = scenario.redeliveries;
    this.moments = scenario.moments.map((moment) => START + moment);
    if (scenario.callEnds) this.offers.set('call ends', () => this.endCall());
    await drain();
  }

  /** Every step that can be taken now. */
  choices(): Choice[] {
    const choices: Choice[] = [];
    for (const [position, { actor }] of this.pending.entries()) {
      choices.push(String(position));
      if (this.repeats > 0 && this.isWrite(position)) choices.push(`repeat ${position}`);
      if (this.deaths > 0 && !actor.name.startsWith('timer')) choices.push(`die ${position}`);
    }
    for (const { id, visibleAt } of this.messages) {
      if (visibleAt > this.time.now || this.scenario.undelivered) continue;
      choices.push(`deliver ${id}`);
      if (this.redeliveries > 0) choices.push(`deliver-twice ${id}`);
    }
    choices.push(...this.offers.keys());
    if (this.moments.length > 0) choices.push('time');
    return choices;
  }

  choose(choice: Choice): void {
    const [what, id] = choice.split(' ') as [string, string | undefined];
    switch (what) {
      case 'repeat':
        this.repeats -= 1;
        return this.execute(Number(id), true);
      case 'die':
        return this.die(Number(id));
      case 'deliver':
      case 'deliver-twice':
        return this.deliver(Number(id), what === 'deliver-twice');
      case 'time':
        return this.passTime();
      default:
        if (/^\d+$/.test(what)) return this.execute(Number(what), false);
        this.offers.get(choice)?.();
        this.offers.delete(choice);
    }
  }

  /** All that decides what can still happen: two histories with the same key need not both be followed. */
  key(): string {
    const state = [
      this.time.now,
      this.deaths,
      this.repeats,
      this.redeliveries,
      this.replies,
      this.callEnded,
      [...this.storage.outcomes.rows].sort(),
      [...this.storage.calls.rows],
      this.messages.map(({ message, visibleAt }) => JSON.stringify([message, visibleAt])).sort(),
      [...this.offers.keys()].sort(),
      this.witness.presses,
      this.witness.violations.length,
      this.pending.map(({ actor, what }) => [actor.name, what, actor.seen]).sort(),
    ];
    return digest(JSON.stringify(state));
  }

  /** The end of a history: the watch is over everywhere, and the timer has run. */
  async finish(drain: () => Promise<void>): Promise<void> {
    this.pending.length = 0;
    this.witness.note('graphSlow', '');
    for (const request of this.scenario.requests) this.witness.note('graphSlow', request.clientContext);
    this.time.now = START + 60_000;
    this.runTimer();
    for (await drain(); this.pending.length > 0; await drain()) this.execute(0, false);
    this.witness.judge();
  }

  private isWrite(position: number): boolean {
    return /^(merge|insert)/.test(this.pending[position]?.what ?? '');
  }

  private execute(position: number, repeated: boolean): void {
    const [step] = this.pending.splice(position, 1);
    if (step === undefined) return;
    let result = step.execute();
    if (repeated) result = step.execute();
    step.actor.see(`${step.what}=${JSON.stringify(result)}`);
    if (!step.actor.dead) step.resolve(result as never);
  }

  private die(position: number): void {
    this.deaths -= 1;
    const { actor } = this.pending[position] as Pending;
    actor.dead = true;
    for (let index = this.pending.length - 1; index >= 0; index -= 1)
      if (this.pending[index]?.actor === actor) this.pending.splice(index, 1);
  }

  private passTime(): void {
    this.time.now = this.moments.shift() ?? this.time.now;
    this.runTimer();
  }

  private runTimer(): void {
    const { rules } = this.actor('timer');
    rules.closeOverdue().catch(() => undefined);
  }

  private call(clientContext: string): void {
    const request = this.scenario.requests.find(
      (candidate) => candidate.clientContext === clientContext,
    ) as ToneRequest;
    this.witness.asked(clientContext, request.callId, request.expiresInSeconds * 1000);
    const { rules } = this.actor(`caller of ${clientContext}`);
    rules.accept(request).then(
      () => this.witness.accepted(clientContext),
      () => undefined,
    );
  }

  private deliver(id: number, again: boolean): void {
    const position = this.messages.findIndex((queued) => queued.id === id);
    const queued = this.messages[position];
    if (queued === undefined) return;
    if (again) this.redeliveries -= 1;
    else this.messages.splice(position, 1);
    const { clientContext } = queued.message;
    const { rules, actor } = this.actor(`delivery of ${clientContext}`);
    rules.press(queued.message, { redelivered: again }).then(
      () => {
        if (again) return;
        this.live.set(clientContext, (this.live.get(clientContext) ?? 0) - 1);
        this.witness.messageDropped(clientContext, this.live.get(clientContext) ?? 0);
      },
      () => {
        if (!actor.dead) this.messages.push(queued);
      },
    );
  }

  private endCall(): void {
    this.callEnded = true;
    const { rules } = this.actor('notification of the end of the call');
    rules
      .tellCall({ callId: this.scenario.requests[0]?.callId ?? '', state: 'terminated', ended: true })
      .catch(() => undefined);
  }

  private actor(name: string): { rules: Rules; actor: Actor } {
    const count = (this.actors.get(name) ?? 0) + 1;
    this.actors.set(name, count);
    const actor = new Actor(`${name} ${count}`);
    return { actor, rules: this.design(this.portsOf(actor)) };
  }

  private ask<T>(actor: Actor, what: string, execute: () => T): Promise<T> {
    return new Promise((resolve) => {
      if (!actor.dead) this.pending.push({ actor, what, execute, resolve });
    });
  }

  private portsOf(actor: Actor): Ports {
    const { outcomes, calls, index } = this.storage;
    const enqueue: ToneQueue['enqueue'] = (message, delayMs) =>
      this.ask(actor, `enqueue ${message.clientContext} +${delayMs}`, () => {
        this.messages.push({ message, visibleAt: this.time.now + delayMs, id: (this.ids += 1) });
        this.live.set(message.clientContext, (this.live.get(message.clientContext) ?? 0) + 1);
      });
    return {
      clock: { now: () => this.time.now },
      random: { uuid: () => `${actor.name}#${(actor.ids += 1)}`, token: () => `${actor.name}#${(actor.ids += 1)}` },
      policy: POLICY,
      log: () => undefined,
      fingerprint: (request) => Promise.resolve(request.clientContext),
      outcomes: {
        read: (key) => this.ask(actor, `read ${key}`, () => outcomes.read(key)),
        insert: (facts) =>
          this.ask(actor, `insert ${facts.clientContext}`, () => outcomes.insert(facts.clientContext, facts)),
        merge: (key, facts, etag) =>
          this.ask(actor, `merge ${key} ${JSON.stringify(facts)} ${etag}`, () => outcomes.merge(key, facts, etag)),
        remove: (key, etag) => this.ask(actor, `remove ${key}`, () => outcomes.remove(key, etag)),
      },
      calls: {
        read: (key) => this.ask(actor, `read call ${key}`, () => calls.read(key)),
        insert: (key, facts) => this.ask(actor, `insert call ${JSON.stringify(facts)}`, () => calls.insert(key, facts)),
        merge: (key, facts, etag) =>
          this.ask(actor, `merge call ${JSON.stringify(facts)} ${etag}`, () => calls.merge(key, facts, etag)),
        remove: (key, etag) => this.ask(actor, `remove call ${key}`, () => calls.remove(key, etag)),
      },
      // The index decides nothing: its requests are executed at once, and the timer sees every row.
      index: {
        open: (entry) => Promise.resolve(index.add(entry)),
        openEntries: () => listAtOnce([...index.open.values()]),
        close: () => Promise.resolve(),
        closeUnlessReopened: () => Promise.resolve(),
        forgetUnlessReopened: () => Promise.resolve(),
        closedBefore: () => Promise.resolve([]),
        forgetClosed: () => Promise.resolve(),
      },
      // Callbacks decide nothing of a press: none is asked for.
      callbacks: {
        read: () => Promise.resolve(undefined),
        replace: () => Promise.resolve(),
        merge: () => Promise.resolve({ kind: 'stale' }),
        remove: () => Promise.resolve(),
      },
      callbackQueue: { enqueue: () => Promise.resolve() },
      post: () => Promise.resolve({ kind: 'taken', httpStatus: 200 }),
      queue: { enqueue, enqueueOnce: enqueue },
      poison: { abandonedTones: async () => [], abandonedCallbacks: async () => [] },
      ends: {
        insert: (facts, end) => {
          const row = { ...facts, ...end };
          return this.ask(actor, `insert ${row.clientContext}`, () => outcomes.insert(row.clientContext, row));
        },
        end: (key, end, etag) =>
          this.ask(actor, `merge ${key} ${JSON.stringify(end)} ${etag}`, () => outcomes.merge(key, end, etag)),
      },
      graph: {
        // The token first; then permit, way and execution are one step: no pause of the process between them (docs/reliability.md).
        sendDtmfTones: async (press, permit) => {
          await this.ask(actor, `token for ${press.clientContext}`, () => undefined);
          const reply = await this.ask<PressReply>(actor, `POST ${press.clientContext}`, () =>
            permit().kind === 'no' ? { kind: 'not-permitted' } : this.post(press.clientContext, press.callId),
          );
          await this.ask(actor, `reply for ${press.clientContext}`, () => undefined);
          return reply;
        },
      },
    };
  }

  private post(clientContext: string, callId: string): PressReply {
    const way = this.replies.shift() ?? 'accept';
    if (this.callEnded) return { kind: 'refused', fault: { code: 'call-not-found' }, again: 'never', answered: true };
    if (way === 'not-ready')
      return { kind: 'refused', fault: { code: 'call-not-established' }, again: 'later', answered: true };
    this.witness.pressed({ clientContext, callId, at: this.time.now, endsAt: this.time.now, result: 'succeeded' });
    this.offers.set(`notify ${clientContext}`, () => {
      const { rules } = this.actor(`notification of ${clientContext}`);
      rules.report({ clientContext, callId, status: 'completed', completionReason: 'completedSuccessfully' }).then(
        () => this.witness.told(clientContext),
        () => undefined,
      );
    });
    return way === 'lost' ? { kind: 'uncertain', fault: { code: 'graph-timeout' } } : { kind: 'running' };
  }
}

async function* listAtOnce<T>(entries: readonly T[]) {
  yield await Promise.resolve(entries);
}
