// The only writer of a final status: whoever finds that a request is over ends
// it here, and all that follows an end follows here.
// Knows nothing of why a request ends: `decide` says that, from every version of the row that is met.
//
//   row -> decide -> final facts, if the row is still at the version that was read -> request-ended -> what follows
//            |                      412: read again; an answer that was lost shows as our own facts
//            undefined: the row is left as it is
import { makeEndAnnouncer } from '../callbacks/announce-end';
import type { EndedBy, EventFields, EventLevel } from '../event-log';
import type { End, OutcomeFacts } from '../facts/outcome-facts';
import type { Ports } from '../ports/ports';
import type { OutcomeEnds, Stored } from '../ports/rows';

export interface Ending {
  readonly clientContext: string;
  readonly by: EndedBy;
  /** The row as it was read, or is known to stand: saves the first read. */
  readonly row?: Stored<OutcomeFacts>;
  /** How the request ends; undefined: the row is left as it is. */
  readonly decide: (row: Stored<OutcomeFacts>) => End | undefined | Promise<End | undefined>;
  /** An end that an earlier attempt may have written, whose answer was lost. */
  readonly tried?: End;
  /** More for the log. */
  readonly fields?: EventFields;
  /** What follows the end is seen to by whoever asks: the timer ends all that is overdue before it announces any. */
  readonly followsLater?: boolean;
}

export type Ended =
  /** By us: the row as it then stands. */
  | { readonly kind: 'ended'; readonly row: Stored<OutcomeFacts> }
  | { readonly kind: 'left'; readonly row: Stored<OutcomeFacts> | undefined };

export interface EndRequest {
  /** Throws when storage cannot be reached, or so many races are lost that something must be wrong with it. */
  (ending: Ending): Promise<Ended>;
  /** Inserts a row that has ended already; undefined where there is a row. */
  insert(
    facts: Omit<OutcomeFacts, 'status'>,
    end: End,
    by: EndedBy,
    fields?: EventFields,
  ): Promise<OutcomeFacts | undefined>;
}

/** All that a rule is given. */
export type RulePorts = Ports & { readonly endRequest: EndRequest };

const MOST_ROUNDS = 20;

type EnderPorts = Omit<Ports, 'traceparent'> & { readonly ends: OutcomeEnds };

export function makeRequestEnder(ports: EnderPorts): EndRequest {
  const { outcomes, ends } = ports;
  const ended = makeFollower(ports);

  async function endRequest(ending: Ending): Promise<Ended> {
    const { clientContext, decide } = ending;
    let row = ending.row ?? (await outcomes.read(clientContext));
    let { tried } = ending;
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      if (row === undefined) return { kind: 'left', row };
      if (tried !== undefined && isOurs(row, tried)) return ended(row, tried, ending);
      const end = await decide(row);
      if (end === undefined) return { kind: 'left', row };
      if (row.status === 'unknown' && row.callbackWanted) await openAgain(ports, clientContext);
      const written = await ends.end(clientContext, end, row.etag);
      if (written.kind === 'written') return ended({ ...row, ...end, etag: written.etag }, end, ending);
      tried = end;
      row = await outcomes.read(clientContext);
    }
    throw new Error('lost every race for the row of a request');
  }

  const insert: EndRequest['insert'] = async (facts, end, by, fields) => {
    const written = await ends.insert(facts, end);
    if (written.kind === 'stale') return undefined;
    const row = { ...facts, ...end };
    await ended({ ...row, etag: written.etag }, end, { by, ...(fields && { fields }) });
    return row;
  };

  return Object.assign(endRequest, { insert });
}

/**
 * Its entry was closed with `unknown`: opened again first, so that the timer makes good an announcement that is missed.
 */
async function openAgain({ clock, index }: EnderPorts, clientContext: string): Promise<void> {
  await index.open({ kind: 'request', clientContext, since: clock.now(), callback: true });
}

type Follow = Pick<Ending, 'by' | 'fields' | 'followsLater'>;

/** What comes after the write of an end: its event, and what follows an end. */
function makeFollower(ports: EnderPorts) {
  /** In this order. None of them throws: the end is stored. */
  const follow = [makeEndAnnouncer(ports)];

  return async (row: Stored<OutcomeFacts>, end: End, { by, fields, followsLater }: Follow): Promise<Ended> => {
    const { clientContext, callId, tenantId } = row;
    const { status, operationId, errorCode } = end;
    ports.log(levelOf(end), 'request-ended', {
      clientContext,
      callId,
      ...(tenantId !== undefined && { tenantId }),
      status,
      ...(errorCode && { code: errorCode }),
      by,
      ...(operationId !== undefined && { operationId }),
      ...fields,
    });
    if (!followsLater) for (const next of follow) await next(row);
    return { kind: 'ended', row };
  };
}

/**
 * True if the row shows the very end that we wrote, whose answer was lost: all
 * its facts, as a report may say the same at the same time.
 */
function isOurs(row: OutcomeFacts, end: End): boolean {
  return Object.entries(end).every(([name, value]) => (row[name as keyof OutcomeFacts] ?? '') === (value ?? ''));
}

function levelOf({ status, errorCode }: End): EventLevel {
  if (errorCode === 'delivery-failed') return 'error';
  return status === 'unknown' || status === 'expired' ? 'warn' : 'info';
}
