/** What the bodies of cells may say, by kind (`design/notebook.md` 1), and what is wrong with them at its line. */

import { didYouMean, formatPath, type IssuePath, type Json, type JsonObject } from "../../framework/mod.ts";
import { readYaml } from "../../framework/scenario/mod.ts";
import { z } from "zod";
import { batchSpecSchema } from "../batch/mod.ts";
import type { CellPiece } from "./page/mod.ts";
import type { ViewIssue } from "./view.ts";

const json = z.json();
const name = z.string().min(1).max(500);
const seed = z.int().min(0);
const turn = z.int().min(0);
const settings = z.record(z.string().min(1).max(500), json);
const conditions = z.array(z.string().min(1).max(2000)).max(100);
const scalar = z.union([z.string(), z.number(), z.boolean()]);
const llmMode = z.enum(["auto", "offline"]);

const CONTROLS = ["range", "number", "select", "text", "toggle", "radio"] as const;
const MARKS = ["line", "dot", "bar", "cell", "area", "rule", "histogram"] as const;

const option = z.union([scalar, z.strictObject({ value: scalar, label: z.string() })]);

const input = z.strictObject({
  type: z.enum(CONTROLS),
  min: z.number().optional(),
  max: z.number().optional(),
  step: z.number().positive().optional(),
  options: z.array(option).min(1).max(200).optional(),
  value: scalar.optional(),
  label: z.string().max(200).optional(),
});

const derived = z.strictObject({ scenario: name.optional(), set: settings.optional() });

const run = z.strictObject({
  scenario: z.union([name, z.record(z.string(), json)]).optional(),
  seed: seed.optional(),
  sample: z.int().min(0).optional(),
  watch: z.array(name).max(50).optional(),
  from: z.strictObject({ run: name, turn }).optional(),
  set: settings.optional(),
  state: settings.optional(),
  llm_mode: llmMode.optional(),
  expect: conditions.optional(),
});

const conversation = z.looseObject({
  scenario: name.optional(),
  case: z.string().optional(),
  goal: z.string().optional(),
  max_turns: z.int().min(1).optional(),
  seed: seed.optional(),
  sample: z.int().min(0).optional(),
  from: z.strictObject({ conversation: name.optional(), run: name.optional(), turn }).optional(),
  set: settings.optional(),
  llm_mode: llmMode.optional(),
  expect: conditions.optional(),
});

const batch = batchSpecSchema.extend({ expect: conditions.optional() });

const compare = z.strictObject({
  of: z.array(name).min(1).max(20),
  metrics: z.array(name).max(100).optional(),
  baseline: name.optional(),
  expect: conditions.optional(),
});

const chart = z.strictObject({
  data: name,
  mark: z.enum(MARKS),
  x: name.optional(),
  y: z.union([name, z.array(name).min(1).max(20)]).optional(),
  fill: z.union([name, z.record(z.string(), name)]).optional(),
  stroke: name.optional(),
  facet: name.optional(),
  interval: z.union([name, z.tuple([name, name])]).optional(),
  label: z.string().max(200).optional(),
  log: z.union([z.boolean(), z.enum(["x", "y", "both"])]).optional(),
});

/** Schemas of bodies that are not a scenario in whole. */
export const BODIES = { input, derived, run, conversation, batch, compare, chart };

/** What a body is when it is right. */
export type Body<K extends keyof typeof BODIES> = z.output<typeof BODIES[K]>;

/** Keys of a `scenario` cell that is made of another one. */
export const DERIVED_KEYS: readonly string[] = ["scenario", "set"];

/** A body as JSON, which knows where everything stands in the file. */
export interface ReadBody {
  /** Absent: it cannot be read. */
  readonly value?: Json;
  readonly issues: readonly ViewIssue[];
  /** Line in the file of the body's first line. */
  readonly firstLine: number;
  /** Line and column in the file of a path in the body; `key`: of its key. */
  readonly place: (path: IssuePath) => { readonly line: number; readonly column?: number };
}

/** Reads a body whose references have been replaced. */
export function readBody(piece: Pick<CellPiece, "bodyLine" | "name">, text: string): ReadBody {
  const { value, issues, locate } = readYaml(text, piece.name);
  const inFile = ({ line, column }: { readonly line?: number; readonly column?: number }) => ({
    line: piece.bodyLine + (line ?? 1) - 1,
    ...(column !== undefined && { column }),
  });
  const found = issues.map((issue): ViewIssue => ({
    severity: issue.severity === "error" ? "error" : "warning",
    code: issue.code,
    message: issue.code === "empty_file" ? "the cell is empty" : issue.message,
    ...(issue.hint !== undefined && issue.code !== "empty_file" && { hint: issue.hint }),
    ...inFile(issue),
  }));
  return {
    ...(value !== undefined && { value }),
    issues: found,
    firstLine: piece.bodyLine,
    place: (path) => inFile(locate(path)),
  };
}

/** A body by its schema; what is wrong with it, at its place. */
export function checkBody<K extends keyof typeof BODIES>(
  kind: K,
  { value, place }: ReadBody,
): { readonly body: Body<K> | null; readonly issues: readonly ViewIssue[] } {
  const schema: z.ZodType = BODIES[kind];
  const parsed = schema.safeParse(value);
  if (parsed.success) return { body: parsed.data as Body<K>, issues: [] };
  return { body: null, issues: parsed.error.issues.flatMap((issue) => schemaIssues(issue, schema, place)) };
}

function schemaIssues(issue: z.core.$ZodIssue, schema: z.ZodType, place: ReadBody["place"]): ViewIssue[] {
  const path = issue.path.map((step) => typeof step === "symbol" ? String(step) : step);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key): ViewIssue => ({
      severity: "error",
      code: "unknown_key",
      message: `${path.length === 0 ? "this cell" : formatPath(path)} has no key '${key}'`,
      hint: didYouMean(key, keysAt(schema, path)),
      ...place([...path, key]),
    }));
  }
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    // Of alternatives the one was meant that has the least against it.
    const [meant] = issue.errors.toSorted((a, b) => weight(a) - weight(b));
    if (meant!.some((inner) => inner.path.length > 0)) {
      return meant!.flatMap((inner) => schemaIssues({ ...inner, path: [...path, ...inner.path] }, schema, place));
    }
  }
  const where = path.length === 0 ? "" : `${formatPath(path)}: `;
  const isMissing = issue.code === "invalid_type" && /received undefined$/.test(issue.message);
  const candidates = issue.code === "invalid_value" ? issue.values.map(String) : [];
  return [{
    severity: "error",
    code: isMissing ? "missing_key" : "invalid_value",
    message: isMissing ? `'${path.at(-1)}' is missing` : `${where}${issue.message}`,
    ...(candidates.length > 0 && { hint: `one of ${candidates.join(", ")}` }),
    ...place(path),
  }];
}

function weight(issues: readonly z.core.$ZodIssue[]): number {
  return issues.length - Math.max(0, ...issues.map(({ path }) => path.length)) / 100;
}

/** The keys that a map at `path` may have. */
function keysAt(schema: z.ZodType, path: IssuePath): string[] {
  let at = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonObject;
  for (const step of path) {
    const properties = (at.properties ?? {}) as JsonObject;
    const below = typeof step === "number" ? at.items : properties[step] ?? at.additionalProperties;
    if (typeof below !== "object" || below === null) return [];
    at = below as JsonObject;
  }
  const alternatives = (at.anyOf ?? [at]) as readonly JsonObject[];
  return alternatives.flatMap(({ properties }) => Object.keys((properties ?? {}) as JsonObject));
}
