// What the rows of the settings say of themselves: ranges and choices in words, made from the row.
// Unit tests of shared/settings/setting-names; the README's table is compared with the rows in test/contracts.
import { SETTINGS, settingOf, type SettingName } from '../../../shared/settings/setting-names';

test.each([
  ['MAX_TONES', 'Most tones in one request, 1 to 1,000.'],
  ['WAIT_MIN_SECONDS', 'Shortest wait before a request is tried again, 1 to 60.'],
  [
    'WAIT_MAX_SECONDS',
    'Longest wait before a request is tried again, unless Graph asks for more; WAIT_MIN_SECONDS to 600.',
  ],
  ['GRAPH_API_VERSION', '`v1.0` or `beta`.'],
  ['GRAPH_CLOUD', '`global`, `usgov-l4`, `usgov-l5` or `china`: Graph root, authority and scope.'],
  ['AzureWebJobsStorage__credential', '`managedidentity`, for storage by identity.'],
] as [SettingName, string][])('the meaning of %s is in whole sentences', (name, meaning) => {
  expect(settingOf(name).meaning).toBe(meaning);
});

test('NOTIFICATION_GRACE_SECONDS and the names of storage say their range, too', () => {
  expect(settingOf('NOTIFICATION_GRACE_SECONDS').meaning).toMatch(/, 1 to 86,400\.$/);
  expect(settingOf('TONE_REQUESTS_QUEUE').meaning).toMatch(/\. 3 to 56 characters\.$/);
  expect(settingOf('TONE_OUTCOMES_TABLE').meaning).toMatch(/\. 3 to 58 characters\.$/);
});

test('no meaning has a place left to be filled in, and each names every value that the setting may have', () => {
  for (const { name, meaning, oneOf = [] } of SETTINGS) {
    expect([name, /[{}]/.test(meaning)]).toEqual([name, false]);
    expect([name, oneOf.filter((value) => !meaning.includes(`\`${value}\``))]).toEqual([name, []]);
  }
});

test('every default fits its own row', () => {
  for (const { name, default: value, range, oneOf, text } of SETTINGS) {
    if (value === undefined) continue;
    if (oneOf) expect([name, oneOf.includes(value)]).toEqual([name, true]);
    if (text) expect([name, text.pattern.test(value)]).toEqual([name, true]);
    if (range) expect([name, Number(value) <= range.most]).toEqual([name, true]);
  }
});
