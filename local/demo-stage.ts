// What the parts of the demo share: to say a line with its time, to ask the app, and to show what Graph, the table and
// the log of the app have.
// Knows no part; throws where something is not as expected.
import { TableClient } from '@azure/data-tables';
import type { LocalStack } from './local-stack';
import { waitFor } from './wait-for';

export interface Outcome {
  readonly status: string;
  readonly error?: { readonly code: string; readonly message: string };
  readonly toneCount?: number;
  readonly playedToneCount?: number;
  readonly partCount?: number;
  readonly pauseMs?: number;
}

const COLUMNS_SHOWN = [
  'callId',
  'status',
  'operationId',
  'completionReason',
  'errorCode',
  'errorMessage',
  'toneCount',
  'playedToneCount',
  'partCount',
  'acceptedAt',
  'sentAt',
  'finishedAt',
];
const EVENTS_SHOWN = ['tones-accepted', 'tones-sent', 'request-ended'];
/** A shorter silence needs no word. */
const SILENCE_SECONDS = 2;

const started = Date.now();

export function say(line: string): void {
  console.log(`${((Date.now() - started) / 1000).toFixed(1).padStart(5)} s  ${line}`);
}

export function waiting(what: string): { onWaiting: (seconds: number) => void } {
  return { onWaiting: (seconds) => seconds >= SILENCE_SECONDS && say(`  ... waiting for ${what} (${seconds} s)`) };
}

export function expect(what: string, actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`${what}: expected ${String(expected)}, got ${String(actual)}`);
}

export async function enqueue({ host }: LocalStack, body: object, prefer?: string): Promise<Response> {
  const preferring = prefer === undefined ? '' : `, with "Prefer: ${prefer}"`;
  say(`POST ${host.url}/api/enqueueTones ${JSON.stringify(body)}${preferring}`);
  return fetch(`${host.url}/api/enqueueTones`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'x-functions-key': host.functionKey,
      ...(prefer !== undefined && { Prefer: prefer }),
    },
    body: JSON.stringify(body),
  });
}

/** The URL to poll. */
export async function accepted(stack: LocalStack, body: object): Promise<string> {
  const response = await enqueue(stack, body);
  expect('answer to enqueueTones', response.status, 202);
  const { status } = (await response.json()) as Outcome;
  say(`  request accepted: 202, status "${status}"`);
  return response.headers.get('Location') ?? '';
}

export async function pollToTheEnd(location: string): Promise<Outcome> {
  return waitFor(
    'the final status',
    async () => {
      const response = await fetch(location);
      const outcome = (await response.json()) as Outcome;
      return response.status === 200 && outcome;
    },
    { everyMs: 100, ...waiting('the final status') },
  );
}

/** Says each press of the call as it comes, while something is waited for. */
export async function showingPresses<T>({ simulator }: LocalStack, callId: string, work: () => Promise<T>): Promise<T> {
  let seen = simulator.presses({ callId }).length;
  const look = (): void => {
    for (const { tones, startedAt, endedAt } of simulator.presses({ callId }).slice(seen)) {
      seen += 1;
      say(`  press seen by Graph: ${tones.join(', ')} from ${startedAt} to ${endedAt}`);
    }
  };
  const timer = setInterval(look, 20);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    look();
  }
}

export async function showRow({ azurite }: LocalStack, clientContext: string): Promise<Record<string, unknown>> {
  const table = TableClient.fromConnectionString(azurite.connectionString, 'ToneOutcomes', {
    allowInsecureConnection: true,
  });
  const row = await table.getEntity<Record<string, string | number | Date>>(clientContext, 'outcome');
  say(`  row in table "ToneOutcomes", PartitionKey "${clientContext}":`);
  for (const name of COLUMNS_SHOWN) {
    const value = row[name];
    if (value !== undefined)
      say(`      ${name.padEnd(17)} ${value instanceof Date ? value.toISOString() : String(value)}`);
  }
  return row;
}

/** What the app itself logs of a request that has ended. */
export async function showLog({ host }: LocalStack, clientContext: string): Promise<void> {
  const linesOf = (event: string) =>
    host.lines.filter((line) => line.includes(`] ${event} {"clientContext":"${clientContext}"`));
  const shown = await waitFor('the log', () => {
    const lines = EVENTS_SHOWN.flatMap(linesOf);
    return lines.length >= EVENTS_SHOWN.length && lines;
  });
  say('  what the app logged of it, without the tones:');
  for (const line of shown) say(`      ${line.replace(/^\[[^\]]+\] \[[^\]]+\] /, '')}`);
}
