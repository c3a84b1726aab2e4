// The name that a part of a request has towards Graph, as the contract has it: the request's own, then `;part=2` and so on.
// Written by hand; the app has a reading of its own.

export interface NamedPart {
  readonly clientContext: string;
  /** From 1. */
  readonly part: number;
}

export function partName(clientContext: string, part: number): string {
  return part === 1 ? clientContext : `${clientContext};part=${part}`;
}

export function readPartName(name: string): NamedPart {
  const position = name.lastIndexOf(';part=');
  if (position < 1) return { clientContext: name, part: 1 };
  return { clientContext: name.slice(0, position), part: Number(name.slice(position + ';part='.length)) };
}
