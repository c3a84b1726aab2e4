// Scenario 2: one request after a long idle time, again and again: how long
// from its 202 to the press, when polling has slowed down.
// Every variant waits at the same time, on a queue and a table of its own; they do not meet but by chance.
import { setTimeout as pause } from 'node:timers/promises';
import { waitFor } from '../../local/wait-for';
import type { Peer } from '../apps';
import type { Bench, ScenarioResult } from '../bench';
import { table } from '../figures/markdown';
import { medianOf, rounded } from '../figures/samples';
import { FUNCTION_KEY, type InstancePlan, type Stage } from '../stage';

const IDLE_MS = 90_000;
const MOST_WAITED_MS = 90_000;
/** Between the first requests of two variants. */
const STAGGER_MS = 3000;
/** Long enough for polling once a minute. */
const EXPIRES_IN_SECONDS = 600;

/** Flex Consumption runs HTTP functions on instances of their own, and each other function on others. */
const HTTP_ONLY = disabled('sendTones', 'buryTones', 'closeOverdueOutcomes');
const QUEUE_ONLY = disabled('enqueueTones', 'callNotifications');

interface Variant {
  readonly peer: Peer;
  readonly instances: 1 | 2;
  /** `own`: as host.json has it. `default`: as Azure has it without. */
  readonly polling: 'own' | 'default';
}

const VARIANTS: readonly Variant[] = [
  { peer: 'ours', instances: 1, polling: 'own' },
  { peer: 'ours', instances: 2, polling: 'own' },
  { peer: 'ours', instances: 1, polling: 'default' },
  { peer: 'ours', instances: 2, polling: 'default' },
  { peer: 'synchronous', instances: 1, polling: 'own' },
  { peer: 'tutorial', instances: 2, polling: 'own' },
  { peer: 'tutorial', instances: 2, polling: 'default' },
];

interface Sample {
  readonly acceptMs: number;
  readonly askedToPressMs: number;
  readonly acceptToPressMs: number;
}

export async function idle(bench: Bench): Promise<ScenarioResult> {
  const variants = VARIANTS.filter(({ peer }) => bench.options.peers.includes(peer));
  const plans = variants.map((variant, position) => instancesOf(bench, variant, position));
  const stage = await bench.stage({ instances: plans.flat() });
  try {
    const measured = await Promise.all(
      variants.map(async (variant, position) => {
        const host = stage.hosts[plans.slice(0, position).flat().length];
        await pause(position * STAGGER_MS);
        return { ...variant, samples: await measure(bench, stage, host?.url ?? '', `idle${position}`) };
      }),
    );
    const pollingMs = pollingIntervalMs(bench);
    return {
      raw: {
        idleMs: idleMs(bench),
        pollingMs,
        variants: measured.map(({ samples, ...variant }) => ({ ...variant, ...columnsOf(samples) })),
      },
      markdown: summary(measured, pollingMs, bench),
    };
  } finally {
    await stage.close();
  }
}

function idleMs({ options }: Bench): number {
  return options.isQuick ? 1000 : IDLE_MS;
}

/** The first is the one that is called. */
function instancesOf({ apps }: Bench, { peer, instances, polling }: Variant, position: number): InstancePlan[] {
  const appDirectory = polling === 'own' ? apps.directoryOf[peer] : apps.withPollingInterval(peer, undefined);
  const names = { TONE_REQUESTS_QUEUE: `idle-${position}`, TONE_OUTCOMES_TABLE: `Idle${position}` };
  if (instances === 1) return [{ appDirectory, settings: names }];
  return [
    { appDirectory, settings: { ...names, ...HTTP_ONLY } },
    { appDirectory, settings: { ...names, ...QUEUE_ONLY } },
  ];
}

function disabled(...functions: readonly string[]): Record<string, string> {
  return Object.fromEntries(functions.map((name) => [`AzureWebJobs.${name}.Disabled`, 'true']));
}

async function measure(bench: Bench, { simulator }: Stage, url: string, series: string): Promise<Sample[]> {
  const samples: Sample[] = [];
  const ask = async (name: string): Promise<Sample> => {
    const clientContext = `${series}-${name}`;
    simulator.putCall(clientContext, { callbackUrl: `${url}/api/callNotifications` });
    const askedAtMs = Date.now();
    const start = performance.now();
    const headers = { 'Content-Type': 'application/json', 'x-functions-key': FUNCTION_KEY };
    const response = await fetch(`${url}/api/enqueueTones`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ clientContext, callId: clientContext, digits: '1', expiresInSeconds: EXPIRES_IN_SECONDS }),
    });
    await response.arrayBuffer();
    const acceptMs = performance.now() - start;
    if (!response.ok) throw new Error(`${clientContext}: enqueueTones answered ${response.status}`);
    const press = await waitFor(`the press of ${clientContext}`, () => simulator.presses({ clientContext })[0], {
      limitMs: MOST_WAITED_MS,
    });
    await waitFor(`the outcome of ${clientContext}`, () =>
      simulator.notifications({ clientContext }).some(({ delivered }) => delivered),
    );
    const askedToPressMs = Date.parse(press.startedAt) - askedAtMs;
    return { acceptMs: rounded(acceptMs), askedToPressMs, acceptToPressMs: rounded(askedToPressMs - acceptMs) };
  };
  // A process that has never pressed loads its libraries first: that is a cold start, and another matter.
  await ask('first');
  for (let repeat = 1; repeat <= 2 * bench.options.repeats; repeat += 1) {
    await pause(idleMs(bench));
    samples.push(await ask(String(repeat)));
    bench.say(`idle: ${series}, ${repeat} of ${2 * bench.options.repeats}`);
  }
  return samples;
}

function columnsOf(samples: readonly Sample[]): Record<keyof Sample, number[]> {
  return {
    acceptMs: samples.map(({ acceptMs }) => acceptMs),
    askedToPressMs: samples.map(({ askedToPressMs }) => askedToPressMs),
    acceptToPressMs: samples.map(({ acceptToPressMs }) => acceptToPressMs),
  };
}

function pollingIntervalMs({ apps }: Bench): number {
  return apps.hostSettings.queues.maxPollingIntervalMs;
}

function summary(
  measured: readonly (Variant & { readonly samples: readonly Sample[] })[],
  pollingMs: number,
  bench: Bench,
): string {
  const cell = (values: readonly number[]) => [medianOf(values).toFixed(0), Math.max(...values).toFixed(0)];
  const rows = measured.map(({ peer, instances, polling, samples }) => {
    const { acceptMs, askedToPressMs, acceptToPressMs } = columnsOf(samples);
    const interval = polling === 'own' ? `${pollingMs} ms` : '1 minute';
    return [
      peer,
      instances === 1 ? 'one' : 'HTTP apart from queue',
      peer === 'synchronous' ? '–' : interval,
      String(samples.length),
      ...cell(acceptMs),
      ...cell(askedToPressMs),
      ...(peer === 'synchronous' ? ['–', '–'] : cell(acceptToPressMs)),
    ];
  });
  const head = [
    'peer',
    'instances',
    'polling interval',
    'requests',
    'accept median',
    'max',
    'asked to press median',
    'max',
    'accept to press median',
    'max',
  ];
  return `One request after ${idleMs(bench) / 1000} s of idle time, in ms. (The target is the interval + 200 ms on two instances.)\n\n${table(head, rows)}`;
}
