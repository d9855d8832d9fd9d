/** The cheapest one-to-one assignment of rows to columns. */

import { SimError } from "../issue.ts";

/**
 * The column of each row in an assignment of least total cost, −1 for a row that gets none. As many rows as possible
 * get a column, and no column is given twice. Equal costs give equal answers; sums of costs should be exact
 * (integers below 2^53). Kuhn's method with potentials, O(n³).
 *
 * @param costs a row of finite costs per row, all equally long
 * @throws {SimError} `bad_costs` when rows differ in length or a cost is no finite number
 *
 * @example
 * ```ts
 * import { assign } from "llm-sim/conversation";
 * if (assign([[1, 2], [1, 9]]).join() !== "1,0") throw new Error();
 * ```
 */
export function assign(costs: readonly (readonly number[])[]): number[] {
  const rows = costs.length;
  const columns = costs[0]?.length ?? 0;
  if (costs.some((row) => row.length !== columns || !row.every(Number.isFinite))) {
    throw new SimError("bad_costs", "costs are not rows of equally many finite numbers", {
      hint: "give every row a finite cost for every column",
    });
  }
  if (rows <= columns) return columnsOfRows(costs, columns);
  const transposed = Array.from({ length: columns }, (_, column) => costs.map((row) => row[column]!));
  const assigned = new Array<number>(rows).fill(-1);
  columnsOfRows(transposed, rows).forEach((row, column) => assigned[row] = column);
  return assigned;
}

/** The same where no more rows than columns are. Row and column 0 of its arrays stand for "none". */
function columnsOfRows(costs: readonly (readonly number[])[], columns: number): number[] {
  const rowPotential = new Float64Array(costs.length + 1);
  const columnPotential = new Float64Array(columns + 1);
  const rowOf = new Int32Array(columns + 1);
  for (let row = 1; row <= costs.length; row++) {
    const slack = new Float64Array(columns + 1).fill(Infinity);
    const from = new Int32Array(columns + 1);
    const reached = new Uint8Array(columns + 1);
    rowOf[0] = row;
    let column = 0;
    do {
      reached[column] = 1;
      const around = rowOf[column]!;
      let step = Infinity;
      let nearest = 0;
      for (let other = 1; other <= columns; other++) {
        if (reached[other]) continue;
        const reduced = costs[around - 1]![other - 1]! - rowPotential[around]! - columnPotential[other]!;
        if (reduced < slack[other]!) [slack[other], from[other]] = [reduced, column];
        if (slack[other]! < step) [step, nearest] = [slack[other]!, other];
      }
      for (let other = 0; other <= columns; other++) {
        if (reached[other]) {
          rowPotential[rowOf[other]!]! += step;
          columnPotential[other]! -= step;
        } else slack[other]! -= step;
      }
      column = nearest;
    } while (rowOf[column] !== 0);
    // The path back to column 0 changes hands, which frees a column for this row.
    while (column !== 0) {
      rowOf[column] = rowOf[from[column]!]!;
      column = from[column]!;
    }
  }
  const assigned = new Array<number>(costs.length).fill(-1);
  for (let column = 1; column <= columns; column++) {
    if (rowOf[column]! > 0) assigned[rowOf[column]! - 1] = column - 1;
  }
  return assigned;
}
