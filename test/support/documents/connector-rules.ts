// Microsoft's rules for custom connectors, as checks of a definition: each names what breaks it.
// Stands under test/contracts/documents/connector.test.ts. Sources: learn.microsoft.com/connectors/custom-connectors, the pages coding-standards (S),
// connector-string-guidance (G), openapi-extensions (E), create-webhook-trigger (W) and certification-submission (C).
import { fieldsOf, operationsOf, type Definition, type Field } from './connector-definition';
import { resolved, type Json } from './api-documents';

export type Rule = (definition: Definition) => string[];

const ends = (text: unknown, pattern: RegExp) => typeof text === 'string' && pattern.test(text);
const POWER_PLATFORM =
  /\b(?:API|Power (?:Automate|Apps|BI|Pages|Platform)|Logic Apps?|Copilot|Dataverse|Microsoft|Teams|Graph)\b/i;

function whereNot<T>(all: readonly T[], isGood: (one: T) => boolean, name: (one: T) => string): string[] {
  return all.filter((one) => !isGood(one)).map(name);
}

const operationName = ({ operation }: { operation: Json }) => String(operation['operationId']);
const fieldName = ({ place }: Field) => place;

function textFaults({ place, field }: Field): string[] {
  const title = field['x-ms-summary'];
  const { description } = field;
  return [
    ...(ends(title, /^[A-Z]\w*(?: [A-Z]\w*)*$/) && String(title).length <= 80 ? [] : [`${place} x-ms-summary`]),
    ...(ends(description, /^[A-Z].*\.$/s) && description !== title && description !== `${String(title)}.`
      ? []
      : [`${place} description`]),
  ];
}

const successesOf = (operation: Json) =>
  Object.entries(operation['responses'] as Record<string, Json>).filter(([status]) => status.startsWith('2'));

export const RULES = {
  /** S: structure of the file. */
  'the parts stand in the order that Microsoft asks for': (definition) => {
    const order = [
      'swagger',
      'info',
      'host',
      'basePath',
      'schemes',
      'consumes',
      'produces',
      'paths',
      'definitions',
      'parameters',
      'securityDefinitions',
      'security',
    ];
    return Object.keys(definition).join() === order.join() ? [] : [Object.keys(definition).join()];
  },
  'it is Swagger 2.0, over https, JSON both ways, under the route prefix': ({
    swagger,
    host,
    basePath,
    schemes,
    consumes,
    produces,
  }) => {
    const found = { swagger, basePath, schemes, consumes, produces };
    const wanted = {
      swagger: '2.0',
      basePath: '/api',
      schemes: ['https'],
      consumes: ['application/json'],
      produces: ['application/json', 'application/problem+json'],
    };
    return [
      ...(JSON.stringify(found) === JSON.stringify(wanted) ? [] : [JSON.stringify(found)]),
      ...(/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/.test(host) ? [] : [`host ${host}`]),
    ];
  },
  /** G: at most 30 characters, no "API", no product of others. C: a description of 30 to 500 characters. */
  'title and description say what it does, and name no API and no product': ({ info: { title, description } }) => [
    ...(title.length <= 30 && !POWER_PLATFORM.test(title) && /[a-z0-9]$/i.test(title) ? [] : ['title']),
    ...(description.length >= 30 && description.length <= 500 && !POWER_PLATFORM.test(description)
      ? []
      : ['description']),
  ],
  /** S: pascal casing, no hyphens or underscores. */
  'operation ids are in Pascal case, and each is there once': (definition) => {
    const ids = operationsOf(definition).map(operationName);
    return ids.filter((id, index) => !/^(?:[A-Z][a-z0-9]+)+$/.test(id) || ids.indexOf(id) !== index);
  },
  /** G: sentence case, no slash, at most 80 characters, a letter or digit at the end. */
  'summaries are short, in sentence case, without punctuation at the end, and each is there once': (definition) => {
    const summaries = operationsOf(definition).map(({ operation }) => String(operation['summary']));
    return summaries.filter(
      (summary, index) =>
        !/^[A-Z][a-z0-9 ]*[a-z0-9]$/.test(summary) || summary.length > 80 || summaries.indexOf(summary) !== index,
    );
  },
  /** S: ends with a period; not the same as the summary. */
  'descriptions of operations are sentences, and say more than the summary': (definition) =>
    whereNot(
      operationsOf(definition),
      ({ operation: { summary, description } }) =>
        ends(description, /^[A-Z].*\.$/s) && description !== `${String(summary)}.`,
      operationName,
    ),
  /** G, S: title case; a sentence; not the same. */
  'every parameter and every field has a title and a description': (definition) =>
    fieldsOf(definition).flatMap(textFaults),
  /** E: important, advanced, internal. */
  'visibilities are those that there are': (definition) => {
    const operations = operationsOf(definition).map(({ operation }) => ({
      place: operationName({ operation }),
      field: operation,
      required: false,
    }));
    return whereNot(
      [...operations, ...fieldsOf(definition)],
      ({ field }) => [undefined, 'important', 'advanced', 'internal'].includes(field['x-ms-visibility'] as string),
      fieldName,
    );
  },
  /** E: internal and required needs a default; the platform itself fills in the notification URL (W). */
  'what is hidden and required has a value of its own': (definition) =>
    whereNot(
      fieldsOf(definition).filter(({ field, required }) => required && field['x-ms-visibility'] === 'internal'),
      ({ field }) => 'default' in field || field['x-ms-notification-url'] === true,
      fieldName,
    ),
  /** S: a 2xx, not `default` alone, and the known 4xx and 5xx; GitHub's pull request template: response schemas. */
  'each operation has one schema for its success, which has fields, and its known failures': (definition) =>
    operationsOf(definition).flatMap(({ operation }) => {
      const schemas = successesOf(operation)
        .filter(([status]) => status !== '204')
        .map(([, answer]) => answer['schema'] as Json | undefined);
      const areFull = schemas.every(
        (schema) =>
          typeof schema?.['$ref'] === 'string' &&
          Object.keys((resolved(definition, schema['$ref'])['properties'] ?? {}) as Json).length > 0,
      );
      const statuses = Object.keys(operation['responses'] as Json);
      const knowsFailures = ['4', '5'].every((first) => statuses.some((status) => status.startsWith(first)));
      const isOne = new Set(schemas.map((schema) => schema?.['$ref'])).size <= 1;
      return successesOf(operation).length > 0 && areFull && isOne && knowsFailures
        ? []
        : [operationName({ operation })];
    }),
  /** S: what several operations share is defined once. */
  'definitions have titles, are used, and shared parameters are defined once': (definition) => {
    const text = JSON.stringify(definition);
    const parameters = operationsOf(definition).flatMap(({ operation }) => operation['parameters'] as Json[]);
    const inline = parameters
      .filter((parameter) => parameter['in'] !== 'body' && !('$ref' in parameter))
      .map((parameter) => String(parameter['name']));
    return [
      ...Object.entries(definition.definitions)
        .filter(
          ([name, { title }]) => typeof title !== 'string' || title === '' || !text.includes(`"#/definitions/${name}"`),
        )
        .map(([name]) => name),
      ...Object.keys(definition.parameters).filter((name) => text.split(`"#/parameters/${name}"`).length < 3),
      ...inline.filter((name, index) => inline.indexOf(name) !== index),
    ];
  },
  /** E, W: the URL's field and the content's schema make a webhook of it; without x-ms-trigger it is an action. */
  'a waiting action has a hidden field for the callback, a content, and no trigger': (definition) => {
    const urls = fieldsOf(definition).filter(({ field }) => field['x-ms-notification-url'] === true);
    const contents = Object.entries(definition.paths).filter(([, item]) => 'x-ms-notification-content' in item);
    const areHidden = urls.every(
      ({ field, required }) => field['type'] === 'string' && field['x-ms-visibility'] === 'internal' && required,
    );
    const areFull = contents.every(
      ([, item]) =>
        resolved(definition, String(((item['x-ms-notification-content'] as Json)['schema'] as Json)['$ref']))[
          'properties'
        ] !== undefined,
    );
    const haveFields = contents.every(([, item]) =>
      urls.some(({ place }) => JSON.stringify(item['post']).includes(`"#/definitions/${place.split('.')[0] ?? ''}"`)),
    );
    const isAction = !JSON.stringify(definition).includes('"x-ms-trigger');
    return urls.length === contents.length && urls.length > 0 && areHidden && areFull && haveFields && isAction
      ? []
      : ['webhook'];
  },
  'the key goes into its header, for every operation': ({ securityDefinitions, security }) => {
    const wanted = { api_key: { type: 'apiKey', in: 'header', name: 'x-functions-key' } };
    return JSON.stringify(securityDefinitions) === JSON.stringify(wanted) &&
      JSON.stringify(security) === '[{"api_key":[]}]'
      ? []
      : ['security'];
  },
  /** What Swagger 2.0 does not have, or the platform does not take. */
  'nothing is in it that the platform does not know': (definition) => {
    const unknown = [
      'oneOf',
      'anyOf',
      'allOf',
      'not',
      'nullable',
      'const',
      'components',
      'requestBody',
      'content',
      'callbacks',
      'links',
      'servers',
      '$schema',
      'exclusiveMinimum',
      'x-enumDescriptions',
      'formData',
      'default',
    ];
    const found: string[] = [];
    JSON.stringify(definition, (key: string, value: unknown) => {
      if (
        unknown.includes(key) ||
        (key === 'type' && Array.isArray(value)) ||
        (key === 'examples' && Array.isArray(value))
      )
        found.push(key);
      return value;
    });
    return [...found, ...Object.keys(definition.paths).filter((path) => !/^\/[A-Za-z]+\/?$/.test(path))];
  },
} as const satisfies Record<string, Rule>;
