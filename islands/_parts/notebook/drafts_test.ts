import { assertEquals } from "../../../tests/support/assert.ts";
import { mix } from "../../_impl/merge.ts";
import { Drafts } from "./drafts.ts";
import type { LargeDrafts } from "./large_drafts.ts";
import type { Draft } from "./sync.ts";

/** A browser's storage. */
class Storage {
  readonly #items = new Map<string, string>();
  isFull = false;
  get length(): number {
    return this.#items.size;
  }
  key(at: number): string | null {
    return [...this.#items.keys()][at] ?? null;
  }
  getItem(name: string): string | null {
    return this.#items.get(name) ?? null;
  }
  setItem(name: string, value: string): void {
    if (this.isFull) throw new DOMException("full", "QuotaExceededError");
    this.#items.set(name, value);
  }
  removeItem(name: string): void {
    this.#items.delete(name);
  }
}

/** What is too large for it. */
class Large implements LargeDrafts {
  readonly items = new Map<string, Draft>();
  put(name: string, draft: Draft): Promise<void> {
    return Promise.resolve(void this.items.set(name, draft));
  }
  get(name: string): Promise<unknown> {
    return Promise.resolve(this.items.get(name));
  }
  remove(name: string): Promise<void> {
    return Promise.resolve(void this.items.delete(name));
  }
}

const mixed = (...texts: [string, string, string]) => Promise.resolve(mix(...texts));
const draft = (text: string, base: string, at = "2026-01-01") => ({ text, base: { text: base, hash: "h" }, at });

Deno.test("a draft of an earlier page is found, the newest first, until it is forgotten; one's own is none", async () => {
  const [storage, large] = [new Storage(), new Large()];
  new Drafts(storage, large, "a.md", "one").keep(draft("old\n", "base\n", "2026-01-01"));
  new Drafts(storage, large, "a.md", "two").keep(draft("new\n", "base\n", "2026-01-02"));
  new Drafts(storage, large, "b.md", "three").keep(draft("other\n", "base\n"));
  const drafts = new Drafts(storage, large, "a.md", "four");
  drafts.keep(draft("mine\n", "base\n", "2026-01-03"));
  const found = (await drafts.unsaved("base\n", mixed))!;
  assertEquals(found.draft.text, "new\n");
  drafts.forget(found);
  assertEquals((await drafts.unsaved("base\n", mixed))!.draft.text, "old\n");
  drafts.drop();
  assertEquals(storage.length, 2);
});

Deno.test("a draft whose changes the disk has by now is forgotten, whatever else the disk has", async () => {
  const [storage, large] = [new Storage(), new Large()];
  const drafts = new Drafts(storage, large, "a.md", "now");
  for (const disk of ["mine\nb\nc\n", "mine\nb\ntheirs\n", "mine\n"]) {
    new Drafts(storage, large, "a.md", "before").keep(
      draft("mine\nb\nc\n", disk === "mine\n" ? "mine\nb\nc\n" : "a\nb\nc\n"),
    );
    assertEquals([await drafts.unsaved(disk, mixed), storage.length], [null, 0]);
  }
  new Drafts(storage, large, "a.md", "before").keep(draft("mine\nb\nc\n", "a\nb\nc\n"));
  assertEquals((await drafts.unsaved("theirs\nb\nc\n", mixed))?.draft.text, "mine\nb\nc\n");
});

Deno.test("what is no draft, and a storage that is full, keep nobody from working", async () => {
  const [storage, large] = [new Storage(), new Large()];
  storage.setItem("llm-sim:draft:a.md:broken", "{");
  storage.setItem("llm-sim:draft:a.md:other", '{"text":1}');
  storage.isFull = true;
  const drafts = new Drafts(storage, large, "a.md", "now");
  drafts.keep(draft("mine", "base"));
  assertEquals(await drafts.unsaved("base", mixed), null);
});

Deno.test("a draft that is too large for the storage is kept elsewhere, found, and gone when it is dropped", async () => {
  const [storage, large] = [new Storage(), new Large()];
  const before = new Drafts(storage, large, "a.md", "before");
  const text = "a line of a long page\n".repeat(30_000);
  before.keep(draft(`${text}mine\n`, text));
  assertEquals(storage.getItem(storage.key(0)!)!.length < 10, true);
  const found = await new Drafts(storage, large, "a.md", "now").unsaved(text, mixed);
  assertEquals(found?.draft.text, `${text}mine\n`);
  before.drop();
  assertEquals([storage.length, large.items.size], [0, 0]);
});
