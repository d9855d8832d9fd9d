/** What several clients follow: opened by the first, closed when the last is gone. */

/** Something that is opened, and the promise that it is ready, which throws where there is no such thing. */
export interface Opened<L> {
  readonly live: L;
  readonly ready: Promise<void>;
}

interface Entry<L> extends Opened<L> {
  /** Who follows it or is about to. */
  users: number;
}

/** Law: what is here is followed, or about to be. */
export class Shared<L> {
  readonly #entries = new Map<string, Entry<L>>();
  readonly #open: (id: string) => Opened<L>;
  readonly #onUnused: (id: string, live: L) => void;

  /** @param onUnused told when the last of those who followed it has let go of it, and it is not here any more */
  constructor(open: (id: string) => Opened<L>, onUnused: (id: string, live: L) => void) {
    this.#open = open;
    this.#onUnused = onUnused;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(id: string): L | undefined {
    return this.#entries.get(id)?.live;
  }

  /** All that are here. */
  entries(): Opened<L>[] {
    return [...this.#entries.values()];
  }

  /** Takes hold of all of them. @throws what opening one of them throws; then none is held */
  async acquireAll(ids: readonly string[]): Promise<L[]> {
    const acquired = await Promise.allSettled(ids.map((id) => this.acquire(id)));
    const failed = acquired.find(({ status }) => status === "rejected");
    const lives = acquired.map((one) => one.status === "fulfilled" ? one.value : null);
    if (failed?.status !== "rejected") return lives as L[];
    lives.forEach((live, i) => live === null || this.release(ids[i]!, live));
    throw failed.reason;
  }

  /** Takes hold of one; whoever does lets go of it once. @throws what opening it throws */
  async acquire(id: string): Promise<L> {
    let entry = this.#entries.get(id);
    if (entry === undefined) {
      entry = { ...this.#open(id), users: 0 };
      this.#entries.set(id, entry);
    }
    entry.users++;
    try {
      await entry.ready;
      return entry.live;
    } catch (error) {
      this.release(id, entry.live);
      throw error;
    }
  }

  /** Lets go of it. */
  release(id: string, live: L): void {
    const entry = this.#entries.get(id);
    if (entry?.live !== live || --entry.users > 0) return;
    this.#entries.delete(id);
    this.#onUnused(id, live);
  }
}
