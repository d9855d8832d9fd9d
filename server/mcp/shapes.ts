/** Schemas that several tools share, and what they are made from. */

import { z } from "zod";
import type { DecisionRequest, Json } from "../../framework/mod.ts";
import { type Manifest, type PendingDecision, RUN_STATUSES } from "../../runner/mod.ts";
import type { Link } from "./tool.ts";
import { valueText } from "./words.ts";

/** Any JSON. In the schema it says nothing: a recursive one is more than many clients understand. */
export const json = z.unknown() as z.ZodType<Json>;

/** A simulation's id, as every tool takes it. */
export const runId = z.string().min(1).max(300).describe("id of the simulation, as start_simulation gives it");

/** A repo, as every tool takes it. */
export const repo = z.string().min(1).max(200).describe("name of a repo, as list_scenarios gives it, such as economic");

/** A file of a scenario, as every tool takes it. */
export const config = z.string().min(1).max(500).describe("file of a scenario in this repo, such as growth.yaml");

/** Values by path. */
export const settings = z.record(z.string().min(1).max(500), json);

/** Labels of a simulation. */
export const labels = z.record(z.string().min(1).max(100), z.string().max(200));

/** Where a simulation is in its life. */
export const status = z.enum(RUN_STATUSES);

/** What most tools say of a simulation. */
export const brief = {
  run_id: z.string(),
  status,
  turn: z.int().describe("turns completed"),
  max_turns: z.int(),
  reason: z.string().optional().describe("why it has this status"),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
};

/** These facts of a manifest. */
export function briefOf({ run_id, status, turn, max_turns, status_reason, error }: Manifest) {
  return {
    run_id,
    status,
    turn,
    max_turns,
    ...(status_reason !== undefined && { reason: status_reason.slice(0, 1000) }),
    ...(error && { error: { code: error.code, message: error.message.slice(0, 2000) } }),
  };
}

/** In one line. */
export function briefText(manifest: Manifest): string {
  const { run_id, status, turn, max_turns, status_reason, error } = manifest;
  const why = error
    ? `: ${error.code}: ${valueText(error.message)}`
    : status_reason
    ? `: ${status_reason.slice(0, 300)}`
    : "";
  return `${run_id} is ${status} at turn ${turn} of ${max_turns}${why}`;
}

/** A decision that a simulation waits for. */
export const waiting = z.object({
  agent: z.string(),
  turn: z.int(),
  observation: json.optional().describe("what the agent sees"),
  actions: json.optional().describe("what it may do"),
  deadline: z.string().nullable().describe("when its fallback is taken"),
});

/** It, of a pending decision; `observe` says how much of the observation is told. */
export function waitingOf(pending: PendingDecision, observe: (observation: Json) => Json): z.input<typeof waiting> {
  const { agent, turn, until, observation } = pending as PendingDecision & DecisionRequest;
  return { agent, turn, observation: observe(observation as unknown as Json), deadline: until };
}

/** The resource that holds all of a simulation's `part`. */
export function runLink(
  runId: string,
  part: "config" | "checkpoints" | "events" | "results" | "conversation",
): Link {
  const isLines = part === "events";
  return {
    uri: `simulation://${runId}/${part}`,
    name: `${part} of ${runId}`,
    mimeType: part === "config"
      ? "application/yaml"
      : part === "checkpoints"
      ? "text/plain"
      : isLines
      ? "application/jsonl"
      : "application/json",
    description: {
      config: "its resolved configuration",
      checkpoints: "turns whose state is kept",
      events: "what happened last; ?after=ID reads on from an event",
      results: "all of result.json",
      conversation: "all turns: what was said, wanted, done and judged",
    }[part],
  };
}
