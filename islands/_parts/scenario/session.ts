/** An open scenario file: its text, what is said of it, whether it is saved, and all that can be done with it. */

import { signal } from "@preact/signals";
import type { Json } from "../../../framework/mod.ts";
import type { MountedEditor } from "../../_impl/editor.ts";
import { announce } from "../announce.ts";
import { live } from "../live.ts";
import { Drafts, type FoundDraft } from "../notebook/drafts.ts";
import { browserDrafts } from "../notebook/large_drafts.ts";
import { type Conflict, type SaveState, Sync } from "../notebook/sync.ts";
import { toast, toastError } from "../shell/toasts.ts";
import { refreshTree } from "../shell/tree_store.ts";
import type { Schema } from "./schema.ts";
import { ScenarioServer } from "./server.ts";
import type { Path, ScenarioLook } from "./types.ts";

/** What is shown of a scenario. */
export type ScenarioTab = "text" | "form" | "resolved" | "changes";
/** All of them, in their order. */
export const TABS: readonly ScenarioTab[] = ["text", "form", "resolved", "changes"];

/** A scenario file as the page begins with it. */
export interface ScenarioStart extends ScenarioLook {
  readonly repo: string;
  readonly config: string;
  readonly hash: string;
  readonly kind: "scenario" | "batch" | "conversation" | "plan";
  /** It is part of the program: a copy of it can be written. */
  readonly readonly: boolean;
  readonly tab: ScenarioTab;
  /** What who looks at it may do. */
  readonly may: { readonly edit: boolean; readonly run: boolean };
}

/** Milliseconds after which a page that is looked at asks whether the file is still the same. */
const LOOK = 5000;

/** An open page. */
export class ScenarioSession {
  readonly start: ScenarioStart;
  /** As it is in the page. */
  readonly text = signal("");
  /** As it is on disk, as far as the page knows. */
  readonly saved = signal("");
  readonly save = signal<SaveState>({ type: "saved" });
  /** What was said last, maybe of an earlier text. */
  readonly look = signal<ScenarioLook>(null!);
  readonly tab = signal<ScenarioTab>("text");
  readonly schema = signal<Schema | null>(null);
  /** The domain does not say what its scenarios may be set to. */
  readonly isSchemaMissing = signal(false);
  /** A draft of an earlier page that is not on disk. */
  readonly found = signal<FoundDraft | null>(null);
  /** Where the caret is in the text: the path of the value, for who wants to know what it is. */
  readonly at = signal<Path>([]);
  /** It was deleted on this page. */
  readonly isDeleted = signal(false);
  /** Of the text, where it is shown; and what it has left where it is not any more: caret and undo. */
  editor: MountedEditor | null = null;
  left: unknown = null;
  /** A line that is to be shown as soon as there is an editor. */
  readonly line = signal<number | null>(null);
  readonly sync: Sync<ScenarioLook>;
  readonly server: ScenarioServer;
  readonly #drafts: Drafts;
  #editing: Promise<unknown> = Promise.resolve();
  /** Values that are on their way into the text. */
  #edits = 0;

  constructor(start: ScenarioStart) {
    const { repo, config, text, hash } = start;
    this.start = start;
    this.text.value = this.saved.value = text;
    this.look.value = start;
    this.tab.value = start.tab;
    this.server = new ScenarioServer(repo, config);
    this.#drafts = new Drafts(
      localStorage,
      browserDrafts(indexedDB),
      `scenario:${repo}/${config}`,
      crypto.randomUUID(),
    );
    this.sync = new Sync<ScenarioLook>(
      { text, hash },
      this.server,
      {
        text: () => this.text.peek(),
        show: (look, why) => this.#show(look, why),
        state: (state) => this.#say(state),
      },
      this.#drafts,
      {
        after: (ms, act) => {
          const timer = setTimeout(act, ms);
          return () => clearTimeout(timer);
        },
        now: () => new Date(),
      },
      { savesItself: false },
    );
  }

  /** How the text stands to the disk, as it is now. */
  get #state(): SaveState["type"] {
    return this.sync.state.type;
  }

  get mayEdit(): boolean {
    return this.start.may.edit && !this.start.readonly;
  }

  /** Follows the file. @returns ends it */
  open(): () => void {
    const { sync } = this;
    const look = () => void this.#lookAtDisk();
    const keep = () => sync.keepDraft();
    const onShown = () => document.visibilityState === "visible" ? look() : keep();
    const timer = setInterval(() => document.visibilityState === "visible" && look(), LOOK);
    const state = live().state.subscribe((now) => now === "open" && look());
    addEventListener("online", look);
    addEventListener("focus", look);
    addEventListener("pagehide", keep);
    document.addEventListener("visibilitychange", onShown);
    void this.#loadSchema();
    if (this.start.draft === null) void sync.refresh();
    if (this.mayEdit) {
      void this.#drafts.unsaved(sync.base.text, (...texts) => this.server.mix(...texts))
        .then((found) => this.found.value = found);
    }
    return () => {
      clearInterval(timer);
      state();
      removeEventListener("online", look);
      removeEventListener("focus", look);
      removeEventListener("pagehide", keep);
      document.removeEventListener("visibilitychange", onShown);
      sync.close();
    };
  }

  /** The text was changed here. @param now whether what is wrong with it is asked without a pause */
  type(text: string, now = false): void {
    if (text === this.text.peek()) return;
    this.text.value = text;
    this.sync.changed({ now });
  }

  /** Whether there is something that is not on disk, be it that it is not even in the text yet. */
  get isUnsaved(): boolean {
    return this.#edits > 0 || this.sync.isChanged;
  }

  /** Sets one value in the text, the rest of which stays as it is written. */
  async set(path: Path, value: Json): Promise<void> {
    await this.#edit(path, value);
  }

  /** Has the text say nothing of a place. */
  async unset(path: Path): Promise<void> {
    await this.#edit(path);
  }

  /** As {@linkcode unset}, told with a way back. @returns whether it is gone */
  async takeOut(path: Path, name: string): Promise<boolean> {
    const edit = await this.#edit(path);
    if (edit === null) return false;
    const run = () => {
      if (this.text.peek() === edit.after) this.#put(edit.before);
      else toast({ text: "It has been edited since: undo it in the text" });
    };
    toast({ text: `${name} is removed`, action: { label: "Undo", run } });
    return true;
  }

  #put(text: string): void {
    this.editor?.replace(text);
    this.type(text, true);
  }

  /** @param value undefined: it is taken out @returns the text as it was and is; null: why it could not be is told */
  #edit(path: Path, value?: Json): Promise<{ readonly before: string; readonly after: string } | null> {
    this.#edits++;
    const work = this.#editing.then(async () => {
      for (;;) {
        const before = this.text.peek();
        const after = await this.server.edit(before, path, value);
        // What was typed meanwhile is not lost: it is set in that.
        if (this.text.peek() !== before) continue;
        this.#put(after);
        return { before, after };
      }
    });
    const told = work.catch((error) => {
      toastError(value === undefined ? "It could not be removed" : "It could not be set", error);
      return null;
    }).finally(() => this.#edits--);
    this.#editing = told;
    return told;
  }

  /** Writes the text to disk. @returns whether it is there */
  async store(): Promise<boolean> {
    if (!this.mayEdit) return false;
    await this.#editing;
    await this.sync.save();
    const isSaved = this.#state === "saved";
    if (isSaved) toast({ text: "Saved", kind: "done" });
    return isSaved;
  }

  /** Goes back to what is on disk. It can be undone in the editor. */
  revert(): void {
    const before = this.text.peek();
    if (before === this.saved.peek()) return void toast({ text: "Nothing has changed" });
    this.#put(this.saved.peek());
    toast({ text: "Changes dropped", action: { label: "Undo", run: () => this.#put(before) } });
  }

  /** Takes the draft up, or drops it. */
  answerDraft(take: boolean): void {
    const found = this.found.peek();
    if (found === null) return;
    this.found.value = null;
    this.#drafts.forget(found);
    if (!take) return;
    this.text.value = found.draft.text;
    this.editor?.replace(found.draft.text);
    this.sync.resume(found.draft);
    void this.#lookAtDisk();
  }

  resolve(text: string, conflict: Conflict): void {
    void this.sync.resolve(text, conflict);
  }

  /** Deletes the file. The page keeps its text. @throws {ApiError} it is another one by now, or cannot be deleted */
  async remove(): Promise<void> {
    const { hash } = this.sync.base;
    if (hash === null) return;
    await this.server.remove(hash);
    this.isDeleted.value = true;
    await this.sync.heard(null);
    noticeFiles();
    toast({ text: `Deleted ${this.start.config}`, action: { label: "Undo", run: () => void this.restore() } });
  }

  /** Writes a file that is gone anew. */
  async restore(): Promise<void> {
    await this.sync.writeAnew();
    if (this.#state !== "saved") return;
    this.isDeleted.value = false;
    noticeFiles();
    toast({ text: "It is there again", kind: "done" });
  }

  /** Shows a line of the text. */
  goTo(line: number): void {
    this.line.value = line;
    this.show("text");
    if (this.editor !== null) this.take(this.editor);
  }

  /** Shows the text at what is written there, or else at the nearest that is. */
  async goToPath(path: Path): Promise<void> {
    const { lineOf } = await import("../../_impl/yaml_place.ts");
    this.goTo(lineOf(this.text.peek(), path));
  }

  /** The text is shown in this editor now. */
  take(editor: MountedEditor): void {
    this.editor = editor;
    // What has happened while it was loaded.
    editor.replace(this.text.peek());
    const line = this.line.peek();
    if (line !== null) editor.focusLine(line);
    this.line.value = null;
  }

  /** It is not shown any more. */
  leave(): void {
    this.left = this.editor?.close() ?? this.left;
    this.editor = null;
  }

  /** Shows it in another way; the address says so. */
  show(tab: ScenarioTab): void {
    this.tab.value = tab;
    const url = new URL(location.href);
    if (tab === "text") url.searchParams.delete("view");
    else url.searchParams.set("view", tab);
    history.replaceState(history.state, "", url);
  }

  async #lookAtDisk(): Promise<void> {
    await this.sync.wake();
    const isBusy = () => this.#state === "saving";
    if (isBusy()) return;
    const hash = await this.server.hash(this.sync.base.hash);
    if (hash !== undefined && !isBusy()) await this.sync.heard(hash);
  }

  async #loadSchema(): Promise<void> {
    // Without it there is no form and no completion; what is wrong with the domain is said with the findings.
    this.schema.value = await this.server.schema().catch(() => null);
    this.isSchemaMissing.value = this.schema.peek() === null;
  }

  #show(look: ScenarioLook, why: "view" | "disk" | "merged" | "resolved"): void {
    this.look.value = look;
    this.saved.value = this.sync.base.text;
    if (why === "view") return;
    this.text.value = look.text;
    this.editor?.replace(look.text);
    if (why === "merged") toast({ text: "Merged changes from disk" });
    if (why === "disk") toast({ text: "Changed on disk" });
  }

  #say(state: SaveState): void {
    const before = this.save.peek().type;
    this.save.value = state;
    this.saved.value = this.sync.base.text;
    if (state.type === before) return;
    if (state.type === "saved") this.isDeleted.value = false;
    if (state.type === "offline") announce("The server does not answer. Changes are kept here.");
    if (state.type === "conflict") announce("This page and the file on disk differ. Saving waits for your answer.");
    if (state.type === "gone") announce("The file is gone.");
  }
}

/** Tree and lists are to know that there is another file, or one less. */
function noticeFiles(): void {
  void refreshTree().catch(() => {/* They find out with the next page. */});
}
