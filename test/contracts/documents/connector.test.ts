// The custom connector: its actions, and Microsoft's rules. Each rule is also tried on a copy that breaks it.
import apiProperties from '../../../openapi/connector/apiProperties.json';
import { FUNCTION_NAMES } from '../../../shared/resource-names';
import { CONNECTOR_FILE, resolved, type Json } from '../../support/documents/api-documents';
import { operationsOf, type Definition } from '../../support/documents/connector-definition';
import { RULES } from '../../support/documents/connector-rules';
import { readJsonFile, readText, sectionOf, tableOf } from '../../support/documents/repository';

type RuleName = keyof typeof RULES;
type Mutable = Record<string, unknown>;

const connector = readJsonFile<Definition>(CONNECTOR_FILE);

/** What `a.b.c` leads to, to be changed; a slash in a path's name does no harm. */
function at(definition: Definition, ...names: readonly string[]): Mutable {
  return names.reduce<unknown>((part, name) => (part as Mutable)[name], definition) as Mutable;
}

const SEND = ['paths', '/enqueueTones', 'post'];
const WAIT = ['paths', '/enqueueTones/', 'post'];

const SPOILERS: Readonly<Record<RuleName, readonly ((copy: Definition) => void)[]>> = {
  'the parts stand in the order that Microsoft asks for': [
    (copy) => {
      const { paths } = copy;
      delete (copy as unknown as Mutable)['paths'];
      copy.paths = paths;
    },
  ],
  'it is Swagger 2.0, over https, JSON both ways, under the route prefix': [
    (copy) => {
      copy.schemes = ['http', 'https'];
    },
    (copy) => {
      copy.host = 'https://my-tones.azurewebsites.net/';
    },
    (copy) => {
      copy.swagger = '3.0.1';
    },
  ],
  'title and description say what it does, and name no API and no product': [
    (copy) => {
      copy.info.title = 'Call Tones API';
    },
    (copy) => {
      copy.info.description = 'Tones.';
    },
    (copy) => {
      copy.info.title = 'A title of more than thirty letters';
    },
  ],
  'operation ids are in Pascal case, and each is there once': [
    (copy) => {
      at(copy, ...SEND)['operationId'] = 'sendTones';
    },
    (copy) => {
      at(copy, ...SEND)['operationId'] = 'Send_Tones';
    },
    (copy) => {
      at(copy, ...SEND)['operationId'] = 'SendTonesAndWait';
    },
  ],
  'summaries are short, in sentence case, without punctuation at the end, and each is there once': [
    (copy) => {
      at(copy, ...SEND)['summary'] = 'Send tones.';
    },
    (copy) => {
      at(copy, ...SEND)['summary'] = 'Send Tones';
    },
    (copy) => {
      at(copy, ...SEND)['summary'] = `Send ${'very '.repeat(20)}many tones`;
    },
    (copy) => {
      at(copy, ...SEND)['summary'] = 'Get outcome';
    },
  ],
  'descriptions of operations are sentences, and say more than the summary': [
    (copy) => {
      at(copy, ...SEND)['description'] = 'Send tones.';
    },
    (copy) => {
      at(copy, ...SEND)['description'] = 'Presses keys in a call';
    },
  ],
  'every parameter and every field has a title and a description': [
    (copy) => {
      delete at(copy, 'definitions', 'Outcome', 'properties', 'error', 'properties', 'code')['x-ms-summary'];
    },
    (copy) => {
      at(copy, 'definitions', 'Problem', 'properties', 'errors', 'items', 'properties', 'detail')['description'] =
        'no sentence';
    },
    (copy) => {
      at(copy, ...SEND, 'parameters', '0')['description'] = 'Tone Request.';
    },
    (copy) => {
      at(copy, 'parameters', 'ClientContextInQuery')['x-ms-summary'] = 'client context';
    },
  ],
  'visibilities are those that there are': [
    (copy) => {
      at(copy, ...SEND)['x-ms-visibility'] = 'normal';
    },
    (copy) => {
      at(copy, 'definitions', 'ToneRequest', 'properties', 'digits')['x-ms-visibility'] = 'hidden';
    },
  ],
  'what is hidden and required has a value of its own': [
    (copy) => {
      at(copy, 'definitions', 'ToneRequest', 'properties', 'callId')['x-ms-visibility'] = 'internal';
    },
  ],
  'each operation has one schema for its success, which has fields, and its known failures': [
    (copy) => {
      at(copy, ...SEND, 'responses', '200')['schema'] = {};
    },
    (copy) => {
      at(copy, ...SEND)['responses'] = { default: { description: 'Done.' } };
    },
    (copy) => {
      delete at(copy, 'definitions', 'Outcome')['properties'];
    },
    (copy) => {
      at(copy, ...SEND, 'responses', '202')['schema'] = { $ref: '#/definitions/Problem' };
    },
    (copy) => {
      delete at(copy, 'paths', '/toneStatus', 'get', 'responses')['404'];
    },
  ],
  'definitions have titles, are used, and shared parameters are defined once': [
    (copy) => {
      delete at(copy, 'definitions', 'Outcome')['title'];
    },
    (copy) => {
      copy.definitions['Unused'] = { title: 'Unused', type: 'object' };
    },
    (copy) => {
      at(copy, 'paths', '/toneOutcome', 'get')['parameters'] = [{ ...at(copy, 'parameters', 'ClientContextInQuery') }];
    },
  ],
  'a waiting action has a hidden field for the callback, a content, and no trigger': [
    (copy) => {
      at(copy, ...WAIT)['x-ms-trigger'] = 'single';
    },
    (copy) => {
      delete at(copy, 'paths', '/enqueueTones/')['x-ms-notification-content'];
    },
    (copy) => {
      delete at(copy, 'definitions', 'ToneRequestWithCallback', 'properties', 'callbackUrl')['x-ms-notification-url'];
    },
    (copy) => {
      at(copy, 'definitions', 'ToneRequestWithCallback', 'properties', 'callbackUrl')['x-ms-visibility'] = 'advanced';
    },
    (copy) => {
      at(copy, ...WAIT, 'parameters', '0')['schema'] = { $ref: '#/definitions/ToneRequest' };
    },
  ],
  'the key goes into its header, for every operation': [
    (copy) => {
      copy.security = [];
    },
    (copy) => {
      at(copy, 'securityDefinitions', 'api_key')['in'] = 'query';
    },
  ],
  'nothing is in it that the platform does not know': [
    (copy) => {
      at(copy, 'definitions', 'ToneRequest')['oneOf'] = [{ required: ['tones'] }, { required: ['digits'] }];
    },
    (copy) => {
      at(copy, 'definitions', 'Outcome', 'properties', 'operationId')['type'] = ['string', 'null'];
    },
    (copy) => {
      at(copy, 'definitions', 'ToneRequest', 'properties', 'expiresInSeconds')['default'] = 60;
    },
    (copy) => {
      copy.paths['/enqueueTones?wait'] = copy.paths['/enqueueTones/'] ?? {};
    },
  ],
};

const names = Object.keys(RULES) as RuleName[];

test.each(names)('%s', (name) => {
  expect(RULES[name](connector)).toEqual([]);
});

test.each(names.flatMap((name) => SPOILERS[name].map((spoil, index) => [name, index, spoil] as const)))(
  'a copy that breaks it is found: %s (%i)',
  (name, _index, spoil) => {
    const copy = structuredClone(connector);
    spoil(copy);
    expect(RULES[name](copy)).not.toEqual([]);
  },
);

test('the actions are these, and lead to functions', () => {
  expect(
    operationsOf(connector).map(({ path, method, operation }) => [
      operation['operationId'],
      operation['summary'],
      method,
      path,
      operation['x-ms-visibility'],
    ]),
  ).toEqual([
    ['SendTones', 'Send tones', 'post', '/enqueueTones', 'important'],
    ['SendTonesAndWait', 'Send tones and wait', 'post', '/enqueueTones/', 'important'],
    ['GetOutcome', 'Get outcome', 'get', '/toneOutcome', undefined],
    ['GetStatus', 'Get status', 'get', '/toneStatus', 'internal'],
    ['CancelTones', 'Cancel tones', 'post', '/cancelTones', undefined],
    ['ListTones', 'List tones of a call', 'get', '/callTones', undefined],
    ['ForgetCallback', 'Forget callback', 'post', '/forgetCallback', 'advanced'],
  ]);
  for (const { path } of operationsOf(connector))
    expect(Object.values(FUNCTION_NAMES)).toContain(path.replaceAll('/', ''));
});

test('a person is asked for the callback nowhere: the platform fills it in, and Send tones has none', () => {
  expect(at(connector, 'definitions', 'ToneRequestWithCallback')['required']).toEqual(['callId', 'callbackUrl']);
  expect(at(connector, 'definitions', 'ToneRequestWithCallback', 'properties', 'callbackUrl')).toMatchObject({
    'x-ms-notification-url': true,
    'x-ms-visibility': 'internal',
  });
  expect(Object.keys(at(connector, 'definitions', 'ToneRequest', 'properties'))).toEqual([
    'callId',
    'tones',
    'digits',
    'delayBetweenTonesMs',
    'clientContext',
    'expiresInSeconds',
    'tenantId',
  ]);
  expect(resolved(connector, '#/definitions/ToneRequest')['required']).toEqual(['callId']);
});

test('the file is indented with four spaces, without tabs and trailing spaces', () => {
  const lines = readText(CONNECTOR_FILE).split('\n');
  expect(lines.filter((line) => /\t|\s$/.test(line))).toEqual([]);
  expect(lines.filter((line) => (/^ */.exec(line)?.[0].length ?? 0) % 4 !== 0)).toEqual([]);
});

test('the connection asks for the key that the definition names, and keeps it secret', () => {
  const { connectionParameters, iconBrandColor, capabilities } = apiProperties.properties;
  expect(Object.keys(connectionParameters)).toEqual(Object.keys(connector.securityDefinitions));
  expect(connectionParameters.api_key).toMatchObject({
    type: 'securestring',
    uiDefinition: { constraints: { clearText: false, required: 'true' } },
  });
  // Microsoft takes neither its own blue nor white.
  expect(iconBrandColor).toMatch(/^#(?!007ee5|ffffff)[0-9a-f]{6}$/);
  expect(capabilities).toEqual(['actions']);
});

test('its README tells what each action does', () => {
  const readme = readText('openapi/connector/README.md');
  const told = tableOf(sectionOf(readme, 'Actions')).map(([action]) => action);
  expect(told).toEqual(
    (operationsOf(connector) as readonly { operation: Json }[])
      .filter(({ operation }) => operation['x-ms-visibility'] !== 'internal')
      .map(({ operation }) => operation['summary']),
  );
  expect(readme).toContain(connector.host);
});
