// Makes a value when it is first asked for, and keeps it: what an instance never uses costs its start nothing.
// For values that are made without effects and without waiting.

export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
