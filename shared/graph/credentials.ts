// Where tokens for Graph come from: client secret, certificate, federated
// managed identity, or the managed identity itself.
// Knows nothing of what a token is used for; @azure/identity is loaded with the first one.
import type { ClientSecretCredentialOptions, TokenCredential } from '@azure/identity';
import type { GraphSettings } from '../settings/graph-settings';
import { CLOUDS } from '../settings/clouds';
import { withinTimeLimit } from '../time-limit';
import { isRecord } from './operation';

export type TokenReply =
  | { readonly kind: 'token'; readonly token: string }
  /** No token for now. `detail`: the authority's or the network's error codes, never a message. */
  | { readonly kind: 'unavailable'; readonly detail?: string };

/** Tokens for Graph. Never throws. */
export interface GraphTokenSource {
  /**
   * A token; from the cache while it is valid, else from the authority. Calls at the same time share one request.
   * `fresh`: the cached one was refused by Graph, so ask anew. The answer may be the same token again: the credential
   * then cannot refresh it (a managed identity's tokens are cached by the platform and, for the whole process, by the
   * library).
   */
  getToken(options: { readonly fresh: boolean }): Promise<TokenReply>;
}

export interface TokenSourceOptions {
  /** Longest wait for one token, in milliseconds; 5,000 by default. */
  readonly timeoutMs?: number;
}

/**
 * The library repeats nothing: a failure must be known within a few seconds, for the request waits with its deadline
 * and is then tried again anyway; and the library would obey a Retry-After of an hour.
 */
const RETRY_OPTIONS = { maxRetries: 0 } as const;

const DEFAULT_TIMEOUT_MS = 5000;

export function makeGraphTokenSource(
  settings: GraphSettings,
  { timeoutMs = DEFAULT_TIMEOUT_MS }: TokenSourceOptions = {},
): GraphTokenSource {
  let credential: Promise<TokenCredential> | undefined;
  let flight: { readonly fresh: boolean; readonly reply: Promise<TokenReply> } | undefined;

  async function acquire(fresh: boolean): Promise<TokenReply> {
    // A new instance has an empty cache.
    if (fresh || credential === undefined) credential = makeCredential(settings, timeoutMs);
    const used = credential;
    try {
      const accessToken = await (await used).getToken(settings.scope);
      return accessToken === null ? { kind: 'unavailable' } : { kind: 'token', token: accessToken.token };
    } catch (error) {
      // The next attempt starts anew: a credential keeps the certificate that
      // it read first, also when the file was replaced.
      if (credential === used) credential = undefined;
      return unavailable(codesOf(error));
    }
  }

  return {
    getToken({ fresh }) {
      if (flight === undefined || (fresh && !flight.fresh)) {
        const reply = withinTimeLimit(
          timeoutMs,
          () => acquire(fresh),
          () => unavailable(`no answer within ${timeoutMs} ms`),
        ).finally(() => {
          if (flight === mine) flight = undefined;
        });
        const mine = { fresh, reply };
        flight = mine;
      }
      return flight.reply;
    },
  };
}

async function makeCredential(
  { credential, clientId, cloud, authorityHost, authorityOverridden }: GraphSettings,
  timeoutMs: number,
): Promise<TokenCredential> {
  const identity = await import('@azure/identity');
  const options: ClientSecretCredentialOptions = {
    authorityHost,
    disableInstanceDiscovery: authorityOverridden,
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
  switch (credential.kind) {
    case 'secret':
      return new identity.ClientSecretCredential(credential.tenantId, clientId, credential.clientSecret, options);
    case 'certificate':
      return new identity.ClientCertificateCredential(
        credential.tenantId,
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
      return new identity.ClientAssertionCredential(credential.tenantId, clientId, assertion, options);
    }
    case 'managed-identity':
      return new identity.ManagedIdentityCredential({ clientId, retryOptions: RETRY_OPTIONS });
    default:
      return credential satisfies never;
  }
}

function unavailable(detail: string | undefined): TokenReply {
  return { kind: 'unavailable', ...(detail !== undefined && { detail }) };
}

/** Error codes are identifiers; whatever else stands in such a field is left out. */
const CODE_PATTERN = /^[A-Za-z0-9_]{1,64}$/;

/**
 * The codes along the chain of causes (`invalid_client`, `7000215`,
 * `ECONNREFUSED`): for a person to read, nothing is decided by them.
 */
function codesOf(error: unknown): string | undefined {
  const codes = new Set<string>();
  let link = error;
  for (let depth = 0; depth < 5 && isRecord(link); depth += 1) {
    const { code, errorCode, errorNo, cause } = link;
    for (const part of [errorCode, errorNo, code]) {
      if ((typeof part === 'string' || typeof part === 'number') && CODE_PATTERN.test(String(part)))
        codes.add(String(part));
    }
    link = cause;
  }
  return codes.size === 0 ? undefined : [...codes].join(' ');
}
