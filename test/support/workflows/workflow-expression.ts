// Parses the expressions of Logic Apps' Workflow Definition Language: `@call(...)` as a whole value, `@{...}` within a text.
// Used by the rules of the published samples and by the player that runs them.

export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'member'; readonly object: Expression; readonly key: Expression; readonly isOptional: boolean };

export interface Template {
  /** The value is the expression's own, of any type; otherwise the parts are joined to a text. */
  readonly isWhole: boolean;
  readonly parts: readonly (string | Expression)[];
}

const NAME = /[A-Za-z][A-Za-z0-9]*/y;
const NUMBER = /-?\d+(?:\.\d+)?/y;
const KEYWORDS: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };

/** @see https://learn.microsoft.com/azure/logic-apps/logic-apps-workflow-definition-language#expressions */
export function templateOf(text: string): Template {
  if (text.startsWith('@') && !text.startsWith('@@') && !text.startsWith('@{')) {
    const reader = new Reader(text, 1);
    const expression = reader.expression();
    reader.end();
    return { isWhole: true, parts: [expression] };
  }
  const parts: (string | Expression)[] = [];
  let plain = '';
  for (let at = 0; at < text.length;) {
    if (text.startsWith('@@', at)) {
      plain += '@';
      at += 2;
    } else if (text.startsWith('@{', at)) {
      const reader = new Reader(text, at + 2);
      const expression = reader.expression();
      reader.take('}');
      parts.push(plain, expression);
      plain = '';
      at = reader.at;
    } else {
      plain += text[at] ?? '';
      at += 1;
    }
  }
  parts.push(plain);
  return { isWhole: parts.length === 1, parts: parts.filter((part) => part !== '' || parts.length === 1) };
}

/** The calls within an expression, the outermost first. */
export function callsOf(part: string | Expression): (Expression & { kind: 'call' })[] {
  if (typeof part === 'string' || part.kind === 'literal') return [];
  if (part.kind === 'member') return [...callsOf(part.object), ...callsOf(part.key)];
  return [part, ...part.args.flatMap(callsOf)];
}

class Reader {
  constructor(
    private readonly text: string,
    public at: number,
  ) {}

  expression(): Expression {
    let found = this.#primary();
    for (;;) {
      const isOptional = this.#peek('?');
      if (isOptional) this.take('?');
      if (this.#peek('[')) {
        this.take('[');
        const key = this.expression();
        this.take(']');
        found = { kind: 'member', object: found, key, isOptional };
      } else if (this.#peek('.')) {
        this.take('.');
        found = {
          kind: 'member',
          object: found,
          key: { kind: 'literal', value: this.#match(NAME, 'a name') },
          isOptional,
        };
      } else if (isOptional) throw this.#fault('"[" or "."');
      else return found;
    }
  }

  take(symbol: string): void {
    if (!this.#peek(symbol)) throw this.#fault(`"${symbol}"`);
    this.at += symbol.length;
  }

  end(): void {
    this.#skipSpace();
    if (this.at < this.text.length) throw this.#fault('the end');
  }

  #primary(): Expression {
    this.#skipSpace();
    const first = this.text[this.at] ?? '';
    if (first === "'") return { kind: 'literal', value: this.#quoted() };
    if (/[-\d]/.test(first)) return { kind: 'literal', value: Number(this.#match(NUMBER, 'a number')) };
    const name = this.#match(NAME, 'a value');
    if (Object.hasOwn(KEYWORDS, name)) return { kind: 'literal', value: KEYWORDS[name] ?? null };
    this.take('(');
    const args: Expression[] = [];
    while (!this.#peek(')')) {
      if (args.length > 0) this.take(',');
      args.push(this.expression());
    }
    this.take(')');
    return { kind: 'call', name, args };
  }

  /** Two quotation marks within stand for one. */
  #quoted(): string {
    const match = this.#match(/'(?:[^']|'')*'/y, 'a closing quotation mark');
    return match.slice(1, -1).replaceAll("''", "'");
  }

  #match(pattern: RegExp, what: string): string {
    this.#skipSpace();
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text)?.[0];
    if (match === undefined) throw this.#fault(what);
    this.at += match.length;
    return match;
  }

  #peek(symbol: string): boolean {
    this.#skipSpace();
    return this.text.startsWith(symbol, this.at);
  }

  #skipSpace(): void {
    while (/\s/.test(this.text[this.at] ?? '')) this.at += 1;
  }

  #fault(expected: string): Error {
    return new Error(`expected ${expected} at ${this.at} of ${this.text}`);
  }
}
