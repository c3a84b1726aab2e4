// Hostile input for the notification endpoint: bodies that look like notifications and are not, and Authorization headers likewise.
// Bodies pass the real function behind a guard that trusts; headers pass the real guard. `npm run fuzz` runs a million.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HttpRequest, InvocationContext } from '@azure/functions';
import { makeCallNotifications } from '../../../functions/call-notifications';
import { makeNotificationGuard } from '../../../shared/graph/notification-token';
import { ENTRA, NOW, PROVIDERS, SERVICE, SETTINGS } from '../../unit/graph/tokens/sample-tokens';
import { makeFetch, signToken } from '../../unit/graph/tokens/token-forge';
import { seededRandom, type SeededRandom } from '../simulation/seeded-random';

export interface FuzzResult {
  readonly inputs: number;
  readonly slowestMs: number;
  /** How often each answer was given. */
  readonly answers: Readonly<Record<string, number>>;
  /** What must not happen: thrown, slower than 50 ms every time, or an answer that is neither 2xx nor 4xx. */
  readonly faults: readonly string[];
}

const SLOW_MS = 50;
const FIXTURES = join(__dirname, '../../fixtures/graph');
const BODIES = readdirSync(FIXTURES).map((name) => readFileSync(join(FIXTURES, name), 'utf8')) as [string, ...string[]];
const HEADERS: [string, ...string[]] = [
  `Bearer ${signToken(SERVICE.header, SERVICE.claims, SERVICE.key)}`,
  `Bearer ${signToken(ENTRA.header, ENTRA.claims, ENTRA.key)}`,
];
const ODD_VALUES = [
  null,
  true,
  false,
  0,
  -1,
  1e308,
  '',
  ' ',
  '\u0000',
  '\ud800',
  '１',
  '../..',
  [],
  {},
  [[[[[]]]]],
  { value: [] },
  '/communications/calls/',
  'x'.repeat(300),
] as const;
const ODD_TEXTS = [
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '\\u0000',
  '\\ud800',
  '1e999',
  'null',
  '__proto__',
  'constructor',
  '\u202e',
  '%2e%2e',
  '.',
  '..',
  '=',
  ' ',
  ', Bearer x',
  '\n',
] as const;

export async function fuzz(inputs: number, seed: number): Promise<FuzzResult> {
  const random = seededRandom(seed);
  const answers: Record<string, number> = {};
  const faults: string[] = [];
  let slowestMs = 0;
  const judgeBody = bodyJudge();
  const judgeHeader = headerJudge();
  for (let position = 0; position < inputs; position += 1) {
    const isHeader = random.chance(0.3);
    const input = isHeader ? mutateText(random.pick(HEADERS), random) : mutateBody(random);
    const judge = () => (isHeader ? judgeHeader(input) : judgeBody(input));
    try {
      const first = await timed(judge);
      const { answer } = first;
      let { ms } = first;
      // A pause of the machine is no fault of the input: what is slow is slow every time.
      for (let again = 0; ms > SLOW_MS && again < 3; again += 1) ms = Math.min(ms, (await timed(judge)).ms);
      slowestMs = Math.max(slowestMs, ms);
      answers[answer] = (answers[answer] ?? 0) + 1;
      if (ms > SLOW_MS) faults.push(`${ms.toFixed(0)} ms for ${JSON.stringify(input.slice(0, 400))}`);
      if (!/^(2|4)\d\d$/.test(answer)) faults.push(`${answer} for ${JSON.stringify(input.slice(0, 400))}`);
    } catch (error) {
      faults.push(`${String(error)} thrown for ${JSON.stringify(input.slice(0, 400))}`);
    }
  }
  return { inputs, slowestMs, answers, faults };
}

async function timed(judge: () => Promise<string>): Promise<{ answer: string; ms: number }> {
  const start = performance.now();
  const answer = await judge();
  return { answer, ms: performance.now() - start };
}

/** The real function; the sender is trusted and nothing is stored. */
function bodyJudge(): (body: string) => Promise<string> {
  const handler = makeCallNotifications({
    log: () => undefined,
    guard: { verify: () => Promise.resolve({ kind: 'trusted', tenantId: '', path: 'entra' }) },
    recordReport: () => Promise.resolve(),
    recordCallState: () => Promise.resolve(),
    recordNotified: () => Promise.resolve(),
    receivers: new Map(),
    passOn: () => Promise.reject(new Error('nothing is passed on')),
    clock: { now: () => NOW },
  });
  const context = new InvocationContext({ functionName: 'callNotifications', logHandler: () => undefined });
  return async (body) => {
    const request = new HttpRequest({
      method: 'POST',
      url: 'http://localhost/api/callNotifications',
      body: { bytes: Buffer.from(body, 'utf8') },
    });
    const response = await handler(request, context);
    return String((response as { status: number }).status);
  };
}

function headerJudge(): (header: string) => Promise<string> {
  const { fetch } = makeFetch(PROVIDERS);
  const guard = makeNotificationGuard({ settings: SETTINGS, clock: { now: () => NOW }, fetch });
  return async (header) => {
    const verdict = await guard.verify(header);
    // As functions/call-notifications answers them.
    return { trusted: '202', refused: '401', unavailable: '503' }[verdict.kind];
  };
}

function mutateBody(random: SeededRandom): string {
  const body = random.pick(BODIES);
  if (random.chance(0.4)) return mutateText(body, random);
  const json: unknown = JSON.parse(body);
  for (let rounds = random.between(1, 4); rounds > 0; rounds -= 1) mutateJson(json, random);
  return random.chance(0.2) ? mutateText(JSON.stringify(json), random) : JSON.stringify(json);
}

/** Goes down a random way and puts something odd there, removes it, or doubles it. */
function mutateJson(json: unknown, random: SeededRandom): void {
  let at = json as Record<string, unknown>;
  for (;;) {
    const keys = Object.keys(at);
    const key = keys[random.between(0, Math.max(0, keys.length - 1))];
    if (key === undefined) return;
    const next = at[key];
    if (typeof next === 'object' && next !== null && random.chance(0.75)) {
      at = next as Record<string, unknown>;
      continue;
    }
    const odd: unknown = structuredClone(ODD_VALUES[random.between(0, ODD_VALUES.length - 1)]);
    if (random.chance(0.2)) delete at[key];
    else if (Array.isArray(at) && random.chance(0.2))
      at.push(...Array.from({ length: random.between(1, 120) }, () => next));
    else at[key] = random.chance(0.2) ? [next, odd] : odd;
    return;
  }
}

/** Cuts, doubles, or puts odd texts in, a few times. */
function mutateText(text: string, random: SeededRandom): string {
  let mutated = text;
  for (let rounds = random.between(1, 4); rounds > 0; rounds -= 1) {
    const at = random.between(0, mutated.length);
    const end = Math.min(mutated.length, at + random.between(0, 12));
    const odd = ODD_TEXTS[random.between(0, ODD_TEXTS.length - 1)] ?? '';
    switch (random.between(0, 4)) {
      case 0:
        mutated = mutated.slice(0, at) + mutated.slice(end);
        break;
      case 1:
        mutated = mutated.slice(0, at) + odd + mutated.slice(at);
        break;
      case 2:
        mutated =
          mutated.slice(0, at) + odd.repeat(random.chance(0.01) ? 60_000 : random.between(1, 40)) + mutated.slice(end);
        break;
      case 3:
        mutated = mutated.slice(0, end) + mutated.slice(at);
        break;
      default:
        mutated = mutated.slice(0, at) + String.fromCharCode(random.between(0, 0x2fff)) + mutated.slice(end);
    }
  }
  return mutated;
}
