// Scenario 6: from `dist/main.js` to registered functions in a fresh process each time, in turn with the same app from
// node_modules; and the memory of an instance after 1,000 requests. What a cold start pays before the first request.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { waitFor } from '../../local/wait-for';
import { inherited, sampleSettings } from '../../local/local-stack';
import type { Peer } from '../apps';
import { onCallsOfTheirOwn, type Bench, type ScenarioResult } from '../bench';
import { developmentNode } from '../../local/development-node';
import { byPeer, table } from '../figures/markdown';
import type { ModuleLoad } from '../processes/module-load-probe';
import { untilAllStored } from '../figures/presses';
import { medianAndRange, medianOf, rounded } from '../figures/samples';

export async function load(bench: Bench): Promise<ScenarioResult> {
  const bundled: ModuleLoad[] = [];
  const unbundled: ModuleLoad[] = [];
  const probe = await bench.apps.script('module-load-probe.ts');
  const plain = await bench.apps.unbundled();
  // Neither is favoured by files that are not in the system's cache yet.
  await loadOnce(probe, bench.apps.directoryOf.ours);
  await loadOnce(probe, plain);
  for (let time = 0; time < (bench.options.isQuick ? 2 : 4 * bench.options.repeats); time += 1) {
    bundled.push(await loadOnce(probe, bench.apps.directoryOf.ours));
    unbundled.push(await loadOnce(probe, plain));
  }
  const first: Record<'bundled' | 'unbundled', FirstRequest[]> = { bundled: [], unbundled: [] };
  for (let repeat = 1; repeat <= bench.options.repeats; repeat += 1) {
    first.bundled.push(await firstRequest(bench, bench.apps.directoryOf.ours));
    first.unbundled.push(await firstRequest(bench, plain));
  }
  const memory = await bench.eachCell('load', (peer) => memoryAfter(bench, peer));
  return {
    raw: { bundled: columnsOf(bundled), unbundled: columnsOf(unbundled), first, memory },
    markdown: summary(bundled, unbundled, first, memory, bench),
  };
}

async function loadOnce(probe: string, directory: string): Promise<ModuleLoad> {
  const { stdout } = await promisify(execFile)(developmentNode(), [probe, directory], {
    env: { ...inherited(), ...sampleSettings() },
  });
  return JSON.parse(stdout) as ModuleLoad;
}

function columnsOf(loads: readonly ModuleLoad[]) {
  return {
    loadMs: loads.map(({ loadMs }) => rounded(loadMs)),
    sinceStartMs: loads.map(({ sinceStartMs }) => rounded(sinceStartMs)),
    rssMb: loads.map(({ rssMb }) => rounded(rssMb)),
    heapMb: loads.map(({ heapMb }) => rounded(heapMb)),
    packages: loads[0]?.packages ?? [],
  };
}

/** The first request of a new instance: what is loaded only where it is needed is loaded now. */
async function firstRequest(bench: Bench, appDirectory: string) {
  const stage = await bench.stage({ instances: [{ appDirectory }] });
  try {
    const asked = onCallsOfTheirOwn('first', 1);
    const { tookMs, askedAtMs } = await bench.askForTones(stage, asked, { kind: 'at once' });
    const { firstPressAtMs } = await untilAllStored(stage.simulator, 'first', 1);
    return {
      acceptMs: rounded(tookMs[0] ?? NaN),
      askedToPressMs: (firstPressAtMs.get('first-0') ?? NaN) - (askedAtMs[0] ?? 0),
    };
  } finally {
    await stage.close();
  }
}

type FirstRequest = Awaited<ReturnType<typeof firstRequest>>;

async function memoryAfter(bench: Bench, peer: Peer) {
  const requests = bench.options.isQuick ? 20 : 1000;
  const stage = await bench.stage({ instances: [{ appDirectory: bench.apps.directoryOf[peer] }], isGauged: true });
  try {
    await bench.askForTones(stage, onCallsOfTheirOwn('memory', requests), {
      kind: 'rate',
      perSecond: bench.options.ratePerSecond,
    });
    await untilAllStored(stage.simulator, 'memory', requests);
    stage.collectGarbage();
    const line = await waitFor('the figures after the collection', () =>
      stage.gauges.lines('host 1').find(({ kind }) => kind === 'collected'),
    );
    return { requests, rssMb: line.rssMb, heapMb: line.heapMb };
  } finally {
    await stage.close();
  }
}

type Memory = Awaited<ReturnType<typeof memoryAfter>> & { readonly peer: Peer };

function summary(
  bundled: readonly ModuleLoad[],
  unbundled: readonly ModuleLoad[],
  first: Record<'bundled' | 'unbundled', readonly FirstRequest[]>,
  memory: readonly Memory[],
  bench: Bench,
): string {
  const row = (name: string, loads: readonly ModuleLoad[], firsts: readonly FirstRequest[]) => [
    name,
    ...(['loadMs', 'sinceStartMs', 'rssMb', 'heapMb'] as const).map((column) =>
      medianAndRange(
        loads.map((one) => one[column]),
        0,
      ),
    ),
    ...(['acceptMs', 'askedToPressMs'] as const).map((column) =>
      medianAndRange(
        firsts.map((one) => one[column]),
        0,
      ),
    ),
  ];
  const times = medianOf(unbundled.map(({ loadMs }) => loadMs)) / medianOf(bundled.map(({ loadMs }) => loadMs));
  const loadTable = table(
    [
      'app',
      'load ms',
      'since the start of the process ms',
      'resident MB',
      'heap MB',
      'first request: accept ms',
      'asked to press ms',
    ],
    [row('dist/main.js', bundled, first.bundled), row('from node_modules', unbundled, first.unbundled)],
  );
  const packages = unbundled[0]?.packages ?? [];
  const memoryRows = byPeer(memory, (of, peer) => [
    peer,
    medianAndRange(
      of.map(({ rssMb }) => rssMb),
      0,
    ),
    medianAndRange(of.map(({ heapMb }) => heapMb)),
  ]);
  return [
    `Module load, ${bundled.length} fresh processes each, in turn: median (range). Unbundled takes ${times.toFixed(1)} × as long.`,
    loadTable,
    `Packages that are loaded before the first request (read from the unbundled app): ${packages.join(', ')}.`,
    `Memory of an instance (with the local host in it) after ${memory[0]?.requests} requests, once the garbage was collected; ${bench.options.repeats} repeats.`,
    table(['peer', 'resident MB', 'heap MB'], memoryRows),
  ].join('\n\n');
}
