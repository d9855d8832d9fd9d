/**
 * References in bodies replaced by values. What is put in is JSON, which is YAML, and takes as many lines as what it stands for:
 * places of what follows stay what they are in the file.
 */

import { didYouMean, type Json } from "../../framework/mod.ts";
import {
  bindReferences,
  type CellPiece,
  interpolate,
  isReference,
  readReference,
  type Reference,
  yamlBody,
  yamlTexts,
} from "./page/mod.ts";
import type { ViewIssue } from "./view.ts";

/** What a cell is worth to those who name it; undefined: nothing yet. */
export type ValueOf = (id: string) => Json | undefined;

/** A body with its references replaced. */
export interface ResolvedBody {
  readonly text: string;
  /** References whose path leads nowhere, and what cannot be read as YAML. */
  readonly issues: readonly ViewIssue[];
  /** Ids that have no value yet. */
  readonly missing: readonly string[];
}

/** The body of a YAML cell. */
export function resolveYaml(piece: Pick<CellPiece, "body" | "bodyLine">, valueOf: ValueOf): ResolvedBody {
  const { document, issues: syntax, place } = yamlBody(piece);
  const issues: ViewIssue[] = [...syntax];
  const missing = new Set<string>();
  if (syntax.length > 0 || !piece.body.includes("${")) return { text: piece.body, issues, missing: [] };
  let text = "";
  let last = 0;
  for (const { value, start, end } of yamlTexts(document)) {
    if (!value.includes("${")) continue;
    const look = (reference: Reference): Json | undefined => {
      const found = lookUp(reference, valueOf);
      if (found.problem === "missing") missing.add(reference.id);
      else if (found.problem !== undefined) issues.push({ ...found.problem, ...place(start) });
      return found.value;
    };
    const replaced: Json = isReference(value)
      ? look(readReference(value)!) ?? null
      : interpolate(value, (reference) => asText(look(reference) ?? null));
    const written = piece.body.slice(start, end);
    text += piece.body.slice(last, start) + JSON.stringify(replaced) + "\n".repeat(written.split("\n").length - 1);
    last = end;
  }
  return { text: text + piece.body.slice(last), issues, missing: [...missing] };
}

/** A query with what is bound to it. */
export interface ResolvedSql {
  readonly sql: string;
  readonly params: { readonly [name: string]: Json };
  readonly issues: readonly ViewIssue[];
  readonly missing: readonly string[];
}

/** The query of a table: values never become part of its text. */
export function resolveSql(piece: Pick<CellPiece, "body" | "bodyLine">, valueOf: ValueOf): ResolvedSql {
  const { sql, parameters } = bindReferences(piece.body);
  const issues: ViewIssue[] = [];
  const missing = new Set<string>();
  const params: { [name: string]: Json } = {};
  for (const [name, reference] of parameters) {
    const found = lookUp(reference, valueOf);
    if (found.problem === "missing") missing.add(reference.id);
    else if (found.problem !== undefined) {
      const before = piece.body.slice(0, reference.start).split("\n");
      issues.push({
        ...found.problem,
        line: piece.bodyLine + before.length - 1,
        column: before.at(-1)!.length + 1,
      });
    }
    params[name] = found.value ?? null;
  }
  return { sql, params, issues, missing: [...missing] };
}

/** What a reference stands for, or why it stands for nothing. */
export interface Found {
  readonly value?: Json;
  readonly problem?: "missing" | Pick<ViewIssue, "severity" | "code" | "message" | "hint">;
}

/** The value at the end of a reference's path. */
export function lookUp({ id, path, raw }: Reference, valueOf: ValueOf): Found {
  let value = valueOf(id);
  if (value === undefined) return { problem: "missing" };
  let walked = id;
  for (const step of path) {
    const next = childOf(value!, step);
    if (next === undefined) {
      const keys = typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
      return {
        problem: {
          severity: "error",
          code: "unknown_value",
          message: `${raw}: '${walked}' has no ${typeof step === "number" ? `entry ${step}` : `'${step}'`}`,
          hint: keys.length > 0
            ? didYouMean(String(step), keys)
            : `'${walked}' is ${JSON.stringify(value).slice(0, 60)}`,
        },
      };
    }
    value = next;
    walked += typeof step === "number" ? `[${step}]` : `.${step}`;
  }
  return { value: value! };
}

function childOf(value: Json, step: string | number): Json | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (Array.isArray(value)) return typeof step === "number" ? value[step] : undefined;
  return Object.hasOwn(value, step) ? (value as { readonly [key: string]: Json })[step] : undefined;
}

/** A value within a text: exact, and as JSON if it is no plain value. */
export function asText(value: Json): string {
  if (value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** A value for people to read: fractions with five digits that count, as tables have them. */
export function asProse(value: Json): string {
  if (typeof value === "number" && !Number.isInteger(value)) return String(Number(value.toPrecision(5)));
  return value === null ? "–" : asText(value);
}
