/** What a run has written, as the API shows it. */

import { z } from "zod";
import type { AgentPositions, AgentSeries, AgentTable, LogNumbers, RunFile } from "../../runner/mod.ts";
import { anyJson, count, jsonObject, time } from "./json.ts";

/** Types of events. */
export const EVENT_TYPES = [
  "SYSTEM",
  "MILESTONE",
  "VALIDITY",
  "INTERVENTION",
  "LIFECYCLE",
  "DECISION",
  "LLM",
  "ACTION",
  "ENV",
  "DETAIL",
] as const;

/** A line of `events.jsonl`. */
export const eventSchema = z.object({
  id: z.number().int().min(1).meta({ description: "dense number from 1 within the run" }),
  event_id: z.string().meta({ description: "ULID" }),
  timestamp: time,
  turn_number: count,
  event_type: z.enum(EVENT_TYPES),
  simulation_id: z.string(),
  agent_id: z.string().optional(),
  caused_by: z.array(z.number().int()).optional().meta({ description: "events that led to this one" }),
  description: z.string().optional(),
  details: jsonObject.optional(),
  volatile: jsonObject.optional().meta({ description: "what may differ between two runs of the same inputs" }),
}).meta({ id: "Event" });

/** A line of `global.jsonl`. */
export const metricsRowSchema = z.intersection(z.object({ turn: count }), jsonObject).meta({
  id: "MetricsRow",
  description: "world variables by name, metrics as `metric.<name>`",
  examples: [{ turn: 3, interest_rate: 0.05, "metric.gini": 0.31 }],
});

/** The agents at a turn. */
export const agentTableSchema: z.ZodType<AgentTable> = z.object({
  turn: count,
  source: z.enum(["rows", "checkpoint", "nothing"]),
  columns: z.array(z.string()),
  agents: z.array(z.array(anyJson)).meta({ description: "name, type, and the values of the columns" }),
  total: count,
}).meta({ id: "AgentTable" });

/** Where agents are at a turn. */
export const agentPositionsSchema: z.ZodType<AgentPositions> = z.object({
  turn: count,
  source: z.enum(["checkpoint", "moves", "nothing"]),
  positions: z.record(z.string(), z.string()).meta({ description: "place by agent" }),
}).meta({ id: "AgentPositions" });

const values = z.array(z.number().nullable());

/** One variable of agents over the turns. */
export const agentSeriesSchema: z.ZodType<AgentSeries> = z.object({
  variable: z.string(),
  turns: z.array(count),
  agents: count,
  lines: z.array(z.object({ agent: z.string(), values })),
  spread: z.object({ low: values, p10: values, median: values, p90: values, high: values }).nullable(),
}).meta({ id: "AgentSeries" });

/** A line of `llm.jsonl`. */
export const callSchema = z.object({
  seq: z.number().int().min(1),
  kind: z.enum(["llm", "http"]),
  agent: z.string(),
  turn: count,
  purpose: z.string(),
  n: z.number().int(),
  attempt: z.number().int(),
  key: z.string(),
  provider: z.string(),
  model: z.string(),
  request: jsonObject,
  response: jsonObject.optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  usage: z.object({ input_tokens: count, output_tokens: count }),
  cost_usd: z.number(),
  latency_ms: z.number(),
  retries: count.optional(),
  at: time,
  reused_from: z.string().optional(),
}).meta({ id: "Call", description: "a settled call of a model or a service" });

/** Levels of log lines, by weight. */
export const LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR"] as const;

/** A line of `log.jsonl`. */
export const logLineSchema = z.object({
  seq: z.number().int().min(1),
  at: time,
  level: z.enum(LEVELS),
  text: z.string(),
  fields: jsonObject.optional(),
}).meta({ id: "LogLine" });

/** Logs of a run. */
export const LOGS = ["events", "llm", "logs"] as const;

const number = z.int().min(1);

/** Where things are in a log. */
export const logNumbersSchema: z.ZodType<LogNumbers> = z.object({
  last: count.meta({ description: "number of the last line; 0: there is none" }),
  before_turn: count.nullable().meta({ description: "number of the last line before `turn`" }),
  numbers: z.array(number).nullable().meta({ description: "of lines that match; null: nothing was asked of them" }),
  damaged: z.array(number).meta({ description: "of lines that cannot be read" }),
  next_after: count.nullable().meta({ description: "`after` of the next page; null: this is the last one" }),
}).meta({ id: "LogNumbers" });

/** A file that a run has written. */
export const runFileSchema: z.ZodType<RunFile> = z.object({
  path: z.string(),
  bytes: count,
  modified: time,
}).meta({ id: "RunFile" });

/** A numbered checkpoint in a list. */
export const checkpointRefSchema = z.object({ turn: count, name: z.string() }).meta({
  id: "CheckpointRef",
  examples: [{ turn: 10, name: "turn_10" }],
});

/** The state that a checkpoint holds. */
export const checkpointSchema = z.object({
  run_id: z.string(),
  turn: count,
  state: z.intersection(
    z.object({ turn: count, agents: z.record(z.string(), jsonObject), global_state: jsonObject }),
    jsonObject,
  ),
  agent_order: z.array(z.string()),
  stats: jsonObject.nullable().meta({ description: "running totals; null in checkpoints of llm-sim" }),
  populations: jsonObject.meta({ description: "what is known of populations without their columns" }),
}).meta({ id: "Checkpoint" });

/** An input from outside. */
export const inputSchema = z.object({
  seq: z.number().int().min(1),
  kind: z.enum(["intervention", "decision", "timeout", "handover"]),
  turn: count.meta({ description: "the turn in which it counts" }),
  agent: z.string().optional(),
  n: z.number().int().optional(),
  body: jsonObject,
  at: time,
}).meta({ id: "Input", description: "an input from outside, as it was recorded" });

/** What a replay found. */
export const replaySchema = z.object({
  run_id: z.string(),
  identical: z.boolean(),
  divergence: z.object({ file: z.string(), place: z.string(), recorded: z.string(), replayed: z.string() }).nullable()
    .meta({ description: "where the two part first" }),
  turns: count.meta({ description: "turns played again" }),
  code_changed: z.boolean(),
  folder: z.string().nullable().meta({ description: "the replay's folder, if it was kept" }),
}).meta({ id: "ReplayReport" });

/** `result.json`. */
export const resultSchema = z.intersection(
  z.object({
    run_metadata: z.intersection(z.object({ run_id: z.string() }), jsonObject),
    final_state: anyJson,
    checkpoints: z.array(count),
    summary_stats: jsonObject,
  }),
  jsonObject,
).meta({ id: "Result", description: "what an ended run leaves: `result.json`" });

/** The scenario a run plays. */
export const runConfigSchema = z.object({
  run_id: z.string(),
  scenario: z.string().meta({ description: "the scenario's text as it was given" }),
  config: jsonObject.meta({ description: "the resolved scenario with all its defaults, and the files it refers to" }),
}).meta({ id: "RunConfig" });
