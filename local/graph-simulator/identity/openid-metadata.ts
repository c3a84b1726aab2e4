// The two OpenID metadata documents with their keys: the calling service's
// own and Entra's. They can be made unavailable.
// Knows no token: the app under test fetches from here what it verifies notifications with.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendJson } from '../exchange';
import type { KeyRing } from './keys';
import { CALLING_SERVICE_ISSUER } from './tokens';

export const METADATA_KINDS = ['calling-service', 'entra'] as const;
export type MetadataKind = (typeof METADATA_KINDS)[number];

interface Document {
  readonly kind: MetadataKind;
  readonly part: 'metadata' | 'keys';
  readonly body: () => unknown;
}

export class OpenIdMetadata {
  readonly #unavailable = new Set<MetadataKind>();
  readonly #fetches = new Map<string, number>();
  readonly #documents: ReadonlyMap<string, Document>;

  constructor(rings: { readonly callingService: KeyRing; readonly entra: KeyRing }, rootUrl: () => string) {
    const issuer = 'https://login.microsoftonline.com/{tenantid}/v2.0';
    const documents: [string, Document][] = [
      [
        '/v1/.well-known/OpenIdConfiguration',
        { kind: 'calling-service', part: 'metadata', body: () => callingServiceMetadata(rootUrl()) },
      ],
      [
        '/v1/.well-known/keys',
        { kind: 'calling-service', part: 'keys', body: () => ({ keys: rings.callingService.jwks() }) },
      ],
      [
        '/common/v2.0/.well-known/openid-configuration',
        { kind: 'entra', part: 'metadata', body: () => entraMetadata(rootUrl(), issuer) },
      ],
      [
        '/common/discovery/v2.0/keys',
        { kind: 'entra', part: 'keys', body: () => ({ keys: rings.entra.jwks({ issuer }) }) },
      ],
    ];
    this.#documents = new Map(documents.map(([path, document]) => [path.toLowerCase(), document]));
  }

  /** Answers if the path is one of the four documents; false otherwise. */
  answer(request: IncomingMessage, response: ServerResponse, path: string): boolean {
    const document = this.#documents.get(path.toLowerCase());
    if (!document || request.method !== 'GET') return false;
    const name = `${document.kind} ${document.part}`;
    this.#fetches.set(name, (this.#fetches.get(name) ?? 0) + 1);
    if (this.#unavailable.has(document.kind)) sendJson(response, 503, { error: 'temporarily_unavailable' });
    else sendJson(response, 200, document.body());
    return true;
  }

  setAvailable(available: boolean, kinds: readonly MetadataKind[]): void {
    for (const kind of kinds) {
      if (available) this.#unavailable.delete(kind);
      else this.#unavailable.add(kind);
    }
  }

  /** Per kind: whether it is available, and how often each of its documents was asked for since the last reset. */
  describe(): Record<string, unknown> {
    return Object.fromEntries(
      METADATA_KINDS.map((kind) => [
        kind,
        {
          available: !this.#unavailable.has(kind),
          metadataFetches: this.#fetches.get(`${kind} metadata`) ?? 0,
          keysFetches: this.#fetches.get(`${kind} keys`) ?? 0,
        },
      ]),
    );
  }

  reset(): void {
    this.#unavailable.clear();
    this.#fetches.clear();
  }
}

function callingServiceMetadata(rootUrl: string): object {
  return {
    issuer: CALLING_SERVICE_ISSUER,
    authorization_endpoint: 'https://invalid.botframework.com',
    jwks_uri: `${rootUrl}/v1/.well-known/keys`,
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
  };
}

function entraMetadata(rootUrl: string, issuer: string): object {
  return {
    issuer,
    jwks_uri: `${rootUrl}/common/discovery/v2.0/keys`,
    response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
}
