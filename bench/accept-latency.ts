// `npm run bench`: how long a caller waits for 202, and how long it is from there to the press, at a fixed rate on the local stack.
// Open loop: requests leave on their time, whatever became of the earlier ones. Prints p50 and p99; asserts nothing.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { startLocalStack } from '../local/local-stack';
import { waitFor } from '../local/wait-for';

const { values } = parseArgs({ options: { rate: { type: 'string', default: '20' }, seconds: { type: 'string', default: '60' } } });
const RATE = Number(values.rate);
const SECONDS = Number(values.seconds);
const WARM_UP_REQUESTS = 100;

interface Sample {
  readonly clientContext: string;
  readonly askedAt: number;
  acceptMs?: number;
}

function quantile(sorted: readonly number[], share: number): string {
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN).toFixed(1);
}

function summary(name: string, valuesMs: readonly number[]): string {
  const sorted = valuesMs.toSorted((one, other) => one - other);
  return `${name.padEnd(16)} p50 ${quantile(sorted, 0.5)} ms   p99 ${quantile(sorted, 0.99)} ms   max ${quantile(sorted, 1)} ms   (${sorted.length})`;
}

async function main(): Promise<void> {
  const stack = await startLocalStack();
  const { host, simulator } = stack;
  const url = `${host.url}/api/enqueueTones`;
  const headers = { 'Content-Type': 'application/json', 'x-functions-key': host.functionKey };
  const samples: Sample[] = [];

  async function ask(clientContext: string): Promise<Sample> {
    const callId = `call-${clientContext}`;
    simulator.putCall(callId, { callbackUrl: stack.callbackUrl });
    const sample: Sample = { clientContext, askedAt: Date.now() };
    const start = performance.now();
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ clientContext, callId, digits: '1' }) });
    await response.arrayBuffer();
    if (response.status !== 202) throw new Error(`enqueueTones answered ${response.status}`);
    sample.acceptMs = performance.now() - start;
    return sample;
  }

  try {
    for (let position = 0; position < WARM_UP_REQUESTS; position += 1) await ask(`warm-${position}`);
    const total = RATE * SECONDS;
    const asked: Promise<unknown>[] = [];
    const start = Date.now();
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        while (asked.length < total && Date.now() - start >= (asked.length * 1000) / RATE) asked.push(ask(`bench-${asked.length}`).then((sample) => samples.push(sample)));
        if (asked.length === total) {
          clearInterval(timer);
          resolve();
        }
      }, 5);
    });
    await Promise.all(asked);
    const presses = await waitFor('the last press', () => {
      const seen = simulator.presses().filter(({ clientContext }) => clientContext?.startsWith('bench-'));
      return seen.length >= total && seen;
    });
    const pressedAt = new Map(presses.map(({ clientContext, startedAt }) => [clientContext, new Date(startedAt).getTime()]));
    console.log(`${total} requests at ${RATE}/s, Node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores`);
    console.log(summary('accept', samples.map(({ acceptMs }) => acceptMs ?? NaN)));
    console.log(summary('accept to press', samples.map(({ clientContext, askedAt, acceptMs }) => (pressedAt.get(clientContext) ?? NaN) - askedAt - (acceptMs ?? 0))));
    console.log(`presses per request: ${(presses.length / total).toFixed(4)}`);
  } finally {
    await stack.close();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
