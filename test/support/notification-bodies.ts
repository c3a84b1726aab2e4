// Bodies of notifications as Graph documents them, to be sent by hand and varied.
// Stands beside app-under-test; https://learn.microsoft.com/graph/api/call-senddtmftones.

export const OPERATION = '0fe0623f-d628-42ed-b4bd-8ac290072cc5';

/** A sendDtmfTonesOperation that succeeded; `undefined` takes a field away. */
export function tonesEnded(
  clientContext: unknown,
  changes: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    '@odata.type': '#microsoft.graph.sendDtmfTonesOperation',
    status: 'completed',
    completionReason: 'completedSuccessfully',
    clientContext,
    id: OPERATION,
    ...changes,
  };
}

/** One notification of an operation's end. */
export function endedItem(
  callId: string,
  resourceData: unknown,
  changes: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    '@odata.type': '#microsoft.graph.commsNotification',
    changeType: 'deleted',
    resourceUrl: `/communications/calls/${callId}/operations/${OPERATION}`,
    resourceData,
    ...changes,
  };
}

export function commsNotifications(...value: readonly unknown[]): Record<string, unknown> {
  return { '@odata.type': '#microsoft.graph.commsNotifications', value };
}

/** The whole body of the usual notification: one operation ended. */
export function operationEnded(callId: string, resourceData: unknown): Record<string, unknown> {
  return commsNotifications(endedItem(callId, resourceData));
}
