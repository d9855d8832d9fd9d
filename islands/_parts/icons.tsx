/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** Pictures of 16 by 16 pixels in the colour of the text around them. They stand beside words and are never read out. */

import type { VNode } from "preact";

/** Path of each icon in a box of 16 by 16, drawn as lines 1.5 wide. */
const PATHS = {
  alert: "M8 2 15 14H1ZM8 6.5v3.5M8 12v.01",
  arrow_down: "M8 3v10M4 9l4 4 4-4",
  arrow_up: "M8 13V3M4 7l4-4 4 4",
  bolt: "M9 1.5 3.5 9H8l-1 5.5L12.5 7H8Z",
  bot: "M3 6h10v7H3ZM8 6V3M6 9v1M10 9v1M1.5 9v2M14.5 9v2M8 2.5v.01",
  calendar: "M2.5 4h11v9.5h-11ZM2.5 7h11M5.5 2.5v3M10.5 2.5v3",
  chart: "M2 2v12h12M5 10.5l3-4 2.5 2L14 4",
  check: "M3 8.5 6.5 12 13 4.5",
  chevron: "M6 3.5 10.5 8 6 12.5",
  circle: "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11Z",
  clock: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM8 5v3.2l2 1.6",
  copy: "M5.5 5.5h8v8h-8ZM10.5 5.5v-3h-8v8h3",
  download: "M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11",
  fork: "M4 2v7M4 9a3 3 0 0 0 3 3h2M12 2v3a4 4 0 0 1-4 4H4M11 10v4M9 12h4",
  info: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM8 7.2v3.8M8 5v.01",
  list: "M2.5 4h.01M5.5 4h8M2.5 8h.01M5.5 8h8M2.5 12h.01M5.5 12h8",
  lock: "M3.5 7h9v6.5h-9ZM5.5 7V5a2.5 2.5 0 0 1 5 0v2",
  minus: "M3 8h10",
  number: "M5.5 3 4.5 13M11.5 3l-1 10M3 6h10.5M2.5 10H13",
  pause: "M5.5 3v10M10.5 3v10",
  play: "M4.5 2.5v11l9-5.5Z",
  plus: "M8 3v10M3 8h10",
  redo: "M13 3.5V7H9.5M13 7a5.2 5.2 0 1 0 .2 3",
  spin: "M8 2a6 6 0 1 0 6 6",
  step: "M3.5 2.5v11l7-5.5ZM13 3v10",
  stop: "M4 4h8v8H4Z",
  table: "M2 3h12v10H2ZM2 6.5h12M2 10h12M6.5 6.5V13",
  text: "M3 4V3h10v1M8 3v10M6 13h4",
  toggle: "M5.5 4.5h5a3.5 3.5 0 0 1 0 7h-5a3.5 3.5 0 0 1 0-7ZM10.5 8v.01",
  undo: "M3 3.5V7h3.5M3 7a5.2 5.2 0 1 1-.2 3",
  user: "M8 2.5a2.6 2.6 0 1 0 0 5.2 2.6 2.6 0 0 0 0-5.2ZM2.8 13.5c.6-2.6 2.5-4 5.2-4s4.6 1.4 5.2 4",
  x: "M4 4l8 8M12 4l-8 8",
} as const;

/** Name of an icon. */
export type IconName = keyof typeof PATHS;

/** An icon. */
export function Icon({ name }: { readonly name: IconName }): VNode {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
