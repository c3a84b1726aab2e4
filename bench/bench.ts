// What every scenario is given: the options of the run, the built apps, the
// callers; and the order in which cells are measured.
// Knows no scenario: each gives back its raw cells and the Markdown that sums them up.
import { startAzurite, type Azurite } from '../local/azurite';
import type { CallOptions } from '../local/graph-simulator/calls/calls';
import type { BuiltApps, Peer } from './apps';
import { startChildScript, type ChildScript } from './processes/child-script';
import type { LoadPlan, LoadQuestion, LoadResult } from './processes/load-generator';
import { FUNCTION_KEY, startStage, type Stage, type StageOptions } from './stage';

export interface BenchOptions {
  readonly repeats: number;
  readonly seconds: number;
  readonly ratePerSecond: number;
  readonly peers: readonly Peer[];
  readonly seed: number;
  /** Tiny sizes, for the smoke run of the tests: counts mean something, times do not. */
  readonly isQuick: boolean;
  readonly isProfiled: boolean;
  /** Where the measured app comes from: a checkout with its dist/ built. */
  readonly source: string;
}

export interface ScenarioResult {
  /** Figures and samples; a list of numbers is a column of samples, of which percentiles are kept. */
  readonly raw: unknown;
  /** What else was measured moment by moment, for `--samples` alone. */
  readonly moments?: unknown;
  /** A table or more, with the sentence that explains it. */
  readonly markdown: string;
}

export class Bench {
  #shared: Promise<Azurite> | undefined;
  readonly #load: ChildScript<LoadQuestion, LoadResult> = startChildScript('load-generator.ts');

  constructor(
    readonly options: BenchOptions,
    readonly apps: BuiltApps,
    readonly say: (line: string) => void,
  ) {}

  /**
   * Cells in turn over the peers, not one peer after the other: what
   * changes on the machine meanwhile meets all of them.
   */
  async eachCell<Cell>(
    scenario: string,
    measure: (peer: Peer, repeat: number) => Promise<Cell>,
    repeats = this.options.repeats,
  ): Promise<(Cell & { peer: Peer; repeat: number })[]> {
    const cells: (Cell & { peer: Peer; repeat: number })[] = [];
    for (let repeat = 1; repeat <= repeats; repeat += 1) {
      const measureOne = async (peer: Peer) => {
        this.say(`${scenario}: ${peer}${repeats > 1 ? `, repeat ${repeat} of ${repeats}` : ''}`);
        return { peer, repeat, ...(await measure(peer, repeat)) };
      };
      // Where times mean nothing, the peers need not wait for each other.
      if (this.options.isQuick) cells.push(...(await Promise.all(this.options.peers.map(measureOne))));
      else for (const peer of this.options.peers) cells.push(await measureOne(peer));
    }
    return cells;
  }

  /** For what is measured with nothing beside: a new one; in a quick run that of all stages. */
  async withAzurite<T>(work: (azurite: Azurite) => Promise<T>): Promise<T> {
    if (this.options.isQuick) return work(await (this.#shared ??= startAzurite()));
    const azurite = await startAzurite();
    try {
      return await work(azurite);
    } finally {
      await azurite.close();
    }
  }

  /** A new stage; in a quick run all of them share one Azurite, which takes the longest to start. */
  async stage(options: StageOptions): Promise<Stage> {
    if (!this.options.isQuick) return startStage(options);
    return startStage({ ...options, azurite: await (this.#shared ??= startAzurite()) });
  }

  /** Sends tone requests to the first instance of the stage; their calls are made in the simulator first. */
  askForTones(
    stage: Stage,
    asked: readonly AskedTones[],
    pace: LoadPlan['pace'],
    more: Partial<LoadPlan> = {},
  ): Promise<LoadResult> {
    for (const callId of new Set(asked.map((request) => request.callId)))
      stage.simulator.putCall(callId, {
        callbackUrl: stage.callbackUrl,
        ...soundingFor(this.options.isQuick ? 800 : 300),
      });
    const headers = { 'Content-Type': 'application/json', 'x-functions-key': FUNCTION_KEY };
    const bodies = asked.map((request) => JSON.stringify({ digits: '1', ...request }));
    return this.send(stage, { url: stage.enqueueUrl, method: 'POST', headers, bodies, pace, ...more });
  }

  send(stage: Stage, plan: LoadPlan): Promise<LoadResult> {
    return this.#load.ask({ plan, gaugeFile: stage.gauges.fileOf('callers') });
  }

  async close(): Promise<void> {
    await this.#load.stop();
    await (await this.#shared)?.close();
  }
}

/**
 * Tones that sound for a while: the notification comes after the reply was
 * recorded, as it does in a real call; on a busy machine, too.
 */
function soundingFor(ms: number): CallOptions {
  return { toneLengthMs: ms, maxToneTimeMs: ms };
}

export interface AskedTones {
  readonly clientContext: string;
  readonly callId: string;
  /** Default: `1`. Only with pauses of its own. */
  readonly digits?: string;
  readonly callbackUrl?: string;
  /** The peers know no deadline. Default: the app's own. */
  readonly expiresInSeconds?: number;
}

/** Requests on a call each, named after their series. */
export function onCallsOfTheirOwn(series: string, count: number): AskedTones[] {
  return Array.from({ length: count }, (_, position) => ({
    clientContext: `${series}-${position}`,
    callId: `${series}-call-${position}`,
  }));
}
