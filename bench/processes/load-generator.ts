// The callers: sends requests on their time or by so many hands, and measures each
// answer. A process of its own (load-process starts it).
// Node's plain HTTP client with kept connections: the leanest there is,
// so that the machine is left to what is measured.
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { answerMessages } from './child-script';
import { byHands } from '../hands';
import { startGauge } from './process-gauge.mjs';

/** How requests leave. */
export type Pace =
  /** Open loop: each on its time, whatever became of the earlier ones. */
  | { readonly kind: 'rate'; readonly perSecond: number }
  | { readonly kind: 'at once' }
  /** Closed loop: so many under way at any time. */
  | { readonly kind: 'hands'; readonly count: number }
  /** Lane k sends requests k, k + count, k + 2 × count, … one after the other; the lanes at the same time. */
  | { readonly kind: 'lanes'; readonly count: number };

export interface LoadPlan {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  /** One request each, in order. */
  readonly bodies: readonly string[];
  readonly pace: Pace;
  /** More than one: a request that met a 5xx or no answer is sent again, as Logic Apps does. Default 1. */
  readonly mostTries?: number;
  readonly retryPauseMs?: number;
}

/** Columns: one entry a request, in the order of the bodies. */
export interface LoadResult {
  /** Epoch milliseconds when it was first sent. */
  readonly askedAtMs: readonly number[];
  /** From then until its last answer was read whole. */
  readonly tookMs: readonly number[];
  /** Of the last answer; 0: there was none. */
  readonly statuses: readonly number[];
  readonly tries: readonly number[];
  /** How much too late the latest request of a rate left. */
  readonly latestMs: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: Infinity });

function send(plan: LoadPlan, body: string): Promise<number> {
  return new Promise((resolve) => {
    const headers =
      plan.method === 'POST' ? { ...plan.headers, 'Content-Length': Buffer.byteLength(body) } : plan.headers;
    const sent = request(plan.url, { method: plan.method, headers, agent }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode ?? 0));
      response.once('error', () => resolve(0));
    });
    sent.once('error', () => resolve(0));
    sent.end(plan.method === 'POST' ? body : undefined);
  });
}

async function run(plan: LoadPlan): Promise<LoadResult> {
  const { bodies, pace, mostTries = 1, retryPauseMs = 0 } = plan;
  const [askedAtMs, tookMs, statuses, tries]: [number[], number[], number[], number[]] = [[], [], [], []];
  let latestMs = 0;

  const ask = async (position: number): Promise<void> => {
    askedAtMs[position] = Date.now();
    const start = performance.now();
    for (let attempt = 1; attempt <= mostTries; attempt += 1) {
      const status = await send(plan, bodies[position] ?? '');
      [tookMs[position], statuses[position], tries[position]] = [performance.now() - start, status, attempt];
      if (status !== 0 && status < 500) return;
      if (attempt < mostTries) await pause(retryPauseMs);
    }
  };

  const byRate = async (perSecond: number): Promise<void> => {
    const start = performance.now();
    const asked: Promise<void>[] = [];
    for (let position = 0; position < bodies.length; position += 1) {
      const dueMs = start + (position * 1000) / perSecond;
      // A timer may be early by a part of a millisecond.
      while (performance.now() < dueMs) await pause(Math.max(1, dueMs - performance.now()));
      latestMs = Math.max(latestMs, performance.now() - dueMs);
      asked.push(ask(position));
    }
    await Promise.all(asked);
  };

  const byLanes = async (count: number): Promise<void> => {
    const lane = async (_: unknown, first: number) => {
      for (let position = first; position < bodies.length; position += count) await ask(position);
    };
    await Promise.all(Array.from({ length: count }, lane));
  };

  switch (pace.kind) {
    case 'rate':
      await byRate(pace.perSecond);
      break;
    case 'at once':
      await Promise.all(bodies.map((_, position) => ask(position)));
      break;
    case 'hands':
      await byHands(bodies.keys(), pace.count, ask);
      break;
    case 'lanes':
      await byLanes(pace.count);
      break;
    default:
      pace satisfies never;
  }
  return { askedAtMs, tookMs, statuses, tries, latestMs };
}

/** `gaugeFile`: where the gauge of this process writes meanwhile. */
export interface LoadQuestion {
  readonly plan: LoadPlan;
  readonly gaugeFile?: string;
}

answerMessages(async ({ plan, gaugeFile }: LoadQuestion): Promise<LoadResult> => {
  const endGauge = gaugeFile === undefined ? () => {} : startGauge(gaugeFile);
  try {
    return await run(plan);
  } finally {
    endGauge();
  }
});
