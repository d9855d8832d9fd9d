/** Tools that start and steer simulations. */

import { z } from "zod";
import type { Json } from "../../../framework/mod.ts";
import { type App, isEnded, isLive, type Manifest, type StartSpec } from "../../../runner/mod.ts";
import { START_NAME, startNamed } from "../../named_start.ts";
import { ProblemError } from "../../problem.ts";
import { brief, briefOf, briefText, config, json, labels, repo, runId, runLink, settings } from "../shapes.ts";
import { untilStanding, within } from "../standing.ts";
import { tool } from "../tool.ts";

/** Milliseconds that a turn which is to be completed first is waited for. */
const PATIENCE = 30_000;

/** A scenario: a file of a repo, or a text. */
const source = {
  repo: repo.optional(),
  config: config.optional(),
  scenario: z.string().min(1).optional().describe("text of a scenario (YAML), in place of repo and config"),
};

/** What a scenario comes from. @throws {ProblemError} `no_scenario`; {SimError} `unknown_domain`, `missing_file` */
export async function sourceOf(
  app: App,
  { repo, config, scenario }: {
    readonly repo?: string | undefined;
    readonly config?: string | undefined;
    readonly scenario?: string | undefined;
  },
): Promise<Pick<StartSpec, "file" | "text">> {
  if (scenario !== undefined && config === undefined) return { text: scenario };
  if (scenario === undefined && repo !== undefined && config !== undefined) {
    return { file: await app.resolveConfig(repo, config) };
  }
  throw new ProblemError(422, "no_scenario", "it takes either repo and config, or scenario", {
    hint: "list_scenarios shows repos and their configs; scenario is the text of one of your own",
  });
}

/** Values by path, as verbs take them. */
function settingsOf(values: { readonly [path: string]: Json } | undefined) {
  return Object.entries(values ?? {}).map(([path, value]) => ({ path, value, from: "set" }));
}

/** `start_simulation`. */
export const start = tool({
  name: "start_simulation",
  title: "Start a simulation",
  description:
    "Starts a simulation of a scenario and returns at once; wait_for_simulation waits for its end. Takes repo and " +
    "config (see list_scenarios), or the text of a scenario. `set` changes values of the scenario by path, such as " +
    '{"simulation.max_turns": 50, "engine.interest_rate": 0.1, "agents.Aurelia.strategy": "grow"}.',
  scope: "run",
  effect: {},
  input: z.strictObject({
    ...source,
    seed: z.int().min(0).optional().describe("varies chance in the world; the same seed gives the same simulation"),
    sample: z.int().min(0).optional().describe("varies only what language models answer"),
    set: settings.optional(),
    labels: labels.optional(),
    mode: z.enum(["auto", "step"]).optional().describe("step: pauses after the first turn"),
    llm_mode: z.enum(["auto", "offline"]).optional().describe("offline: rules answer in place of every model"),
    idempotency_key: z.string().regex(START_NAME).optional().describe(
      "names this call: made again with the same arguments it starts no second simulation, but answers with the first",
    ),
  }),
  output: z.object({ run_id: z.string(), status: brief.status }),
  async call({ seed, sample, set, labels, mode, llm_mode, idempotency_key, ...given }, { app, principal }) {
    const spec = {
      ...await sourceOf(app, given),
      set: [
        ...settingsOf(set),
        ...(seed === undefined ? [] : [{ path: "simulation.seed", value: seed, from: "seed" }]),
      ],
      ...(sample !== undefined && { sample }),
      ...(labels && { labels }),
      ...(mode && { mode }),
      ...(llm_mode === "offline" && { offline: true }),
    };
    const { run_id, status, max_turns } = await startNamed(app, spec, idempotency_key, principal);
    return {
      value: { run_id, status },
      text: `${run_id} is ${status}, to play ${max_turns} turns; wait_for_simulation waits for its end`,
      links: [runLink(run_id, "config")],
    };
  },
});

/** `cancel_simulation`. */
export const cancel = tool({
  name: "cancel_simulation",
  title: "Cancel a simulation",
  description:
    "Ends a simulation for good; what it has played is kept. pause_simulation stops one that is to go on later.",
  scope: "run",
  effect: { destructive: true },
  input: z.strictObject({ run_id: runId }),
  output: z.object({ success: z.boolean(), run_id: z.string(), status: brief.status }),
  async call({ run_id }, { app }) {
    const before = await app.status(run_id);
    if (isEnded(before.status)) {
      throw new ProblemError(409, "not_running", `run '${run_id}' has ended already: it is ${before.status}`);
    }
    const manifest = await app.cancel(run_id);
    return { value: { success: true, run_id, status: manifest.status }, text: briefText(manifest) };
  },
});

/** `pause_simulation`. */
export const pause = tool({
  name: "pause_simulation",
  title: "Pause a simulation",
  description: "Lets a simulation complete its turn and parks it; resume_simulation continues it.",
  scope: "run",
  effect: {},
  input: z.strictObject({ run_id: runId }),
  output: z.object(brief),
  async call({ run_id }, { app }) {
    const parked = await within(PATIENCE, app.pause(run_id));
    const manifest = parked ?? await app.status(run_id);
    return {
      value: briefOf(manifest),
      text: parked ? briefText(manifest) : `${briefText(manifest)}; it is paused when its turn is complete`,
    };
  },
});

/** `resume_simulation`. */
export const resume = tool({
  name: "resume_simulation",
  title: "Resume a simulation",
  description: "Continues a paused or interrupted simulation, and returns at once.",
  scope: "run",
  effect: {},
  input: z.strictObject({ run_id: runId }),
  output: z.object(brief),
  async call({ run_id }, { app }) {
    const manifest = await app.resume(run_id);
    return { value: briefOf(manifest), text: briefText(manifest) };
  },
});

/** `advance_simulation`. */
export const advance = tool({
  name: "advance_simulation",
  title: "Advance a simulation",
  description:
    "Plays some turns of a paused or interrupted simulation, one by default, and pauses it again. When the time " +
    "is over it says how far it has come.",
  scope: "run",
  effect: {},
  input: z.strictObject({
    run_id: runId,
    turns: z.int().min(1).max(100).default(1),
    timeout_seconds: z.number().min(1).max(600).default(45),
  }),
  output: z.object({ ...brief, played: z.int().describe("turns that this call has played") }),
  async call({ run_id, turns, timeout_seconds }, { app, signal, progress }) {
    const deadline = performance.now() + timeout_seconds * 1000;
    const from = (await app.state(run_id))?.turn ?? 0;
    let manifest: Manifest | undefined;
    for (let played = 0; played < turns; played++) {
      await app.step(run_id);
      const timeoutSeconds = Math.max(0, deadline - performance.now()) / 1000;
      const stood = await untilStanding(app, run_id, { timeoutSeconds, signal });
      manifest = stood.manifest;
      progress(played + 1, turns, `turn ${manifest.turn}`);
      if (manifest.status !== "paused" || stood.timed_out || signal.aborted || performance.now() > deadline) break;
    }
    const { turn } = manifest!;
    return {
      value: { ...briefOf(manifest!), played: Math.max(0, turn - from) },
      text: `${briefText(manifest!)}${isLive(manifest!.status) ? "; it goes on: wait_for_simulation" : ""}`,
    };
  },
});

/** `fork_simulation`. */
export const fork = tool({
  name: "fork_simulation",
  title: "Fork a simulation",
  description:
    "Starts a simulation that shares another's past up to a turn and differs from then on: `set` changes the " +
    'scenario by path ({"engine.interest_rate": 0.1}), `state` the state ({"global.interest_rate": 0.02, ' +
    '"agents.Aurelia.economic_strength": 900}). With nothing changed it plays the same again.',
  scope: "run",
  effect: {},
  input: z.strictObject({
    run_id: runId,
    turn: z.int().min(0).describe("the last turn that both have in common"),
    set: settings.optional(),
    state: settings.optional(),
    seed: z.int().min(0).optional(),
    sample: z.int().min(0).optional(),
    labels: labels.optional(),
  }),
  output: z.object({ run_id: z.string(), status: brief.status, parent: z.string(), turn: z.int() }),
  async call({ run_id, turn, set, state, seed, sample, labels }, { app }) {
    const forked = await app.fork(run_id, {
      turn,
      set: settingsOf(set),
      ...(state && { state }),
      ...(seed !== undefined && { seed }),
      ...(sample !== undefined && { sample }),
      ...(labels && { labels }),
    });
    return {
      value: { run_id: forked.run_id, status: forked.status, parent: run_id, turn },
      text: `${forked.run_id} is ${forked.status}; it shares turns 0 to ${turn} with ${run_id}`,
    };
  },
});

/** `decide`. */
export const decide = tool({
  name: "decide",
  title: "Decide for an agent",
  description:
    "Decides for an agent whose decisions a person makes; get_simulation_status shows under `waiting` who is asked " +
    'and what they see. `decision` is {"action": "invest", "parameters": {"share": 0.2}}, or {"message": {"to": "B", ' +
    '"content": "shall we?"}}, or a list of these, or null for doing nothing.',
  scope: "run",
  effect: {},
  input: z.strictObject({
    run_id: runId,
    agent: z.string().min(1).max(300),
    decision: json,
    turn: z.int().min(0).optional().describe("only if this is the turn that is decided for"),
  }),
  output: z.object({ run_id: z.string(), agent: z.string(), turn: z.int() }),
  async call({ run_id, agent, decision, turn }, { app }) {
    if (turn !== undefined) await assertAsked(app, run_id, agent, turn);
    const input = await app.decide(run_id, agent, decision);
    const { status } = await app.status(run_id);
    const next = status === "running" ? "the simulation goes on" : "resume_simulation or advance_simulation plays it";
    return { value: { run_id, agent, turn: input.turn }, text: `${agent} has decided for turn ${input.turn}; ${next}` };
  },
});

/** @throws {ProblemError} `not_asked` when a live run waits for the agent in another turn */
async function assertAsked(app: App, runId: string, agent: string, turn: number): Promise<void> {
  const asked = app.pendingDecisions().find((each) => each.run_id === runId && each.agent === agent);
  const next = asked?.turn ?? ((await app.state(runId))?.turn ?? 0) + 1;
  if (next !== turn) {
    throw new ProblemError(409, "not_asked", `agent '${agent}' decides for turn ${next} now, not for turn ${turn}`);
  }
}

/** `intervene`. */
export const intervene = tool({
  name: "intervene",
  title: "Intervene in a simulation",
  description:
    "Changes a simulation from outside, at the start of its next turn or of `turn`. `intervention` has effects as in a " +
    'scenario\'s interventions: {"set": {"global.interest_rate": 0.02}, "note": "stimulus"}. It is recorded; results ' +
    "of such a simulation are not those of its scenario alone.",
  scope: "run",
  effect: { destructive: true },
  input: z.strictObject({
    run_id: runId,
    intervention: z.record(z.string(), json),
    turn: z.int().min(1).optional(),
  }),
  output: z.object({ run_id: z.string(), turn: z.int().describe("turn from which it counts") }),
  async call({ run_id, intervention, turn }, { app }) {
    const input = await app.intervene(run_id, intervention, turn === undefined ? {} : { turn });
    return { value: { run_id, turn: input.turn }, text: `it counts from the start of turn ${input.turn} of ${run_id}` };
  },
});

export { source };
