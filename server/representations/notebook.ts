/** Notebooks as the API shows them. */

import { z } from "zod";
import type {
  CellView,
  NotebookFile,
  NotebookText,
  NotebookView,
  PieceView,
  Price,
  Provenance,
  Written,
} from "../../runner/mod.ts";
import { anyJson, count, time } from "./json.ts";

const path = z.string().meta({
  description: "below the folder of notebooks",
  examples: ["economic/policy_comparison.md"],
});
const hash = z.string().meta({ description: "SHA-256 of the text; its ETag" });
const readonly = z.boolean().meta({
  description: "the file cannot be written where it lies: saving copies it to the working folder",
});

/** A notebook in a list. */
export const notebookFileSchema: z.ZodType<NotebookFile> = z.object({
  path,
  title: z.string(),
  hash,
  modified_at: time,
  bytes: count,
  readonly,
}).meta({ id: "NotebookFile" });

/** A notebook's text. */
export const notebookTextSchema: z.ZodType<NotebookText> = z.object({
  path,
  text: z.string(),
  hash,
  readonly,
}).meta({ id: "NotebookText" });

/** What is on disk after writing. */
export const writtenSchema: z.ZodType<Written> = z.object({
  hash,
  text: z.string(),
  merged: z.boolean().meta({ description: "changes that somebody else has made meanwhile are in it" }),
}).meta({ id: "WrittenNotebook" });

const issue = z.object({
  severity: z.enum(["error", "warning"]),
  code: z.string(),
  message: z.string(),
  hint: z.string().optional(),
  line: z.number().int().meta({ description: "in the file, from 1" }),
  column: z.number().int().optional(),
}).meta({ id: "NotebookIssue" });

const price: z.ZodType<Price> = z.object({
  runs: count.meta({ description: "runs that have to be played" }),
  of: count.meta({ description: "runs that there will be, those that are found included" }),
  seconds: z.number().nullable(),
  usd: z.number().nullable(),
  free: z.boolean().meta({ description: "nothing is paid for certain" }),
  text: z.string(),
}).meta({ id: "CellPrice", description: "what running the cell would take" });

const provenance: z.ZodType<Provenance> = z.looseObject({
  run_id: z.string().optional(),
  batch_id: z.string().optional(),
  content_key: z.string().optional(),
  seed: z.number().optional(),
  sample: z.number().optional(),
  models: z.array(z.string()),
  cost_usd: z.number(),
  validity: z.string(),
  reasons: z.array(z.string()),
  at: z.string().nullable(),
  engine_version: z.string().optional(),
}).meta({ id: "CellProvenance", description: "where the cell's numbers come from" }) as never;

const CELL_STATUSES = [
  "fresh",
  "cached",
  "stale",
  "queued",
  "running",
  "paused",
  "failed",
  "blocked",
  "error",
  "off",
  "reserved",
] as const satisfies readonly CellView["status"][];

const piece = { source: z.string(), line: z.number().int() };

const pieceSchema: z.ZodType<PieceView> = z.union([
  z.looseObject({ kind: z.literal("front"), ...piece }),
  z.looseObject({
    kind: z.literal("prose"),
    ...piece,
    html: z.string().meta({ description: "safe to be put into a page" }),
    headings: z.array(z.object({ level: z.number().int(), text: z.string(), anchor: z.string() })),
  }),
  z.looseObject({
    kind: z.literal("cell"),
    ...piece,
    cell: z.string().meta({ description: "input, scenario, run, batch, conversation, compare, chart, table, …" }),
    id: z.string().nullable(),
    name: z.string(),
    flags: z.array(z.string()),
    body: z.string(),
    bodyLine: z.number().int(),
    status: z.enum(CELL_STATUSES),
    reason: z.string().nullable(),
    price: price.nullable(),
    issues: z.array(issue),
    uses: z.array(z.string()),
    usedBy: z.array(z.string()),
    value: anyJson.optional(),
    output: z.looseObject({
      type: z.enum(["input", "scenario", "run", "batch", "conversation", "compare", "chart", "table"]),
    }).nullable().meta({ description: "what the cell shows, by its kind" }),
    dimmed: z.boolean().meta({ description: "the output belongs to what the page said before" }),
    provenance: provenance.nullable(),
    expect: z.array(z.object({
      condition: z.string(),
      holds: z.boolean().nullable().meta({ description: "null: there is nothing to hold it against yet" }),
      found: z.string().optional(),
    })),
  }),
]).meta({ id: "NotebookPiece", description: "front matter, text or a cell" }) as never;

/** A notebook with what its cells say. */
export const notebookViewSchema: z.ZodType<NotebookView> = z.object({
  path,
  title: z.string(),
  hash: hash.nullable().meta({ description: "of the file on disk; null: there is no such file yet" }),
  readonly,
  issues: z.array(issue),
  pieces: z.array(pieceSchema).meta({ description: "their sources one after another are the file" }),
  cost_usd: z.number(),
  stale: z.array(z.string()).meta({ description: "ids of cells that are stale, in the order in which they would run" }),
}).meta({ id: "NotebookView" }) as never;
