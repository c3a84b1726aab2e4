// What a chaos run must have seen of requests of several parts: a run in which hardly any later part was pressed shows nothing of them.
// The floors lie well below what runs reach, as small runs vary; a design that presses only first parts breaks no other promise.
import type { CallbackFigures } from './judge-callbacks';
import type { CancelFigures } from './judge-cancels';
import { isInPause, type RequestAccount } from './parts-account';

export interface PartFigures {
  /** Requests of several parts of which the first was played, as Graph reported, and that nobody cancelled. */
  readonly begun: number;
  /** Those of them whose last part was played, too. */
  readonly playedWhole: number;
  /** Parts pressed after the first. */
  readonly laterParts: number;
  /** Pauses before a first tone after which that was pressed. */
  readonly pausesFirst: number;
  /** Kills while some request was between two parts. */
  readonly killsInPauses: number;
}

const LEAST_BEGUN = 5;
/** For each sequence that was begun. */
const FLOORS = { laterParts: 0.4, playedWhole: 0.2 };
/** For each kill. */
const KILLS_IN_PAUSES = 0.1;

export function partFiguresOf(accounts: readonly RequestAccount[], killedAt: readonly number[]): PartFigures {
  const isPlayed = ({ end, reportedFrom }: RequestAccount['parts'][number]) =>
    end === 'succeeded' && reportedFrom < Infinity;
  const isPressed = ({ presses }: RequestAccount['parts'][number]) => presses.length > 0;
  const begun = accounts
    .filter(({ request }) => request.cancels.length === 0)
    .map(({ parts }) => parts)
    .filter(([first, ...rest]) => rest.length > 0 && first && isPlayed(first));
  return {
    begun: begun.length,
    playedWhole: begun.filter((parts) => parts.every(isPlayed)).length,
    laterParts: begun.flatMap((parts) => parts.slice(1)).filter(isPressed).length,
    pausesFirst: accounts
      .flatMap(({ parts }) => parts.slice(0, 1))
      .filter((part) => part.pauseMs > 0 && isPressed(part)).length,
    killsInPauses: killedAt.filter((at) => isInPause(accounts, at)).length,
  };
}

/** What lies below its floor, in words; none when all is well. */
export function belowFloors(
  { begun, playedWhole, laterParts, pausesFirst, killsInPauses }: PartFigures,
  kills: number,
): string[] {
  const shares = [
    { what: 'sequences begun', is: begun, floor: LEAST_BEGUN },
    { what: 'parts pressed after the first', is: laterParts, floor: Math.floor(FLOORS.laterParts * begun) },
    { what: 'sequences played whole', is: playedWhole, floor: Math.floor(FLOORS.playedWhole * begun) },
    { what: 'pauses before a first tone', is: pausesFirst, floor: 1 },
    { what: 'kills in a pause', is: killsInPauses, floor: Math.floor(KILLS_IN_PAUSES * kills) },
  ];
  return shares
    .filter(({ is, floor }) => is < floor)
    .map(({ what, is, floor }) => `too few ${what}: ${is}, the floor is ${floor}`);
}

/** A run in which hardly anybody cancelled in time shows nothing of cancelling. */
const LEAST_CANCELS = { asked: 5, inTime: 2 };

export function tooFewCancels({ asked, beforePress, betweenParts }: CancelFigures): string[] {
  const inTime = beforePress + betweenParts;
  if (asked >= LEAST_CANCELS.asked && inTime >= LEAST_CANCELS.inTime) return [];
  return [`too few cancels: ${asked} asked, ${inTime} in time; the floors are 5 and 2`];
}

/** A run in which hardly a callback was wanted shows nothing of them. */
const LEAST_CALLBACKS = 5;

export function tooFewCallbacks({ wanted, heard }: CallbackFigures): string[] {
  if (wanted >= LEAST_CALLBACKS && heard >= LEAST_CALLBACKS) return [];
  return [`too few callbacks: ${wanted} wanted, ${heard} heard; the floor is 5`];
}
