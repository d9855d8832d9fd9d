/**
 * The page's state: its pieces, each with signals of its own so that typing in one draws no other, which of them is looked
 * at, and which is edited. Knows neither the server nor the browser: a {@linkcode Session} does.
 */

import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { infoOf, isBlank, withBody } from "./fences.ts";
import { Bin, History, moved, placeOf, type Step } from "./history.ts";
import {
  after,
  insert,
  newKey,
  offsetOf,
  type Piece,
  pieceAt,
  previous,
  remove,
  setSource,
  stepTarget,
  textOf,
} from "./model.ts";
import { keepsOthers, reconcile } from "./reconcile.ts";
import { starter, type StarterKind } from "./starters.ts";
import type { SaveState } from "./sync.ts";
import type { NotebookView, PieceView, ViewIssue } from "./types.ts";

/** A piece, as components watch it. */
export interface PieceSignals {
  readonly key: string;
  readonly source: ReadonlySignal<string>;
  readonly view: ReadonlySignal<PieceView | null>;
}

/** What is known of the page as a whole. */
export interface Head {
  readonly title: string;
  readonly cost_usd: number;
  readonly stale: readonly string[];
  readonly issues: readonly ViewIssue[];
  readonly readonly: boolean;
}

/** The piece that is edited, and where in its body one begins; null: at its end. */
export interface Editing {
  readonly key: string;
  readonly at: number | null;
}

/** Where a piece's caret is, as the editor says it: offset in the body. */
export type CaretOf = (key: string) => number | null;

/** The state of a page. */
export class NotebookStore {
  readonly path: string;
  /** Keys of the pieces that one sees, in their order. */
  readonly order: Signal<readonly string[]>;
  readonly head: Signal<Head>;
  readonly editing = signal<Editing | null>(null);
  /** The cell that Tab leads to. */
  readonly active = signal<string | null>(null);
  readonly save = signal<SaveState>({ type: "saved" });
  /** The edited piece holds a fence that is not closed: what is below it is not cut until it is. */
  readonly held = signal(false);
  readonly bin = new Bin();
  /** Counts what goes into the bin and out of it, and steps. */
  readonly changes = signal(0);
  /** Told of each change of the text. */
  onChange: (now: boolean) => void = () => {};
  /** Asks the editor. */
  caretOf: CaretOf = () => null;
  readonly #history = new History();
  #pieces: Piece[] = [];
  #signals = new Map<string, { readonly source: Signal<string>; readonly view: Signal<PieceView | null> }>();

  constructor(view: NotebookView) {
    this.path = view.path;
    this.order = signal([]);
    this.head = signal(headOf(view));
    this.#set(view.pieces.map((piece, i) => ({ key: `s${i}`, source: piece.source, view: piece })));
  }

  text(): string {
    return textOf(this.#pieces);
  }

  get pieces(): readonly Piece[] {
    return this.#pieces;
  }

  get canUndo(): boolean {
    return this.#history.canUndo;
  }

  piece(key: string): PieceSignals {
    const { source, view } = this.#signals.get(key) ?? { source: signal(""), view: signal(null) };
    return { key, source, view };
  }

  /** Key of the cell with this id or name. */
  keyOf(name: string): string | null {
    const found = this.#pieces.find(({ view }) =>
      view?.kind === "cell" && (view.id?.toLowerCase() === name.toLowerCase() || view.name === name)
    );
    return found?.key ?? null;
  }

  /** Shows what the server says: of this text where `sameText`, else of another that takes its place. */
  show(view: NotebookView, sameText: boolean): void {
    this.head.value = headOf(view);
    const editing = this.editing.peek();
    if (editing === null) return this.#set(reconcile(this.#pieces, view.pieces));
    const { key } = editing;
    const edited = this.#pieces.find((piece) => piece.key === key);
    if (edited === undefined || isBlank(edited.source)) return this.#showAround(view, key);
    if (sameText && !keepsOthers(this.#pieces, view.pieces, key)) return this.#showHeld(view);
    this.held.value = false;
    const caret = this.caretOf(key);
    const offset = offsetOf(this.#pieces, key) + bodyStart(edited.source) + (caret ?? 0);
    this.#set(reconcile(this.#pieces, view.pieces));
    if (!this.#pieces.some((piece) => piece.key === key)) this.editing.value = null;
    if (!sameText || caret === null) return;
    const place = pieceAt(this.#pieces, offset);
    if (place === null || place.key === this.editing.peek()?.key) return;
    const { source } = this.#pieces.find((piece) => piece.key === place.key)!;
    this.edit(place.key, Math.max(0, place.at - bodyStart(source)));
  }

  /** Gives the edited piece another body. */
  type(key: string, body: string): void {
    const piece = this.#pieces.find((each) => each.key === key);
    if (piece === undefined) return;
    const source = isBlank(piece.source) && body.trim() !== ""
      ? this.#keptApart(key, body)
      : withBody(piece.source, body);
    if (source === piece.source) return;
    // Only this one's signal: nothing else is drawn.
    this.#pieces = this.#pieces.map((each) => each === piece ? { ...piece, source } : each);
    this.#signals.get(key)!.source.value = source;
    this.onChange(false);
  }

  /** Gives a piece another text, as a step that can be undone. */
  change(key: string, source: string, what: string): void {
    const piece = this.#pieces.find((each) => each.key === key);
    if (piece === undefined || piece.source === source) return;
    this.#step(setSource(this.#pieces, key, source), {
      type: "change",
      key,
      before: piece.source,
      after: source,
      what,
    });
  }

  /** Inserts what a kind takes, and looks at the cell that was asked for. @returns its key */
  insertKind(kind: StarterKind, before: string | null): string {
    let key = "";
    for (const source of starter(kind, this.#pieces, before)) key = this.insertSource(source, before);
    if (kind === "prose") this.edit(key, 0);
    return key;
  }

  /** Inserts a piece with this text. @returns its key */
  insertSource(source: string, before: string | null): string {
    const key = newKey();
    const piece: Piece = { key, source, view: null };
    if (source === "") {
      this.#set([...this.#pieces.slice(0, this.#index(before)), piece, ...this.#pieces.slice(this.#index(before))]);
      this.#history.push({ type: "insert", key });
    } else {
      this.#step(insert(this.#pieces, before, piece), { type: "insert", key });
    }
    this.active.value = key;
    return key;
  }

  delete(key: string): boolean {
    const piece = this.#pieces.find((each) => each.key === key);
    if (piece === undefined || piece.view?.kind === "front") return false;
    const [next, place] = [after(this.#pieces, key) ?? previous(this.#pieces, key), placeOf(this.#pieces, key)];
    if (this.editing.peek()?.key === key) this.editing.value = null;
    this.bin.put(piece.source, new Date());
    this.#step(remove(this.#pieces, key), { type: "delete", piece, place });
    this.active.value = next;
    return true;
  }

  /** Moves a piece before another; null: to the end. */
  move(key: string, before: string | null): boolean {
    if (this.#pieces.find((each) => each.key === key)?.view?.kind === "front") return false;
    const result = moved(this.#pieces, key, before);
    if (result === null) return false;
    this.#step(result.pieces, result.step);
    return true;
  }

  /** Moves a piece up or down by one. */
  moveBy(key: string, by: -1 | 1): boolean {
    const target = stepTarget(this.#pieces, key, by);
    return target === undefined ? false : this.move(key, target);
  }

  undo(): string | null {
    return this.#turned(this.#history.undo(this.#pieces));
  }

  redo(): string | null {
    return this.#turned(this.#history.redo(this.#pieces));
  }

  edit(key: string, at: number | null = null): void {
    this.#dropEmpty(key);
    this.active.value = key;
    this.editing.value = { key, at };
  }

  /** Ends editing. @returns whether anything was edited */
  leave(): boolean {
    if (this.editing.peek() === null) return false;
    this.editing.value = null;
    this.#dropEmpty(null);
    if (this.held.peek()) {
      this.held.value = false;
      this.onChange(true);
    }
    return true;
  }

  /** Key of the piece after or before another; itself at the end. */
  neighbour(key: string | null, by: -1 | 1): string | null {
    const order = this.order.peek();
    const at = key === null ? -1 : order.indexOf(key);
    return order[Math.min(order.length - 1, Math.max(0, at + by))] ?? null;
  }

  #turned(undone: ReturnType<History["undo"]>): string | null {
    if (undone === null) return null;
    this.#set(undone.pieces);
    this.changes.value++;
    this.onChange(true);
    if (undone.key !== null) this.active.value = undone.key;
    return undone.key ?? this.order.peek()[0] ?? null;
  }

  #step(pieces: Piece[], step: Step): void {
    this.#history.push(step);
    this.#set(pieces);
    this.changes.value++;
    this.onChange(true);
  }

  /** Only the views of pieces that are as they were: the edited one swallows what is below it until its fence is closed. */
  #showHeld(view: NotebookView): void {
    this.held.value = true;
    const views = new Map(view.pieces.map((piece) => [piece.source, piece]));
    this.#set(this.#pieces.map((piece) => ({ ...piece, view: views.get(piece.source) ?? piece.view })));
  }

  /** The answer, and in it the piece that is edited and has no text yet, of which the server knows nothing. */
  #showAround(view: NotebookView, key: string): void {
    const next = this.order.peek()[this.order.peek().indexOf(key) + 1] ?? null;
    const known = reconcile(this.#pieces.filter((piece) => piece.key !== key), view.pieces);
    const at = known.findIndex((piece) => piece.key === next);
    this.#set(known.toSpliced(at === -1 ? known.length : at, 0, { key, source: "", view: null }));
  }

  /** What is typed into an empty piece, with blank lines around it. */
  #keptApart(key: string, body: string): string {
    const at = this.#pieces.findIndex((piece) => piece.key === key);
    const above = textOf(this.#pieces.slice(Math.max(0, at - 2), at));
    const below = textOf(this.#pieces.slice(at + 1, at + 3));
    const lead = above === "" || /(^|\n)[ \t]*\r?\n$/.test(above) ? "" : above.endsWith("\n") ? "\n" : "\n\n";
    const tail = /^[ \t]*\r?\n/.test(below) || below === "" ? "\n" : "\n\n";
    return lead + body + tail;
  }

  /** An empty piece that is not edited any more is none. */
  #dropEmpty(but: string | null): void {
    const rest = this.#pieces.filter(({ source, key }) => source !== "" || key === but);
    if (rest.length !== this.#pieces.length || this.order.peek().some((key) => this.#isHidden(key, but))) {
      this.#set(rest);
    }
  }

  #isHidden(key: string, but: string | null): boolean {
    return key !== but && isBlank(this.#pieces.find((piece) => piece.key === key)?.source ?? "");
  }

  #index(key: string | null): number {
    const at = key === null ? -1 : this.#pieces.findIndex((piece) => piece.key === key);
    return at === -1 ? this.#pieces.length : at;
  }

  #set(pieces: Piece[]): void {
    this.#pieces = pieces;
    const signals = new Map<string, { source: Signal<string>; view: Signal<PieceView | null> }>();
    for (const { key, source, view } of pieces) {
      const known = this.#signals.get(key);
      if (known === undefined) signals.set(key, { source: signal(source), view: signal(view) });
      else {
        known.source.value = source;
        known.view.value = view;
        signals.set(key, known);
      }
    }
    this.#signals = signals;
    const edited = this.editing.peek()?.key;
    const fresh = this.active.peek();
    const order = pieces.filter(({ key, source }) =>
      !isBlank(source) || key === edited || (source === "" && key === fresh)
    )
      .map(({ key }) => key);
    const now = this.order.peek();
    if (order.length !== now.length || order.some((key, i) => key !== now[i])) this.order.value = order;
  }
}

/** Where a piece's body begins in its text. */
function bodyStart(source: string): number {
  if (infoOf(source) !== null) return /^[^\n]*\n?/.exec(source)![0].length;
  return /^(?:---[ \t]*\r?\n|(?:[ \t]*\r?\n)*)/.exec(source)![0].length;
}

function headOf({ title, cost_usd, stale, issues, readonly }: NotebookView): Head {
  return { title, cost_usd, stale, issues, readonly };
}
