// `npm run demo`: the main job on a fresh machine, line by line, a dial string with a pause, a call that is placed for it, and one failure.
// No account, no network.
// Exits with 0 only when all outcomes are the expected ones, seen in the API, in the table and by Graph.
import { dialIn } from './demo-dial-in';
import { accepted, expect, pollToTheEnd, say, showingPresses, showLog, showRow, waiting } from './demo-stage';
import { startLocalStack, type LocalStack } from './local-stack';
import { waitFor } from './wait-for';

const CALL = '57dab8b1-894c-409a-b240-bd8beae78896';
const ENDED_CALL = '2f1a1100-b174-40a0-aba7-0b405e01ed92';

async function pressTones(stack: LocalStack): Promise<void> {
  const { simulator } = stack;
  say('1. Tones for an established call');
  simulator.putCall(CALL, { callbackUrl: stack.callbackUrl });
  const clientContext = 'demo-1';
  const location = await accepted(stack, { callId: CALL, digits: '42#', delayBetweenTonesMs: 300, clientContext });
  const notification = await showingPresses(stack, CALL, () =>
    waitFor(
      'the notification',
      () => simulator.notifications({ clientContext }).find((sent) => sent.delivered),
      waiting('the notification'),
    ),
  );
  say(`  notification received: signed by the simulator, answered with ${notification.attempts.at(-1)?.status}`);
  const outcome = await pollToTheEnd(location);
  say(`  outcome: "${outcome.status}"`);
  const row = await showRow(stack, clientContext);
  await showLog(stack, clientContext);
  expect('outcome', outcome.status, 'succeeded');
  expect('status in the table', row.status, 'succeeded');
  expect('presses seen by Graph', simulator.presses({ clientContext }).length, 1);
}

async function pressSequence(stack: LocalStack): Promise<void> {
  const { simulator } = stack;
  say('2. A dial string with a pause: 1, a second, then 864#');
  const clientContext = 'demo-2';
  const location = await accepted(stack, { callId: CALL, digits: '1W864#', clientContext });
  const outcome = await showingPresses(stack, CALL, () => pollToTheEnd(location));
  const { status, partCount, pauseMs, toneCount, playedToneCount } = outcome;
  say(
    `  outcome: "${status}", ${playedToneCount} of ${toneCount} tones played in ${partCount} parts, ${pauseMs} ms of pauses`,
  );
  const presses = simulator.presses({ callId: CALL }).slice(1);
  const [first, second] = presses;
  const pausedMs = Date.parse(second?.startedAt ?? '') - Date.parse(first?.endedAt ?? '');
  expect('outcome', outcome.status, 'succeeded');
  expect('presses seen by Graph', presses.length, 2);
  expect('a pause of at least a second', pausedMs >= 1000, true);
}

async function failOnEndedCall(stack: LocalStack): Promise<void> {
  const { simulator } = stack;
  say('4. Tones for a call that has ended');
  simulator.putCall(ENDED_CALL, { scenario: 'call-gone', callbackUrl: stack.callbackUrl });
  const clientContext = 'demo-4';
  const location = await accepted(stack, { callId: ENDED_CALL, digits: '1', clientContext });
  const outcome = await showingPresses(stack, ENDED_CALL, () => pollToTheEnd(location));
  say(`  outcome: "${outcome.status}", error "${outcome.error?.code}": ${outcome.error?.message}`);
  const row = await showRow(stack, clientContext);
  expect('outcome', outcome.status, 'failed');
  expect('error', outcome.error?.code, 'call-not-found');
  expect('status in the table', row.status, 'failed');
  expect('presses seen by Graph', simulator.presses({ clientContext }).length, 0);
}

async function main(): Promise<void> {
  const hostLines: string[] = [];
  const stack = await startLocalStack({ onProgress: say, onHostLine: (line) => hostLines.push(line) });
  try {
    say(`ready: the functions at ${stack.host.url}, Graph played by ${stack.simulator.url}`);
    say('Digits and tones are shown because this is a demo: the log of the app has none.');
    await pressTones(stack);
    await pressSequence(stack);
    await dialIn(stack);
    await failOnEndedCall(stack);
    say('All outcomes are as expected. Next: "npm start" keeps this running for your own requests.');
  } catch (error) {
    console.error('The functions said:', hostLines.join('\n'));
    throw error;
  } finally {
    await stack.close();
  }
}

main().catch((error: unknown) => {
  console.error('The demo failed:', error);
  process.exitCode = 1;
});
