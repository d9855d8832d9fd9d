/** Markdown, YAML and SQL as templates write them: whatever is put in stays what it is. */

import { stringify } from "yaml";
import type { Json, JsonObject } from "../../../framework/mod.ts";

/** Characters of a collection that stays on one line. */
const LONGEST_FLOW = 100;

/** Keys of maps of which each entry has a line. */
const LINES: readonly string[] = ["set", "state", "arms", "grid"];

/** A notebook's text. @param parts prose and cells */
export function pageText(title: string, parts: readonly (string | null)[]): string {
  const front = `---\nnotebook: 1\ntitle: ${JSON.stringify(title)}\n---`;
  const whole = [front, `# ${plainText(title)}`, ...parts.filter((part) => part !== null)];
  return `${whole.map((part) => part.trim()).join("\n\n")}\n`;
}

/** A cell. The fence is longer than any in the body. */
export function cellText(info: string, body: string): string {
  const inner = Math.max(2, ...[...body.matchAll(/`{3,}/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(inner + 1);
  return `${fence}${info}\n${body.trimEnd()}\n${fence}`;
}

/** The attribute `key=value` of an info line. */
export function attribute(key: string, value: string): string {
  return /[\s"`]/.test(value) ? `${key}="${value.replaceAll('"', '\\"')}"` : `${key}=${value}`;
}

/** A map as YAML; `${` in its values is no reference. What is undefined is left out. */
export function yamlText(map: { readonly [key: string]: Json | undefined }): string {
  return blockLines(map, 0).map((line) => `${line}\n`).join("");
}

/** Lines of a map's entries: what is short stands on one line, and so do lists of plain values. */
function blockLines(map: { readonly [key: string]: Json | undefined }, depth: number): string[] {
  return Object.entries(map).flatMap(([key, value]) => {
    if (value === undefined) return [];
    const name = scalarText(key);
    if (!isCollection(value)) return [`${name}: ${plainScalar(value)}`];
    const short = `${name}: ${flowText(value)}`;
    const hasLines = depth === 0 && LINES.includes(key);
    if (isEmpty(value) || !(hasLines || short.length > LONGEST_FLOW)) return [short];
    if (!isList(value)) return [`${name}:`, ...blockLines(value, depth + 1).map((line) => `  ${line}`)];
    return value.some(isCollection) ? [`${name}:`, ...value.map((each) => `  - ${flowText(each)}`)] : [short];
  });
}

function flowText(value: Json): string {
  if (!isCollection(value)) return scalarText(typeof value === "string" ? withoutReferences(value) : value);
  if (isEmpty(value)) return isList(value) ? "[]" : "{}";
  if (isList(value)) return `[${value.map(flowText).join(", ")}]`;
  return `{ ${Object.entries(value).map(([key, inner]) => `${scalarText(key)}: ${flowText(inner)}`).join(", ")} }`;
}

/** A plain value as it may stand within brackets. */
function scalarText(value: Json): string {
  return stringify([value], { collectionStyle: "flow", lineWidth: 0, flowCollectionPadding: false }).trim().slice(
    1,
    -1,
  );
}

/** A plain value on a line of its own. */
function plainScalar(value: Json): string {
  const text = stringify(typeof value === "string" ? withoutReferences(value) : value, { lineWidth: 0 }).trim();
  return text.includes("\n") ? scalarText(typeof value === "string" ? withoutReferences(value) : value) : text;
}

function isList(value: readonly Json[] | JsonObject): value is readonly Json[] {
  return Array.isArray(value);
}

function isCollection(value: Json): value is readonly Json[] | JsonObject {
  return typeof value === "object" && value !== null;
}

function isEmpty(value: readonly Json[] | JsonObject): boolean {
  return Object.keys(value).length === 0;
}

/** A text in which nothing is a reference. */
export function withoutReferences(text: string): string {
  return text.replaceAll("${", () => "$${");
}

/** A text of somebody's as one paragraph of Markdown that says just that. */
export function plainText(text: string): string {
  return text.replace(/\s+/g, " ").trim().replace(/[\\`*_[\]<>#|~&]/g, "\\$&").replaceAll("${", () => "$${");
}

/** Likewise, as a sentence. */
export function sentence(text: string): string {
  return plainText(text).replace(/[.!?]?$/, (end) => end || ".");
}

/** A text as code in Markdown. */
export function code(text: string): string {
  return `\`${text.replace(/[`\s]+/g, " ")}\``;
}

/** `basic_economic` → `Basic economic`. */
export function titleOf(name: string): string {
  const words = name.replace(/[_\s-]+/g, " ").trim().slice(0, 120);
  return words === "" ? "Untitled" : words[0]!.toUpperCase() + words.slice(1);
}

/** Words of SQL that cannot be names without quotes. */
const RESERVED = new Set(
  ("all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create default " +
    "deferrable desc describe distinct do else end except false fetch for foreign from group having in initially " +
    "intersect into lambda lateral leading limit not null offset on only or order pivot placing primary qualify " +
    "references returning select show some summarize symmetric table then to trailing true union unique unpivot using " +
    "variadic when where window with").split(" "),
);

/** A name in SQL. */
export function sqlName(name: string): string {
  return /^[a-z_][a-z0-9_]*$/i.test(name) && !RESERVED.has(name.toLowerCase())
    ? name
    : `"${withoutReferences(name).replaceAll('"', '""')}"`;
}

/** A text in SQL. */
export function sqlText(text: string): string {
  return `'${withoutReferences(text).replaceAll("'", "''")}'`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
