// From a zod schema to the JSON Schema of a document, with a text for every field:
// draft 2020-12 for OpenAPI 3.1, draft 4 for Swagger 2.0.
// Knows no field; what zod adds for itself is taken away here.
import { z } from 'zod';

export type JsonObject = Record<string, unknown>;

/** What readers learn of one field. */
export interface FieldText {
  /** Its name for people, in title case. */
  readonly title: string;
  /** One or more sentences. */
  readonly description: string;
  readonly example?: unknown;
  /** Where the connector shows it; absent: as usual. */
  readonly visibility?: 'important' | 'advanced' | 'internal';
  /** What each value of an enum means. */
  readonly values?: Readonly<Record<string, string>>;
}

/** By path: `callId`, `error.code`, `errors[].pointer`. */
export type FieldTexts = Readonly<Record<string, FieldText>>;

export interface Dialect {
  readonly target: 'draft-2020-12' | 'draft-04';
  /** How a field's text is written down. */
  readonly annotate: (text: FieldText) => JsonObject;
  /** How the type of a field that may be null is written down. */
  readonly nullable: (type: unknown) => JsonObject;
}

/** Every field must have its text, and every text its field: anything else is thrown. */
export function toJsonSchema(
  schema: z.ZodType,
  texts: FieldTexts,
  { target, annotate, nullable }: Dialect,
): JsonObject {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, {
    target,
    io: 'input',
    override: ({ jsonSchema }) => withoutZodsOwn(jsonSchema),
  }) as JsonObject;
  const used = new Set<string>();
  const described = describe(withoutNullBranches(json, nullable), '', (path) => {
    const text = texts[path];
    if (text === undefined) throw new Error(`the field ${path} has no text`);
    used.add(path);
    return annotate(text);
  });
  const left = Object.keys(texts).filter((path) => !used.has(path));
  if (left.length > 0) throw new Error(`texts without a field: ${left.join(', ')}`);
  return described;
}

/** The limits of a safe integer, the pattern behind a date-time and `readOnly` say nothing to a caller. */
function withoutZodsOwn(json: JsonObject): void {
  if (json['minimum'] === Number.MIN_SAFE_INTEGER) delete json['minimum'];
  if (json['maximum'] === Number.MAX_SAFE_INTEGER) delete json['maximum'];
  if (json['format'] === 'date-time') delete json['pattern'];
  delete json['readOnly'];
}

/**
 * zod says "or null" as a second branch; here it is part of the type, so that a
 * field keeps its limits where readers look for them.
 */
function withoutNullBranches(json: JsonObject, nullable: Dialect['nullable']): JsonObject {
  const properties = json['properties'] as Record<string, JsonObject> | undefined;
  const { anyOf, ...rest } = json;
  const [branch, other, ...more] = (anyOf ?? []) as JsonObject[];
  const parts =
    branch !== undefined && other?.['type'] === 'null' && more.length === 0
      ? { ...branch, ...rest, ...nullable(branch['type']) }
      : json;
  if (properties === undefined) return parts;
  const fields = Object.entries(properties).map(([name, field]) => [name, withoutNullBranches(field, nullable)]);
  return { ...parts, properties: Object.fromEntries(fields) };
}

function describe(json: JsonObject, path: string, textOf: (path: string) => JsonObject): JsonObject {
  const parts: JsonObject = { ...json };
  if (json['properties'] !== undefined) {
    const inside = (name: string) => (path === '' ? name : `${path}.${name}`);
    const fields = Object.entries(json['properties'] as Record<string, JsonObject>);
    parts['properties'] = Object.fromEntries(
      fields.map(([name, field]) => [name, { ...describe(field, inside(name), textOf), ...textOf(inside(name)) }]),
    );
  }
  if (json['items'] !== undefined) parts['items'] = describe(json['items'] as JsonObject, `${path}[]`, textOf);
  if (json['anyOf'] !== undefined)
    parts['anyOf'] = (json['anyOf'] as JsonObject[]).map((one) => describe(one, path, textOf));
  return parts;
}
