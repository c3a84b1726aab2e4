// The settings: every default and rule of the contract, all faults in one message, never a value in it.
// Unit tests of shared/settings/settings and its parts.
import { ownTenantIdOf, requestTenantsOf } from '../../../shared/settings/graph-settings';
import { readSettings, SettingsError } from '../../../shared/settings/settings';
import { SETTINGS } from '../../../shared/settings/setting-names';

const CLIENT_ID = '11111111-2222-4333-8444-555555555555';
const TENANT_ID = '99999999-8888-4777-8666-aaaaaaaaaaaa';
const IDENTITY_ID = 'bbbbbbbb-cccc-4ddd-8eee-ffffffffffff';

const LEAST = { AzureWebJobsStorage: 'UseDevelopmentStorage=true', GRAPH_CLIENT_ID: CLIENT_ID };
const WITH_SECRET = { ...LEAST, GRAPH_TENANT_ID: TENANT_ID, GRAPH_CLIENT_SECRET: 'c9~secret' };

type Change = Record<string, string | undefined>;

function read(change: Change = {}, base: Change = LEAST) {
  return readSettings({ ...base, ...change });
}

function faultsOf(change: Change, base: Change = LEAST): string[] {
  try {
    readSettings({ ...base, ...change });
  } catch (error) {
    if (error instanceof SettingsError) return error.faults.map(({ name, detail }) => `${name}: ${detail}`);
    throw error;
  }
  return [];
}

function faultyNames(change: Change, base: Change = LEAST): string[] {
  return faultsOf(change, base).map((line) => line.slice(0, line.indexOf(':')));
}

test('the least settings give every default of the contract', () => {
  expect(read()).toEqual({
    storage: { kind: 'connection-string', connectionString: 'UseDevelopmentStorage=true' },
    toneRequestsQueue: 'tone-requests',
    poisonQueue: 'tone-requests-poison',
    toneCallbacksQueue: 'tone-callbacks',
    callbacksPoisonQueue: 'tone-callbacks-poison',
    callbackHosts: ['*.logic.azure.com', '*.logic.azure.us', '*.logic.azure.cn', '*.environment.api.powerplatform.com'],
    callbackSigningKeys: [],
    toneOutcomesTable: 'ToneOutcomes',
    indexTable: 'ToneOutcomesIndex',
    graph: {
      clientId: CLIENT_ID,
      tenantIds: [],
      credential: { kind: 'managed-identity' },
      cloud: 'global',
      baseUrl: 'https://graph.microsoft.com',
      authorityHost: 'https://login.microsoftonline.com',
      authorityOverridden: false,
      scope: 'https://graph.microsoft.com/.default',
      apiVersion: 'v1.0',
      callsPath: 'communications',
    },
    notifications: {
      metadataUrl: 'https://api.aps.skype.com/v1/.well-known/OpenIdConfiguration',
      issuers: ['https://api.botframework.com', 'https://graph.microsoft.com'],
      entraMetadataUrl: 'https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration',
      entraIssuers: ['https://login.microsoftonline.com/', 'https://sts.windows.net/'],
      callerAppIds: ['26a18ebc-cdf7-4a6a-91cb-beb352805e81'],
      audience: CLIENT_ID,
    },
    notificationReceivers: new Map(),
    httpAuthLevel: 'function',
    maxTones: 50,
    defaultExpiresInSeconds: 60,
    sendGraceSeconds: 30,
    notificationGraceSeconds: 60,
    waitMinSeconds: 1,
    waitMaxSeconds: 8,
    partLatenessSeconds: 5,
    outcomeRetentionDays: 30,
    warnings: [],
  });
});

test('an empty value of any setting is a value not set', () => {
  const empty = Object.fromEntries(SETTINGS.map(({ name }) => [name, '']));
  expect(readSettings({ ...empty, ...LEAST })).toEqual(read());
});

test('a setting that is missing, wrong or unresolved is named with all the others in one message, and no value with it', () => {
  const secret = 'p4ssw0rd';
  const error = (() => {
    try {
      return readSettings({
        GRAPH_CLIENT_SECRET: secret,
        GRAPH_CLOUD: secret,
        MAX_TONES: secret,
        PUBLIC_BASE_URL: secret,
        TONE_REQUESTS_QUEUE: `${secret}_`,
      });
    } catch (thrown) {
      return thrown;
    }
  })();
  expect(error).toBeInstanceOf(SettingsError);
  const { message, code } = error as SettingsError;
  expect(code).toBe('settings-invalid');
  expect(message).not.toContain(secret);
  expect(message).toBe(
    'Settings are missing or wrong: ' +
      [
        'AzureWebJobsStorage: is required: a connection string, or AzureWebJobsStorage__accountName, or all of AzureWebJobsStorage__queueServiceUri, AzureWebJobsStorage__tableServiceUri, AzureWebJobsStorage__blobServiceUri',
        'TONE_REQUESTS_QUEUE: must be 3 to 56 lower-case letters, digits and single dashes',
        'GRAPH_CLIENT_ID: is required',
        'GRAPH_TENANT_ID: is required with GRAPH_CLIENT_SECRET',
        'GRAPH_CLOUD: must be one of global, usgov-l4, usgov-l5, china',
        'PUBLIC_BASE_URL: must be an absolute https: URL (http: for loopback only), without user name and password',
        'MAX_TONES: must be a whole number from 1 to 1000',
      ].join('; '),
  );
});

test.each(SETTINGS.map(({ name }) => name))('an unresolved Key Vault reference in %s is a fault', (name) => {
  // A setting that may not stand beside the others is tried alone.
  const base = name.startsWith('AzureWebJobsStorage__') ? { GRAPH_CLIENT_ID: CLIENT_ID } : LEAST;
  expect(faultyNames({ [name]: '@Microsoft.KeyVault(SecretUri=https://vault.example/secrets/x)' }, base)).toContain(
    name,
  );
});

describe('storage', () => {
  const GRAPH = { GRAPH_CLIENT_ID: CLIENT_ID };

  test.each([
    'DefaultEndpointsProtocol=https;AccountName=tones;AccountKey=a2V5PT0=;EndpointSuffix=core.windows.net',
    'QueueEndpoint=https://tones.queue.core.windows.net/;TableEndpoint=https://tones.table.core.windows.net/;sharedaccesssignature=sv=2024&sig=x%3D',
    'UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://azurite',
  ])('takes the connection string %s', (connectionString) => {
    expect(read({ AzureWebJobsStorage: connectionString }).storage).toEqual({
      kind: 'connection-string',
      connectionString,
    });
  });

  test.each([
    'tones',
    'AccountName=tones',
    'AccountName=tones;SharedAccessSignature=sv=2024&sig=x',
    'AccountKey=a2V5',
    'UseDevelopmentStorage=false',
    'BlobEndpoint=https://tones.blob.core.windows.net',
  ])('refuses %s as a connection string', (connectionString) => {
    expect(faultyNames({ AzureWebJobsStorage: connectionString })).toEqual(['AzureWebJobsStorage']);
  });

  test('an account name means its services in global Azure', () => {
    const storage = {
      AzureWebJobsStorage__accountName: 'tones42',
      AzureWebJobsStorage__credential: 'managedidentity',
      AzureWebJobsStorage__clientId: IDENTITY_ID,
    };
    expect(read(storage, GRAPH).storage).toEqual({
      kind: 'identity',
      queueServiceUri: 'https://tones42.queue.core.windows.net',
      tableServiceUri: 'https://tones42.table.core.windows.net',
      usesManagedIdentity: true,
      managedIdentityClientId: IDENTITY_ID,
    });
    expect(faultyNames({ ...storage, AzureWebJobsStorage__accountName: 'Tones.42' }, GRAPH)).toEqual([
      'AzureWebJobsStorage__accountName',
    ]);
    expect(faultyNames({ ...storage, AzureWebJobsStorage__credential: 'other' }, GRAPH)).toEqual([
      'AzureWebJobsStorage__credential',
    ]);
    expect(faultyNames({ ...storage, AzureWebJobsStorage__clientId: 'me' }, GRAPH)).toEqual([
      'AzureWebJobsStorage__clientId',
    ]);
  });

  test('service URIs are needed all three where there is no account name', () => {
    const all = {
      AzureWebJobsStorage__queueServiceUri: 'https://tones.queue.core.usgovcloudapi.net/',
      AzureWebJobsStorage__tableServiceUri: 'https://tones.table.core.usgovcloudapi.net',
      AzureWebJobsStorage__blobServiceUri: 'https://tones.blob.core.usgovcloudapi.net',
    };
    expect(read(all, GRAPH).storage).toEqual({
      kind: 'identity',
      queueServiceUri: 'https://tones.queue.core.usgovcloudapi.net',
      tableServiceUri: 'https://tones.table.core.usgovcloudapi.net',
      usesManagedIdentity: false,
    });
    expect(faultyNames({ ...all, AzureWebJobsStorage__blobServiceUri: '' }, GRAPH)).toEqual([
      'AzureWebJobsStorage__blobServiceUri',
    ]);
    expect(faultyNames({ ...all, AzureWebJobsStorage__queueServiceUri: 'http://127.0.0.1:10001' }, GRAPH)).toEqual([
      'AzureWebJobsStorage__queueServiceUri',
    ]);
  });

  test('a service URI wins over the account name, which serves for the others', () => {
    const change = {
      AzureWebJobsStorage__accountName: 'tones',
      AzureWebJobsStorage__tableServiceUri: 'https://other.table.core.windows.net',
    };
    expect(read(change, GRAPH).storage).toEqual({
      kind: 'identity',
      queueServiceUri: 'https://tones.queue.core.windows.net',
      tableServiceUri: 'https://other.table.core.windows.net',
      usesManagedIdentity: false,
    });
  });

  test('a connection string beside an identity form is a fault', () => {
    expect(
      faultyNames({ AzureWebJobsStorage__accountName: 'tones', AzureWebJobsStorage__clientId: IDENTITY_ID }),
    ).toEqual(['AzureWebJobsStorage__accountName', 'AzureWebJobsStorage__clientId']);
  });

  test.each([
    [
      'TONE_REQUESTS_QUEUE',
      ['abc', 'a-b-c', '0'.repeat(56)],
      ['ab', 'A-b-c', 'a--b', '-abc', 'abc-', 'a_b', '0'.repeat(57), 'abc\n'],
    ],
    [
      'TONE_OUTCOMES_TABLE',
      ['Abc', `A${'0'.repeat(57)}`],
      ['ab', '1bc', 'a-c', 'Tables', `A${'0'.repeat(58)}`, 'Abc\n'],
    ],
  ])('%s follows the rule of Azure with room for its companion', (name, good, bad) => {
    for (const value of good) expect(faultyNames({ [name]: value })).toEqual([]);
    for (const value of bad) expect(faultyNames({ [name]: value })).toEqual([name]);
  });
});

describe('credential', () => {
  test.each([
    [{ GRAPH_CLIENT_SECRET: 's3cret ' }, { kind: 'secret', tenantId: TENANT_ID, clientSecret: 's3cret ' }],
    [
      { GRAPH_CLIENT_CERTIFICATE_PATH: '/mnt/app.pem' },
      { kind: 'certificate', tenantId: TENANT_ID, certificatePath: '/mnt/app.pem' },
    ],
    [
      { GRAPH_FEDERATED_IDENTITY_CLIENT_ID: IDENTITY_ID.toUpperCase() },
      { kind: 'federated', tenantId: TENANT_ID, managedIdentityClientId: IDENTITY_ID },
    ],
    [{}, { kind: 'managed-identity' }],
  ])('%j gives %j', (change, credential) => {
    expect(read({ ...change, GRAPH_TENANT_ID: TENANT_ID }).graph).toMatchObject({ tenantId: TENANT_ID, credential });
  });

  test('at most one may be set, and it needs the tenant', () => {
    expect(
      faultyNames({ GRAPH_CLIENT_SECRET: 'x', GRAPH_CLIENT_CERTIFICATE_PATH: 'y', GRAPH_TENANT_ID: TENANT_ID }),
    ).toEqual(['GRAPH_CLIENT_SECRET, GRAPH_CLIENT_CERTIFICATE_PATH']);
    expect(faultyNames({ GRAPH_FEDERATED_IDENTITY_CLIENT_ID: IDENTITY_ID })).toEqual(['GRAPH_TENANT_ID']);
  });

  test.each(['contoso.onmicrosoft.com', 'a.example', TENANT_ID.toUpperCase()])('the tenant may be %s', (tenant) => {
    expect(read({ GRAPH_TENANT_ID: tenant }, WITH_SECRET).graph.tenantId).toBe(tenant);
  });

  test.each(['common', 'contoso', '../x.example', 'a..example', 'x.example/'])('the tenant may not be %s', (tenant) => {
    expect(faultyNames({ GRAPH_TENANT_ID: tenant }, WITH_SECRET)).toEqual(['GRAPH_TENANT_ID']);
  });

  test('further tenants are GUIDs, in lower case, each once, and without the own one', () => {
    const [second, third] = ['2B2B2B2B-2222-4222-8222-222222222222', '33333333-3333-4333-8333-333333333333'];
    const change = { GRAPH_TENANT_ID: TENANT_ID.toUpperCase() };
    const list = `${second}, ${third},${TENANT_ID},${second.toLowerCase()}`;
    expect(read({ ...change, GRAPH_TENANT_IDS: list }, WITH_SECRET).graph.tenantIds).toEqual([
      second.toLowerCase(),
      third,
    ]);
    expect(read({}, WITH_SECRET).graph.tenantIds).toEqual([]);
    expect(read({ GRAPH_TENANT_IDS: '' }, LEAST).graph.tenantIds).toEqual([]);
  });

  test.each(['contoso.example', 'common', `${TENANT_ID};${TENANT_ID}`, ','])(
    'further tenants may not be %s',
    (list) => {
      expect(faultyNames({ GRAPH_TENANT_IDS: list }, WITH_SECRET)).toEqual(['GRAPH_TENANT_IDS']);
    },
  );

  test('the managed identity itself has no tokens of further tenants', () => {
    expect(faultyNames({ GRAPH_TENANT_ID: TENANT_ID, GRAPH_TENANT_IDS: TENANT_ID })).toEqual(['GRAPH_TENANT_IDS']);
    expect(
      faultyNames({
        GRAPH_FEDERATED_IDENTITY_CLIENT_ID: IDENTITY_ID,
        GRAPH_TENANT_ID: TENANT_ID,
        GRAPH_TENANT_IDS: IDENTITY_ID,
      }),
    ).toEqual([]);
  });

  test('the tenants that a request may name, and the one that reports are compared with', () => {
    const { graph } = read({ GRAPH_TENANT_ID: TENANT_ID.toUpperCase(), GRAPH_TENANT_IDS: IDENTITY_ID }, WITH_SECRET);
    expect(requestTenantsOf(graph)).toEqual({ own: TENANT_ID.toUpperCase(), others: [IDENTITY_ID] });
    expect(ownTenantIdOf(graph)).toEqual({ ownTenantId: TENANT_ID });
    expect(ownTenantIdOf(read({ GRAPH_TENANT_ID: 'a.example' }, WITH_SECRET).graph)).toEqual({});
    expect(requestTenantsOf(read({}, LEAST).graph)).toEqual({ others: [] });
    expect(ownTenantIdOf(read({}, LEAST).graph)).toEqual({});
  });

  test('further tenants beside a domain name are warned of: reports cannot be compared with it', () => {
    const warnings = (tenant: string) =>
      read({ GRAPH_TENANT_ID: tenant, GRAPH_TENANT_IDS: IDENTITY_ID }, WITH_SECRET).warnings;
    expect(warnings('a.example')).toEqual([
      "GRAPH_TENANT_ID: a domain name, so a report's tenant is not compared with it; the tenant's GUID would be.",
    ]);
    expect(warnings(TENANT_ID)).toEqual([]);
    expect(read({ GRAPH_TENANT_ID: 'a.example' }, WITH_SECRET).warnings).toEqual([]);
  });

  test('the ids are GUIDs', () => {
    expect(faultyNames({ GRAPH_CLIENT_ID: 'my-app' })).toEqual(['GRAPH_CLIENT_ID']);
    expect(faultyNames({ GRAPH_FEDERATED_IDENTITY_CLIENT_ID: 'my-identity', GRAPH_TENANT_ID: TENANT_ID })).toEqual([
      'GRAPH_FEDERATED_IDENTITY_CLIENT_ID',
    ]);
  });
});

describe('Graph and its cloud', () => {
  test.each([
    [
      'global',
      'https://graph.microsoft.com',
      'https://login.microsoftonline.com',
      ['https://login.microsoftonline.com/', 'https://sts.windows.net/'],
    ],
    [
      'usgov-l4',
      'https://graph.microsoft.us',
      'https://login.microsoftonline.us',
      ['https://login.microsoftonline.us/', 'https://sts.windows.net/'],
    ],
    [
      'usgov-l5',
      'https://dod-graph.microsoft.us',
      'https://login.microsoftonline.us',
      ['https://login.microsoftonline.us/', 'https://sts.windows.net/'],
    ],
    [
      'china',
      'https://microsoftgraph.chinacloudapi.cn',
      'https://login.partner.microsoftonline.cn',
      ['https://login.partner.microsoftonline.cn/', 'https://login.chinacloudapi.cn/', 'https://sts.chinacloudapi.cn/'],
    ],
  ])('%s has its own root, authority, scope and issuers', (cloud, root, authorityHost, entraIssuers) => {
    const { graph, notifications } = read({ GRAPH_CLOUD: cloud });
    expect(graph).toMatchObject({
      cloud,
      baseUrl: root,
      authorityHost,
      authorityOverridden: false,
      scope: `${root}/.default`,
    });
    expect(notifications).toMatchObject({
      entraIssuers,
      entraMetadataUrl: `${authorityHost}/common/v2.0/.well-known/openid-configuration`,
    });
  });

  test('a collector without its protocol gives a warning: the host would speak gRPC to it', () => {
    const OTEL_EXPORTER_OTLP_ENDPOINT = 'https://otlp.example.com';
    expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT }).warnings).toEqual([
      expect.stringMatching(/^OTEL_EXPORTER_OTLP_PROTOCOL: .*http\/protobuf/) as string,
    ]);
    expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' }).warnings).toEqual([]);
  });

  test('a cloud that Microsoft does not list gives warnings, not a refusal', () => {
    expect(read({ GRAPH_CLOUD: 'usgov-l4' }).warnings).toEqual([
      'GRAPH_CLOUD: Microsoft does not list sendDtmfTones for the cloud usgov-l4; Graph may answer 404.',
      "NOTIFICATION_CALLER_APP_IDS: the default is the global cloud's calling service; other clouds have another.",
    ]);
    expect(read({ GRAPH_CLOUD: 'china', NOTIFICATION_CALLER_APP_IDS: IDENTITY_ID }).warnings).toHaveLength(1);
  });

  test('beta, the deprecated path and no accepted notifications are allowed with a warning', () => {
    const { graph, warnings } = read({
      GRAPH_API_VERSION: 'beta',
      GRAPH_CALLS_PATH: 'app',
      NOTIFICATION_METADATA_URL: 'none',
      NOTIFICATION_ENTRA_METADATA_URL: 'none',
    });
    expect(graph).toMatchObject({ apiVersion: 'beta', callsPath: 'app' });
    expect(warnings).toHaveLength(3);
    expect(faultyNames({ GRAPH_API_VERSION: 'v2', GRAPH_CALLS_PATH: '/app' })).toEqual([
      'GRAPH_API_VERSION',
      'GRAPH_CALLS_PATH',
    ]);
  });

  test('an overridden base URL keeps the scope of the cloud', () => {
    const { graph } = read({ GRAPH_BASE_URL: 'http://127.0.0.1:4010/graph/' });
    expect(graph).toMatchObject({
      baseUrl: 'http://127.0.0.1:4010/graph',
      scope: 'https://graph.microsoft.com/.default',
    });
  });

  test.each(['http://localhost:1', 'http://127.9.9.9', 'http://[::1]:8080', 'https://graph.example'])(
    'the base URL may be %s',
    (url) => {
      expect(read({ GRAPH_BASE_URL: url }).graph.baseUrl).toBe(url);
    },
  );

  test.each([
    'http://graph.microsoft.com',
    'http://127.0.0.1.example',
    'http://localhost.example',
    'ftp://localhost',
    '/graph',
    'graph.example',
    'https://user:password@graph.example',
    'https://graph.example?x',
    'https://graph.example#x',
    'https://graph.microsoft.com/v1.0',
    'https://graph.microsoft.com/beta/',
  ])('the base URL may not be %s', (url) => {
    expect(faultyNames({ GRAPH_BASE_URL: url })).toEqual(['GRAPH_BASE_URL']);
  });

  test('the authority is https and nothing but a host; another one than the cloud has is overridden', () => {
    expect(read({ GRAPH_AUTHORITY_HOST: 'https://localhost:8443/' }).graph).toMatchObject({
      authorityHost: 'https://localhost:8443',
      authorityOverridden: true,
    });
    expect(read({ GRAPH_AUTHORITY_HOST: 'https://login.microsoftonline.com' }).graph.authorityOverridden).toBe(false);
    for (const url of ['http://localhost:8443', 'https://login.example/tenant']) {
      expect(faultyNames({ GRAPH_AUTHORITY_HOST: url })).toEqual(['GRAPH_AUTHORITY_HOST']);
    }
  });
});

describe('notifications', () => {
  test('lists are split at commas, ids in lower case, issuers with one kind of ending', () => {
    const { notifications } = read({
      NOTIFICATION_ISSUERS: ' https://a.example/ ,https://b.example,',
      NOTIFICATION_ENTRA_ISSUERS: 'https://sts.example,https://login.example/',
      NOTIFICATION_CALLER_APP_IDS: `${IDENTITY_ID.toUpperCase()},${CLIENT_ID}`,
      NOTIFICATION_TENANTS: TENANT_ID.toUpperCase(),
      NOTIFICATION_AUDIENCE: 'api://tones',
      NOTIFICATION_METADATA_URL: 'http://127.0.0.1:4010/keys',
      NOTIFICATION_ENTRA_METADATA_URL: 'none',
    });
    expect(notifications).toEqual({
      metadataUrl: 'http://127.0.0.1:4010/keys',
      issuers: ['https://a.example', 'https://b.example'],
      entraMetadataUrl: undefined,
      entraIssuers: ['https://sts.example/', 'https://login.example/'],
      callerAppIds: [IDENTITY_ID, CLIENT_ID],
      tenants: [TENANT_ID],
      audience: 'api://tones',
    });
  });

  test('an override of the authority does not change whose tokens are trusted', () => {
    expect(read({ GRAPH_AUTHORITY_HOST: 'https://localhost:8443' }).notifications).toEqual(read().notifications);
  });

  test('lists of nothing, ids that are none and insecure URLs are faults', () => {
    const wrong = {
      NOTIFICATION_METADATA_URL: 'http://keys.example',
      NOTIFICATION_ISSUERS: 'api.botframework.com',
      NOTIFICATION_ENTRA_METADATA_URL: 'None',
      NOTIFICATION_ENTRA_ISSUERS: ' , ',
      NOTIFICATION_CALLER_APP_IDS: `${CLIENT_ID} ${IDENTITY_ID}`,
      NOTIFICATION_TENANTS: 'contoso.example',
    };
    expect(faultyNames(wrong).toSorted()).toEqual(Object.keys(wrong).toSorted());
  });
});

describe('HTTP', () => {
  test('anonymous needs App Service Authentication', () => {
    expect(read({ HTTP_AUTH_LEVEL: 'anonymous', WEBSITE_AUTH_ENABLED: 'True' }).httpAuthLevel).toBe('anonymous');
    expect(faultyNames({ HTTP_AUTH_LEVEL: 'anonymous' })).toEqual(['HTTP_AUTH_LEVEL']);
    expect(faultyNames({ HTTP_AUTH_LEVEL: 'anonymous', WEBSITE_AUTH_ENABLED: 'False' })).toEqual(['HTTP_AUTH_LEVEL']);
    expect(faultyNames({ HTTP_AUTH_LEVEL: 'admin', WEBSITE_AUTH_ENABLED: 'True' })).toEqual(['HTTP_AUTH_LEVEL']);
  });

  test('the public base URL loses its trailing slash', () => {
    expect(read({ PUBLIC_BASE_URL: 'https://gateway.example/tones/' }).publicBaseUrl).toBe(
      'https://gateway.example/tones',
    );
    expect(faultyNames({ PUBLIC_BASE_URL: 'http://gateway.example' })).toEqual(['PUBLIC_BASE_URL']);
  });

  test('the host name of the platform counts where it is a real one', () => {
    expect(read({ WEBSITE_HOSTNAME: 'Tones-1.azurewebsites.net' }).websiteHostname).toBe('Tones-1.azurewebsites.net');
    for (const hostname of [
      'localhost:7071',
      'localhost',
      'app.localhost',
      'tones.example:443',
      '10.0.0.4',
      '0x7f000001',
      '[::1]',
      'tones.example/x',
      'a b',
      '',
    ]) {
      expect(read({ WEBSITE_HOSTNAME: hostname })).not.toHaveProperty('websiteHostname');
    }
  });
});

test.each([
  ['MAX_TONES', 'maxTones', 1, 1000],
  ['DEFAULT_EXPIRES_IN_SECONDS', 'defaultExpiresInSeconds', 1, 3600],
  ['SEND_GRACE_SECONDS', 'sendGraceSeconds', 4, 600],
  ['NOTIFICATION_GRACE_SECONDS', 'notificationGraceSeconds', 1, 86_400],
  ['WAIT_MAX_SECONDS', 'waitMaxSeconds', 1, 600],
  ['PART_LATENESS_SECONDS', 'partLatenessSeconds', 1, 60],
  ['OUTCOME_RETENTION_DAYS', 'outcomeRetentionDays', 1, 3650],
] as const)('%s is a whole number within its range', (name, property, least, most) => {
  expect(read({ [name]: String(least) })[property]).toBe(least);
  expect(read({ [name]: String(most) })[property]).toBe(most);
  for (const value of [
    String(least - 1),
    String(most + 1),
    '-1',
    '1.5',
    '1e2',
    '0x10',
    ' 5',
    'many',
    '99999999999999',
  ]) {
    expect(faultyNames({ [name]: value })).toEqual([name]);
  }
});

test('the shortest wait is 1 to 60 seconds and not longer than the longest', () => {
  expect(read({ WAIT_MIN_SECONDS: '60', WAIT_MAX_SECONDS: '60' })).toMatchObject({
    waitMinSeconds: 60,
    waitMaxSeconds: 60,
  });
  expect(faultyNames({ WAIT_MIN_SECONDS: '61' })).toEqual(['WAIT_MIN_SECONDS']);
  expect(faultyNames({ WAIT_MIN_SECONDS: '0' })).toEqual(['WAIT_MIN_SECONDS']);
  expect(faultyNames({ WAIT_MIN_SECONDS: '9' })).toEqual(['WAIT_MAX_SECONDS']);
});

describe('callbacks', () => {
  const withHosts = (value: string) => readSettings({ ...LEAST, CALLBACK_HOSTS: value }).callbackHosts;

  test('the hosts of Logic Apps and Power Automate may be called by default', () => {
    expect(readSettings(LEAST)).toMatchObject({
      callbackHosts: [
        '*.logic.azure.com',
        '*.logic.azure.us',
        '*.logic.azure.cn',
        '*.environment.api.powerplatform.com',
      ],
      toneCallbacksQueue: 'tone-callbacks',
      callbacksPoisonQueue: 'tone-callbacks-poison',
    });
  });

  test('hosts are read in lower case; none means no callbacks', () => {
    expect(withHosts(' Hooks.Contoso.com , *.Contoso.com')).toEqual(['hooks.contoso.com', '*.contoso.com']);
    expect(withHosts('none')).toEqual([]);
  });

  test.each([
    '*',
    '*.com',
    'localhost',
    '10.0.0.1',
    '*.0.0.1',
    'https://contoso.com',
    'contoso.com:443',
    'contoso.com/',
    'a*.contoso.com',
    '*.*.contoso.com',
    'contoso.com,*',
    ',',
  ])('CALLBACK_HOSTS may not be %p', (value) => {
    expect(() => withHosts(value)).toThrow(/CALLBACK_HOSTS: must /);
  });

  test('the two queues must differ', () => {
    expect(() => readSettings({ ...LEAST, TONE_CALLBACKS_QUEUE: 'tone-requests' })).toThrow(
      'TONE_CALLBACKS_QUEUE: must differ from TONE_REQUESTS_QUEUE',
    );
  });
});
