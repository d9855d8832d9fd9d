/** The editor of one cell: CodeMirror, loaded when somebody edits. */

import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  type Completion,
  type CompletionContext,
  completionKeymap,
  type CompletionResult,
  type CompletionSource,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentLess, indentMore } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState, type Extension, Prec, Transaction } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightSpecialChars,
  type KeyBinding,
  keymap,
  lineNumbers,
  placeholder,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** Languages of cells. */
export type EditorLanguage = "yaml" | "sql" | "markdown" | "js";

/** A marked place: lines from 1 in the body. */
export interface EditorIssue {
  readonly line: number;
  readonly column?: number;
  readonly severity: "error" | "warning";
  readonly message: string;
}

/** What can be completed. */
export interface EditorWords {
  /** Ids of the page, with what each is. */
  readonly ids: readonly { readonly id: string; readonly kind: string }[];
  /** Keys that the cell's body may have, each with what it is. */
  readonly keys: readonly { readonly key: string; readonly does: string }[];
  /** Tables with their columns. */
  readonly tables: () => Promise<Readonly<Record<string, readonly string[]>>>;
}

/** What an editor is told. */
export interface EditorOptions {
  readonly body: string;
  readonly language: EditorLanguage;
  /** For who cannot see it. */
  readonly label: string;
  readonly newline: "\n" | "\r\n";
  /** Offset of the caret; null: the end. */
  readonly at: number | null;
  readonly tabIndents: boolean;
  readonly readonly: boolean;
  readonly nonce: string;
  readonly hint: string;
  readonly words: () => EditorWords;
  readonly onType: (body: string) => void;
  /** State that an earlier editor of the same cell has left: with its undo. */
  readonly earlier: unknown;
}

/** An editor in the page. */
export interface MountedEditor {
  /** Caret as an offset in the body. */
  caret(): number;
  /** Takes another text in, so that caret and undo stay where they belong. */
  replace(body: string): void;
  mark(issues: readonly EditorIssue[]): void;
  focus(at: number | null): void;
  focusLine(line: number): void;
  /** Takes it out of the page. @returns what `earlier` takes */
  close(): unknown;
}

/** Lines from which on they are numbered. */
const NUMBERED = 12;

/** Puts an editor into the page. */
export async function mountEditor(parent: HTMLElement, options: EditorOptions): Promise<MountedEditor> {
  const language = await languageOf(options);
  if (!parent.isConnected) throw new DOMException("the cell is gone", "AbortError");
  const numbers = new Compartment();
  let isNumbered = isLong(options.body);
  const extensions: Extension[] = [
    EditorView.cspNonce.of(options.nonce),
    EditorState.lineSeparator.of(options.newline),
    EditorState.readOnly.of(options.readonly),
    numbers.of(isNumbered ? lineNumbers() : []),
    history(),
    drawSelection(),
    highlightSpecialChars(),
    indentOnInput(),
    indentUnit.of("  "),
    bracketMatching(),
    closeBrackets(),
    syntaxHighlighting(COLOURS),
    LOOK,
    language,
    autocompletion({ override: [(context) => complete(context, options)], icons: false }),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ "aria-label": options.label, "aria-multiline": "true" }),
    placeholder(options.hint),
    keymap.of([
      ...closeBracketsKeymap,
      ...(options.tabIndents ? TAB : []),
      ...defaultKeymap.filter(({ key }) => key === undefined || !OURS.has(key)),
      ...historyKeymap,
      ...completionKeymap,
    ]),
    Prec.highest(keymap.of([])),
    EditorView.updateListener.of((update) => {
      if (!update.docChanged) return;
      const body = update.state.sliceDoc();
      if (!update.transactions.some((each) => each.annotation(Transaction.remote))) options.onType(body);
      if (isLong(body) === isNumbered) return;
      isNumbered = !isNumbered;
      queueMicrotask(() => view.dispatch({ effects: numbers.reconfigure(isNumbered ? lineNumbers() : []) }));
    }),
  ];
  const view = new EditorView({ parent, state: stateOf(options, extensions) });
  const place = (at: number | null) => Math.min(at ?? view.state.doc.length, view.state.doc.length);
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
      const anchor = place(at === null ? null : fromText(view.state, at, options.newline));
      view.dispatch({ selection: { anchor }, scrollIntoView: true });
      view.focus();
    },
    focusLine: (line) => {
      const { from } = view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines));
      view.dispatch({ selection: { anchor: from }, scrollIntoView: true });
      view.focus();
    },
    close: () => {
      const left = view.state.toJSON({ history: HISTORY });
      view.destroy();
      return left;
    },
  };
  return mounted;
}

/** Keys that mean something on the page. */
const OURS = new Set(["Mod-Enter", "Shift-Enter", "Alt-ArrowUp", "Alt-ArrowDown", "Mod-i", "Mod-k", "Ctrl-k", "Mod-s", "Escape"]);

const TAB: readonly KeyBinding[] = [{ key: "Tab", run: indentMore, shift: indentLess }];
