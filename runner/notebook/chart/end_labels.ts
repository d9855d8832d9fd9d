/** Names and values where lines end, instead of a legend. */

import type * as Plot from "@observablehq/plot";
import { type End, FONT_SIZE, LEADER, spread } from "../../export/labels.ts";
import { compactNumber } from "../../report/markup.ts";

const SVG = "http://www.w3.org/2000/svg";

/** Dot, leader and text of each line's end, moved apart where they would overlap. */
export function endLabels(ends: readonly End[]): Plot.RenderFunction {
  return (_index, scales, _values, dimensions, context) => {
    const document = (context as { readonly document: Document }).document;
    const group = svgElement(document, "g", { "aria-label": "line ends", "font-size": String(FONT_SIZE) });
    const { x, y } = scales as { readonly x?: (value: number) => number; readonly y?: (value: number) => number };
    if (x === undefined || y === undefined) return group as SVGElement;
    const [right, top] = [dimensions.width - dimensions.marginRight, dimensions.marginTop];
    // Clear of the axis below.
    const bottom = dimensions.height - dimensions.marginBottom - FONT_SIZE / 2;
    const isAlone = ends.length === 1;
    for (const label of spread(ends, y, top, bottom)) {
      const [at, value] = [x(label.x), y(label.value)];
      if (!isAlone) {
        group.append(svgElement(document, "path", {
          d: `M${n(right + 5)},${n(value)}L${n(right + 13)},${n(label.at)}H${n(right + LEADER)}`,
          fill: "none",
          stroke: label.color,
          "stroke-width": "1.5",
        }));
      }
      group.append(svgElement(document, "circle", { cx: n(at), cy: n(value), r: "3", fill: label.color }));
      const text = svgElement(document, "text", {
        // One alone stands where its line ends, though that be before the end of the axis.
        x: n(isAlone ? at + 9 : right + LEADER + 4),
        y: n(label.at),
        dy: "0.34em",
        fill: "currentColor",
        "text-anchor": "start",
        "font-variant": "tabular-nums",
      });
      text.textContent = `${label.name} ${compactNumber(label.value)}`.trim();
      group.append(text);
    }
    return group as SVGElement;
  };
}

/** An element of a picture. */
export function svgElement(document: Document, name: string, attributes: { readonly [name: string]: string }): Element {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function n(value: number): string {
  return String(Number(value.toFixed(1)));
}
