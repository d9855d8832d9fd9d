/** Tools that look at simulations. */

import { z } from "zod";
import { type Json, type JsonObject, SimError } from "../../../framework/mod.ts";
import { type App, isEnded, type Manifest, type StoredState } from "../../../runner/mod.ts";
import { fitted, jsonBytes } from "../fit.ts";
import { brief, briefOf, briefText, json, repo, runId, runLink, status, waiting, waitingOf } from "../shapes.ts";
import { untilStanding, waitingFor } from "../standing.ts";
import { tool } from "../tool.ts";
import { fieldsText, linesText } from "../words.ts";

/** Bytes of an answer's structured content: with its text and links it stays below 50 kB. */
const MOST_BYTES = 44_000;
/** Bytes of the observation of each decision that is waited for. */
const OBSERVATION_BYTES = 8000;
/** Agents in a text. */
const AGENTS_IN_TEXT = 12;

const validity = z.object({ state: z.enum(["valid", "degraded", "void"]), reasons: z.array(z.string()) });

/** `get_simulation_status`. */
export const getStatus = tool({
  name: "get_simulation_status",
  title: "Status of a simulation",
  description:
    "Status, turn, global state and agents of a simulation: the newest saved state, or with `turn` that of an " +
    "earlier one. `waiting` lists agents that a person is to decide for: answer with `decide`.",
  scope: "read",
  effect: { readOnly: true, idempotent: true },
  input: z.strictObject({
    run_id: runId,
    turn: z.int().min(0).optional().describe("the state after this turn, in place of the newest one"),
  }),
  output: z.object({
    ...brief,
    repo: z.string(),
    state_turn: z.int().nullable().describe("turn of this state; null: there is none yet"),
    agents: z.record(z.string(), json),
    global_state: z.record(z.string(), json),
    validity,
    cost_usd: z.number(),
    waiting: z.array(waiting),
    omitted: z.array(z.string()).optional().describe("what did not fit into this answer"),
  }),
  async call({ run_id, turn }, { app }) {
    const manifest = await app.status(run_id);
    const state = await stateAt(app, manifest, turn);
    const rest = {
      ...briefOf(manifest),
      repo: manifest.repo,
      state_turn: state?.turn ?? null,
      validity: { ...manifest.validity, reasons: manifest.validity.reasons.slice(0, 20) },
      cost_usd: manifest.cost.usd,
      waiting: waitingFor(app, run_id).slice(0, 5).map((pending) => waitingOf(pending, observed)),
    };
    const free = Math.max(2000, MOST_BYTES - jsonBytes(rest));
    const globals = fitted(state?.global_state ?? {}, free / 3, "global_state");
    const agents = fitted(state?.agents ?? {}, free - jsonBytes(globals.value), "agents");
    const omitted = [...globals.omitted, ...agents.omitted];
    const text = linesText([
      briefText(manifest),
      ...(state ? [`after turn ${state.turn}: ${fieldsText(globals.value)}`, ...agentLines(agents.value)] : []),
      ...(state && !state.complete ? ["agents are kept for checkpoints only; of this turn there are the globals"] : []),
      ...rest.waiting.map(({ agent, turn }) => `waiting for a decision of ${agent} in turn ${turn}`),
      ...omitted.map((what) => `left out: ${what}`),
    ]);
    return {
      value: {
        ...rest,
        agents: agents.value,
        global_state: globals.value,
        ...(omitted.length > 0 && { omitted }),
      },
      text,
      links: omitted.length > 0 && isEnded(manifest.status) ? [runLink(run_id, "results")] : [],
    };
  },
});

/** A state as it is told. */
interface ToldState {
  readonly turn: number;
  readonly agents: JsonObject;
  readonly global_state: JsonObject;
  /** Whether agents are known. */
  readonly complete: boolean;
}

/** The state after `turn`: of its checkpoint, or what the row of the turn says. @throws {SimError} `no_such_turn` */
async function stateAt(app: App, { run_id, turn: reached }: Manifest, turn?: number): Promise<ToldState | null> {
  const saved = await app.state(run_id, turn);
  if (saved) return { turn: saved.turn, ...partsOf(saved), complete: true };
  if (turn === undefined) return null;
  for await (const row of app.rows(run_id, "global")) {
    if (row.turn !== turn) continue;
    const { turn: _, ...global_state } = row;
    return { turn, agents: {}, global_state: global_state as JsonObject, complete: false };
  }
  throw new SimError("no_such_turn", `nothing is kept of turn ${turn} of run '${run_id}', which is at turn ${reached}`);
}

function partsOf({ state, populations }: StoredState): Pick<ToldState, "agents" | "global_state"> {
  const members = Object.entries(populations).map(([name, { rows }]) => [name, { population: rows }]);
  return {
    agents: { ...state.agents, ...Object.fromEntries(members) } as unknown as JsonObject,
    global_state: state.global_state as JsonObject,
  };
}

function agentLines(agents: JsonObject): string[] {
  const all = Object.entries(agents);
  const lines = all.slice(0, AGENTS_IN_TEXT).map(([name, values]) => {
    const { name: _, ...fields } = values as JsonObject;
    return `${name}: ${fieldsText(fields, 8)}`;
  });
  return all.length > AGENTS_IN_TEXT ? [...lines, `and ${all.length - AGENTS_IN_TEXT} more agents`] : lines;
}

function observed(observation: Json): Json {
  return fitted(observation, OBSERVATION_BYTES, "observation").value;
}

/** `list_simulations`. */
export const listSimulations = tool({
  name: "list_simulations",
  title: "List simulations",
  description: "Simulations, newest first, in pages. `next_cursor` asks for the next page.",
  scope: "read",
  effect: { readOnly: true, idempotent: true },
  input: z.strictObject({
    repo: repo.optional(),
    status: status.optional(),
    label: z.string().max(300).optional().describe("key or key=value"),
    text: z.string().max(300).optional().describe("part of the id, the name or the scenario's file"),
    limit: z.int().min(1).max(100).default(25),
    cursor: z.string().max(1000).optional().describe("next_cursor of the page before"),
  }),
  output: z.object({
    simulations: z.array(z.object({
      run_id: z.string(),
      repo: z.string(),
      status,
      turn: z.int(),
      max_turns: z.int(),
      scenario: z.string().nullable(),
      created_at: z.string(),
      validity: validity.shape.state,
      labels: z.record(z.string(), z.string()),
    })),
    next_cursor: z.string().nullable(),
  }),
  async call({ limit, ...query }, { app }) {
    const given = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
    const { runs, next_cursor } = await app.list({ ...given, limit });
    const simulations = runs.map((run) => ({
      run_id: run.run_id,
      repo: run.repo,
      status: run.status,
      turn: run.turn,
      max_turns: run.max_turns,
      scenario: run.scenario_path ?? null,
      created_at: run.created_at,
      validity: run.validity.state,
      labels: fitted(run.labels, 200, "labels").value,
    }));
    const text = runs.length === 0 ? "no simulations" : linesText([
      ...runs.map((run) => `${run.run_id} ${run.status} ${run.turn}/${run.max_turns}`),
      ...(next_cursor === null ? [] : ["there are more: ask again with next_cursor"]),
    ], 101);
    return { value: { simulations, next_cursor }, text };
  },
});

/** `get_simulation_results`. */
export const getResults = tool({
  name: "get_simulation_results",
  title: "Results of a simulation",
  description:
    "What a simulation came to, once it has ended: why it ended, its final state, its statistics and metrics.",
  scope: "read",
  effect: { readOnly: true, idempotent: true },
  input: z.strictObject({ run_id: runId }),
  output: z.looseObject({
    run_metadata: z.record(z.string(), json),
    final_state: z.record(z.string(), json).nullable(),
    checkpoints: z.array(z.int()),
    summary_stats: z.record(z.string(), json),
    omitted: z.array(z.string()).optional().describe("what did not fit: simulation://{run_id}/results has all of it"),
  }),
  async call({ run_id }, { app }) {
    const manifest = await app.status(run_id);
    const result = await app.result(run_id);
    if (result === null) {
      throw new SimError("no_results", `run '${run_id}' has no results yet: it is ${manifest.status}`);
    }
    const { value, omitted } = fitted(result, MOST_BYTES, "result");
    const final = value.final_state as JsonObject | null;
    const text = linesText([
      briefText(manifest),
      `ended because: ${String(result.termination_reason ?? "")}`.slice(0, 300),
      ...(final === null ? [] : [
        `final state: ${fieldsText((final.global_state ?? {}) as JsonObject)}`,
        ...agentLines((final.agents ?? {}) as JsonObject),
      ]),
      `statistics: ${fieldsText((value.summary_stats ?? {}) as JsonObject)}`,
      ...(manifest.validity.state === "valid"
        ? []
        : [`${manifest.validity.state}: ${manifest.validity.reasons.join("; ")}`.slice(0, 500)]),
      ...omitted.map((what) => `left out: ${what}`),
    ]);
    return {
      value: { ...value, ...(omitted.length > 0 && { omitted }) } as never,
      text,
      links: [runLink(run_id, "results"), runLink(run_id, "events")],
    };
  },
});

/** `wait_for_simulation`. */
export const waitFor = tool({
  name: "wait_for_simulation",
  title: "Wait for a simulation",
  description:
    "Waits until a simulation has ended, stands still or needs a decision, at most `timeout_seconds`. When the " +
    "time is over it says where the simulation is, which is no error: call it again. Tells its progress meanwhile.",
  scope: "read",
  effect: { readOnly: true, idempotent: true },
  input: z.strictObject({
    run_id: runId,
    timeout_seconds: z.number().min(0).max(600).default(45),
  }),
  output: z.object({
    ...brief,
    ended: z.boolean(),
    timed_out: z.boolean(),
    waiting: z.array(waiting),
    global_state: z.record(z.string(), json),
  }),
  async call({ run_id, timeout_seconds }, { app, signal, progress }) {
    const { turn, max_turns } = await app.status(run_id);
    progress(turn, max_turns, `turn ${turn} of ${max_turns}`);
    const { manifest, timed_out, waiting } = await untilStanding(app, run_id, {
      timeoutSeconds: timeout_seconds,
      signal,
      onTurn: (turn) => progress(turn, max_turns, `turn ${turn} of ${max_turns}`),
    });
    const ended = isEnded(manifest.status);
    const state = await app.state(run_id);
    const globals = fitted((state?.state.global_state ?? {}) as JsonObject, 16_000, "global_state");
    const text = linesText([
      briefText(manifest),
      ...(state ? [`after turn ${state.turn}: ${fieldsText(globals.value)}`] : []),
      ...waiting.map(({ agent, turn }) => `waiting for a decision of ${agent} in turn ${turn}: call decide`),
      ...(ended ? ["get_simulation_results has its results"] : timed_out ? ["it goes on: wait again"] : []),
    ]);
    return {
      value: {
        ...briefOf(manifest),
        ended,
        timed_out,
        waiting: waiting.slice(0, 3).map((pending) => waitingOf(pending, observed)),
        global_state: globals.value,
      },
      text,
      links: ended ? [runLink(run_id, "results")] : [],
    };
  },
});
