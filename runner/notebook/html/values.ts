/** Values, names and what was left out, as HTML. */

import { ellipsis, escapeMarkup, readableNumber } from "../../report/mod.ts";

/** Characters of a value. */
const LONGEST_VALUE = 300;

/** A value of any kind in one line. */
export function valueHtml(value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number") return `<span class="number">${readableNumber(value)}</span>`;
  if (typeof value === "bigint") return `<span class="number">${value}</span>`;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return escapeMarkup(ellipsis(text, LONGEST_VALUE));
}

/** A path in a scenario, which may break after a dot and an underscore. */
export function pathHtml(path: string): string {
  return `<code>${escapeMarkup(ellipsis(path, LONGEST_VALUE)).replaceAll(/[._](?=.)/g, "$&<wbr>")}</code>`;
}

/** That not all is shown; empty: it is. */
export function cut(shown: number, all: number, what: string): string {
  return shown >= all
    ? ""
    : `<p class="note">The first ${readableNumber(shown)} of ${readableNumber(all)} ${what}.</p>`;
}
