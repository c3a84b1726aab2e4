// Makes a value when it is first asked for, and keeps it: what an instance never uses costs its start nothing.
// Used for schemas, lists, SDKs and their clients.

/** For what is made without waiting. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** For what is loaded or connected: asked for again, it is tried again if it failed. A failure is told to all who waited for it. */
export function onceLoaded<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () =>
    (loaded ??= load().catch((error: unknown) => {
      loaded = undefined;
      throw error;
    }));
}
