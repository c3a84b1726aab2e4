// References for notifications, each in a tight loop in a process of its own: jose
// alone, the app's whole guard alone, a bare table write.
// What is above them in the app is its HTTP, its reading of the row, and the functions library.
import { TableClient } from '@azure/data-tables';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { makeNotificationGuard } from '../../shared/graph/notification-token';
import { readSettings } from '../../shared/settings/settings';
import { answerMessages } from './child-script';
import { byHands } from '../hands';

export type ReferenceQuestion =
  | {
      readonly kind: 'jose' | 'guard';
      readonly token: string;
      readonly keys: JSONWebKeySet;
      readonly settings: Readonly<Record<string, string>>;
      readonly times: number;
    }
  | { readonly kind: 'table write'; readonly connectionString: string; readonly hands: number; readonly times: number };

export interface Reference {
  readonly perSecond: number;
  /** For one second of CPU time of the process, all its threads together. */
  readonly perCpuSecond: number;
}

type Verification = Extract<ReferenceQuestion, { kind: 'jose' | 'guard' }>;

/** The same token again and again, one verification after the other, with a key that is at hand. */
async function verify({ kind, token, keys, settings, times }: Verification): Promise<Reference> {
  const localKeys = createLocalJWKSet(keys);
  const guard = makeNotificationGuard({
    settings: readSettings(settings).notifications,
    clock: { now: () => Date.now() },
  });
  const options = { algorithms: ['RS256'], clockTolerance: 300 };
  const once = kind === 'jose' ? () => jwtVerify(token, localKeys, options) : () => guard.verify(`Bearer ${token}`);
  const first = await once();
  if ('kind' in first && first.kind !== 'trusted') throw new Error(`the guard says ${JSON.stringify(first)}`);
  return measured(times, async (count) => {
    for (let time = 0; time < count; time += 1) await once();
  });
}

async function writeRows({
  connectionString,
  hands,
  times,
}: Extract<ReferenceQuestion, { kind: 'table write' }>): Promise<Reference> {
  const table = TableClient.fromConnectionString(connectionString, 'BenchReference', { allowInsecureConnection: true });
  await table.createTable();
  return measured(times, (count) =>
    byHands(Array.from({ length: count }).keys(), hands, async (row) => {
      await table.upsertEntity(
        { partitionKey: `reference-${hands}-${row}`, rowKey: 'outcome', status: 'succeeded', finishedAt: new Date() },
        'Merge',
      );
    }),
  );
}

/** A tenth as many go before, unmeasured. */
async function measured(times: number, work: (count: number) => Promise<void>): Promise<Reference> {
  await work(Math.ceil(times / 10));
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work(times);
  const tookMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: Math.round((1000 * times) / tookMs), perCpuSecond: Math.round((1e6 * times) / (user + system)) };
}

answerMessages((question: ReferenceQuestion) =>
  question.kind === 'table write' ? writeRows(question) : verify(question),
);
