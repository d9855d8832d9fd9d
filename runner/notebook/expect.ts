/** `expect:`: conditions over a cell's value, in the grammar of scenarios. */

import {
  AgentMap,
  type Condition,
  conditionPaths,
  evaluateCondition,
  formatStatePath,
  type Json,
  type JsonObject,
  parseCondition,
  readStatePath,
  SimError,
  SimulationState,
} from "../../framework/mod.ts";
import { readableNumber } from "../report/mod.ts";
import type { ExpectView, ViewIssue } from "./view.ts";

/** What conditions are held against. */
export interface Held {
  /** Fields by their bare name and as `global.<name>`. */
  readonly fields: JsonObject;
  /** As `metric.<name>`. */
  readonly metrics: JsonObject;
  readonly turn: number;
}

/** A cell's value as what conditions are held against. */
export function heldOf(value: Json | undefined): Held | null {
  if (value === undefined) return null;
  const fields = typeof value === "object" && value !== null && !Array.isArray(value) ? value as JsonObject : { value };
  const { turn, metric } = fields as { readonly turn?: Json; readonly metric?: Json };
  return {
    fields,
    metrics: { ...fields, ...(typeof metric === "object" ? metric as JsonObject : {}) },
    turn: typeof turn === "number" ? turn : 0,
  };
}

/** The conditions, held against a value; null: there is none yet. */
export function expectations(
  conditions: readonly string[] | undefined,
  held: Held | null,
  place: (at: number) => { readonly line: number; readonly column?: number },
): { readonly expect: readonly ExpectView[]; readonly issues: readonly ViewIssue[] } {
  const issues: ViewIssue[] = [];
  const expect = (conditions ?? []).map((condition, at): ExpectView => {
    try {
      const parsed = parseCondition(withPrefixes(condition));
      return held === null ? { condition, holds: null } : { condition, ...judged(parsed, condition, held) };
    } catch (error) {
      if (!(error instanceof SimError)) throw error;
      const { code, message, hint } = error;
      const shown = message.replaceAll("global.", "");
      issues.push({ severity: "error", code, message: shown, ...(hint !== undefined && { hint }), ...place(at) });
      return { condition, holds: held === null ? null : false, found: shown };
    }
  });
  return { expect, issues };
}

function judged(
  condition: Condition,
  written: string,
  { fields, metrics, turn }: Held,
): Pick<ExpectView, "holds" | "found"> {
  const state = new SimulationState({ turn, agents: AgentMap.of([]), global_state: fields });
  const numbers = metrics as Parameters<typeof evaluateCondition>[2];
  const holds = evaluateCondition(condition, state, numbers);
  const found = conditionPaths(condition).map((path) => {
    const value = readStatePath(path, state, numbers);
    const name = formatStatePath(path);
    return `${written.includes(name) ? name : name.replace(/^global\./, "")} is ${said(value)}`;
  });
  return { holds, found: found.join(", ") };
}

/** A value as people read it: of a number as many digits as tables have. */
function said(value: unknown): string {
  return typeof value === "number" ? readableNumber(value) : JSON.stringify(value ?? null);
}

/** Words of conditions that are no names of fields. */
const WORDS = new Set(["and", "or", "not", "true", "false", "null", "turn"]);

/** A condition in which bare names of fields are what the grammar calls global variables. */
function withPrefixes(condition: string): string {
  const token =
    /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[\p{L}_][\p{L}\p{M}\p{N}_-]*(?:\.(?:[\p{L}\p{M}\p{N}_-]+|"[^"]*"))*|\d[\w.]*/gu;
  return condition.replace(token, (word, at: number) => {
    if (/^["'\d]/.test(word) || WORDS.has(word) || /^(global|metric|agents)\./.test(word)) return word;
    return /^\s*\(/.test(condition.slice(at + word.length)) ? word : `global.${word}`;
  });
}
