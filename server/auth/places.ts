/** Places of which there are so many: streams, sessions. Nobody may take them all from everybody else. */

import type { Principal } from "../context.ts";

/** Places that everybody may have, however few there are. */
const LEAST = 8;

/** How many of `most` places one principal may have: a quarter. A server without keys is one person's own: all. */
export function shareOf(most: number, { via }: Pick<Principal, "via">): number {
  return via === "open" ? most : Math.min(most, Math.max(LEAST, Math.floor(most / 4)));
}

/** Law: at most `most` places are taken, by each principal at most its share. */
export class Places {
  readonly most: number;
  readonly #taken = new Map<string, number>();
  #all = 0;

  constructor(most: number) {
    this.most = most;
  }

  /** Takes a place. @returns what gives it back, once; or whose places are all taken */
  take(principal: Pick<Principal, "id" | "via">): (() => void) | "all" | "own" {
    if (this.#all >= this.most) return "all";
    const { id } = principal;
    const own = this.#taken.get(id) ?? 0;
    if (own >= shareOf(this.most, principal)) return "own";
    this.#taken.set(id, own + 1);
    this.#all++;
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      this.#all--;
      const left = this.#taken.get(id)! - 1;
      if (left > 0) this.#taken.set(id, left);
      else this.#taken.delete(id);
    };
  }
}
