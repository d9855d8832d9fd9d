/** Drafts in the browser's storage: what was typed survives the page, until it is on disk. */

import type { LargeDrafts } from "./large_drafts.ts";
import type { Kept } from "./permissions.ts";
import type { Draft, DraftStore, SyncServer } from "./sync.ts";

type Listed = Kept & Pick<Storage, "key" | "length">;

/** A draft that was found. */
export interface FoundDraft {
  readonly draft: Draft;
  readonly name: string;
}

/** Characters from which on a draft is large: the storage of a site takes about five million. */
const LARGE = 500_000;
/** Stands in the storage for one that is elsewhere. */
const ELSEWHERE = "large";

/** The drafts of one page in one tab. Two tabs on a page keep one each. */
export class Drafts implements DraftStore {
  readonly #storage: Listed;
  readonly #large: LargeDrafts;
  readonly #name: string;
  readonly #path: string;

  constructor(storage: Listed, large: LargeDrafts, path: string, tab: string) {
    this.#storage = storage;
    this.#large = large;
    this.#path = path;
    this.#name = `${prefix(path)}${tab}`;
  }

  keep(draft: Draft): void {
    const isLarge = draft.text.length + draft.base.text.length > LARGE;
    try {
      this.#storage.setItem(this.#name, isLarge ? ELSEWHERE : JSON.stringify(draft));
    } catch {
      // Storage is full or forbidden: the page and the disk still have the text.
    }
    if (isLarge) this.#large.put(this.#name, draft).catch(() => {/* Likewise. */});
  }

  drop(): void {
    this.#remove(this.#name);
  }

  /**
   * The newest draft of an earlier page that has what the disk has not; null: there is none. One that has nothing of its own
   * was saved after all, its page went before it knew: it is forgotten.
   */
  async unsaved(disk: string, mix: SyncServer["mix"]): Promise<FoundDraft | null> {
    const left: FoundDraft[] = [];
    for (const found of await this.#found()) {
      const { text, base } = found.draft;
      const mixed = text === disk ? [disk] : await mix(base.text, text, disk).catch(() => [text]);
      if (mixed.length <= 1 && (mixed[0] ?? "") === disk) this.forget(found);
      else left.push(found);
    }
    return left.sort((a, b) => b.draft.at.localeCompare(a.draft.at))[0] ?? null;
  }

  /** Forgets a draft: it was taken up, or is not wanted. */
  forget({ name }: FoundDraft): void {
    this.#remove(name);
  }

  async #found(): Promise<FoundDraft[]> {
    const names = Array.from({ length: this.#storage.length }, (_, i) => this.#storage.key(i)!)
      .filter((name) => name.startsWith(prefix(this.#path)) && name !== this.#name);
    const drafts = await Promise.all(names.map(async (name) => ({ name, draft: await this.#read(name) })));
    return drafts.flatMap(({ name, draft }) => draft === null ? [] : [{ name, draft }]);
  }

  async #read(name: string): Promise<Draft | null> {
    try {
      const text = this.#storage.getItem(name) ?? "null";
      return asDraft(text === ELSEWHERE ? await this.#large.get(name) : JSON.parse(text));
    } catch {
      // Not written by this page.
      return null;
    }
  }

  #remove(name: string): void {
    const isElsewhere = this.#storage.getItem(name) === ELSEWHERE;
    this.#storage.removeItem(name);
    if (isElsewhere) this.#large.remove(name).catch(() => {/* It is found by what stood in the storage only. */});
  }
}

function prefix(path: string): string {
  return `llm-sim:draft:${path}:`;
}

function asDraft(value: unknown): Draft | null {
  const { text, base, at } = (value ?? {}) as Partial<Draft>;
  if (typeof text !== "string" || typeof base?.text !== "string" || typeof at !== "string") return null;
  return { text, base: { text: base.text, hash: base.hash }, at };
}
