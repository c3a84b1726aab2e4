// What must never be true of a run, whatever was tested in it: looked for when a stack is closed.
// Knows the presses only; secrets are in secrets-of-run.
import type { GraphSimulator } from '../../local/graph-simulator/server';

/** Presses twice under one clientContext or at the same time on one call. */
export function faultsOfPresses(simulator: GraphSimulator): string[] {
  const faults: string[] = [];
  const executed = simulator.presses().filter((press) => press.executed);
  const pressed = new Set<string | undefined>();
  for (const { clientContext, overlapsWith } of executed) {
    if (pressed.has(clientContext)) faults.push(`pressed twice: ${clientContext}`);
    pressed.add(clientContext);
    if (overlapsWith.length > 0) faults.push(`overlapping presses: ${clientContext}`);
  }
  return faults;
}
