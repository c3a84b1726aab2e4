// `npm run demo`: the main job on a fresh machine, line by line, a dial string with a pause, a call that is placed for it, and one failure.
// No account, no network.
// Exits with 0 only when all outcomes are the expected ones, seen in the API, in the table and by Graph.
import { TableClient } from '@azure/data-tables';
import { dialIn } from './demo-dial-in';
import { startLocalStack, type LocalStack } from './local-stack';
import { waitFor } from './wait-for';

const CALL = '57dab8b1-894c-409a-b240-bd8beae78896';
const ENDED_CALL = '2f1a1100-b174-40a0-aba7-0b405e01ed92';

interface Outcome {
  readonly status: string;
  readonly error?: { readonly code: string; readonly message: string };
  readonly toneCount?: number;
  readonly playedToneCount?: number;
  readonly partCount?: number;
  readonly pauseMs?: number;
}

const started = Date.now();

function say(line: string): void {
  console.log(`${((Date.now() - started) / 1000).toFixed(1).padStart(5)} s  ${line}`);
}

function waiting(what: string): (seconds: number) => void {
  return (seconds) => say(`  ... waiting for ${what} (${seconds} s)`);
}

function expect(what: string, actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`${what}: expected ${String(expected)}, got ${String(actual)}`);
}

async function enqueue({ host }: LocalStack, body: object): Promise<string> {
  say(`POST ${host.url}/api/enqueueTones ${JSON.stringify(body)}`);
  const response = await fetch(`${host.url}/api/enqueueTones`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'x-functions-key': host.functionKey },
    body: JSON.stringify(body),
  });
  expect('answer to enqueueTones', response.status, 202);
  const outcome = (await response.json()) as Outcome;
  say(`  request accepted: 202, status "${outcome.status}"`);
  say('  message queued in "tone-requests" (202 is answered only after that)');
  return response.headers.get('Location') ?? '';
}

async function pollToTheEnd(location: string): Promise<Outcome> {
  return waitFor(
    'the final status',
    async () => {
      const response = await fetch(location);
      const outcome = (await response.json()) as Outcome;
      return response.status === 200 && outcome;
    },
    { everyMs: 100, onWaiting: waiting('the final status') },
  );
}

async function showRow({ azurite }: LocalStack, clientContext: string): Promise<Record<string, unknown>> {
  const table = TableClient.fromConnectionString(azurite.connectionString, 'ToneOutcomes', {
    allowInsecureConnection: true,
  });
  const row = await table.getEntity<Record<string, string | number | Date>>(clientContext, 'outcome');
  say(`  row in table "ToneOutcomes", PartitionKey "${clientContext}":`);
  for (const name of [
    'callId',
    'status',
    'operationId',
    'completionReason',
    'errorCode',
    'errorMessage',
    'toneCount',
    'acceptedAt',
    'sentAt',
    'finishedAt',
  ]) {
    const value = row[name];
    if (value !== undefined)
      say(`      ${name.padEnd(17)} ${value instanceof Date ? value.toISOString() : String(value)}`);
  }
  return row;
}

async function pressTones(stack: LocalStack): Promise<void> {
  const { simulator } = stack;
  say('1. Tones for an established call');
  simulator.putCall(CALL, { callbackUrl: stack.callbackUrl });
  const clientContext = 'demo-1';
  const location = await enqueue(stack, { callId: CALL, digits: '42#', delayBetweenTonesMs: 300, clientContext });
  const press = await waitFor('the press', () => simulator.presses({ clientContext })[0], {
    onWaiting: waiting('the press'),
  });
  say(`  press seen by Graph: ${press.tones.join(', ')} on call ${press.callId}`);
  const notification = await waitFor(
    'the notification',
    () => simulator.notifications({ clientContext }).find((sent) => sent.delivered),
    { onWaiting: waiting('the notification') },
  );
  say(`  notification received: signed by the simulator, answered with ${notification.attempts.at(-1)?.status}`);
  const outcome = await pollToTheEnd(location);
  say(`  outcome: "${outcome.status}"`);
  const row = await showRow(stack, clientContext);
  expect('outcome', outcome.status, 'succeeded');
  expect('status in the table', row.status, 'succeeded');
  expect('presses seen by Graph', simulator.presses({ clientContext }).length, 1);
}

async function pressSequence(stack: LocalStack): Promise<void> {
  const { simulator } = stack;
  say('2. A dial string with a pause: 1, a second, then 864#');
  const clientContext = 'demo-2';
  const outcome = await pollToTheEnd(await enqueue(stack, { callId: CALL, digits: '1W864#', clientContext }));
  const presses = simulator.presses({ callId: CALL }).slice(1);
  for (const { tones, startedAt, endedAt } of presses)
    say(`  press seen by Graph: ${tones.join(', ')} from ${startedAt} to ${endedAt}`);
  const { status, partCount, pauseMs, toneCount, playedToneCount } = outcome;
  say(
    `  outcome: "${status}", ${playedToneCount} of ${toneCount} tones played in ${partCount} parts, ${pauseMs} ms of pauses`,
  );
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
  const outcome = await pollToTheEnd(await enqueue(stack, { callId: ENDED_CALL, digits: '1', clientContext }));
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
    await pressTones(stack);
    await pressSequence(stack);
    await dialIn(stack, say);
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
