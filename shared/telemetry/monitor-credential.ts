// The managed identity that telemetry is sent with, where APPLICATIONINSIGHTS_AUTHENTICATION_STRING asks for it.
// Knows no exporter. Apart from open-telemetry.ts, because the app's bundle has @azure/identity already.
import type { TokenCredential } from '@azure/identity';
import type { AzureMonitorSettings } from '../settings/telemetry-settings';

export async function makeMonitorCredential({
  clientId,
}: NonNullable<AzureMonitorSettings['identity']>): Promise<TokenCredential> {
  const { ManagedIdentityCredential } = await import('@azure/identity');
  return clientId === undefined ? new ManagedIdentityCredential() : new ManagedIdentityCredential({ clientId });
}
