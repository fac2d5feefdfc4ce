/** Aligns tables of text. Pure. */

/** Aligns the first and the last column on the left, and the others on the right. The first row is the header. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const [header = []] = rows;
  const isText = (column: number) => column === 0 || column === header.length - 1;
  const widths = header.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows.map((row) =>
    row.map((cell, column) => isText(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))
      .join("  ").trimEnd()
  );
}
