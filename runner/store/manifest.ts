/** `manifest.json`: identity and life of one run (`formats.md` 2.1). */

import { type Json, SimError } from "../../framework/mod.ts";
import { z } from "zod";

/** Where a run is in its life. */
export const RUN_STATUSES = ["queued", "running", "paused", "interrupted", "completed", "failed", "cancelled"] as const;
/** Where a run is in its life. */
export type RunStatus = typeof RUN_STATUSES[number];

/** Which status may follow which. */
export const SUCCESSORS: Record<RunStatus, readonly RunStatus[]> = {
  queued: ["running", "paused", "cancelled", "failed", "interrupted"],
  running: ["completed", "failed", "cancelled", "paused", "interrupted"],
  paused: ["queued", "cancelled"],
  interrupted: ["queued", "cancelled"],
  completed: [],
  failed: [],
  cancelled: [],
};

/** Whether a run of this status has come to its end. */
export function isEnded(status: RunStatus): boolean {
  return SUCCESSORS[status].length === 0;
}

/** Whether a run of this status is queued or being played: some host has it in its hands. */
export function isLive(status: RunStatus): boolean {
  return status === "queued" || status === "running";
}

const text = z.string();
const count = z.number().int().min(0);
const error = z.object({
  code: text,
  message: text,
  hint: text.optional(),
  turn: count.optional(),
  agent: text.optional(),
  stack: text.optional(),
});
const json: z.ZodType<Json> = z.json();

const manifestSchema = z.object({
  format: z.literal(1),
  run_id: text,
  /** Domain, which the API calls repo. */
  repo: text,
  /** `simulation.name` of its scenario. Runs of older versions have none. */
  name: text.optional(),
  scenario_path: text.optional(),
  content_key: text,
  engine_version: text,
  /** What it was started with: hashes of framework and domain, Deno's version. Runs of older versions have none. */
  code: z.object({ framework: text, deno: text, domain: text }).optional(),
  status: z.enum(RUN_STATUSES),
  status_reason: text.optional(),
  history: z.array(z.object({ at: text, status: z.enum(RUN_STATUSES), reason: text.optional(), turn: count })),
  created_at: text,
  started_at: text.optional(),
  ended_at: text.optional(),
  turn: count,
  max_turns: count,
  /** It is stepped: it parks when this turn is complete. */
  stop_after: count.optional(),
  seed: z.number().int(),
  sample: count,
  parent: z.object({
    run_id: text,
    turn: count,
    seed: z.number().int().optional(),
    sample: count.optional(),
    set: z.record(text, json).optional(),
    state: z.record(text, json).optional(),
  }).optional(),
  batch_id: text.optional(),
  /** The request that it was started for: SHA-256 of the name of the request and of what was asked for. */
  request: z.object({ key: text, body: text }).optional(),
  notebook: z.object({ path: text, cell: text }).optional(),
  labels: z.record(text, text),
  validity: z.object({ state: z.enum(["valid", "degraded", "void"]), reasons: z.array(text) }),
  cost: z.object({
    usd: z.number(),
    input_tokens: count,
    output_tokens: count,
    calls: count,
    reused_calls: count,
    /** Tries that failed on the way and were made again. */
    retries: count.optional(),
    /** Of a fork: the first call that its parent's tape had no answer to. */
    first_new: z.object({ turn: count, agent: text }).optional(),
  }),
  models: z.array(text),
  /** The host that owns a queued or running run: the name of its lock under `.hosts/`, and its process. */
  process: z.object({ host: text, pid: count }).optional(),
  error: error.optional(),
});

/** Identity and life of one run. */
export type Manifest = z.output<typeof manifestSchema>;

/**
 * The manifest in a file.
 * @throws {SimError} `bad_manifest`
 */
export function decodeManifest(json: string, where: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new SimError("bad_manifest", `${where} is not JSON`, { cause });
  }
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) {
    throw new SimError("bad_manifest", `${where} is not a manifest: ${z.prettifyError(parsed.error)}`);
  }
  return parsed.data;
}

/**
 * The manifest after a transition, which its history records.
 * @throws {SimError} `bad_transition` when `status` cannot follow the present one
 */
export function transition(
  manifest: Manifest,
  status: RunStatus,
  facts: { readonly reason?: string; readonly turn?: number; readonly at?: string } = {},
): Manifest {
  if (!SUCCESSORS[manifest.status].includes(status)) {
    throw new SimError("bad_transition", `run '${manifest.run_id}' is ${manifest.status} and cannot become ${status}`);
  }
  const at = facts.at ?? new Date().toISOString();
  const turn = facts.turn ?? manifest.turn;
  const { status_reason: _before, process, ...rest } = manifest;
  return {
    ...rest,
    ...(process && isLive(status) && { process }),
    status,
    turn,
    ...(facts.reason !== undefined && { status_reason: facts.reason }),
    history: [...manifest.history, { at, status, turn, ...(facts.reason !== undefined && { reason: facts.reason }) }],
    ...(status === "running" && manifest.started_at === undefined && { started_at: at }),
    ...(isEnded(status) && { ended_at: at }),
  };
}

/**
 * Refuses a change to a run that has changed since its manifest was looked at.
 * @param host the one that wants to change it
 * @throws {SimError} `owned_elsewhere`, `bad_transition`
 */
export function assertAsSeen(present: Manifest, seen: Manifest, host: string): void {
  const { run_id, status, process } = present;
  if (status === seen.status && process?.host === seen.process?.host) return;
  if (process && process.host !== host) throw ownedElsewhere(run_id, process.pid);
  throw new SimError("bad_transition", `run '${run_id}' has just become ${status}`);
}

/** The error of steering a run that another process has in its hands. */
export function ownedElsewhere(runId: string, pid: number): SimError {
  return new SimError("owned_elsewhere", `run '${runId}' is being played by process ${pid}`, {
    hint: `press Ctrl-C there, or kill -INT ${pid}: that parks it; then do this again`,
  });
}

/** Why a run became interrupted when it was found without a living host. */
export const LOST = "its process is gone";

/** Why a run became interrupted when its host was told to end. */
export const HOST_STOPPED = "the host was stopped";

/**
 * Milliseconds that a run has been played before its present stretch. When a lost process has ended nobody knows: its
 * stretch counts as nothing.
 */
export function playedTime({ history }: Pick<Manifest, "history">): number {
  let played = 0;
  history.forEach(({ at, status }, i) => {
    const next = history[i + 1];
    if (status === "running" && next && next.reason !== LOST) played += Date.parse(next.at) - Date.parse(at);
  });
  return Math.max(0, played);
}
