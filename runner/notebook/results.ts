/** Runs that a page finds: which one stands for a cell, what it is worth, what of it is drawn, where it comes from. */

import type { Json, JsonObject } from "../../framework/mod.ts";
import type { App } from "../app.ts";
import { secondsOf } from "../prices.ts";
import { isEnded, type Manifest, type Row, type RunConfig } from "../store/mod.ts";
import { MOST_ROWS, type Provenance, type RunOutput } from "./view.ts";

/** A cell of a page, as runs and batches name it. */
export interface CellPlace {
  readonly path: string;
  readonly cell: string;
}

/** A run that stands for a cell. */
export interface FoundRun {
  readonly manifest: Manifest;
  /** Whether it was started from this cell. */
  readonly own: boolean;
}

/** Whether a run has come to its end as it should, and may be believed. */
export function isGood({ status, validity }: Manifest): boolean {
  return status === "completed" && validity.state !== "void";
}

/**
 * The run of this content that stands for a cell: its own that plays or has come to a good end, else any that has, else one
 * that plays and belongs to this page or to none, else its own that went wrong.
 */
export async function findRun(app: App, contentKey: string, place: CellPlace): Promise<FoundRun | null> {
  const { runs } = await app.list({ contentKey });
  if (runs.length === 0) return null;
  const own = runs.filter(({ notebook }) => notebook?.path === place.path && notebook.cell === place.cell);
  const usable = own.find((manifest) => isGood(manifest) || !isEnded(manifest.status));
  if (usable) return { manifest: usable, own: true };
  const equal = await app.findEqual(contentKey);
  if (equal) return { manifest: equal, own: false };
  const isOurs = ({ notebook, batch_id }: Manifest) =>
    notebook === undefined ? batch_id === undefined : notebook.path === place.path;
  const live = runs.find((manifest) => !isEnded(manifest.status) && isOurs(manifest));
  if (live) return { manifest: live, own: false };
  return own.length > 0 ? { manifest: own[0]!, own: true } : null;
}

/** The last run that was started from a cell. */
export async function lastRun(app: App, place: CellPlace, runId: string | undefined): Promise<Manifest | null> {
  if (runId !== undefined) {
    const manifest = await app.status(runId).catch(() => null);
    if (manifest !== null) return manifest;
  }
  const { runs: [newest] } = await app.list({ notebook: place, limit: 1 });
  return newest ?? null;
}

/** Runs' rows and values, kept as long as the run stays where it is. */
export class RunResults {
  readonly #app: App;
  readonly #rows = new Map<string, { readonly stamp: string; readonly rows: Promise<readonly Row[]> }>();
  readonly #values = new Map<string, JsonObject>();

  constructor(app: App) {
    this.#app = app;
  }

  /** All rows of a run. */
  async rows(manifest: Manifest): Promise<readonly Row[]> {
    const stamp = stampOf(manifest);
    const kept = this.#rows.get(manifest.run_id);
    if (kept?.stamp === stamp && isEnded(manifest.status)) return await kept.rows;
    const rows = this.#app.metrics(manifest.run_id);
    // The ones that were looked at last stay.
    this.#rows.delete(manifest.run_id);
    this.#rows.set(manifest.run_id, { stamp, rows });
    for (const id of this.#rows.keys()) if (this.#rows.size > MOST_RUNS_KEPT) this.#rows.delete(id);
    return await rows;
  }

  /** What `${id}` is: id, status, turn, and the last value of every global variable and metric. */
  async value(manifest: Manifest): Promise<JsonObject> {
    const stamp = stampOf(manifest);
    const kept = this.#values.get(stamp);
    if (kept) return kept;
    const { run_id, status, turn } = manifest;
    const { globals, metrics } = await this.#finals(manifest);
    const clashing = Object.entries(metrics).filter(([name]) => Object.hasOwn(globals, name));
    const value = {
      ...metrics,
      ...globals,
      ...(clashing.length > 0 && { metric: Object.fromEntries(clashing) }),
      run_id,
      status,
      turn,
    };
    if (isEnded(status)) {
      if (this.#values.size > MOST_VALUES_KEPT) this.#values.clear();
      this.#values.set(stamp, value);
    }
    return value;
  }

  /** Last values of global variables and metrics, each by its own name. */
  async #finals(manifest: Manifest): Promise<{ readonly globals: JsonObject; readonly metrics: JsonObject }> {
    const result = isEnded(manifest.status) ? await this.#app.result(manifest.run_id) : null;
    if (result !== null) {
      const state = result.final_state as JsonObject | null;
      return {
        globals: (state?.global_state ?? {}) as JsonObject,
        metrics: (result.metrics ?? {}) as JsonObject,
      };
    }
    const { turn: _turn, ...last } = (await this.rows(manifest)).at(-1) ?? {};
    const split = Object.entries(last);
    return {
      globals: Object.fromEntries(split.filter(([name]) => !name.startsWith("metric."))),
      metrics: Object.fromEntries(
        split.filter(([name]) => name.startsWith("metric.")).map(([name, value]) => [name.slice(7), value]),
      ),
    };
  }

  /** The run as the page shows it. @param watch columns to be drawn; absent: the first ones */
  async output(manifest: Manifest, config: RunConfig, watch: readonly string[] | undefined): Promise<RunOutput> {
    const { run_id, repo, status, status_reason, turn, max_turns, parent, error } = manifest;
    const rows = await this.rows(manifest);
    const columns = columnsOf(rows, config);
    return {
      type: "run",
      run_id,
      repo,
      status,
      status_reason: status_reason ?? null,
      turn,
      max_turns,
      seconds: secondsOf(manifest),
      watch: watch === undefined
        ? firstColumns(columns, rows)
        : watch.flatMap((name) => columnNamed(name, columns) ?? []),
      columns,
      rows: thinned(rows),
      parent: parent ? { run_id: parent.run_id, turn: parent.turn } : null,
      error: error ? { message: error.message, ...(error.hint !== undefined && { hint: error.hint }) } : null,
      log: this.#app.pendingDecisions().filter((pending) => pending.run_id === run_id)
        .map((pending) => `${pending.agent} is asked in turn ${pending.turn}`),
    };
  }
}

/** Runs whose rows, and runs whose values, are kept. */
const MOST_RUNS_KEPT = 40;
const MOST_VALUES_KEPT = 1000;

/** Columns that are drawn if nobody says which. */
const FIRST_COLUMNS = 4;

/** Changes whenever a run does. */
export function stampOf({ run_id, status, turn, history }: Manifest): string {
  return `${run_id} ${status} ${turn} ${history.length}`;
}

/** Columns of a run's rows: of those that there are, else of those that there will be. */
export function columnsOf(rows: readonly Row[], config: RunConfig): string[] {
  const [first] = rows;
  if (first !== undefined) return Object.keys(first).filter((name) => name !== "turn");
  return [
    ...Object.keys(config.state_variables.global_vars),
    ...Object.keys(config.metrics.reporters).map((name) => `metric.${name}`),
  ];
}

/** The column that somebody means by a name: a global variable, or a metric. */
export function columnNamed(name: string, columns: readonly string[]): string | undefined {
  const bare = name.replace(/^global\./, "");
  return [name, bare, `metric.${name}`].find((each) => columns.includes(each));
}

function firstColumns(columns: readonly string[], rows: readonly Row[]): string[] {
  const numeric = columns.filter((name) => rows.length === 0 || typeof rows.at(-1)![name] === "number");
  const metrics = numeric.filter((name) => name.startsWith("metric."));
  return (metrics.length > 0 ? metrics : numeric).slice(0, FIRST_COLUMNS);
}

/** At most {@linkcode MOST_ROWS} of them, evenly thinned; the first and the last always. */
export function thinned<T>(rows: readonly T[], most = MOST_ROWS): readonly T[] {
  if (rows.length <= most) return rows;
  return Array.from({ length: most }, (_, i) => rows[Math.round(i * (rows.length - 1) / (most - 1))]!);
}

/** Where the numbers of a run come from. */
export function provenanceOf(manifest: Manifest): Provenance {
  const { run_id, content_key, seed, sample, models, cost, validity, ended_at, engine_version } = manifest;
  return {
    run_id,
    content_key,
    seed,
    sample,
    models,
    cost_usd: cost.usd,
    validity: validity.state,
    reasons: validity.reasons,
    at: ended_at ?? null,
    engine_version,
  };
}

/** A value small enough to be sent with a page. */
export function bounded(value: Json, depth = 5): Json {
  if (typeof value === "string") return value.length <= LONGEST_TEXT ? value : `${value.slice(0, LONGEST_TEXT)}…`;
  if (typeof value !== "object" || value === null) return value;
  if (depth === 0) return "…";
  if (Array.isArray(value)) return value.slice(0, MOST_ITEMS).map((item) => bounded(item, depth - 1));
  const entries = Object.entries(value).slice(0, MOST_KEYS);
  return Object.fromEntries(entries.map(([key, inner]) => [key, bounded(inner, depth - 1)]));
}

const LONGEST_TEXT = 2000;
const MOST_ITEMS = 50;
const MOST_KEYS = 200;
