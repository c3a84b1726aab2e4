// The words of what users read: documents, descriptions, requests to try. Comments in the code are not looked at.
import { readText, repositoryFiles } from '../../support/documents/repository';

test('nothing that users read says "told", or that something "can be had"', () => {
  const documents = repositoryFiles().filter((path) =>
    /^(?:README|CHANGELOG|AGENTS)\.md$|^(?:docs|infra|logic-apps|openapi|test)\/.*\.md$|^openapi\/.*\.json$|^requests\.http$/.test(
      path,
    ),
  );
  expect(documents.length).toBeGreaterThan(30);
  // Names of stored columns stay as they are.
  const saying = (path: string) =>
    readText(path)
      .replaceAll(/`[^`\n]*`/g, '')
      .match(/\b(?:told|tells?|telling)\b|\bbe had\b/gi) ?? [];
  expect(documents.flatMap((path) => saying(path).map((word) => `${path}: ${word}`))).toEqual([]);
});
