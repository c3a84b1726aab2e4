// Answers as OpenAPI has them: headers, bodies, and the problems of a function grouped by their status.
// Knows no operation.
import { PROBLEMS, type ProblemCode } from '../shared/http/problem';
import { ANSWERED_PROBLEMS, problemBody, type HttpFunctionName, type ProblemExample } from './texts/answered-problems';
import { schemaRef, type SchemaName } from './schemas/components';
import type { Example } from './texts/examples';
import type { JsonObject } from './schemas/json-schema';

const HEADERS = {
  'Cache-Control': {
    description: 'No cache on the way may keep an answer of the app.',
    schema: { type: 'string', const: 'no-store' },
  },
  Location: {
    description: 'The absolute URL of toneStatus for this request, with its token.',
    schema: { type: 'string', format: 'uri' },
  },
  'Retry-After': { description: 'Whole seconds after which to ask again.', schema: { type: 'integer', minimum: 1 } },
  'Preference-Applied': {
    description: 'wait=N, where the answer waited for the end as the header Prefer asked, or would have.',
    schema: { type: 'string', pattern: '^wait=[0-9]+$' },
  },
  'WWW-Authenticate': { description: 'The scheme to authenticate with.', schema: { type: 'string' } },
} as const;

export type HeaderName = keyof typeof HEADERS;
/** With a question mark: not always there. */
export type MaybeHeaderName = HeaderName | `${HeaderName}?`;

/** The headers of an answer; the one that forbids keeping it is always one of them. */
export function headers(...names: readonly MaybeHeaderName[]): JsonObject {
  return Object.fromEntries(
    (['Cache-Control', ...names] as const).map((name) => {
      const header = name.replace('?', '') as HeaderName;
      return [header, { required: header === name, ...HEADERS[header] }];
    }),
  );
}

export function jsonAnswer(
  description: string,
  schema: SchemaName,
  examples: Readonly<Record<string, Example<unknown>>>,
  ...names: readonly MaybeHeaderName[]
): JsonObject {
  return {
    description,
    headers: headers(...names),
    content: { 'application/json': { schema: schemaRef(schema), examples } },
  };
}

export function emptyAnswer(description: string): JsonObject {
  return { description, headers: headers() };
}

/** What the Functions host answers before the app is asked. */
const WITHOUT_KEY =
  'No function key, or a wrong one: the Functions host answers with an empty body and none of these headers.';

/** The answers of a function that are problems, by status. */
export function problemAnswers(functionName: HttpFunctionName): Record<string, JsonObject> {
  const answered = Object.entries(ANSWERED_PROBLEMS[functionName]) as [ProblemCode, ProblemExample][];
  const statuses = [...new Set(answered.map(([code]) => PROBLEMS[code].status))].sort((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => [
      String(status),
      problemAnswer(
        functionName,
        status,
        answered.filter(([code]) => PROBLEMS[code].status === status),
      ),
    ]),
  );
}

function problemAnswer(
  functionName: HttpFunctionName,
  status: number,
  answered: readonly [ProblemCode, ProblemExample][],
): JsonObject {
  const examples = Object.fromEntries(
    answered.map(([code, example]) => [code, { summary: PROBLEMS[code].title, value: problemBody(code, example) }]),
  );
  const ofHost = status === 401 && functionName !== 'callNotifications';
  const titles = answered.map(([code]) => PROBLEMS[code].title).join(' ');
  return {
    description: ofHost ? `${WITHOUT_KEY} Where App Service Authentication takes the place of keys: ${titles}` : titles,
    headers: ofHost ? optional(headers('WWW-Authenticate')) : headers(...headersOf(status)),
    content: { 'application/problem+json': { schema: schemaRef('Problem'), examples } },
  };
}

function headersOf(status: number): readonly HeaderName[] {
  if (status === 503) return ['Retry-After'];
  return status === 401 ? ['WWW-Authenticate'] : [];
}

function optional(all: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(all).map(([name, header]) => [name, { ...(header as JsonObject), required: false }]),
  );
}
