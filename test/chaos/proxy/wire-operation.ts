// Names what a request on the wire is: which operation of Queue or Table storage, or of Graph, from its method and path alone.
// Used by fault-proxy for its log, so that storage transactions can be counted where they are paid for.

/** `other`: nothing of the app's own (creation of containers apart). */
export const WIRE_OPERATIONS = [
  'queue put',
  'queue get',
  'queue delete',
  'queue update',
  'queue peek',
  'queue properties',
  'queue create',
  'table insert',
  'table get',
  'table merge',
  'table upsert',
  'table delete',
  'table query',
  'table batch',
  'table create',
  'graph press',
  'graph token',
  'graph metadata',
  'other',
] as const;
export type WireOperation = (typeof WIRE_OPERATIONS)[number];

const ACCOUNT = /^\/devstoreaccount1/;

/** `target` is the request target as sent; `isConditional`: the request has an If-Match header. */
export function wireOperation(method: string, target: string, isConditional: boolean): WireOperation {
  const [path = '', query = ''] = target.split('?');
  if (!ACCOUNT.test(path)) return graphOperation(path);
  const rest = path.replace(ACCOUNT, '');
  if (/^\/[^/]+\/messages/.test(rest)) return messageOperation(method, query);
  if (/^\/Tables\b/i.test(rest)) return 'table create';
  if (rest === '/$batch') return 'table batch';
  if (/\((?:PartitionKey|%50)/i.test(rest)) return rowOperation(method, isConditional);
  if (/\(\)$/.test(rest) || (method === 'GET' && /^\/[A-Za-z][A-Za-z0-9]*$/.test(rest) && query.includes('$filter')))
    return 'table query';
  if (method === 'POST') return 'table insert';
  if (method === 'PUT') return 'queue create';
  return query.includes('comp=metadata') ? 'queue properties' : 'other';
}

function messageOperation(method: string, query: string): WireOperation {
  switch (method) {
    case 'POST':
      return 'queue put';
    case 'DELETE':
      return 'queue delete';
    case 'PUT':
      return 'queue update';
    case 'GET':
      return query.includes('peekonly') ? 'queue peek' : 'queue get';
    default:
      return 'other';
  }
}

function rowOperation(method: string, isConditional: boolean): WireOperation {
  switch (method) {
    case 'GET':
      return 'table get';
    case 'DELETE':
      return 'table delete';
    default:
      return isConditional ? 'table merge' : 'table upsert';
  }
}

function graphOperation(path: string): WireOperation {
  if (path.endsWith('/sendDtmfTones')) return 'graph press';
  if (path.startsWith('/msi/token')) return 'graph token';
  return path.includes('.well-known') ? 'graph metadata' : 'other';
}
