/** Drafts in the browser's storage: what was typed survives the page, until it is on disk. */

import type { Kept } from "./permissions.ts";
import type { Draft, DraftStore } from "./sync.ts";

type Listed = Kept & Pick<Storage, "key" | "length">;

/** A draft that was found. */
export interface FoundDraft {
  readonly draft: Draft;
  readonly name: string;
}

/** The drafts of one page in one tab. Two tabs on a page keep one each. */
export class Drafts implements DraftStore {
  readonly #storage: Listed;
  readonly #name: string;
  readonly #path: string;

  constructor(storage: Listed, path: string, tab: string) {
    this.#storage = storage;
    this.#path = path;
    this.#name = `${prefix(path)}${tab}`;
  }

  keep(draft: Draft): void {
    try {
      this.#storage.setItem(this.#name, JSON.stringify(draft));
    } catch {
      // Storage is full or forbidden: the page and the disk still have the text.
    }
  }

  drop(): void {
    this.#storage.removeItem(this.#name);
  }

  /** Drafts of earlier pages that say something else than the disk does, the newest first. */
  found(onDisk: string): FoundDraft[] {
    const found: FoundDraft[] = [];
    for (let i = 0; i < this.#storage.length; i++) {
      const name = this.#storage.key(i)!;
      if (!name.startsWith(prefix(this.#path)) || name === this.#name) continue;
      const draft = read(this.#storage.getItem(name));
      if (draft !== null && draft.text !== onDisk) found.push({ draft, name });
    }
    return found.sort((a, b) => b.draft.at.localeCompare(a.draft.at));
  }

  /** Forgets a draft: it was taken up, or is not wanted. */
  forget({ name }: FoundDraft): void {
    this.#storage.removeItem(name);
  }
}

function prefix(path: string): string {
  return `llm-sim:draft:${path}:`;
}

function read(text: string | null): Draft | null {
  try {
    const { text: typed, base, at } = JSON.parse(text ?? "null") as Draft;
    if (typeof typed !== "string" || typeof base.text !== "string" || typeof at !== "string") return null;
    return { text: typed, base: { text: base.text, hash: base.hash }, at };
  } catch {
    // Not written by this page.
    return null;
  }
}
