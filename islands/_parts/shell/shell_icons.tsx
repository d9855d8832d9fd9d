/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** Pictures of the shell, 16 by 16, in the colour of the text around them. They stand beside words and are never read out. */

import type { VNode } from "preact";

const PATHS = {
  auto: "M8 2.5a5.5 5.5 0 1 0 0 11ZM8 2.5a5.5 5.5 0 0 1 0 11",
  batch: "M2.5 2.5h4v4h-4ZM9.5 2.5h4v4h-4ZM2.5 9.5h4v4h-4ZM9.5 9.5h4v4h-4Z",
  book: "M3.5 2.5h9v11h-9ZM6 2.5v11M8.5 5.5h2",
  chevron: "M6 4l4 4-4 4",
  close: "M4 4l8 8M12 4l-8 8",
  conversation: "M2.5 3h11v8h-6l-3 2.5V11h-2Z",
  dark: "M13 9.5A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.5Z",
  domain: "M8 2 13.5 5v6L8 14l-5.5-3V5ZM2.5 5 8 8l5.5-3M8 8v6",
  list: "M2.5 4h11M2.5 8h11M2.5 12h7",
  light:
    "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6ZM8 1.5v1.4M8 13.1v1.4M1.5 8h1.4M13.1 8h1.4M3.4 3.4l1 1M11.6 11.6l1 1M3.4 12.6l1-1M11.6 4.4l1-1",
  menu: "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  panel: "M2 3h12v10H2ZM10 3v10",
  pencil: "M10.5 3 13 5.5 6 12.5l-3 .5.5-3Z",
  plus: "M8 3.5v9M3.5 8h9",
  run: "M5 3v10l8-5Z",
  scenario: "M4 2h5.5L13 5.5V14H4ZM9.5 2v3.5H13M6 8.5h4M6 11h4",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM10.3 10.3 13.5 13.5",
  settings: "M2.5 4.5h5M10.5 4.5h3M9 3v3M2.5 11.5h3M8.5 11.5h5M7 10v3",
  sidebar: "M2 3h12v10H2ZM6 3v10",
  trash: "M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.5 9h6l.5-9",
  warning: "M8 2.5 14.5 13.5h-13ZM8 6.5v3.5M8 11.8v.01",
} as const;

/** Name of a picture. */
export type ShellIconName = keyof typeof PATHS;

/** A picture. */
export function ShellIcon({ name }: { readonly name: ShellIconName }): VNode {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
