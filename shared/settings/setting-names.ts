// The application settings by name: default and meaning. The one place where they are spelt.
// Read by shared/settings/settings; contract tests compare local.settings.sample.json, README and Bicep with it.

export interface SettingEntry {
  readonly name: string;
  /** The value used when the setting is absent or empty; undefined: see `otherwise`. */
  readonly default?: string;
  /** What holds when it is absent and no single value can be named. */
  readonly otherwise?: string;
  readonly meaning: string;
}

export const SETTINGS = [
  {
    name: 'AzureWebJobsStorage',
    otherwise: 'required, or one of the identity forms',
    meaning: 'Storage of queue and table: a connection string, or UseDevelopmentStorage=true.',
  },
  {
    name: 'AzureWebJobsStorage__accountName',
    otherwise: 'not used',
    meaning: 'Storage by identity: the name of the account (global Azure only, like the Functions host).',
  },
  {
    name: 'AzureWebJobsStorage__credential',
    otherwise: 'the default identity',
    meaning: '`managedidentity`, for storage by identity.',
  },
  {
    name: 'AzureWebJobsStorage__clientId',
    otherwise: 'the system-assigned identity',
    meaning: 'Client id of the user-assigned identity for storage.',
  },
  {
    name: 'AzureWebJobsStorage__queueServiceUri',
    otherwise: 'from the account name',
    meaning: 'Storage by identity: the queue service; needed with the other two where no account name is given.',
  },
  {
    name: 'AzureWebJobsStorage__tableServiceUri',
    otherwise: 'from the account name',
    meaning: 'Storage by identity: the table service.',
  },
  {
    name: 'AzureWebJobsStorage__blobServiceUri',
    otherwise: 'from the account name',
    meaning: 'Storage by identity: the blob service, which the Functions host needs.',
  },
  {
    name: 'TONE_REQUESTS_QUEUE',
    default: 'tone-requests',
    meaning: 'Queue of tone requests; its poison queue is the same name with `-poison`. 3 to 56 characters.',
  },
  {
    name: 'TONE_OUTCOMES_TABLE',
    default: 'ToneOutcomes',
    meaning: 'Table of outcomes; bookkeeping rows live in the same name with `Index`. 3 to 58 characters.',
  },
  {
    name: 'TONE_CALLBACKS_QUEUE',
    default: 'tone-callbacks',
    meaning:
      'Queue of outcomes to be POSTed to a `callbackUrl`; its poison queue is the same name with `-poison`. 3 to 56 characters.',
  },
  {
    name: 'CALLBACK_HOSTS',
    default: '*.logic.azure.com,*.logic.azure.us,*.logic.azure.cn,*.environment.api.powerplatform.com',
    meaning:
      'Hosts that a `callbackUrl` may name: exact names, or `*.` and a domain for every host below it; `none`: no callbacks.',
  },
  {
    name: 'GRAPH_CLIENT_ID',
    otherwise: 'required',
    meaning: 'The app registration that owns the calls (GUID); also the audience of notifications.',
  },
  {
    name: 'GRAPH_TENANT_ID',
    otherwise: 'required unless the managed identity itself is used',
    meaning: 'Tenant that issues the token: GUID or domain name.',
  },
  {
    name: 'GRAPH_CLIENT_SECRET',
    otherwise: 'not used',
    meaning: 'Credential: client secret. At most one credential may be set.',
  },
  {
    name: 'GRAPH_CLIENT_CERTIFICATE_PATH',
    otherwise: 'not used',
    meaning: 'Credential: path of a PEM file with certificate and private key.',
  },
  {
    name: 'GRAPH_FEDERATED_IDENTITY_CLIENT_ID',
    otherwise: 'not used',
    meaning:
      'Credential: client id of a managed identity that the app registration trusts. Without any credential the managed identity GRAPH_CLIENT_ID itself is used.',
  },
  {
    name: 'GRAPH_CLOUD',
    default: 'global',
    meaning: '`global`, `usgov-l4`, `usgov-l5` or `china`: Graph root, authority and scope.',
  },
  { name: 'GRAPH_API_VERSION', default: 'v1.0', meaning: '`v1.0` or `beta`.' },
  { name: 'GRAPH_CALLS_PATH', default: 'communications', meaning: '`communications`, or `app`, the deprecated path.' },
  {
    name: 'GRAPH_BASE_URL',
    otherwise: 'from the cloud',
    meaning: 'Overrides the Graph root, without the version. `http:` for loopback only.',
  },
  {
    name: 'GRAPH_AUTHORITY_HOST',
    otherwise: 'from the cloud',
    meaning: 'Overrides the authority, `https:`; without instance discovery then.',
  },
  {
    name: 'NOTIFICATION_METADATA_URL',
    default: 'https://api.aps.skype.com/v1/.well-known/OpenIdConfiguration',
    meaning: "OpenID metadata of the calling service's own (older) tokens; `none`: they are refused.",
  },
  {
    name: 'NOTIFICATION_ISSUERS',
    default: 'https://api.botframework.com,https://graph.microsoft.com',
    meaning: 'Issuers of these tokens; a trailing slash does not matter.',
  },
  {
    name: 'NOTIFICATION_ENTRA_METADATA_URL',
    otherwise: 'common metadata of the cloud',
    meaning: 'OpenID metadata of Entra tokens; `none`: they are refused.',
  },
  {
    name: 'NOTIFICATION_ENTRA_ISSUERS',
    otherwise: 'from the cloud',
    meaning: 'Issuer prefixes of Entra tokens; what follows must be the own tenant of the token.',
  },
  {
    name: 'NOTIFICATION_CALLER_APP_IDS',
    default: '26a18ebc-cdf7-4a6a-91cb-beb352805e81',
    meaning: "Who may call with an Entra token: Microsoft's calling service.",
  },
  { name: 'NOTIFICATION_AUDIENCE', otherwise: 'GRAPH_CLIENT_ID', meaning: 'Audience of notification tokens.' },
  {
    name: 'NOTIFICATION_TENANTS',
    otherwise: 'any tenant',
    meaning: 'Tenants (GUIDs) whose notifications are accepted.',
  },
  {
    name: 'HTTP_AUTH_LEVEL',
    default: 'function',
    meaning: '`function`, or `anonymous` where App Service Authentication is on.',
  },
  {
    name: 'PUBLIC_BASE_URL',
    otherwise: 'from the request',
    meaning: 'Start of `Location` behind a gateway. `http:` for loopback only.',
  },
  { name: 'MAX_TONES', default: '50', meaning: 'Most tones in one request, 1 to 1,000.' },
  { name: 'DEFAULT_EXPIRES_IN_SECONDS', default: '60', meaning: 'Deadline of requests that name none, 1 to 3,600.' },
  {
    name: 'SEND_GRACE_SECONDS',
    default: '30',
    meaning: 'A claimed request of which nothing more is heard for so long is `unknown`, 4 to 600.',
  },
  {
    name: 'NOTIFICATION_GRACE_SECONDS',
    default: '60',
    meaning: "How long the notification is waited for on top of the tones' own duration, 1 to 86,400.",
  },
  { name: 'WAIT_MIN_SECONDS', default: '1', meaning: 'Shortest wait before a request is tried again, 1 to 60.' },
  {
    name: 'WAIT_MAX_SECONDS',
    default: '8',
    meaning: 'Longest wait before a request is tried again, unless Graph asks for more; WAIT_MIN_SECONDS to 600.',
  },
  { name: 'OUTCOME_RETENTION_DAYS', default: '30', meaning: 'Rows older than that are deleted, 1 to 3,650.' },
  {
    name: 'APPLICATIONINSIGHTS_CONNECTION_STRING',
    otherwise: 'no telemetry to Azure Monitor',
    meaning: "Connection string of Application Insights; the Functions host's own setting.",
  },
  {
    name: 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING',
    otherwise: 'the key in the connection string',
    meaning:
      '`Authorization=AAD`, with `;ClientId=<GUID>` for a user-assigned identity: telemetry is sent by managed identity.',
  },
  {
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    otherwise: 'no OTLP exporter',
    meaning: 'OpenTelemetry collector (OTLP over HTTP) that traces and metrics are sent to. `http:` for loopback only.',
  },
  {
    name: 'OTEL_EXPORTER_OTLP_PROTOCOL',
    default: 'http/protobuf',
    meaning:
      '`http/protobuf`. Set it beside the endpoint: the Functions host reads it, too, and without it sends its own logs and traces by gRPC, which an HTTP collector loses.',
  },
] as const satisfies readonly SettingEntry[];

export type SettingName = (typeof SETTINGS)[number]['name'];

/** The literal default of a setting; undefined where it has none. */
export function defaultOf(name: SettingName): string | undefined {
  const entry: SettingEntry | undefined = SETTINGS.find((candidate) => candidate.name === name);
  return entry?.default;
}
