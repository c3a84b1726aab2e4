// The generated documents as tests read them: operations by path and method, references resolved.
// Stands under the tests of openapi/.
import { readJsonFile } from './repository';

export type Json = Readonly<Record<string, unknown>>;

export interface NamedExample {
  readonly summary: string;
  readonly value: unknown;
}

export interface Answer {
  readonly description: string;
  readonly headers?: Readonly<Record<string, { readonly required: boolean }>>;
  readonly content?: Readonly<
    Record<
      string,
      { readonly schema: { readonly $ref: string }; readonly examples: Readonly<Record<string, NamedExample>> }
    >
  >;
}

export interface Operation {
  readonly operationId: string;
  readonly security: readonly Json[];
  readonly parameters?: readonly { readonly $ref: string }[];
  readonly requestBody?: {
    readonly content: Readonly<
      Record<string, { readonly schema: Json; readonly examples: Readonly<Record<string, NamedExample>> }>
    >;
  };
  readonly responses: Readonly<Record<string, Answer>>;
}

export interface OperationAt {
  readonly path: string;
  /** In capitals. */
  readonly method: string;
  readonly operation: Operation;
}

export interface OpenApiDocument {
  readonly openapi: string;
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Json>>;
    readonly parameters: Readonly<Record<string, Json>>;
    readonly securitySchemes: Readonly<Record<string, Json>>;
  };
}

export const OPENAPI_FILE = 'openapi/openapi.json';
export const CONNECTOR_FILE = 'openapi/connector/apiDefinition.swagger.json';

export function openApiDocument(): OpenApiDocument {
  return readJsonFile<OpenApiDocument>(OPENAPI_FILE);
}

export function operationsOf({ paths }: Pick<OpenApiDocument, 'paths'>): OperationAt[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
}

/** What a local reference (`#/components/schemas/Outcome`) leads to. */
export function resolved(document: unknown, $ref: string): Json {
  const found = $ref
    .replace(/^#\//, '')
    .split('/')
    .reduce<unknown>((part, name) => (part as Json | undefined)?.[name], document);
  if (found === undefined) throw new Error(`${$ref} leads nowhere`);
  return found as Json;
}
