// Scenario 4: signed notifications by 1, 8 and 32 hands, each for a row of
// its own: how many a second, how long each takes.
// Beside them, in the same run: what jose alone verifies, the app's guard alone, a
// bare table write, and an HTTP function that does nothing. And the same ones passed on to a receiver (`?to=`).
// It serves two targets: notifications/s on one core (CPU time of the host) against jose's, and the p99 until stored.
import type { JSONWebKeySet } from 'jose';
import { systemClock } from '../../shared/clock';
import { readSettings } from '../../shared/settings/settings';
import { makeStorage } from '../../shared/storage/storage';
import { operationEnded, tonesEnded } from '../../test/support/notification-bodies';
import type { Peer } from '../apps';
import type { Bench, ScenarioResult } from '../bench';
import { startChildScript } from '../processes/child-script';
import { cpuMsOf } from '../processes/cpu-time';
import { byHands } from '../hands';
import { byPeer, table } from '../figures/markdown';
import type { Reference, ReferenceQuestion } from '../processes/reference-probe';
import { countBy, medianAndRange, quantile, rounded } from '../figures/samples';
import type { Stage } from '../stage';

const HANDS = [1, 8, 32] as const;
const CALL = 'notified-call';
const OUR_HANDS = 16;

interface Level {
  readonly what: 'running rows' | 'passed on' | 'no rows' | 'health';
  readonly hands: number;
}

export async function notifications(bench: Bench): Promise<ScenarioResult> {
  const cells = await bench.eachCell('notifications', (peer) => measure(bench, peer));
  return { raw: cells, markdown: summary(cells, bench) };
}

async function measure(bench: Bench, peer: Peer) {
  const count = bench.options.isQuick ? 50 : 1500;
  const receiver = startChildScript<object, { readonly url: string }>('notification-receiver.ts');
  const { url } = await receiver.ask({});
  const settings = { NOTIFICATION_RECEIVERS: `bench=${url}` };
  const stage = await bench.stage({
    instances: [{ appDirectory: bench.apps.directoryOf[peer], settings }],
    isGauged: true,
  });
  try {
    const token = await stage.simulator.mintToken({ kind: 'calling-service' });
    const references = await measureReferences(stage, token, count);
    await measureLevel(bench, stage, token, 'warm', { what: 'running rows', hands: 8 }, Math.ceil(count / 3));
    const levels: (Awaited<ReturnType<typeof measureLevel>> & Level)[] = [];
    // The peers pass nothing on, and have no function that does nothing. What is compared stands side by side: the
    // emulator gets slower with each row.
    const isOurs = peer === 'ours';
    const plan: Level[] = [
      ...HANDS.flatMap((hands): Level[] => [
        { what: 'running rows', hands },
        ...(isOurs ? [{ what: 'passed on', hands } as const] : []),
      ]),
      { what: 'no rows', hands: 8 },
      ...(isOurs ? HANDS.map((hands) => ({ what: 'health', hands }) as const) : []),
    ];
    for (const [position, level] of plan.entries())
      levels.push({ ...level, ...(await measureLevel(bench, stage, token, `level${position}`, level, count)) });
    return { references, levels };
  } finally {
    await stage.close();
    await receiver.stop();
  }
}

async function measureReferences(stage: Stage, token: string, count: number): Promise<Record<string, Reference>> {
  const probe = startChildScript<ReferenceQuestion, Reference>('reference-probe.ts');
  try {
    const { jwks_uri: keysUrl } = (await (await fetch(stage.simulator.callingServiceMetadataUrl)).json()) as {
      jwks_uri: string;
    };
    const keys = (await (await fetch(keysUrl)).json()) as JSONWebKeySet;
    const references: Record<string, Reference> = {};
    for (const kind of ['jose', 'guard'] as const)
      references[kind] = await probe.ask({ kind, token, keys, settings: stage.settings, times: 3 * count });
    for (const hands of HANDS)
      references[`table write, ${hands} hands`] = await probe.ask({
        kind: 'table write',
        connectionString: stage.azurite.connectionString,
        hands,
        times: count,
      });
    return references;
  } finally {
    await probe.stop();
  }
}

async function measureLevel(
  bench: Bench,
  stage: Stage,
  token: string,
  series: string,
  { what, hands }: Level,
  count: number,
) {
  const names = Array.from({ length: count }, (_, position) => `${series}-${position}`);
  if (what === 'running rows' || what === 'passed on') await insertRunningRows(stage, names);
  const pid = stage.hosts[0]?.process.pid ?? 0;
  const cpuBeforeMs = cpuMsOf(pid);
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` };
  const bodies = names.map((clientContext) => JSON.stringify(operationEnded(CALL, tonesEnded(clientContext))));
  const notifiedUrl = what === 'passed on' ? `${stage.callbackUrl}?to=bench` : stage.callbackUrl;
  const health = stage.callbackUrl.replace('callNotifications', 'health');
  const load = await bench.send(stage, {
    ...(what === 'health' ? { url: health, method: 'GET' } : { url: notifiedUrl, method: 'POST' }),
    headers,
    bodies,
    pace: { kind: 'hands', count: hands },
  });
  const endMs = Math.max(...load.askedAtMs.map((askedAt, position) => askedAt + (load.tookMs[position] ?? 0)));
  const perSecond = Math.round((1000 * count) / (endMs - Math.min(...load.askedAtMs)));
  const perCpuSecond = Math.round((1000 * count) / (cpuMsOf(pid) - cpuBeforeMs));
  return { perSecond, perCpuSecond, statuses: countBy(load.statuses), tookMs: load.tookMs.map(rounded) };
}

/** Rows as sendTones leaves them when Graph has answered, by the app's own storage room. */
async function insertRunningRows(stage: Stage, names: readonly string[]): Promise<void> {
  const { outcomes } = makeStorage(readSettings(stage.settings), systemClock);
  const now = Date.now();
  const common = {
    callId: CALL,
    status: 'running',
    toneCount: 2,
    acceptedAt: now,
    expiresAt: now + 60_000,
    sentAt: now,
    claimedAt: now,
    claimId: 'bench',
    watchUntil: now + 600_000,
    fingerprint: 'bench',
    statusToken: 'bench',
    after: '',
  } as const;
  await byHands(names, OUR_HANDS, async (clientContext) => {
    const inserted = await outcomes.insert({ ...common, clientContext });
    if (inserted.kind !== 'written') throw new Error(`the row of ${clientContext} was there before`);
  });
}

type Cell = Awaited<ReturnType<typeof measure>> & { readonly peer: Peer };

function summary(cells: readonly Cell[], bench: Bench): string {
  const ratio = (of: readonly Cell[], level: Level, key: 'perSecond' | 'perCpuSecond') =>
    of.map((cell) => (100 * (levelOf(cell, level)?.[key] ?? NaN)) / (cell.references['jose']?.[key] ?? NaN));
  const rows = (level: Level) =>
    byPeer(
      cells.filter((cell) => levelOf(cell, level)),
      (of, peer) => {
        const figures = of.flatMap((cell) => levelOf(cell, level) ?? []);
        const times = [0.5, 0.99].map((share) => medianAndRange(figures.map(({ tookMs }) => quantile(tookMs, share))));
        return [
          level.what,
          String(level.hands),
          peer,
          medianAndRange(
            figures.map(({ perSecond }) => perSecond),
            0,
          ),
          ...times,
          medianAndRange(
            figures.map(({ perCpuSecond }) => perCpuSecond),
            0,
          ),
          `${medianAndRange(ratio(of, level, 'perSecond'))} %`,
          `${medianAndRange(ratio(of, level, 'perCpuSecond'))} %`,
        ];
      },
    );
  const levels: Level[] = [
    ...HANDS.map((hands) => ({ what: 'running rows', hands }) as const),
    ...HANDS.map((hands) => ({ what: 'passed on', hands }) as const),
    { what: 'no rows', hands: 8 },
    ...HANDS.map((hands) => ({ what: 'health', hands }) as const),
  ];
  const head = [
    'rows',
    'hands',
    'peer',
    'per second',
    'p50 ms',
    'p99 ms',
    'per CPU second of the host',
    'of jose’s per second',
    'of jose’s per CPU second',
  ];
  const names = Object.keys(cells[0]?.references ?? {});
  const references = names.map((name) => [
    name,
    ...(['perSecond', 'perCpuSecond'] as const).map((key) =>
      medianAndRange(
        cells.map((cell) => cell.references[name]?.[key] ?? NaN),
        0,
      ),
    ),
  ]);
  return `Signed notifications in a closed loop; ${bench.options.repeats} repeats. "passed on" are running rows whose notifications also go to a receiver in a process of its own (\`?to=\`), "health" is an HTTP function that answers at once: what the local host itself costs.\n\n${table(head, levels.flatMap(rows))}\n\n${table(['reference, in a tight loop', 'per second', 'per CPU second'], references)}`;
}

function levelOf(cell: Cell, { what, hands }: Level) {
  return cell.levels.find((level) => level.what === what && level.hands === hands);
}
