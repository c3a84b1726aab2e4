// The callers of a simulated world: they ask for tones on a few calls, lose answers, ask again, and ask twice at once.
// Calls the rules as functions/enqueue-tones does.
import type { ToneRequest } from '../../../shared/tones/request/tone-request';
import type { World } from './simulated-world';

const MOST_ATTEMPTS = 4;
const MOST_CALLS = 8;

/** Plans the requests of a world; the world then runs by itself. */
export function planCallers(world: World, requestCount: number): void {
  const { random } = world;
  const calls = Array.from({ length: random.between(1, MOST_CALLS) }, (_, position) => {
    const callId = `Call-${position}`;
    const establishedInMs = random.chance(0.2) ? random.between(200, 6000) : 0;
    const ends = random.chance(world.faults.callEnds * 3);
    world.graph.addCall(callId, establishedInMs, ends ? random.between(1000, 60_000) : Infinity);
    return callId;
  }) as [string, ...string[]];
  for (let position = 0; position < requestCount; position += 1) {
    const request: ToneRequest = {
      clientContext: `r${position}`,
      callId: random.pick(calls),
      tones: Array.from({ length: random.between(1, 4) }, () => 'tone1' as const),
      ...(random.chance(0.5) && { delayBetweenTonesMs: random.between(0, 500) }),
      expiresInSeconds: random.chance(0.3) ? random.between(1, 10) : 60,
      ...(random.chance(0.3) && { callbackUrl: `https://${position}.logic.azure.com/` }),
    };
    const askAtMs = random.chance(0.3) ? 1000 : random.between(0, 40_000);
    world.time.plan(askAtMs, () => {
      ask(world, request, 1);
      if (world.strikes('callerTwice', request.clientContext))
        world.time.plan(random.between(0, 30), () => ask(world, request, MOST_ATTEMPTS));
      if (world.random.chance(world.faults.kill)) world.time.plan(random.between(0, 3000), () => killOne(world));
    });
  }
}

function killOne(world: World): void {
  world.witness.fault('kill', '');
  world.kill();
}

function ask(world: World, request: ToneRequest, attempt: number): void {
  const { clientContext, callId, expiresInSeconds } = request;
  world.witness.asked(clientContext, callId, expiresInSeconds * 1000);
  if (world.tracing) world.witness.trace(clientContext, `asked (${attempt}) ${JSON.stringify(request)}`);
  const instance = world.instance();
  const again = () => {
    if (attempt < MOST_ATTEMPTS)
      world.time.plan(world.random.between(200, 6000), () => ask(world, request, attempt + 1));
  };
  // Sometimes the callback is asked for by a repetition only.
  const callbackUrl = world.random.chance(0.2) && attempt === 1 ? undefined : request.callbackUrl;
  if (request.callbackUrl !== callbackUrl)
    world.time.plan(world.random.between(1, 20_000), () => ask(world, request, 2));
  const work = async () => {
    const { callbackUrl: _later, ...withoutCallback } = request;
    const acceptance = await instance.rules.accept(callbackUrl === undefined ? withoutCallback : request);
    if (acceptance.kind === 'accepted' && callbackUrl !== undefined)
      await instance.rules.subscribe(clientContext, callbackUrl);
    return acceptance;
  };
  world.workOn(instance, clientContext, work).then((ended) => {
    if (ended === undefined || world.strikes('callerAnswerLost', clientContext)) return again();
    if (ended.value.kind === 'reused')
      return world.witness.violation('false status', clientContext, 'told 409 for its own request');
    world.witness.accepted(clientContext);
    if (callbackUrl !== undefined) world.witness.subscribedTo(clientContext);
    if (world.tracing) world.witness.trace(clientContext, `told 202 ${ended.value.row.status}`);
  }, again);
}
