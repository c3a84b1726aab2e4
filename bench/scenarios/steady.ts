// Scenario 1: a fixed rate, well under saturation, warm. What a caller waits, how
// long it is to the press, and until Graph's report is stored.
// As references two bare storage writes, and the bare steps of an accepted request:
// at the same moments, and before, with nothing else running.
// In two halves: between them Azurite sweeps its queue's memory and stands
// still for as long as that takes (docs/performance.md).
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Azurite } from '../../local/azurite';
import { APP_DIRECTORY } from '../../local/local-stack';
import type { Peer } from '../apps';
import { onCallsOfTheirOwn, type Bench, type ScenarioResult } from '../bench';
import { startChildScript } from '../processes/child-script';
import type { TimeSpan } from '../figures/gauges';
import type { LoadResult } from '../processes/load-generator';
import { askedToPressMs, pressedTwice, untilAllStored, type SeenBySimulator } from '../figures/presses';
import { topOfProfiles } from '../figures/profile';
import { countBy, quantilesOf, rounded } from '../figures/samples';
import type { ProbeQuestion, ProbeResult, Timed } from '../processes/storage-probe';
import { summary, tail } from '../figures/steady-tables';
import { duringTimer, secondsOf, timerRunsIn } from '../figures/timer-runs';

const WARM_UP_SECONDS = 10;
/** Azurite sweeps first 60 s after its start, and then 60 s after the sweep before: a half must have ended by then. */
const SWEPT_AFTER_MS = 65_000;
const LONGEST_HALF_SECONDS = 40;
const PROFILER_START_MS = 1500;
/** Together well before the first sweep. */
const ALONE_WARM_UP_MS = 5000;
const ALONE_MS = 15_000;

export async function steady(bench: Bench): Promise<ScenarioResult> {
  const cells = await bench.eachCell('steady', (peer, repeat) => measure(bench, peer, repeat));
  return {
    raw: cells.map(({ profiles: _profiles, seconds: _seconds, ...cell }) => cell),
    moments: cells.map(({ peer, repeat, seconds }) => ({ peer, repeat, seconds })),
    markdown: [summary(cells, bench.options), tail(cells), ...cells.flatMap(({ profiles }) => profiles ?? [])].join(
      '\n\n',
    ),
  };
}

async function measure(bench: Bench, peer: Peer, repeat: number) {
  const { ratePerSecond, seconds, isQuick, isProfiled } = bench.options;
  const profileDirectory = isProfiled ? join(APP_DIRECTORY, '.local', 'profiles', `${peer}-${repeat}`) : undefined;
  if (profileDirectory !== undefined) mkdirSync(profileDirectory, { recursive: true });
  const alone = await bench.withAzurite((azurite) => measureAlone(azurite, isQuick));
  const stage = await bench.stage({
    instances: [{ appDirectory: bench.apps.directoryOf[peer] }],
    verbose: true,
    isGauged: true,
    ...(profileDirectory !== undefined && { profileDirectory }),
  });
  const probe = startChildScript<ProbeQuestion, ProbeResult>('storage-probe.ts');
  try {
    const pace = { kind: 'rate', perSecond: ratePerSecond } as const;
    const warmUp = onCallsOfTheirOwn('warm', isQuick ? 5 : ratePerSecond * WARM_UP_SECONDS);
    await bench.askForTones(stage, warmUp, pace);
    await untilAllStored(stage.simulator, 'warm', warmUp.length);
    await probe.ask({ kind: 'start', connectionString: stage.azurite.connectionString });
    if (isProfiled) {
      stage.toggleProfiles();
      // Starting a profiler stops a process for a moment.
      await pause(PROFILER_START_MS);
    }

    const asked = onCallsOfTheirOwn('steady', ratePerSecond * seconds);
    const halves =
      seconds / 2 > LONGEST_HALF_SECONDS ? [asked] : [asked.slice(0, asked.length / 2), asked.slice(asked.length / 2)];
    const parts: (TimeSpan & { readonly load: LoadResult })[] = [];
    for (const half of halves) {
      if (parts.length > 0 && !isQuick) await pause(Math.max(0, stage.azuriteReadyAtMs + SWEPT_AFTER_MS - Date.now()));
      const fromMs = Date.now();
      const load = await bench.askForTones(stage, half, pace);
      parts.push({ fromMs, toMs: Date.now(), load });
    }
    const load = joined(parts.map((part) => part.load));
    const { pairs, fourSteps } = await probe.ask({ kind: 'stop' });
    const bare = { pairs: during(parts, pairs), fourSteps: during(parts, fourSteps), alone };
    const seenOf = await untilAllStored(stage.simulator, 'steady', asked.length);
    const profiles = profileDirectory === undefined ? undefined : await topOfProfiles(stage, profileDirectory);
    const runs = timerRunsIn(stage.hosts[0]?.lines ?? []).filter((run) =>
      parts.some(({ fromMs, toMs }) => run.endedAtMs > fromMs && run.startedAtMs < toMs),
    );
    const accepts = duringTimer(load, runs);
    const startedAtMs = parts[0]?.fromMs ?? NaN;
    return {
      ...samplesOf(
        load,
        bare,
        seenOf,
        asked.map(({ clientContext }) => clientContext),
      ),
      startedAtMs,
      timerRuns: runs.map((run) => ({
        startedMs: run.startedAtMs - startedAtMs,
        endedMs: run.endedAtMs - startedAtMs,
      })),
      parts: parts.map(({ fromMs, toMs }) => ({ fromMs: fromMs - startedAtMs, toMs: toMs - startedAtMs })),
      acceptDuringTimer: quantilesOf(accepts.during),
      acceptOutsideTimer: quantilesOf(accepts.outside),
      seconds: secondsOf(load, runs, stage.gauges),
      processes: stage.gauges.figures(parts),
      ...(profiles !== undefined && { profiles }),
    };
  } finally {
    await probe.stop();
    await stage.close();
  }
}

/** With an Azurite of its own, before anything of the app is there. */
async function measureAlone({ connectionString }: Azurite, isQuick: boolean): Promise<Alone> {
  const probe = startChildScript<ProbeQuestion, ProbeResult>('storage-probe.ts');
  try {
    const [warmUpMs, forMs] = isQuick ? [0, 300] : [ALONE_WARM_UP_MS, ALONE_MS];
    const { pairs, fourSteps } = await probe.ask({ kind: 'alone', connectionString, warmUpMs, forMs });
    const took = (measured: readonly Timed[]) => measured.map(({ tookMs }) => rounded(tookMs));
    return { bareWritesAloneMs: took(pairs), bareStepsAloneMs: took(fourSteps) };
  } finally {
    await probe.stop();
  }
}

type Alone = Readonly<Record<'bareWritesAloneMs' | 'bareStepsAloneMs', readonly number[]>>;

function joined(loads: readonly LoadResult[]): LoadResult {
  const column = <Value>(of: (load: LoadResult) => readonly Value[]) => loads.flatMap(of);
  return {
    askedAtMs: column((load) => load.askedAtMs),
    tookMs: column((load) => load.tookMs),
    statuses: column((load) => load.statuses),
    tries: column((load) => load.tries),
    latestMs: Math.max(...column((load) => [load.latestMs])),
  };
}

/** Those that began while requests were sent, in ms. */
function during(parts: readonly TimeSpan[], measured: readonly Timed[]): number[] {
  return measured
    .filter(({ atMs }) => parts.some(({ fromMs, toMs }) => atMs >= fromMs && atMs <= toMs))
    .map(({ tookMs }) => rounded(tookMs));
}

/** Every sample, as columns; and what was counted. */
function samplesOf(
  load: LoadResult,
  bare: Readonly<Record<keyof ProbeResult, readonly number[]>> & { readonly alone: Alone },
  { firstPressAtMs, notificationMs, presses, ...seenOf }: SeenBySimulator,
  names: readonly string[],
) {
  const untilPressMs = askedToPressMs(names, load.askedAtMs, { firstPressAtMs });
  return {
    acceptMs: load.tookMs.map(rounded),
    askedToPressMs: untilPressMs,
    acceptToPressMs: untilPressMs.map((ms, position) => rounded(ms - (load.tookMs[position] ?? 0))),
    notificationToStoredMs: notificationMs,
    bareWritesMs: bare.pairs,
    bareStepsMs: bare.fourSteps,
    ...bare.alone,
    latestSendMs: rounded(load.latestMs),
    statuses: countBy(load.statuses),
    requests: names.length,
    presses: presses.length,
    pressedTwice: pressedTwice(seenOf),
  };
}
