/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** A cell's editor: what it is made of is loaded when the first one is opened. */

import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { EditorIssue, EditorLanguage, EditorOptions, MountedEditor } from "../../_impl/editor.ts";
import { infoOf, newlineOf, partsOf } from "./fences.ts";
import { mountField } from "./plain_field.ts";
import type { Session } from "./session.ts";
import { tabIndents } from "./settings.ts";
import { Code } from "./source.tsx";
import type { PieceSignals } from "./store.ts";
import { wordsFor } from "./words.ts";

/** What it is told. */
export interface EditorProps {
  readonly session: Session;
  readonly piece: PieceSignals;
  readonly language: EditorLanguage;
  readonly label: string;
  readonly hint: string;
}

/** Editors that are open, by key; and what those that were closed have left: their undo. */
const open = new Map<string, MountedEditor>();
const left = new Map<string, unknown>();

/** Offset of the caret in the body of a cell that is edited. */
export function caretIn(key: string): number | null {
  return open.get(key)?.caret() ?? null;
}

/** Puts the caret into a line of a body, if its editor is open. */
export function focusLine(key: string, line: number): void {
  open.get(key)?.focusLine(line);
}

/** The editor. Until it is loaded the source stands there as it was. */
export function Editor({ session, piece, language, label, hint }: EditorProps): VNode {
  const host = useRef<HTMLDivElement>(null);
  const { key } = piece;
  const { store } = session;
  useEffect(() => {
    let isGone = false;
    const stops: (() => void)[] = [];
    const mount = async () => {
      const source = piece.source.peek();
      const begun = store.editing.peek();
      const at = begun?.at ?? null;
      const options: EditorOptions = {
        body: store.body(key),
        language,
        label,
        hint,
        newline: newlineOf(source),
        at,
        tabIndents: () => tabIndents.peek(),
        nonce: document.querySelector<HTMLElement>("script[nonce]")?.nonce ?? "",
        words: () => wordsFor(session, infoOf(piece.source.peek())?.kind ?? null),
        onType: (body) => store.type(key, body),
        earlier: left.get(key) ?? null,
      };
      const editor = await mounted(host.current!, options);
      if (editor === null) return;
      if (isGone) return void editor.close();
      host.current!.querySelector("pre")?.remove();
      open.set(key, editor);
      editor.focus(at);
      stops.push(
        piece.source.subscribe(() => editor.replace(store.body(key))),
        piece.view.subscribe(() => editor.mark(issuesOf(piece))),
        store.editing.subscribe((now) => now !== begun && now?.key === key && editor.focus(now.at)),
      );
    };
    void mount();
    return () => {
      isGone = true;
      stops.forEach((stop) => stop());
      const editor = open.get(key);
      if (editor === undefined) return;
      open.delete(key);
      left.set(key, editor.close());
    };
  }, [key, language]);
  return (
    <div class="editor" ref={host}>
      <Code source={partsOf(piece.source.peek()).body} language={language} />
    </div>
  );
}

/** The editor; a plain field where it cannot be loaded; null: the cell went meanwhile. */
async function mounted(parent: HTMLElement, options: EditorOptions): Promise<MountedEditor | null> {
  try {
    const { mountEditor } = await import("../../_impl/editor.ts");
    return await mountEditor(parent, options);
  } catch {
    return parent.isConnected ? mountField(parent, options) : null;
  }
}

/** What is wrong, by line of the body. */
function issuesOf({ view }: PieceSignals): EditorIssue[] {
  const cell = view.peek();
  if (cell?.kind !== "cell") return [];
  return cell.issues.map(({ line, column, severity, message, hint }) => ({
    line: line - cell.bodyLine + 1,
    severity,
    message: hint === undefined ? message : `${message}. ${hint}`,
    ...(column !== undefined && { column }),
  }));
}
