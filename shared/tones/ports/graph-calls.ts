// Graph's calling API, as a port: what is asked of it, under which permit, and what came of it.
// Knows neither HTTP nor tokens.
import type { GraphFault } from '../facts/error-catalogue';
import type { OperationReport } from '../facts/operation-report';
import type { ToneRun } from '../facts/tone-run';

/** What Graph is asked to do. */
export interface Press extends ToneRun {
  readonly callId: string;
  /** Whose token it takes; absent: the app's own tenant's. */
  readonly tenantId?: string;
  /** The part's own (`part-context.ts`). */
  readonly clientContext: string;
}

/**
 * Asked at the last moment before a request leaves, after the token is
 * there: how long it may take, or that it must not leave.
 */
export type PressPermit = { readonly kind: 'go'; readonly timeoutMs: number } | { readonly kind: 'no' };

/** What one attempt to press came to. */
export type PressReply =
  /** Graph took it; its notification will report the end. */
  | { readonly kind: 'running'; readonly operationId?: string }
  /** The reply itself was the end; no notification follows. */
  | { readonly kind: 'ended'; readonly report: OperationReport }
  /** Certainly not pressed. `later`: the same request may succeed later. */
  | {
      readonly kind: 'refused';
      readonly fault: GraphFault;
      readonly again: 'never' | 'later';
      readonly retryAfterMs?: number;
      readonly answered: boolean;
    }
  /** The permit said no: nothing was sent. */
  | { readonly kind: 'not-permitted' }
  /** It may have been pressed; nobody can know. */
  | { readonly kind: 'uncertain'; readonly fault: GraphFault };

/** Graph's calling API. Never throws: every failure is a reply. */
export interface GraphCalls {
  sendDtmfTones(press: Press, permit: () => PressPermit): Promise<PressReply>;
}
