// The settings by name: the sample file, the reference and the code must agree.
import { readSettings } from '../../../shared/settings/settings';
import type { SettingEntry } from '../../../shared/settings/rows/setting-row';
import { SETTINGS } from '../../../shared/settings/setting-names';
import { readJsonFile, readText, sectionOf, tableOf } from '../../support/documents/repository';

interface SampleFile {
  readonly IsEncrypted: boolean;
  readonly Values: Readonly<Record<string, string>>;
}

/** In the sample, but the host's or the simulator's, not ours. */
const OF_OTHERS = ['FUNCTIONS_WORKER_RUNTIME', 'IDENTITY_ENDPOINT', 'IDENTITY_HEADER'];

const entries: readonly SettingEntry[] = SETTINGS;
const names = entries.map(({ name }) => name);
const sample = readJsonFile<SampleFile>('local.settings.sample.json');

test('the sample settings have every setting, and none that the app does not know', () => {
  expect(Object.keys(sample.Values).filter((name) => !OF_OTHERS.includes(name))).toEqual(names);
});

test('the sample settings load as they are', () => {
  expect(readSettings(sample.Values)).toMatchObject({
    graph: { credential: { kind: 'managed-identity' } },
    storage: { kind: 'connection-string' },
    warnings: [],
  });
  expect(sample.IsEncrypted).toBe(false);
  expect(sample.Values['FUNCTIONS_WORKER_RUNTIME']).toBe('node');
});

test('where the sample does not point to this machine, it shows the default', () => {
  const differing = entries
    .filter(({ name, default: value }) => value !== undefined && sample.Values[name] !== value)
    .map(({ name }) => name);
  expect(differing).toEqual(['NOTIFICATION_METADATA_URL']);
});

test('wherever a collector is given, the host speaks to it as the app does: over HTTP', () => {
  expect(sample.Values['OTEL_EXPORTER_OTLP_PROTOCOL']).toBe('http/protobuf');
  expect(readText('infra/settings.bicep')).toMatch(/^ +OTEL_EXPORTER_OTLP_PROTOCOL: 'http\/protobuf'$/m);
  expect(readText('docs/operations.md')).toContain('OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf');
});

test('no secret stands in the sample', () => {
  for (const name of ['GRAPH_CLIENT_SECRET', 'GRAPH_CLIENT_CERTIFICATE_PATH', 'CALLBACK_SIGNING_SECRET'])
    expect(sample.Values[name]).toBe('');
});

test('the reference’s table has every setting with its default and meaning', () => {
  const rows = entries.map((entry) => [
    `\`${entry.name}\``,
    entry.default === undefined ? (entry.otherwise ?? '') : `\`${entry.default}\``,
    entry.meaning,
  ]);
  expect(tableOf(sectionOf(readText('docs/reference.md'), 'Settings'))).toEqual(rows);
});

test('a setting has a default or says what holds otherwise, never both', () => {
  for (const entry of entries)
    expect([entry.name, (entry.default === undefined) !== (entry.otherwise === undefined)]).toEqual([entry.name, true]);
});

test('the contract’s settings and defaults are there', () => {
  const defaults = Object.fromEntries(entries.map((entry) => [entry.name, entry.default]));
  expect(defaults).toMatchObject({
    TONE_REQUESTS_QUEUE: 'tone-requests',
    TONE_OUTCOMES_TABLE: 'ToneOutcomes',
    GRAPH_CLOUD: 'global',
    GRAPH_API_VERSION: 'v1.0',
    GRAPH_CALLS_PATH: 'communications',
    NOTIFICATION_METADATA_URL: 'https://api.aps.skype.com/v1/.well-known/OpenIdConfiguration',
    NOTIFICATION_ISSUERS: 'https://api.botframework.com,https://graph.microsoft.com',
    NOTIFICATION_CALLER_APP_IDS: '26a18ebc-cdf7-4a6a-91cb-beb352805e81',
    HTTP_AUTH_LEVEL: 'function',
    MAX_TONES: '50',
    DEFAULT_EXPIRES_IN_SECONDS: '60',
    SEND_GRACE_SECONDS: '30',
    NOTIFICATION_GRACE_SECONDS: '60',
    OUTCOME_RETENTION_DAYS: '30',
  });
  expect(names).toEqual(
    expect.arrayContaining([
      'AzureWebJobsStorage',
      'AzureWebJobsStorage__accountName',
      'AzureWebJobsStorage__credential',
      'AzureWebJobsStorage__clientId',
      'AzureWebJobsStorage__queueServiceUri',
      'AzureWebJobsStorage__tableServiceUri',
      'AzureWebJobsStorage__blobServiceUri',
      'GRAPH_CLIENT_ID',
      'GRAPH_TENANT_ID',
      'GRAPH_CLIENT_SECRET',
      'GRAPH_CLIENT_CERTIFICATE_PATH',
      'GRAPH_FEDERATED_IDENTITY_CLIENT_ID',
      'GRAPH_BASE_URL',
      'GRAPH_AUTHORITY_HOST',
      'NOTIFICATION_ENTRA_METADATA_URL',
      'NOTIFICATION_ENTRA_ISSUERS',
      'NOTIFICATION_AUDIENCE',
      'NOTIFICATION_TENANTS',
      'NOTIFICATION_RECEIVERS',
      'PUBLIC_BASE_URL',
      'CALLBACK_HOSTS',
      'CALLBACK_SIGNING_SECRET',
    ]),
  );
});
