/** Values in words: the short texts beside structured content. */

import type { Json } from "../../framework/mod.ts";

/** Characters of one value. */
const LONGEST_VALUE = 60;

/** A number to six significant digits, a text shortened, anything else as short JSON. */
export function valueText(value: unknown): string {
  if (typeof value === "number") return String(Number(value.toPrecision(6)));
  const text = typeof value === "string" ? value : JSON.stringify(value) ?? "";
  const flat = text.replaceAll(/\s+/g, " ");
  return flat.length > LONGEST_VALUE ? `${flat.slice(0, LONGEST_VALUE)}…` : flat;
}

/** `a 1, b 2 and 3 more`. */
export function fieldsText(fields: { readonly [name: string]: Json }, most = 12): string {
  const all = Object.entries(fields);
  const shown = all.slice(0, most).map(([name, value]) => `${name} ${valueText(value)}`).join(", ");
  return all.length > most ? `${shown} and ${all.length - most} more` : shown;
}

/** The lines, as many as there is room for. */
export function linesText(lines: readonly string[], most = 40): string {
  const rest = lines.length - most;
  return [...lines.slice(0, most), ...(rest > 0 ? [`and ${rest} more`] : [])].join("\n");
}
