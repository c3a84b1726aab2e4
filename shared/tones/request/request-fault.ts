// The faults of a body, each with its place: from zod's issues to what a problem names.
// Knows no request; never repeats a value that was sent.
import type * as z from 'zod';

/** One fault of a body: where (RFC 6901 pointer) and what. Never repeats the value. */
export interface RequestFault {
  readonly pointer: string;
  readonly detail: string;
}

/** Faults that are named; more help nobody. */
const MOST_FAULTS = 20;
/** Longer names of unknown fields are not repeated: the fault is that of the object. */
const LONGEST_NAME = 64;

/** Every fault at once, twenty at most. `unknownField` is said of a field that the schema does not know. */
export function faultsOf(error: z.ZodError, unknownField: string): RequestFault[] {
  return error.issues.flatMap((issue) => faultsOfIssue(issue, unknownField)).slice(0, MOST_FAULTS);
}

function faultsOfIssue(issue: z.core.$ZodIssue, unknownField: string): RequestFault[] {
  const pointer = toPointer(issue.path);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      pointer: key.length > LONGEST_NAME ? pointer : `${pointer}${toPointer([key])}`,
      detail: unknownField,
    }));
  if (issue.path.length === 0 && issue.code === 'invalid_type')
    return [{ pointer: '', detail: 'must be a JSON object' }];
  return [{ pointer, detail: issue.message }];
}

/** RFC 6901 section 3. */
function toPointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
