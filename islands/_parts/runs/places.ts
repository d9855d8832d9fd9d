/** Where rows are in a list that is drawn in part: lines of one height, of which some are headings of groups. */

/** A group that stands together. */
export interface Group {
  readonly name: string;
  readonly rows: number;
}

/** What stands in a line: a row by its place in the order, or the heading of a group. */
export type Line = { readonly row: number } | { readonly group: Group };

/** The groups of a list in their order, which is that of the server: by code points. */
export function groupsOf(counts: { readonly [name: string]: number }): Group[] {
  return Object.entries(counts).filter(([, rows]) => rows > 0)
    .map(([name, rows]) => ({ name, rows }))
    .sort((a, b) => a.name < b.name ? -1 : 1);
}

/** Lines in all. @param groups null: nothing is grouped */
export function lineCount(total: number, groups: readonly Group[] | null): number {
  return total + (groups?.length ?? 0);
}

/** What is in a line. */
export function lineAt(line: number, groups: readonly Group[] | null): Line {
  if (groups === null) return { row: line };
  let [first, rows] = [0, 0];
  for (const [i, group] of groups.entries()) {
    if (line === first) return { group };
    // Rows that have come since the groups were counted stand in the last one.
    if (line <= first + group.rows || i === groups.length - 1) return { row: rows + line - first - 1 };
    first += group.rows + 1;
    rows += group.rows;
  }
  return { row: line };
}

/** The line of a row. */
export function lineOf(row: number, groups: readonly Group[] | null): number {
  if (groups === null) return row;
  let [heads, rows] = [0, 0];
  for (const group of groups) {
    heads++;
    rows += group.rows;
    if (row < rows) break;
  }
  return row + heads;
}

/** Lines to draw: those in the window and some beyond it. */
export function linesShown(
  { top, height, line, lines, beyond = 8 }: {
    readonly top: number;
    readonly height: number;
    readonly line: number;
    readonly lines: number;
    readonly beyond?: number;
  },
): { readonly first: number; readonly end: number } {
  const first = Math.max(0, Math.min(lines, Math.floor(top / line)) - beyond);
  return { first, end: Math.min(lines, Math.ceil((top + height) / line) + beyond) };
}
