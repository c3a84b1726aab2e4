// What an OpenAPI document says of one operation: its method, path, fields, parameters and answers, with references followed.
// Used by contract tests that compare samples with openapi/openapi.json.

export interface ApiSchema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, ApiSchema>>;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly allOf?: readonly ApiSchema[];
  readonly anyOf?: readonly ApiSchema[];
  readonly oneOf?: readonly ApiSchema[];
}

interface ApiContent {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, { readonly schema?: ApiSchema }>>;
  readonly headers?: Readonly<Record<string, unknown>>;
}

export interface ApiOperation {
  readonly operationId?: string;
  readonly parameters?: readonly {
    readonly $ref?: string;
    readonly name?: string;
    readonly in?: string;
    readonly required?: boolean;
  }[];
  readonly requestBody?: ApiContent;
  readonly responses: Readonly<Record<string, ApiContent>>;
  readonly security?: readonly object[];
}

export interface ApiDocument {
  readonly servers?: readonly { readonly url: string }[];
  readonly security?: readonly object[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>;
}

export interface DescribedOperation {
  readonly name: string;
  readonly method: string;
  /** From the host's root: `/api/enqueueTones`. */
  readonly path: string;
  /** Of a JSON body. */
  readonly fields: readonly string[];
  readonly requiredFields: readonly string[];
  readonly queries: readonly string[];
  readonly requiredQueries: readonly string[];
  readonly statuses: readonly number[];
  readonly needsKey: boolean;
  headersOf(status: number): string[];
  /** Values that a field of the answer may have. */
  valuesOf(status: number, field: string): readonly unknown[];
}

const METHODS = ['get', 'put', 'post', 'delete', 'head', 'patch'];

/** Every operation, by its name and method. */
export function operationsOf(api: ApiDocument): DescribedOperation[] {
  return Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => METHODS.includes(method))
      .map(([method, operation]) => described(api, path, method, operation)),
  );
}

function described(api: ApiDocument, path: string, method: string, operation: ApiOperation): DescribedOperation {
  const body = partsOf(api, schemaOf(api, operation.requestBody));
  const parameters = (operation.parameters ?? [])
    .flatMap((parameter) => follow(api, parameter) ?? [])
    .filter((parameter) => parameter.in === 'query');
  const answer = (status: number) => follow(api, operation.responses[String(status)]);
  return {
    name: path.split('/').at(-1) ?? '',
    method: method.toUpperCase(),
    path: path.startsWith('/api/') ? path : `/api${path}`,
    fields: body.flatMap(({ properties = {} }) => Object.keys(properties)),
    requiredFields: body.flatMap(({ required = [] }) => required),
    queries: parameters.flatMap(({ name = [] }) => name),
    requiredQueries: parameters.filter(({ required }) => required === true).flatMap(({ name = [] }) => name),
    statuses: Object.keys(operation.responses).map(Number),
    needsKey: (operation.security ?? api.security ?? []).some((scheme) => Object.keys(scheme).length > 0),
    headersOf: (status) => Object.keys(answer(status)?.headers ?? {}),
    valuesOf: (status, field) =>
      partsOf(api, schemaOf(api, answer(status))).flatMap(
        ({ properties = {} }) => follow(api, properties[field])?.enum ?? [],
      ),
  };
}

function schemaOf(api: ApiDocument, content: ApiContent | undefined): ApiSchema | undefined {
  const found = follow(api, content)?.content ?? {};
  return (found['application/json'] ?? Object.values(found)[0])?.schema;
}

/** The schema and those that it is made of; alternatives demand nothing of a body, so what they require is left out. */
function partsOf(api: ApiDocument, schema: ApiSchema | undefined): ApiSchema[] {
  const found = follow(api, schema);
  if (found === undefined) return [];
  const alternatives = [...(found.anyOf ?? []), ...(found.oneOf ?? [])]
    .flatMap((each) => partsOf(api, each))
    .map(({ properties = {} }) => ({ properties }));
  return [found, ...(found.allOf ?? []).flatMap((each) => partsOf(api, each)), ...alternatives];
}

/** RFC 6901, within the document. */
function follow<T extends { readonly $ref?: string }>(api: ApiDocument, value: T | undefined): T | undefined {
  if (value?.$ref === undefined) return value;
  const names = value.$ref
    .replace(/^#\//, '')
    .split('/')
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  const target = names.reduce<unknown>((found, name) => (found as Record<string, unknown> | undefined)?.[name], api);
  if (target === undefined) throw new Error(`${value.$ref} leads nowhere`);
  return follow(api, target as T);
}
