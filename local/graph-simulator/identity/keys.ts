// Signing keys: a ring with one current key, the keys its metadata publishes, and a way to roll them.
// Knows no token and no HTTP.
import { createHash, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

export interface SigningKey {
  /** base64url of a hash of the public key; also sent as x5t, as Microsoft does. */
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const MAX_REMEMBERED_KEYS = 10;

export async function makeSigningKey(privateKey?: KeyObject): Promise<SigningKey> {
  const key = privateKey ?? (await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })).privateKey;
  const publicKey = createPublicKey(key);
  const kid = createHash('sha1')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64url');
  return { kid, privateKey: key, publicKey };
}

export class KeyRing {
  #published: SigningKey[];
  #remembered: SigningKey[];

  private constructor(private key: SigningKey) {
    this.#published = [key];
    this.#remembered = [key];
  }

  /** RSA, 2048 bit; a private key may be given so that several simulators share it. */
  static async create(privateKey?: KeyObject): Promise<KeyRing> {
    return new KeyRing(await makeSigningKey(privateKey));
  }

  get current(): SigningKey {
    return this.key;
  }

  /** The newest ten keys, published or not: access tokens outlive a roll. */
  get remembered(): readonly SigningKey[] {
    return this.#remembered;
  }

  /** Signs with a new key from now on. The old ones stay published where `keepOld`. */
  async roll(keepOld: boolean): Promise<SigningKey> {
    this.key = await makeSigningKey();
    this.#published = [...(keepOld ? this.#published : []), this.key].slice(-MAX_REMEMBERED_KEYS);
    this.#remembered = [...this.#remembered, this.key].slice(-MAX_REMEMBERED_KEYS);
    return this.key;
  }

  /** The published keys as JSON Web Keys. */
  jwks(extra: Record<string, unknown> = {}): Record<string, unknown>[] {
    return this.#published.map(({ kid, publicKey }) => {
      const { kty, n, e } = publicKey.export({ format: 'jwk' });
      return { kty, use: 'sig', kid, x5t: kid, n, e, ...extra };
    });
  }
}
