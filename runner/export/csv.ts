/** Rows as comma-separated values. */

import type { Json } from "../../framework/mod.ts";
import type { Row } from "./run.ts";

/**
 * `rows` as CSV (RFC 4180): a header with the union of all keys in the order first seen, lines ended by CRLF as the RFC
 * has it (every reader from Excel to DuckDB takes it), UTF-8 without a byte order mark.
 *
 * A missing value and null are an empty field, an empty string is `""`; lists and maps are JSON text; numbers are written
 * as JSON writes them. Text that a spreadsheet program would run as a formula, that is text beginning with `=`, `+`, `-`,
 * `@`, a tab or a line break, gets an apostrophe in front (`'=1+1`), which such programs take as "this is text"; numbers,
 * and text that is nothing but a number, stay as they are.
 *
 * @example
 * ```ts
 * import { toCsv } from "./csv.ts";
 * const csv = toCsv([{ turn: 0, agent: "A", plan: ["x"] }, { turn: 1, agent: "=cmd()" }]);
 * if (csv !== 'turn,agent,plan\r\n0,A,"[""x""]"\r\n1,\'=cmd(),\r\n') throw new Error(csv);
 * ```
 */
export function toCsv(rows: readonly Row[]): string {
  const keys = new Set<string>();
  for (const row of rows) for (const key of Object.keys(row)) keys.add(key);
  if (keys.size === 0) return "";
  const header = [...keys];
  const lines = [header.map(textField).join(",")];
  for (const row of rows) lines.push(header.map((key) => field(row[key])).join(","));
  return lines.join("\r\n") + "\r\n";
}

function field(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return textField(value);
  if (typeof value === "object") return quoted(JSON.stringify(value));
  return String(value);
}

function textField(text: string): string {
  if (text === "") return '""';
  const formula = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/.test(text) && !NUMBER.test(text);
  return quoted(formula ? `'${text}` : text);
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function quoted(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
