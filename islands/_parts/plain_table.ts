/** Tables that only the server draws. */

import { escapeMarkup } from "../../runner/report/markup.ts";
import { thinnedRows } from "./chart_text.ts";
import { text } from "./number_format.tsx";

/** Rows of a table below a chart. */
export const MOST_TABLE_ROWS = 200;

/** A table as HTML, evenly thinned, with a word on that. */
export function plainTable(title: string, columns: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const few = thinnedRows(rows, MOST_TABLE_ROWS);
  const head = columns.map((name) => `<th scope="col">${escapeMarkup(name)}</th>`).join("");
  const cell = (value: unknown) =>
    `<td${typeof value === "number" ? ' class="number"' : ""}>${escapeMarkup(text(value))}`;
  const body = few.map((row) => `<tr>${row.map(cell).join("")}`).join("");
  return `<div class="scroll-box" tabindex="0" role="group" aria-label="${escapeMarkup(`${title} as a table`)}">` +
    `<table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>` +
    (few.length < rows.length ? `<p class="muted">${few.length} of ${rows.length} rows, evenly chosen.</p>` : "");
}
