/** The verbs of batches: many runs with a plan, of which each is a run like any other. */

import { type Json, SimError } from "../../framework/mod.ts";
import type { App } from "../app.ts";
import type { PreparedStart } from "../starts.ts";
import type { BatchFormat } from "../export/batch/mod.ts";
import { findReferenced, readScenario } from "../prepare.ts";
import { asDiskError, isEnded, type MemberLine, type RunStore } from "../store/mod.ts";
import { type Request, Requests } from "../requests.ts";
import { CellResolver, changeOf, layoutOf, MOST_RESOLVED, type Resolved, STANDSTILLS } from "./cells.ts";
import { blank, MemberRuns } from "./members.ts";
import { type BatchRecord, type BatchStatus, decodeRecord, withStatus } from "./record.ts";
import { assertPlayable, cellsOf, firstBlock, membersOf, runCount } from "./plan.ts";
import {
  type BatchBlock,
  type BatchCell,
  type BatchMember,
  type BatchSpec,
  isBatchText,
  readBatchFile,
  readBatchSpec,
  readSeeds,
} from "./spec.ts";
import { type BatchQuote, PILOT_SEEDS, pilotSpec, quoteOf } from "./quote.ts";
import { type BatchSummary, summaryOf, type SummaryOptions } from "./summary.ts";
import { type BatchRow, type BatchView, viewOf } from "./view.ts";

/** Runs that may wait in the queue beyond those that play: their processes are ready when there is a place. */
const AHEAD = 4;

/** With these a run stands still, and the next one would as well. */
const SHARED: readonly string[] = [
  "disk_full",
  "output_error",
  "output_not_writable",
  "store_error",
  "no_deno",
  "unauthorized",
  "quota_spent",
  "unknown_model",
];

/** Runs of which it is told what they would be. */
const MOST_KEYED = 5000;

/** Rows that are kept of batches that are not played. */
const MOST_ROWS = 20_000;

/** Longest time that a timer can be set to, ms: 24.8 days. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** Where a batch comes from, and how it is begun. */
export interface NewBatch {
  /** As written; see {@linkcode readBatchSpec}. */
  readonly spec: unknown;
  /** Writes the plan and plays nothing yet. */
  readonly planOnly?: boolean;
  /** The cell of a notebook that it is made for. */
  readonly notebook?: BatchRecord["notebook"];
  /**
   * Names this request: the same one made again gets the batch that the first one started, as long as there is that
   * batch. Whoever keeps several callers apart puts the caller's name into it.
   */
  readonly idempotencyKey?: string;
}

/** A batch that could be started. */
export interface CheckedBatch {
  readonly spec: BatchSpec;
  readonly cells: readonly BatchCell[];
  readonly blocks: readonly BatchBlock[];
  /** How many runs that is. */
  readonly runs: number;
}

/** A batch that could be started, with what its runs would be. */
export interface PlannedBatch extends CheckedBatch {
  /** Content keys of its runs in order; null: of so many they are not told. */
  readonly keys: readonly string[] | null;
  /** Starts of its cells that have been resolved, by position. */
  readonly starts: ReadonlyMap<number, PreparedStart>;
}

/** Limits that a batch may be resumed with, in place of its own. */
export type RaisedLimits = Pick<NonNullable<BatchSpec["limits"]>, "max_cost_usd" | "max_minutes">;

/** That something about a batch has changed. */
export interface BatchNotice {
  readonly batch_id: string;
  /** The member that has come to its end, or was begun; absent: the batch's own status. */
  readonly member?: BatchRow;
  readonly status: BatchStatus;
}

/** A batch that this host plays. */
interface Playing {
  stop: {
    readonly status: "paused" | "cancelled";
    readonly reason: string;
    /** What becomes of the runs that play; absent: they come to their end. */
    readonly steer?: (runId: string) => Promise<unknown>;
  } | null;
  readonly done: Promise<void>;
  /** Runs that are under way. */
  readonly runs: Set<string>;
  readonly resolved: Resolved;
}

/** The verbs. */
export class Batches {
  readonly #app: App;
  readonly #store: RunStore;
  readonly #cells: CellResolver;
  readonly #members: MemberRuns;
  readonly #playing = new Map<string, Playing>();
  /** Batches that are in this host's hands, to be played or changed. */
  readonly #taken = new Set<string>();
  readonly #requests: Requests<{ readonly id: string; readonly request?: Request }>;
  readonly #listeners = new Set<(notice: BatchNotice) => void>();
  /** Rows of members that have come to their end: they do not change any more. The batch that was asked for last is last. */
  readonly #rows = new Map<string, Map<number, BatchRow>>();
  /** For which cells of notebooks batches were made; null: for none. */
  readonly #notebooks = new Map<string, BatchRecord["notebook"] | null>();
  /** What tells apart batches of the same scenarios; of a batch it stays as it is. */
  readonly #layouts = new Map<string, string>();
  /** What could not be written when a batch came to stand still. */
  readonly #unwritten = new Map<string, BatchRecord>();
  #closed = false;

  constructor(app: App, store: RunStore) {
    this.#app = app;
    this.#store = store;
    this.#cells = new CellResolver(app, store);
    this.#members = new MemberRuns(app, store);
    this.#requests = new Requests((key) => Promise.resolve(store.batches.requested(key)));
    // At once: another run may come to have its id.
    app.subscribe((notice) => {
      if (notice.kind !== "removed") return;
      for (const rows of this.#rows.values()) {
        for (const { n, run_id } of rows.values()) if (run_id === notice.run_id) rows.delete(n);
      }
    });
  }

  /** Calls `listener` with every notice of this host's batches; the result stops it. */
  subscribe(listener: (notice: BatchNotice) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * The batch in a file; its scenarios are looked for beside it, in `scenarios/` and in the folders of the domains.
   * @param draft a text in place of the file's
   * @returns null where the file is no batch
   * @throws {SimError} `missing_file`, or all that is wrong with it, each with its place
   */
  async read(file: string, draft?: string): Promise<BatchSpec | null> {
    const text = draft ?? await readScenario(file);
    if (!isBatchText(text, file)) return null;
    const folders = this.#app.domains().map((name) => this.#app.domainFolder(name));
    return readBatchFile(text, file, (reference) => findReferenced(reference, file, folders).file);
  }

  /**
   * Looks at a batch from all sides and writes nothing.
   * @throws {SimError} all that is wrong with it
   */
  async check(written: unknown): Promise<CheckedBatch> {
    return (await this.#checked(written)).checked;
  }

  /** A batch, and the cells that were resolved to see whether it could be started. */
  async #checked(written: unknown): Promise<{ checked: CheckedBatch; starts: Map<number, PreparedStart> }> {
    const spec = readBatchSpec(written);
    const cells = cellsOf(spec);
    const block = firstBlock(spec);
    assertPlayable(cells, [block]);
    const starts = await this.#cells.check(spec, cells);
    // As long as it is one and the same, the scenario's own seed is a seed like others: it is not played again by chance.
    const own = new Set([...starts.values()].map(({ config }) => config.simulation.seed));
    const blocks = [spec.seeds === undefined && own.size === 1 ? { ...block, seeds: [...own] } : block];
    return { checked: { spec, cells, blocks, runs: runCount(cells, blocks) }, starts };
  }

  /**
   * Writes the plan of a batch, and plays it unless it is to be planned only; for a request that has been made before,
   * returns the batch that it has.
   * @throws {SimError} all that is wrong with it, or `idempotency_conflict`; then nothing has been written
   */
  async start({ idempotencyKey, ...asked }: NewBatch): Promise<BatchView> {
    this.#app.assertOpen();
    // What is not given is not asked for: as JSON that is the same.
    const body = () => JSON.parse(JSON.stringify(asked)) as Json;
    const { id } = idempotencyKey === undefined
      ? await this.#start(asked)
      : await this.#requests.once(idempotencyKey, body(), (request) => this.#start(asked, request));
    return await this.get(id);
  }

  /**
   * Looks at a batch as {@linkcode Batches.check} does, and tells what its runs would be.
   * @throws {SimError} all that is wrong with it
   */
  async plan(written: unknown): Promise<PlannedBatch> {
    const { checked, starts } = await this.#checked(written);
    if (checked.runs > MOST_KEYED || checked.cells.length > MOST_RESOLVED) return { ...checked, keys: null, starts };
    await this.#cells.resolveAll(checked.spec, checked.cells, starts);
    const keys: string[] = [];
    for (const { cell, seed, sample } of membersOf(checked.cells, checked.blocks)) {
      const start = starts.get(cell);
      if (start === undefined) return { ...checked, keys: null, starts };
      keys.push(this.#app.contentKeyOf(start, { ...(seed !== null && { seed }), sample }));
    }
    return { ...checked, keys, starts };
  }

  /** Batches that were made for a cell of a notebook, newest first: their specs, and keys of runs that are known. */
  async ofNotebook(
    { path, cell }: NonNullable<BatchRecord["notebook"]>,
  ): Promise<{ readonly id: string; readonly spec: BatchSpec; readonly keys: ReadonlyMap<number, string> }[]> {
    const found = [];
    for (const id of this.ids()) {
      const known = this.#notebooks.get(id);
      if (known === undefined) this.#notebooks.set(id, this.#readable(id)?.notebook ?? null);
      const notebook = this.#notebooks.get(id);
      if (notebook?.path !== path || notebook.cell !== cell) continue;
      const record = this.#readable(id);
      if (record === null) continue;
      const keys = new Map<number, string>();
      for (const { n, key } of (await this.#store.batches.members(id)).values()) {
        if (key !== undefined) keys.set(n, key);
      }
      found.push({ id, spec: record.spec, keys });
    }
    return found;
  }

  /**
   * Batches that are made of just what a plan says, whoever made them, newest first. What they were extended by is no matter;
   * of a plan whose cells have not all been resolved there are none.
   */
  async equalTo({ spec, cells, blocks, starts }: PlannedBatch): Promise<string[]> {
    if (starts.size < cells.length) return [];
    const layout = layoutOf({ spec, cells, blocks });
    const equal: string[] = [];
    for (const id of this.ids()) {
      const known = this.#layouts.getOrInsertComputed(id, () => {
        const record = this.#readable(id);
        return record === null ? "" : layoutOf(record);
      });
      if (known !== layout) continue;
      const noted = await this.#store.batches.cells(id);
      const isSame = cells.every(({ index }) => {
        const before = noted.get(index);
        return before !== undefined && changeOf(before, this.#cells.contentOf(index, starts.get(index)!)) === null;
      });
      if (isSame) equal.push(id);
    }
    return equal;
  }

  async #start(
    { spec: written, planOnly, notebook }: NewBatch,
    request?: Request,
  ): Promise<{ id: string; request?: Request }> {
    const { checked: { spec, cells, blocks }, starts } = await this.#checked(written);
    await this.#cells.resolveAll(spec, cells, starts);
    const noted = [...starts].map(([cell, start]) => this.#cells.contentOf(cell, start));
    const name = spec.name ?? "batch";
    const at = new Date();
    const id = this.#store.batches.create(
      name,
      at,
      (id): Json => {
        const record: BatchRecord = {
          format: 1,
          id,
          name,
          created_at: at.toISOString(),
          spec,
          cells,
          blocks,
          status: "planned",
          history: [{ at: at.toISOString(), status: "planned" }],
          minutes: 0,
          ...(notebook && { notebook }),
        };
        return record as unknown as Json;
      },
      noted,
      request,
    );
    if (!planOnly) {
      using taken = this.#take(id);
      this.#begin(this.#record(id), taken, {
        starts: new Map([...starts].map(([cell, start]) => [cell, Promise.resolve(start)])),
        noted: new Map(noted.map((line) => [line.cell, line])),
      });
    }
    return { id, ...(request && { request }) };
  }

  /** A batch as it stands. @throws {SimError} `unknown_batch` */
  async get(id: string): Promise<BatchView> {
    const record = this.#record(id);
    return viewOf(this.#alive(record), await this.results(id), this.#app.maxConcurrent);
  }

  /** The cell of a notebook that it was made for; null: it was not. @throws {SimError} `unknown_batch` */
  placeOf(id: string): BatchRecord["notebook"] | null {
    return this.#record(id).notebook ?? null;
  }

  /** Ids of all batches, newest first. */
  ids(): string[] {
    return this.#store.batches.ids();
  }

  /** All batches, newest first; those whose `batch.json` cannot be read are left out. */
  async list({ limit = 100 }: { readonly limit?: number } = {}): Promise<BatchView[]> {
    const ids = this.ids().filter((id) => this.#readable(id) !== null).slice(0, limit);
    return await Promise.all(ids.map((id) => this.get(id)));
  }

  /** Every run of the batch in order, also those that have not been begun. @throws {SimError} `unknown_batch` */
  async results(id: string): Promise<BatchRow[]> {
    const record = this.#record(id);
    const known = await this.#store.batches.members(id);
    const rows = this.#rowsOf(id);
    const all: BatchRow[] = [];
    for (const member of membersOf(record.cells, record.blocks)) {
      const kept = rows.get(member.n);
      // Another process may have removed the run.
      const isThere = kept !== undefined && this.#store.has(kept.run_id!);
      if (!isThere) rows.delete(member.n);
      all.push(isThere ? kept : await this.#members.row(record, member, known.get(member.n), rows));
    }
    return all;
  }

  /** What is kept of a batch's rows; of others that are not played as much is forgotten as must be. */
  #rowsOf(id: string): Map<number, BatchRow> {
    const rows = this.#rows.get(id) ?? new Map<number, BatchRow>();
    this.#rows.delete(id);
    this.#rows.set(id, rows);
    const idle = [...this.#rows].filter(([other]) => !this.#playing.has(other));
    let count = idle.reduce((sum, [, { size }]) => sum + size, 0);
    for (const [other, { size }] of idle) {
      if (count <= MOST_ROWS || other === id) break;
      this.#rows.delete(other);
      count -= size;
    }
    return rows;
  }

  /** What the runs say that have come to their end. @throws {SimError} `unknown_batch`, `unknown_metric` */
  async summary(id: string, options: SummaryOptions = {}): Promise<BatchSummary> {
    const { cells, spec } = this.#record(id);
    return summaryOf(cells, await this.results(id), { known: spec.metrics ?? [], ...options });
  }

  /** The batch as the bytes of a file; the same batch gives the same bytes. @throws {SimError} `unknown_batch` */
  async exportBatch(id: string, format: BatchFormat): Promise<Uint8Array<ArrayBuffer>> {
    const { exportBatch } = await import("../export/batch/mod.ts");
    const [view, rows] = [await this.get(id), await this.results(id)];
    return await exportBatch({ view, rows, summary: () => this.summary(id), runs: this.#app }, format);
  }

  /**
   * Plays a few runs of a batch, and tells from them what all of it will take. The batch finds those runs again; of the
   * pilot nothing else stays. It keeps to the batch's limits.
   * @throws {SimError} all that is wrong with it; then nothing has been played
   */
  async quote({ spec, pilot = PILOT_SEEDS }: { readonly spec: unknown; readonly pilot?: number }): Promise<BatchQuote> {
    if (!Number.isInteger(pilot) || pilot < 1) {
      throw new SimError("bad_seeds", `a pilot cannot have ${pilot} seeds`, { hint: "name a whole number from 1" });
    }
    const checked = await this.check(spec);
    const { id } = await this.start({ spec: pilotSpec(checked, pilot) });
    await this.wait(id);
    const rows = await this.results(id);
    this.delete(id);
    const most = this.#app.maxConcurrent;
    return quoteOf(checked, rows, Math.min(checked.spec.limits?.parallel ?? most, most));
  }

  /** Resolves when the batch stands still. */
  async wait(id: string): Promise<BatchView> {
    await this.#playing.get(id)?.done;
    return await this.get(id);
  }

  /** Starts no further run; those that play come to their end, or are paused too with `now`. */
  async pause(id: string, { now = false, reason = "paused by request" } = {}): Promise<BatchView> {
    const playing = this.#mine(id, "pause");
    if (now) await this.#park(playing, reason);
    else playing.stop ??= { status: "paused", reason };
    await playing.done;
    return await this.get(id);
  }

  /** Has all stand still that plays. */
  async #park(playing: Playing, reason: string): Promise<void> {
    if (playing.stop?.status === "cancelled") return;
    const steer = (run: string) => this.#app.pause(run, reason).catch(unlessSteered);
    playing.stop = { status: "paused", reason: playing.stop?.reason ?? reason, steer };
    await Promise.all([...playing.runs].map(steer));
  }

  /**
   * Plays on what is pending, and anew what could not be started or has been removed.
   * @param options `limits`: hold from now on, in place of the batch's own
   * @throws {SimError} `bad_transition`, `owned_elsewhere`; `batch_changed` when a cell resolves to something else by now
   */
  async resume(id: string, { limits = {} }: { readonly limits?: RaisedLimits } = {}): Promise<BatchView> {
    this.#app.assertOpen();
    using taken = this.#take(id);
    const before = this.#alive(this.#record(id));
    const raised = { ...before.spec.limits, ...limits };
    const spec = Object.keys(limits).length === 0 ? before.spec : readBatchSpec({ ...before.spec, limits: raised });
    const record = { ...before, spec };
    const isOpen = ["planned", "paused"].includes(record.status) ||
      record.status === "completed" && (await this.results(id)).some(({ status }) => ABSENT.includes(status));
    if (!isOpen) {
      throw new SimError("bad_transition", `batch '${id}' is ${record.status}`, {
        hint: record.status === "completed"
          ? "extend it by further seeds"
          : "a batch that is planned or paused can be resumed",
      });
    }
    this.#begin(record, taken, await this.#cells.resolved(record));
    return await this.get(id);
  }

  /** Ends the batch for good, and the runs that play. @throws {SimError} `bad_transition` */
  async cancel(id: string, reason = "cancelled by request"): Promise<BatchView> {
    const playing = this.#playing.get(id);
    if (playing) {
      const steer = (run: string) => this.#app.cancel(run).catch(unlessSteered);
      playing.stop = { status: "cancelled", reason, steer };
      await Promise.all([...playing.runs].map(steer));
      await playing.done;
      await this.#cancelRuns(id);
      return await this.get(id);
    }
    using _taken = this.#take(id);
    const record = this.#alive(this.#record(id));
    if (["completed", "cancelled"].includes(record.status)) {
      throw new SimError("bad_transition", `batch '${id}' is ${record.status}`);
    }
    this.#write(withStatus(record, "cancelled", reason));
    await this.#cancelRuns(id);
    return await this.get(id);
  }

  /** Ends the runs that stand still, also those that were made by a host that could not note them any more. */
  async #cancelRuns(id: string): Promise<void> {
    const { runs } = await this.#store.list({ batch: id, status: ["queued", "running", "paused", "interrupted"] });
    for (const { run_id } of runs) await this.#app.cancel(run_id).catch(unlessSteered);
  }

  /**
   * Adds seeds to every cell, and plays them: `8` are the next eight, a list or range is as in a batch's `seeds`.
   * @throws {SimError} `repeated_seed`, `bad_transition`, `owned_elsewhere`, `batch_changed`
   */
  async extend(id: string, more: number | string | readonly number[]): Promise<BatchView> {
    this.#app.assertOpen();
    using taken = this.#take(id);
    const record = this.#alive(this.#record(id));
    if (record.status === "cancelled") throw new SimError("bad_transition", `batch '${id}' is cancelled`);
    const resolved = await this.#cells.resolved(record);
    const played = record.blocks.flatMap(({ seeds }) => seeds);
    // Of cells whose scenarios have seeds of their own, each another one.
    if (played.includes(null)) {
      for (const { seed } of await this.results(id)) if (seed !== null) played.push(seed);
      for (const start of resolved.starts.values()) {
        const seed = await start.then(({ config }) => config.simulation.seed, () => null);
        if (seed !== null) played.push(seed);
      }
    }
    const seeds = typeof more === "number"
      ? nextSeeds(played, more)
      : readSeeds(typeof more === "string" ? more : [...more]);
    const known = new Set(played);
    const twice = seeds.find((seed) => known.has(seed));
    if (twice !== undefined) {
      throw new SimError("repeated_seed", `seed ${twice} has been played in batch '${id}'`, { hint: "name others" });
    }
    const { samples } = record.blocks[0]!;
    const blocks = [...record.blocks, { seeds, samples }];
    assertPlayable(record.cells, blocks);
    this.#begin({ ...record, blocks }, taken, resolved);
    return await this.get(id);
  }

  /** Forgets a batch that is not played; its runs stay. */
  delete(id: string): void {
    if (this.#alive(this.#record(id)).status === "running") {
      throw new SimError("run_is_live", `batch '${id}' is running: cancel it first`);
    }
    using _taken = this.#take(id);
    this.#store.batches.remove(id);
    this.#notebooks.delete(id);
    this.#layouts.delete(id);
    this.#rows.delete(id);
    this.#unwritten.delete(id);
  }

  /** Continues batches whose host is gone. */
  async resumeLost(): Promise<string[]> {
    const resumed: string[] = [];
    for (const id of this.ids()) {
      if (!this.#isLost(id)) continue;
      try {
        using taken = this.#take(id);
        // Another host may have been quicker.
        if (!this.#isLost(id)) continue;
        const noted = await this.#store.batches.cells(id);
        this.#begin(this.#record(id), taken, { starts: new Map(), noted });
        resumed.push(id);
      } catch (error) {
        if (!(error instanceof SimError && error.code === "owned_elsewhere")) throw error;
      }
    }
    return resumed;
  }

  /** Whether a batch was played by a host that is gone. */
  #isLost(id: string): boolean {
    const record = this.#readable(id);
    return record?.status === "running" && this.#alive(record).status === "paused";
  }

  /** Whether a batch has been cancelled: its runs are not to be played. */
  isCancelled(id: string): boolean {
    return this.#readable(id)?.status === "cancelled";
  }

  /** Runs that batches need which are played or can be resumed; those of `batches` may not have been noted yet. */
  async neededRuns(): Promise<{ readonly batches: ReadonlySet<string>; readonly runs: ReadonlySet<string> }> {
    const batches = new Set(
      this.ids().filter((id) => ["running", "paused"].includes(this.#readable(id)?.status ?? "")),
    );
    const runs = new Set<string>();
    for (const id of batches) {
      for (const { run_id } of (await this.#store.batches.members(id)).values()) if (run_id !== null) runs.add(run_id);
    }
    return { batches, runs };
  }

  /** Starts nothing further; the runs are for the app to park. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#playing.values()].map(({ done }) => done));
  }

  /** Plays a batch that has been {@linkcode #take taken}; it is let go when it stands still. */
  #begin(record: BatchRecord, taken: DisposableStack, resolved: Resolved): void {
    const { id } = record;
    this.#write({ ...withStatus(record, "running"), host: this.#store.host });
    const held = taken.move();
    const { promise: done, resolve, reject } = Promise.withResolvers<void>();
    // Whoever waits for it is told what went wrong; nobody need.
    done.catch(() => {});
    const playing: Playing = { stop: null, done, runs: new Set(), resolved };
    this.#playing.set(id, playing);
    this.#play(id, playing).finally(() => {
      this.#playing.delete(id);
      held.dispose();
      this.#tell({ batch_id: id, status: this.#record(id).status });
    }).then(resolve, reject);
  }

  /** Takes a batch into this host's hands. @throws {SimError} `bad_transition`, `owned_elsewhere`, `unknown_batch` */
  #take(id: string): DisposableStack {
    if (this.#playing.has(id)) {
      throw new SimError("bad_transition", `batch '${id}' is running`, {
        hint: "pause it, or wait until it is complete",
      });
    }
    // There must be one.
    this.#record(id);
    let lock: Deno.FsFile | null;
    try {
      lock = this.#store.batches.lock(id);
    } catch (error) {
      throw asDiskError(error);
    }
    if (lock === null) throw elsewhere(id);
    const taken = new DisposableStack();
    taken.use(lock);
    this.#taken.add(id);
    taken.defer(() => this.#taken.delete(id));
    return taken;
  }

  async #play(id: string, playing: Playing): Promise<void> {
    const record = this.#record(id);
    const began = performance.now();
    const minutes = () => record.minutes + (performance.now() - began) / 60_000;
    const { parallel, max_cost_usd, max_minutes } = record.spec.limits ?? {};
    const known = await this.#store.batches.members(id);
    /** Dollars of runs that were made for this batch, as far as they have come. */
    const paid = new Map<string, number>();
    let spent = 0;
    const pay = ({ run_id, cost_usd, reused }: Pick<BatchRow, "run_id" | "cost_usd" | "reused">) => {
      if (run_id === null || reused) return;
      spent += cost_usd - (paid.get(run_id) ?? 0);
      paid.set(run_id, cost_usd);
    };
    for (const row of await this.results(id)) pay(row);
    const spentOut = () =>
      max_cost_usd !== undefined && spent >= max_cost_usd
        ? `max_cost_usd: ${max_cost_usd} is spent; resume it with a higher limit`
        : null;
    const overdue = `max_minutes: ${max_minutes} is over; resume it with a higher limit`;
    using stack = new DisposableStack();
    stack.defer(this.#app.subscribe((notice) => {
      if (!playing.runs.has(notice.run_id)) return;
      const { run_id } = notice;
      if (notice.kind === "halted") {
        playing.stop ??= { status: "paused", reason: `run '${run_id}': ${notice.reason}` };
      } else if (notice.kind === "cost") {
        pay({ run_id, cost_usd: notice.cost.usd, reused: false });
        const reason = spentOut();
        if (reason !== null) this.#park(playing, reason);
      }
    }));
    if (max_minutes !== undefined) {
      const left = Math.max(0, (max_minutes - minutes()) * 60_000);
      const timer = setTimeout(() => this.#park(playing, overdue), Math.min(left, LONGEST_TIMEOUT));
      stack.defer(() => clearTimeout(timer));
    }
    const rows = this.#rowsOf(id);
    const underWay = new Set<Promise<void>>();
    /** Members whose runs have not come to their end. */
    const open: BatchRow[] = [];
    let isThrough = true;
    for (const member of membersOf(record.cells, record.blocks)) {
      if (rows.has(member.n)) continue;
      while (underWay.size >= this.#places(parallel)) await Promise.race(underWay);
      const reason = spentOut() ?? (max_minutes !== undefined && minutes() >= max_minutes ? overdue : null);
      if (reason !== null) playing.stop ??= { status: "paused", reason };
      if (playing.stop || this.#closed) {
        isThrough = false;
        break;
      }
      const work = this.#member(record, member, known.get(member.n), playing, rows).then((row) => {
        pay(row);
        if (OPEN.includes(row.status)) open.push(row);
        this.#tell({ batch_id: id, member: row, status: "running" });
      }).catch((error) => {
        const fault = asDiskError(error);
        if (!(fault instanceof SimError)) throw fault;
        isThrough = false;
        playing.stop ??= { status: "paused", reason: fault.message };
      }).finally(() => underWay.delete(work));
      underWay.add(work);
    }
    await Promise.all(underWay);
    const end = this.#endOf(playing, isThrough ? open : null);
    this.#settle({ ...withStatus(this.#record(id), end.status, end.reason), minutes: minutes() });
  }

  /** How a batch comes to stand still. @param open runs that have not come to their end; null: not all were begun */
  #endOf({ stop }: Playing, open: readonly BatchRow[] | null): { status: BatchStatus; reason?: string } {
    if (stop?.status === "cancelled") return stop;
    if (open?.length === 0) return { status: "completed" };
    if (stop) return stop;
    if (open === null || this.#closed) return { status: "paused", reason: "its host has stopped" };
    const named = open.toSorted((a, b) => a.n - b.n).slice(0, MOST_NAMED).map(({ run_id, status, error }) =>
      `run '${run_id}' is ${status}: ${error?.message ?? "it stands still"}`
    );
    const more = open.length > MOST_NAMED ? [`${open.length - MOST_NAMED} more stand still`] : [];
    return { status: "paused", reason: [...named, ...more].join("; ") };
  }

  /** Runs that are begun before one has ended: some wait with a process that is ready, if the host would have them wait. */
  #places(parallel: number | undefined): number {
    const most = this.#app.maxConcurrent;
    return Math.max(1, parallel === undefined || parallel >= most ? most + Math.min(most, AHEAD) : parallel);
  }

  /** Plays a member to its end, or finds a run that can stand in its place. What goes wrong is data. */
  async #member(
    record: BatchRecord,
    member: BatchMember,
    known: MemberLine | undefined,
    playing: Playing,
    rows: Map<number, BatchRow>,
  ): Promise<BatchRow> {
    const { id } = record;
    let line = known;
    try {
      if (!line?.run_id || !await this.#members.continued(line)) {
        const ready = await this.#cells.resolve(record, member.cell, playing.resolved);
        if (playing.stop) return await this.#members.row(record, member, known, rows);
        line = await this.#members.found(id, member, ready);
        this.#store.batches.appendMember(id, line);
      }
      const runId = line.run_id!;
      playing.runs.add(runId);
      this.#tell({ batch_id: id, member: { ...blank(record, member, line), status: "queued" }, status: "running" });
      if (playing.stop) await playing.stop.steer?.(runId);
      const { status, status_reason, error } = await this.#app.wait(runId);
      if (isEnded(status)) return await this.#members.row(record, member, line, rows);
      const reason = error?.message ?? status_reason ?? "it stands still";
      // What only this run stands still for is no matter of the others.
      if (!this.#closed && SHARED.includes(error?.code ?? "")) {
        playing.stop ??= { status: "paused", reason: `run '${runId}' is ${status}: ${reason}` };
      }
      return {
        ...await this.#members.row(record, member, line, rows),
        error: { code: error?.code ?? status, message: reason },
      };
    } catch (error) {
      if (!(error instanceof SimError) || STANDSTILLS.includes(error.code)) throw error;
      line = { n: member.n, run_id: null, reused: false, error: { code: error.code, message: error.message } };
      this.#store.batches.appendMember(id, line);
    } finally {
      if (line?.run_id) playing.runs.delete(line.run_id);
    }
    return await this.#members.row(record, member, line, rows);
  }

  #mine(id: string, verb: string): Playing {
    const playing = this.#playing.get(id);
    if (playing) return playing;
    const { status } = this.#alive(this.#record(id));
    if (status === "running") throw elsewhere(id);
    throw new SimError("bad_transition", `batch '${id}' is ${status}`, {
      hint: `${verb} needs a batch that is running`,
    });
  }

  /** The record as it is in truth: what a host played that is gone stands still. */
  #alive(record: BatchRecord): BatchRecord {
    if (record.status !== "running" || this.#isAlive(record)) return record;
    return { ...record, status: "paused", reason: "its process is gone" };
  }

  #isAlive({ id, host }: BatchRecord): boolean {
    if (this.#playing.has(id)) return true;
    if (host === undefined || host === this.#store.host || this.#taken.has(id)) return false;
    // A host that has not made a run yet is not announced; but it holds what it plays.
    return this.#store.isAlive(host) || this.#store.batches.isLocked(id);
  }

  #record(id: string): BatchRecord {
    return this.#unwritten.get(id) ?? decodeRecord(this.#store.batches.read(id), id);
  }

  /** The record; null: it cannot be read, which whoever asks for it by its id is told. */
  #readable(id: string): BatchRecord | null {
    try {
      return this.#record(id);
    } catch (error) {
      if (error instanceof SimError && (error.code === "bad_batch" || error.code === "unknown_batch")) return null;
      throw error;
    }
  }

  #write(record: BatchRecord): void {
    try {
      this.#store.batches.write(record.id, record as unknown as Json);
    } catch (error) {
      throw asDiskError(error);
    }
    this.#unwritten.delete(record.id);
  }

  /** Writes that the batch stands still; on a disk that takes nothing more this host remembers it. */
  #settle(record: BatchRecord): void {
    try {
      this.#write(record);
    } catch (error) {
      if (!(error instanceof SimError)) throw error;
      this.#unwritten.set(record.id, record);
    }
  }

  #tell(notice: BatchNotice): void {
    for (const listener of [...this.#listeners]) listener(notice);
  }
}

/** Runs that stand still, of which the reason of a batch tells. */
const MOST_NAMED = 3;

/** Statuses of members that have not come to their end. */
const OPEN: readonly BatchRow["status"][] = ["pending", "queued", "running", "paused", "interrupted"];

/** Statuses of members that have no run. */
const ABSENT: readonly BatchRow["status"][] = ["failed_to_start", "removed"];

/** The next seeds after those that are taken, from 1. */
function nextSeeds(taken: readonly (number | null)[], count: number): number[] {
  if (!Number.isInteger(count) || count < 1 || count > 10_000) {
    throw new SimError("bad_seeds", `a batch cannot be extended by ${count} seeds`, {
      hint: "name 1 to 10,000, or the seeds themselves",
    });
  }
  const first = taken.reduce<number>((most, seed) => Math.max(most, seed ?? 0), 0) + 1;
  return Array.from({ length: count }, (_, i) => first + i);
}

/** Somebody was quicker, or it has ended: then there is nothing to steer. */
function unlessSteered(error: unknown): void {
  if (!(error instanceof SimError)) throw error;
}

function elsewhere(id: string): SimError {
  return new SimError("owned_elsewhere", `batch '${id}' is in other hands: it is played or steered elsewhere`, {
    hint: "steer it there, or try again in a moment",
  });
}
