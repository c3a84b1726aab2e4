// How an app proves to Entra who it is: client secret, an assertion that its certificate signed, or the token of a
// managed identity that it trusts.
// https://learn.microsoft.com/entra/identity-platform/certificate-credentials. Knows no tenant.
import { constants, createHash, timingSafeEqual, verify, X509Certificate } from 'node:crypto';
import { parseJson } from '../exchange';
import { isObject } from '../calls/scenarios';
import type { TokenMint } from './tokens';

export interface ClientProofOptions {
  readonly clientSecret?: string;
  /** PEM. */
  readonly clientCertificate?: string;
  /** The client id of a managed identity of this simulator. */
  readonly trustedIdentityClientId?: string;
}

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const EXCHANGE_AUDIENCE = 'api://AzureADTokenExchange';

export class ClientProof {
  readonly #certificate: X509Certificate | undefined;

  constructor(
    private readonly mint: TokenMint,
    private readonly appId: string,
    private readonly options: ClientProofOptions,
  ) {
    const { clientCertificate } = options;
    this.#certificate = clientCertificate === undefined ? undefined : new X509Certificate(clientCertificate);
  }

  /** True if the form of a token request proves the app towards this endpoint. */
  holds(form: URLSearchParams, endpoint: string): boolean {
    if (form.get('grant_type') !== 'client_credentials' || form.get('client_id') !== this.appId) return false;
    const { clientSecret } = this.options;
    const secret = form.get('client_secret');
    if (secret !== null) return clientSecret !== undefined && sameText(secret, clientSecret);
    if (form.get('client_assertion_type') !== ASSERTION_TYPE) return false;
    const [header = '', payload = '', signature = ''] = (form.get('client_assertion') ?? '').split('.');
    const jwt = { head: decode(header), claims: decode(payload) };
    const signed = { bytes: Buffer.from(`${header}.${payload}`), signature: Buffer.from(signature, 'base64url') };
    if (typeof jwt.claims['exp'] !== 'number' || jwt.claims['exp'] * 1000 <= Date.now()) return false;
    return this.#isOfCertificate(jwt, signed, endpoint) || this.#isOfIdentity(jwt, signed);
  }

  #isOfCertificate({ head, claims }: Jwt, { bytes, signature }: Signed, endpoint: string): boolean {
    const certificate = this.#certificate;
    if (certificate === undefined) return false;
    const hash = (name: string) => createHash(name).update(certificate.raw).digest('base64url');
    if (head['x5t#S256'] !== hash('sha256') && head['x5t'] !== hash('sha1')) return false;
    if (claims['aud'] !== endpoint || claims['iss'] !== this.appId || claims['sub'] !== this.appId) return false;
    const padding = head['alg'] === 'PS256' ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
    return verify('sha256', bytes, { key: certificate.publicKey, padding, saltLength: 32 }, signature);
  }

  #isOfIdentity({ head, claims }: Jwt, { bytes, signature }: Signed): boolean {
    const { trustedIdentityClientId } = this.options;
    const key = this.mint.rings.entra.remembered.find(({ kid }) => kid === head['kid']);
    if (trustedIdentityClientId === undefined || key === undefined || head['alg'] !== 'RS256') return false;
    if (claims['appid'] !== trustedIdentityClientId || claims['aud'] !== EXCHANGE_AUDIENCE) return false;
    return verify('RSA-SHA256', bytes, key.publicKey, signature);
  }
}

interface Jwt {
  readonly head: Record<string, unknown>;
  readonly claims: Record<string, unknown>;
}

interface Signed {
  readonly bytes: Buffer;
  readonly signature: Buffer;
}

function decode(part: string): Record<string, unknown> {
  const parsed = parseJson(Buffer.from(part, 'base64url').toString('utf8'));
  return isObject(parsed?.value) ? parsed.value : {};
}

function sameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
