/** Scenario files, and drafts of them, as the API shows them. */

import { z } from "zod";
import type { DraftFindings } from "../../runner/mod.ts";
import { anyJson, count } from "./json.ts";
import { issueOf, issueSchema } from "./repos.ts";

const hash = z.string().meta({ description: "SHA-256 of the text; in quotes it is its ETag" });

/** A scenario's text. */
export const scenarioTextSchema = z.object({
  repo: z.string(),
  config: z.string(),
  text: z.string(),
  hash,
  readonly: z.boolean().meta({ description: "it is part of the program: a copy of it can be written, it cannot" }),
}).meta({ id: "ScenarioText" });

const issueInFile = issueSchema.extend({
  file: z.string().optional().meta({
    description: "the file that it is about, where that is another one: one it extends",
  }),
}).meta({ id: "DraftIssue" });

/** What is on disk after writing. */
export const writtenScenarioSchema = z.object({
  hash,
  text: z.string(),
  merged: z.boolean().meta({ description: "whether changes that somebody else has made are in it" }),
  issues: z.array(issueInFile).meta({ description: "what is wrong with it, which keeps nobody from writing it" }),
}).meta({ id: "WrittenScenario" });

/** What is said of a draft. */
export const draftSchema = z.object({
  kind: z.enum(["scenario", "batch", "plan"]),
  valid: z.boolean(),
  issues: z.array(issueInFile),
  max_turns: count.nullable(),
  seed: z.number().int().nullable(),
  written: anyJson,
  merged: z.object({
    text: z.string().meta({ description: "with all bases, as YAML" }),
    value: anyJson,
    origins: z.array(z.object({ file: z.string(), line: z.number().int() }).nullable()).meta({
      description: "where the value of each line was written",
    }),
  }).nullable().meta({ description: "with what it extends; null: it extends nothing, or that cannot be read" }),
}).meta({ id: "ScenarioDraft" });

/** The findings as the API shows them. */
export function draftOf({ kind, file, issues, config, written, merged }: DraftFindings): z.input<typeof draftSchema> {
  return {
    kind,
    valid: issues.every(({ severity }) => severity !== "error"),
    issues: issues.map((issue) => ({
      ...issueOf(issue),
      ...(issue.file !== undefined && issue.file !== file && { file: issue.file }),
    })),
    max_turns: config?.simulation.max_turns ?? null,
    seed: config?.simulation.seed ?? null,
    written,
    merged: merged && { text: merged.text, value: merged.value, origins: [...merged.origins] },
  };
}
