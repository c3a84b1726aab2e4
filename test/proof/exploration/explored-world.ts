// A world whose every next step is chosen from outside: which request to storage or Graph is executed next, who dies, when time passes.
// The production rules run in it unchanged; test/proof/exploration/explore.ts tries every choice.
import type { CallbackFacts } from '../../../shared/tones/ports/callbacks';
import type { Press, PressReply } from '../../../shared/tones/ports/graph-calls';
import type { CallbackMessage, ToneMessage } from '../../../shared/tones/ports/queues';
import type { SeenPost } from '../judge/history';
import { readPartName } from '../judge/part-names';
import { isEnd, type Violation } from '../judge/promises';
import type { CancelAnswer } from '../judge/seen-cancel';
import { Witness } from '../judge/witness';
import { runTimer, type Design, type Rules } from '../rules';
import { partsAsked } from '../simulation/callers';
import { SimulatedRows, makeSimulatedStorage, openEntryOf } from '../simulation/simulated-storage';
import { Actor, STATED, digest, portsOf } from './explored-ports';
import type { Scenario } from './scenario';

const START = Date.UTC(2026, 0, 1);
const ORPHAN_AGE_MS = 700_000;
/** A history ends within a few hundred steps. */
const MOST_STEPS = 5000;

interface Pending {
  readonly actor: Actor;
  readonly what: string;
  readonly askedAt: number;
  readonly execute: () => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

export type Choice = string;

/** What an answer to a caller who cancels may still be held to. */
function obligationsOf({ status, part, postsAfter, statusesAfter }: CancelAnswer): unknown {
  return [status, part, postsAfter, statusesAfter.filter((after) => after === 'accepted' || after === 'pausing')];
}

export class ExploredWorld {
  readonly storage = makeSimulatedStorage();
  readonly tracing = false;
  readonly time = { now: START };
  readonly witness = new Witness(this, STATED);
  readonly callbacks = new SimulatedRows<CallbackFacts>();
  /** Messages on the queue of callbacks. */
  readonly announced: CallbackMessage[] = [];
  private readonly pending: Pending[] = [];
  private readonly offers = new Map<string, () => void>();
  private readonly messages: { readonly message: ToneMessage; readonly visibleAt: number; readonly id: number }[] = [];
  private readonly live = new Map<string, number>();
  private deaths: number;
  private repeats: number;
  private redeliveries: number;
  private failures = 0;
  private doubledReports = 0;
  private moments: number[];
  private ids = 0;
  private readonly actors = new Map<string, number>();
  private replies: string[];
  private callEnded = false;
  private badDrops = 0;
  private steps = 0;
  /** When the request to storage that is being executed was sent. */
  private sentAt = START;

  constructor(
    private readonly design: Design,
    readonly scenario: Scenario,
  ) {
    this.deaths = this.repeats = this.redeliveries = 0;
    this.moments = [];
    this.replies = [...(scenario.replies ?? [])];
    const { outcomes, index } = this.storage;
    const { witness } = this;
    outcomes.onWrite = (name, before, row) => {
      witness.rowWritten(name, before, row, this.sentAt, openEntryOf(index, name) !== undefined);
      if (row.status === 'sending' && before?.status !== 'sending') witness.claimed(name, this.sentAt);
    };
    index.onDelete = ({ partitionKey, rowKey }) => {
      const name = rowKey.slice('r '.length);
      if (partitionKey === 'open' && rowKey.startsWith('r ')) witness.entryMissing(name, outcomes.read(name));
    };
    witness.call('Call', START, Infinity);
  }

  /** Accepts what was accepted before; then the choices begin. */
  async prepare(drain: () => Promise<void>): Promise<void> {
    const { scenario } = this;
    for (const name of scenario.acceptedBefore) {
      this.call(name);
      await this.settle(drain);
      this.time.now += 1;
    }
    if (scenario.pressedBefore) {
      this.time.now += 1000;
      for (const { id } of [...this.messages]) this.deliver(id, false);
      await this.settle(drain);
      await this.tellAll(drain);
    }
    for (const name of scenario.orphans ?? []) this.addOrphan(name);
    for (const name of scenario.callers) this.call(name);
    for (const name of scenario.subscribers ?? []) this.subscribe(name);
    for (const name of scenario.cancelers ?? []) this.cancel(name);
    if (scenario.exploresUpkeep) this.runTimer();
    this.failures = scenario.failures ?? 0;
    this.doubledReports = scenario.doubledReports ?? 0;
    this.deaths = scenario.deaths;
    this.repeats = scenario.repeats;
    this.redeliveries = scenario.redeliveries;
    this.moments = scenario.moments.map((moment) => START + moment);
    if (scenario.callEnds) this.offers.set('call ends', () => this.endCall());
    await drain();
  }

  /** Every step that can be taken now. */
  choices(): Choice[] {
    if (this.isEndless) return [];
    const choices: Choice[] = [];
    for (const [position, { actor }] of this.pending.entries()) {
      choices.push(String(position));
      if (this.repeats > 0 && this.isWrite(position)) choices.push(`repeat ${position}`);
      if (this.failures > 0 && this.pending[position]?.what.startsWith('announce')) choices.push(`fail ${position}`);
      if (this.deaths > 0 && !actor.name.startsWith('timer')) choices.push(`die ${position}`);
    }
    for (const { id, visibleAt } of this.messages) {
      if (visibleAt > this.time.now || this.scenario.undelivered) continue;
      choices.push(`deliver ${id}`);
      if (this.redeliveries > 0) choices.push(`deliver-twice ${id}`);
    }
    if (this.scenario.exploresUpkeep && this.announced.length > 0) choices.push('tell');
    for (const offer of this.offers.keys()) {
      choices.push(offer);
      if (this.doubledReports > 0 && offer.startsWith('notify ')) choices.push(`double ${offer}`);
    }
    if (this.moments.length > 0) choices.push('time');
    return choices;
  }

  choose(choice: Choice): void {
    this.countStep();
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
      case 'fail':
        this.failures -= 1;
        return this.pending.splice(Number(id), 1)[0]?.reject(new Error('storage failed'));
      case 'double':
        this.doubledReports -= 1;
        return this.offers.get(choice.slice('double '.length))?.();
      case 'tell':
        return this.tell();
      case 'time':
        return this.passTime();
      default:
        if (/^\d+$/.test(what)) return this.execute(Number(what), false);
        this.offers.get(choice)?.();
        this.offers.delete(choice);
    }
  }

  /** All that decides what can still happen, or was seen: two histories with the same key need not both be followed. */
  key(): string {
    const { posts, rows, reports, cancels, unfindable, heard } = this.witness.history;
    const state = [
      this.time.now,
      this.deaths,
      this.repeats,
      this.redeliveries,
      this.failures,
      this.doubledReports,
      this.replies,
      this.callEnded,
      [...this.storage.outcomes.rows].sort(),
      [...this.storage.calls.rows],
      this.storage.index.page("PartitionKey ge ''", '', Infinity),
      [...this.callbacks.rows],
      this.announced,
      this.messages.map(({ message, visibleAt }) => JSON.stringify([message, visibleAt])).sort(),
      [...this.offers.keys()].sort(),
      posts,
      this.badDrops,
      unfindable.length,
      [...heard],
      [...rows.values()].map(({ changes }) => changes.filter(({ from, to }) => isEnd(from ?? '') || to === 'pausing')),
      [...reports].map(([, sent]) => sent),
      [...cancels.values()].flat().map(({ answer }) => answer && obligationsOf(answer)),
      this.pending.map(({ actor, what }) => [actor.name, what, actor.seen]).sort(),
    ];
    return digest(JSON.stringify(state));
  }

  /** The end of a history: the watch is over everywhere, the timer has run, and callbacks were sent. */
  async finish(drain: () => Promise<void>): Promise<Violation[]> {
    this.pending.length = 0;
    // Time passes as it likes in here: that explains every doubt, and no false status.
    const causes = ['kill', 'graphSlow', 'notificationLost', 'claimInDoubt'];
    for (const { clientContext } of this.scenario.requests)
      for (const cause of causes) this.witness.note(cause, clientContext);
    this.time.now = START + 60_000;
    for (let run = 0; run < 2; run += 1) {
      this.runTimer();
      await this.settle(drain);
      await this.tellAll(drain);
    }
    return this.witness.judge();
  }

  /** Executes whatever waits, in its order. */
  private async settle(drain: () => Promise<void>): Promise<void> {
    for (await drain(); this.pending.length > 0 && !this.isEndless; await drain()) {
      this.countStep();
      this.execute(0, false);
    }
  }

  private countStep(): void {
    this.steps += 1;
    if (this.isEndless) this.witness.history.livelock = true;
  }

  private get isEndless(): boolean {
    return this.steps > MOST_STEPS;
  }

  private async tellAll(drain: () => Promise<void>): Promise<void> {
    while (this.announced.length > 0 && !this.isEndless) {
      this.tell();
      await this.settle(drain);
    }
  }

  private tell(): void {
    const message = this.announced.shift();
    if (message === undefined) return;
    const { rules } = this.actor('telling', message.clientContext);
    rules.tell(message).catch(() => this.announced.push(message));
  }

  /** An entry of a request that never became a row, old enough to be forgotten. */
  private addOrphan(clientContext: string): void {
    const since = new Date(START - ORPHAN_AGE_MS);
    this.storage.index.upsert({ partitionKey: 'open', rowKey: `r ${clientContext}`, since }, 'Replace');
  }

  private isWrite(position: number): boolean {
    return /^(merge|insert)/.test(this.pending[position]?.what ?? '');
  }

  private execute(position: number, repeated: boolean): void {
    const [step] = this.pending.splice(position, 1);
    if (step === undefined) return;
    this.sentAt = step.askedAt;
    try {
      let result = step.execute();
      if (repeated) result = step.execute();
      step.actor.see(`${step.what}=${JSON.stringify(result)}`);
      if (!step.actor.dead) step.resolve(result as never);
    } catch (error) {
      step.actor.see(`${step.what} failed`);
      if (!step.actor.dead) step.reject(error as Error);
    }
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
    const { rules } = this.actor('timer', '');
    runTimer(rules).catch(() => undefined);
  }

  private call(name: string): void {
    const request = this.scenario.requests.find(({ clientContext }) => clientContext === name);
    if (request === undefined) throw new Error(`the scenario has no request ${name}`);
    const { clientContext, callId, expiresInSeconds, callbackUrl } = request;
    this.witness.asked({ clientContext, callId, expiresInMs: expiresInSeconds * 1000, parts: partsAsked(request) });
    const { rules } = this.actor(`caller of ${clientContext}`, clientContext);
    const work = async () => {
      await rules.accept(request);
      if (callbackUrl !== undefined) await rules.subscribe(clientContext, callbackUrl);
    };
    work().then(
      () => this.witness.answered(clientContext, callbackUrl !== undefined),
      () => undefined,
    );
  }

  private subscribe(clientContext: string): void {
    const { rules } = this.actor(`subscriber of ${clientContext}`, clientContext);
    rules.subscribe(clientContext, `https://${clientContext}.logic.azure.com/`).then(
      () => this.witness.answered(clientContext, true),
      () => undefined,
    );
  }

  private cancel(clientContext: string): void {
    const { rules } = this.actor(`canceler of ${clientContext}`, clientContext);
    const cancel = this.witness.cancelAsked(clientContext);
    rules.cancel(clientContext).then(
      (row) => this.witness.cancelAnswered(cancel, row),
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
    const { rules, actor } = this.actor(`delivery of ${clientContext}`, clientContext);
    rules.press(queued.message, { redelivered: again }).then(
      () => {
        if (again) return;
        this.live.set(clientContext, (this.live.get(clientContext) ?? 0) - 1);
        const left = this.live.get(clientContext) ?? 0;
        if (left === 0 && this.storage.outcomes.read(clientContext)?.status === 'accepted') this.badDrops += 1;
        this.witness.messageDropped(clientContext, left);
      },
      () => {
        if (!actor.dead) this.messages.push(queued);
      },
    );
  }

  private endCall(): void {
    this.callEnded = true;
    this.witness.call('Call', START, this.time.now);
    const { rules } = this.actor('notification of the end of the call', '');
    const callId = this.scenario.requests[0]?.callId ?? '';
    rules.tellCall({ callId, state: 'terminated', ended: true }).catch(() => undefined);
  }

  private actor(name: string, clientContext: string): { rules: Rules; actor: Actor } {
    const count = (this.actors.get(name) ?? 0) + 1;
    this.actors.set(name, count);
    const actor = new Actor(`${name} ${count}`, clientContext);
    return { actor, rules: this.design(portsOf(this, actor)) };
  }

  ask<T>(actor: Actor, what: string, execute: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (!actor.dead) this.pending.push({ actor, what, askedAt: this.time.now, execute, resolve, reject });
    });
  }

  addMessage(message: ToneMessage, delayMs: number): void {
    const { clientContext } = message;
    this.messages.push({ message, visibleAt: this.time.now + delayMs, id: (this.ids += 1) });
    const left = (this.live.get(clientContext) ?? 0) + 1;
    this.live.set(clientContext, left);
    this.witness.messageAdded(clientContext, left);
  }

  replaceCallback(clientContext: string, facts: CallbackFacts): void {
    this.callbacks.rows.delete(clientContext);
    this.callbacks.insert(clientContext, facts);
  }

  /** A POST that has arrived at Graph. */
  post({ clientContext: name, callId, tones }: Press, { claimedAt }: Actor, limitMs: number): PressReply {
    const { now } = this.time;
    const way = this.replies.shift() ?? 'accept';
    const left = { leftAt: now, permittedAt: now, heldUpMs: 0, mayPlayUntil: now };
    const post: SeenPost = { ...readPartName(name), tones, callId, claimedAt, limitMs, ...left };
    this.witness.posted(post);
    if (this.callEnded) return this.refuse(name, 'call-not-found', 'never');
    if (way === 'not-ready') return this.refuse(name, 'call-not-established', 'later');
    this.witness.pressed(post, now, 'succeeded');
    const noted = this.witness.reported(name, 'succeeded');
    this.offers.set(`notify ${name}`, () => {
      const { rules } = this.actor(`notification of ${name}`, post.clientContext);
      const report = { clientContext: name, callId, status: 'completed', completionReason: 'completedSuccessfully' };
      noted.arrived();
      rules.report(report).then(
        () => noted.taken(),
        () => undefined,
      );
    });
    return way === 'lost' ? { kind: 'uncertain', fault: { code: 'graph-timeout' } } : { kind: 'running' };
  }

  private refuse(
    clientContext: string,
    code: 'call-not-found' | 'call-not-established',
    again: 'never' | 'later',
  ): PressReply {
    this.witness.refused(clientContext, code, again, 0);
    return { kind: 'refused', fault: { code }, again, answered: true };
  }
}
