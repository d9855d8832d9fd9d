/**
 * Keeps the page's text, the server's view of it and the file together.
 *
 * Laws. What was typed is in the page, in the draft, or on disk, at every moment. The file is only written over the text that
 * the page's text was made from, or merged with it. An answer about a text that the page does not have any more changes nothing.
 */

import type { NotebookView } from "./types.ts";

/** A file at one moment. */
export interface Saved {
  readonly text: string;
  /** Null: there is no such file. */
  readonly hash: string | null;
}

/** A place where the page and the disk say different things. */
export interface Region {
  /** From the text that both were made from. */
  readonly base: string;
  readonly mine: string;
  readonly disk: string;
}

/** A text with places that need an answer: texts and regions in turn. */
export type Mixed = readonly (string | Region)[];

/** Why the server did not do it. */
export type Refusal =
  | { readonly type: "away" }
  | { readonly type: "conflict"; readonly disk: Saved }
  | { readonly type: "gone" }
  | { readonly type: "refused"; readonly message: string };

/** Thrown by a {@linkcode SyncServer}. */
export class Refused extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.type === "refused" ? refusal.message : refusal.type);
    this.refusal = refusal;
  }
}

/** The server, as far as the text goes. All throw {@linkcode Refused}. `View` is what it says of a text. */
export interface SyncServer<View = NotebookView> {
  /** @param text null: as it is on disk */
  view(text: string | null, signal: AbortSignal): Promise<View>;
  /** Null: there is no such file. */
  read(): Promise<Saved | null>;
  write(text: string, base: Saved): Promise<{ readonly text: string; readonly hash: string; readonly merged: boolean }>;
  /** Both changes of a text in one, with what cannot be decided left open. Asks nobody. */
  mix(base: string, mine: string, disk: string): Promise<Mixed>;
}

/** The page. */
export interface SyncPage<View = NotebookView> {
  text(): string;
  /** Shows what the server says of the page's text, or of a new one. */
  show(view: View, why: "view" | "disk" | "merged" | "resolved"): void;
  state(state: SaveState): void;
}

/** Keeps a draft where it survives the page. */
export interface DraftStore {
  keep(draft: Draft): void;
  drop(): void;
}

/** Text that is not on disk, and what it was made from. */
export interface Draft {
  readonly text: string;
  readonly base: Saved;
  /** ISO 8601. */
  readonly at: string;
}

/** What a page says of itself. */
export type SaveState =
  | { readonly type: "saved" }
  | { readonly type: "changed" }
  | { readonly type: "saving" }
  | { readonly type: "offline"; readonly tries: number }
  | { readonly type: "conflict"; readonly conflict: Conflict }
  | { readonly type: "gone" }
  | { readonly type: "refused"; readonly message: string };

/** What has to be answered before anything is saved. */
export interface Conflict {
  /** The page's text that it is about. */
  readonly mine: string;
  readonly disk: Saved;
  readonly mixed: Mixed;
}

/** Timers, so that tests need not wait. */
export interface Timers {
  /** Calls back once after so many milliseconds, unless the result is called before. */
  after(ms: number, act: () => void): () => void;
  now(): Date;
}

/** Milliseconds after the last key. */
export const PAUSE = { draft: 150, view: 300, save: 500 } as const;
/** Milliseconds until the server is tried again, the longer it is away. */
const BACK_OFF = [500, 1000, 2000, 4000, 8000, 15_000];

/** How a text is kept. */
export interface SyncOptions {
  /** Whether what is typed is saved by itself, after a pause; otherwise when {@linkcode Sync.save} is called. Default true. */
  readonly savesItself?: boolean;
}

/** Keeps one file. Close it when the page goes. */
export class Sync<View = NotebookView> {
  #base: Saved;
  #state: SaveState = { type: "saved" };
  #timers = new Map<"draft" | "view" | "save", () => void>();
  #viewing: AbortController | null = null;
  #saving: Promise<void> | null = null;
  #lookedAt: Promise<void> | null = null;
  #tries = 0;
  #closed = false;
  /** Whether what is typed is to be on disk as soon as can be. */
  #isWanted: boolean;
  readonly #savesItself: boolean;
  readonly #server: SyncServer<View>;
  readonly #page: SyncPage<View>;
  readonly #drafts: DraftStore;
  readonly #clock: Timers;

  /** @param base what is on disk, and what the page shows */
  constructor(
    base: Saved,
    server: SyncServer<View>,
    page: SyncPage<View>,
    drafts: DraftStore,
    clock: Timers,
    { savesItself = true }: SyncOptions = {},
  ) {
    this.#base = base;
    this.#savesItself = this.#isWanted = savesItself;
    this.#server = server;
    this.#page = page;
    this.#drafts = drafts;
    this.#clock = clock;
  }

  get state(): SaveState {
    return this.#state;
  }

  /** What the page's text was made from. */
  get base(): Saved {
    return this.#base;
  }

  /** Whether the page has what the disk has not. */
  get isChanged(): boolean {
    return this.#page.text() !== this.#base.text || (this.#base.hash === null && this.#state.type !== "saved");
  }

  /** The page's text has changed. @param now whether its view is wanted without a pause */
  changed({ now = false }: { readonly now?: boolean } = {}): void {
    this.#later("draft", PAUSE.draft, () => this.keepDraft());
    this.#later("view", now ? 0 : PAUSE.view, () => void this.refresh());
    if (this.#isWanted) this.#later("save", PAUSE.save, () => void this.save());
    const { type } = this.#state;
    if (type === "saved" || type === "saving" || type === "refused") this.#say({ type: "changed" });
  }

  /** Takes up a draft of an earlier page. The page shows its text already. */
  resume({ base }: Draft): void {
    this.#base = base;
    this.changed({ now: true });
  }

  /** Puts the draft where it survives the page, at once. */
  keepDraft(): void {
    this.#stop("draft");
    if (!this.isChanged) return;
    this.#drafts.keep({ text: this.#page.text(), base: this.#base, at: this.#clock.now().toISOString() });
  }

  /** Asks for the view of the page's text. The latest wins. */
  async refresh(): Promise<void> {
    this.#stop("view");
    this.#viewing?.abort();
    const viewing = this.#viewing = new AbortController();
    const text = this.#page.text();
    try {
      const view = await this.#server.view(text, viewing.signal);
      if (viewing === this.#viewing && !this.#closed && this.#page.text() === text) this.#page.show(view, "view");
    } catch (error) {
      if (viewing.signal.aborted || this.#closed) return;
      await this.#fail(error, "view");
    } finally {
      if (viewing === this.#viewing) this.#viewing = null;
    }
  }

  /** Writes the page's text to disk, or merges it into what is there. One at a time. */
  async save(): Promise<void> {
    this.#stop("save");
    this.#isWanted = true;
    if (this.#saving !== null) {
      await this.#saving;
      // What was typed meanwhile is saved next.
      if (this.isChanged && !this.#closed && !this.#timers.has("save")) await this.save();
      return;
    }
    if (!this.isChanged && this.#state.type !== "conflict") return this.#settle();
    if (this.#state.type === "gone") return;
    this.#saving = this.#write();
    try {
      await this.#saving;
    } finally {
      this.#saving = null;
    }
  }

  /** The file on disk is this now. */
  async heard(hash: string | null): Promise<void> {
    if (this.#closed || hash === this.#base.hash) return;
    await this.#saving;
    if (hash === this.#base.hash) return;
    if (hash === null) return this.#isGone();
    if (this.isChanged) {
      // It is there again, as something else: that is taken in like any other change.
      if (this.#state.type === "gone") this.#say({ type: "changed" });
      return await this.#reconcile();
    }
    if (this.#lookedAt !== null) {
      // What is being read may be older than what was heard of.
      await this.#lookedAt;
      return await this.heard(hash);
    }
    await (this.#lookedAt = this.#adoptDisk().finally(() => this.#lookedAt = null));
  }

  /** The server may be there again. */
  async wake(): Promise<void> {
    if (this.#state.type !== "offline") return;
    this.#stop("save");
    this.#stop("view");
    if (this.isChanged && this.#isWanted) await this.save();
    else this.#settle();
    await this.refresh();
  }

  /** Writes a file that is gone anew. */
  async writeAnew(): Promise<void> {
    this.#base = { text: "", hash: null };
    this.#say({ type: "changed" });
    await this.save();
  }

  /**
   * Ends a conflict: the text is the answer to it. What was typed since is merged with the answer; where that cannot be, it
   * stays a conflict.
   */
  async resolve(text: string, { mine, disk }: Conflict): Promise<void> {
    if (this.#state.type !== "conflict") return;
    const now = this.#page.text();
    const parts = now === mine ? [text] : await this.#server.mix(mine, now, text);
    if (parts.some((part) => typeof part !== "string")) return await this.#reconcile();
    const answer = parts.join("");
    try {
      const view = await this.#server.view(answer, new AbortController().signal);
      if (this.#page.text() !== now) return await this.#reconcile();
      this.#base = disk;
      this.#page.show(view, "resolved");
    } catch (error) {
      return await this.#fail(error, "save");
    }
    this.#say({ type: "changed" });
    if (this.#isWanted) await this.save();
    else this.#settle();
  }

  /** No more timers; the draft is kept if there is one. */
  close(): void {
    this.keepDraft();
    this.#closed = true;
    for (const name of ["draft", "view", "save"] as const) this.#stop(name);
    this.#viewing?.abort();
  }

  async #write(): Promise<void> {
    const [sent, base] = [this.#page.text(), this.#base];
    if (this.#state.type !== "conflict") this.#say({ type: "saving" });
    try {
      const written = await this.#server.write(sent, base);
      this.#tries = 0;
      if (written.merged || written.text !== sent) return await this.#adopt(written, sent, base);
      this.#base = { text: sent, hash: written.hash };
      this.#settle();
    } catch (error) {
      // What the text was made from was answered anew meanwhile: it is saved next.
      const isOld = error instanceof Refused && error.refusal.type === "conflict" && this.#base !== base;
      if (!isOld) await this.#fail(error, "save", sent);
    }
  }

  /** Shows what the disk has, which was merged from what the page had. */
  async #adopt(disk: Saved, sent: string, base: Saved): Promise<void> {
    const view = await this.#server.view(disk.text, new AbortController().signal);
    if (this.#page.text() === sent) {
      this.#base = disk;
      this.#page.show(view, "merged");
      return this.#settle();
    }
    // The page went on: what it has is made from what was sent, and not from what the disk has. With the old hash the server
    // sees that, and merges again.
    this.#base = { text: sent, hash: base.hash };
    this.#say({ type: "changed" });
    if (this.#savesItself) this.#later("save", PAUSE.save, () => void this.save());
    else await this.#mixIn();
  }

  /** The disk has what the page has not, and the other way round: both become one, on disk only where that is wanted. */
  async #reconcile(): Promise<void> {
    if (this.#isWanted) await this.save();
    else await this.#mixIn();
  }

  /** Takes what the disk has into the page's text, which stays unsaved. */
  async #mixIn(): Promise<void> {
    const [mine, base] = [this.#page.text(), this.#base];
    try {
      const disk = await this.#server.read();
      if (disk === null) return this.#isGone();
      const mixed = await this.#server.mix(base.text, mine, disk.text);
      if (this.#closed) return;
      if (this.#page.text() !== mine || this.#base !== base) return await this.#mixIn();
      const isOne = mixed.every((part) => typeof part === "string");
      if (!isOne) return this.#say({ type: "conflict", conflict: { mine, disk, mixed } });
      const view = await this.#server.view(mixed.join(""), new AbortController().signal);
      if (this.#closed) return;
      if (this.#page.text() !== mine) return await this.#mixIn();
      this.#base = disk;
      this.#page.show(view, "merged");
      this.keepDraft();
      this.#settle();
    } catch (error) {
      await this.#fail(error, "view");
    }
  }

  async #adoptDisk(): Promise<void> {
    const shown = this.#page.text();
    try {
      const disk = await this.#server.read();
      if (disk === null) return this.#isGone();
      const view = await this.#server.view(disk.text, new AbortController().signal);
      if (this.#closed) return;
      if (this.#page.text() !== shown) return await this.#reconcile();
      this.#base = disk;
      if (disk.text === shown) return this.#settle();
      this.#page.show(view, "disk");
      this.#settle();
    } catch (error) {
      await this.#fail(error, "view");
    }
  }

  #isGone(): void {
    this.#drafts.keep({ text: this.#page.text(), base: this.#base, at: this.#clock.now().toISOString() });
    this.#stop("save");
    this.#say({ type: "gone" });
  }

  #settle(): void {
    this.#isWanted = this.#savesItself;
    if (this.isChanged) return this.#say({ type: "changed" });
    this.#stop("draft");
    this.#drafts.drop();
    this.#say({ type: "saved" });
  }

  async #fail(error: unknown, doing: "view" | "save", sent = this.#page.text()): Promise<void> {
    const refusal: Refusal = error instanceof Refused
      ? error.refusal
      : { type: "refused", message: error instanceof Error ? error.message : String(error) };
    this.keepDraft();
    switch (refusal.type) {
      case "away": {
        // What is to be saved finds out by itself.
        if (
          doing === "view" && this.isChanged && this.#isWanted && (this.#saving !== null || this.#timers.has("save"))
        ) return;
        const wait = BACK_OFF[Math.min(this.#tries++, BACK_OFF.length - 1)]!;
        // A conflict stays one while the server is away.
        if (this.#state.type !== "conflict") this.#say({ type: "offline", tries: this.#tries });
        this.#later("save", wait, () => void this.#retry(doing));
        return;
      }
      case "conflict": {
        const { disk } = refusal;
        const mixed = await this.#server.mix(this.#base.text, sent, disk.text);
        return this.#say({ type: "conflict", conflict: { mine: sent, disk, mixed } });
      }
      case "gone":
        return this.#isGone();
      case "refused":
        if (doing === "view") return;
        this.#isWanted = this.#savesItself;
        return this.#say(refusal);
    }
  }

  async #retry(doing: "view" | "save"): Promise<void> {
    if (doing === "save" || (this.isChanged && this.#isWanted)) await this.save();
    if (doing === "view" || this.#state.type === "saved") await this.refresh();
    const isDone = !this.isChanged || !this.#isWanted;
    if (this.#state.type === "offline" && isDone && !this.#timers.has("save")) this.#settle();
  }

  #say(state: SaveState): void {
    this.#state = state;
    if (state.type === "saved") this.#tries = 0;
    this.#page.state(state);
  }

  #later(name: "draft" | "view" | "save", ms: number, act: () => void): void {
    this.#stop(name);
    if (this.#closed) return;
    const cancel = this.#clock.after(ms, () => {
      this.#timers.delete(name);
      act();
    });
    this.#timers.set(name, cancel);
  }

  #stop(name: "draft" | "view" | "save"): void {
    this.#timers.get(name)?.();
    this.#timers.delete(name);
  }
}
