/** An array of which changed copies are cheap. */

const BITS = 5;
const WIDTH = 1 << BITS;
const MASK = WIDTH - 1;

/** Items at height 0, branches of one height less above it. */
type Branch = readonly unknown[];

/**
 * An immutable array as a tree of branches of 32: a changed copy has a few branches of its own and shares the others.
 * Reading and changing take time in the logarithm of its length.
 */
export class PersistentArray<T> {
  readonly #root: Branch;
  readonly #height: number;

  private constructor(root: Branch, height: number) {
    this.#root = root;
    this.#height = height;
  }

  /** An array of these items. */
  static of<T>(items: readonly T[]): PersistentArray<T> {
    let branches: Branch = items;
    let height = 0;
    for (; branches.length > WIDTH; height++) {
      const above: Branch[] = [];
      for (let i = 0; i < branches.length; i += WIDTH) above.push(branches.slice(i, i + WIDTH));
      branches = above;
    }
    return new PersistentArray<T>(branches === items ? items.slice() : branches, height);
  }

  /** The item at `index`; undefined where nothing was put. */
  get(index: number): T | undefined {
    let branch: Branch | undefined = this.#root;
    if (index >>> (this.#height * BITS) >= WIDTH) return undefined;
    for (let shift = this.#height * BITS; shift > 0 && branch !== undefined; shift -= BITS) {
      branch = branch[(index >>> shift) & MASK] as Branch | undefined;
    }
    return branch?.[index & MASK] as T | undefined;
  }

  /** A copy with `item` at `index`, which may lie beyond the end. */
  with(index: number, item: T): PersistentArray<T> {
    let [root, height] = [this.#root, this.#height];
    for (; index >>> (height * BITS) >= WIDTH; height++) root = [root];
    return new PersistentArray<T>(replaced(root, height * BITS, index, item), height);
  }

  /** Indices at which two arrays hold different items, ascending; what they share is not looked at. */
  static differences<T>(a: PersistentArray<T>, b: PersistentArray<T>): number[] {
    const found: number[] = [];
    let [left, right] = [a.#root, b.#root];
    for (let height = a.#height; height < b.#height; height++) left = [left];
    for (let height = b.#height; height < a.#height; height++) right = [right];
    compare(left, right, Math.max(a.#height, b.#height) * BITS, 0, found);
    return found;
  }
}

function replaced(branch: Branch, shift: number, index: number, item: unknown): Branch {
  const copy = branch.slice();
  const at = (index >>> shift) & MASK;
  // Filled, not left out: an array with holes is slow for good.
  while (copy.length < at) copy.push(undefined);
  copy[at] = shift === 0 ? item : replaced(branch[at] as Branch | undefined ?? [], shift - BITS, index, item);
  return copy;
}

function compare(a: Branch | undefined, b: Branch | undefined, shift: number, from: number, found: number[]): void {
  if (a === b) return;
  const length = Math.max(a?.length ?? 0, b?.length ?? 0);
  for (let i = 0; i < length; i++) {
    const index = from + (i << shift);
    if (shift > 0) compare(a?.[i] as Branch | undefined, b?.[i] as Branch | undefined, shift - BITS, index, found);
    else if (a?.[i] !== b?.[i]) found.push(index);
  }
}
