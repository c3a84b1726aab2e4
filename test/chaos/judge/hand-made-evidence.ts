// Evidence of a chaos run made by hand, for the tests of the judgement: requests, presses, reports and rows, one line each.
// Every number is written here or in a test; nothing of the app is imported.
import type { SentNotification } from '../../../local/graph-simulator/calls/notifications';
import type { Press } from '../../../local/graph-simulator/calls/presses';
import type { GraphRequest } from '../../../local/graph-simulator/graph/graph-api';
import type { Row } from '../../support/services/stored-rows';
import type { AskedRequest } from '../callers';
import { judge } from './judgement';
import type { Evidence } from './promises';

export const START = Date.UTC(2026, 0, 1);
export const at = (ms: number) => new Date(START + ms);
export const LATENESS_MS = 5000;

export function asked(
  clientContext: string,
  askedAtMs: number,
  changes: Partial<AskedRequest> = { toldAt: START + askedAtMs + 100 },
): AskedRequest {
  const parts = [{ pauseMs: 0, keys: '1*2#' }];
  const times = { expiresInSeconds: 10, askedAt: START + askedAtMs };
  return { clientContext, callId: 'call', digits: '1*2#', parts, cancels: [], ...times, ...changes };
}

export function press(clientContext: string, atMs: number, changes: Partial<Press> = {}): Press {
  return {
    sequence: 1,
    callId: 'call',
    clientContext,
    operationId: `of ${clientContext}`,
    tones: ['tone1', 'star', 'tone2', 'pound'],
    apiVersion: 'v1.0',
    path: '/',
    scenario: 'success',
    executed: true,
    startedAt: at(atMs).toISOString(),
    endedAt: at(atMs + 100).toISOString(),
    overlapsWith: [],
    ...changes,
  };
}

export function row(clientContext: string, status: string, changes: Row = {}): Row {
  return { partitionKey: clientContext, rowKey: 'outcome', clientContext, status, expiresAt: at(10_000), ...changes };
}

/** Graph's report, sent then and answered 20 ms later with that status; undefined: not answered. */
export function reported(clientContext: string, atMs = 700, status: number | undefined = 202): SentNotification {
  return {
    sequence: 1,
    callId: 'call',
    clientContext,
    about: 'operation',
    tokenKind: 'calling-service',
    attempts: [{ at: at(atMs).toISOString(), durationMs: 20, ...(status !== undefined && { status }) }],
    finished: true,
    delivered: status === 202,
  };
}

/** Graph's answer that the call takes no tones yet. */
export function notReady(clientContext: string, atMs: number): GraphRequest {
  const receivedAt = at(atMs).toISOString();
  const refused = { status: 403, errorCode: '8501', scenario: 'not-established' as const };
  return { sequence: 1, callId: 'call', clientContext, path: '/', receivedAt, ...refused };
}

export function promisesBroken({ rows = [], ...evidence }: Partial<Omit<Evidence, 'outcomes'>>): string[] {
  const outcomes = new Map(rows.map((each) => [String(each['clientContext']), each]));
  const nothing = {
    asked: [],
    presses: [],
    requests: [],
    arrivals: [],
    notifications: [],
    callbacks: new Map(),
    lines: [],
  };
  return judge({ ...nothing, partLatenessMs: LATENESS_MS, ...evidence, rows, outcomes }).map(({ promise }) => promise);
}
