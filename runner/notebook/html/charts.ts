/** Charts as SVG, drawn by Observable Plot on a document that linkedom provides. */

import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { escapeMarkup, LINE_COLORS } from "../../report/mod.ts";
import { type ChartJob, chartOptions } from "../chart/options.ts";
import { markupOf } from "./markup_of.ts";

/** How large a chart is drawn, in CSS pixels; it grows and shrinks with the page. */
export interface ChartRoom {
  readonly width: number;
  readonly height: number;
}

/** By itself on a line, and beside another. */
export const WIDE: ChartRoom = { width: 920, height: 300 };
export const HALF: ChartRoom = { width: 470, height: 220 };
/** On a phone: a chart that is only made smaller cannot be read. */
const NARROW: ChartRoom = { width: 340, height: 220 };

/** Colours of series by their names: what has the same name has the same colour in all charts of a page. */
export class SeriesColors {
  readonly #places = new Map<string, number>();

  /** A custom property of the page. */
  readonly colorOf = (name: string): string => {
    const place = this.#places.getOrInsertComputed(name, () => this.#places.size);
    return `var(--series-${place % LINE_COLORS.length + 1})`;
  };
}

/**
 * The chart as SVG for the body of a page, drawn twice: the page shows the one that its reader has the room for.
 * @param title what it shows, for who cannot see it
 */
export function chartSvg(job: ChartJob, title: string, colors: SeriesColors, room: ChartRoom): string {
  const narrow = { ...NARROW, height: Math.min(room.height, NARROW.height) };
  return drawn(job, title, colors, room, "wide") + drawn(job, title, colors, narrow, "narrow");
}

function drawn(job: ChartJob, title: string, colors: SeriesColors, room: ChartRoom, name: string): string {
  const { document } = parseHTML("<html><body></body></html>");
  const options = chartOptions(Plot, job, { ...room, colorOf: colors.colorOf });
  // What follows the mouse needs a script.
  const marks = (options.marks ?? []).filter((mark) => !isPointed(mark));
  const plot = Plot.plot({ ...options, marks, document } as Plot.PlotOptions);
  const svg = (plot.tagName.toLowerCase() === "svg" ? plot : plot.querySelector("svg")) as Element | null;
  if (svg === null) return "";
  for (const style of [...svg.querySelectorAll("style")]) style.remove();
  for (const mark of [...svg.querySelectorAll("g[aria-label]")]) mark.setAttribute("role", "group");
  svg.setAttribute("viewBox", `0 0 ${room.width} ${room.height}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", title);
  svg.setAttribute("class", `plot ${name}`);
  return markupOf(svg);
}

/** Whether a mark shows what the mouse is nearest to: it is a tip, or drawn by a function of `pointer`'s. */
function isPointed(mark: unknown): boolean {
  return mark instanceof Plot.Tip || (mark instanceof Plot.Mark && Object.hasOwn(mark, "render"));
}

/** A figure: its heading, the chart, and below it what it shows in words where that is known. */
export function figureHtml(title: string, svg: string, note = ""): string {
  const caption = title === "" && note === ""
    ? ""
    : `<figcaption>${title === "" ? "" : `<strong>${escapeMarkup(title)}</strong>`}${
      note === "" ? "" : `<span class="note">${escapeMarkup(note)}</span>`
    }</figcaption>`;
  return `<figure>${caption}\n${svg}</figure>`;
}
