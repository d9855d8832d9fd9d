/** What a batch is made of: one description for files, REST, MCP and notebooks (`formats.md` 3). */

import { z } from "zod";
import { formatPath, type Issue, type IssuePath, issuesError, type Json, SimError } from "../../framework/mod.ts";
import { readYaml } from "../../framework/scenario/mod.ts";

/** Runs of one batch. */
export const MOST_RUNS = 100_000;
/** Cells of one batch. */
const MOST_CELLS = 20_000;

const path = z.string().min(1).max(500).describe("scenario path, as engine.interest_rate");
const name = z.string().regex(/^[A-Za-z_][\w.-]{0,99}$/, "letters, digits, '_', '.' and '-', beginning with a letter");
const finite = z.number();
const seed = z.int().min(0);

/**
 * The schema of batches as they are written.
 * @param json of any JSON: doors that describe themselves have one of their own
 */
export function batchSchemaOf(json: z.ZodType<Json>) {
  const settings = z.record(z.string().min(1).max(500), json).describe("scenario paths and their values");
  const gridParameter = z.union([
    z.strictObject({ path, values: z.array(json).min(1).describe("its values") }),
    z.strictObject({
      path,
      from: finite.describe("first value"),
      to: finite.describe("last value, if the steps lead to it"),
      step: finite.describe("from one value to the next"),
    }),
  ]);
  const drawnParameter = z.union([
    z.strictObject({ path, uniform: z.tuple([finite, finite]).describe("between the two") }),
    z.strictObject({ path, normal: z.tuple([finite, z.number().gt(0)]).describe("mean and standard deviation") }),
    z.strictObject({ path, choice: z.array(json).min(1).describe("one of these") }),
  ]);
  return z.strictObject({
    name: z.string().min(1).max(100).optional().describe("short name; the batch's id begins with it"),
    description: z.string().max(10_000).optional().describe("for people"),
    scenario: z.union([z.string().min(1), z.record(z.string(), json)]).optional().describe(
      "the scenario: path of its file, or the scenario itself",
    ),
    set: settings.optional().describe("what holds in all runs"),
    arms: z.record(
      name,
      z.strictObject({
        scenario: z.union([z.string().min(1), z.record(z.string(), json)]).optional(),
        set: settings.optional(),
      }),
    ).optional().describe("what is compared: scenarios, or settings of one scenario, by name"),
    grid: z.record(name, gridParameter).optional().describe("every combination of these values"),
    random: z.strictObject({
      n: z.int().min(1).max(MOST_CELLS).describe("combinations that are drawn"),
      params: z.record(name, drawnParameter),
      seed: seed.optional().describe("of the drawing; absent: 1"),
    }).optional().describe("combinations by chance"),
    list: z.array(settings).min(1).max(MOST_CELLS).optional().describe("these combinations"),
    seeds: z.union([z.string(), z.array(seed).min(1).max(MOST_RUNS)]).optional().describe(
      "seeds of every cell, as 1..8 or [1, 2, 7]; absent: the scenario's own",
    ),
    samples: z.int().min(1).max(1000).optional().describe(
      "how often each seed is played; only what models answer differs",
    ),
    metrics: z.array(z.string().min(1)).max(100).optional().describe(
      "what is looked at; absent: all numbers of the last turn",
    ),
    limits: z.strictObject({
      parallel: z.int().min(1).max(1000).optional().describe("runs at once; absent: max_concurrent"),
      max_cost_usd: z.number().min(0).optional().describe("dollars for models, all runs together"),
      max_minutes: z.number().gt(0).optional().describe("minutes of playing"),
    }).optional(),
    llm_mode: z.enum(["auto", "offline"]).optional().describe("offline: rules answer in place of every model"),
  });
}

/** A batch as it is written. */
export const batchSpecSchema = batchSchemaOf(z.json());

/** A batch as it is written. */
export type BatchSpec = z.output<typeof batchSpecSchema>;

/** One combination of parameters in one arm; its runs differ in seed and sample alone. */
export interface BatchCell {
  /** Position in the batch, from 0. */
  readonly index: number;
  /** Name of its arm; null: there are no arms. */
  readonly arm: string | null;
  /** Values of the grid, the draw or the list, by name. */
  readonly params: { readonly [name: string]: Json };
  /** All settings, in the order in which they count. */
  readonly set: readonly { readonly path: string; readonly value: Json }[];
  /** The scenario, a path or the scenario itself. */
  readonly scenario: NonNullable<BatchSpec["scenario"]>;
}

/** A stretch of seeds: the batch as it was begun, and what it was extended by. */
export interface BatchBlock {
  /** Null: the scenario's own seed. */
  readonly seeds: readonly (number | null)[];
  readonly samples: number;
}

/** One run of a batch. */
export interface BatchMember {
  /** Position in the batch, from 0. */
  readonly n: number;
  readonly cell: number;
  /** Null: the scenario's own. */
  readonly seed: number | null;
  readonly sample: number;
}

/** Whether a file is a batch: it has a section `batch`. A text that cannot be read is none. */
export function isBatchText(text: string, file: string): boolean {
  const { value } = readYaml(text, file);
  return typeof value === "object" && value !== null && Object.hasOwn(value, "batch");
}

/**
 * The batch in a file with a section `batch`.
 * @param find the path of the scenario that it refers to; absent: it is taken as it stands
 * @throws {SimError} all that is wrong, each with its place
 */
export function readBatchFile(
  text: string,
  file: string,
  find: (reference: string) => string = (reference) => reference,
): BatchSpec {
  const { value, issues, locate } = readYaml(text, file);
  if (value === undefined) throw issuesError(issues);
  const section = (value as { batch?: Json } | null)?.batch;
  if (section === undefined || section === null) {
    throw new SimError("no_batch", `${file} has no section 'batch'`, {
      hint: "run it with `run`, or make a batch of it: deno task batch SCENARIO --grid path=1,2 --seeds 1..8",
    });
  }
  const others = Object.keys(value as object).filter((key) => key !== "batch");
  const found = specIssues(section).map((issue): Issue => ({
    ...issue,
    path: ["batch", ...issue.path ?? []],
    ...locate(["batch", ...issue.path ?? []]),
  }));
  if (others.length > 0) {
    found.push({
      severity: "error",
      code: "unknown_key",
      message: `a batch file has no key '${others[0]}'`,
      hint: "everything stands in the section 'batch'; a scenario is a file of its own",
      path: [others[0]!],
      ...locate([others[0]!]),
    });
  }
  if (found.length > 0) throw issuesError(found);
  const spec = batchSpecSchema.parse(section);
  const scenarioOf = <S extends { readonly scenario?: BatchSpec["scenario"] }>(part: S, path: IssuePath): S => {
    if (typeof part.scenario !== "string") return part;
    try {
      return { ...part, scenario: find(part.scenario) };
    } catch (error) {
      if (!(error instanceof SimError)) throw error;
      const where = ["batch", ...path, "scenario"];
      found.push(...error.issues.map((issue) => ({ ...issue, path: where, ...locate(where) })));
      return part;
    }
  };
  const arms = Object.entries(spec.arms ?? {}).map(([name, arm]) => [name, scenarioOf(arm, ["arms", name])] as const);
  const named = { ...scenarioOf(spec, []), ...(spec.arms && { arms: Object.fromEntries(arms) }) };
  if (found.length > 0) throw issuesError(found);
  return named;
}

/** A batch from elsewhere. @throws {SimError} all that is wrong */
export function readBatchSpec(value: unknown): BatchSpec {
  const issues = specIssues(value);
  if (issues.length > 0) throw issuesError(issues);
  return batchSpecSchema.parse(value);
}

function specIssues(value: unknown): Issue[] {
  const read = batchSpecSchema.safeParse(value);
  if (!read.success) {
    return read.error.issues.map((issue) => {
      const path = issue.path as IssuePath;
      const where = path.length === 0 ? "batch" : formatPath(path);
      return { severity: "error", code: "invalid_value", message: `${where}: ${issue.message}`, path };
    });
  }
  return [...ambiguities(read.data)];
}

function* ambiguities(spec: BatchSpec): Iterable<Issue> {
  const error = (code: string, message: string, path: IssuePath, hint: string): Issue => ({
    severity: "error",
    code,
    message,
    path,
    hint,
  });
  const ways = (["grid", "random", "list"] as const).filter((way) => spec[way] !== undefined);
  if (ways.length > 1) {
    yield error("ambiguous_batch", `${ways.join(" and ")} both say what is varied`, [ways[1]!], "keep one of them");
  }
  const arms = Object.entries(spec.arms ?? {});
  if (spec.arms && arms.length === 0) yield error("empty_grid", "'arms' has no arm", ["arms"], "name at least one");
  const homeless = arms.filter(([, arm]) => arm.scenario === undefined);
  if (spec.scenario === undefined && (arms.length === 0 || homeless.length > 0)) {
    yield error("missing_key", "the batch names no scenario", ["scenario"], "add 'scenario: growth.yaml'");
  }
  for (const way of ["grid", "random"] as const) {
    const params = way === "grid" ? spec.grid : spec.random?.params;
    if (params && Object.keys(params).length === 0) {
      yield error(
        "empty_grid",
        `'${way}' varies nothing`,
        [way],
        "name a parameter: rate: { path: engine.interest_rate, values: [0.02, 0.05] }",
      );
    }
  }
}

/** Seeds as `1..8`, `1,2,7`, or a list. @throws {SimError} `bad_seeds`, `repeated_seed`, `too_many_runs` */
export function readSeeds(written: NonNullable<BatchSpec["seeds"]>): number[] {
  const ranges = typeof written === "string" ? written.split(",").map(seedRange) : null;
  // Counted before any is made: a short text can name more than memory holds.
  const count = ranges?.reduce((sum, { from, to }) => sum + to - from + 1, 0) ?? written.length;
  if (count > MOST_RUNS) throw tooManyRuns(count, "seeds", "name fewer");
  const seeds = ranges?.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, i) => from + i)) ??
    [...written as readonly number[]];
  const seen = new Set<number>();
  for (const each of seeds) {
    if (seen.has(each)) {
      throw new SimError("repeated_seed", `seed ${each} is named twice`, {
        hint: "a seed played twice is the same run; samples: 2 plays each seed twice with other answers of models",
      });
    }
    seen.add(each);
  }
  return seeds;
}

/** That a batch is too large, with how large it would be. */
export function tooManyRuns(count: number, what: string, hint: string): SimError {
  return new SimError(
    "too_many_runs",
    `that is ${count.toLocaleString("en")} ${what}; a batch has at most ${MOST_RUNS.toLocaleString("en")} runs`,
    { hint },
  );
}

function seedRange(part: string): { readonly from: number; readonly to: number } {
  const [, first, last] = /^\s*(\d{1,15})(?:\s*\.\.\s*(\d{1,15}))?\s*$/.exec(part) ?? [];
  const [from, to] = [Number(first), Number(last ?? first)];
  if (first === undefined || to < from) {
    throw new SimError("bad_seeds", `'${part.trim()}' is no seed and no range of seeds`, {
      hint: "write 1..8, or 1,2,7",
    });
  }
  return { from, to };
}
