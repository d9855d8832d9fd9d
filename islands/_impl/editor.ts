/** The editor of one cell: CodeMirror, loaded when somebody edits. */

import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  closeCompletion,
  completionKeymap,
  type CompletionSource,
  completionStatus,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyField, historyKeymap, indentLess, indentMore } from "@codemirror/commands";
import { bracketMatching, indentOnInput, indentUnit } from "@codemirror/language";
import { type Diagnostic, setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState, type Extension, Transaction } from "@codemirror/state";
import { drawSelection, EditorView, highlightSpecialChars, keymap, lineNumbers, placeholder } from "@codemirror/view";
import { LOOK } from "./editor_look.ts";
import { complete, type EditorWords, languageOf } from "./editor_words.ts";
import { spliceOf } from "../_parts/splice.ts";

export type { EditorWords } from "./editor_words.ts";

/** Languages of cells. */
export type EditorLanguage = "yaml" | "sql" | "markdown" | "js";

/** A marked place: lines from 1 in the body. */
export interface EditorIssue {
  readonly line: number;
  readonly column?: number;
  readonly severity: "error" | "warning";
  readonly message: string;
}

/** What an editor is told. */
export interface EditorOptions {
  readonly body: string;
  readonly language: EditorLanguage;
  /** For who cannot see it. */
  readonly label: string;
  readonly newline: "\n" | "\r\n";
  /** Offset of the caret; null: where an earlier editor has left it, else the end. */
  readonly at: number | null;
  /** Whether Tab indents now, and does not lead on. */
  readonly tabIndents: () => boolean;
  readonly nonce: string;
  readonly hint: string;
  readonly words: () => EditorWords;
  readonly onType: (body: string) => void;
  /** State that an earlier editor of the same cell has left: with its undo. */
  readonly earlier: unknown;
  /** What can be completed, in place of what a cell can. */
  readonly complete?: CompletionSource;
  /** What else the editor can do. */
  readonly extensions?: readonly Extension[];
  /** Default: from some lines on. */
  readonly numbered?: boolean;
}

/** An editor in the page. */
export interface MountedEditor {
  /** Caret as an offset in the body. */
  caret(): number;
  /** Takes another text in, so that caret and undo stay where they belong. */
  replace(body: string): void;
  mark(issues: readonly EditorIssue[]): void;
  /** @param at offset in the body; null: where the caret is */
  focus(at: number | null): void;
  focusLine(line: number): void;
  /** Takes it out of the page. @returns what `earlier` takes */
  close(): unknown;
}

/** Lines from which on they are numbered. */
const NUMBERED = 12;

/** Puts an editor into the page. */
export async function mountEditor(parent: HTMLElement, options: EditorOptions): Promise<MountedEditor> {
  // Without its colours it can be edited too.
  const language = await languageOf(options.language).catch(() => []);
  if (!parent.isConnected) throw new DOMException("the cell is gone", "AbortError");
  const numbers = new Compartment();
  const wantsNumbers = (body: string) => options.numbered ?? isLong(body);
  let isNumbered = wantsNumbers(options.body);
  const extensions: Extension[] = [
    EditorView.cspNonce.of(options.nonce),
    EditorState.lineSeparator.of(options.newline),
    numbers.of(isNumbered ? lineNumbers() : []),
    history(),
    drawSelection(),
    highlightSpecialChars(),
    indentOnInput(),
    indentUnit.of("  "),
    bracketMatching(),
    closeBrackets(),
    LOOK,
    language,
    autocompletion({
      override: [options.complete ?? ((context) => complete(context, options.language, options.words()))],
      icons: false,
      defaultKeymap: false,
    }),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ "aria-label": options.label, "aria-multiline": "true" }),
    placeholder(options.hint),
    keymap.of([
      ...COMPLETING,
      ...closeBracketsKeymap,
      {
        key: "Tab",
        run: (view) => options.tabIndents() && indentMore(view),
        shift: (view) => options.tabIndents() && indentLess(view),
      },
      ...DEFAULTS,
      ...historyKeymap,
    ]),
    ...options.extensions ?? [],
    EditorView.updateListener.of((update) => {
      if (!update.docChanged) return;
      const body = update.state.sliceDoc();
      if (!update.transactions.some((each) => each.annotation(Transaction.remote))) options.onType(body);
      if (wantsNumbers(body) === isNumbered) return;
      isNumbered = !isNumbered;
      queueMicrotask(() => view.dispatch({ effects: numbers.reconfigure(isNumbered ? lineNumbers() : []) }));
    }),
  ];
  const view = new EditorView({ parent, state: stateOf(options, extensions) });
  const mounted: MountedEditor = {
    caret: () => toText(view.state, view.state.selection.main.head, options.newline),
    replace: (body) => {
      const splice = spliceOf(view.state.sliceDoc(), body);
      if (splice === null) return;
      view.dispatch({
        changes: {
          from: fromText(view.state, splice.from, options.newline),
          to: fromText(view.state, splice.to, options.newline),
          insert: view.state.toText(splice.insert),
        },
        annotations: Transaction.remote.of(true),
      });
    },
    mark: (issues) => view.dispatch(setDiagnostics(view.state, issues.map((issue) => diagnosticOf(view.state, issue)))),
    focus: (at) => {
      const anchor = at === null ? view.state.selection.main.head : fromText(view.state, at, options.newline);
      view.dispatch({ selection: { anchor }, scrollIntoView: true });
      view.focus();
    },
    focusLine: (line) => {
      const { from } = view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines));
      view.dispatch({ selection: { anchor: from }, scrollIntoView: true });
      view.focus();
    },
    close: () => {
      const left = view.state.toJSON(KEPT);
      view.destroy();
      return left;
    },
  };
  return mounted;
}

/** What a state takes along beside its text. */
const KEPT = { history: historyField };

/** Keys that mean something on the page. */
const OURS = new Set(["Mod-Enter", "Alt-ArrowUp", "Alt-ArrowDown", "Mod-i", "Mod-k", "Mod-s", "Escape"]);

/** Keys of the list of what can be completed. Escape that finds it only being made leaves the editor. */
const COMPLETING = completionKeymap.map((binding) =>
  binding.key === "Escape" ? { ...binding, run: closeShownCompletion } : binding
);

/** The editor's own keys, but those of the page. Shift-Enter runs the cell. */
const DEFAULTS = defaultKeymap.filter(({ key }) => key === undefined || !OURS.has(key))
  .map((binding) => {
    if (binding.key !== "Enter") return binding;
    const { shift: _, ...enter } = binding;
    return enter;
  });

function closeShownCompletion(view: EditorView): boolean {
  const isShown = completionStatus(view.state) === "active";
  closeCompletion(view);
  return isShown;
}

function stateOf({ body, at, earlier, newline }: EditorOptions, extensions: Extension[]): EditorState {
  if (earlier !== undefined && earlier !== null) {
    const state = EditorState.fromJSON(earlier, { extensions }, KEPT);
    if (state.sliceDoc() === body) return state;
  }
  const state = EditorState.create({ doc: body, extensions });
  const anchor = at === null ? state.doc.length : Math.min(fromText(state, at, newline), state.doc.length);
  return state.update({ selection: { anchor } }).state;
}

function isLong(body: string): boolean {
  let lines = 1;
  for (let at = body.indexOf("\n"); at !== -1 && lines < NUMBERED; at = body.indexOf("\n", at + 1)) lines++;
  return lines >= NUMBERED;
}

function diagnosticOf({ doc }: EditorState, { line, column, severity, message }: EditorIssue): Diagnostic {
  const { from, to, text } = doc.line(Math.min(Math.max(1, line), doc.lines));
  const start = Math.min(from + (column === undefined ? text.length - text.trimStart().length : column - 1), to);
  const length = /^[\w.$-]+/.exec(text.slice(start - from))?.[0].length ?? text.length;
  return { from: start, to: Math.min(to, start + length), severity, message };
}

/** Positions in the editor count a line break as one, whatever it is in the text. */
function toText({ doc }: EditorState, position: number, newline: string): number {
  return position + (newline.length - 1) * (doc.lineAt(position).number - 1);
}

function fromText(state: EditorState, offset: number, newline: string): number {
  if (newline.length === 1) return Math.min(offset, state.doc.length);
  return Math.min(offset - (state.sliceDoc().slice(0, offset).split(newline).length - 1), state.doc.length);
}
