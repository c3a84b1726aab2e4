// The real Bicep compiler on every template, and what the deployment comes to when it is evaluated: compared with the
// code.
// Needs .NET, through which the compiler comes; what holds without it is in infrastructure.test.ts.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  dotnetIsInstalled,
  evaluateDeployment,
  runScript,
  TENANT,
  type Deployment,
  type Parameter,
  type PredictedResource,
} from '../../support/documents/bicep';
import { bicepDefaults, bicepOverrides, notSet, settingEntries } from '../../support/documents/infrastructure';
import { repositoryFiles } from '../../support/documents/repository';

const REQUIRED = {
  environmentName: 'test',
  location: 'westeurope',
  graphClientId: '11111111-2222-4333-8444-555555555555',
};
const MINUTES = 60_000;

const ofType = ({ resources }: Deployment, type: string): PredictedResource[] =>
  resources.filter((resource) => resource.type === type);
const settingsOf = (deployment: Deployment) =>
  ofType(deployment, 'Microsoft.Web/sites/config')[0]?.properties as Readonly<Record<string, string>>;
const lastNames = (resources: readonly PredictedResource[]) => resources.map(({ name }) => name.replace(/^.*\//, ''));
const rolesOf = ({ resources }: Deployment, scope: RegExp) =>
  resources
    .filter(({ type, id }) => type === 'Microsoft.Authorization/roleAssignments' && scope.test(id))
    .map(({ properties }) => String(properties?.['roleDefinitionId']).replace(/^.*\//, ''));

if (dotnetIsInstalled()) {
  describe('with the Bicep compiler', () => {
    let plain: Deployment;
    let changed: Deployment;
    const overrides = Object.fromEntries(bicepOverrides.map((name) => [name, bicepDefaults[name] ?? 'given']));
    const changes: Readonly<Record<string, Parameter>> = {
      settings: {
        ...overrides,
        TONE_REQUESTS_QUEUE: 'other',
        TONE_CALLBACKS_QUEUE: 'others',
        TONE_OUTCOMES_TABLE: 'Other',
        MAX_TONES: '20',
      },
      keyVaultName: 'vault',
      keyVaultResourceGroup: 'vaults',
      signingKeyVaultName: 'signing',
      signingKeyVaultResourceGroup: 'others',
      graphTenantId: 'example.org',
      alwaysReady: [
        { name: 'http', instanceCount: 1 },
        { name: 'function:sendTones', instanceCount: 2 },
      ],
      maximumInstanceCount: 7,
      instanceMemoryMB: 512,
      httpPerInstanceConcurrency: 16,
      alertEmail: 'team@example.org',
      alertActionGroupIds: ['/given'],
      alertUnknownOutcomes: 3,
      alertOldestOpenRequestSeconds: 99,
    };

    beforeAll(() => {
      plain = evaluateDeployment(REQUIRED);
      changed = evaluateDeployment({ ...REQUIRED, ...changes });
    }, 5 * MINUTES);

    test(
      'every Bicep file of the repository is linted and built without a warning',
      () => {
        const folder = mkdtempSync(join(tmpdir(), 'tones-bicep-'));
        try {
          expect(runScript('scripts/infra.mjs', folder)).toContain(
            `${repositoryFiles().filter((path) => path.endsWith('.bicep')).length} Bicep files in `,
          );
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
      },
      5 * MINUTES,
    );

    test('with default parameters the app gets the defaults of the code, the identity, and no secret', () => {
      const {
        GRAPH_FEDERATED_IDENTITY_CLIENT_ID,
        AzureWebJobsStorage__clientId,
        AzureWebJobsStorage__accountName,
        ...settings
      } = settingsOf(plain);
      expect(settings).toEqual({
        ...Object.fromEntries(
          settingEntries.flatMap(({ name, default: value }) => (value === undefined ? [] : [[name, value]])),
        ),
        AzureWebJobsStorage__credential: 'managedidentity',
        GRAPH_CLIENT_ID: REQUIRED.graphClientId,
        GRAPH_TENANT_ID: TENANT,
        APPLICATIONINSIGHTS_CONNECTION_STRING: expect.stringMatching(
          /^\[reference\('.*\/Microsoft\.Insights\/components\/[\w-]+', '[\d-]+'\)\.ConnectionString\]$/,
        ) as string,
        APPLICATIONINSIGHTS_AUTHENTICATION_STRING: expect.stringMatching(
          /^\[format\('Authorization=AAD;ClientId=\{0\}', reference\('.*\/userAssignedIdentities\/[\w-]+', '[\d-]+'\)\.clientId\)\]$/,
        ) as string,
        OTEL_TRACES_SAMPLER: 'microsoft.fixed_percentage',
        OTEL_TRACES_SAMPLER_ARG: '1',
      });
      expect(GRAPH_FEDERATED_IDENTITY_CLIENT_ID).toMatch(
        /\/userAssignedIdentities\/id-tones-\w+', '[\d-]+'\)\.clientId\]$/,
      );
      expect(AzureWebJobsStorage__clientId).toBe(GRAPH_FEDERATED_IDENTITY_CLIENT_ID);
      expect(AzureWebJobsStorage__accountName).toBe(ofType(plain, 'Microsoft.Storage/storageAccounts')[0]?.name);
    });

    test('with everything given the app gets every setting that the code reads, but for those left out on purpose', () => {
      const set = new Set([...Object.keys(settingsOf(plain)), ...Object.keys(settingsOf(changed))]);
      const read = settingEntries.map(({ name }) => name);
      // The sampler of the Functions host (decision 0011).
      expect([...set].filter((name) => !read.includes(name))).toEqual([
        'OTEL_TRACES_SAMPLER',
        'OTEL_TRACES_SAMPLER_ARG',
      ]);
      expect(read.filter((name) => !set.has(name))).toEqual(notSet);
      expect(settingsOf(changed)).toMatchObject({
        MAX_TONES: '20',
        TONE_REQUESTS_QUEUE: 'other',
        GRAPH_TENANT_ID: 'example.org',
        PUBLIC_BASE_URL: 'given',
      });
    });

    test('a misspelt setting, or one that may not be given, is refused before anything is deployed', () => {
      expect(() => evaluateDeployment({ ...REQUIRED, settings: { MAX_TONE: '20' } })).toThrow('MAX_TONE');
      expect(() => evaluateDeployment({ ...REQUIRED, settings: { HTTP_AUTH_LEVEL: 'anonymous' } })).toThrow(
        'HTTP_AUTH_LEVEL',
      );
    });

    test('a client secret stays in Key Vault, takes the place of the federated credential, and the identity may read it', () => {
      expect(settingsOf(changed)).not.toHaveProperty('GRAPH_FEDERATED_IDENTITY_CLIENT_ID');
      expect(settingsOf(changed)['GRAPH_CLIENT_SECRET']).toBe(
        "[format('@Microsoft.KeyVault(SecretUri=https://{0}{1}/secrets/{2})', 'vault', environment().suffixes.keyvaultDns, 'graph-client-secret')]",
      );
      expect(rolesOf(changed, /\/resourceGroups\/vaults\/.*\/vaults\/vault\//)).toEqual([
        '4633458b-17de-408a-b874-0445c86b69e6',
      ]);
      expect(rolesOf(plain, /Microsoft\.KeyVault/)).toEqual([]);
    });

    test('the secret that signs callbacks stays in Key Vault, in a vault of its own or the same one, which is opened once', () => {
      const reference = (vault: string) =>
        `[format('@Microsoft.KeyVault(SecretUri=https://{0}{1}/secrets/{2})', '${vault}', environment().suffixes.keyvaultDns, 'callback-signing-secret')]`;
      const reader = '4633458b-17de-408a-b874-0445c86b69e6';
      expect(settingsOf(changed)['CALLBACK_SIGNING_SECRET']).toBe(reference('signing'));
      expect(rolesOf(changed, /\/resourceGroups\/others\/.*\/vaults\/signing\//)).toEqual([reader]);
      expect(rolesOf(changed, /Microsoft\.KeyVault/)).toEqual([reader, reader]);
      const signedOnly = evaluateDeployment({ ...REQUIRED, signingKeyVaultName: 'signing' });
      expect(settingsOf(signedOnly)).toHaveProperty('GRAPH_FEDERATED_IDENTITY_CLIENT_ID');
      expect(rolesOf(signedOnly, /\/vaults\/signing\//)).toEqual([reader]);
      const oneVault = evaluateDeployment({ ...REQUIRED, keyVaultName: 'vault', signingKeyVaultName: 'vault' });
      expect(settingsOf(oneVault)['CALLBACK_SIGNING_SECRET']).toBe(reference('vault'));
      expect(rolesOf(oneVault, /Microsoft\.KeyVault/)).toEqual([reader]);
    });

    test('queues and tables have the names of the settings, with poison queues and the index table', () => {
      expect(lastNames(ofType(plain, 'Microsoft.Storage/storageAccounts/queueServices/queues'))).toEqual([
        'tone-requests',
        'tone-requests-poison',
        'tone-callbacks',
        'tone-callbacks-poison',
      ]);
      expect(lastNames(ofType(plain, 'Microsoft.Storage/storageAccounts/tableServices/tables'))).toEqual([
        'ToneOutcomes',
        'ToneOutcomesIndex',
      ]);
      expect(lastNames(ofType(changed, 'Microsoft.Storage/storageAccounts/queueServices/queues'))).toEqual([
        'other',
        'other-poison',
        'others',
        'others-poison',
      ]);
      expect(lastNames(ofType(changed, 'Microsoft.Storage/storageAccounts/tableServices/tables'))).toEqual([
        'Other',
        'OtherIndex',
      ]);
    });

    test('storage takes no keys and nobody’s anonymous requests; the identity is blob owner, queue and table data contributor', () => {
      expect(ofType(plain, 'Microsoft.Storage/storageAccounts')[0]?.properties).toMatchObject({
        allowSharedKeyAccess: false,
        allowBlobPublicAccess: false,
        minimumTlsVersion: 'TLS1_2',
        supportsHttpsTrafficOnly: true,
      });
      expect(rolesOf(plain, /\/storageAccounts\//)).toEqual([
        'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
        '974c5e8b-45b9-4653-ba55-5f855dd0fb88',
        '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3',
      ]);
    });

    test('telemetry is taken from the identity only', () => {
      expect(ofType(plain, 'Microsoft.Insights/components')[0]?.properties).toMatchObject({ DisableLocalAuth: true });
      expect(rolesOf(plain, /\/components\//)).toEqual(['3913510d-42f4-4e42-8a64-420c390055eb']);
    });

    test('the app runs Node 22 on Flex Consumption, by HTTPS, with one identity and without passwords', () => {
      expect(ofType(plain, 'Microsoft.Web/serverfarms')[0]?.sku).toEqual({ name: 'FC1', tier: 'FlexConsumption' });
      const [app] = ofType(plain, 'Microsoft.Web/sites');
      const identity = ofType(plain, 'Microsoft.ManagedIdentity/userAssignedIdentities')[0]?.id ?? '';
      expect(app).toMatchObject({
        kind: 'functionapp,linux',
        tags: { 'azd-env-name': 'test', 'azd-service-name': 'tones' },
        identity: { type: 'UserAssigned', userAssignedIdentities: { [identity]: {} } },
        properties: {
          httpsOnly: true,
          keyVaultReferenceIdentity: identity,
          siteConfig: { minTlsVersion: '1.2', ftpsState: 'Disabled' },
          functionAppConfig: {
            runtime: { name: 'node', version: '22' },
            deployment: {
              storage: {
                type: 'blobContainer',
                authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identity },
              },
            },
          },
        },
      });
      expect(
        ofType(plain, 'Microsoft.Web/sites/basicPublishingCredentialsPolicies').map(({ properties }) => properties),
      ).toEqual([{ allow: false }, { allow: false }]);
    });

    test('scaling follows the parameters', () => {
      const scaling = (deployment: Deployment) =>
        (ofType(deployment, 'Microsoft.Web/sites')[0]?.properties?.['functionAppConfig'] as Record<string, unknown>)[
          'scaleAndConcurrency'
        ];
      expect(scaling(plain)).toEqual({
        alwaysReady: [],
        maximumInstanceCount: 40,
        instanceMemoryMB: 2048,
        triggers: null,
      });
      expect(scaling(changed)).toEqual({
        alwaysReady: changes['alwaysReady'],
        maximumInstanceCount: 7,
        instanceMemoryMB: 512,
        triggers: { http: { perInstanceConcurrency: 16 } },
      });
    });

    test('alerts follow the parameters, and tell whom they name', () => {
      const rules = (deployment: Deployment) =>
        Object.fromEntries(
          ofType(deployment, 'Microsoft.Insights/scheduledQueryRules').map(({ name, properties }) => {
            const { criteria, actions } = properties as {
              criteria: { allOf: [{ threshold: number; timeAggregation: string; metricMeasureColumn: string | null }] };
              actions: { actionGroups: string[] };
            };
            const { threshold, timeAggregation, metricMeasureColumn } = criteria.allOf[0];
            return [name, [timeAggregation, metricMeasureColumn, threshold, actions.actionGroups.length]];
          }),
        );
      expect(rules(plain)).toEqual({
        'tones-given-up-messages': ['Count', null, 0, 0],
        'tones-unknown-outcomes': ['Count', null, 0, 0],
        'tones-refused-notifications': ['Count', null, 5, 0],
        'tones-oldest-open-request': ['Maximum', 'OldestSeconds', 300, 0],
      });
      expect(rules(changed)).toMatchObject({
        'tones-unknown-outcomes': ['Count', null, 3, 2],
        'tones-oldest-open-request': ['Maximum', 'OldestSeconds', 99, 2],
      });
      expect([
        ofType(plain, 'Microsoft.Insights/actionGroups').length,
        ofType(changed, 'Microsoft.Insights/actionGroups').length,
      ]).toEqual([0, 1]);
    });

    test('the workbook shows acceptance, outcomes, latency, failures, unknown outcomes, refusals, the oldest request and what was given up', () => {
      const { items } = JSON.parse(
        String(ofType(plain, 'Microsoft.Insights/workbooks')[0]?.properties?.['serializedData']),
      ) as { items: { type: number; content: { title?: string; query?: string } }[] };
      expect(items.map(({ content }) => content.title)).toEqual([
        undefined,
        'Requests accepted',
        'Outcomes by status',
        'Accept to press, milliseconds',
        'Not succeeded, by code',
        'Unknown outcomes',
        'Calls that nothing was ever heard of',
        'Refused notifications, by reason',
        'Oldest open request, seconds',
        'Messages given up',
      ]);
      for (const { type, content } of items.slice(1))
        expect([type, content.query]).toEqual([3, expect.stringContaining('\nAppTraces\n')]);
    });

    test('whatever connect-bot.sh needs is an output', () => {
      expect(Object.keys(plain.outputs)).toEqual(
        expect.arrayContaining([
          'GRAPH_CLIENT_ID',
          'AZURE_TENANT_ID',
          'TONES_IDENTITY_PRINCIPAL_ID',
          'TONES_CALLBACK_URL',
        ]),
      );
      expect(plain.outputs['TONES_CALLBACK_URL']).toContain("'https://{0}/api/callNotifications'");
    });
  });
} else {
  test('NOT RUN: .NET is not installed, so no Bicep compiler has looked at the templates', () => {
    console.warn('NOT RUN: test/contracts/azure/bicep.test.ts needs .NET for the Bicep compiler.');
  });
}
