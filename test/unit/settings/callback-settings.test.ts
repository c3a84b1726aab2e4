// CALLBACK_SIGNING_SECRET and the local origin in CALLBACK_HOSTS: what is taken, and what is named as a fault without
// its value.
// Unit tests of shared/settings/callback-settings; the rules of host names are in settings.test.ts.
import { readSettings, SettingsError } from '../../../shared/settings/settings';

const LEAST = {
  AzureWebJobsStorage: 'UseDevelopmentStorage=true',
  GRAPH_CLIENT_ID: '11111111-2222-4333-8444-555555555555',
};

const read = (change: Record<string, string>) => readSettings({ ...LEAST, ...change });

function faultsOf(change: Record<string, string>): readonly string[] {
  try {
    read(change);
  } catch (error) {
    if (error instanceof SettingsError) return error.faults.map(({ name, detail }) => `${name}: ${detail}`);
    throw error;
  }
  return [];
}

const bytes = (length: number, first = 1) => Buffer.from(Array.from({ length }, (_, index) => (first + index) % 256));
const secret = (length: number, first = 1) => `whsec_${bytes(length, first).toString('base64')}`;

describe('the signing secret', () => {
  const keys = (value: string) => read({ CALLBACK_SIGNING_SECRET: value }).callbackSigningKeys;
  const FAULT =
    'CALLBACK_SIGNING_SECRET: must be whsec_ and the base64 of 24 to 64 random bytes, or two such secrets, separated by a space';

  test.each([24, 32, 64])('may be made of %p bytes', (length) => {
    expect(keys(secret(length)).map((key) => [...key])).toEqual([[...bytes(length)]]);
  });

  test('an example of the specification is read as it is meant', () => {
    expect(Buffer.concat(keys('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')).toString('hex')).toBe(
      '31f290f6bf06298aab4f08d43c3f082cf648a362da2da4b0',
    );
  });

  test('two, separated by a space, are two keys in that order', () => {
    expect(keys(`${secret(24)} ${secret(64, 100)}`).map((key) => [...key])).toEqual([
      [...bytes(24)],
      [...bytes(64, 100)],
    ]);
  });

  test('none is no key', () => {
    expect(keys('')).toEqual([]);
    expect(read({}).callbackSigningKeys).toEqual([]);
  });

  test.each([
    ['the prefix alone', 'whsec_'],
    ['no prefix', bytes(32).toString('base64')],
    ['the prefix in capitals', `WHSEC_${bytes(32).toString('base64')}`],
    ['the prefix twice', `whsec_${secret(32)}`],
    ['a key for public-key signatures', `whsk_${bytes(32).toString('base64')}`],
    ['23 bytes', secret(23)],
    ['65 bytes', secret(65)],
    ['no base64', 'whsec_correct-horse-battery-staple-s3cret'],
    ['base64url', `whsec_${Buffer.alloc(32, 0xff).toString('base64url')}`],
    ['base64 without its padding', secret(32).replace(/=+$/, '')],
    ['base64 with a last letter that no encoder writes', `whsec_${'A'.repeat(42)}B=`],
    ['hexadecimal digits whose number is odd', `whsec_${'ab'.repeat(32)}c`],
    ['a line break at the end', `${secret(32)}\n`],
    ['a line break between two', `${secret(32)}\n${secret(24)}`],
    ['a comma between two', `${secret(32)},${secret(24)}`],
    ['two spaces between two', `${secret(32)}  ${secret(24)}`],
    ['a space before it', ` ${secret(32)}`],
    ['a space after it', `${secret(32)} `],
    ['a space alone', ' '],
    ['quotes around it', `"${secret(32)}"`],
    ['a good one and a bad one', `${secret(32)} whsec_short`],
    ['a bad one and a good one', `whsec_short ${secret(32)}`],
    ['three', `${secret(32)} ${secret(24)} ${secret(64)}`],
  ])('%s is a fault that does not repeat it', (_what, value) => {
    expect(faultsOf({ CALLBACK_SIGNING_SECRET: value })).toEqual([FAULT]);
  });

  test('a reference to Key Vault that was not resolved is a fault that says so', () => {
    expect(
      faultsOf({ CALLBACK_SIGNING_SECRET: '@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/s)' }),
    ).toEqual([
      'CALLBACK_SIGNING_SECRET: is a Key Vault reference that was not resolved: check the reference and the access of the identity',
    ]);
  });
});

describe('a local origin among the hosts', () => {
  const hosts = (value: string) => read({ CALLBACK_HOSTS: value }).callbackHosts;

  test.each([
    ['http://localhost:4000', ['http://localhost:4000']],
    ['http://127.0.0.1:65535', ['http://127.0.0.1:65535']],
    [' HTTP://LocalHost:80 , *.logic.azure.com', ['http://localhost:80', '*.logic.azure.com']],
  ])('%s is taken', (value, expected) => {
    expect(hosts(value)).toEqual(expected);
  });

  test('one only', () => {
    expect(faultsOf({ CALLBACK_HOSTS: 'http://localhost:4000,http://127.0.0.1:4000' })).toEqual([
      'CALLBACK_HOSTS: may name one local origin only',
    ]);
  });

  test.each(['http://localhost:4000', 'http://127.0.0.1:4000', 'hooks.contoso.com,http://localhost:4000'])(
    'on Azure %s is a fault',
    (value) => {
      expect(faultsOf({ CALLBACK_HOSTS: value, WEBSITE_INSTANCE_ID: '5f3a' })).toEqual([
        'CALLBACK_HOSTS: may name a local origin for development only, not on Azure',
      ]);
      expect(faultsOf({ CALLBACK_HOSTS: value, WEBSITE_INSTANCE_ID: '' })).toEqual([]);
    },
  );

  test('on Azure host names are as everywhere', () => {
    expect(faultsOf({ CALLBACK_HOSTS: 'hooks.contoso.com', WEBSITE_INSTANCE_ID: '5f3a' })).toEqual([]);
  });

  test.each([
    'http://localhost',
    'http://localhost:',
    'http://localhost:0',
    'http://localhost:04000',
    'http://localhost:65536',
    'http://localhost:4000/',
    'http://localhost:4000/hooks',
    'http://localhost:4000?x',
    'http://localhost:4000#x',
    'http://localhost:4000:80',
    'http://user@localhost:4000',
    'http://localhost:4000@evil.test',
    'http://localhost.:4000',
    'http://localhost.evil.test:4000',
    'http://sub.localhost:4000',
    'http://*.localhost:4000',
    'http://localhost:*',
    'http://127.0.0.2:4000',
    'http://127.1:4000',
    'http://0x7f.1:4000',
    'http://2130706433:4000',
    'http://0177.0.0.1:4000',
    'http://0.0.0.0:4000',
    'http://[::1]:4000',
    'http://[::ffff:127.0.0.1]:4000',
    'http://192.168.0.1:4000',
    'http://hooks.contoso.com:4000',
    'https://localhost:4000',
    'ws://localhost:4000',
    '//localhost:4000',
    'localhost:4000',
    '127.0.0.1:4000',
    'http:localhost:4000',
    'http://local host:4000',
    'http://lоcalhost:4000',
  ])('%s is no such origin', (value) => {
    expect(faultsOf({ CALLBACK_HOSTS: value })).toEqual([
      'CALLBACK_HOSTS: must be host names, "*." before a domain allowed, or one http://localhost:<port>, separated by commas, or none',
    ]);
  });
});
