// Reads a file of HTTP requests in the format of the REST Client of Visual Studio Code, as far as requests.http uses it.
// Used by the contract test of the developers' files and by the test that sends the requests.
// @see https://github.com/Huachao/vscode-restclient#usage

export interface FileRequest {
  /** What stands behind `###`. */
  readonly title: string;
  /** Of `# @name`. */
  readonly name?: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface RequestsFile {
  /** Of `@name = value`. */
  readonly variables: Readonly<Record<string, string>>;
  readonly requests: readonly FileRequest[];
}

export function requestsOf(text: string): RequestsFile {
  const [head = '', ...sections] = text.split(/^###/m);
  const variables = Object.fromEntries(
    [...head.matchAll(/^@(\w+) = (.*)$/gm)].map(([, name = '', value = '']) => [name, value.trim()]),
  );
  return { variables, requests: sections.map(requestOf) };
}

function requestOf(section: string): FileRequest {
  const [title = '', ...lines] = section.split('\n');
  const name = lines.map((line) => /^# @name (\w+)$/.exec(line)?.[1]).find((found) => found !== undefined);
  const [requestLine = '', ...rest] = lines.filter((line) => !line.startsWith('#'));
  const [, method = '', url = ''] = /^([A-Z]+) (\S+)$/.exec(requestLine) ?? [];
  if (url === '') throw new Error(`"${title.trim()}" begins with no request`);
  const blank = rest.indexOf('');
  const headers = Object.fromEntries(
    rest.slice(0, blank).map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const body = rest.slice(blank).join('\n').trim();
  return {
    title: title.trim(),
    method,
    url,
    headers,
    ...(name !== undefined && { name }),
    ...(body !== '' && { body }),
  };
}

/** Replaces `{{name}}`; what is not known throws. */
export function withVariables(text: string, valueOf: (name: string) => string | undefined): string {
  return text.replaceAll(/\{\{([^}]+)\}\}/g, (_all, name: string) => {
    const value = valueOf(name.trim());
    if (value === undefined) throw new Error(`the variable ${name} is not known`);
    return withVariables(value, valueOf);
  });
}
