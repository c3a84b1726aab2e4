// The references for the time that a caller waits, with the plain SDKs, beside the app's load or alone: two bare
// storage writes, one after the other, and the four steps of an accepted request. A process of its own:
// its event loop must not be the one that is measured.
import { setTimeout as pause } from 'node:timers/promises';
import { TableClient } from '@azure/data-tables';
import { QueueClient } from '@azure/storage-queue';
import { answerMessages } from './child-script';

export type ProbeQuestion =
  | { readonly kind: 'start'; readonly connectionString: string }
  | { readonly kind: 'stop' }
  /** One after the other, with nothing beside: what comes before `forMs` is warm-up. */
  | { readonly kind: 'alone'; readonly connectionString: string; readonly warmUpMs: number; readonly forMs: number };

export interface ProbeResult {
  readonly pairs: readonly Timed[];
  /**
   * The same storage transactions as those of an accepted request, in the same order (decision 0002), and nothing else.
   */
  readonly fourSteps: readonly Timed[];
}

/** One measurement: when it began, in epoch milliseconds, and how long it took. */
export interface Timed {
  readonly atMs: number;
  readonly tookMs: number;
}

/** No multiple of the load's interval, so that the measurements meet every phase of it. */
const EVERY_MS = 230;
const WARM_UP_TIMES = 20;
const LIFE_SECONDS = 60;
const PAUSE_ALONE_MS = 5;

let stop: () => Promise<ProbeResult> = () => Promise.reject(new Error('the probe was not started'));

interface Works {
  readonly pair: () => Promise<void>;
  readonly fourSteps: () => Promise<void>;
}

async function worksOn(connectionString: string): Promise<Works> {
  const table = TableClient.fromConnectionString(connectionString, 'BenchProbe', { allowInsecureConnection: true });
  const queue = new QueueClient(connectionString, 'bench-probe');
  await Promise.all([table.createTable(), queue.createIfNotExists()]);
  let written = 0;

  const row = (name: string) => ({
    partitionKey: `${name}-${process.pid}-${(written += 1)}`,
    rowKey: 'outcome',
    status: 'accepted',
    acceptedAt: new Date(),
  });
  const put = () =>
    queue.sendMessage(Buffer.from(JSON.stringify({ written, at: Date.now() })).toString('base64'), {
      messageTimeToLive: LIFE_SECONDS,
    });

  async function pair(): Promise<void> {
    await table.createEntity(row('pair'));
    await put();
  }

  async function fourSteps(): Promise<void> {
    const noted = { partitionKey: 'open', rowKey: `note-${process.pid}-${(written += 1)}`, since: new Date() };
    const missing = table.getEntity('missing', 'call').catch(unlessMissing);
    await Promise.all([missing, table.upsertEntity(noted, 'Merge')]);
    await table.createEntity(row('row'));
    await table.createEntity({ partitionKey: `call-${process.pid}-${(written += 1)}`, rowKey: 'call', tail: 'row' });
    await put();
  }

  return { pair, fourSteps };
}

async function alone(connectionString: string, warmUpMs: number, forMs: number): Promise<ProbeResult> {
  const { pair, fourSteps } = await worksOn(connectionString);
  const measured: Record<'pairs' | 'fourSteps', Timed[]> = { pairs: [], fourSteps: [] };
  const from = Date.now() + warmUpMs;
  while (Date.now() < from + forMs) {
    for (const [into, work] of [
      [measured.pairs, pair],
      [measured.fourSteps, fourSteps],
    ] as const) {
      const [atMs, begin] = [Date.now(), performance.now()];
      await work();
      if (atMs >= from) into.push({ atMs, tookMs: performance.now() - begin });
      await pause(PAUSE_ALONE_MS);
    }
  }
  return measured;
}

async function start(connectionString: string): Promise<void> {
  const { pair, fourSteps } = await worksOn(connectionString);
  for (let time = 0; time < WARM_UP_TIMES; time += 1) {
    await pair();
    await fourSteps();
  }
  const underWay = new Set<Promise<void>>();
  const measured: Record<'pairs' | 'fourSteps', Timed[]> = { pairs: [], fourSteps: [] };
  const measure = (into: Timed[], work: () => Promise<void>): void => {
    const [atMs, begin] = [Date.now(), performance.now()];
    const done = work().then(() => void into.push({ atMs, tookMs: performance.now() - begin }));
    underWay.add(done);
    // One that failed stays, and fails the run at its end.
    done.then(
      () => underWay.delete(done),
      () => undefined,
    );
  };
  let turn = 0;
  const timer = setInterval(() => {
    turn += 1;
    if (turn % 2 === 0) measure(measured.pairs, pair);
    else measure(measured.fourSteps, fourSteps);
  }, EVERY_MS / 2);
  stop = async () => {
    clearInterval(timer);
    await Promise.all(underWay);
    return measured;
  };
}

function unlessMissing(error: unknown): void {
  if ((error as { statusCode?: unknown }).statusCode !== 404) throw error;
}

answerMessages((question: ProbeQuestion): Promise<ProbeResult | void> => {
  switch (question.kind) {
    case 'start':
      return start(question.connectionString);
    case 'stop':
      return stop();
    case 'alone':
      return alone(question.connectionString, question.warmUpMs, question.forMs);
    default:
      return question satisfies never;
  }
});
