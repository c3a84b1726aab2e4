// What an Azure Storage error means to us: by its status and code, never by its text.
// Knows no table and no queue by name.

interface StorageFailure {
  readonly statusCode?: number;
  readonly code?: string;
  readonly details?: { readonly errorCode?: string; readonly odataError?: { readonly code?: string } };
}

/** HTTP status of a storage error; undefined where no answer came. */
export function statusOf(error: unknown): number | undefined {
  return (error as StorageFailure | null)?.statusCode;
}

/**
 * Storage's own code of the error (`TableNotFound`, `ResourceNotFound`,
 * `QueueNotFound`, `UpdateConditionNotSatisfied`, …).
 */
export function storageCodeOf(error: unknown): string | undefined {
  const { details, code } = (error ?? {}) as StorageFailure;
  return details?.odataError?.code ?? details?.errorCode ?? code;
}

/** True when the table or queue itself is missing. */
export function isContainerMissing(error: unknown): boolean {
  const code = storageCodeOf(error);
  return code === 'TableNotFound' || code === 'QueueNotFound';
}

/** True when a conditional write lost: the row exists already, has another version, or is gone. */
export function isStale(error: unknown): boolean {
  const status = statusOf(error);
  return status === 409 || status === 412 || (status === 404 && !isContainerMissing(error));
}

/** For a removal: what is gone already is as good as removed. */
export function unlessMissing(error: unknown): void {
  if (statusOf(error) !== 404) throw error;
}
