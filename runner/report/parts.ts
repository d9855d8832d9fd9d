/** Pieces that all reports are made of, as HTML. */

import { escapeMarkup } from "./markup.ts";

/** How good the news are. */
export type Tone = "good" | "warn" | "bad" | "plain";

/** A short word in a colour; `text` is escaped here. */
export function badge(text: string, tone: Tone): string {
  return `<span class="badge ${tone}">${escapeMarkup(text)}</span>`;
}

/** `text` is escaped here, `body` is HTML. */
export function notice(tone: Tone, text: string, body: string): string {
  return `<aside class="notice ${tone}" role="note"><p><strong>${escapeMarkup(text)}</strong></p>${body}</aside>`;
}

/** `value` and `note` are HTML. */
export function fact(name: string, value: string, className = "", note = ""): string {
  return `<div${className === "" ? "" : ` class="${className}"`}><dt>${name}</dt><dd>${value}${
    note === "" ? "" : `<span class="note">${note}</span>`
  }</dd></div>`;
}

/** US dollars as readers expect them. */
export function dollars(usd: number): string {
  if (usd !== 0 && usd < 0.01) return `$${usd.toPrecision(2)}`;
  return `$${usd.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

/** `3 runs`, `1 run`. */
export function count(n: number, noun: string): string {
  return `${n.toLocaleString("en-US")} ${noun}${n === 1 ? "" : "s"}`;
}

/** `2026-11-22 10:15:01` of an ISO time; anything else as it is. */
export function shortTime(iso: string): string {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)/.exec(iso);
  return match === null ? iso : `${match[1]} ${match[2]}`;
}

/** A variable's name, which may break after an underscore. */
export function nameHtml(name: string): string {
  return escapeMarkup(name).replaceAll("_", "_<wbr>");
}

/** One column of {@linkcode table}. */
export interface TableColumn {
  readonly name: string;
  readonly isNumber?: boolean;
}

/**
 * A table that scrolls where it is too wide. `label` and the columns' names are escaped here; rows are HTML, the first of
 * each is the row's heading.
 */
export function table(
  label: string,
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  className = "",
): string {
  const attribute = (i: number) => columns[i]?.isNumber ? ` class="num"` : "";
  const head = columns.map(({ name }, i) => `<th scope="col"${attribute(i)}>${escapeMarkup(name)}</th>`).join("");
  const body = rows.map(([first, ...rest]) =>
    `<tr><th scope="row"${attribute(0)}>${first}</th>${
      rest.map((cell, i) => `<td${attribute(i + 1)}>${cell}</td>`).join("")
    }</tr>`
  );
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeMarkup(label)}">
<table${className === "" ? "" : ` class="${className}"`}><thead><tr>${head}</tr></thead>
<tbody>${body.join("\n")}</tbody></table></div>`;
}
