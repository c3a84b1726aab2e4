// A table in Markdown, as text. Knows nothing of what stands in it.
// A cell that would break the table is thrown: nothing escapes it, so that
// readers and tests find the text as it is in the code.

export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [columns, ...rows].map((cells) => `| ${cells.join(' | ')} |`.replaceAll('|  |', '| |'));
  for (const cell of rows.flat()) if (/[|\n]/.test(cell)) throw new Error(`a cell would break its table: ${cell}`);
  return lines.toSpliced(1, 0, `|${'---|'.repeat(columns.length)}`).join('\n');
}
