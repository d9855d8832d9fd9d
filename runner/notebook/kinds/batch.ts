/** `batch` cells: many runs by a plan. */

import {
  canonicalJson,
  type Issue,
  type IssuePath,
  type Json,
  type JsonObject,
  SimError,
} from "../../../framework/mod.ts";
import { parse } from "yaml";
import type { BatchRow, BatchSpec, BatchView, PlannedBatch } from "../../batch/mod.ts";
import { batchOutput, batchProvenance } from "../batch_output.ts";
import type { ReadBody } from "../bodies.ts";
import { type Computed, plain, type Plan, type ScenarioStart, type Started, wrong } from "../computed.ts";
import { type CellContext, openBody, scenarioNamed } from "../context.ts";
import type { CellMemory } from "../memory.ts";
import { changesBetween, inWords, leaves } from "../reasons.ts";
import type { ViewIssue } from "../view.ts";
import { withExpectations } from "./run.ts";

type Written = { readonly [key: string]: Json };

/** The batch that the cell describes. */
export async function batchCell(context: CellContext): Promise<Computed> {
  const opened = openBody(context, "batch");
  if ("computed" in opened) {
    return opened.isWaiting && context.unready !== null ? await waiting(context) : opened.computed;
  }
  const { body, read } = opened;
  const computed = context.unready === null ? await described(context, body as Written, read) : await waiting(context);
  return withExpectations(computed, body, read);
}

async function described(context: CellContext, body: Written, read: ReadBody): Promise<Computed> {
  const { services: { batches } } = context;
  try {
    const spec = withScenarios(context, body);
    const planned = await batches.plan(spec);
    const found = await findBatch(context, planned);
    const plan = planOf(context, planned);
    if (found !== null) return await withBatch(context, found, planned, plan);
    const last = await lastBatch(context);
    const fate = {
      status: "stale",
      reason: last === null ? "not run yet" : changeSince(context, last, planned.spec),
      price: await batches.price(planned, context.services),
      plan,
    } as const;
    return last === null ? plain(context.piece, "stale", fate) : { ...await withOld(context, last), ...fate };
  } catch (error) {
    if (!(error instanceof SimError)) throw error;
    return wrong(context.piece, error.issues.map((issue) => issueHere(issue, body, read)));
  }
}

async function waiting(context: CellContext): Promise<Computed> {
  const { piece, unready } = context;
  const fate = {
    status: unready!.blocked === null ? "stale" : "blocked",
    reason: unready!.reason,
    waitsFor: unready!.waitsFor,
  } as const;
  const last = await lastBatch(context);
  return last === null ? plain(piece, fate.status, fate) : { ...await withOld(context, last), ...fate };
}

function issueHere(issue: Issue, body: Written, read: ReadBody): ViewIssue {
  const { code, message, hint, file, line } = issue;
  const elsewhere = file !== undefined && line !== undefined && !/^(batch|scenario)$/.test(file);
  return {
    severity: "error",
    code,
    message: elsewhere ? `${file}:${line}: ${message}` : message,
    ...(hint !== undefined && { hint }),
    ...read.place(elsewhere ? ["scenario"] : placeOf(issue, body)),
  };
}

/** Keys of what is found to be wrong with a batch as a whole. */
const KEYS: { readonly [code: string]: string } = {
  bad_seeds: "seeds",
  repeated_seed: "seeds",
  unknown_metric: "metrics",
  bad_grid: "grid",
};

/** Where in the body something is said that is wrong with the batch, or with a scenario that it makes. */
function placeOf({ code, message, path = [], file }: Issue, body: Written): IssuePath {
  if (KEYS[code] !== undefined) return [KEYS[code]];
  if (file !== "batch") return path;
  // Scenarios call a setting by where it ends up, which need not be what it was set by: `engine.config.interest_rate`.
  const settings = settingsIn(body);
  const isMeant = ({ name }: SettingPlace) =>
    message.startsWith(`${name}:`) || path.length > 0 && name.split(".").at(-1) === String(path.at(-1));
  return (settings.length === 1 ? settings[0] : settings.find(isMeant))?.at ?? [];
}

/** A scenario path that a batch sets, and where in its body. */
interface SettingPlace {
  readonly name: string;
  readonly at: IssuePath;
}

/** The scenario paths that a batch sets, each with its place in the body. */
function settingsIn({ set, arms, grid, random, list }: Written): SettingPlace[] {
  const keys = (map: Json | undefined, at: IssuePath) =>
    Object.keys((map ?? {}) as JsonObject).map((name) => ({ name, at: [...at, name] }));
  const params = (map: Json | undefined, at: IssuePath) =>
    Object.entries((map ?? {}) as JsonObject).map(([key, parameter]) => ({
      name: String((parameter as JsonObject).path),
      at: [...at, key, "path"],
    }));
  return [
    ...params(grid, ["grid"]),
    ...params((random as JsonObject | undefined)?.params, ["random", "params"]),
    ...((list ?? []) as readonly Json[]).flatMap((each, i) => keys(each, ["list", i])),
    ...Object.entries((arms ?? {}) as JsonObject).flatMap(([name, arm]) =>
      keys((arm as JsonObject | null)?.set, ["arms", name, "set"])
    ),
    ...keys(set, ["set"]),
  ];
}

/** The spec with what ids of scenarios stand for. @throws {SimError} `missing_file`, `file_outside` */
function withScenarios(context: CellContext, body: Written): Written {
  const { expect: _expect, ...spec } = body;
  const outer = typeof spec.scenario === "string" ? partOf(startOf(context, spec.scenario)) : null;
  const set = { ...outer?.set, ...spec.set as JsonObject | undefined };
  const arms = Object.entries((spec.arms ?? {}) as { readonly [arm: string]: JsonObject | null }).map(([name, arm]) => {
    if (typeof arm?.scenario !== "string") return [name, arm];
    const { scenario, set: own } = partOf(startOf(context, arm.scenario));
    // What holds in all runs counts more than what the arm's scenario brings along.
    return [name, { ...arm, scenario, set: { ...own, ...spec.set as JsonObject, ...arm.set as JsonObject } }];
  });
  return {
    name: context.piece.name,
    ...spec,
    ...(outer && { scenario: outer.scenario }),
    ...(Object.keys(set).length > 0 && { set }),
    ...(spec.arms !== undefined && typeof spec.arms === "object" && { arms: Object.fromEntries(arms) }),
  };
}

function startOf(context: CellContext, name: string): ScenarioStart {
  const named = scenarioNamed(context, name);
  return "file" in named ? { file: named.file, set: [] } : named.source;
}

function partOf({ file, text, set }: ScenarioStart): { readonly scenario: Json; readonly set: JsonObject } {
  return {
    scenario: file ?? parse(text!),
    set: Object.fromEntries(set.map(({ path, value }) => [path, value])),
  };
}

/** What makes a batch the one that it is: limits and names change nothing of its runs. */
function identityOf({ limits: _limits, name: _name, description: _description, ...spec }: BatchSpec): string {
  return canonicalJson(spec as Json);
}

/** A batch that stands for a cell. */
interface FoundBatch {
  readonly batch: BatchView;
  /** Whether it was started from this cell. */
  readonly own: boolean;
}

/** The newest batch of the cell that has this plan; if there is none, or it was cancelled, one of anybody's that is done or plays. */
async function findBatch(context: CellContext, planned: PlannedBatch): Promise<FoundBatch | null> {
  const { batches } = context.services.app;
  const id = await ownBatch(context, planned);
  const own = id === null ? null : { batch: await batches.get(id), own: true };
  if (own !== null && own.batch.status !== "cancelled") return own;
  const others = await Promise.all((await batches.equalTo(planned)).map((id) => batches.get(id)));
  const usable = others.find(({ status }) => status === "completed") ??
    others.find(({ status }) => status === "running");
  return usable === undefined ? own : { batch: usable, own: false };
}

async function ownBatch({ place, services: { app } }: CellContext, planned: PlannedBatch): Promise<string | null> {
  const identity = identityOf(planned.spec);
  for (const { id, spec, keys } of await app.batches.ofNotebook(place)) {
    if (identityOf(spec) !== identity) continue;
    const { keys: now } = planned;
    // What its scenarios say, and what plays them, may have changed since; what it was extended by is not in the plan.
    if (now === null || [...keys].every(([n, key]) => n >= now.length || now[n] === key)) return id;
  }
  return null;
}

async function lastBatch({ place, remembered, services: { app } }: CellContext): Promise<BatchView | null> {
  if (remembered.batch_id !== undefined) {
    const batch = await app.batches.get(remembered.batch_id).catch(unlessUnknown);
    if (batch) return batch;
  }
  const [newest] = await app.batches.ofNotebook(place);
  return newest === undefined ? null : await app.batches.get(newest.id);
}

function unlessUnknown(error: unknown): null {
  // What is remembered may be gone.
  if (error instanceof SimError) return null;
  throw error;
}

function planOf(context: CellContext, planned: PlannedBatch): Plan {
  const { place, services: { app, batches }, remember, inputs } = context;
  return {
    key: `batch ${identityOf(planned.spec)} ${planned.keys?.[0] ?? ""}`,
    free: batches.isFree(planned),
    sampled: false,
    start: async ({ maxCostUsd }): Promise<Started> => {
      const before = (await findBatch(context, planned))?.batch;
      const status = before?.status;
      const own = planned.spec.limits?.max_cost_usd ?? Infinity;
      const limits = maxCostUsd === null ? {} : { max_cost_usd: Math.min(own, (before?.cost.usd ?? 0) + maxCostUsd) };
      const start = async () => {
        const spec = { ...planned.spec, limits: { ...planned.spec.limits, ...limits } };
        return (await app.batches.start({ spec, notebook: place })).id;
      };
      const id = before === undefined || status === "cancelled" ? await start() : before.id;
      if (status === "paused" || status === "planned") await app.batches.resume(id, { limits });
      remember({ batch_id: id, inputs: { ...inputs } as NonNullable<CellMemory["inputs"]> });
      return { kind: "batch", id };
    },
  };
}

async function withBatch(
  context: CellContext,
  { batch, own }: FoundBatch,
  planned: PlannedBatch,
  plan: Plan,
): Promise<Computed> {
  const { piece, remembered, services } = context;
  const isLast = remembered.batch_id === batch.id || own && remembered.batch_id === undefined;
  const shown = await shownOf(context, batch);
  const isDone = batch.status === "completed";
  const allFailed = isDone && batch.runs.total > 0 && batch.runs.failed + batch.runs.cancelled === batch.runs.total;
  const status = statusOf(batch, isLast, allFailed);
  const isOpen = ["stale", "failed"].includes(status) || batch.status === "planned" || batch.status === "paused";
  return plain(piece, status, {
    ...shown,
    ready: allFailed || batch.status === "cancelled" ? "none" : isDone ? "ready" : "partial",
    reason: allFailed
      ? `all ${batch.runs.total} runs failed`
      : batch.status === "cancelled"
      ? batch.reason ?? "cancelled"
      : batch.reason,
    price: isOpen ? await services.batches.price(planned, services) : null,
    dimmed: batch.status === "cancelled",
    plan,
  }, stampOf(batch));
}

function statusOf({ status }: BatchView, isLast: boolean, allFailed: boolean): Computed["status"] {
  switch (status) {
    case "planned":
    case "paused":
      return "paused";
    case "running":
      return "running";
    case "cancelled":
      return "stale";
    case "completed":
      return allFailed ? "failed" : isLast ? "fresh" : "cached";
  }
}

async function withOld(context: CellContext, batch: BatchView): Promise<Computed> {
  const shown = await shownOf(context, batch);
  return plain(context.piece, "stale", { ...shown, ready: "old", dimmed: true }, `old ${stampOf(batch)}`);
}

/** Changes whenever one of its runs does. */
function stampOf({ id, status, runs, cost }: BatchView): string {
  return `${id} ${status} ${JSON.stringify(runs)} ${cost.usd}`;
}

async function shownOf(
  { services: { app, batches } }: CellContext,
  batch: BatchView,
): Promise<Pick<Computed, "output" | "value" | "table" | "rows" | "handle" | "provenance">> {
  const rows = await app.batches.results(batch.id);
  const summary = await batches.summary(batch.id, stampOf(batch), rows);
  return {
    output: batchOutput(batch, rows, summary),
    value: {
      batch_id: batch.id,
      status: batch.status,
      runs: batch.runs.total,
      done: batch.runs.completed + batch.runs.failed + batch.runs.cancelled,
      completed: batch.runs.completed,
      failed: batch.runs.failed,
    },
    table: { batch: batch.id },
    rows: () => Promise.resolve(rows.map(flatRow)),
    handle: { kind: "batch", batch_id: batch.id },
    provenance: batchProvenance(batch, rows),
  };
}

/** A run of a batch in one row: its place, its parameters, its metrics. */
function flatRow(
  { n, cell, arm, params, seed, sample, status, metrics, cost_usd, seconds, turns }: BatchRow,
): JsonObject {
  return { ...metrics, ...params, n, cell, arm, seed, sample, status, cost_usd, seconds, turns };
}

function changeSince(context: CellContext, last: BatchView, spec: BatchSpec): string {
  const { remembered, inputs } = context;
  const moved = remembered.batch_id === last.id && remembered.inputs !== undefined
    ? changesBetween(remembered.inputs, inputs)
    : [];
  if (moved.length > 0) return inWords(moved)!;
  const { limits: _a, name: _b, description: _c, ...before } = last.spec;
  const { limits: _d, name: _e, description: _f, ...now } = spec;
  return inWords(changesBetween(leaves(before as Json), leaves(now as Json))) ??
    "what its scenarios say, or the code that plays them, has changed since";
}
