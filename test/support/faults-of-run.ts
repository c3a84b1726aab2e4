// What must never be true of a run, whatever was tested in it: looked for when a stack is closed.
// Stands under app-under-test.
import type { GraphSimulator } from '../../local/graph-simulator/server';

/** A signed token, and a tone as Graph spells it. */
const SECRETS = [/eyJ[\w-]+\.eyJ[\w-]+/, /\btone\d\b/];

/** Presses twice under one clientContext or at the same time on one call, and secrets in log lines or rows. */
export function faultsOfRun(simulator: GraphSimulator, lines: readonly string[], rows: readonly object[]): string[] {
  const faults: string[] = [];
  const executed = simulator.presses().filter((press) => press.executed);
  const pressed = new Set<string | undefined>();
  for (const { clientContext, overlapsWith } of executed) {
    if (pressed.has(clientContext)) faults.push(`pressed twice: ${clientContext}`);
    pressed.add(clientContext);
    if (overlapsWith.length > 0) faults.push(`overlapping presses: ${clientContext}`);
  }
  const told = [...lines, ...rows.map((row) => JSON.stringify(row))];
  for (const text of told) if (SECRETS.some((secret) => secret.test(text))) faults.push(`told a secret: ${text}`);
  return faults;
}
