// What a row of the settings says of one of them, and how its limits are put into words.
// Knows no setting by name. The words are made from the numbers, so that no two places can disagree.

/** Whole numbers; `least` may be the name of the setting that holds it. */
export interface WholeNumberRange {
  readonly least: number | string;
  readonly most: number;
}

/** How long a text may be, and of what it is made. */
export interface TextRule {
  readonly least: number;
  readonly most: number;
  readonly pattern: RegExp;
  /** In words: "lower-case letters and digits". */
  readonly made: string;
}

export interface SettingEntry<Name extends string = string> {
  readonly name: Name;
  /** The value used when the setting is absent or empty; undefined: see `otherwise`. */
  readonly default?: string;
  /** What holds when it is absent and no single value can be named. */
  readonly otherwise?: string;
  readonly range?: WholeNumberRange;
  /** The only values that it may have. */
  readonly oneOf?: readonly string[];
  readonly text?: TextRule;
  /** In a row, `{range}` and `{oneOf}` stand for what the row says of them. */
  readonly meaning: string;
}

/** The meaning in whole sentences. */
export function meaningOf({ meaning, range, text, oneOf }: SettingEntry): string {
  const limits = range ?? text;
  return meaning
    .replace('{range}', () => (limits ? rangeInWords(limits) : '{range}'))
    .replace('{oneOf}', () => (oneOf ? listInWords(oneOf) : '{oneOf}'));
}

/** "1 to 3,600". */
function rangeInWords({ least, most }: { readonly least: number | string; readonly most: number }): string {
  return `${least} to ${withCommas(most)}`;
}

/** "`a`, `b` or `c`". */
function listInWords(values: readonly string[]): string {
  const spans = values.map((value) => `\`${value}\``);
  return [spans.slice(0, -1).join(', '), ...spans.slice(-1)].filter((part) => part !== '').join(' or ');
}

/** "86,400". Not by Intl, which would be loaded with the app. */
function withCommas(number: number): string {
  return String(number).replace(/\B(?=(?:\d{3})+$)/g, ',');
}
