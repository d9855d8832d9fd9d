/** What `run` and `conversation` cells have in common: one run that is found or could be started. */

import { type Json, SimError } from "../../../framework/mod.ts";
import type { App } from "../../app.ts";
import { settledDifferences } from "../../compare/mod.ts";
import { priceOf } from "../../prices.ts";
import type { SqlSource } from "../../sql/mod.ts";
import { isEnded, type Manifest, type Row, type RunConfig } from "../../store/mod.ts";
import { type Computed, plain, type Plan, type Started, type StartOptions } from "../computed.ts";
import type { CellContext, Unopened } from "../context.ts";
import type { CellMemory } from "../memory.ts";
import { type Change, changesBetween, inWords } from "../reasons.ts";
import { findRun, type FoundRun, isGood, lastRun, provenanceOf, stampOf } from "../results.ts";
import type { CellOutput, Price, ViewIssue } from "../view.ts";

/** A run that could be started. */
export interface RunTarget {
  /** Under which it would be found, played with this sample. */
  readonly keyOf: (sample: number) => string;
  readonly sample: number;
  readonly seed: number;
  readonly config: RunConfig;
  readonly code: Manifest["code"];
  readonly free: boolean;
  readonly asksModels: boolean;
  /** What else it is made of than its configuration: where it leaves its parent, and with what. */
  readonly fork: { readonly [name: string]: Json } | null;
  readonly start: (sample: number, mode: StartOptions["mode"]) => Promise<Manifest>;
}

/** What a kind shows of a run. */
export interface Shown {
  readonly output: CellOutput;
  /** Absent: it is worth nothing yet. */
  readonly value?: Json;
  readonly table: SqlSource;
  readonly rows: () => Promise<readonly Row[]>;
}

/** How a kind shows runs. */
export interface Showing {
  readonly show: (manifest: Manifest, config: RunConfig) => Promise<Shown>;
  readonly issues: readonly ViewIssue[];
}

/** The cell with the run that stands for it, or with the last one and why that does not. */
export async function paidRun(context: CellContext, target: RunTarget, showing: Showing): Promise<Computed> {
  const { place, services: { app }, remembered } = context;
  const sample = sampleOf(context, target);
  const found = await findRun(app, target.keyOf(sample), place);
  const plan = planOf(context, target);
  if (found) return await withFound(context, target, showing, found, plan);
  const last = await lastRun(app, place, remembered.run_id);
  return await withLast(context, showing, last, {
    status: "stale",
    reason: last === null ? "not run yet" : await changeSince(context, last, target),
    price: await priceFor(context, target, last),
    plan,
  });
}

/** The cell with its last run, while what it reads is not what it will be. */
export async function waitingRun(context: CellContext, showing: Showing): Promise<Computed> {
  const { place, services: { app }, remembered, unready } = context;
  const last = await lastRun(app, place, remembered.run_id);
  return await withLast(context, showing, last, {
    status: unready!.blocked === null ? "stale" : "blocked",
    reason: unready!.reason,
    price: null,
    waitsFor: unready!.waitsFor,
  });
}

/** A cell whose body cannot be gone by: wrong, or with its last run as long as it names what is not there yet. */
export async function stillWaiting(
  context: CellContext,
  { computed, isWaiting }: Unopened,
  showing: Showing,
): Promise<Computed> {
  return isWaiting && context.unready !== null ? await waitingRun(context, showing) : computed;
}

type Fate = Pick<Computed, "status" | "reason" | "price"> & Partial<Pick<Computed, "plan" | "waitsFor">>;

async function withLast(
  { piece, services: { app } }: CellContext,
  { show, issues }: Showing,
  last: Manifest | null,
  fate: Fate,
): Promise<Computed> {
  if (last === null) return plain(piece, fate.status, { ...fate, issues });
  const shown = await show(last, await app.runConfig(last.run_id));
  return plain(piece, fate.status, {
    ...fate,
    ...shown,
    issues,
    ready: "old",
    dimmed: true,
    provenance: provenanceOf(last),
    handle: { kind: "run", run_id: last.run_id },
  }, `old ${stampOf(last)}`);
}

async function withFound(
  context: CellContext,
  target: RunTarget,
  { show, issues }: Showing,
  { manifest, own }: FoundRun,
  plan: Plan,
): Promise<Computed> {
  const { piece, remembered } = context;
  const shown = await show(manifest, target.config);
  const isLast = own && (remembered.run_id === undefined || remembered.run_id === manifest.run_id);
  const isOver = isEnded(manifest.status) && !isGood(manifest);
  return plain(piece, statusOf(manifest, isLast), {
    ready: isGood(manifest) ? "ready" : isOver ? "none" : "partial",
    reason: reasonOf(manifest),
    // What stands still can be played on, which takes something too.
    price: isOver || isParked(manifest) ? await priceFor(context, target, manifest) : null,
    issues,
    ...(isOver ? { output: shown.output } : shown),
    dimmed: manifest.status === "cancelled",
    provenance: provenanceOf(manifest),
    handle: { kind: "run", run_id: manifest.run_id },
    plan,
  }, stampOf(manifest));
}

function statusOf({ status, validity }: Manifest, isLast: boolean): Computed["status"] {
  switch (status) {
    case "queued":
    case "running":
    case "paused":
    case "failed":
      return status;
    case "interrupted":
      return "paused";
    case "cancelled":
      return "stale";
    case "completed":
      return validity.state === "void" ? "failed" : isLast ? "fresh" : "cached";
  }
}

function isParked({ status }: Manifest): boolean {
  return status === "paused" || status === "interrupted";
}

function reasonOf({ status, status_reason, validity, error, turn }: Manifest): string | null {
  switch (status) {
    case "failed":
      return error?.message ?? status_reason ?? "it failed";
    case "interrupted":
      return `${status_reason ?? "interrupted"}: resume it`;
    case "paused":
      return status_reason ?? `paused after turn ${turn}`;
    case "cancelled":
      return `cancelled in turn ${turn}`;
    case "completed":
      return validity.state === "void" ? `void: ${validity.reasons.join("; ")}` : null;
    default:
      return null;
  }
}

/** The sample that is shown: the cell's own, or the one that models were asked anew for. */
function sampleOf({ remembered }: CellContext, target: RunTarget): number {
  const { sample } = remembered;
  return target.sample + (sample?.key === target.keyOf(target.sample) ? sample.more : 0);
}

function planOf(context: CellContext, target: RunTarget): Plan {
  const { place, services: { app }, remember, inputs } = context;
  const base = target.keyOf(target.sample);
  return {
    key: target.keyOf(sampleOf(context, target)),
    free: target.free,
    sampled: target.asksModels,
    start: async ({ mode, sampleAgain, maxCostUsd }): Promise<Started> => {
      const shown = sampleOf(context, target);
      const sample = sampleAgain ? shown + 1 : shown;
      const found = await findRun(app, target.keyOf(sample), place);
      const isThere = found !== null && (isGood(found.manifest) || !isEnded(found.manifest.status));
      const { run_id } = isThere ? found.manifest : await target.start(sample, mode);
      remember({
        run_id,
        inputs: { ...inputs } as NonNullable<CellMemory["inputs"]>,
        sample: { key: base, more: sample - target.sample },
      });
      if (!isThere && maxCostUsd !== null) limitCost(app, run_id, maxCostUsd);
      return { kind: "run", id: run_id };
    },
  };
}

/** Has a run pause after the turn in which it has cost more than it may. @param most dollars, with what it had cost before */
export function limitCost(app: App, runId: string, most: number, before = 0): void {
  let spent = before;
  const stop = app.subscribe((notice) => {
    if (notice.run_id !== runId) return;
    // What it has cost altogether is told now and then, a call at once.
    if (notice.kind === "cost") spent = Math.max(spent, notice.cost.usd);
    else if (notice.kind === "call") spent += notice.call.cost_usd;
    else if (notice.kind === "removed" || notice.kind === "status" && isEnded(notice.manifest.status)) return stop();
    if (spent <= most) return;
    stop();
    // It may have come to its end by itself.
    app.pause(runId, `max_cost_usd: ${most} is spent; resume it to play on`).catch(unlessSteered);
  });
}

function unlessSteered(error: unknown): void {
  if (!(error instanceof SimError)) throw error;
}

async function priceFor({ services }: CellContext, target: RunTarget, last: Manifest | null): Promise<Price> {
  const { domain, simulation: { name } } = target.config;
  const each = await services.experiences.of(domain, name, last);
  return priceOf({ runs: 1, of: 1, free: target.free }, each);
}

/** What has changed since a run: inputs that were moved, or else what differs in what it is made of. */
async function changeSince(context: CellContext, last: Manifest, target: RunTarget): Promise<string> {
  const moved = context.remembered.run_id === last.run_id && context.remembered.inputs !== undefined
    ? changesBetween(context.remembered.inputs, context.inputs)
    : [];
  if (moved.length > 0) return inWords(moved)!;
  const config = await context.services.app.runConfig(last.run_id);
  const changes = settledDifferences({ ...config, simulation: { ...config.simulation, seed: last.seed } }, {
    ...target.config,
    simulation: { ...target.config.simulation, seed: target.seed },
  }, { before: last.code, now: target.code });
  const { code, rest } = Object.groupBy(changes, ({ path }) => path.startsWith("code.") ? "code" : "rest");
  const named = (rest ?? []).map(({ path, values }): Change => ({
    name: path.replace(/^simulation\.seed$/, "seed"),
    before: values[0]!,
    now: values[1]!,
  }));
  const sample = sampleOf(context, target);
  if (last.sample !== sample) named.push({ name: "sample", before: last.sample, now: sample });
  named.push(...forkChanges(last, target));
  const scenario = scenarioName(context);
  if (named.length > 0) return inWords(named, scenario === null ? "" : `${scenario}: `)!;
  if (code) {
    const what = code.map(({ path }) =>
      ({ "code.framework": "the framework", "code.domain": "the domain" })[path] ?? "Deno"
    );
    return `${what.join(" and ")} ${what.length === 1 ? "has" : "have"} changed since`;
  }
  return isGood(last) ? "what it was made of has changed" : `the last one is ${last.status}`;
}

function forkChanges({ parent }: Manifest, { fork }: RunTarget): Change[] {
  if (!fork) return [];
  const before = {
    ...(parent && { run: parent.run_id, turn: parent.turn, ...parent.set, ...parent.state }),
  } as { [name: string]: Json };
  return changesBetween(before, fork);
}

/** `scenario recession`, if the cell names one of the page. */
function scenarioName({ piece, read }: CellContext): string | null {
  const [, name] = /^\s*scenario:\s*(\w+)\s*$/m.exec(piece.body) ?? [];
  return name !== undefined && read(name)?.handle?.kind === "scenario" ? `scenario ${name}` : null;
}
