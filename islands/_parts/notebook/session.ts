/** A page that is open in a browser: its state, its server, what it follows, and what people do with it. */

import { signal } from "@preact/signals";
import { announce } from "../announce.ts";
import { forkCell } from "../fork_cell.ts";
import { live } from "../live.ts";
import { toast, toastError } from "../shell/toasts.ts";
import { noticeWork, shownHere } from "../shell/work_store.ts";
import { type InputValue, valuesIn, withValue } from "./address.ts";
import { Drafts, type FoundDraft } from "./drafts.ts";
import { infoOf, withFlag, withInfo } from "./fences.ts";
import { endings, movingOf } from "./following.ts";
import { after, freeId } from "./model.ts";
import { browserDrafts } from "./large_drafts.ts";
import { isPermitted, permit } from "./permissions.ts";
import { shownIn } from "./shown_here.ts";
import { NotebookServer, type RunRequest } from "./server.ts";
import type { NotebookStore } from "./store.ts";
import { type Conflict, type SaveState, Sync, type SyncPage } from "./sync.ts";
import type { CellView, NotebookView, Price } from "./types.ts";
import { UnderWay } from "./under_way.ts";

/** Kinds of cells that cost time or money, and never run by themselves. */
export const PAID: readonly string[] = ["run", "batch", "conversation"];

/** What has to be agreed to before it is started. */
export interface Question {
  readonly text: string;
  readonly price: string;
  yes(): void;
}

/** An open page. */
export class Session {
  readonly store: NotebookStore;
  /** Asked before what costs money is started. */
  readonly question = signal<Question | null>(null);
  /** What was asked to run, until the server has answered. */
  readonly #starting = signal<RunRequest["cells"] | null>(null);
  /** A draft of an earlier page that is not on disk. */
  readonly found = signal<FoundDraft | null>(null);
  /** The newest view: what components beyond single cells show. */
  readonly view = signal<NotebookView>(null!);
  readonly sync: Sync;
  readonly underWay = new UnderWay(() => void this.sync.refresh());
  readonly #server: NotebookServer;
  readonly #drafts: Drafts;
  #values: Record<string, InputValue>;
  /** Whether an input was moved since the last view: only then may `auto` cells start. */
  #wasMoved = false;
  #copied: string | null = null;

  constructor(
    store: NotebookStore,
    view: NotebookView,
    onDisk: { readonly text: string; readonly hash: string | null },
  ) {
    this.store = store;
    this.view.value = view;
    this.#values = valuesIn(location.search);
    this.#server = new NotebookServer(view.path, () => this.#values);
    this.#drafts = new Drafts(localStorage, browserDrafts(indexedDB), view.path, crypto.randomUUID());
    const page: SyncPage = {
      text: () => store.text(),
      show: (shown, why) => this.#show(shown, why),
      state: (state) => this.#say(state),
    };
    this.sync = new Sync(onDisk, this.#server, page, this.#drafts, {
      after: (ms, act) => {
        const timer = setTimeout(act, ms);
        return () => clearTimeout(timer);
      },
      now: () => new Date(),
    });
  }

  /** Follows the file and what is under way. @returns ends it */
  start(): () => void {
    const { store, sync } = this;
    store.onChange = (now) => sync.changed({ now });
    const unfollow = live().follow("notebook", store.path, (event, { hash }) => {
      if (event === "notebook") void sync.heard(typeof hash === "string" ? hash : null);
    });
    const wake = () => void sync.wake();
    const keep = () => sync.keepDraft();
    const state = live().state.subscribe((now) => now === "open" && wake());
    shownHere.value = (kind, id) => shownIn(store, kind, id, (key) => this.focus(key));
    addEventListener("online", wake);
    addEventListener("pagehide", keep);
    document.addEventListener("visibilitychange", keep);
    this.underWay.follow(this.view.peek());
    void this.#drafts.unsaved(sync.base.text, (...texts) => this.#server.mix(...texts))
      .then((found) => this.found.value = found);
    return () => {
      unfollow();
      state();
      shownHere.value = null;
      removeEventListener("online", wake);
      removeEventListener("pagehide", keep);
      document.removeEventListener("visibilitychange", keep);
      this.underWay.close();
      sync.close();
    };
  }

  /** Takes the draft up, or drops it. */
  answerDraft(take: boolean): void {
    const found = this.found.peek();
    if (found === null) return;
    this.found.value = null;
    this.#drafts.forget(found);
    if (!take) return;
    void this.#server.view(found.draft.text, new AbortController().signal).then(
      (view) => {
        this.store.show(view, false);
        this.view.value = view;
        this.sync.resume(found.draft);
      },
      (error) => {
        this.#drafts.keep(found.draft);
        this.found.value = found;
        toastError("The draft could not be shown", error);
      },
    );
  }

  resolve(text: string, conflict: Conflict): void {
    void this.sync.resolve(text, conflict);
  }

  /** A control was moved: the address says so, readers are computed anew. */
  setInput(id: string, value: InputValue, standard: InputValue): void {
    history.replaceState(history.state, "", withValue(location.href, id, value, standard));
    this.#values = valuesIn(location.search);
    this.#wasMoved = true;
    void this.sync.refresh();
  }

  /** The cell as the server knows it. */
  cell(key: string): CellView | null {
    const view = this.store.piece(key).view.peek();
    return view?.kind === "cell" ? view : null;
  }

  isPaid(key: string): boolean {
    return PAID.includes(infoOf(this.store.piece(key).source.peek())?.kind ?? "");
  }

  /** Runs a cell, or computes a cheap one anew. */
  runCell(key: string, { ancestors = false, sampleAgain = false, step = false } = {}): void {
    const cell = this.cell(key);
    const isRun = this.isPaid(key) || ancestors;
    if (cell === null) {
      // Typed just now, and not seen by the server: it is told with the text.
      const id = infoOf(this.store.piece(key).source.peek())?.id;
      return isRun && id ? void this.#run({ cells: [id] }) : void this.sync.refresh();
    }
    if (!isRun) return void this.sync.refresh();
    const name = cell.id ?? cell.name;
    if (cell.id !== null && cell.flags.includes("auto")) {
      permit(localStorage, this.store.path, cell.id, this.store.piece(key).source.peek());
    }
    const others = ancestors ? this.#staleAbove(cell) : [];
    const start = () =>
      void this.#run({
        cells: [name],
        ...(ancestors && { ancestors }),
        ...(sampleAgain && { sampleAgain }),
        ...(step && { mode: "step" as const }),
      });
    if (others.every(({ price }) => price?.free !== false)) return start();
    this.#ask(`Run ${name} and ${others.map((other) => other.name).join(", ")}?`, [cell, ...others], start);
  }

  /** Runs what is stale, or all there is. */
  runAll(what: "stale" | "all"): void {
    const cells = this.#cells().filter(({ cell, status, id }) =>
      PAID.includes(cell) && id !== null && status !== "off" && (what === "all" || status === "stale")
    );
    if (cells.length === 0) {
      return void toast({ text: what === "all" ? "There is nothing to run" : "Nothing is stale" });
    }
    const start = () =>
      void this.#run({ cells: what === "stale" ? "stale" : cells.map(({ id }) => id!), ancestors: true });
    const paid = cells.filter(({ price, status }) => status === "stale" && price?.free === false);
    if (paid.length === 0) return start();
    this.#ask(`Run ${cells.map(({ name }) => name).join(", ")}?`, paid, start);
  }

  cancel(key: string | null): void {
    const cell = key === null ? null : this.cell(key);
    void this.#acted(
      "It could not be cancelled",
      this.#server.cancel(this.store.text(), cell === null ? undefined : [cell.id ?? cell.name]),
    );
  }

  save(): void {
    void this.sync.save().then(() => {
      if (this.sync.state.type === "saved") toast({ text: "Saved", kind: "done" });
    });
  }

  delete(key: string): void {
    const name = nameOf(this.store, key);
    if (!this.store.delete(key)) return;
    announce(`Deleted ${name}`);
    toast({ text: `Deleted ${name}`, action: { label: "Undo", run: () => this.undo() } });
    this.focus(this.store.active.peek());
  }

  undo(): void {
    this.focus(this.store.undo());
  }

  redo(): void {
    this.focus(this.store.redo());
  }

  copy(key: string): void {
    this.#copied = this.store.piece(key).source.peek();
    void navigator.clipboard?.writeText(this.#copied).catch(() => {/* The page's own clipboard has it. */});
  }

  cut(key: string): void {
    this.copy(key);
    this.delete(key);
  }

  /** Puts what was copied below a cell. An id that is taken is given a number. */
  paste(below: string | null, text = this.#copied): void {
    if (text === null) return;
    const info = infoOf(text);
    const isTaken = info !== null && info.id !== null && this.store.keyOf(info.id) !== null;
    const source = isTaken
      ? withInfo(text, info.rest.replace(`#${info.id}`, `#${freeId(this.store.pieces, info.id!)}`))
      : text;
    const before = below === null ? null : after(this.store.pieces, below);
    this.focus(this.store.insertSource(source.trim() + "\n", before));
  }

  duplicate(key: string): void {
    this.paste(key, this.store.piece(key).source.peek());
  }

  /** Puts a cell that forks this one after a turn below it, for what is to differ to be said. */
  fork(key: string, turn: number): void {
    const cell = this.cell(key);
    if (cell === null || cell.id === null) return;
    const { source, caret } = forkCell(cell.id, cell.output, turn, freeId(this.store.pieces, `${cell.id}_fork`));
    this.store.edit(this.store.insertSource(source, after(this.store.pieces, key)), caret);
    announce(`Added a fork of ${cell.id} after turn ${turn}`);
  }

  move(key: string, by: -1 | 1): void {
    if (!this.store.moveBy(key, by)) return;
    announce(`Moved ${nameOf(this.store, key)} ${by === -1 ? "up" : "down"}`);
    // The element may be a new one where it has moved.
    if (this.store.editing.peek()?.key !== key) this.focus(key);
  }

  flag(key: string, flag: string): void {
    const source = this.store.piece(key).source.peek();
    const isOn = infoOf(source)?.flags.includes(flag) ?? false;
    this.store.change(key, withFlag(source, flag, !isOn));
  }

  /** Puts the focus on a cell. */
  focus(key: string | null): void {
    if (key === null) return;
    this.store.active.value = key;
    const look = () => {
      const element = document.querySelector<HTMLElement>(`[data-key="${key}"]`);
      element?.focus({ preventScroll: true });
      element?.scrollIntoView({ block: "nearest" });
      return element !== null;
    };
    // At once, for what is pressed next; and again where it is only drawn now, or has lost the focus by being moved.
    const isDrawn = look();
    setTimeout(() => (!isDrawn || document.activeElement === document.body) && look());
  }

  #cells(): CellView[] {
    return this.view.peek().pieces.filter((piece) => piece.kind === "cell");
  }

  /** Stale paid cells that this one reads, whatever lies between. */
  #staleAbove(cell: CellView): CellView[] {
    const all = this.#cells();
    const [seen, queue] = [new Set<CellView>(), [...cell.uses]];
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      const used = all.find((each) => each.id?.toLowerCase() === id!.toLowerCase());
      if (used === undefined || seen.has(used)) continue;
      seen.add(used);
      queue.push(...used.uses);
    }
    return [...seen].filter(({ status, cell }) => status === "stale" && PAID.includes(cell));
  }

  #ask(text: string, cells: readonly CellView[], yes: () => void): void {
    const prices = cells.flatMap(({ name, price }) => price === null ? [] : [`${name}: ${priceText(price)}`]);
    this.question.value = { text, price: prices.join("; "), yes };
  }

  /** Whether a cell that was asked to run has not been heard of yet. Read while drawing, it draws again. */
  isStarting(name: string): boolean {
    const cells = this.#starting.value;
    return cells === "stale" || (cells !== null && cells.includes(name));
  }

  /** Whether anything was asked to run and has not been heard of yet. Read while drawing, it draws again. */
  get isBusyStarting(): boolean {
    return this.#starting.value !== null;
  }

  async #run(request: RunRequest): Promise<void> {
    this.#starting.value = request.cells;
    try {
      const started = request.cells === "stale" ? this.view.peek().stale : request.cells;
      await this.#acted("It could not be run", this.#server.run(this.store.text(), request), started);
    } finally {
      this.#starting.value = null;
    }
  }

  async #acted(failure: string, answer: Promise<NotebookView>, started: readonly string[] = []): Promise<void> {
    const text = this.store.text();
    try {
      const view = await answer;
      if (this.store.text() === text) this.#show(view, "view", started);
      else void this.sync.refresh();
    } catch (error) {
      toastError(failure, error);
    }
  }

  #show(
    view: NotebookView,
    why: "view" | "disk" | "merged" | "resolved",
    started: readonly string[] = [],
  ): void {
    const before = this.view.peek();
    const focused = document.activeElement?.closest<HTMLElement>("article[data-key]")?.dataset.key;
    this.store.show(view, why === "view");
    // Where a text has become one with another, that is looked at.
    if (focused !== undefined && !this.store.order.peek().includes(focused)) this.focus(this.store.active.peek());
    this.view.value = view;
    const ended = endings(before, view, started);
    if (ended.length > 0) announce(ended.join(". "));
    if (movingOf(before) !== movingOf(view)) noticeWork();
    this.underWay.follow(view);
    if (why === "merged") toast({ text: "Merged changes from disk" });
    if (why === "disk") toast({ text: "Changed on disk" });
    if (why === "view") this.#startAuto();
  }

  /** Starts what a person has allowed to start, after an input was moved on this page. */
  #startAuto(): void {
    if (!this.#wasMoved) return;
    this.#wasMoved = false;
    const cells = this.store.pieces.flatMap(({ view, source }) =>
      view?.kind === "cell" && view.status === "stale" && view.flags.includes("auto") && view.id !== null &&
        isPermitted(localStorage, this.store.path, view.id, source)
        ? [view.id]
        : []
    );
    if (cells.length > 0) void this.#run({ cells });
  }

  #say(state: SaveState): void {
    const before = this.store.save.peek().type;
    this.store.save.value = state;
    if (state.type === before) return;
    if (state.type === "offline") announce("The server does not answer. Changes are kept here.");
    if (state.type === "conflict") announce("This page and the file on disk differ. Saving waits for your answer.");
    if (before === "offline" && state.type === "saved") announce("Saved.");
    // An example that was saved is a file like any other.
    if (before === "saving" && state.type === "saved" && this.store.head.peek().readonly) void this.sync.refresh();
  }
}

/** As one speaks of it: `run base`, `text`. */
export function nameOf(store: NotebookStore, key: string): string {
  const { source, view } = store.piece(key);
  const info = infoOf(source.peek());
  if (info === null) return view.peek()?.kind === "front" ? "front matter" : "text";
  return info.id === null ? info.kind : `${info.kind} ${info.id}`;
}

function priceText({ text }: Price): string {
  return text;
}
