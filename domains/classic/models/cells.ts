/** Cell lists: points sorted into cells, so that whoever is near is found without looking at everybody. */

/** Points by cell: those of cell `c` are `members[starts[c]]` to `members[starts[c + 1] - 1]`. */
export interface CellLists {
  /** One more than there are cells. */
  readonly starts: Int32Array;
  /** Positions of the points, cell by cell, in each cell in ascending order. */
  readonly members: Int32Array;
}

/** Sorts points by the cell of each (counting sort). @param cells the cell of each point, 0 to `count` − 1 */
export function cellLists(cells: Int32Array, count: number): CellLists {
  const starts = new Int32Array(count + 1);
  for (let i = 0; i < cells.length; i++) starts[cells[i]! + 1]!++;
  for (let c = 0; c < count; c++) starts[c + 1]! += starts[c]!;
  const next = starts.slice(0, count);
  const members = new Int32Array(cells.length);
  for (let i = 0; i < cells.length; i++) members[next[cells[i]!]!++] = i;
  return { starts, members };
}
