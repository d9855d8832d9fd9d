/** What was changed between two texts, by line. Pure. */

/** A line of either text. */
export interface DiffLine {
  readonly type: "same" | "added" | "removed";
  readonly text: string;
  /** Numbers of the line, from 1; null: it is not in that text. */
  readonly before: number | null;
  readonly after: number | null;
}

/** Lines of a change with some around it. */
export type Hunk = readonly DiffLine[];

/** Differences beyond which texts have nothing to do with each other: the time that it takes goes by their square. */
const MOST = 600;

/** All lines of both texts in their order. */
export function diffLines(before: string, after: string): DiffLine[] {
  const [a, b] = [linesOf(before), linesOf(after)];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < Math.min(a.length, b.length) - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const kept = common(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  const pairs = [
    ...Array.from({ length: head }, (_, i) => [i, i] as const),
    ...kept.map(([i, j]) => [i + head, j + head] as const),
    ...Array.from({ length: tail }, (_, i) => [a.length - tail + i, b.length - tail + i] as const),
  ];
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  for (const [x, y] of [...pairs, [a.length, b.length] as const]) {
    for (; i < x; i++) lines.push({ type: "removed", text: a[i]!, before: i + 1, after: null });
    for (; j < y; j++) lines.push({ type: "added", text: b[j]!, before: null, after: j + 1 });
    if (x < a.length) lines.push({ type: "same", text: a[x]!, before: ++i, after: ++j });
  }
  return lines;
}

/** Changes with `around` lines before and after each. */
export function hunksOf(lines: readonly DiffLine[], around = 3): Hunk[] {
  const shown = new Set<number>();
  lines.forEach(({ type }, at) => {
    if (type === "same") return;
    for (let i = at - around; i <= at + around; i++) if (i >= 0 && i < lines.length) shown.add(i);
  });
  const hunks: DiffLine[][] = [];
  let last = -2;
  for (const at of [...shown].sort((x, y) => x - y)) {
    if (at !== last + 1) hunks.push([]);
    hunks.at(-1)!.push(lines[at]!);
    last = at;
  }
  return hunks;
}

/** Pairs of indexes of a longest common subsequence (Myers), or of none where there is too little in common. */
function common(a: readonly string[], b: readonly string[]): (readonly [number, number])[] {
  const most = Math.min(a.length + b.length, MOST);
  const rounds: Map<number, number>[] = [];
  const furthest = new Map<number, number>([[1, 0]]);
  for (let d = 0; d <= most; d++) {
    rounds.push(new Map(furthest));
    for (let k = -d; k <= d; k += 2) {
      const from = before(furthest, k, d);
      let x = from > k ? furthest.get(from)! : furthest.get(from)! + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      furthest.set(k, x);
      if (x >= a.length && x - k >= b.length) return wayBack(rounds, a.length, b.length);
    }
  }
  return [];
}

function wayBack(rounds: readonly Map<number, number>[], x: number, y: number): (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  for (let d = rounds.length - 1; d >= 0; d--) {
    const furthest = rounds[d]!;
    const from = d === 0 ? 0 : before(furthest, x - y, d);
    const [fromX, fromY] = d === 0 ? [0, 0] : [furthest.get(from)!, furthest.get(from)! - from];
    while (x > fromX && y > fromY) pairs.push([--x, --y]);
    [x, y] = [fromX, fromY];
  }
  return pairs.reverse();
}

/** The diagonal that the furthest way of `d` steps to diagonal `k` comes from. */
function before(furthest: ReadonlyMap<number, number>, k: number, d: number): number {
  const isDown = k === -d || (k !== d && (furthest.get(k - 1) ?? -1) < (furthest.get(k + 1) ?? -1));
  return isDown ? k + 1 : k - 1;
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
