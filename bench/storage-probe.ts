// The reference for the time that a caller waits: two bare storage writes, one after the other, with the plain SDKs, to the same Azurite
// at the same moments. A process of its own: its event loop must not be the one that is measured.
import { TableClient } from '@azure/data-tables';
import { QueueClient } from '@azure/storage-queue';
import { answerMessages } from './child-script';

export type ProbeQuestion = { readonly kind: 'start'; readonly connectionString: string } | { readonly kind: 'stop' };

/** Columns, one entry a pair of writes. */
export interface ProbeResult {
  readonly atMs: readonly number[];
  readonly tableInsertMs: readonly number[];
  readonly queuePutMs: readonly number[];
  readonly bothMs: readonly number[];
}

/** No multiple of the load's interval, so that the pairs meet every phase of it. */
const EVERY_MS = 230;
const WARM_UP_PAIRS = 20;
const LIFE_SECONDS = 60;

let stop: () => Promise<ProbeResult> = () => Promise.reject(new Error('the probe was not started'));

async function start(connectionString: string): Promise<void> {
  const table = TableClient.fromConnectionString(connectionString, 'BenchProbe', { allowInsecureConnection: true });
  const queue = new QueueClient(connectionString, 'bench-probe');
  await Promise.all([table.createTable(), queue.createIfNotExists()]);
  const [atMs, tableInsertMs, queuePutMs, bothMs]: [number[], number[], number[], number[]] = [[], [], [], []];
  let written = 0;

  const writeBoth = async (isMeasured: boolean): Promise<void> => {
    written += 1;
    const at = Date.now();
    const begin = performance.now();
    await table.createEntity({ partitionKey: `probe-${process.pid}-${written}`, rowKey: 'outcome', status: 'accepted', acceptedAt: new Date(at) });
    const between = performance.now();
    await queue.sendMessage(Buffer.from(JSON.stringify({ written, at })).toString('base64'), { messageTimeToLive: LIFE_SECONDS });
    const end = performance.now();
    if (!isMeasured) return;
    atMs.push(at);
    tableInsertMs.push(between - begin);
    queuePutMs.push(end - between);
    bothMs.push(end - begin);
  };

  for (let pair = 0; pair < WARM_UP_PAIRS; pair += 1) await writeBoth(false);
  const underWay = new Set<Promise<void>>();
  const timer = setInterval(() => {
    const pair = writeBoth(true).finally(() => underWay.delete(pair));
    underWay.add(pair);
  }, EVERY_MS);
  stop = async () => {
    clearInterval(timer);
    await Promise.all(underWay);
    return { atMs, tableInsertMs, queuePutMs, bothMs };
  };
}

answerMessages((question: ProbeQuestion): Promise<ProbeResult | void> => (question.kind === 'start' ? start(question.connectionString) : stop()));
