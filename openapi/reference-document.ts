// docs/reference.md: every table that a caller or an operator looks something up in, made from the code.
// Decides nothing: the rows are those of the schemas, the catalogues and the
// settings; the sentences between them stand in texts/.
import { PROBLEMS, type ProblemCode } from '../shared/http/problem';
import { SETTINGS } from '../shared/settings/setting-names';
import { ERROR_CATALOGUE } from '../shared/tones/facts/error-catalogue';
import { isFinal, TONE_STATUSES } from '../shared/tones/facts/outcome-facts';
import { table } from './markdown-table';
import { makeOpenApiDocument } from './openapi-document';
import { SCHEMAS } from './schemas/components';
import type { JsonObject } from './schemas/json-schema';
import { ANSWERED_PROBLEMS } from './texts/answered-problems';
import { REFERENCE_TEXTS } from './texts/reference-texts';
import { STATUS_ADVICE, STATUS_MEANINGS, WAITING_MEANINGS } from './texts/status-texts';

export function makeReferenceDocument(version: string): string {
  const tables: Readonly<Record<keyof typeof REFERENCE_TEXTS.sections, string>> = {
    Endpoints: endpointTable(version),
    'The request': fieldTable(SCHEMAS.ToneRequest, 'required', 'rule'),
    'Dial strings and pauses': '',
    'Being called back': '',
    'Waiting for the end': '',
    Cancelling: '',
    'The requests of a call': fieldTable(SCHEMAS.CallTones, 'always', 'meaning'),
    'The outcome': fieldTable(SCHEMAS.Outcome, 'always', 'meaning'),
    'What it waits for': waitingTable(),
    Statuses: statusTable(),
    'Error codes': errorTable(),
    Problems: problemTable(),
    Settings: settingTable(),
  };
  const sections = Object.entries(REFERENCE_TEXTS.sections).map(([heading, { before, after }]) =>
    [`## ${heading}`, before, tables[heading as keyof typeof tables], after].filter((part) => part !== '').join('\n\n'),
  );
  return `${[REFERENCE_TEXTS.head, ...sections].join('\n\n')}\n`;
}

const code = (text: string) => `\`${text}\``;

interface Operation {
  readonly summary: string;
  readonly security: readonly JsonObject[];
  readonly responses: JsonObject;
}

function endpointTable(version: string): string {
  const { paths } = makeOpenApiDocument(version);
  const rows = Object.entries(paths as Record<string, Record<string, Operation>>).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { summary, security, responses }]) => [
      code(`${method.toUpperCase()} ${path}`),
      summary,
      proofOf(security),
      Object.keys(responses).join(', '),
    ]),
  );
  return table(['endpoint', 'what it is for', 'the caller proves itself by', 'answers'], rows);
}

const PROOFS: Readonly<Record<string, string>> = {
  functionKey: 'a function key',
  statusToken: 'the token in the URL',
  graphToken: "Graph's signed token",
};

function proofOf([first = {}]: readonly JsonObject[]): string {
  const [scheme] = Object.keys(first);
  return scheme === undefined ? 'nothing' : (PROOFS[scheme] ?? scheme);
}

/**
 * The fields of a schema and of the objects in it, in their order; `must` is what is said of those that are required.
 */
function fieldTable(schema: JsonObject, must: string, lastColumn: string): string {
  const rows = (object: JsonObject, inside: string): string[][] => {
    const required = (object['required'] ?? []) as readonly string[];
    return Object.entries(object['properties'] as Record<string, JsonObject>).flatMap(([name, field]) => [
      [
        code(`${inside}${name}`),
        typeOf(field) + (inside === '' && required.includes(name) ? `, ${must}` : ''),
        meaningOf(field),
      ],
      ...(field['properties'] === undefined ? [] : rows(field, `${inside}${name}.`)),
    ]);
  };
  return table(['field', 'type', lastColumn], rows(schema, ''));
}

function typeOf({ type, format, items }: JsonObject): string {
  const [name] = (Array.isArray(type) ? type : [type]) as string[];
  const { $ref } = (items ?? {}) as { readonly $ref?: string };
  if (name === 'array') return `${$ref === undefined ? typeOf(items as JsonObject) : 'outcome'} array`;
  return format === 'date-time' ? 'time' : (name ?? '');
}

/** Names of tones are part of the rule; those of statuses and codes have tables of their own. */
function meaningOf({ description, items }: JsonObject): string {
  const names = ((items as JsonObject | undefined)?.['enum'] ?? []) as readonly string[];
  return [description as string, ...(names.length > 0 ? [`One of ${names.map(code).join(' ')}.`] : [])].join(' ');
}

function statusTable(): string {
  const rows = TONE_STATUSES.map((status) => [
    code(status),
    isFinal(status) ? 'yes' : '',
    STATUS_MEANINGS[status],
    STATUS_ADVICE[status],
  ]);
  return table(['status', 'final', 'what it means', 'what to do'], rows);
}

function waitingTable(): string {
  const rows = Object.entries(WAITING_MEANINGS).map(([word, meaning]) => [code(word), meaning]);
  return table(['`waitingFor`', 'what it means'], rows);
}

const ASK_AGAIN = { yes: 'yes', no: 'no', 'check-first': 'check first' } as const;

function errorTable(): string {
  const rows = Object.entries(ERROR_CATALOGUE).map(([name, { message, askAgain }]) => [
    code(name),
    message,
    ASK_AGAIN[askAgain],
  ]);
  return table(['code', 'what happened, what to do', 'ask again'], rows);
}

function problemTable(): string {
  const answeredBy = (name: ProblemCode) =>
    Object.entries(ANSWERED_PROBLEMS).flatMap(([functionName, answered]) =>
      name in answered ? [code(functionName)] : [],
    );
  const rows = Object.entries(PROBLEMS).map(([name, { status, title }]) => [
    code(`urn:problem:${name}`),
    String(status),
    title,
    answeredBy(name as ProblemCode).join(', '),
  ]);
  return table(['type', 'status', 'title', 'answered by'], rows);
}

interface SettingRow {
  readonly name: string;
  readonly default?: string;
  readonly otherwise?: string;
  readonly meaning: string;
}

function settingTable(): string {
  const entries: readonly SettingRow[] = SETTINGS;
  const rows = entries.map(({ name, default: initial, otherwise = '', meaning }) => [
    code(name),
    initial === undefined ? otherwise : code(initial),
    meaning,
  ]);
  return table(['setting', 'default', 'meaning'], rows);
}
