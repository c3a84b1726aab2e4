// The units of a campaign: so many requests each, with worlds of their own; ten of eleven have faults.
// Knows no process and no file: the same campaign is cut the same way whenever it is started.
export interface Campaign {
  /** The first world of the first unit. */
  readonly seed: number;
  readonly unitRequests: number;
}

export interface Unit {
  readonly unit: number;
  /** Its first world. */
  readonly seed: number;
  readonly requests: number;
  readonly hasFaults: boolean;
}

const LARGEST_UNIT = 20_000;
/** A small campaign has units with faults and one without, too. */
const LEAST_UNITS = 10;
const GROUP = 11;
/** The fewest requests of a world: no unit has more worlds than this allows. */
const REQUESTS_OF_A_WORLD = 10;

export function unitRequestsOf(requests: number): number {
  return Math.max(REQUESTS_OF_A_WORLD, Math.min(LARGEST_UNIT, Math.ceil(requests / LEAST_UNITS)));
}

/** Units until so many requests had faults, and the last group is whole. */
export function unitsOf({ seed, unitRequests }: Campaign, requests: number): Unit[] {
  const groups = Math.ceil(requests / unitRequests / (GROUP - 1));
  const worlds = Math.ceil(unitRequests / REQUESTS_OF_A_WORLD);
  return Array.from({ length: groups * GROUP }, (_, unit) => ({
    unit,
    seed: seed + unit * worlds,
    requests: unitRequests,
    hasFaults: unit % GROUP !== GROUP - 1,
  }));
}
