// Makes a value when it is first asked for, and keeps it: what an instance never uses costs its start nothing.
// Knows nothing of what is made.

/** For what is made without waiting. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/**
 * For what is loaded or connected: asked for again, it is tried again if it
 * failed. A failure reaches all who waited for it.
 */
export function onceLoaded<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () =>
    (loaded ??= load().catch((error: unknown) => {
      loaded = undefined;
      throw error;
    }));
}
