// The limits: how much one request may ask for, and the times that the delivery rules are bound by.
// Knows no rule: what follows from the times is in shared/tones/facts/delivery-policy.
import type { DeliverySettings } from '../tones/facts/delivery-policy';
import { allRead, type SettingReader } from './setting-reader';

export interface LimitSettings extends DeliverySettings {
  readonly maxTones: number;
  readonly defaultExpiresInSeconds: number;
}

export function readLimitSettings(reader: SettingReader): LimitSettings | undefined {
  return allRead({
    maxTones: reader.integer('MAX_TONES'),
    defaultExpiresInSeconds: reader.integer('DEFAULT_EXPIRES_IN_SECONDS'),
    sendGraceSeconds: reader.integer('SEND_GRACE_SECONDS'),
    notificationGraceSeconds: reader.integer('NOTIFICATION_GRACE_SECONDS'),
    waitMinSeconds: reader.integer('WAIT_MIN_SECONDS'),
    waitMaxSeconds: reader.integer('WAIT_MAX_SECONDS'),
    outcomeRetentionDays: reader.integer('OUTCOME_RETENTION_DAYS'),
  });
}
