// Tables of the printed summary, as they stand in docs/performance.md.
// Knows no scenario: rows of cells in, text out.

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** The rows of the cells of each peer, in the order of the peers. */
export function byPeer<Cell extends { readonly peer: string }>(
  cells: readonly Cell[],
  row: (cells: readonly Cell[], peer: string) => readonly string[],
): (readonly string[])[] {
  return [...new Set(cells.map(({ peer }) => peer))].map((peer) =>
    row(
      cells.filter((cell) => cell.peer === peer),
      peer,
    ),
  );
}
