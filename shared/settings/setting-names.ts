// All application settings by name: each stands once, with its default, what a value may be, and its meaning.
// Knows no environment: setting-reader reads a value.
import { APP_ROWS } from './rows/app-rows';
import { GRAPH_ROWS } from './rows/graph-rows';
import { meaningOf, type SettingEntry } from './rows/setting-row';
import { STORAGE_ROWS } from './rows/storage-rows';

const ROWS = [...STORAGE_ROWS, ...GRAPH_ROWS, ...APP_ROWS] as const;

type Row = (typeof ROWS)[number];

export type SettingName = Row['name'];

/** Settings whose row has a range of whole numbers, one of a few values, or a rule of their text. */
export type NumberSetting = Extract<Row, { range: object }>['name'];
export type ChoiceSetting = Extract<Row, { oneOf: readonly string[] }>['name'];
export type RuledTextSetting = Extract<Row, { text: object }>['name'];

/** The values that a setting may have. */
export type ChoiceOf<Name extends ChoiceSetting> = Extract<
  Row,
  { name: Name; oneOf: readonly string[] }
>['oneOf'][number];

/** Every setting, its meaning in whole sentences. */
export const SETTINGS: readonly SettingEntry<SettingName>[] = ROWS.map((row) => ({ ...row, meaning: meaningOf(row) }));

const ENTRIES: ReadonlyMap<string, SettingEntry> = new Map(SETTINGS.map((entry) => [entry.name, entry]));

export function settingOf(name: SettingName): SettingEntry {
  return ENTRIES.get(name) as SettingEntry;
}

/** The literal default of a setting; undefined where it has none. */
export function defaultOf(name: SettingName): string | undefined {
  return settingOf(name).default;
}
