/**
 * Three-way comparison of lines in bounded time. node-diff3 finds the best alignment, and takes cubic time over lines that are
 * all the same: 2,000 blank ones are 8 s. What would take long is first parted at lines that stand once in each text.
 */

import { diff3Merge } from "node-diff3";

/** Lines that are agreed on, or that are not. */
export type Region =
  | { readonly agreed: readonly string[] }
  | {
    readonly agreed?: undefined;
    readonly mine: readonly string[];
    readonly disk: readonly string[];
    readonly base: readonly string[];
    /** Index of the first in the lines of `mine`. */
    readonly at: number;
  };

type Lines = readonly string[];

/** Pairs of equal lines up to which texts are compared as a whole: about 0.1 s. */
const MOST_PAIRS = 250_000;

/** The merge of `mine` and `disk`, which were both made of `base`. */
export function merged3(base: Lines, mine: Lines, disk: Lines): Region[] {
  const head = commonHead(base, mine, disk);
  const tail = commonTail(base, mine, disk, head);
  const middle = (lines: Lines) => lines.slice(head, lines.length - tail);
  return [
    { agreed: base.slice(0, head) },
    ...parted(middle(base), middle(mine), middle(disk), head),
    { agreed: base.slice(base.length - tail) },
  ];
}

function parted(base: Lines, mine: Lines, disk: Lines, at: number): Region[] {
  if (same(base, mine)) return [{ agreed: disk }];
  if (same(base, disk) || same(mine, disk)) return [{ agreed: mine }];
  if (pairs(base, mine) + pairs(base, disk) <= MOST_PAIRS) return whole(base, mine, disk, at);
  const anchors = anchorsOf(base, mine, disk);
  if (anchors.length === 0) return oneChangeEach(base, mine, disk, at);
  const regions: Region[] = [];
  let from: Anchor = { base: 0, mine: 0, disk: 0 };
  for (const to of [...anchors, { base: base.length, mine: mine.length, disk: disk.length }]) {
    const between = [base.slice(from.base, to.base), mine.slice(from.mine, to.mine), disk.slice(from.disk, to.disk)];
    for (const region of parted(between[0]!, between[1]!, between[2]!, at + from.mine)) regions.push(region);
    if (to.base < base.length) regions.push({ agreed: [base[to.base]!] });
    from = { base: to.base + 1, mine: to.mine + 1, disk: to.disk + 1 };
  }
  return regions;
}

function whole(base: Lines, mine: Lines, disk: Lines, at: number): Region[] {
  return diff3Merge([...mine], [...base], [...disk], { excludeFalseConflicts: true }).flatMap((region): Region[] => {
    if (region.ok !== undefined) return [{ agreed: region.ok }];
    if (region.conflict === undefined) return [];
    const { a, b, o, aIndex } = region.conflict;
    return [{ mine: a, disk: b, base: o, at: at + aIndex }];
  });
}

/** Number of pairs of equal lines. */
function pairs(a: Lines, b: Lines): number {
  const counts = new Map<string, number>();
  for (const line of a) counts.set(line, (counts.get(line) ?? 0) + 1);
  return b.reduce((sum, line) => sum + (counts.get(line) ?? 0), 0);
}

/** Where one line stands. */
interface Anchor {
  readonly base: number;
  readonly mine: number;
  readonly disk: number;
}

/** Lines that stand once in each text, as many as keep their order in all three. */
function anchorsOf(base: Lines, mine: Lines, disk: Lines): Anchor[] {
  const [inMine, inDisk, inBase] = [mine, disk, base].map(onces);
  const common = [...inBase!].flatMap(([line, index]): Anchor[] => {
    const [m, d] = [inMine!.get(line), inDisk!.get(line)];
    return m === undefined || d === undefined ? [] : [{ base: index, mine: m, disk: d }];
  });
  return rising(rising(common, (anchor) => anchor.mine), (anchor) => anchor.disk);
}

/** Lines that stand once, with their indexes, in their order. */
function onces(lines: Lines): Map<string, number> {
  const found = new Map<string, number>();
  const twice = new Set<string>();
  for (const [index, line] of lines.entries()) {
    if (found.has(line)) twice.add(line);
    else found.set(line, index);
  }
  for (const line of twice) found.delete(line);
  return found;
}

/** A longest subsequence whose keys rise. */
function rising<T>(list: readonly T[], key: (one: T) => number): T[] {
  /** Index of the smallest last one of a subsequence of each length. */
  const lasts: number[] = [];
  const before: number[] = [];
  for (const [index, one] of list.entries()) {
    let low = 0;
    let high = lasts.length;
    while (low < high) {
      const half = (low + high) >> 1;
      if (key(list[lasts[half]!]!) < key(one)) low = half + 1;
      else high = half;
    }
    before[index] = low === 0 ? -1 : lasts[low - 1]!;
    lasts[low] = index;
  }
  const found: T[] = [];
  for (let index = lasts.at(-1) ?? -1; index >= 0; index = before[index]!) found.push(list[index]!);
  return found.reverse();
}

/** Each side's changes taken as one; where they meet, all of it is a conflict. */
function oneChangeEach(base: Lines, mine: Lines, disk: Lines, at: number): Region[] {
  const [m, d] = [changeOf(base, mine), changeOf(base, disk)];
  if (m.to < d.from) return [{ agreed: [...mine.slice(0, mine.length - (base.length - m.to)), ...disk.slice(m.to)] }];
  if (d.to < m.from) return [{ agreed: [...disk.slice(0, disk.length - (base.length - d.to)), ...mine.slice(d.to)] }];
  return [{ mine, disk, base, at }];
}

/** Lines of `base`, `[from, to)`, in whose place `text` has others. */
function changeOf(base: Lines, text: Lines): { from: number; to: number } {
  const from = commonHead(base, text, text);
  return { from, to: base.length - commonTail(base, text, text, from) };
}

function same(a: Lines, b: Lines): boolean {
  return a.length === b.length && commonHead(a, b, b) === a.length;
}

function commonHead(a: Lines, b: Lines, c: Lines): number {
  const most = Math.min(a.length, b.length, c.length);
  let count = 0;
  while (count < most && a[count] === b[count] && a[count] === c[count]) count++;
  return count;
}

/** After the `head` that they have in common. */
function commonTail(a: Lines, b: Lines, c: Lines, head: number): number {
  const most = Math.min(a.length, b.length, c.length) - head;
  const fromEnd = (lines: Lines) => lines[lines.length - 1 - count];
  let count = 0;
  while (count < most && fromEnd(a) === fromEnd(b) && fromEnd(a) === fromEnd(c)) count++;
  return count;
}
