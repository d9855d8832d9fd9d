/** Pages that were made a moment ago. */

/** Milliseconds for which a page may be shown again. */
const FRESH = 1000;
/** Pages that are kept at most; then the oldest is forgotten. */
const MOST = 16;

/** Law: what is shown again was made of the same, at most a second ago. */
export class RecentPages {
  readonly #now: () => number;
  readonly #pages = new Map<string, { readonly at: number; readonly bytes: Uint8Array<ArrayBuffer> }>();

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** The page of this name. @param make makes it, when there is none that is fresh */
  get(name: string, make: () => Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const now = this.#now();
    const before = this.#pages.get(name);
    if (before !== undefined && now - before.at < FRESH) return before.bytes;
    const bytes = make();
    // The newest are last.
    this.#pages.delete(name);
    this.#pages.set(name, { at: now, bytes });
    if (this.#pages.size > MOST) this.#pages.delete(this.#pages.keys().next().value!);
    return bytes;
  }
}
