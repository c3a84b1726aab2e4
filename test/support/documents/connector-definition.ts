// A connector's definition in parts: its operations, and every place where the platform shows a field to a person.
// Stands under connector-rules.
import type { Json } from './api-documents';

export interface Definition {
  swagger: string;
  info: { title: string; description: string };
  host: string;
  basePath: string;
  schemes: string[];
  consumes: string[];
  produces: string[];
  paths: Record<string, Record<string, Json>>;
  definitions: Record<string, Json>;
  parameters: Record<string, Json>;
  securityDefinitions: Json;
  security: Json[];
}

const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'];

export interface ConnectorOperation {
  readonly path: string;
  readonly method: string;
  readonly operation: Json;
}

export function operationsOf({ paths }: Pick<Definition, 'paths'>): ConnectorOperation[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => (item[method] === undefined ? [] : [{ path, method, operation: item[method] }])),
  );
}

/** A parameter of an operation, or a field of a definition. */
export interface Field {
  /** `SendTones.body`, `Outcome.error.code`. */
  readonly place: string;
  readonly field: Json;
  readonly required: boolean;
}

export function fieldsOf(definition: Definition): Field[] {
  const own = operationsOf(definition).flatMap(({ operation }) =>
    (operation['parameters'] as Json[])
      .filter((parameter) => !('$ref' in parameter))
      .map((parameter) => parameterAt(String(operation['operationId']), parameter)),
  );
  const shared = Object.entries(definition.parameters).map(([name, parameter]) => parameterAt(name, parameter));
  return [
    ...own,
    ...shared,
    ...Object.entries(definition.definitions).flatMap(([name, schema]) => fieldsIn(name, schema)),
  ];
}

function parameterAt(place: string, parameter: Json): Field {
  return { place: `${place}.${String(parameter['name'])}`, field: parameter, required: parameter['required'] === true };
}

function fieldsIn(place: string, schema: Json): Field[] {
  const required = (schema['required'] ?? []) as string[];
  const own = Object.entries((schema['properties'] ?? {}) as Record<string, Json>).flatMap(([name, field]) => [
    { place: `${place}.${name}`, field, required: required.includes(name) },
    ...fieldsIn(`${place}.${name}`, field),
  ]);
  return schema['items'] === undefined ? own : [...own, ...fieldsIn(`${place}[]`, schema['items'] as Json)];
}
