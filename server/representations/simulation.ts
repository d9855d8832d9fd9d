/** Runs as the API shows them. */

import { z } from "zod";
import {
  type App,
  type Manifest,
  type PendingDecision,
  RUN_STATUSES,
  type RunRow,
  type StoredState,
} from "../../runner/mod.ts";
import { type JsonBody, jsonBody, taggedJson } from "../etag.ts";
import { anyJson, count, jsonObject, time } from "./json.ts";

/** Words that runs carry. */
export const labelsSchema: z.ZodRecord<z.ZodString, z.ZodString> = z.record(z.string(), z.string()).meta({
  description: "words that the run carries, by key",
  examples: [{ team: "macro" }],
});

/** The run's status. */
export const statusSchema: z.ZodEnum<{ [status in Manifest["status"]]: status }> = z.enum(RUN_STATUSES).meta({
  id: "RunStatus",
  description: "interrupted: its process is gone, or a limit was reached; like paused it can be resumed",
});

const validityState = z.enum(["valid", "degraded", "void"]).meta({
  description: "degraded: some decisions were fallbacks; void: its result says nothing",
});

const parentSchema = z.object({
  run_id: z.string(),
  turn: count.meta({ description: "the last turn that both have in common" }),
  seed: z.number().int().optional(),
  sample: count.optional(),
  set: jsonObject.optional(),
  state: jsonObject.optional(),
}).meta({ id: "ForkParent", description: "of a fork: the run it left, and how" });

/** A run in a list: {@linkcode RunRow}. */
export const summarySchema: z.ZodType<RunRow> = z.object({
  run_id: z.string(),
  status: statusSchema,
  repo: z.string().meta({ description: "the run's domain" }),
  current_turn: count,
  max_turns: count,
  name: z.string(),
  created_at: time,
  started_at: time.nullable(),
  ended_at: time.nullable(),
  scenario_path: z.string().nullable(),
  labels: labelsSchema,
  validity: validityState,
  cost_usd: z.number(),
  parent: z.object({ run_id: z.string(), turn: count }).nullable(),
  seed: z.number().int(),
  batch_id: z.string().nullable(),
}).meta({ id: "SimulationSummary" });

/** What steering a run answers. */
export const steeredSchema = z.object({
  run_id: z.string(),
  status: statusSchema,
  status_reason: z.string().nullable(),
  current_turn: count,
  max_turns: count,
}).meta({ id: "SteeredSimulation", description: "the run as it is now" });

/** The run as steering answers it. */
export function steered({ run_id, status, status_reason, turn, max_turns }: Manifest): z.input<typeof steeredSchema> {
  return { run_id, status, status_reason: status_reason ?? null, current_turn: turn, max_turns };
}

/** A run that has just been made. */
export const startedSchema = z.object({ run_id: z.string(), status: z.literal("queued") }).meta({
  id: "StartedSimulation",
});

/** A question to a person. */
export const waitingSchema = z.object({
  agent: z.string(),
  turn: count,
  n: count.meta({ description: "ordinal of the decision within agent and turn, from 1" }),
  deadline: z.number().nullable().meta({ description: "seconds until the fallback is taken; null: it is waited for" }),
  until: time.nullable().meta({ description: "when that is; null: never" }),
  observation: jsonObject.meta({ description: "what the agent sees" }),
}).meta({ id: "WaitingDecision", description: "a decision of a person that the run waits for" });

const stateSchema = z.object({
  agents: z.record(z.string(), jsonObject).meta({ description: "variables by agent" }),
  global_state: jsonObject,
}).meta({ id: "SimulationState" });

const validitySchema = z.object({ state: validityState, reasons: z.array(z.string()) }).meta({ id: "Validity" });

const costSchema = z.object({
  usd: z.number(),
  input_tokens: count,
  output_tokens: count,
  calls: count,
  reused_calls: count,
  retries: count.optional(),
  first_new: z.object({ turn: count, agent: z.string() }).optional(),
}).meta({ id: "Cost", description: "what the run's models have cost so far" });

const errorSchema = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string().optional(),
  turn: count.optional(),
  agent: z.string().optional(),
  stack: z.string().optional(),
}).meta({ id: "RunError", description: "why the run failed" });

/** All of a run that is not in logs. */
export const simulationSchema = z.object({
  run_id: z.string(),
  status: statusSchema,
  current_turn: count,
  max_turns: count,
  state: stateSchema,
  state_turn: count.nullable().meta({ description: "turn that `state` is of; null: nothing has been saved yet" }),
  populations: anyJson.meta({ description: "what is known of populations without their columns, by name" }),
  repo: z.string(),
  status_reason: z.string().nullable(),
  history: z.array(z.object({ at: time, status: statusSchema, reason: z.string().optional(), turn: count })),
  created_at: time,
  started_at: time.nullable(),
  ended_at: time.nullable(),
  seed: z.number().int(),
  sample: count,
  scenario_path: z.string().nullable(),
  content_key: z.string().meta({ description: "the same for runs that must come out the same" }),
  engine_version: z.string(),
  labels: labelsSchema,
  validity: validitySchema,
  cost: costSchema,
  models: z.array(z.string()),
  parent: parentSchema.nullable(),
  batch_id: z.string().nullable(),
  error: errorSchema.nullable(),
  waiting: z.array(waitingSchema).meta({ description: "people that the run waits for" }),
}).meta({ id: "Simulation" });
/** All of a run that is not in logs. */
export type Simulation = z.input<typeof simulationSchema>;

/** Bytes of an answer that is kept at most. */
const LARGEST_KEPT = 1 << 16;

/** Answers by the manifest that they were made of: the store gives the same one until another is written. */
const answers = new WeakMap<Manifest, { readonly state: StoredState["state"] | undefined; readonly body: JsonBody }>();

/**
 * The run with its state, a {@linkcode Simulation}.
 * @param turn of an earlier checkpoint; left out: the newest state
 * @throws {SimError} `unknown_run`, `no_checkpoint`
 */
export async function simulationResponse(
  runId: string,
  { turn, app, request }: { readonly turn: number | undefined; readonly app: App; readonly request: Request },
): Promise<Response> {
  const manifest = await app.status(runId);
  const stored = turn === undefined ? await app.state(runId) : await app.checkpoint(runId, turn);
  const waiting = app.pendingDecisions().filter((pending) => pending.run_id === manifest.run_id);
  const before = answers.get(manifest);
  if (before !== undefined && before.state === stored?.state && waiting.length === 0) {
    return taggedJson(before.body, request);
  }
  const body = jsonBody(JSON.stringify(simulationOf(manifest, stored, waiting)));
  if (waiting.length === 0 && body.bytes.length <= LARGEST_KEPT) answers.set(manifest, { state: stored?.state, body });
  return taggedJson(body, request);
}

function simulationOf(
  manifest: Manifest,
  stored: StoredState | null,
  waiting: readonly PendingDecision[],
): Simulation {
  const { run_id, status, max_turns, repo, history, created_at, seed, sample, content_key, engine_version } = manifest;
  return {
    run_id,
    status,
    // The manifest may be a second behind.
    current_turn: Math.max(manifest.turn, stored?.turn ?? 0),
    max_turns,
    state: {
      agents: stored?.state.agents ?? {},
      global_state: stored?.state.global_state ?? {},
    } as Simulation["state"],
    state_turn: stored?.turn ?? null,
    populations: (stored?.populations ?? {}) as Simulation["populations"],
    repo,
    status_reason: manifest.status_reason ?? null,
    history,
    created_at,
    started_at: manifest.started_at ?? null,
    ended_at: manifest.ended_at ?? null,
    seed,
    sample,
    scenario_path: manifest.scenario_path ?? null,
    content_key,
    engine_version,
    labels: manifest.labels,
    validity: manifest.validity,
    cost: manifest.cost,
    models: manifest.models,
    parent: manifest.parent ?? null,
    batch_id: manifest.batch_id ?? null,
    error: manifest.error ?? null,
    waiting: waiting.map(({ agent, turn, n, deadline, until, observation }) => (
      { agent, turn, n, deadline, until, observation }
    )),
  };
}
