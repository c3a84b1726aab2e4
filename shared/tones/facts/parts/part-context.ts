// The clientContext that a part has towards Graph: the request's own for the first, with `;part=2` and so on for the
// others.
// Decides nothing about a caller's names: whether one may end like that is the request's concern.

/** A clientContext that ends like the one of a part. */
export const PART_CONTEXT_PATTERN = /;part=[0-9]+$/;
/** So much room a request of several parts must leave in its clientContext: Graph's allow 256 characters. */
export const LONGEST_CONTEXT_OF_PARTS = 245;

export interface PartOfRequest {
  readonly clientContext: string;
  /** From 1. */
  readonly part: number;
}

export function partContext({ clientContext, part }: PartOfRequest): string {
  return part === 1 ? clientContext : `${clientContext};part=${part}`;
}

/** The request and the part that a clientContext of Graph's names, if it was made by {@link partContext}. */
export function readPartContext(context: string): PartOfRequest {
  const [, clientContext, digits] = /^(.+);part=([1-9][0-9]?)$/.exec(context) ?? [];
  const part = Number(digits);
  return clientContext === undefined || part === 1 ? { clientContext: context, part: 1 } : { clientContext, part };
}
