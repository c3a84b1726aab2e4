// JSON for people and for git: members on lines of their own, but a column of numbers or texts on one.
// Knows no figure: a column is any array of plain values.

export function toCompactJson(value: unknown, indent = ''): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    const isColumn = value.every((item) => typeof item !== 'object' || item === null);
    if (isColumn) return JSON.stringify(value);
    return `[\n${value.map((item) => deeper + toCompactJson(item, deeper)).join(',\n')}\n${indent}]`;
  }
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const isFlat = members.every(([, member]) => typeof member !== 'object' || member === null);
  if (isFlat) return JSON.stringify(value);
  return `{\n${members.map(([name, member]) => `${deeper}${JSON.stringify(name)}: ${toCompactJson(member, deeper)}`).join(',\n')}\n${indent}}`;
}
