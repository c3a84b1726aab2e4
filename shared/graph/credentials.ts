// How the app proves to Entra who it is, in one tenant: client secret, certificate, federated managed identity, or the
// managed identity itself.
// Knows nothing of when a token is asked for; @azure/identity is loaded with the first credential.
import type { ClientSecretCredentialOptions, TokenCredential } from '@azure/identity';
import type { GraphSettings } from '../settings/graph-settings';
import { CLOUDS } from '../settings/clouds';

/**
 * The library repeats nothing: a failure must be known within a few seconds, for the request waits with its deadline
 * and is then tried again anyway; and the library would obey a Retry-After of an hour.
 */
const RETRY_OPTIONS = { maxRetries: 0 } as const;

/**
 * A credential with a cache of its own, for one tenant; absent: the app's own. Not one for all tenants
 * (`additionallyAllowedTenants`): asking anew means a new credential, which must not cost other tenants their tokens.
 *
 * @param timeoutMs longest wait for one answer of the authority.
 */
export async function makeCredential(
  { credential, clientId, cloud, authorityHost, authorityOverridden }: GraphSettings,
  tenantId: string | undefined,
  timeoutMs: number,
): Promise<TokenCredential> {
  const identity = await import('@azure/identity');
  const options = optionsOf(authorityHost, authorityOverridden, timeoutMs);
  switch (credential.kind) {
    case 'secret':
      return new identity.ClientSecretCredential(
        tenantId ?? credential.tenantId,
        clientId,
        credential.clientSecret,
        options,
      );
    case 'certificate':
      return new identity.ClientCertificateCredential(
        tenantId ?? credential.tenantId,
        clientId,
        { certificatePath: credential.certificatePath },
        options,
      );
    case 'federated': {
      // https://learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity
      const managedIdentity = new identity.ManagedIdentityCredential({
        clientId: credential.managedIdentityClientId,
        retryOptions: RETRY_OPTIONS,
      });
      const audience = `${CLOUDS[cloud].tokenExchangeAudience}/.default`;
      const assertion = async () => (await managedIdentity.getToken(audience)).token;
      return new identity.ClientAssertionCredential(tenantId ?? credential.tenantId, clientId, assertion, options);
    }
    case 'managed-identity':
      return new identity.ManagedIdentityCredential({ clientId, retryOptions: RETRY_OPTIONS });
    default:
      return credential satisfies never;
  }
}

function optionsOf(
  authorityHost: string,
  disableInstanceDiscovery: boolean,
  timeoutMs: number,
): ClientSecretCredentialOptions {
  return {
    authorityHost,
    disableInstanceDiscovery,
    retryOptions: RETRY_OPTIONS,
    // Ends the connection to a silent authority, which nobody waits for any more.
    additionalPolicies: [
      {
        position: 'perCall',
        policy: {
          name: 'timeLimit',
          sendRequest(request, next) {
            request.timeout = timeoutMs;
            return next(request);
          },
        },
      },
    ],
  };
}
