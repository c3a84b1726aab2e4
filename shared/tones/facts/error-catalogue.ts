// Every reason why tones were not, or may not have been, played: a stable
// code, what to do, and whether asking again can help.
// The only place where these texts stand: docs/reference.md and the OpenAPI document are made from it.

interface CatalogueEntry {
  /** What happened and what to do about it, in one or two sentences. */
  readonly message: string;
  /**
   * Whether the same tones asked for again, under a new clientContext, can succeed without anything else being changed.
   */
  readonly askAgain: 'yes' | 'no' | 'check-first';
}

/**
 * Stable codes of `error.code` in an outcome. `check-first`: the digits may
 * have been typed; look at the call before asking again.
 */
export const ERROR_CATALOGUE = {
  // Graph refused: certainly not pressed, and waiting does not help.
  'permission-missing': {
    message:
      'The app may not act in this tenant or on this call: grant Calls.Initiate.All with admin consent in the tenant of the call.',
    askAgain: 'no',
  },
  'tenant-not-permitted': {
    message:
      'The tenant does not allow this application to place or control calls: have its administrator consent to the app and allow calling bots.',
    askAgain: 'no',
  },
  'tenant-not-consented': {
    message: 'The tenant gives the app no token: have its administrator consent to the app, or enable it again.',
    askAgain: 'no',
  },
  'tenant-not-found': {
    message: 'Entra knows no such tenant: check GRAPH_TENANT_IDS and GRAPH_CLOUD.',
    askAgain: 'no',
  },
  'tenant-not-listed': { message: 'The tenant was taken out of GRAPH_TENANT_IDS before the press.', askAgain: 'no' },
  'source-not-permitted': {
    message:
      'The identity that owns the call lacks the permission: check the application instance or bot identity that the call was created with.',
    askAgain: 'no',
  },
  'app-not-registered': {
    message:
      'The calling platform does not know the application: register it as a bot with calling enabled, and wait until the platform knows it.',
    askAgain: 'no',
  },
  'graph-forbidden': {
    message:
      'Graph answered 403: check that the app registration has the permission with admin consent, and that it owns the call.',
    askAgain: 'no',
  },
  'graph-unauthorized': {
    message:
      'Graph did not accept the token of the app, not even a fresh one: check GRAPH_CLIENT_ID, GRAPH_TENANT_ID, the credential and GRAPH_CLOUD.',
    askAgain: 'no',
  },
  'call-not-found': {
    message: 'Graph does not know the call: it has ended, or the callId belongs to another app or cloud.',
    askAgain: 'no',
  },
  'call-does-not-exist': { message: 'There is no such call: check the callId.', askAgain: 'no' },
  'call-terminated': { message: 'The call has been terminated.', askAgain: 'no' },
  'call-ended': {
    message: 'The call ended before the tones, or the rest, could be pressed, as its own notification reported.',
    askAgain: 'no',
  },
  'invalid-argument': {
    message: 'Graph refused the request as invalid: check the callId, the number of tones and the delay.',
    askAgain: 'no',
  },
  'graph-refused': { message: 'Graph refused the request; the detail names its answer.', askAgain: 'no' },
  // Graph refused for the moment: waited for within the deadline; final only when the deadline left no further attempt.
  'call-not-established': {
    message:
      'The call was not established before the deadline: wait for its established notification, or give more time with expiresInSeconds.',
    askAgain: 'yes',
  },
  'audio-inactive': {
    message:
      'The audio of the call was not active before the deadline: wait for mediaState active, or give more time with expiresInSeconds.',
    askAgain: 'yes',
  },
  'no-media-stream': {
    message:
      'The call had no media stream before the deadline: wait until media is connected, or give more time with expiresInSeconds.',
    askAgain: 'yes',
  },
  'wrong-call-state': {
    message:
      'The call stayed in a state that takes no tones until the deadline: check that it is established and not on hold or being transferred.',
    askAgain: 'yes',
  },
  'media-busy': {
    message:
      'Another media operation kept the call busy until the deadline: let prompts and recordings end first, or give more time.',
    askAgain: 'yes',
  },
  'operation-conflict': {
    message: 'Another operation on the call stood in the way until the deadline: let it end first, or give more time.',
    askAgain: 'yes',
  },
  'precondition-failed': {
    message: 'A precondition of the media platform was not met before the deadline: check the media mode of the call.',
    askAgain: 'yes',
  },
  throttled: {
    message: 'Graph throttled the app for longer than the deadline allows: spread the requests, or give more time.',
    askAgain: 'yes',
  },
  // Never reached Graph: certainly not pressed.
  'graph-unreachable': {
    message:
      'Graph could not be reached before the deadline (name not found, connection refused or TLS failure): check the network and GRAPH_BASE_URL.',
    askAgain: 'yes',
  },
  'token-unavailable': {
    message: 'No token for Graph was available before the deadline: check the credential, and the managed identity.',
    askAgain: 'yes',
  },
  expired: {
    message:
      'The deadline passed before the tones could be pressed; they were never pressed. Give more time with expiresInSeconds if that is too strict.',
    askAgain: 'yes',
  },
  'request-before-not-done': {
    message:
      'The deadline passed while another request on the same call was not done; these tones were never pressed. Give more time with expiresInSeconds, or ask for less at a time.',
    askAgain: 'yes',
  },
  'sequence-interrupted': {
    message: 'A later part could not be pressed in time after its pause; playedToneCount says how far it came.',
    askAgain: 'check-first',
  },
  'canceled-by-caller': {
    message: 'A caller cancelled the request: nothing more was pressed; playedToneCount says how far it came.',
    askAgain: 'check-first',
  },
  'delivery-failed': {
    message: 'It could not be processed and was given up before its next press: look for earlier failures in the log.',
    askAgain: 'check-first',
  },
  // It may have been pressed.
  'graph-timeout': {
    message: 'Graph did not answer in time: the tones may have been played.',
    askAgain: 'check-first',
  },
  'graph-connection-lost': {
    message: 'The connection to Graph broke after the request was sent: the tones may have been played.',
    askAgain: 'check-first',
  },
  'graph-fault': {
    message: 'Graph answered with a fault of its own: the tones may have been played.',
    askAgain: 'check-first',
  },
  'worker-lost': {
    message: 'The worker died or hung while it pressed: the tones may have been played.',
    askAgain: 'check-first',
  },
  'call-ended-meanwhile': {
    message: 'The call ended while the tones were being pressed or played: some or all may have been heard.',
    askAgain: 'no',
  },
  'notification-missing': {
    message:
      'Graph accepted the tones, and its report of how they ended did not come, though other notifications of this call did: one was lost, or a forwarder does not pass on all.',
    askAgain: 'check-first',
  },
  'notifications-never-seen': {
    message:
      'Graph accepted the tones, and no notification of this call came since it is known here: check that its callbackUri leads to callNotifications, or that the bot passes its notifications on.',
    askAgain: 'check-first',
  },
  // Graph reported the end of the operation.
  'operation-canceled': {
    message:
      'The operation was cancelled: cancelMediaProcessing was called or the call ended; some tones may have been played.',
    askAgain: 'check-first',
  },
  'operation-failed': {
    message: 'Graph reported a failure; completionReason and resultInfo say more. Some tones may have been played.',
    askAgain: 'check-first',
  },
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

/** Why Graph did not do it, in our words. */
export interface GraphFault {
  readonly code: ErrorCode;
  /** What Graph answered, for the person who reads the outcome: HTTP status and Graph's code; never Graph's text. */
  readonly detail?: string;
}

/** The sentence of a code, with what Graph answered where that is known. */
export function errorMessage(code: ErrorCode, detail?: string): string {
  const { message } = ERROR_CATALOGUE[code];
  return detail === undefined ? message : `${message} (${detail})`;
}
