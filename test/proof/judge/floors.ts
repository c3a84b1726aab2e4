// The floors of a run: so much must have been pressed, retried and ended in each way, else the run shows nothing.
// A design that presses nothing breaks no other promise; it breaks these.
import type { CancelFigures } from './cancel-figures';
import type { TenantFigures } from './judge-tenants';
import type { WaitFigures } from './judge-waits';

/** The sums of a run that the floors are about. */
export interface RunFigures extends CancelFigures, TenantFigures, WaitFigures {
  readonly requests: number;
  readonly presses: number;
  /** Requests that the world refused for the moment with time to spare, and those of them that were pressed in the end. */
  readonly putOff: number;
  readonly putOffAndPressed: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** Requests of several parts; those that succeeded whole, those that were interrupted; and parts pressed after the first. */
  readonly sequences: number;
  readonly sequencesPlayed: number;
  readonly interrupted: number;
  readonly partsPressed: number;
}

export interface Floors {
  /** Presses per request. */
  readonly presses: number;
  /** Of the requests that were refused for the moment. */
  readonly putOffAndPressed: number;
  /** Share of each status among all rows. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Of the requests of several parts. */
  readonly sequencesPlayed: number;
  readonly interrupted: number;
  /** For each of them. */
  readonly partsPressed: number;
  /** Of the requests that were cancelled. */
  readonly cancelledUnpressed: number;
  readonly cancelledBetween: number;
  readonly cancelledMarked: number;
  /** Of all requests: pressed in another tenant than the app's own. */
  readonly otherTenantsPressed: number;
  /** For each request, and of those the ones that were answered an end. */
  readonly waiters: number;
  readonly waitersServed: number;
}

/** About three quarters of what the production rules reach. */
export const FLOORS_WITH_FAULTS: Floors = {
  presses: 0.6,
  putOffAndPressed: 0.8,
  statuses: { succeeded: 0.4, failed: 0.05, canceled: 0.03, expired: 0.02, unknown: 0.01 },
  sequencesPlayed: 0.28,
  interrupted: 0.02,
  partsPressed: 0.6,
  cancelledUnpressed: 0.15,
  cancelledBetween: 0.04,
  cancelledMarked: 0.03,
  otherTenantsPressed: 0.04,
  waiters: 0.07,
  waitersServed: 0.4,
};
export const FLOORS_WITHOUT_FAULTS: Floors = {
  presses: 0.7,
  putOffAndPressed: 0.75,
  statuses: { succeeded: 0.45, failed: 0.03, canceled: 0.03, expired: 0.005 },
  sequencesPlayed: 0.38,
  interrupted: 0,
  partsPressed: 0.9,
  cancelledUnpressed: 0.15,
  cancelledBetween: 0.04,
  cancelledMarked: 0.03,
  otherTenantsPressed: 0.04,
  waiters: 0.07,
  waitersServed: 0.4,
};

function cancelShares(figures: RunFigures, floors: Floors): [string, number, number][] {
  const { cancelled } = figures;
  return [
    ['cancelled before a press', figures.cancelledUnpressed / cancelled, floors.cancelledUnpressed],
    ['cancelled between two parts', figures.cancelledBetween / cancelled, floors.cancelledBetween],
    ['cancelled with the part being pressed', figures.cancelledMarked / cancelled, floors.cancelledMarked],
  ];
}

/** What lies below its floor, in words; none when all is well. */
export function belowFloors(figures: RunFigures, floors: Floors): string[] {
  const { requests, presses, putOff, putOffAndPressed, statuses, sequences } = figures;
  const rows = Object.values(statuses).reduce((sum, count) => sum + count, 0);
  const shares: [string, number, number][] = [
    ['presses per request', presses / requests, floors.presses],
    ['pressed of those refused for the moment', putOffAndPressed / Math.max(1, putOff), floors.putOffAndPressed],
    ['sequences played whole', figures.sequencesPlayed / sequences, floors.sequencesPlayed],
    ['sequences interrupted', figures.interrupted / sequences, floors.interrupted],
    ...cancelShares(figures, floors),
    ['pressed in other tenants', figures.otherTenantsPressed / requests, floors.otherTenantsPressed],
    ['waiters', figures.waiters / requests, floors.waiters],
    ['waiters that were answered an end', figures.waitersServed / figures.waiters, floors.waitersServed],
    ['parts pressed after the first', figures.partsPressed / sequences, floors.partsPressed],
    ...Object.entries(floors.statuses).map(([status, floor]): [string, number, number] => [
      status,
      (statuses[status] ?? 0) / rows,
      floor,
    ]),
  ];
  return shares
    .filter(([, share, floor]) => !(share >= floor))
    .map(([what, share, floor]) => `too few ${what}: ${(share || 0).toFixed(3)}, the floor is ${floor}`);
}
