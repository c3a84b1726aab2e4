// The settings of telemetry: where spans and metrics are sent to. None of them
// set: no telemetry, and none of its code is loaded.
// Knows no exporter. OTEL_* variables that are not here are read by the SDK itself.
import type { Environment, SettingReader } from './setting-reader';

/** Application Insights, through Azure Monitor's exporter. */
export interface AzureMonitorSettings {
  /** Holds the key, where no identity is used. Secret. */
  readonly connectionString: string;
  /** Sends by managed identity. `clientId`: the user-assigned one; absent: the system-assigned one. */
  readonly identity?: { readonly clientId?: string };
}

export interface TelemetrySettings {
  /** `service.name`: the name of the function app, else `graph-call-tones`. */
  readonly serviceName: string;
  readonly azureMonitor?: AzureMonitorSettings;
  /** Base URL of an OTLP collector over HTTP, without trailing slash; `/v1/traces` and `/v1/metrics` are below it. */
  readonly otlpEndpoint?: string;
}

const CONNECTION_STRING = 'APPLICATIONINSIGHTS_CONNECTION_STRING';
const AUTHENTICATION_STRING = 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING';

const GUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
/** https://learn.microsoft.com/azure/azure-monitor/app/connection-strings: the key is the one part that is required. */
const CONNECTION_STRING_PATTERN = new RegExp(`(?:^|;)\\s*InstrumentationKey\\s*=\\s*${GUID}\\s*(?:;|$)`, 'i');
/**
 * https://learn.microsoft.com/azure/azure-functions/functions-app-settings#applicationinsights_authentication_string
 */
const AUTHENTICATION_STRING_PATTERN = new RegExp(
  `^\\s*Authorization\\s*=\\s*AAD\\s*(?:;\\s*ClientId\\s*=\\s*(${GUID})\\s*)?;?\\s*$`,
  'i',
);

/** Undefined where no exporter is set. `environment`: for the platform's WEBSITE_SITE_NAME. */
export function readTelemetrySettings(reader: SettingReader, environment: Environment): TelemetrySettings | undefined {
  const connectionString = reader.matching(
    CONNECTION_STRING,
    CONNECTION_STRING_PATTERN,
    'must be a connection string with an InstrumentationKey',
  );
  const authentication = reader.matching(
    AUTHENTICATION_STRING,
    AUTHENTICATION_STRING_PATTERN,
    'must be Authorization=AAD, or Authorization=AAD;ClientId=<GUID>',
  );
  const otlpEndpoint = reader.url('OTEL_EXPORTER_OTLP_ENDPOINT');
  // For the Functions host, which takes what it does not know (http/json) for
  // gRPC. Our exporters speak HTTP, whatever is set.
  reader.oneOf('OTEL_EXPORTER_OTLP_PROTOCOL');
  if (connectionString === undefined && otlpEndpoint === undefined) return undefined;
  const clientId = AUTHENTICATION_STRING_PATTERN.exec(authentication ?? '')?.[1]?.toLowerCase();
  return {
    serviceName: environment['WEBSITE_SITE_NAME'] || 'graph-call-tones',
    ...(connectionString !== undefined && {
      azureMonitor: {
        connectionString,
        ...(authentication !== undefined && { identity: { ...(clientId !== undefined && { clientId }) } }),
      },
    }),
    ...(otlpEndpoint !== undefined && { otlpEndpoint }),
  };
}
