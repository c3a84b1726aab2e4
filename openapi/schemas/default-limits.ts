// The limits that the documents name: those of an app whose settings are the defaults.
// Knows no number: they are read from the one place where defaults stand.
import { defaultOf, type SettingName } from '../../shared/settings/setting-names';
import type { ToneRequestLimits } from '../../shared/tones/request/tone-request';

export const DEFAULT_LIMITS: ToneRequestLimits = {
  maxTones: Number(mustHave('MAX_TONES')),
  defaultExpiresInSeconds: Number(mustHave('DEFAULT_EXPIRES_IN_SECONDS')),
  callbackHosts: mustHave('CALLBACK_HOSTS').split(','),
};

function mustHave(name: SettingName): string {
  const value = defaultOf(name);
  if (value === undefined) throw new Error(`the setting ${name} has no default`);
  return value;
}
