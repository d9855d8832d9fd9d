/** Pages that were made a moment ago. */

/** Milliseconds for which a page may be shown again. */
const FRESH = 1000;
/** Pages that are kept at most; then the oldest is forgotten. */
const MOST = 16;

/** Law: what is shown again was made of the same, at most a second ago. */
export class RecentPages<Page> {
  readonly #now: () => number;
  readonly #pages = new Map<string, { readonly at: number; readonly page: Page }>();

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** The page of this name. @param make makes it, when there is none that is fresh */
  get(name: string, make: () => Page): Page {
    const now = this.#now();
    const before = this.#pages.get(name);
    if (before !== undefined && now - before.at < FRESH) return before.page;
    const page = make();
    // The newest are last.
    this.#pages.delete(name);
    this.#pages.set(name, { at: now, page });
    if (this.#pages.size > MOST) this.#pages.delete(this.#pages.keys().next().value!);
    return page;
  }
}
