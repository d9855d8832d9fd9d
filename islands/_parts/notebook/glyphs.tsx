/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** Pictures of what is done with cells; they look like the other icons of the page. */

import type { VNode } from "preact";

const PATHS = {
  ancestors: "M3 2.5v5l4-2.5ZM3 8.5v5l4-2.5ZM9.5 2.5v11l5-5.5Z",
  edit: "M3 13l.6-2.8 7-7a1.5 1.5 0 0 1 2.2 2.2l-7 7L3 13ZM9.5 4.5l2 2",
  fold: "M4 6l4 4 4-4",
  grip: "M6 3v.01M10 3v.01M6 8v.01M10 8v.01M6 13v.01M10 13v.01",
  more: "M3 8v.01M8 8v.01M13 8v.01",
} as const;

/** A picture. */
export function Glyph({ name }: { readonly name: keyof typeof PATHS }): VNode {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
