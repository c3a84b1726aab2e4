// The chain of a call: which request comes after which. A row names the one before it, the call's row the last one.
// Rule 1 of docs/decisions/0002-claim-and-chain.md: linking again without
// the walk makes two requests wait for each other.
import { callKeyOf, type CallFacts } from '../facts/call-facts';
import type { OutcomeFacts } from '../facts/outcome-facts';
import type { Ports } from '../ports/ports';
import type { Stored, WriteResult } from '../ports/rows';

/** Longest chain that is walked to find out whether a request is linked: as many accepted for one call meanwhile. */
const LONGEST_WALK = 1000;

export function makeChain({ outcomes, calls }: Pick<Ports, 'outcomes' | 'calls'>) {
  /** The row as it stands once it is in the chain of its call; undefined if a race was lost. */
  async function link(
    row: Stored<OutcomeFacts>,
    call: Stored<CallFacts> | undefined,
  ): Promise<Stored<OutcomeFacts> | undefined> {
    const tail = call?.tail ?? '';
    // Stryker disable next-line ConditionalExpression: without it the walk below meets the row at its first step.
    if (tail === row.clientContext) return row;
    if (tail === (row.after ?? '')) return (await replaceTail(call, row)).kind === 'written' ? row : undefined;
    if (await isMetFrom(tail, row)) return row;
    const place = { after: tail, ...(row.turnAfter !== undefined && { turnAfter: tail }) };
    const moved = await outcomes.merge(row.clientContext, place, row.etag);
    if (moved.kind === 'stale') return undefined;
    const replaced = await replaceTail(call, row);
    return replaced.kind === 'written' ? { ...row, ...place, etag: moved.etag } : undefined;
  }

  /** Walks back from the tail: true if the row is in the chain. */
  async function isMetFrom(tail: string, row: OutcomeFacts): Promise<boolean> {
    let current = tail;
    for (let step = 0; step < LONGEST_WALK; step += 1) {
      if (current === row.clientContext) return true;
      if (current === '' || current === row.after) return false;
      current = (await outcomes.read(current))?.after ?? '';
    }
    throw new Error('the chain of a call is too long to be walked');
  }

  /** Makes the row the last one of its call, if the call's row is still as it was read. */
  function replaceTail(call: Stored<CallFacts> | undefined, row: OutcomeFacts): Promise<WriteResult> {
    const key = callKeyOf(row.callId);
    const tail = { tail: row.clientContext };
    return call === undefined ? calls.insert(key, tail) : calls.merge(key, tail, call.etag);
  }

  return { link, replaceTail };
}
