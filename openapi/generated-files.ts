// The files that are made from the code, by path, as text. `npm run openapi`
// writes them; a test compares them with what is committed.
// The version is the package's.
import packageFile from '../package.json';
import { makeConnectorDefinition } from './connector-document';
import type { JsonObject } from './schemas/json-schema';
import { makeOpenApiDocument } from './openapi-document';
import { makeReferenceDocument } from './reference-document';

export function generatedFiles(): Readonly<Record<string, string>> {
  const { version } = packageFile;
  return {
    'openapi/openapi.json': toText(makeOpenApiDocument(version), 2),
    // Four spaces: Microsoft's coding standards.
    'openapi/connector/apiDefinition.swagger.json': toText(makeConnectorDefinition(version), 4),
    'docs/reference.md': makeReferenceDocument(version),
  };
}

function toText(document: JsonObject, indentation: number): string {
  return `${JSON.stringify(document, null, indentation)}\n`;
}
