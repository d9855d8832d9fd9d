/**
 * One history of what was done with whole cells: inserted, deleted, moved, given another text. What is typed inside a cell
 * has its own, in the editor. Undoing says what is to be done now; it never takes back what was typed since.
 */

import { insert, move, newKey, type Piece, previous, remove, setSource, textOf } from "./model.ts";
import { infoOf, isBlank } from "./fences.ts";

/** A step that can be taken back. */
export type Step =
  | { readonly type: "insert"; readonly key: string; /** Empty: it is yet to be typed. */ readonly source: string }
  | { readonly type: "delete"; readonly piece: Piece; readonly place: Place }
  | { readonly type: "move"; readonly key: string; readonly source: string; readonly place: Place }
  | {
    readonly type: "change";
    readonly key: string;
    readonly before: string;
    readonly after: string;
  };

/** Where a piece stood. */
export interface Place {
  /** Key and text of the visible piece before it; null: it was the first. */
  readonly previous: { readonly key: string; readonly source: string } | null;
  /** Key of the visible piece after it; null: it was the last. */
  readonly next: string | null;
}

/** What the list is after a step, and how that is taken back in turn. */
export interface Undone {
  readonly pieces: Piece[];
  readonly inverse: Step;
  /** Piece to look at. */
  readonly key: string | null;
}

/** Steps kept. */
const MOST_STEPS = 200;

/** The steps of a page: each one done, undone and done again. */
export class History {
  #past: Step[] = [];
  #future: Step[] = [];

  /** Notes a step that was taken. */
  push(step: Step): void {
    this.#past = [...this.#past.slice(1 - MOST_STEPS), step];
    this.#future = [];
  }

  /** Notes what was typed into a piece that was inserted empty. */
  typed(key: string, source: string): void {
    this.#past = this.#past.map((step) =>
      step.type === "insert" && step.key === key && step.source === "" ? { ...step, source } : step
    );
  }

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  /** Takes the last step back; null: there is none. */
  undo(pieces: readonly Piece[]): Undone | null {
    return this.#turn(this.#past, this.#future, pieces);
  }

  /** Takes the step that was taken back once more; null: there is none. */
  redo(pieces: readonly Piece[]): Undone | null {
    return this.#turn(this.#future, this.#past, pieces);
  }

  #turn(from: Step[], to: Step[], pieces: readonly Piece[]): Undone | null {
    for (let step = from.pop(); step !== undefined; step = from.pop()) {
      const undone = takenBack(pieces, step);
      // A step about a piece that is gone is no step any more.
      if (undone === null) continue;
      to.push(undone.inverse);
      return undone;
    }
    return null;
  }
}

/** Where a piece stands. */
export function placeOf(pieces: readonly Piece[], key: string): Place {
  const before = previous(pieces, key);
  const seen = pieces.filter(({ source }) => !isBlank(source));
  const next = seen[seen.findIndex((piece) => piece.key === key) + 1]?.key ?? null;
  const found = pieces.find((piece) => piece.key === before);
  return { previous: found === undefined ? null : { key: found.key, source: found.source }, next };
}

function takenBack(pieces: readonly Piece[], step: Step): Undone | null {
  switch (step.type) {
    case "insert": {
      const found = alone(pieces, step.key, step.source);
      if (found === null) return null;
      const place = placeOf(found.pieces, step.key);
      return {
        pieces: remove(found.pieces, step.key),
        inverse: { type: "delete", piece: found.piece, place },
        key: place.next,
      };
    }
    case "delete": {
      if (pieces.some(({ key }) => key === step.piece.key)) return null;
      const { key, source } = step.piece;
      return { pieces: putBack(pieces, step.piece, step.place), inverse: { type: "insert", key, source }, key };
    }
    case "move": {
      const found = alone(pieces, step.key, step.source);
      if (found === null) return null;
      const place = placeOf(found.pieces, step.key);
      const moved = putBack(remove(found.pieces, step.key), found.piece, step.place);
      return { pieces: moved, inverse: { ...step, place }, key: step.key };
    }
    case "change": {
      const piece = pieces.find(({ key }) => key === step.key);
      if (piece === undefined) return null;
      const source = changedBack(piece.source, step);
      const inverse: Step = { ...step, before: piece.source, after: source };
      return { pieces: setSource(pieces, step.key, source), inverse, key: step.key };
    }
  }
}

/**
 * The piece as it is now; a text that has grown together with its neighbours is cut out of them. Null: it is not there any
 * more, or cannot be told from what stands around it.
 */
function alone(
  pieces: readonly Piece[],
  key: string,
  source: string,
): { pieces: readonly Piece[]; piece: Piece } | null {
  const own = pieces.find((piece) => piece.key === key);
  if (own !== undefined && (infoOf(own.source) !== null || own.source.trim() === source.trim())) {
    return { pieces, piece: own };
  }
  const text = source.trim();
  if (text === "") return null;
  for (const host of own === undefined ? pieces : [own, ...pieces]) {
    const from = infoOf(host.source) === null ? paragraphAt(host.source, text) : -1;
    if (from === -1) continue;
    const end = from + text.length + /^\s*/.exec(host.source.slice(from + text.length))![0].length;
    const piece: Piece = { key, source, view: null };
    const rest = [host.source.slice(0, from), host.source.slice(end)].filter((each) => each !== "").map((each, i) => (
      { key: i === 0 && host.key !== key ? host.key : newKey(), source: each, view: null }
    ));
    const parts = from === 0 ? [piece, ...rest] : [rest[0]!, piece, ...rest.slice(1)];
    return { pieces: pieces.flatMap((each) => each === host ? parts : each.key === key ? [] : [each]), piece };
  }
  return null;
}

/** Where the text stands with blank lines, or nothing, around it; -1: nowhere. */
function paragraphAt(source: string, text: string): number {
  for (let at = source.indexOf(text); at !== -1; at = source.indexOf(text, at + 1)) {
    const [above, below] = [source.slice(0, at), source.slice(at + text.length)];
    if (/(^|\n)[ \t]*\r?\n$|^$/.test(above) && /^[ \t]*(\r?\n[ \t]*(\r?\n|$)|$)/.test(below)) return at;
  }
  return -1;
}

/** The text before the change; what was typed since below a first line that was changed stays. */
function changedBack(now: string, { before, after }: Extract<Step, { type: "change" }>): string {
  const rest = (text: string) => text.slice(/^[^\r\n]*/.exec(text)![0].length);
  if (now === after || rest(before) !== rest(after)) return before;
  return before.slice(0, before.length - rest(before).length) + rest(now);
}

/** Puts a piece where it stood. Prose that has grown together since it went is cut there again. */
function putBack(pieces: readonly Piece[], piece: Piece, { previous, next }: Place): Piece[] {
  const at = previous === null ? -1 : pieces.findIndex(({ key }) => key === previous.key);
  const before = pieces[at];
  if (before !== undefined && previous !== null && before.source !== previous.source) {
    const rest = before.source.startsWith(previous.source) ? before.source.slice(previous.source.length) : "";
    if (!isBlank(rest)) {
      const halves: Piece[] = [{ ...before, source: previous.source }, {
        key: newKey(),
        source: rest,
        view: null,
      }];
      return insert([...pieces.slice(0, at), ...halves, ...pieces.slice(at + 1)], halves[1]!.key, piece);
    }
  }
  if (next !== null && pieces.some(({ key }) => key === next)) return insert(pieces, next, piece);
  if (before === undefined) return insert(pieces, previous === null ? firstKey(pieces) : null, piece);
  return insert(pieces, pieces.slice(at + 1).find(({ source }) => !isBlank(source))?.key ?? null, piece);
}

function firstKey(pieces: readonly Piece[]): string | null {
  return pieces.find(({ view, source }) => view?.kind !== "front" && !isBlank(source))?.key ?? null;
}

/** Deleted cells, the last first: what no undo reaches any more is still here. */
export class Bin {
  #pieces: { readonly source: string; readonly at: Date }[] = [];

  get contents(): readonly { readonly source: string; readonly at: Date }[] {
    return this.#pieces;
  }

  put(source: string, at: Date): void {
    if (isBlank(source)) return;
    this.#pieces = [{ source, at }, ...this.#pieces].slice(0, MOST_STEPS);
  }

  take(index: number): string | null {
    const found = this.#pieces[index];
    this.#pieces = this.#pieces.filter((_, i) => i !== index);
    return found?.source ?? null;
  }
}

/** Moves a piece, with the step that says so; null: it is there already. */
export function moved(
  pieces: readonly Piece[],
  key: string,
  before: string | null,
): { pieces: Piece[]; step: Step } | null {
  const place = placeOf(pieces, key);
  const result = move(pieces, key, before);
  if (textOf(result) === textOf(pieces)) return null;
  const { source } = pieces.find((piece) => piece.key === key)!;
  return { pieces: result, step: { type: "move", key, source, place } };
}
