// The OpenAPI 3.1 document of the HTTP functions, made from the schemas that
// validate requests and from the code's own constants.
// Knows no file: generated-files says where it goes.
import { FUNCTION_NAMES } from '../shared/resource-names';
import { callTones, cancelTones, forgetCallback, toneOutcome, toneStatus } from './caller-operations';
import { enqueueTones } from './enqueue-operation';
import { PARAMETERS, SCHEMAS, SECURITY_SCHEMES } from './schemas/components';
import { EXAMPLE_HOST } from './texts/example-values';
import type { JsonObject } from './schemas/json-schema';
import { callNotifications, health, healthHead } from './other-operations';

const DESCRIPTION = `Presses keys (DTMF tones) in a live Microsoft Teams or Graph call, and reports truthfully what became of it.

- **At most one press** for each \`clientContext\`, whatever crashes or is repeated. When nobody can know, the outcome says \`unknown\`.
- **Never too late**: after its deadline a request expires unpressed.
- **In order**: requests for one call are pressed one after the other.
- **No tones on record**: they may be a PIN. They are in no answer.

Limits and defaults are those of an app whose settings are the defaults. Errors are problem details (RFC 9457) with a stable \`type\`. What the Functions host answers
by itself has an empty body: 401 without a key, 404 for another path or method. So has 500, for an error that the app does not know.`;

export function makeOpenApiDocument(version: string): JsonObject {
  return {
    openapi: '3.1.1',
    info: { title: 'graph-call-tones', version, description: DESCRIPTION, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [
      {
        url: 'https://{host}',
        description: 'The Functions app.',
        variables: {
          host: { default: EXAMPLE_HOST, description: 'Host name of the Functions app, or of the gateway before it.' },
        },
      },
    ],
    tags: [
      { name: 'tones', description: 'Ask for tones and learn what became of them.' },
      { name: 'graph', description: 'What Microsoft Graph calls.' },
      { name: 'operation', description: 'What those who run the app call.' },
    ],
    paths: {
      [pathOf('enqueueTones')]: { post: enqueueTones },
      [pathOf('toneOutcome')]: { get: toneOutcome },
      [pathOf('toneStatus')]: { get: toneStatus },
      [pathOf('cancelTones')]: { post: cancelTones },
      [pathOf('callTones')]: { get: callTones },
      [pathOf('forgetCallback')]: { post: forgetCallback },
      [pathOf('callNotifications')]: { post: callNotifications },
      [pathOf('health')]: { get: health, head: healthHead },
    },
    components: { schemas: SCHEMAS, parameters: PARAMETERS, securitySchemes: SECURITY_SCHEMES },
  };
}

/** The default route: the function's name. */
function pathOf(name: keyof typeof FUNCTION_NAMES): string {
  return `/api/${FUNCTION_NAMES[name]}`;
}
