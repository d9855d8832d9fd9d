/** `run` cells: a scenario played with a seed, or another run forked at a turn. */

import { didYouMean, type Json, SimError } from "../../../framework/mod.ts";
import type { Manifest, RunConfig } from "../../store/mod.ts";
import type { Body, ReadBody } from "../bodies.ts";
import { type Computed, type ScenarioStart, wrong } from "../computed.ts";
import { type CellContext, openBody, scenarioIssues, scenarioNamed, settingsOf } from "../context.ts";
import { expectations, heldOf } from "../expect.ts";
import { columnNamed, columnsOf, isGood } from "../results.ts";
import type { ViewIssue } from "../view.ts";
import { paidRun, type RunTarget, type Showing, stillWaiting, waitingRun } from "./paid_run.ts";

/** The run that the cell describes. */
export async function runCell(context: CellContext): Promise<Computed> {
  const opened = openBody(context, "run");
  if ("computed" in opened) return await stillWaiting(context, opened, showingOf(context, {}));
  const { body, read } = opened;
  const flaw = flawOf(body, read);
  if (flaw !== null) return wrong(context.piece, [flaw]);
  const showing = showingOf(context, body);
  if (context.unready !== null) return withExpectations(await waitingRun(context, showing), body, read);
  try {
    const target = body.from ? await forkTarget(context, body, body.from) : await plainTarget(context, body);
    const issues = watchIssues(body, read, target.config);
    return withExpectations(await paidRun(context, target, { ...showing, issues }), body, read);
  } catch (error) {
    if (!(error instanceof SimError)) throw error;
    return wrong(context.piece, scenarioIssues(error.issues, read, { text: typeof body.scenario === "object" }));
  }
}

function flawOf(body: Body<"run">, { place }: ReadBody): ViewIssue | null {
  const error = (message: string, hint: string, key: string): ViewIssue => (
    { severity: "error", code: "invalid_value", message, hint, ...place([key]) }
  );
  if (body.from && body.scenario !== undefined) {
    return error("a fork has the scenario of its parent", "take 'scenario' out, and set what differs", "scenario");
  }
  if (!body.from && body.scenario === undefined) {
    return error("this run names no scenario", "scenario: ID or scenarios/economic/growth.yaml", "scenario");
  }
  if (!body.from && body.state) {
    return error("only a fork sets 'state'", "set what the scenario says under 'set'", "state");
  }
  return null;
}

/** What a plain run starts from. */
function startOf(context: CellContext, { scenario, set }: Body<"run">): ScenarioStart {
  const own = settingsOf(set, "set");
  if (typeof scenario === "object") return { text: JSON.stringify(scenario), set: own };
  const named = scenarioNamed(context, scenario!);
  return "file" in named ? { file: named.file, set: own } : { ...named.source, set: [...named.source.set, ...own] };
}

async function plainTarget(context: CellContext, body: Body<"run">): Promise<RunTarget> {
  const { place: notebook, services: { app, starts } } = context;
  const { start, free, asksModels } = await starts.prepare(startOf(context, body), {
    offline: body.llm_mode === "offline",
  });
  const variation = (sample: number) => ({ ...(body.seed !== undefined && { seed: body.seed }), sample });
  return {
    keyOf: (sample) => app.contentKeyOf(start, variation(sample)),
    sample: body.sample ?? 0,
    seed: body.seed ?? start.config.simulation.seed,
    config: start.config,
    code: start.code,
    free,
    asksModels,
    fork: null,
    start: async (sample, mode) => {
      const manifest = await app.startPrepared(start, { ...variation(sample), notebook, hold: mode !== "auto" });
      return mode === "step" ? await app.step(manifest.run_id) : manifest;
    },
  };
}

/** In what a fork differs from its parent. */
export interface ForkChanges {
  readonly set?: { readonly [path: string]: Json } | undefined;
  readonly state?: { readonly [path: string]: Json } | undefined;
  readonly seed?: number | undefined;
  readonly sample?: number | undefined;
}

/** A fork of a run of the page, or of one that is named by its id. */
export async function forkTarget(
  { place: notebook, read, services: { app, starts } }: CellContext,
  { set, state, seed, sample }: ForkChanges,
  from: { readonly run: string; readonly turn: number },
): Promise<RunTarget> {
  const handle = read(from.run)?.handle;
  const parent = handle?.kind === "run" ? handle.run_id : from.run;
  const parentSample = (await app.status(parent)).sample;
  const spec = (sample: number) => ({
    turn: from.turn,
    set: settingsOf(set, "set"),
    ...(state && { state }),
    ...(seed !== undefined && { seed }),
    ...(sample !== parentSample && { sample }),
    notebook,
  });
  const own = sample ?? parentSample;
  const { start, keyOf, seed: playedSeed, free, asksModels } = await starts.fork(parent, spec(own));
  return {
    keyOf,
    sample: own,
    seed: playedSeed,
    config: start.config,
    code: start.code,
    free,
    asksModels,
    fork: { run: parent, turn: from.turn, ...set, ...state },
    start: (sample) => app.fork(parent, spec(sample)),
  };
}

function showingOf({ services: { results } }: CellContext, { watch }: Body<"run">): Showing {
  return {
    issues: [],
    show: async (manifest: Manifest, config: RunConfig) => ({
      output: await results.output(manifest, config, watch),
      ...(manifest.turn > 0 || isGood(manifest) ? { value: await results.value(manifest) } : {}),
      table: { run: manifest.run_id },
      rows: () => results.rows(manifest),
    }),
  };
}

/** Names to be watched that the run does not record. */
function watchIssues({ watch }: Body<"run">, { place }: ReadBody, config: RunConfig): ViewIssue[] {
  const columns = columnsOf([], config);
  return (watch ?? []).flatMap((name, at): ViewIssue[] =>
    columnNamed(name, columns) === undefined
      ? [{
        severity: "warning",
        code: "unknown_metric",
        message: `the run records no '${name}'`,
        hint: didYouMean(name, columns.map((column) => column.replace(/^metric\./, ""))),
        ...place(["watch", at]),
      }]
      : []
  );
}

/** The cell with its conditions, held against what it is worth now. */
export function withExpectations(
  computed: Computed,
  { expect }: { readonly expect?: readonly string[] | undefined },
  { place }: ReadBody,
): Computed {
  const held = computed.ready === "ready" ? heldOf(computed.value) : null;
  const found = expectations(expect, held, (at) => place(["expect", at]));
  if (found.issues.length === 0) return { ...computed, expect: found.expect };
  return { ...computed, expect: found.expect, issues: [...computed.issues, ...found.issues] };
}
