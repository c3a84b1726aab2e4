// The life of a request as steps of a timeline, from what the app answered and from what this tab saw on the way.
// The app keeps four times; the others are those of the looks that this tab took, and say so.
import { isOpen, type Outcome } from './outcome';
import { meaningOf, WAITING_MEANINGS } from './meanings';

export interface Step {
  readonly title: string;
  readonly detail?: string;
  /** Epoch milliseconds. */
  readonly at?: number;
  /** The time is that of a look from here, not one that the app recorded. */
  readonly isSeen?: boolean;
  readonly state: 'done' | 'now' | 'good' | 'bad' | 'doubtful';
}

/** What a look found, where it differed from the look before. */
export interface Sighting {
  readonly at: number;
  readonly outcome: Outcome;
}

/** More looks than these are left out in the middle: a row that changes for ever must not fill the page. */
const MOST_SIGHTINGS = 60;

/** Appends a look, if it found something new. */
export function withSighting(sightings: readonly Sighting[], outcome: Outcome, at: number): readonly Sighting[] {
  const last = sightings.at(-1)?.outcome;
  const isSame =
    last !== undefined &&
    last.status === outcome.status &&
    last.part === outcome.part &&
    last.waitingFor === outcome.waitingFor &&
    last.waitingBehind === outcome.waitingBehind;
  if (isSame || sightings.length >= MOST_SIGHTINGS) return sightings;
  return [...sightings, { at, outcome }];
}

export function stepsOf(outcome: Outcome, sightings: readonly Sighting[]): readonly Step[] {
  const open = sightings.filter((sighting) => isOpen(sighting.outcome));
  const waits = open.filter((sighting) => sighting.outcome.status === 'accepted').map(stepOfWait);
  const presses = open.filter((sighting) => sighting.outcome.status !== 'accepted').map(stepOfPress);
  const steps: Step[] = [
    { title: 'Accepted', ...(outcome.acceptedAt !== undefined && { at: outcome.acceptedAt }), state: 'done' },
    ...waits,
    ...(outcome.sentAt === undefined
      ? []
      : [{ title: 'Sent to Graph', detail: 'the first press', at: outcome.sentAt, state: 'done' } as const]),
    ...presses,
  ];
  if (!isOpen(outcome)) return [...steps, endOf(outcome)];
  const last = steps.at(-1);
  return last === undefined ? steps : [...steps.slice(0, -1), { ...last, state: 'now' }];
}

function stepOfWait({ at, outcome }: Sighting): Step {
  return { title: 'Waiting', ...detailOf(waitOf(outcome)), at, isSeen: true, state: 'done' };
}

function stepOfPress({ at, outcome }: Sighting): Step {
  const titles: Readonly<Record<string, string>> = { sending: 'Sending', running: 'Running', pausing: 'Pausing' };
  const part = partOf(outcome);
  const waits = outcome.status === 'pausing' ? waitOf(outcome) : undefined;
  const detail = [part, waits].filter((text) => text !== undefined).join(', ');
  return { title: titles[outcome.status] ?? outcome.status, ...detailOf(detail), at, isSeen: true, state: 'done' };
}

const ENDS: Readonly<Record<string, readonly [title: string, state: Step['state']]>> = {
  succeeded: ['Succeeded', 'good'],
  failed: ['Failed', 'bad'],
  canceled: ['Canceled', 'doubtful'],
  expired: ['Expired', 'bad'],
  unknown: ['Unknown', 'doubtful'],
};

function endOf(outcome: Outcome): Step {
  const [title, state] = Object.hasOwn(ENDS, outcome.status) ? (ENDS[outcome.status] ?? []) : [];
  return {
    title: title ?? outcome.status,
    ...detailOf(outcome.errorCode),
    ...(outcome.finishedAt !== undefined && { at: outcome.finishedAt }),
    state: state ?? 'doubtful',
  };
}

/** "for the request before it on the call: order-41". */
export function waitOf({ waitingFor, waitingBehind }: Outcome): string | undefined {
  if (waitingFor === undefined) return undefined;
  const behind = waitingBehind === undefined ? '' : `: ${waitingBehind}`;
  return `for ${meaningOf(WAITING_MEANINGS, waitingFor) ?? waitingFor}${behind}`;
}

function partOf({ part, partCount }: Outcome): string | undefined {
  return partCount === undefined ? undefined : `part ${part ?? 1} of ${partCount}`;
}

function detailOf(detail: string | undefined): { readonly detail?: string } {
  return detail === undefined || detail === '' ? {} : { detail };
}
