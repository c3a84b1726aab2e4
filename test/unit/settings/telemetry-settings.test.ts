// The settings of telemetry: none is none; every form of the host's own settings is read; no fault tells a value.
import { SettingReader } from '../../../shared/settings/setting-reader';
import { readTelemetrySettings } from '../../../shared/settings/telemetry-settings';

const KEY = '11111111-2222-4333-8444-555555555555';
const CONNECTION_STRING = `InstrumentationKey=${KEY};IngestionEndpoint=https://westeurope-1.in.applicationinsights.azure.com/;ApplicationId=${KEY}`;

function read(environment: Record<string, string>) {
  const reader = new SettingReader(environment);
  return { settings: readTelemetrySettings(reader, environment), faults: reader.faults };
}

test('without an exporter there is no telemetry', () => {
  expect(read({})).toEqual({ settings: undefined, faults: [] });
  expect(read({ APPLICATIONINSIGHTS_CONNECTION_STRING: '', OTEL_EXPORTER_OTLP_ENDPOINT: '' })).toEqual({
    settings: undefined,
    faults: [],
  });
});

test('an identity without a connection string sends nothing anywhere', () => {
  expect(read({ APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'Authorization=AAD' })).toEqual({
    settings: undefined,
    faults: [],
  });
});

test('a connection string alone is used with its key', () => {
  expect(read({ APPLICATIONINSIGHTS_CONNECTION_STRING: CONNECTION_STRING })).toEqual({
    settings: { serviceName: 'graph-call-tones', azureMonitor: { connectionString: CONNECTION_STRING } },
    faults: [],
  });
});

test.each([
  ['Authorization=AAD', {}],
  ['authorization=aad;', {}],
  [`Authorization=AAD;ClientId=${KEY.toUpperCase()}`, { clientId: KEY }],
  [` Authorization = AAD ; ClientId = ${KEY} ; `, { clientId: KEY }],
])('telemetry is sent by managed identity: %s', (authentication, identity) => {
  const { settings, faults } = read({
    APPLICATIONINSIGHTS_CONNECTION_STRING: CONNECTION_STRING,
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: authentication,
  });
  expect([settings?.azureMonitor?.identity, faults]).toEqual([identity, []]);
});

test('a collector is a URL without its trailing slash; the name of the app is the platform’s', () => {
  expect(
    read({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otlp.example.com/otel/',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      WEBSITE_SITE_NAME: 'my-tones',
    }),
  ).toEqual({ settings: { serviceName: 'my-tones', otlpEndpoint: 'https://otlp.example.com/otel' }, faults: [] });
  expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }).settings?.otlpEndpoint).toBe(
    'http://127.0.0.1:4318',
  );
});

test.each(['grpc', 'http/json', 'HTTP/protobuf', 's3cret'])(
  'a collector is spoken to by OTLP over HTTP, by the host as well: the protocol %j is a fault',
  (protocol) => {
    const { faults } = read({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otlp.example.com',
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    });
    expect(faults.map(({ name }) => name)).toEqual(['OTEL_EXPORTER_OTLP_PROTOCOL']);
    expect(JSON.stringify(faults)).not.toContain('s3cret');
  },
);

test.each([
  ['APPLICATIONINSIGHTS_CONNECTION_STRING', 's3cret'],
  ['APPLICATIONINSIGHTS_CONNECTION_STRING', 'InstrumentationKey=s3cret'],
  ['APPLICATIONINSIGHTS_CONNECTION_STRING', '@Microsoft.KeyVault(s3cret)'],
  ['APPLICATIONINSIGHTS_AUTHENTICATION_STRING', 'Authorization=Basic;Password=s3cret'],
  ['APPLICATIONINSIGHTS_AUTHENTICATION_STRING', 'Authorization=AAD;ClientId=s3cret'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://s3cret.example.com'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'https://user:s3cret@example.com'],
  ['OTEL_EXPORTER_OTLP_PROTOCOL', 's3cret'],
  ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc s3cret'],
])('%s with a wrong value is a fault that does not repeat it', (name, value) => {
  const { faults } = read({ [name]: value });
  expect(faults.map((fault) => fault.name)).toEqual([name]);
  expect(JSON.stringify(faults)).not.toContain('s3cret');
});
