/** The references in a text, by the rules of its language. */

import { yamlBody, yamlTexts } from "./body.ts";
import { proseReferences } from "./markdown.ts";
import { malformed, Places, readReference, type Reference, type ReferenceIssue, referenceTokens } from "./reference.ts";
import { sqlTokens } from "./sql.ts";
import type { BodyLanguage } from "./types.ts";

/** References, and what looks like one. */
export interface References {
  readonly references: readonly Reference[];
  readonly issues: readonly ReferenceIssue[];
}

/**
 * The references in `text`, in its order. In YAML they count in values only, not in keys and comments; in SQL outside strings and
 * comments; in prose outside code; in JavaScript there are none.
 */
export function referencesIn(text: string, lang: BodyLanguage | "prose"): readonly Reference[] {
  return scanReferences(text, lang).references;
}

/** Likewise, with what looks like a reference and is none. */
export function scanReferences(text: string, lang: BodyLanguage | "prose"): References {
  if (lang === "js" || lang !== "yaml" && !text.includes("${")) return { references: [], issues: [] };
  if (lang === "sql") return sqlReferences(text);
  return lang === "yaml"
    ? yamlReferences(text, yamlTexts(yamlBody({ body: text, bodyLine: 1 }).document))
    : inProse(text);
}

/** References in values of YAML; `body` is the text that they were read from. */
export function yamlReferences(
  body: string,
  values: readonly { readonly value: string; readonly start: number; readonly end: number }[],
): References {
  const references: Reference[] = [];
  const issues: ReferenceIssue[] = [];
  const places = new Places(body);
  for (const { value, start, end } of values) {
    if (!value.includes("${")) continue;
    let cursor = start;
    for (const { kind, raw } of referenceTokens(value)) {
      // Quotes may write it with escapes: then it is said to stand where the value begins.
      const at = places.find(raw, cursor, end);
      const place = at < 0 ? start : at;
      cursor = Math.max(cursor, place + raw.length);
      if (kind === "reference") references.push({ ...readReference(raw)!, start: place, end: place + raw.length });
      else if (kind === "malformed") issues.push(malformed(raw, place));
    }
  }
  return { references, issues };
}

function sqlReferences(sql: string): References {
  const references: Reference[] = [];
  const issues: ReferenceIssue[] = [];
  for (const { kind, start, end } of sqlTokens(sql)) {
    const raw = sql.slice(start, end);
    if (kind === "reference") references.push(readReference(raw, start)!);
    else if (kind === "malformed") issues.push(malformed(raw, start));
    else if (kind === "string" || kind === "quoted") {
      for (const issue of quoted(raw, start, kind)) issues.push(issue);
    }
  }
  return { references, issues };
}

function quoted(text: string, start: number, kind: "string" | "quoted"): ReferenceIssue[] {
  return [...referenceTokens(text)].filter((token) => token.kind === "reference").map(({ raw, start: at }) => ({
    code: "quoted_reference",
    message: kind === "string" ? `${raw} stands in a string` : `${raw} stands in a name`,
    hint: kind === "string"
      ? `write ${raw} without quotes: it becomes a bound parameter`
      : "names of tables and columns cannot be parameters",
    start: start + at,
    end: start + at + raw.length,
  }));
}

function inProse(text: string): References {
  const references: Reference[] = [];
  const issues: ReferenceIssue[] = [];
  for (const { kind, raw, start } of proseReferences(text)) {
    if (kind === "reference") references.push(readReference(raw, start)!);
    else issues.push(malformed(raw, start));
  }
  return { references, issues };
}

/** SQL with a parameter in place of every reference. */
export interface BoundSql {
  /** `$ref_1` stands for the first. */
  readonly sql: string;
  /** What the parameters are, by name without `$`; a reference that stands twice is one. */
  readonly parameters: ReadonlyMap<string, Reference>;
}

/** Makes parameters of the references in `sql`; `$${` becomes `${`. Values are never part of the text. */
export function bindReferences(sql: string): BoundSql {
  const parameters = new Map<string, Reference>();
  const names = new Map<string, string>();
  let bound = "";
  let last = 0;
  for (const { kind, start, end } of sqlTokens(sql)) {
    const raw = sql.slice(start, end);
    let put = raw;
    if (kind === "reference") {
      const name = names.get(raw) ?? `ref_${names.size + 1}`;
      names.set(raw, name);
      if (!parameters.has(name)) parameters.set(name, readReference(raw, start)!);
      put = `$${name}`;
    } else if (kind === "escape" || kind === "string" || kind === "quoted") put = raw.replaceAll("$${", "${");
    bound += sql.slice(last, start) + put;
    last = end;
  }
  return { sql: bound + sql.slice(last), parameters };
}
