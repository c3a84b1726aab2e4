// What the OpenAPI document declares of an answer, held against a real one: status, headers, media type, schema, and the example of a name.
// Stands under test/end-to-end/http/openapi-examples.test.ts.
import { z } from 'zod';
import { callTonesSchema, healthSchema, problemSchema } from '../../../openapi/schemas/answer-schemas';
import { outcomeSchema } from '../../../openapi/schemas/outcome-schema';
import {
  openApiDocument,
  operationsOf,
  resolved,
  type Json,
  type NamedExample,
  type OperationAt,
} from './api-documents';
import type { Answer } from '../services/http-caller';

export const document = openApiDocument();
export const operations = operationsOf(document);
/** The same schemas, but closed: a field that the document does not name is a fault here. */
const CLOSED: Readonly<Record<string, z.ZodType>> = {
  Outcome: outcomeSchema,
  CallTones: callTonesSchema.extend({ requests: z.array(outcomeSchema).max(50) }),
  Problem: problemSchema,
  Health: healthSchema,
};

export function operationNamed(operationId: string): OperationAt {
  const found = operations.find(({ operation }) => operation.operationId === operationId);
  if (found === undefined) throw new Error(`no operation ${operationId}`);
  return found;
}

/** The examples of a request's body, by name. */
export function bodiesOf(operationId: string): [string, NamedExample][] {
  return Object.entries(operationNamed(operationId).operation.requestBody?.content['application/json']?.examples ?? {});
}

/** The status that belongs to the example of a request: the one with an answer of the same name, else the only success. */
export function statusOf(operationId: string, name: string): number {
  const successes = Object.entries(operationNamed(operationId).operation.responses).filter(([status]) =>
    status.startsWith('2'),
  );
  const named = successes.find(([, { content }]) =>
    Object.values(content ?? {}).some(({ examples }) => name in examples),
  );
  const [status] = named ?? (successes.length === 1 ? (successes[0] ?? []) : []);
  if (status === undefined) throw new Error(`no status belongs to the example ${name}`);
  return Number(status);
}

/** `operationId code` of every example of a problem. */
export function describedProblems(): string[] {
  return operations.flatMap(({ operation }) =>
    Object.values(operation.responses).flatMap(({ content }) =>
      Object.keys(content?.['application/problem+json']?.examples ?? {}).map(
        (code) => `${operation.operationId} ${code}`,
      ),
    ),
  );
}

/** Fails unless the answer is as declared; with a name, it must be the example of that name, but for times and new ids. */
export function expectDeclared(operationId: string, answer: Answer, name?: string): void {
  const declared = operationNamed(operationId).operation.responses[String(answer.status)];
  if (declared === undefined)
    throw new Error(`${operationId} answered ${answer.status}, which is not declared: ${answer.text}`);
  for (const [header, { required }] of Object.entries(declared.headers ?? {}))
    if (required) expect([operationId, header, answer.headers.has(header)]).toEqual([operationId, header, true]);
  const [mediaType, content] = Object.entries(declared.content ?? {})[0] ?? [];
  if (content === undefined) {
    expect([operationId, answer.text]).toEqual([operationId, '']);
    return;
  }
  expect(answer.headers.get('content-type')?.split(';')[0]).toBe(mediaType);
  const schemaName = content.schema.$ref.split('/').at(-1) ?? '';
  const asDeclared = z.fromJSONSchema(inlined(resolved(document, content.schema.$ref)) as Json);
  for (const schema of [CLOSED[schemaName] ?? z.never(), asDeclared])
    expect(schema.safeParse(answer.json).error?.issues ?? []).toEqual([]);
  if (name !== undefined)
    expect([operationId, name, masked(answer.json)]).toEqual([
      operationId,
      name,
      masked(content.examples[name]?.value),
    ]);
}

/** The schema with what it refers to in its place. */
function inlined(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(inlined);
  if (typeof schema !== 'object' || schema === null) return schema;
  if ('$ref' in schema) return inlined(resolved(document, String(schema.$ref)));
  return Object.fromEntries(Object.entries(schema).map(([name, part]) => [name, inlined(part)]));
}

/** Replaces what differs from run to run by its kind. */
function masked(value: unknown): unknown {
  const text = JSON.stringify(value);
  return JSON.parse(
    text
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
      .replaceAll(/"(operationId|clientContext)":"[0-9a-f]{8}-[0-9a-f-]{27}"/g, '"$1":"UUID"'),
  );
}
