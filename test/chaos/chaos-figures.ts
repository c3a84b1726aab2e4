// The figures of a chaos run, and how they are printed.
// Filled by chaos-run, read by chaos.test.ts and run.ts.
import type { AppInstances } from './app-instances';
import type { ProxiedRequest } from './proxy/fault-proxy';
import type { PartFigures } from './judge/floors';
import type { CallbackFigures } from './judge/judge-callbacks';
import type { CancelFigures } from './judge/judge-cancels';
import type { Promised, Violation } from './judge/promises';
import { describeSlope, type SoakFigures } from './soak';
import { noFaultCounts, type FaultCounts, type FaultKind } from './proxy/network-faults';
import type { WireOperation } from './proxy/wire-operation';

export interface ChaosFigures {
  readonly seed: number;
  readonly seconds: number;
  /** How often an instance was killed at any moment, while a request was between two parts, and at a chosen moment of one of its requests. */
  readonly kills: AppInstances['killsBy'];
  readonly calls: number;
  readonly requests: number;
  /** Requests of which a caller was told 202. */
  readonly accepted: number;
  /** Answers to callers by status; `none`: no answer. */
  readonly answers: Readonly<Record<string, number>>;
  readonly presses: number;
  readonly parts: PartFigures;
  readonly cancels: CancelFigures;
  readonly callbacks: CallbackFigures & { readonly posts: number };
  /** Of a soak. */
  readonly soak?: SoakFigures | undefined;
  /** The longest time for which the process with proxies and simulator did nothing: so much later a press may have been noted. */
  readonly longestPauseMs: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly storageFaults: FaultCounts;
  readonly graphFaults: FaultCounts;
  /** Requests on the wire, faults and polling included. */
  readonly operations: Readonly<Partial<Record<WireOperation, number>>>;
  readonly broken: Readonly<Record<Promised, number>>;
  readonly violations: readonly Violation[];
  /** Every line that the instances printed. */
  readonly lines: readonly string[];
}

export function countOf<T extends string>(names: Iterable<T>): Partial<Record<T, number>> {
  const counts: Partial<Record<T, number>> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

export function sumOf(all: readonly Readonly<FaultCounts>[]): FaultCounts {
  const sum = noFaultCounts();
  for (const counts of all) for (const [kind, count] of Object.entries(counts)) sum[kind as FaultKind] += count;
  return sum;
}

/** How often each operation is in the logs of proxies: storage transactions are counted where they are paid for. */
export function operationsIn(logs: readonly (readonly ProxiedRequest[])[]): Partial<Record<WireOperation, number>> {
  return countOf(logs.flat().map(({ operation }) => operation));
}

export function isKept({ violations }: ChaosFigures): boolean {
  return violations.length === 0;
}

export function describeFigures(figures: ChaosFigures): string[] {
  const { kills, parts, cancels, callbacks, storageFaults, graphFaults } = figures;
  const list = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .sort()
      .map(([name, count]) => `${name} ${count}`)
      .join(', ');
  const total = (counts: FaultCounts) => Object.values(counts).reduce((sum, count) => sum + count, 0);
  return [
    `seed ${figures.seed}, ${figures.seconds} s`,
    `kills           ${kills.moment + kills.pause + kills.trigger} (${kills.trigger} of them at a chosen request, ${parts.killsInPauses} between two parts of one)`,
    `requests        ${figures.requests} on ${figures.calls} calls, ${figures.accepted} told 202; answers: ${list(figures.answers)}`,
    `presses         ${figures.presses}; longest pause of proxies and simulator ${figures.longestPauseMs} ms`,
    `parts           ${parts.begun} sequences with a first part played, ${parts.laterParts} parts pressed after it, ${parts.playedWhole} played whole; ${parts.pausesFirst} pauses before a first tone`,
    `cancels         ${cancels.asked} asked; ${cancels.beforePress} before a press, ${cancels.betweenParts} between parts, ${cancels.marked} while a part was on its way`,
    `callbacks       ${callbacks.wanted} wanted, ${callbacks.posts} POSTs, ${callbacks.heard} outcomes taken; ${callbacks.killsOwed} kills while one was owed`,
    `statuses        ${list(figures.statuses)}`,
    `storage faults  ${total(storageFaults)}: ${list(storageFaults)}`,
    `Graph faults    ${total(graphFaults)}: ${list(graphFaults)}`,
    `on the wire     ${list(figures.operations)}`,
    ...describeSoak(figures.soak),
    ...Object.entries(figures.broken).map(
      ([promise, count]) => `${count === 0 ? 'ok  ' : 'FAIL'} ${promise}: ${count}`,
    ),
    ...figures.violations.slice(0, 50).map(({ promise, detail }) => `  ${promise}: ${detail}`),
  ];
}

function describeSoak(soak: SoakFigures | undefined): string[] {
  if (soak === undefined) return [];
  const { minutes, heapMb, residentMb, openEntries, openAtEnd } = soak;
  return [
    `soak            ${minutes} minutes; an hour, after the first third: heap MB ${describeSlope(heapMb)}; resident MB ${describeSlope(residentMb)}`,
    `open entries    an hour: ${describeSlope(openEntries)}; at the end ${openAtEnd}`,
  ];
}
