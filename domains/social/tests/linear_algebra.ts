/** For this domain's tests: what theory says of a network's opinions, computed without the domain's code. */

/** A square matrix by rows. */
export type Matrix = readonly (readonly number[])[];

/** The left eigenvector of eigenvalue 1 of a row-stochastic matrix, summing to 1, by power iteration. */
export function leftEigenvector(matrix: Matrix): number[] {
  let vector = matrix.map(() => 1 / matrix.length);
  for (let i = 0; i < 20_000; i++) {
    vector = matrix.map((_, column) => vector.reduce((sum, share, row) => sum + share * matrix[row]![column]!, 0));
  }
  return vector;
}

/** The solution of `matrix · x = right`, by Gaussian elimination with pivoting. */
export function solve(matrix: Matrix, right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  const n = rows.length;
  for (let column = 0; column < n; column++) {
    const pivot = rows.slice(column).reduce((best, row) =>
      Math.abs(row[column]!) > Math.abs(best[column]!) ? row : best
    );
    rows.splice(rows.indexOf(pivot), 1);
    rows.splice(column, 0, pivot);
    for (let i = column + 1; i < n; i++) {
      const factor = rows[i]![column]! / pivot[column]!;
      for (let j = column; j <= n; j++) rows[i]![j]! -= factor * pivot[j]!;
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    const known = x.reduce((sum, value, j) => j > i ? sum + rows[i]![j]! * value : sum, 0);
    x[i] = (rows[i]![n]! - known) / rows[i]![i]!;
  }
  return x;
}

/** DeGroot's matrix of a directed network: who listens to whom with which weight, and to oneself with weight 1. */
export function influence(names: readonly string[], edges: readonly (readonly [string, string, number?])[]): Matrix {
  return names.map((from) => {
    const weights = names.map((to) =>
      to === from ? 1 : edges.find((edge) => edge[0] === from && edge[1] === to)?.[2] ?? 0
    );
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return weights.map((weight) => weight / sum);
  });
}
