// The fenced examples of a Markdown document, and curl commands as requests.
// Runs nothing: what an example does is known to the tests alone.

export interface Example {
  readonly language: string;
  readonly text: string;
}

export function examplesOf(document: string): Example[] {
  return [...document.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({
    language,
    text: text.trimEnd(),
  }));
}

export interface CurlRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** `-i`: the answer's head is shown, too. */
  readonly showsHead: boolean;
}

/** What was printed, with a word of its kind in the place of whatever differs from run to run. */
export function masked(text: string): string {
  return text
    .replaceAll(/^ *\d+\.\d s /gm, 'SECONDS ')
    .replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/(?<=token=)[\w-]{32}/g, 'TOKEN')
    .replaceAll(/("operationId": ?)"[0-9a-f-]{36}"/g, '$1"ID"');
}

/** The request of a curl command, with the flags that the documents use; any other flag throws. `| jq` only lays the answer out. */
export function curlRequestOf(command: string): CurlRequest {
  const [program, ...words] = shellWordsOf(command.replace(/ \| jq$/, ''));
  if (program !== 'curl') throw new Error(`not curl: ${program}`);
  const headers: Record<string, string> = {};
  let url: string | undefined;
  let body: string | undefined;
  let showsHead = false;
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === '-i') showsHead = true;
    else if (word === '-s') continue;
    else if (word === '-d') body = words.shift();
    else if (word === '-H') {
      const [name = '', ...value] = (words.shift() ?? '').split(':');
      headers[name] = value.join(':').trim();
    } else if (word.startsWith('-') || url !== undefined) throw new Error(`not known of curl: ${word}`);
    else url = word;
  }
  if (url === undefined) throw new Error('curl without a URL');
  return { url, method: body === undefined ? 'GET' : 'POST', headers, showsHead, ...(body !== undefined && { body }) };
}

/** A POSIX shell's words, as far as quotes and continued lines go. */
function shellWordsOf(command: string): string[] {
  const words = command.replaceAll('\\\n', ' ').match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  return words.map((word) =>
    word.replaceAll(/'([^']*)'|"([^"]*)"/g, (_quoted, single?: string, double?: string) => single ?? double ?? ''),
  );
}
