// What infra/ says, read as text: names of settings, parameters and events. Holds without the compiler, too.
// Stands under test/contracts.
import type { SettingEntry } from '../../../shared/settings/rows/setting-row';
import { SETTINGS } from '../../../shared/settings/setting-names';
import { readJsonFile, readText, repositoryFiles, sectionOf, tableOf } from './repository';

export const settingEntries: readonly SettingEntry[] = SETTINGS;

/** The lines of a block that starts with `opening` and ends where its bracket closes at the same indentation. */
function blockOf(text: string, opening: string): string[] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.trim().startsWith(opening));
  if (start === -1) throw new Error(`there is no "${opening}"`);
  const indentation = /^ */.exec(lines[start] ?? '')?.[0] ?? '';
  const length = lines.slice(start + 1).findIndex((line) => new RegExp(`^${indentation}[})\\]]`).test(line));
  return lines.slice(start + 1, start + 1 + length);
}

const nameAndRest = (line: string) => /^\s+(\w+): (.+)$/.exec(line)?.slice(1) ?? [];
const namesIn = (lines: readonly string[]) => lines.flatMap((line) => nameAndRest(line).slice(0, 1));
const withoutQuotes = (literal: string) => literal.replace(/^'|'$/g, '');

const settingsFile = readText('infra/settings.bicep');
const functionAppFile = readText('infra/modules/function-app.bicep');

/** Defaults that infra/settings.bicep writes out, by name. */
export const bicepDefaults: Readonly<Record<string, string>> = Object.fromEntries(
  blockOf(settingsFile, 'var settingDefaults = {')
    .map(nameAndRest)
    .map(([name, value]) => [name ?? '', withoutQuotes(value ?? '')]),
);

/** What may be given besides or instead. */
export const bicepOverrides: readonly string[] = namesIn(blockOf(settingsFile, 'type settingOverrides = {'));

/** What follows from the resources, the two credentials and the signing secret included. */
export const bicepComputed: readonly string[] = [
  ...[...functionAppFile.matchAll(/^ {2}[?:] \{ (\w+): /gm)].map((match) => match[1] ?? ''),
  ...namesIn(blockOf(functionAppFile, 'properties: union(settings, credential, signing, {')),
];

/** Left out on purpose: the table in infra/README.md, which gives the reasons. */
export const notSet: readonly string[] = tableOf(sectionOf(readText('infra/README.md'), 'Settings')).map(([name]) =>
  (name ?? '').replaceAll('`', ''),
);

/** Parameters of infra/main.bicep: name and default as they are written; without default: required. */
export const bicepParameters: readonly (readonly [name: string, initial: string])[] = [
  ...readText('infra/main.bicep').matchAll(/^param (\w+) \S+(?: = (.+))?$/gm),
].map((match) => [match[1] ?? '', match[2] ?? 'required'] as const);

/** Parameters as azd gives them: name and variable. */
export const azdParameters: readonly (readonly [name: string, variable: string])[] = Object.entries(
  readJsonFile<{ readonly parameters: Readonly<Record<string, { readonly value: string }>> }>(
    'infra/main.parameters.json',
  ).parameters,
).map(([name, { value }]) => [name, /^\$\{(\w+)\}$/.exec(value)?.[1] ?? value]);

export interface Query {
  readonly path: string;
  readonly text: string;
}

export const queries: readonly Query[] = repositoryFiles()
  .filter((path) => /^infra\/queries\/.*\.kql$/.test(path))
  .map((path) => ({ path, text: readText(path) }));
