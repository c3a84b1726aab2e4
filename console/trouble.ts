// Why an answer is not the one that was asked for, and the sentence for a person. What the app itself says goes first.
// Knows no page; the key, and what was sent, are in none of it.

export type Trouble =
  /** The Functions host wants another key, or one at all: its 401 is empty. */
  | { readonly kind: 'key' }
  /** App Service Authentication, or the app behind it, saw nobody signed in. */
  | { readonly kind: 'sign-in' }
  | { readonly kind: 'not-found'; readonly detail: string }
  /** The app read it and says no; `faults` name what is wrong. */
  | { readonly kind: 'refused'; readonly status: number; readonly detail: string; readonly faults: readonly string[] }
  /** The app, or what stands before it, cannot do it now. */
  | { readonly kind: 'unavailable'; readonly status: number; readonly detail: string }
  /** No answer: the network, or the app, is away. */
  | { readonly kind: 'unreachable' }
  /** An answer that is not the app's. */
  | { readonly kind: 'strange'; readonly status: number };

export interface ReceivedAnswer {
  readonly status: number;
  readonly isRedirect: boolean;
  /** The parsed body; undefined where it is empty or no JSON. */
  readonly body: unknown;
}

export function troubleOf({ status, isRedirect, body }: ReceivedAnswer): Trouble {
  const { detail, errors } = problemOf(body);
  if (isRedirect) return { kind: 'sign-in' };
  if (status === 401) return detail === undefined ? { kind: 'key' } : { kind: 'sign-in' };
  if (status === 404 && detail !== undefined) return { kind: 'not-found', detail };
  if (status >= 500) return { kind: 'unavailable', status, detail: detail ?? '' };
  if (status >= 400 && detail !== undefined) return { kind: 'refused', status, detail, faults: errors };
  if (status === 403 || status === 429) return { kind: 'refused', status, detail: '', faults: [] };
  return { kind: 'strange', status };
}

/** For a person: what is the matter, and what to do. */
export function describeTrouble(trouble: Trouble): string {
  switch (trouble.kind) {
    case 'key':
      return 'The app did not accept the function key. Check it; a key that was just made takes a moment.';
    case 'sign-in':
      return 'Nobody is signed in. Load this page again to sign in.';
    case 'not-found':
      return trouble.detail;
    case 'refused':
      return [trouble.detail || `The app refused with ${trouble.status}.`, ...trouble.faults].join(' ');
    case 'unavailable':
      return trouble.detail || `The app answered ${trouble.status}: it cannot work now, or is just starting.`;
    case 'unreachable':
      return 'The app cannot be reached: the network is down, or the app is restarting.';
    case 'strange':
      return `The answer (${trouble.status}) is not one of this app. Check what stands before it.`;
  }
}

/** True where the same question may well be answered later, and nobody has to do anything for it. */
export function passesByItself({ kind }: Trouble): boolean {
  return kind === 'unavailable' || kind === 'unreachable' || kind === 'strange';
}

function problemOf(body: unknown): { readonly detail?: string; readonly errors: readonly string[] } {
  if (typeof body !== 'object' || body === null) return { errors: [] };
  const { type, title, detail, errors } = body as Readonly<Record<string, unknown>>;
  if (typeof type !== 'string' || !type.startsWith('urn:problem:')) return { errors: [] };
  const sentence = [detail, title].find((text) => typeof text === 'string');
  return {
    ...(sentence !== undefined && { detail: sentence }),
    errors: (Array.isArray(errors) ? (errors as unknown[]) : []).slice(0, 10).flatMap(describeFault),
  };
}

function describeFault(fault: unknown): string[] {
  if (typeof fault !== 'object' || fault === null) return [];
  const { pointer, parameter, detail } = fault as Readonly<Record<string, unknown>>;
  if (typeof detail !== 'string') return [];
  const place = [pointer, parameter].find((text) => typeof text === 'string' && text !== '');
  return [`${place === undefined ? '' : `${place as string}: `}${detail}.`];
}
