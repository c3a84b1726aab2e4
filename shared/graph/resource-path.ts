// Reads which call, and which thing of it, a notification's resource path names.
// Knows only the shape of the paths, not what is done with what they name.
import { CALL_ID_PATTERN } from '../tones/request/tone-request';

/** What a path names: the call itself (`part` absent), or a part of it. */
export interface ResourcePath {
  /** As spelt in the path; upper-case and dash-less ids occur, so compare with `callKeyOf`. */
  readonly callId: string;
  /** The segment after the call's id in lower case (`operations`, `participants`, …). */
  readonly part?: string;
  /** The segment after that: the operation's id where `part` is `operations`. */
  readonly partId?: string;
}

/** The collection `calls` stands under one of these, the second being the deprecated path. */
const ROOTS: ReadonlySet<string> = new Set(['communications', 'app']);

/**
 * Reads `/communications/calls/{id}[/{part}[/{partId}]]`, also under `/app`, without the leading slash, after a host
 * and an API version, with doubled or trailing slashes, with a query or fragment, and in any case of the fixed words.
 * Undefined for what is no such path, and for an id that is not 1 to 128 letters, digits, `_` or `-`. Never throws;
 * linear in the length.
 *
 * @see https://learn.microsoft.com/graph/api/resources/commsnotification
 */
export function readResourcePath(value: unknown): ResourcePath | undefined {
  if (typeof value !== 'string') return undefined;
  const end = value.search(/[?#]/);
  const segments = (end < 0 ? value : value.slice(0, end)).split('/').filter((segment) => segment !== '');
  const calls = segments.findIndex(
    (segment, index) => segment.toLowerCase() === 'calls' && ROOTS.has(segments[index - 1]?.toLowerCase() ?? ''),
  );
  if (calls < 0) return undefined;
  const [callId, part, partId] = segments.slice(calls + 1, calls + 4);
  if (callId === undefined || !CALL_ID_PATTERN.test(callId)) return undefined;
  return { callId, ...(part !== undefined && { part: part.toLowerCase() }), ...(partId !== undefined && { partId }) };
}
