// Scenario 5: storage transactions of a request, counted on the wire by operation, and what they cost at list price.
// A dequeue is counted once a message; idle polling and the timer's share are
// counted apart. The timer is disabled, and run by hand.
import { setTimeout as pause } from 'node:timers/promises';
import { waitFor } from '../../local/wait-for';
import { NO_FAULTS } from '../../test/chaos/proxy/network-faults';
import type { Peer } from '../apps';
import { onCallsOfTheirOwn, type AskedTones, type Bench, type ScenarioResult } from '../bench';
import { table } from '../figures/markdown';
import { pressedTwice, untilAllStored } from '../figures/presses';
import { idlePollingUsdPerMonth, perMillionUsd, PRICES_AS_OF } from '../figures/prices';
import { countBy, rounded } from '../figures/samples';
import type { HeardCallbacks } from '../processes/callback-receiver';
import { startChildScript, type ChildScript } from '../processes/child-script';
import { FUNCTION_KEY, type Stage } from '../stage';

/** Longer than polling takes to slow down to the interval of host.json. */
const SLOWING_MS = 3000;
const IDLE_MS = 10_000;

/** A pause that is not over when all of them were cancelled. */
const LATE_TONE = ',,1';

type Counts = Record<string, number>;

export async function transactions(bench: Bench): Promise<ScenarioResult> {
  const receiver = startChildScript<object, HeardCallbacks>('callback-receiver.ts');
  try {
    // Counts are the same each time.
    const cells = await bench.eachCell('transactions', (peer) => measure(bench, peer, receiver), 1);
    return { raw: cells, markdown: summary(cells) };
  } finally {
    await receiver.stop();
  }
}

async function measure(bench: Bench, peer: Peer, receiver: ChildScript<object, HeardCallbacks>) {
  const { isQuick } = bench.options;
  const requests = isQuick ? 3 : 20;
  const { origin } = await receiver.ask({});
  const settings = { 'AzureWebJobs.closeOverdueOutcomes.Disabled': 'true', CALLBACK_HOSTS: origin };
  const instances = [{ appDirectory: bench.apps.directoryOf[peer], settings }];
  const stage = await bench.stage({
    instances,
    proxies: { seed: bench.options.seed, rates: NO_FAULTS },
    verbose: true,
  });
  try {
    // The first request of an instance also makes what is made once.
    await succeed(bench, stage, 'warm', onCallsOfTheirOwn('warm', 1));
    const first = onCallsOfTheirOwn('first', requests);
    const countsOfFirst = await countDuring(stage, () => succeed(bench, stage, 'first', first));
    const later = first.map(({ callId }, position) => ({ clientContext: `later-${position}`, callId }));
    const countsOfLater = await countDuring(stage, () => succeed(bench, stage, 'later', later));
    return {
      requests,
      first: each(countsOfFirst.counts, requests),
      later: each(countsOfLater.counts, requests),
      presses: countsOfFirst.presses + countsOfLater.presses,
      pressedTwice: countsOfFirst.pressedTwice + countsOfLater.pressedTwice,
      ...(peer === 'ours' && { timer: each(await countTimerRun(stage), 2 * requests + 1) }),
      ...(peer === 'ours' && { parts: await countParts(bench, stage, requests) }),
      ...(peer === 'ours' && { withCallback: await countWithCallback(bench, stage, requests, origin) }),
      ...(peer === 'ours' && { canceled: await countCanceled(bench, stage, requests) }),
      ...(!isQuick && { idleQueueGetsPerSecond: await idleQueueGets(stage) }),
    };
  } finally {
    await stage.close();
  }
}

function each(counts: Counts, of: number): Counts {
  return Object.fromEntries(Object.entries(counts).map(([operation, count]) => [operation, rounded(count / of)]));
}

/** Dial strings with half-second pauses: by number of parts. */
const STRINGS = { two: '1w2', five: '1w2w3w4w5' } as const;

async function countParts(bench: Bench, stage: Stage, requests: number): Promise<Record<keyof typeof STRINGS, Counts>> {
  const counted = async (name: keyof typeof STRINGS): Promise<Counts> => {
    const digits = STRINGS[name];
    const asked = onCallsOfTheirOwn(name, requests).map((request) => ({ ...request, digits }));
    const parts = digits.split('w').length;
    const { counts } = await countDuring(stage, () => succeed(bench, stage, name, asked, parts));
    return each(counts, requests);
  };
  return { two: await counted('two'), five: await counted('five') };
}

async function countWithCallback(bench: Bench, stage: Stage, requests: number, origin: string): Promise<Counts> {
  const asked = onCallsOfTheirOwn('announced', requests).map((request) => ({
    ...request,
    callbackUrl: `${origin}/${request.clientContext}`,
  }));
  return each((await countDuring(stage, () => succeed(bench, stage, 'announced', asked))).counts, requests);
}

/** Cancelled while the pause before its first tone goes on: accepted, and never pressed. */
async function countCanceled(bench: Bench, stage: Stage, requests: number): Promise<Counts> {
  const asked = onCallsOfTheirOwn('canceled', requests).map((request) => ({ ...request, digits: LATE_TONE }));
  const { counts } = await countDuring(stage, async () => {
    await bench.askForTones(stage, asked, { kind: 'hands', count: 1 });
    const statuses = [];
    const headers = { 'Content-Type': 'application/json', 'x-functions-key': FUNCTION_KEY };
    for (const { clientContext } of asked) {
      const url = stage.enqueueUrl.replace('enqueueTones', 'cancelTones');
      const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ clientContext }) });
      statuses.push(answer.status);
      await answer.arrayBuffer();
    }
    if (statuses.some((status) => status !== 200)) throw new Error(`canceled: answered ${statuses.join(' ')}`);
    await atRest(stage);
    return {};
  });
  return each(counts, requests);
}

async function succeed(
  bench: Bench,
  stage: Stage,
  series: string,
  asked: readonly AskedTones[],
  parts = 1,
): Promise<{ presses: number; pressedTwice: number }> {
  const load = await bench.askForTones(stage, asked, { kind: 'hands', count: 1 });
  if (load.statuses.some((status) => status >= 300 || status === 0))
    throw new Error(`${series}: answered ${JSON.stringify(countBy(load.statuses))}`);
  const seen = await untilAllStored(stage.simulator, series, asked.length * parts);
  await atRest(stage);
  return { presses: seen.presses.length, pressedTwice: pressedTwice(seen) };
}

/** No message is left, also none that waits for its time, and nothing but looks at empty queues for a while. */
async function atRest(stage: Stage): Promise<void> {
  const worked = () => operations(stage).filter((operation) => operation !== 'queue get').length;
  await waitFor('rest', async () => {
    const before = worked();
    await pause(300);
    return worked() === before && countOf(stage, 'queue put') === countOf(stage, 'queue delete');
  });
}

function countOf(stage: Stage, name: string): number {
  return operations(stage).filter((operation) => operation === name).length;
}

function operations({ storage }: Stage): string[] {
  return [...(storage?.queue.requests ?? []), ...(storage?.table.requests ?? [])].map(({ operation }) => operation);
}

/** Each message that was put on a queue is taken from it once: one get, however many came with it. */
async function countDuring<T extends object>(stage: Stage, work: () => Promise<T>): Promise<T & { counts: Counts }> {
  const before = countBy(operations(stage));
  const result = await work();
  const after = countBy(operations(stage));
  const counts = Object.fromEntries(
    Object.entries(after)
      .map(([operation, count]) => [operation, count - (before[operation] ?? 0)] as const)
      .filter(([, count]) => count > 0),
  );
  const { 'queue get': _polls, ...rest } = counts;
  return { ...result, counts: { ...rest, ...(rest['queue put'] !== undefined && { 'queue get': rest['queue put'] }) } };
}

/** What one run of the timer does about the requests that have ended since the last. */
async function countTimerRun(stage: Stage): Promise<Counts> {
  const [host] = stage.hosts;
  const { counts } = await countDuring(stage, async () => {
    const headers = { 'Content-Type': 'application/json', 'x-functions-key': FUNCTION_KEY };
    await fetch(`${host?.url}/admin/functions/closeOverdueOutcomes`, { method: 'POST', headers, body: '{}' });
    await waitFor('the timer’s run', () =>
      host?.lines.some((line) => line.includes("Executed 'Functions.closeOverdueOutcomes' (Succeeded")),
    );
    return {};
  });
  return counts;
}

async function idleQueueGets(stage: Stage): Promise<number> {
  const gets = () => countOf(stage, 'queue get');
  await pause(SLOWING_MS);
  const before = gets();
  await pause(IDLE_MS);
  return rounded((1000 * (gets() - before)) / IDLE_MS);
}

type Cell = Awaited<ReturnType<typeof measure>> & { readonly peer: Peer };

function summary(cells: readonly Cell[]): string {
  const columns = cells.flatMap(({ peer, first, later, timer, parts, withCallback, canceled }) => [
    { head: `${peer}, first of a call`, counts: first },
    ...(peer === 'ours' ? [{ head: `${peer}, later of a call`, counts: later }] : []),
    ...(timer ? [{ head: `${peer}, timer's share`, counts: timer }] : []),
    ...(parts
      ? [
          { head: `${peer}, two parts`, counts: parts.two },
          { head: `${peer}, five parts`, counts: parts.five },
        ]
      : []),
    ...(withCallback ? [{ head: `${peer}, with a callback`, counts: withCallback }] : []),
    ...(canceled ? [{ head: `${peer}, cancelled before a press`, counts: canceled }] : []),
  ]);
  const names = [...new Set(columns.flatMap(({ counts }) => Object.keys(counts)))].sort();
  const total = (counts: Counts) => Object.values(counts).reduce((sum, count) => sum + count, 0);
  const text = (count: number) => String(rounded(count));
  const rows = [
    ...names.map((name) => [
      name,
      ...columns.map(({ counts }) => (counts[name] === undefined ? '' : text(counts[name]))),
    ]),
    ['**transactions**', ...columns.map(({ counts }) => `**${text(total(counts))}**`)],
    ['USD per million requests', ...columns.map(({ counts }) => perMillionUsd(counts).toFixed(2))],
  ];
  const idle = cells
    .filter(({ idleQueueGetsPerSecond }) => idleQueueGetsPerSecond !== undefined)
    .map(
      ({ peer, idleQueueGetsPerSecond = 0 }) =>
        `${peer} ${idleQueueGetsPerSecond}/s (${idlePollingUsdPerMonth(idleQueueGetsPerSecond).toFixed(2)} USD a month and instance)`,
    );
  const polling = idle.length === 0 ? '' : `\n\nLooks at empty queues under host.json's interval: ${idle.join(', ')}.`;
  return `Transactions of one successful request; list prices of ${PRICES_AS_OF}. Durable Functions: bench/peers/durable-functions.md (not measured).\n\n${table(['operation', ...columns.map(({ head }) => head)], rows)}${polling}`;
}
