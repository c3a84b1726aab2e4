// NOTIFICATION_RECEIVERS: which names and URLs it may have, and that each fault is named with the others, without the value.
// Unit tests of shared/settings/notification-receivers.
import { readSettings, SettingsError } from '../../../shared/settings/settings';

const LEAST = {
  AzureWebJobsStorage: 'UseDevelopmentStorage=true',
  GRAPH_CLIENT_ID: '11111111-2222-4333-8444-555555555555',
};

function receiversOf(value: string): [string, string][] {
  return [...readSettings({ ...LEAST, NOTIFICATION_RECEIVERS: value }).notificationReceivers];
}

function faultOf(value: string): string {
  try {
    readSettings({ ...LEAST, NOTIFICATION_RECEIVERS: value });
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  return '';
}

test('without the setting there is no receiver', () => {
  expect([...readSettings(LEAST).notificationReceivers]).toEqual([]);
});

test('pairs are split at commas and at their first equals sign; spaces around them do not matter', () => {
  expect(
    receiversOf(' mybot = https://bot.example/api/calls , key=https://fn.example/api/calls?code=a%2Cb==&x=1,'),
  ).toEqual([
    ['mybot', 'https://bot.example/api/calls'],
    ['key', 'https://fn.example/api/calls?code=a%2Cb==&x=1'],
  ]);
});

test('a URL keeps the slash at its end: it may be another resource', () => {
  expect(receiversOf('a=https://bot.example/calls/,b=https://bot.example')).toEqual([
    ['a', 'https://bot.example/calls/'],
    ['b', 'https://bot.example/'],
  ]);
});

test.each(['http://localhost:3978/calls', 'http://127.0.0.1:3978/calls', 'http://[::1]:3978/calls'])(
  'http is allowed where it does not leave the machine: %s',
  (url) => {
    expect(receiversOf(`local=${url}`)).toEqual([['local', url]]);
  },
);

test.each(['A-b_9', 'x', '0', 'n'.repeat(64), 'constructor', 'toString'])('a receiver may be called %s', (name) => {
  expect(receiversOf(`${name}=https://bot.example/`)).toEqual([[name, 'https://bot.example/']]);
});

test.each(['', '-a', '__proto__', 'a b', 'a.b', 'ä', 'n'.repeat(65)])('a receiver may not be called %p', (name) => {
  expect(faultOf(`${name}=https://bot.example/`)).toContain(
    'NOTIFICATION_RECEIVERS: must be pairs name=https://…, separated by commas; a name is 1 to 64 letters, digits, "-" or "_"',
  );
});

test.each([
  'https://bot.example/',
  'mybot',
  'mybot=',
  'mybot=bot.example/calls',
  'mybot=/calls',
  'mybot=http://bot.example/calls',
  'mybot=http://10.0.0.4/calls',
  'mybot=ftp://bot.example/calls',
  'mybot=https://user:s3cret@bot.example/calls',
  'mybot=https://bot.example/calls#s3cret',
  ' , ',
])('%p is a fault', (value) => {
  expect(faultOf(value)).toContain('NOTIFICATION_RECEIVERS: must ');
  expect(faultOf(value)).not.toContain('bot.example');
});

test('a name may stand once only', () => {
  expect(faultOf('a=https://one.example/,a=https://two.example/')).toContain(
    'NOTIFICATION_RECEIVERS: must name each receiver once',
  );
  expect(receiversOf('a=https://one.example/,A=https://one.example/')).toHaveLength(2);
});

test('a receiver may not pass on again: two apps would send a notification in a circle', () => {
  expect(faultOf('a=https://tones.example/api/callNotifications?to=a')).toContain(
    'NOTIFICATION_RECEIVERS: must not have the parameter "to"',
  );
});

test('its fault stands in one message with the others', () => {
  expect(faultOf('s3cret')).toBe(
    'Settings are missing or wrong: NOTIFICATION_RECEIVERS: must be pairs name=https://…, separated by commas; ' +
      'a name is 1 to 64 letters, digits, "-" or "_", and begins with a letter or digit',
  );
});
