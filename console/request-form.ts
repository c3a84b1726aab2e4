// What the form asks for, checked before it is sent: the body of enqueueTones, or what is wrong with which field.
// Knows no page; what only the app can know (its own limits, names in use) is left to its answer.
import { readDialString, type Part } from './dial-string';

export interface FormFields {
  readonly callId: string;
  readonly digits: string;
  /** Empty: the page makes one. */
  readonly name: string;
  /** Seconds; empty: the app's own deadline. */
  readonly deadline: string;
  /** Milliseconds; empty: Graph's own. */
  readonly delay: string;
}

export interface EnqueueBody {
  readonly callId: string;
  readonly digits: string;
  readonly clientContext: string;
  readonly expiresInSeconds?: number;
  readonly delayBetweenTonesMs?: number;
}

export interface FieldFault {
  readonly field: keyof FormFields;
  readonly text: string;
}

export type ReadForm =
  | { readonly kind: 'valid'; readonly body: EnqueueBody; readonly parts: readonly Part[] }
  | { readonly kind: 'invalid'; readonly faults: readonly FieldFault[] };

const LONGEST_NAME = 256;
/** Graph's names of later parts are longer. */
const LONGEST_NAME_WITH_PARTS = 245;
const LONGEST_DEADLINE_SECONDS = 3600;
const LONGEST_DELAY_MS = 60_000;

/** @param newName called only where the form gives no name. */
export function readForm({ callId, digits, name, deadline, delay }: FormFields, newName: () => string): ReadForm {
  const reading = readDialString(digits);
  const parts = reading.kind === 'valid' ? reading.parts : [];
  const seconds = wholeNumber(deadline, 1, LONGEST_DEADLINE_SECONDS);
  const delayMs = wholeNumber(delay, 0, LONGEST_DELAY_MS);
  const faults: FieldFault[] = [
    ...(/^[A-Za-z0-9_-]{1,128}$/.test(callId) ? [] : [{ field: 'callId', text: 'Show a call first.' } as const]),
    ...(reading.kind === 'valid' ? [] : reading.faults.map((text) => ({ field: 'digits', text }) as const)),
    ...faultsOfName(name, parts.length > 1).map((text) => ({ field: 'name', text }) as const),
    ...(seconds === 'wrong'
      ? [{ field: 'deadline', text: `Give 1 to ${LONGEST_DEADLINE_SECONDS} seconds.` } as const]
      : []),
    ...(delayMs === 'wrong' ? [{ field: 'delay', text: `Give 0 to ${LONGEST_DELAY_MS} milliseconds.` } as const] : []),
    ...(typeof seconds === 'number' && (parts[0]?.pauseMs ?? 0) >= seconds * 1000
      ? [{ field: 'deadline', text: 'The pause before the first key must be shorter than the deadline.' } as const]
      : []),
  ];
  if (faults.length > 0) return { kind: 'invalid', faults };
  const body = {
    callId,
    digits,
    clientContext: name === '' ? newName() : name,
    ...(typeof seconds === 'number' && { expiresInSeconds: seconds }),
    ...(typeof delayMs === 'number' && { delayBetweenTonesMs: delayMs }),
  };
  return { kind: 'valid', body, parts };
}

function faultsOfName(name: string, hasParts: boolean): string[] {
  if (name === '') return [];
  if (!/^[\x20-\x7e]+$/.test(name)) return ['Use letters, digits and signs of ASCII only.'];
  if (name.length > LONGEST_NAME) return [`Use at most ${LONGEST_NAME} characters.`];
  if (/;part=[0-9]+$/.test(name)) return ['Names that end with ";part=" and digits are those of parts.'];
  if (hasParts && name.length > LONGEST_NAME_WITH_PARTS)
    return [`Use at most ${LONGEST_NAME_WITH_PARTS} characters where there are pauses between keys.`];
  return [];
}

function wholeNumber(text: string, least: number, most: number): number | 'wrong' | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  const number = /^\d{1,6}$/.test(trimmed) ? Number(trimmed) : NaN;
  return number >= least && number <= most ? number : 'wrong';
}
