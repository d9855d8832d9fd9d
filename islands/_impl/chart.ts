/** Charts as pictures. Loaded when a page shows one; never on the server. */

import {
  areaY,
  barY,
  binX,
  cell,
  dot,
  frame,
  group,
  groupX,
  lineY,
  plot,
  pointer,
  pointerX,
  rectY,
  ruleX,
  ruleY,
  text,
  tip,
} from "@observablehq/plot";
import { type ChartJob, chartOptions, type Frame } from "../../runner/notebook/chart/options.ts";

const KIT = {
  areaY,
  barY,
  binX,
  cell,
  dot,
  frame,
  group,
  groupX,
  lineY,
  pointer,
  pointerX,
  rectY,
  ruleX,
  ruleY,
  text,
  tip,
};

/** A picture. */
export interface Drawn {
  readonly element: Element;
  /** Horizontal position of a value, in pixels; null: it is not on the axis. */
  xAt(value: number): number | null;
}

/** Draws a chart. */
export function draw(job: ChartJob, room: Frame): Drawn {
  const element = plot(chartOptions(KIT, job, room));
  // Rules are in the page's style sheet: its policy lets in no style element without a nonce.
  for (const style of element.querySelectorAll("style")) style.remove();
  nameGroups(element);
  // What is told of the value under the pointer is drawn anew for each.
  element.addEventListener("input", () => nameGroups(element));
  const scale = element.scale("x");
  return {
    element,
    xAt: (value) => {
      const at: unknown = scale?.apply(value);
      return typeof at === "number" && at >= Math.min(...scale!.range!) - 1 && at <= Math.max(...scale!.range!) + 1
        ? at
        : null;
    },
  };
}

/** A name on a group without a role is read by nobody, and an error for axe. */
function nameGroups(plot: Element): void {
  for (const mark of plot.querySelectorAll("g[aria-label]:not([role])")) mark.setAttribute("role", "group");
}
