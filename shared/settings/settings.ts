// The application settings: read once from the environment, checked as a whole, handed on as plain data.
// Knows what each part gives, and no rule of a part.
import { readCallbackSettings, type CallbackSettings } from './callback-settings';
import { CLOUDS } from './clouds';
import { readGraphSettings, type GraphSettings } from './graph-settings';
import { readHttpSettings, type HttpSettings } from './http-settings';
import { readLimitSettings, type LimitSettings } from './limit-settings';
import { readNotificationReceivers, type NotificationReceivers } from './notification-receivers';
import { readNotificationSettings, type NotificationSettings } from './notification-settings';
import type { SettingName } from './setting-names';
import { allRead, SettingReader, type Environment, type SettingFault } from './setting-reader';
import { readStorageNames, type StorageNames } from './storage-names';
import { readStorageSettings, type StorageSettings } from './storage-settings';
import { readTelemetrySettings, type TelemetrySettings } from './telemetry-settings';

export interface Settings extends StorageNames, CallbackSettings, HttpSettings, LimitSettings {
  readonly storage: StorageSettings;
  readonly graph: GraphSettings;
  readonly notifications: NotificationSettings;
  /** To whom notifications may be passed on. Empty: to nobody. */
  readonly notificationReceivers: NotificationReceivers;
  /** Where traces and metrics are sent to; absent: nowhere. */
  readonly telemetry?: TelemetrySettings;
  /** Sentences to log at start: allowed, but probably not what was meant. */
  readonly warnings: readonly string[];
}

/**
 * Every bad setting at once, never a value. One line: the Functions host makes an entry of each line that a failing app
 * prints, and judges its level by its words ("error" in the first one), so further lines would be lost where only
 * errors are logged.
 */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly code = 'settings-invalid';

  constructor(readonly faults: readonly SettingFault[]) {
    super(`Settings are missing or wrong: ${faults.map(({ name, detail }) => `${name}: ${detail}`).join('; ')}`);
  }
}

/**
 * Reads all settings (names, defaults and ranges: setting-names.ts). Pure: reads nothing but `environment`.
 *
 * @throws SettingsError once, naming every setting that is missing or wrong.
 */
export function readSettings(environment: Environment): Settings {
  const reader = new SettingReader(environment);
  const storage = readStorageSettings(reader);
  const names = readStorageNames(reader);
  const callbacks = readCallbackSettings(reader, environment);
  const graph = readGraphSettings(reader);
  const cloud = reader.oneOf('GRAPH_CLOUD');
  const notifications = readNotificationSettings(reader, reader.guid('GRAPH_CLIENT_ID'), cloud);
  const notificationReceivers = readNotificationReceivers(reader);
  const http = readHttpSettings(reader, environment);
  const telemetry = readTelemetrySettings(reader, environment);
  const limits = readLimitSettings(reader);
  const required = allRead({
    storage,
    names,
    callbacks,
    graph,
    notifications,
    notificationReceivers,
    http,
    limits,
  });
  if (required === undefined || reader.faults.length > 0) throw new SettingsError(reader.faults);
  return {
    storage: required.storage,
    graph: required.graph,
    notifications: required.notifications,
    notificationReceivers: required.notificationReceivers,
    ...required.names,
    ...required.callbacks,
    ...required.http,
    ...required.limits,
    ...(telemetry !== undefined && { telemetry }),
    warnings: warningsOf(required.graph, required.notifications, (name) => reader.isSet(name)),
  };
}

function warningsOf(
  graph: GraphSettings,
  notifications: NotificationSettings,
  isSet: (name: SettingName) => boolean,
): readonly string[] {
  const isGlobal = graph.cloud === 'global';
  return [
    ...(CLOUDS[graph.cloud].listsSendDtmfTones
      ? []
      : [`GRAPH_CLOUD: Microsoft does not list sendDtmfTones for the cloud ${graph.cloud}; Graph may answer 404.`]),
    ...(isGlobal || isSet('NOTIFICATION_CALLER_APP_IDS')
      ? []
      : ["NOTIFICATION_CALLER_APP_IDS: the default is the global cloud's calling service; other clouds have another."]),
    ...(graph.tenantIds.length > 0 && graph.tenantId?.includes('.')
      ? ["GRAPH_TENANT_ID: a domain name, so a report's tenant is not compared with it; the tenant's GUID would be."]
      : []),
    ...(graph.apiVersion === 'beta' ? ['GRAPH_API_VERSION: Microsoft does not support beta in production.'] : []),
    ...(graph.callsPath === 'app' ? ['GRAPH_CALLS_PATH: the path /app is deprecated; use communications.'] : []),
    ...(notifications.metadataUrl === undefined && notifications.entraMetadataUrl === undefined
      ? ['NOTIFICATION_METADATA_URL, NOTIFICATION_ENTRA_METADATA_URL: both are none, so every notification is refused.']
      : []),
    ...(isSet('OTEL_EXPORTER_OTLP_ENDPOINT') && !isSet('OTEL_EXPORTER_OTLP_PROTOCOL')
      ? ['OTEL_EXPORTER_OTLP_PROTOCOL: not set, so the Functions host speaks gRPC to the collector; use http/protobuf.']
      : []),
  ];
}
