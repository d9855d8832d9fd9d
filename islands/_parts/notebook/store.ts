/**
 * The page's state: its pieces, each with signals of its own so that typing in one draws no other, which of them is looked
 * at, and which is edited. Knows neither the server nor the browser: a {@linkcode Session} does.
 */

import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import {
  endsInFence,
  infoOf,
  isBlank,
  isOpenFence,
  partsOf,
  proseParts,
  type SourceParts,
  withBody,
} from "./fences.ts";
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

/** The piece that is edited. */
export interface Editing {
  readonly key: string;
  /** Where in its body one begins; null: where one was, else at its end. */
  readonly at: number | null;
  /** It is edited as text, and stays that while one types a fence in it. */
  readonly isProse: boolean;
}

/** The blank lines around a text that is edited: whatever is typed between them, be it blank too, is its body. */
interface Around {
  readonly open: string;
  readonly close: string;
}

/** What a person may do with the page. */
export interface May {
  readonly edit: boolean;
  readonly run: boolean;
}

/** Where a piece's caret is, as the editor says it: offset in the body. */
export type CaretOf = (key: string) => number | null;

/** The state of a page. */
export class NotebookStore {
  readonly path: string;
  readonly may: May;
  /** Keys of the pieces that one sees, in their order. */
  readonly order: Signal<readonly string[]>;
  readonly head: Signal<Head>;
  readonly editing = signal<Editing | null>(null);
  /** The cell that Tab leads to. */
  readonly active = signal<string | null>(null);
  readonly save = signal<SaveState>({ type: "saved" });
  /** Whether the edited text has a fence in it that is not closed. */
  readonly hasOpenFence = signal(false);
  readonly bin = new Bin();
  /** Counts what goes into the bin and out of it, and steps. */
  readonly changes = signal(0);
  /** Told of each change of the text. */
  onChange: (now: boolean) => void = () => {};
  /** Asks the editor. */
  caretOf: CaretOf = () => null;
  readonly #history = new History();
  /** Of the text that is edited; null: it is no text, or has no word yet. */
  #around: Around | null = null;
  /** The server cuts the page in another way, which is shown when the edited text is left. */
  #isHeld = false;
  #pieces: Piece[] = [];
  #signals = new Map<string, { readonly source: Signal<string>; readonly view: Signal<PieceView | null> }>();

  constructor(view: NotebookView, may: May = { edit: true, run: true }) {
    this.path = view.path;
    this.may = may;
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

  /** What is edited of a piece. */
  body(key: string): string {
    const source = this.#signals.get(key)?.source.peek() ?? "";
    if (this.editing.peek()?.key !== key || !this.editing.peek()!.isProse) return partsOf(source).body;
    const { open, close } = this.#around ?? { open: "", close: "" };
    return source.slice(open.length, source.length - close.length);
  }

  /** Shows what the server says: of this text where `sameText`, else of another that takes its place. */
  show(view: NotebookView, sameText: boolean): void {
    const active = this.#pieces.find(({ key }) => key === this.active.peek());
    const end = active === undefined ? 0 : offsetOf(this.#pieces, active.key) + active.source.trimEnd().length;
    this.#show(view, sameText);
    if (active === undefined || this.#pieces.some(({ key }) => key === active.key)) return;
    this.active.value = pieceAt(this.#pieces, end)?.key ?? null;
  }

  #show(view: NotebookView, sameText: boolean): void {
    this.head.value = headOf(view);
    const editing = this.editing.peek();
    const edited = this.#pieces.find((piece) => piece.key === editing?.key);
    if (editing === null || edited === undefined) {
      this.editing.value = null;
      return this.#set(reconcile(this.#pieces, view.pieces));
    }
    if (isBlank(edited.source)) return sameText ? this.#showViews(view) : this.#showAround(view, edited.key);
    this.#isHeld = sameText && this.#swallows(edited, view.pieces);
    this.hasOpenFence.value = this.#isHeld && endsInFence(edited.source);
    if (this.#isHeld) return this.#showViews(view);
    const caret = this.caretOf(edited.key);
    const offset = offsetOf(this.#pieces, edited.key) + this.#bodyStart(edited) + (caret ?? 0);
    this.#set(reconcile(this.#pieces, view.pieces));
    const now = this.#pieces.find(({ key }) => key === edited.key);
    if (now === undefined) this.editing.value = null;
    if (!sameText || caret === null) return;
    const place = pieceAt(this.#pieces, offset);
    if (place === null || (place.key === now?.key && isProse(now) === editing.isProse)) return;
    const { open } = editedParts(this.#pieces.find((piece) => piece.key === place.key)!);
    this.edit(place.key, Math.max(0, place.at - open.length));
  }

  /** Gives the edited piece another body. */
  type(key: string, body: string): void {
    const piece = this.#pieces.find((each) => each.key === key);
    if (piece === undefined) return;
    const source = this.#withBody(piece, body);
    if (source === piece.source) return;
    // Only this one's signal: nothing else is drawn.
    this.#pieces = this.#pieces.map((each) => each === piece ? { ...piece, source } : each);
    this.#signals.get(key)!.source.value = source;
    this.onChange(false);
  }

  /** Gives a piece another text, as a step that can be undone. */
  change(key: string, source: string): void {
    const piece = this.#pieces.find((each) => each.key === key);
    if (piece === undefined || piece.source === source) return;
    const step: Step = { type: "change", key, before: piece.source, after: source };
    this.#step(setSource(this.#pieces, key, source), step);
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
      this.#history.push({ type: "insert", key, source });
    } else {
      this.#step(insert(this.#pieces, before, piece), { type: "insert", key, source });
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

  /** Edits a piece, if that may be done. @param at where in its body one begins; null: where one was, else at its end */
  edit(key: string, at: number | null = null): void {
    const editing = this.editing.peek();
    if (editing?.key !== key) this.leave();
    const piece = this.#pieces.find((each) => each.key === key);
    if (piece === undefined || !this.may.edit) return;
    this.active.value = key;
    const asProse = isProse(piece);
    if (editing?.key !== key || editing.isProse !== asProse) {
      this.#around = asProse && !isBlank(piece.source) ? proseParts(piece.source) : null;
    }
    this.editing.value = { key, at, isProse: asProse };
    this.#arrange();
  }

  /** Ends editing. A new piece in which no word was typed is none. @returns whether anything was edited */
  leave(): boolean {
    const editing = this.editing.peek();
    if (editing === null) return false;
    const piece = this.#pieces.find(({ key }) => key === editing.key);
    const isNone = piece !== undefined && editing.isProse && isBlank(piece.source) && this.#around === null;
    this.editing.value = null;
    if (isNone) this.#pieces = this.#pieces.filter((each) => each !== piece);
    else if (piece !== undefined) this.#history.typed(piece.key, piece.source);
    this.#arrange();
    const isLate = this.#isHeld;
    this.#isHeld = false;
    this.hasOpenFence.value = false;
    if (isLate || (isNone && piece.source !== "")) this.onChange(true);
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

  /**
   * Whether the server reckons other pieces to the edited text: what is below a fence that is not closed, or a text beside
   * it. A fence that is not closed at the end of the page is one that is still being typed.
   */
  #swallows(edited: Piece, views: readonly PieceView[]): boolean {
    if (!keepsOthers(this.#pieces, views, edited.key)) return true;
    const last = views.at(-1);
    return this.editing.peek()!.isProse && last !== undefined && isOpenFence(last.source) &&
      !this.#pieces.some((piece) => piece !== edited && piece.source === last.source);
  }

  /** Only the views of pieces that are as they were. */
  #showViews(view: NotebookView): void {
    const views = new Map(view.pieces.map((piece) => [piece.source, piece]));
    this.#set(this.#pieces.map((piece) => ({ ...piece, view: views.get(piece.source) ?? piece.view })));
  }

  #withBody(piece: Piece, body: string): string {
    const editing = this.editing.peek();
    if (editing?.key !== piece.key || !editing.isProse) return withBody(piece.source, body);
    if (body.trim() !== "") this.#around ??= this.#apart(piece.key);
    const { open, close } = this.#around ?? { open: "", close: "" };
    return open + body + close;
  }

  #bodyStart({ source }: Piece): number {
    return this.editing.peek()!.isProse ? this.#around?.open.length ?? 0 : partsOf(source).open.length;
  }

  /** The answer, and in it the piece that is edited and has no text yet, of which the server knows nothing. */
  #showAround(view: NotebookView, key: string): void {
    const next = this.order.peek()[this.order.peek().indexOf(key) + 1] ?? null;
    const known = reconcile(this.#pieces.filter((piece) => piece.key !== key), view.pieces);
    const at = known.findIndex((piece) => piece.key === next);
    this.#set(known.toSpliced(at === -1 ? known.length : at, 0, { key, source: "", view: null }));
  }

  /** Blank lines that keep what is typed into an empty piece apart from its neighbours. */
  #apart(key: string): Around {
    const at = this.#pieces.findIndex((piece) => piece.key === key);
    const above = textOf(this.#pieces.slice(Math.max(0, at - 2), at));
    const below = textOf(this.#pieces.slice(at + 1, at + 3));
    const open = above === "" || /(^|\n)[ \t]*\r?\n$/.test(above) ? "" : above.endsWith("\n") ? "\n" : "\n\n";
    const close = /^[ \t]*\r?\n/.test(below) || below === "" ? "\n" : "\n\n";
    return { open, close };
  }

  #index(key: string | null): number {
    const at = key === null ? -1 : this.#pieces.findIndex((piece) => piece.key === key);
    return at === -1 ? this.#pieces.length : at;
  }

  #set(pieces: Piece[]): void {
    this.#pieces = pieces;
    this.#refit();
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
    this.#arrange();
  }

  /** Has the blank lines around the edited text be those that it has now. */
  #refit(): void {
    const source = this.#pieces.find(({ key }) => key === this.editing.peek()?.key)?.source;
    if (source === undefined || this.#around === null) return;
    const { open, close } = this.#around;
    const fits = source.length >= open.length + close.length && source.startsWith(open) && source.endsWith(close);
    if (!fits) this.#around = source === "" ? null : proseParts(source);
  }

  /** Puts the pieces that one sees in their order: all that have a word, and the one that is edited. */
  #arrange(): void {
    const edited = this.editing.peek()?.key;
    const order = this.#pieces.filter(({ key, source }) => !isBlank(source) || key === edited).map(({ key }) => key);
    const now = this.order.peek();
    if (order.length !== now.length || order.some((key, i) => key !== now[i])) this.order.value = order;
  }
}

function isProse({ source, view }: Piece): boolean {
  return infoOf(source) === null && view?.kind !== "front";
}

/** What of a piece is edited, and what stands around it. */
function editedParts(piece: Piece): SourceParts {
  return isProse(piece) ? proseParts(piece.source) : partsOf(piece.source);
}

function headOf({ title, cost_usd, stale, issues, readonly }: NotebookView): Head {
  return { title, cost_usd, stale, issues, readonly };
}
