// The forwarders that docs/connect-your-bot.md shows are the files that the tests compile and run, and short enough to be copied.
import { examplesOf } from '../../support/documents/readme-examples';
import { readText, repositoryFiles } from '../../support/documents/repository';
import { FORWARDER_FILES } from '../../support/services/forwarders';

const PAGE = readText('docs/connect-your-bot.md');

test.each(Object.entries(FORWARDER_FILES))(
  'the page shows the forwarder in %s as it stands in its file',
  (language, file) => {
    const shown = examplesOf(PAGE).filter((example) => example.language === language);
    expect(shown.map(({ text }) => text)).toEqual([readText(file).trimEnd()]);
    expect(PAGE).toContain(`](${file.replace('docs/', '')})`);
  },
);

test.each(Object.values(FORWARDER_FILES))('%s has at most 20 lines of at most 120 characters', (file) => {
  const lines = readText(file).trimEnd().split('\n');
  expect(lines.length).toBeLessThanOrEqual(20);
  expect(lines.filter((line) => line.length > 120)).toEqual([]);
});

test('beside them lies nothing but the project of the one in C#', () => {
  expect(repositoryFiles().filter((path) => path.startsWith('docs/connect-your-bot/'))).toEqual([
    'docs/connect-your-bot/csharp/Forward.cs',
    'docs/connect-your-bot/csharp/Forward.csproj',
    'docs/connect-your-bot/typescript/forward.mts',
  ]);
});
