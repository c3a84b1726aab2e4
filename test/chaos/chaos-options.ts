// The options of `npm run chaos`, and how long the command may take with them.
// Starts nothing: both processes of the command read it.
import { parseArgs } from 'node:util';

/** The build before the run; and its end, where everything has to be killed. */
const AROUND_THE_RUN_MS = 300_000;

/** After a soak the last entries are waited for, some of which are forgotten after ten minutes, and thousands of requests are judged. */
const SOAK_END_MS = 1_200_000;

/** Starts, the last conversations, the rest and the ends take most; a kill takes two seconds, on a busy machine several. */
export function runLimitMs(kills: number, minutes?: number): number {
  return 300_000 + (minutes === undefined ? 10_000 * kills : 60_000 * minutes + SOAK_END_MS);
}

export function readChaosOptions(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      kills: { type: 'string', default: '100' },
      minutes: { type: 'string' },
      seed: { type: 'string' },
      instances: { type: 'string' },
      limit: { type: 'string' },
      log: { type: 'string' },
      control: { type: 'string' },
      app: { type: 'string' },
    },
  });
  const kills = wholeNumber(values.kills, 'kills');
  const minutes = values.minutes === undefined ? undefined : wholeNumber(values.minutes, 'minutes');
  const limitMs = values.limit === undefined ? runLimitMs(kills, minutes) : 1000 * wholeNumber(values.limit, 'limit');
  return {
    ...{ kills, minutes, limitMs, log: values.log, control: values.control, app: values.app },
    commandLimitMs: limitMs + AROUND_THE_RUN_MS,
    seed: values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : wholeNumber(values.seed, 'seed'),
    instances: wholeNumber(values.instances ?? (minutes === undefined ? '3' : '4'), 'instances'),
  };
}

function wholeNumber(text: string, name: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new Error(`--${name} ${text} is not a whole number`);
  return Number(text);
}
