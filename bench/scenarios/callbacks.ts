// Scenario 10: requests at a fixed rate, with a callback for each and without one: how long from Graph's report until the
// callback is there, and do callbacks slow down the accept and the press? Both in turn, each with an app and an emulator of its own.
// The receiver takes everything at once: what is measured is the app.
import { waitFor } from '../../local/wait-for';
import { onCallsOfTheirOwn, type AskedTones, type Bench, type ScenarioResult } from '../bench';
import { table } from '../figures/markdown';
import { askedToPressMs, pressedTwice, untilAllStored } from '../figures/presses';
import { countBy, quantilesOf, rounded } from '../figures/samples';
import type { HeardCallbacks } from '../processes/callback-receiver';
import { startChildScript, type ChildScript } from '../processes/child-script';
import type { Stage } from '../stage';

const MEASURED_SECONDS = 30;
const WARM_UP_SECONDS = 5;
const LIMIT_MS = 60_000;

export async function callbacks(bench: Bench): Promise<ScenarioResult> {
  const cells = [];
  for (let repeat = 1; repeat <= bench.options.repeats; repeat += 1) {
    for (const isWanted of [false, true]) {
      bench.say(`callbacks: ${isWanted ? 'each' : 'none'}, repeat ${repeat} of ${bench.options.repeats}`);
      cells.push({ repeat, isWanted, ...(await measure(bench, isWanted)) });
    }
  }
  return { raw: cells, markdown: summary(cells) };
}

async function measure(bench: Bench, isWanted: boolean) {
  const receiver = startChildScript<object, HeardCallbacks>('callback-receiver.ts');
  try {
    return await measureWith(bench, isWanted, receiver);
  } finally {
    await receiver.stop();
  }
}

async function measureWith(bench: Bench, isWanted: boolean, receiver: ChildScript<object, HeardCallbacks>) {
  const { isQuick, ratePerSecond } = bench.options;
  const { origin } = await receiver.ask({});
  const stage = await bench.stage({
    instances: [{ appDirectory: bench.apps.directoryOf.ours, settings: { CALLBACK_HOSTS: origin } }],
  });
  const wanted = (asked: readonly AskedTones[]): AskedTones[] =>
    asked.map((one) => ({ ...one, ...(isWanted && { callbackUrl: `${origin}/${one.clientContext}` }) }));
  try {
    const pace = { kind: 'rate', perSecond: ratePerSecond } as const;
    const warmUp = wanted(onCallsOfTheirOwn('warm', isQuick ? 2 : ratePerSecond * WARM_UP_SECONDS));
    await bench.askForTones(stage, warmUp, pace);
    await untilAllStored(stage.simulator, 'warm', warmUp.length);

    const asked = wanted(onCallsOfTheirOwn('asked', isQuick ? 3 : ratePerSecond * MEASURED_SECONDS));
    const load = await bench.askForTones(stage, asked, pace);
    const found = await untilAllStored(stage.simulator, 'asked', asked.length);
    const heard = async () => (await receiver.ask({})).heardAtMs;
    const isHeard = async () => {
      const all = await heard();
      return asked.every(({ clientContext }) => all[clientContext] !== undefined) && all;
    };
    const heardAtMs = isWanted ? await waitFor('the callbacks', isHeard, { limitMs: LIMIT_MS }) : {};
    return {
      acceptMs: load.tookMs.map(rounded),
      askedToPressMs: askedToPressMs(
        asked.map(({ clientContext }) => clientContext),
        load.askedAtMs,
        found,
      ),
      reportedToHeardMs: reportedToHeardMs(stage, heardAtMs),
      statuses: countBy(load.statuses),
      pressedTwice: pressedTwice(found),
      heardMoreThanOnce: asked.filter(({ clientContext }) => (heardAtMs[clientContext]?.length ?? 0) > 1).length,
    };
  } finally {
    await stage.close();
  }
}

/** From sending Graph's report, at its first attempt, until the callback came. */
function reportedToHeardMs({ simulator }: Stage, heardAtMs: HeardCallbacks['heardAtMs']): number[] {
  const isAsked = ({ about, clientContext }: { about: string; clientContext?: string }) =>
    about === 'operation' && clientContext?.startsWith('asked-') === true;
  return simulator
    .notifications()
    .filter(isAsked)
    .flatMap(({ clientContext = '', attempts }) => {
      const heardAt = heardAtMs[clientContext]?.[0];
      return heardAt === undefined ? [] : [heardAt - Date.parse(attempts[0]?.at ?? '')];
    });
}

type Cell = { readonly isWanted: boolean } & Awaited<ReturnType<typeof measure>>;

function summary(cells: readonly Cell[]): string {
  const rows = [false, true].map((isWanted) => {
    const of = cells.filter((cell) => cell.isWanted === isWanted);
    const accept = quantilesOf(of.flatMap(({ acceptMs }) => acceptMs));
    const press = quantilesOf(of.flatMap(({ askedToPressMs }) => askedToPressMs));
    const heard = quantilesOf(of.flatMap((cell) => cell.reportedToHeardMs));
    const ms = (value: number) => (Number.isNaN(value) ? '–' : value.toFixed(1));
    const times = [accept.p50, accept.p99, press.p50, press.p99, heard.p50, heard.p99].map(ms);
    const twice = of.reduce((sum, { heardMoreThanOnce }) => sum + heardMoreThanOnce, 0);
    return [isWanted ? 'each' : 'none', String(accept.count), ...times, isWanted ? String(twice) : '–'];
  });
  const head = ['callbacks', 'requests', 'accept p50', 'p99', 'asked to pressed p50', 'p99'];
  return `Requests at a fixed rate, with callbacks and without, milliseconds.\n\n${table([...head, 'reported to heard p50', 'p99', 'heard twice'], rows)}`;
}
