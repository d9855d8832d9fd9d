/** What one types in where the editor cannot be loaded: the server is gone, and nobody has edited on this page before. */

import type { EditorOptions, MountedEditor } from "../../_impl/editor.ts";

/** Puts a plain field into the page; it does all that an editor does, but colours, completion and marks. */
export function mountField(parent: HTMLElement, options: EditorOptions): MountedEditor {
  const { newline, onType } = options;
  const field = document.createElement("textarea");
  // A field knows one kind of line break.
  const inField = (text: string) => text.replaceAll("\r\n", "\n");
  const inText = (text: string) => newline === "\n" ? text : text.replaceAll("\n", newline);
  field.className = "editor-field";
  field.value = inField(options.body);
  field.spellcheck = false;
  field.setAttribute("aria-label", options.label);
  field.placeholder = options.hint;
  const grow = () => field.rows = field.value.split("\n").length + 1;
  field.addEventListener("input", () => {
    grow();
    onType(inText(field.value));
  });
  grow();
  parent.append(field);
  field.setSelectionRange(field.value.length, field.value.length);
  const select = (at: number) => {
    field.focus();
    field.setSelectionRange(at, at);
  };
  return {
    caret: () => inText(field.value.slice(0, field.selectionStart)).length,
    replace: (body) => {
      const text = inField(body);
      if (text === field.value) return;
      const { selectionStart: start, selectionEnd: end } = field;
      field.value = text;
      field.setSelectionRange(start, end);
      grow();
    },
    mark: () => {},
    focus: (at) => select(at === null ? field.selectionStart : inField(inText(field.value).slice(0, at)).length),
    focusLine: (line) => select(field.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0)),
    close: () => {
      field.remove();
      return null;
    },
  };
}
