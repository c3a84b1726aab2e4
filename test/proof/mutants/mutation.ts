// One mutation of the source text of the production rules: something that the proof must notice.
// A text that is not found is an error, so that none can rot.

import type { Promised } from '../judge/promises';
import type { FaultRates } from '../simulation/faults';

/** One text of one file, and what stands there instead. */
export interface Replacement {
  /** The file, from shared/tones. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export interface Mutation extends Replacement {
  /** A second place, where one repair covers for the other. */
  readonly and?: Replacement;
  readonly why: string;
  /** The explored scenario that shows it, where random worlds meet it too rarely. */
  readonly foundIn?: string;
  /** The promise that it must break; absent: any. */
  readonly breaks?: Promised;
  /** It is looked for among these faults alone, where usual ones show it too rarely. */
  readonly amongFaults?: FaultRates;
  /** It is looked for without faults, first in a crowd: with them, any delay there has an excuse. */
  readonly isSeenWithoutFaults?: true;
}
