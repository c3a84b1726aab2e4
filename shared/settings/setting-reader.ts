// Reads single settings from the environment and collects every fault, so that one message can name them all.
// Knows what a row says of a setting, and none by name.
import { isSecureUrl } from './secure-url';
import {
  settingOf,
  type ChoiceOf,
  type ChoiceSetting,
  type NumberSetting,
  type RuledTextSetting,
  type SettingName,
} from './setting-names';
import type { TextRule, WholeNumberRange } from './rows/setting-row';

export type Environment = Readonly<Record<string, string | undefined>>;

/** One bad setting (or a group that contradicts itself) and what is wrong; never its value, which may be secret. */
export interface SettingFault {
  readonly name: string;
  readonly detail: string;
}

export interface UrlRules {
  /** Only `https:`, not even http to loopback. */
  readonly httpsOnly?: boolean;
  /** Scheme, host and port only. */
  readonly originOnly?: boolean;
}

const UNRESOLVED_KEY_VAULT_REFERENCE = '@Microsoft.KeyVault(';
const GUID_PATTERN = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Reads settings one by one. A method that finds a fault notes it and returns undefined; the caller goes on, so that
 * all faults come to light at once. An empty value is a value not set; a value that starts with `@Microsoft.KeyVault(`
 * was not resolved.
 */
export class SettingReader {
  readonly faults: SettingFault[] = [];

  constructor(private readonly environment: Environment) {}

  /** Whether the setting has a value of its own, good or bad. */
  isSet(name: SettingName): boolean {
    return (this.environment[name] ?? '') !== '';
  }

  fault(name: string, detail: string): undefined {
    if (!this.faults.some((fault) => fault.name === name)) this.faults.push({ name, detail });
    return undefined;
  }

  /** The value as it is, else the default. */
  text(name: SettingName): string | undefined {
    const value = this.environment[name] ?? '';
    if (value.startsWith(UNRESOLVED_KEY_VAULT_REFERENCE)) {
      return this.fault(
        name,
        'is a Key Vault reference that was not resolved: check the reference and the access of the identity',
      );
    }
    return value === '' ? settingOf(name).default : value;
  }

  /** The value if it fits the pattern; `rule` completes the sentence "<setting> …". */
  matching(name: SettingName, pattern: RegExp, rule: string): string | undefined {
    const value = this.text(name);
    return value === undefined || pattern.test(value) ? value : this.fault(name, rule);
  }

  /** A GUID in lower case. */
  guid(name: SettingName): string | undefined {
    return this.matching(name, GUID_PATTERN, 'must be a GUID')?.toLowerCase();
  }

  /** The value if it is as long, and made of what, the row says. */
  ruledText(name: RuledTextSetting): string | undefined {
    const { least, most, pattern, made } = settingOf(name).text as TextRule;
    const value = this.text(name);
    if (value === undefined || (value.length >= least && value.length <= most && pattern.test(value))) return value;
    return this.fault(name, `must be ${least} to ${most} ${made}`);
  }

  /** One of the values that the row allows. */
  oneOf<Name extends ChoiceSetting>(name: Name): ChoiceOf<Name> | undefined {
    const allowed = settingOf(name).oneOf as readonly ChoiceOf<Name>[];
    const value = this.text(name);
    if (value === undefined) return undefined;
    return allowed.find((candidate) => candidate === value) ?? this.fault(name, `must be one of ${allowed.join(', ')}`);
  }

  /** A whole number in decimal digits, within the range of the row. */
  integer(name: NumberSetting): number | undefined {
    const { least: lower, most } = settingOf(name).range as WholeNumberRange;
    const least = typeof lower === 'number' ? lower : this.leastBy(lower as NumberSetting);
    const value = this.text(name);
    if (value === undefined) return undefined;
    const number = /^\d{1,9}$/.test(value) ? Number(value) : NaN;
    return number >= least && number <= most
      ? number
      : this.fault(name, `must be a whole number from ${least} to ${most}`);
  }

  /** What another setting holds; where that cannot be read, the least that it may hold. */
  private leastBy(name: NumberSetting): number {
    return this.integer(name) ?? Number(settingOf(name).range?.least);
  }

  /** An absolute URL without trailing slash, query, fragment or credentials. */
  url(name: SettingName, rules: UrlRules = {}): string | undefined {
    const value = this.text(name);
    return value === undefined ? undefined : this.checkedUrl(name, value, rules);
  }

  /** Comma-separated values, each made canonical by `read`; at least one. Spaces around them do not matter. */
  list(name: SettingName, read: (item: string) => string | undefined): readonly string[] | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const items = value
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
    if (items.length === 0) return this.fault(name, 'must name at least one value');
    const canonical = items.map(read);
    return canonical.every((item) => item !== undefined) ? canonical : undefined;
  }

  guidList(name: SettingName): readonly string[] | undefined {
    return this.list(name, (item) =>
      GUID_PATTERN.test(item) ? item.toLowerCase() : this.fault(name, 'must be GUIDs, separated by commas'),
    );
  }

  /** URLs without trailing slash. */
  urlList(name: SettingName): readonly string[] | undefined {
    return this.list(name, (item) => this.checkedUrl(name, item, {}));
  }

  private checkedUrl(name: SettingName, value: string, { httpsOnly, originOnly }: UrlRules): string | undefined {
    const url = URL.canParse(value) ? new URL(value) : undefined;
    if (url === undefined || !isSecureUrl(url) || (httpsOnly === true && url.protocol !== 'https:')) {
      return this.fault(
        name,
        httpsOnly === true
          ? 'must be an absolute https: URL'
          : 'must be an absolute https: URL (http: for loopback only), without user name and password',
      );
    }
    if (value.includes('?') || value.includes('#')) return this.fault(name, 'must have neither query nor fragment');
    if (originOnly === true && url.pathname !== '/')
      return this.fault(name, 'must be scheme and host only, without a path');
    return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  }
}

/** The values if every one of them could be read. */
export function allRead<Values extends object>(
  values: Values,
): { [Key in keyof Values]: Exclude<Values[Key], undefined> } | undefined {
  const isWhole = Object.values(values).every((value) => value !== undefined);
  return isWhole ? (values as { [Key in keyof Values]: Exclude<Values[Key], undefined> }) : undefined;
}
