// The app settings that have a default in the code, and those that may be given besides.
// Read by main.bicep; test/contracts compares names and values with shared/settings/setting-names.ts. Meanings: docs/reference.md, "Settings".

@export()
@description('Overrides by the name of the setting; what is not given keeps its default.')
@sealed()
type settingOverrides = {
  @minLength(3)
  @maxLength(56)
  TONE_REQUESTS_QUEUE: string?
  @minLength(3)
  @maxLength(56)
  TONE_CALLBACKS_QUEUE: string?
  @minLength(3)
  @maxLength(58)
  TONE_OUTCOMES_TABLE: string?
  CALLBACK_HOSTS: string?
  GRAPH_TENANT_IDS: string?
  GRAPH_CLOUD: ('global' | 'usgov-l4' | 'usgov-l5' | 'china')?
  GRAPH_API_VERSION: ('v1.0' | 'beta')?
  GRAPH_CALLS_PATH: ('communications' | 'app')?
  GRAPH_BASE_URL: string?
  GRAPH_AUTHORITY_HOST: string?
  NOTIFICATION_METADATA_URL: string?
  NOTIFICATION_ISSUERS: string?
  NOTIFICATION_ENTRA_METADATA_URL: string?
  NOTIFICATION_ENTRA_ISSUERS: string?
  NOTIFICATION_CALLER_APP_IDS: string?
  NOTIFICATION_AUDIENCE: string?
  NOTIFICATION_TENANTS: string?
  NOTIFICATION_RECEIVERS: string?
  PUBLIC_BASE_URL: string?
  MAX_TONES: string?
  DEFAULT_EXPIRES_IN_SECONDS: string?
  SEND_GRACE_SECONDS: string?
  NOTIFICATION_GRACE_SECONDS: string?
  WAIT_MIN_SECONDS: string?
  WAIT_MAX_SECONDS: string?
  PART_LATENESS_SECONDS: string?
  OUTCOME_RETENTION_DAYS: string?
  OTEL_EXPORTER_OTLP_ENDPOINT: string?
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf'?
}

// HTTP_AUTH_LEVEL is not among the overrides: without App Service Authentication, which is not set up here, the app refuses `anonymous`.
@export()
@description('What the code itself would take. Written out, so that the portal shows it and queues and tables get the same names.')
var settingDefaults = {
  TONE_REQUESTS_QUEUE: 'tone-requests'
  TONE_CALLBACKS_QUEUE: 'tone-callbacks'
  TONE_OUTCOMES_TABLE: 'ToneOutcomes'
  CALLBACK_HOSTS: '*.logic.azure.com,*.logic.azure.us,*.logic.azure.cn,*.environment.api.powerplatform.com'
  GRAPH_CLOUD: 'global'
  GRAPH_API_VERSION: 'v1.0'
  GRAPH_CALLS_PATH: 'communications'
  NOTIFICATION_METADATA_URL: 'https://api.aps.skype.com/v1/.well-known/OpenIdConfiguration'
  NOTIFICATION_ISSUERS: 'https://api.botframework.com,https://graph.microsoft.com'
  NOTIFICATION_CALLER_APP_IDS: '26a18ebc-cdf7-4a6a-91cb-beb352805e81'
  HTTP_AUTH_LEVEL: 'function'
  MAX_TONES: '50'
  DEFAULT_EXPIRES_IN_SECONDS: '60'
  SEND_GRACE_SECONDS: '30'
  NOTIFICATION_GRACE_SECONDS: '60'
  WAIT_MIN_SECONDS: '1'
  WAIT_MAX_SECONDS: '8'
  PART_LATENESS_SECONDS: '5'
  OUTCOME_RETENTION_DAYS: '30'
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf'
}

@export()
@description('A group of functions, or a function, that keeps instances running. HTTP functions scale together, every other one by itself.')
@sealed()
type alwaysReadyGroup = {
  name: 'http' | 'function:sendTones' | 'function:buryTones' | 'function:sendCallbacks' | 'function:buryCallbacks' | 'function:closeOverdueOutcomes'
  @minValue(0)
  instanceCount: int
}
