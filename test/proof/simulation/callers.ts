// The callers of a simulated world: they ask for tones on a few calls, lose answers, ask again, ask twice at once, and read outcomes.
// Calls the rules as functions/enqueue-tones and functions/tone-outcome do.
import type { ToneRequest } from '../../../shared/tones/request/tone-request';
import type { TonePart } from '../../../shared/tones/facts/parts/tone-sequence';
import type { AskedPart } from '../judge/history';
import { partName } from '../judge/part-names';
import type { SeededRandom } from './seeded-random';
import { NOBODY, type World } from './simulated-world';

const MOST_ATTEMPTS = 4;
const MOST_CALLS = 8;
const REQUESTS = 10;
const TONES = ['tone1', 'tone2', 'tone3', 'star', 'pound'] as const;
/** About when the entry of a request without a row is forgotten. */
const ASKED_LATE_MS = [590_000, 640_000] as const;

/** Plans the requests of a world; the world then runs by itself. */
export function planCallers(world: World): void {
  const { random } = world;
  world.requestCount = REQUESTS;
  const calls = Array.from({ length: random.between(1, MOST_CALLS) }, (_, position) => {
    const callId = `Call-${position}`;
    const establishedInMs = random.chance(0.2) ? random.between(200, 6000) : 0;
    const ends = random.chance(world.faults.callEnds * 3);
    world.graph.addCall(callId, establishedInMs, ends ? random.between(1000, 60_000) : Infinity);
    return callId;
  }) as [string, ...string[]];
  for (let position = 0; position < REQUESTS; position += 1) {
    const expiresInSeconds = random.chance(0.3) ? random.between(1, 10) : random.pick([60, 60, 60, 120]);
    const request: ToneRequest = {
      clientContext: `r${position}`,
      callId: random.pick(calls),
      ...sequence(random, expiresInSeconds * 1000),
      ...(random.chance(0.5) && { delayBetweenTonesMs: random.between(0, 500) }),
      expiresInSeconds,
      ...(random.chance(0.3) && { callbackUrl: `https://${position}.logic.azure.com/` }),
    };
    planRequest(world, request, random.chance(0.3) ? 1000 : random.between(0, 40_000));
  }
}

/** A third has pauses between its tones, some of them one before the first as well. */
function sequence(random: SeededRandom, expiresInMs: number): Pick<ToneRequest, 'tones' | 'pauseMs' | 'rest'> {
  const pauseMs = () => 500 * random.between(1, random.chance(0.2) ? 16 : 6);
  const tones = () => Array.from({ length: random.between(1, 4) }, () => random.pick(TONES));
  const leadMs = 500 * random.between(1, 8);
  const lead = random.chance(0.1) && leadMs < expiresInMs && { pauseMs: leadMs };
  if (!random.chance(1 / 3)) return { tones: tones(), ...lead };
  const rest: TonePart[] = Array.from({ length: random.between(1, random.chance(0.3) ? 4 : 2) }, () => {
    return { pauseMs: pauseMs(), tones: tones() };
  });
  return { tones: tones(), ...lead, rest };
}

/** A call on which more than two hundred requests expire before it is established; the few behind them have time. */
export function planCrowd(world: World): void {
  const { random } = world;
  const callId = 'Call-0';
  const expiring = random.between(205, 230);
  const patient = 4;
  world.requestCount = 1 + expiring + patient;
  world.graph.addCall(callId, random.between(6000, 9000), Infinity);
  const request = (name: string, expiresInSeconds: number): ToneRequest => ({
    clientContext: name,
    callId,
    tones: ['tone1'],
    expiresInSeconds,
  });
  planRequest(world, request('r0', 60), 0);
  for (let position = 1; position <= expiring; position += 1)
    planRequest(world, request(`r${position}`, random.between(1, 2)), random.between(100, 4000));
  for (let position = 1; position <= patient; position += 1)
    planRequest(world, request(`p${position}`, 120), random.between(4500, 8000));
}

/** The same, where all that are in the way are cancelled instead. */
export function planCancelledCrowd(world: World): void {
  const { random } = world;
  const callId = 'Call-0';
  const cancelled = random.between(205, 230);
  const patient = 4;
  world.requestCount = cancelled + patient;
  world.graph.addCall(callId, random.between(9000, 12_000), Infinity);
  for (let position = 1; position <= cancelled + patient; position += 1) {
    const clientContext = `${position <= cancelled ? 'r' : 'p'}${position}`;
    const request: ToneRequest = { clientContext, callId, tones: ['tone1'], expiresInSeconds: 120 };
    planRequest(world, request, position <= cancelled ? random.between(100, 4000) : random.between(4500, 8000));
    if (position <= cancelled) world.cancelers.cancelAt(clientContext, random.between(4500, 9000));
  }
}

function planRequest(world: World, asked: ToneRequest, askAtMs: number): void {
  const request = world.tenants.named(asked);
  const { random, time } = world;
  const { clientContext } = request;
  if (world.strikes('strangersReport', clientContext)) {
    world.graph.reportStranger(clientContext, request.callId);
    askAtMs += 15_000;
  }
  world.cancelers.plan(request, askAtMs);
  world.waiters.plan(request, askAtMs);
  time.plan(askAtMs, () => {
    ask(world, request, 1);
    if (world.strikes('callerTwice', clientContext))
      time.plan(random.between(0, 30), () => ask(world, request, MOST_ATTEMPTS));
    if (random.chance(world.faults.kill)) time.plan(random.between(0, 3000), () => killOne(world));
    if (world.strikes('askedLate', clientContext))
      time.plan(random.between(...ASKED_LATE_MS), () => ask(world, request, MOST_ATTEMPTS));
  });
  const partCount = 1 + (request.rest?.length ?? 0);
  if (world.strikes('otherCallsReport', clientContext)) {
    const name = partName(clientContext, random.between(1, partCount));
    time.plan(askAtMs + random.between(0, 60_000), () => world.graph.reportOtherCall(clientContext, name));
  }
  if (partCount > 1 && world.strikes('strangersPart', clientContext)) {
    const name = partName(clientContext, random.between(2, partCount + 1));
    time.plan(askAtMs + random.between(0, 15_000), () => world.graph.reportStranger(name, request.callId));
  }
  if (random.chance(0.1))
    time.plan(askAtMs + random.between(0, (request.expiresInSeconds + 60) * 1000), () => {
      world.workOn(clientContext, (rules) => rules.read(clientContext)).catch(() => undefined);
    });
}

function killOne(world: World): void {
  world.witness.fault('killed', NOBODY);
  world.kill();
}

function ask(world: World, request: ToneRequest, attempt: number): void {
  const { clientContext, callId, tenantId, expiresInSeconds } = request;
  const { random, time, witness } = world;
  const ofTenant = tenantId !== undefined && { tenantId };
  const expiresInMs = expiresInSeconds * 1000;
  witness.asked({ clientContext, callId, ...ofTenant, expiresInMs, parts: partsAsked(request) });
  if (world.tracing) witness.trace(clientContext, `asked (${attempt}) ${JSON.stringify(request)}`);
  const again = () => {
    if (attempt < MOST_ATTEMPTS) time.plan(random.between(200, 6000), () => ask(world, request, attempt + 1));
  };
  // Sometimes the callback is asked for by a repetition only.
  const callbackUrl = random.chance(0.2) && attempt === 1 ? undefined : request.callbackUrl;
  if (request.callbackUrl !== callbackUrl) time.plan(random.between(1, 20_000), () => ask(world, request, 2));
  const { callbackUrl: _later, ...withoutCallback } = request;
  time.plan(random.between(1, 20), () => {
    world
      .workOn(clientContext, async (rules, { isOlder }) => {
        // An older app answers 400 for a field that it does not know; the caller asks again.
        if (isOlder && tenantId !== undefined) throw new Error('400: tenantId is not a known field');
        const acceptance = await rules.accept(callbackUrl === undefined ? withoutCallback : request);
        if (acceptance.kind === 'accepted' && callbackUrl !== undefined)
          await rules.subscribe(clientContext, callbackUrl);
        return acceptance;
      })
      .then((ended) => {
        if (ended === undefined || world.strikes('callerAnswerLost', clientContext)) return again();
        if (ended.value.kind === 'reused') return witness.refusedAsReused(clientContext);
        witness.answered(clientContext, callbackUrl !== undefined);
        if (world.tracing) witness.trace(clientContext, `answered 202 ${ended.value.row.status}`);
      }, again);
  });
}

/** What the judge is given: the parts in its own words. */
export function partsAsked({ tones, pauseMs = 0, rest = [], delayBetweenTonesMs = 0 }: ToneRequest): AskedPart[] {
  return [{ pauseMs, tones }, ...rest].map((part) => ({ ...part, delaysMs: part.tones.length * delayBetweenTonesMs }));
}
