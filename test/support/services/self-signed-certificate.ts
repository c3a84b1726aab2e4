// Makes a self-signed X.509 certificate with nothing but Node: node:crypto reads certificates but does not write them.
// Test support: for local HTTPS servers and for client certificates.
import { generateKeyPairSync, randomUUID, sign, X509Certificate } from 'node:crypto';

export interface SelfSignedCertificate {
  readonly certificatePem: string;
  /** PKCS #8. */
  readonly privateKeyPem: string;
  readonly x509: X509Certificate;
}

/** DER tags: X.690 section 8. */
const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8: 0x0c,
  utcTime: 0x17,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Context-specific tags of TBSCertificate and GeneralName: RFC 5280 sections 4.1 and 4.2.1.6. */
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
const DNS_NAME = 0x82;
const IP_ADDRESS = 0x87;

const OID = {
  sha256WithRsa: '2a864886f70d01010b',
  commonName: '550403',
  subjectAltName: '551d11',
  basicConstraints: '551d13',
} as const;

/**
 * An RSA certificate that is its own authority, valid from yesterday until tomorrow.
 *
 * @param dnsNames subject alternative names; `localhost` and 127.0.0.1 by default, else the names alone.
 */
export function makeSelfSignedCertificate({
  dnsNames,
}: { readonly dnsNames?: readonly string[] } = {}): SelfSignedCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const algorithm = der(TAG.sequence, oid(OID.sha256WithRsa), der(TAG.null));
  // A name of its own: of two trusted certificates of one name OpenSSL may take the wrong one for the issuer.
  const commonName = Buffer.from(`test ${randomUUID()}`);
  const name = der(TAG.sequence, der(TAG.set, der(TAG.sequence, oid(OID.commonName), der(TAG.utf8, commonName))));
  const dayMs = 86_400_000;
  const validity = der(TAG.sequence, utcTime(Date.now() - dayMs), utcTime(Date.now() + dayMs));
  const names =
    dnsNames === undefined
      ? [der(DNS_NAME, Buffer.from('localhost')), der(IP_ADDRESS, Buffer.from([127, 0, 0, 1]))]
      : dnsNames.map((dnsName) => der(DNS_NAME, Buffer.from(dnsName)));
  const extensions = der(
    TAG.sequence,
    extension(OID.basicConstraints, der(TAG.sequence, der(TAG.boolean, Buffer.from([0xff])))),
    extension(OID.subjectAltName, der(TAG.sequence, ...names)),
  );
  const toBeSigned = der(
    TAG.sequence,
    der(VERSION, der(TAG.integer, Buffer.from([2]))),
    der(TAG.integer, Buffer.from([1])),
    algorithm,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(EXTENSIONS, extensions),
  );
  const signature = sign('sha256', toBeSigned, privateKey);
  const x509 = new X509Certificate(
    der(TAG.sequence, toBeSigned, algorithm, der(TAG.bitString, Buffer.from([0]), signature)),
  );
  return {
    certificatePem: x509.toString(),
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    x509,
  };
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const size = content.length;
  if (size < 0x80) return Buffer.concat([Buffer.from([tag, size]), content]);
  return Buffer.concat([
    size < 0x100 ? Buffer.from([tag, 0x81, size]) : Buffer.from([tag, 0x82, size >> 8, size & 0xff]),
    content,
  ]);
}

function oid(hex: string): Buffer {
  return der(TAG.oid, Buffer.from(hex, 'hex'));
}

function extension(id: string, value: Buffer): Buffer {
  return der(TAG.sequence, oid(id), der(TAG.octetString, value));
}

/** `YYMMDDHHMMSSZ` */
function utcTime(epochMs: number): Buffer {
  return der(TAG.utcTime, Buffer.from(`${new Date(epochMs).toISOString().replaceAll(/[-:T]/g, '').slice(2, 14)}Z`));
}
