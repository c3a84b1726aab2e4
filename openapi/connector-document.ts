// The definition of the custom connector for Power Automate and Logic Apps: Swagger 2.0 with Microsoft's extensions.
// Its parts stand in the order that the coding standards ask for; knows no file: generated-files says where it goes.
import { CLIENT_CONTEXT_SCHEMA } from './schemas/components';
import { DEFINITIONS } from './schemas/connector-definitions';
import { CONNECTOR_PATHS } from './connector-operations';
import { EXAMPLE_HOST } from './texts/example-values';
import { PREFER_TEXT } from './texts/request-texts';
import type { JsonObject } from './schemas/json-schema';

export function makeConnectorDefinition(version: string): JsonObject {
  return {
    swagger: '2.0',
    info: {
      title: 'Call Tones',
      description:
        'Presses keys (DTMF tones) in a call that is going on: at most once, in order and in time, with a truthful outcome.',
      version,
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
    },
    host: EXAMPLE_HOST,
    basePath: '/api',
    schemes: ['https'],
    consumes: ['application/json'],
    produces: ['application/json', 'application/problem+json'],
    paths: CONNECTOR_PATHS,
    definitions: DEFINITIONS,
    parameters: {
      ClientContextInQuery: {
        name: 'clientContext',
        in: 'query',
        required: true,
        ...CLIENT_CONTEXT_SCHEMA,
        'x-ms-summary': 'Client Context',
        description: 'The name that the request was made under.',
        'x-ms-visibility': 'important',
        'x-ms-test-value': 'order-42',
      },
      PreferInHeader: {
        name: 'Prefer',
        in: 'header',
        required: false,
        type: 'string',
        'x-ms-summary': PREFER_TEXT.title,
        description: PREFER_TEXT.description,
        'x-ms-visibility': 'advanced',
      },
    },
    securityDefinitions: { api_key: { type: 'apiKey', in: 'header', name: 'x-functions-key' } },
    security: [{ api_key: [] }],
  };
}
