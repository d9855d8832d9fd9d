/** Whether files that something was read from are still what they were. */

/** Files as they were when they were looked at. */
export class Stamps {
  readonly #stamps: ReadonlyMap<string, string>;
  readonly #at = performance.now();
  readonly #lasts: number;

  /**
   * @param files by path; those that cannot be looked at make all of it last a short time only
   * @param isWhole whether these are all files that it was read from
   */
  constructor(files: Iterable<string>, isWhole = true) {
    this.#stamps = new Map([...new Set(files)].map((file) => [file, stampOf(file)]));
    this.#lasts = isWhole && ![...this.#stamps.values()].includes("") ? LONG : SHORT;
  }

  /** Whether nothing has changed, as far as can be told. */
  hold(): boolean {
    if (performance.now() - this.#at > this.#lasts) return false;
    return [...this.#stamps].every(([file, stamp]) => stampOf(file) === stamp);
  }
}

/** Milliseconds that something is kept whose files can be looked at again, and that something else is. */
const LONG = 30_000;
const SHORT = 2000;

function stampOf(file: string): string {
  try {
    const { mtime, size, ino } = Deno.statSync(file);
    return `${mtime?.getTime()}:${size}:${ino}`;
  } catch {
    // Known by another name, or gone: it is read anew before long.
    return "";
  }
}
