// When the page looks again, and at what: often while something is pending, never when nothing is.
// A list costs the app a read for each request in it, so a few pending requests are asked for by name in between.
import { openRequests, type ShownCall } from './call-state';
import { passesByItself, type Trouble } from './trouble';

const OFTEN_MS = 1000;
/** Nobody looks at a hidden page; what ends meanwhile is there when it is shown again. */
const HIDDEN_MS = 15_000;
const LIST_EVERY_MS = 5000;
const MOST_BY_NAME = 3;
/** After the first failure, the second, and so on. */
const AFTER_TROUBLE_MS = [1000, 2000, 4000, 8000, 15_000] as const;

export interface Looked {
  readonly call: ShownCall | undefined;
  readonly isHidden: boolean;
  /** Troubles in a row, up to now. */
  readonly troubles: number;
  readonly trouble?: Trouble | undefined;
}

/** Milliseconds until the next look; undefined: none is needed. */
export function nextLookIn({ call, isHidden, troubles, trouble }: Looked): number | undefined {
  if (call === undefined) return undefined;
  if (trouble !== undefined) {
    if (!passesByItself(trouble)) return undefined;
    return AFTER_TROUBLE_MS[Math.min(troubles, AFTER_TROUBLE_MS.length) - 1] ?? AFTER_TROUBLE_MS[0];
  }
  if (openRequests(call).length === 0) return undefined;
  return isHidden ? HIDDEN_MS : OFTEN_MS;
}

/** Names of the requests to ask for one by one; undefined: ask for the list. */
export function namesToAsk(call: ShownCall, listedMsAgo: number): readonly string[] | undefined {
  const names = openRequests(call).map(({ clientContext }) => clientContext);
  return names.length > 0 && names.length <= MOST_BY_NAME && listedMsAgo < LIST_EVERY_MS ? names : undefined;
}
