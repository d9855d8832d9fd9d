/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** Source that is not being edited. */

import type { VNode } from "preact";
import { tokensOf } from "./highlight.ts";

/** A body in its colours. */
export function Code({ source, language }: { readonly source: string; readonly language: string }): VNode {
  return (
    <pre class="code">
      {tokensOf(source, language).map(({ text, type }, i) =>
        type === null ? text : <span key={i} class={classOf(type, text)}>{text}</span>
      )}
      {source === "" ? "\n" : null}
    </pre>
  );
}

function classOf(type: string, text: string): string {
  // A path like agents.Harbour.config.tariff is longer than a phone is wide: it may be broken anywhere.
  return type === "key" && text.includes(".") ? "code-key code-path" : `code-${type}`;
}

/** Offset in the text of an element at which something was clicked; null: nobody can say. */
export function offsetAt(element: HTMLElement, x: number, y: number): number | null {
  const point = document.caretPositionFromPoint?.(x, y);
  if (!point || !element.contains(point.offsetNode)) return null;
  const range = document.createRange();
  range.setStart(element, 0);
  range.setEnd(point.offsetNode, point.offset);
  return range.toString().length;
}
