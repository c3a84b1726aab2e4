// The values that the examples have in common. Tests send the examples, so the simulator is given this call.
// Knows no example.
export const CALL_ID = '57dab8b1-894c-409a-b240-bd8beae78896';
export const OPERATION_ID = 'd36fe651-9f50-484d-bd4b-1e6415eae448';

/** One of Microsoft's own examples. */
export const TENANT_ID = 'aaaabbbb-0000-cccc-1111-dddd2222eeee';

/** As Logic Apps makes them; its signature is none. */
export const CALLBACK_URL =
  'https://prod-00.westeurope.logic.azure.com:443/workflows/0123456789abcdef0123456789abcdef/runs/08585/actions/Send_tones_and_wait/run?api-version=2016-10-01&sv=1.0&sig=EXAMPLE';

/** The host of the documents; operators put theirs in its place. */
export const EXAMPLE_HOST = 'my-tones.azurewebsites.net';
