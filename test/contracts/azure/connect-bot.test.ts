// infra/connect-bot.sh: which az commands it prints, which it runs, and which it leaves out because the thing is there.
// az itself is a stand-in; the names of options are those of the Azure CLI's reference.
import { runConnectBot, type Answers } from '../../support/services/fake-azure-cli';

const APP = '11111111-2222-4333-8444-555555555555';
const TENANT = '22222222-2222-4333-8444-555555555555';
const IDENTITY = '33333333-2222-4333-8444-555555555555';
const ROLE = '44444444-2222-4333-8444-555555555555';
const BOT_PRINCIPAL = '55555555-2222-4333-8444-555555555555';
const GRAPH_PRINCIPAL = '66666666-2222-4333-8444-555555555555';
const GRAPH = '00000003-0000-0000-c000-000000000000';
const CALLBACK = 'https://func-tones.azurewebsites.net/api/callNotifications';
const ISSUER = `https://login.microsoftonline.com/${TENANT}/v2.0`;
const CHANNEL =
  '/subscriptions/{subscriptionId}/resourceGroups/bots/providers/Microsoft.BotService/botServices/my-bot/channels/MsTeamsChannel?api-version=2022-09-15';

const OPTIONS = [
  '--app-id',
  APP,
  '--tenant-id',
  TENANT,
  '--identity-principal-id',
  IDENTITY,
  '--callback-url',
  CALLBACK,
];
const BOT = ['--bot-name', 'my-bot', '--bot-resource-group', 'bots'];

/** A tenant where the bot is registered and nothing else is done. */
const FRESH: Answers = [
  { to: 'account show', answer: TENANT },
  { to: `ad sp list --filter appId eq '${APP}'`, answer: BOT_PRINCIPAL },
  { to: `ad sp show --id ${GRAPH} --query id`, answer: GRAPH_PRINCIPAL },
  { to: `ad sp show --id ${GRAPH} --query appRoles[?value=='Calls.Initiate.All'].id | [0]`, answer: ROLE },
  { to: `rest --method GET --url ${CHANNEL}`, fails: true },
];

/** The same, connected before. */
const CONNECTED: Answers = [
  { to: 'ad app show', answer: ROLE },
  {
    to: `rest --method GET --url https://graph.microsoft.com/v1.0/servicePrincipals/${BOT_PRINCIPAL}/appRoleAssignments`,
    answer: 'an-assignment',
  },
  { to: 'ad app federated-credential list', answer: 'a-credential' },
  { to: `rest --method GET --url ${CHANNEL}`, answer: CALLBACK },
  ...FRESH,
];

const CHANGES =
  /^(?:ad sp create|ad app permission add|ad app federated-credential create|rest --method (?:POST|PUT|PATCH|DELETE)) /;
const changesOf = (calls: readonly (readonly string[])[]) => calls.filter((call) => CHANGES.test(`${call.join(' ')} `));

test('in a fresh tenant it lists the permission, consents to it alone, trusts the identity and sets the webhook', () => {
  const { status, calls, output, errors } = runConnectBot([...OPTIONS, ...BOT], FRESH);
  expect([status, errors]).toEqual([0, expect.stringContaining('+ az ad app permission add')]);
  expect(changesOf(calls)).toEqual([
    [
      'ad',
      'app',
      'permission',
      'add',
      '--id',
      APP,
      '--api',
      GRAPH,
      '--api-permissions',
      `${ROLE}=Role`,
      '--output',
      'none',
    ],
    [
      'rest',
      '--method',
      'POST',
      '--url',
      `https://graph.microsoft.com/v1.0/servicePrincipals/${BOT_PRINCIPAL}/appRoleAssignments`,
      '--headers',
      'Content-Type=application/json',
      '--body',
      `{"principalId":"${BOT_PRINCIPAL}","resourceId":"${GRAPH_PRINCIPAL}","appRoleId":"${ROLE}"}`,
      '--output',
      'none',
    ],
    [
      'ad',
      'app',
      'federated-credential',
      'create',
      '--id',
      APP,
      '--parameters',
      `{"name":"graph-call-tones-${IDENTITY}","issuer":"${ISSUER}","subject":"${IDENTITY}","audiences":["api://AzureADTokenExchange"]}`,
      '--output',
      'none',
    ],
    [
      'rest',
      '--method',
      'PUT',
      '--url',
      CHANNEL,
      '--headers',
      'Content-Type=application/json',
      '--body',
      `{"location":"global","properties":{"channelName":"MsTeamsChannel","properties":{"isEnabled":true,"acceptedTerms":true,"enableCalling":true,"callingWebhook":"${CALLBACK}"}}}`,
      '--output',
      'none',
    ],
  ]);
  expect(output).toContain(`callbackUri: ${CALLBACK}`);
});

test('run again, it changes nothing', () => {
  const { status, calls } = runConnectBot([...OPTIONS, ...BOT], CONNECTED);
  expect([status, changesOf(calls)]).toEqual([0, []]);
  expect(calls.length).toBeGreaterThan(6);
});

test('it asks for a credential of this issuer and this identity, not for any', () => {
  const { calls } = runConnectBot(OPTIONS, CONNECTED);
  expect(calls).toContainEqual([
    'ad',
    'app',
    'federated-credential',
    'list',
    '--id',
    APP,
    '--query',
    `[?issuer=='${ISSUER}' && subject=='${IDENTITY}'].name | [0]`,
    '--output',
    'tsv',
  ]);
});

test('without a bot resource it leaves webhooks alone, and without federated credential it needs no identity', () => {
  const { status, calls } = runConnectBot(
    ['--app-id', APP, '--tenant-id', TENANT, '--callback-url', CALLBACK, '--no-federated-credential'],
    FRESH,
  );
  expect([status, changesOf(calls).map((call) => call.slice(0, 4).join(' '))]).toEqual([
    0,
    ['ad app permission add', 'rest --method POST --url'],
  ]);
});

test('a registration without service principal gets one first', () => {
  const { status, calls } = runConnectBot(
    OPTIONS,
    FRESH.filter(({ to }) => !to.startsWith('ad sp list')),
  );
  // The stand-in does not remember, so the new one stays invisible, and that ends the run.
  expect([status, changesOf(calls)]).toEqual([2, [['ad', 'sp', 'create', '--id', APP, '--output', 'none']]]);
});

test('--dry-run prints every command in a form that a shell reads, and runs none', () => {
  const { status, calls, errors } = runConnectBot([...OPTIONS, ...BOT, '--dry-run'], []);
  expect([status, calls]).toEqual([0, []]);
  const printed = errors.split('\n').filter((line) => line.startsWith('+ '));
  expect(printed.map((line) => line.split(' --')[0])).toEqual([
    '+ az account show',
    '+ az ad sp list',
    '+ az ad sp create',
    '+ az ad sp list',
    '+ az ad sp show',
    '+ az ad sp show',
    '+ az ad app show',
    '+ az ad app permission add',
    '+ az rest',
    '+ az rest',
    '+ az ad app federated-credential list',
    '+ az ad app federated-credential create',
    '+ az rest',
    '+ az rest',
  ]);
  expect(printed[1]).toBe(`+ az ad sp list --filter 'appId eq '\\''${APP}'\\''' --query '[0].id' --output tsv`);
  expect(printed[7]).toBe(
    `+ az ad app permission add --id ${APP} --api ${GRAPH} --api-permissions '<role id of Calls.Initiate.All>=Role'`,
  );
});

test('the variables of azd take the place of options', () => {
  const environment = {
    GRAPH_CLIENT_ID: APP,
    AZURE_TENANT_ID: TENANT,
    TONES_IDENTITY_PRINCIPAL_ID: IDENTITY,
    TONES_CALLBACK_URL: CALLBACK,
  };
  const { status, calls } = runConnectBot([], CONNECTED, environment);
  expect([status, changesOf(calls)]).toEqual([0, []]);
});

test.each([
  [
    'signed in elsewhere',
    OPTIONS,
    [{ to: 'account show', answer: IDENTITY }],
    `az is signed in to the tenant ${IDENTITY}`,
  ],
  [
    'a tenant whose Graph has no such role',
    OPTIONS,
    FRESH.filter(({ to }) => !to.includes('appRoles')),
    'Microsoft Graph has no role Calls.Initiate.All',
  ],
])('%s: it stops and changes nothing', (_name, options, answers, message) => {
  const { status, calls, errors } = runConnectBot(options, answers);
  expect([status, changesOf(calls), errors]).toEqual([2, [], expect.stringContaining(message)]);
});

test('a command of az that fails ends the run', () => {
  const { status, calls } = runConnectBot(OPTIONS, [{ to: 'ad app permission add', fails: true }, ...FRESH]);
  expect([status, changesOf(calls).length]).toEqual([1, 1]);
});

test.each([
  [['--app-id', 'my-app'], '--app-id must be a GUID'],
  [['--tenant-id', 'example.org'], '--tenant-id must be a GUID'],
  [['--identity-principal-id', ''], '--identity-principal-id must be a GUID'],
  [['--callback-url', 'http://func.azurewebsites.net/api/callNotifications'], '--callback-url must be https://'],
  [['--callback-url', 'https://func.azurewebsites.net/api/callNotifications"'], '--callback-url must be https://'],
  [['--bot-name', 'my-bot'], '--bot-name needs --bot-resource-group'],
  [['--bot-resource-group', 'bots'], '--bot-resource-group needs --bot-name'],
  [['--bot-name', 'a/b', '--bot-resource-group', 'bots'], '--bot-name must be letters'],
  [['--bot-name', 'bot', '--bot-resource-group', 'a?b'], '--bot-resource-group is not'],
  [['--callback-url'], '--callback-url needs a value'],
  [['--force'], 'unknown option --force'],
])('%j is refused before az is asked anything', (options, message) => {
  const { status, calls, errors } = runConnectBot([...OPTIONS, ...options], CONNECTED);
  expect([status, calls, errors]).toEqual([2, [], expect.stringContaining(message)]);
});

test('--help tells every option', () => {
  const { status, output } = runConnectBot(['--help'], []);
  expect(status).toBe(0);
  for (const option of [
    '--app-id',
    '--tenant-id',
    '--identity-principal-id',
    '--callback-url',
    '--no-federated-credential',
    '--bot-name',
    '--bot-resource-group',
    '--dry-run',
  ])
    expect(output).toContain(`  ${option} `);
});
