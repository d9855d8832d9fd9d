/** Which colour means what, above a picture whose marks cannot be labelled where they are. */

import type * as Plot from "@observablehq/plot";
import { FONT_SIZE, textWidth } from "../../export/labels.ts";
import { ellipsis } from "../../report/markup.ts";
import { svgElement } from "./end_labels.ts";

/** Names with their places. */
export interface Legend {
  readonly entries: readonly {
    readonly name: string;
    readonly color: string;
    readonly x: number;
    readonly y: number;
  }[];
  /** Pixels. */
  readonly height: number;
}

const LINE = 18;
const SWATCH = 10;
const GAP = 16;
/** More names than these say nothing. */
const MOST = 20;

/** Puts names on lines of `width` pixels. */
export function legendOf(names: readonly string[], colorOf: (name: string) => string, width: number): Legend {
  if (names.length < 2) return { entries: [], height: 0 };
  let [x, y] = [0, 0];
  const entries = names.slice(0, MOST).map((name) => {
    const short = ellipsis(name, 28);
    const needed = SWATCH + 6 + textWidth(short);
    if (x > 0 && x + needed > width) [x, y] = [0, y + LINE];
    const entry = { name: short, color: colorOf(name), x, y };
    x += needed + GAP;
    return entry;
  });
  return { entries, height: y + LINE + 6 };
}

/** Draws the legend. @param top pixels above it */
export function legendMark({ entries }: Legend, top: number): Plot.RenderFunction {
  return (_index, _scales, _values, _dimensions, context) => {
    const { document } = context as { readonly document: Document };
    const group = svgElement(document, "g", {
      "aria-label": "legend",
      "font-size": String(FONT_SIZE),
      transform: `translate(0,${top})`,
    });
    for (const { name, color, x, y } of entries) {
      const size = String(SWATCH);
      group.append(
        svgElement(document, "rect", {
          x: String(x),
          y: String(y + 3),
          width: size,
          height: size,
          rx: "2",
          fill: color,
        }),
      );
      const text = svgElement(document, "text", {
        x: String(x + SWATCH + 6),
        y: String(y + 3 + SWATCH / 2),
        dy: "0.34em",
        fill: "currentColor",
        "text-anchor": "start",
      });
      text.textContent = name;
      group.append(text);
    }
    return group as SVGElement;
  };
}
