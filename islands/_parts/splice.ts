/** The smallest single change that makes one text of another. */

/** `from` to `to` of the text are replaced. */
export interface Splice {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

/** The change; null: they are the same. */
export function spliceOf(before: string, after: string): Splice | null {
  if (before === after) return null;
  const shorter = Math.min(before.length, after.length);
  let from = 0;
  while (from < shorter && before[from] === after[from]) from++;
  let tail = 0;
  while (tail < shorter - from && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  return { from, to: before.length - tail, insert: after.slice(from, after.length - tail) };
}
