// Scenario 9: callers who wait for the end (`Prefer: wait`), 200 of them and none, beside requests at a fixed rate: do they slow down
// the accept and the press of the others? Both in turn, each with an app and an emulator of its own.
// The requests that are waited for were pressed before, and Graph reports nothing of them: all that is left of them is the waiting.
import { setTimeout as pause } from 'node:timers/promises';
import { waitFor } from '../../local/wait-for';
import { onCallsOfTheirOwn, type Bench, type ScenarioResult } from '../bench';
import { table } from '../figures/markdown';
import { askedToPressMs, pressedTwice, pressesOf, untilAllStored } from '../figures/presses';
import { countBy, quantilesOf, rounded } from '../figures/samples';
import { startChildScript } from '../processes/child-script';
import type { LoadQuestion, LoadResult } from '../processes/load-generator';
import { FUNCTION_KEY, type Stage } from '../stage';

const WAITERS = 200;
const WAIT_SECONDS = 30;
/** What is left of the wait once the waiters' own requests were pressed. */
const MEASURED_SECONDS = 15;

export async function waiters(bench: Bench): Promise<ScenarioResult> {
  const cells = [];
  for (let repeat = 1; repeat <= bench.options.repeats; repeat += 1) {
    for (const waiting of [0, bench.options.isQuick ? 3 : WAITERS]) {
      bench.say(`waiters: ${waiting} waiting, repeat ${repeat} of ${bench.options.repeats}`);
      cells.push({ repeat, waiting, ...(await measure(bench, waiting)) });
    }
  }
  return { raw: cells, markdown: summary(cells) };
}

type Cell = { readonly waiting: number } & Awaited<ReturnType<typeof measure>>;

async function measure(bench: Bench, waiting: number) {
  const { isQuick, ratePerSecond } = bench.options;
  const stage = await bench.stage({ instances: [{ appDirectory: bench.apps.directoryOf.ours }] });
  const callers = startChildScript<LoadQuestion, LoadResult>('load-generator.ts');
  try {
    const warmUp = onCallsOfTheirOwn('warm', isQuick ? 2 : ratePerSecond * 5);
    const pace = { kind: 'rate', perSecond: ratePerSecond } as const;
    await bench.askForTones(stage, warmUp, pace);
    await untilAllStored(stage.simulator, 'warm', warmUp.length);
    const waited = waiting === 0 ? undefined : await startWaiting(stage, callers, waiting, isQuick ? 2 : WAIT_SECONDS);

    const asked = onCallsOfTheirOwn('beside', isQuick ? 3 : ratePerSecond * MEASURED_SECONDS);
    const load = await bench.askForTones(stage, asked, pace);
    const endedAtMs = Date.now();
    const found = await untilAllStored(stage.simulator, 'beside', asked.length);
    const answers = await waited?.answers;
    return {
      acceptMs: load.tookMs.map(rounded),
      askedToPressMs: askedToPressMs(
        asked.map(({ clientContext }) => clientContext),
        load.askedAtMs,
        found,
      ),
      statuses: countBy(load.statuses),
      pressedTwice: pressedTwice(found),
      waiters: answers && {
        statuses: countBy(answers.statuses),
        waitedMs: answers.tookMs.map(rounded),
        /** Of those that were still waiting when the last request beside them was answered. */
        stillWaiting: answers.tookMs.filter((ms, position) => (answers.askedAtMs[position] ?? 0) + ms >= endedAtMs)
          .length,
      },
    };
  } finally {
    await callers.stop();
    await stage.close();
  }
}

/** Ends, with the answers still to come, when each of the waiters' requests was pressed. */
async function startWaiting(
  stage: Stage,
  callers: ReturnType<typeof startChildScript<LoadQuestion, LoadResult>>,
  count: number,
  seconds: number,
): Promise<{ readonly answers: Promise<LoadResult> }> {
  const asked = onCallsOfTheirOwn('waiter', count);
  for (const { callId } of asked)
    stage.simulator.putCall(callId, { callbackUrl: stage.callbackUrl, scenario: 'notification-never' });
  const headers = {
    'Content-Type': 'application/json',
    'x-functions-key': FUNCTION_KEY,
    Prefer: `wait=${seconds}`,
  };
  const bodies = asked.map((request) => JSON.stringify({ digits: '1', ...request }));
  const plan = { url: stage.enqueueUrl, method: 'POST', headers, bodies, pace: { kind: 'at once' } } as const;
  const answers = callers.ask({ plan, gaugeFile: stage.gauges.fileOf('waiters') });
  await waitFor('the presses', () => pressesOf(stage.simulator, 'waiter').length === count, { limitMs: 60_000 });
  // Their replies are recorded, and their polls have slowed down.
  await pause(seconds > 10 ? 2000 : 0);
  return { answers };
}

function summary(cells: readonly Cell[]): string {
  const counts = [...new Set(cells.map(({ waiting }) => waiting))];
  const rows = counts.map((waiting) => {
    const of = cells.filter((cell) => cell.waiting === waiting);
    const accept = quantilesOf(of.flatMap(({ acceptMs }) => acceptMs));
    const press = quantilesOf(of.flatMap(({ askedToPressMs }) => askedToPressMs));
    return [waiting, accept.count, ...[accept.p50, accept.p99, press.p50, press.p99].map((ms) => ms.toFixed(1))].map(
      String,
    );
  });
  const head = ['waiting', 'requests beside them', 'accept p50', 'p99', 'asked to pressed p50', 'p99'];
  return `Requests at a fixed rate beside callers who wait for another request's end, milliseconds.\n\n${table(head, rows)}`;
}
