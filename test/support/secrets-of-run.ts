// Every secret of a run, where each may stand, and what of it was seen anywhere else: looked for whenever a stack is
// closed.
// Knows the contract's names, and no code of the app. A fault names kind and place, and hides the secret.

/** Where each secret may stand. `tones` stand in the queue's message alone, which is gone by the end of a run. */
export const MAY_STAND = {
  tones: [],
  'function key': ['line of the key'],
  'status token': ['statusToken of its row', 'Location'],
  'signed token': [],
  'client secret': [],
  'signing secret': [],
  'storage account key': [],
  'callback URL': ['url of a callback row'],
  'signature of a callback URL': ['url of a callback row'],
  'notification body': [],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type SecretKind = keyof typeof MAY_STAND;

/**
 * `line of the key`: the one line of the local host that prints the key it made. `log`: every other line of stdout and
 * stderr.
 */
export const PLACES = [
  'log',
  'line of the key',
  'row',
  'statusToken of its row',
  'url of a callback row',
  'answer',
  'Location',
] as const;
export type Place = (typeof PLACES)[number];

export interface Secret {
  readonly kind: SecretKind;
  readonly pattern: string | RegExp;
}

export interface Seen {
  readonly place: Place;
  readonly text: string;
}

export function seenInLines(lines: readonly string[]): Seen[] {
  return lines.map((line) => ({
    place: /^function key \S+$/.test(line) ? 'line of the key' : 'log',
    text: withoutEscapes(line),
  }));
}

export function seenInRows(rows: readonly Readonly<Record<string, unknown>>[]): Seen[] {
  return rows.flatMap(({ statusToken, url, ...row }) => [
    ...Object.values(row).map((value): Seen => ({ place: 'row', text: textOf(value) })),
    { place: row['rowKey'] === 'outcome' ? 'statusToken of its row' : 'row', text: textOf(statusToken) },
    { place: row['rowKey'] === 'callback' ? 'url of a callback row' : 'row', text: textOf(url) },
  ]);
}

export function seenInAnswer({ text, headers }: { readonly text: string; readonly headers: Headers }): Seen[] {
  const { location = '', ...others } = Object.fromEntries(headers);
  return [
    { place: 'answer', text: withoutEscapes(`${text}\n${JSON.stringify(others)}`) },
    { place: 'Location', text: location },
  ];
}

/** A body within a JSON string has its quotes escaped. */
function withoutEscapes(json: string): string {
  return json.replaceAll('\\"', '"');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** What stood where it may not. */
export function secretsTold(secrets: readonly Secret[], seen: readonly Seen[]): string[] {
  return PLACES.flatMap((place) => {
    const texts = seen.filter((one) => one.place === place).map(({ text }) => text);
    // Of thousands of secrets hardly one is anywhere: all texts at once first.
    const whole = texts.join('\n');
    const told = secrets.filter(({ kind, pattern }) => !mayStand(kind, place) && isIn(pattern, whole));
    return texts.flatMap((text) => describeTold(told, place, text));
  });
}

function mayStand(kind: SecretKind, place: Place): boolean {
  const places: readonly Place[] = MAY_STAND[kind];
  return places.includes(place);
}

function isIn(pattern: string | RegExp, text: string): boolean {
  return typeof pattern === 'string' ? text.includes(pattern) : pattern.test(text);
}

function describeTold(secrets: readonly Secret[], place: Place, text: string): string[] {
  const told = secrets.filter(({ pattern }) => isIn(pattern, text));
  const hidden = told.reduce((rest, { kind, pattern }) => rest.replaceAll(everyOf(pattern), `<${kind}>`), text);
  return [...new Set(told.map(({ kind }) => kind))].map((kind) => `${kind} in ${place}: ${hidden.slice(0, MOST_SAID)}`);
}

const MOST_SAID = 500;

function everyOf(pattern: string | RegExp): string | RegExp {
  return typeof pattern === 'string' ? pattern : new RegExp(pattern.source, 'g');
}
