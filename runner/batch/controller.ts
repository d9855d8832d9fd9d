/** The verbs of batches: many runs with a plan, of which each is a run like any other. */

import { didYouMean, type Json, SimError } from "../../framework/mod.ts";
import type { App, PreparedStart } from "../app.ts";
import type { BatchFormat } from "../export/batch/mod.ts";
import { findReferenced, readScenario } from "../prepare.ts";
import { asDiskError, isEnded, type Manifest, type MemberLine, type RunStore } from "../store/mod.ts";
import { type Request, Requests } from "../requests.ts";
import { type BatchRecord, type BatchStatus, decodeRecord, withStatus } from "./record.ts";
import { assertPlayable, cellsOf, firstBlock, membersOf, runCount, telling } from "./plan.ts";
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
import { type BatchRow, type BatchView, finalMetrics, viewOf } from "./view.ts";

/** Runs that may wait in the queue beyond those that play: their processes are ready when there is a place. */
const AHEAD = 4;

/** With these no further run can be started: the batch stands still, and is resumed when they are mended. */
const STANDSTILLS: readonly string[] = [
  "disk_full",
  "output_error",
  "output_not_writable",
  "closing",
  "owned_elsewhere",
];

/** Where a batch comes from, and how it is begun. */
export interface NewBatch {
  /** As written; see {@linkcode readBatchSpec}. */
  readonly spec: unknown;
  /** Writes the plan and plays nothing yet. */
  readonly planOnly?: boolean;
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
}

/** The verbs. */
export class Batches {
  readonly #app: App;
  readonly #store: RunStore;
  readonly #playing = new Map<string, Playing>();
  readonly #requests: Requests<{ readonly id: string; readonly request?: Request }>;
  readonly #listeners = new Set<(notice: BatchNotice) => void>();
  /** Rows of members that have come to their end: they do not change any more. */
  readonly #rows = new Map<string, Map<number, BatchRow>>();
  /** What could not be written when a batch came to stand still. */
  readonly #unwritten = new Map<string, BatchRecord>();
  #closed = false;

  constructor(app: App, store: RunStore) {
    this.#app = app;
    this.#store = store;
    this.#requests = new Requests((key) => Promise.resolve(store.batches.requested(key)));
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
   * @returns null where the file is no batch
   * @throws {SimError} `missing_file`, or all that is wrong with it, each with its place
   */
  async read(file: string): Promise<BatchSpec | null> {
    const text = await readScenario(file);
    if (!isBatchText(text, file)) return null;
    const folders = this.#app.domains().map((name) => this.#app.domainFolder(name));
    return readBatchFile(text, file, (reference) => findReferenced(reference, file, folders).file);
  }

  /**
   * Looks at a batch from all sides and writes nothing.
   * @throws {SimError} all that is wrong with it
   */
  async check(written: unknown): Promise<CheckedBatch> {
    const spec = readBatchSpec(written);
    const cells = cellsOf(spec);
    const blocks = [firstBlock(spec)];
    assertPlayable(cells, blocks);
    await this.#check(spec, cells);
    return { spec, cells, blocks, runs: runCount(cells, blocks) };
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

  async #start({ spec: written, planOnly }: NewBatch, request?: Request): Promise<{ id: string; request?: Request }> {
    const { spec, cells, blocks } = await this.check(written);
    const name = spec.name ?? "batch";
    const at = new Date();
    const id = this.#store.batches.create(name, at, (id): Json => {
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
      };
      return record as unknown as Json;
    }, request);
    if (!planOnly) this.#begin(this.#record(id));
    return { id, ...(request && { request }) };
  }

  /** A batch as it stands. @throws {SimError} `unknown_batch` */
  async get(id: string): Promise<BatchView> {
    const record = this.#record(id);
    return viewOf(this.#alive(record), await this.results(id), this.#app.maxConcurrent);
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
    const rows = this.#rows.get(id) ?? new Map<number, BatchRow>();
    this.#rows.set(id, rows);
    const all: BatchRow[] = [];
    for (const member of membersOf(record.cells, record.blocks)) {
      all.push(rows.get(member.n) ?? await this.#row(record, member, known.get(member.n), rows));
    }
    return all;
  }

  /** What the runs say that have come to their end. @throws {SimError} `unknown_batch`, `unknown_metric` */
  async summary(id: string, options: SummaryOptions = {}): Promise<BatchSummary> {
    return summaryOf(this.#record(id).cells, await this.results(id), options);
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
    const steer = (run: string) => this.#app.pause(run, reason).catch(unlessSteered);
    playing.stop ??= { status: "paused", reason, ...(now && { steer }) };
    if (now) await Promise.all([...playing.runs].map(steer));
    await playing.done;
    return await this.get(id);
  }

  /** Plays on what is pending, and anew what could not be started or has been removed. @throws {SimError} `bad_transition` */
  async resume(id: string): Promise<BatchView> {
    this.#app.assertOpen();
    const record = this.#alive(this.#record(id));
    const isOpen = ["planned", "paused"].includes(record.status) ||
      record.status === "completed" && (await this.results(id)).some(({ status }) => ABSENT.includes(status));
    if (!isOpen) {
      throw new SimError("bad_transition", `batch '${id}' is ${record.status}`, {
        hint: record.status === "completed"
          ? "extend it by further seeds"
          : "a batch that is planned or paused can be resumed",
      });
    }
    this.#begin(record);
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
      return await this.get(id);
    }
    const record = this.#alive(this.#record(id));
    if (["completed", "cancelled"].includes(record.status)) {
      throw new SimError("bad_transition", `batch '${id}' is ${record.status}`);
    }
    if (record.status === "running") throw elsewhere(id);
    this.#write(withStatus(record, "cancelled", reason));
    return await this.get(id);
  }

  /**
   * Adds seeds to every cell, and plays them: `8` are the next eight, a list or range is as in a batch's `seeds`.
   * @throws {SimError} `repeated_seed`, `bad_transition`
   */
  async extend(id: string, more: number | string | readonly number[]): Promise<BatchView> {
    this.#app.assertOpen();
    const record = this.#alive(this.#record(id));
    if (record.status === "cancelled") throw new SimError("bad_transition", `batch '${id}' is cancelled`);
    if (record.status === "running") {
      throw new SimError("bad_transition", `batch '${id}' is running`, {
        hint: "pause it, or wait until it is complete",
      });
    }
    const taken = record.blocks.flatMap(({ seeds }) => seeds);
    const seeds = typeof more === "number"
      ? nextSeeds(taken, more)
      : readSeeds(typeof more === "string" ? more : [...more]);
    const twice = seeds.find((seed) => taken.includes(seed));
    if (twice !== undefined) {
      throw new SimError("repeated_seed", `seed ${twice} has been played in batch '${id}'`, { hint: "name others" });
    }
    const { samples } = record.blocks[0]!;
    const blocks = [...record.blocks, { seeds, samples }];
    assertPlayable(record.cells, blocks);
    const extended = { ...record, blocks };
    this.#write(extended);
    this.#begin(extended);
    return await this.get(id);
  }

  /** Forgets a batch that is not played; its runs stay. */
  delete(id: string): void {
    const record = this.#record(id);
    if (this.#alive(record).status === "running") {
      throw new SimError("run_is_live", `batch '${id}' is running: cancel it first`);
    }
    this.#store.batches.remove(id);
    this.#rows.delete(id);
    this.#unwritten.delete(id);
  }

  /** Continues batches whose host is gone. */
  async resumeLost(): Promise<string[]> {
    const resumed: string[] = [];
    for (const id of this.ids()) {
      const record = this.#readable(id);
      if (record?.status !== "running" || this.#playing.has(id) || this.#isAlive(record)) continue;
      this.#begin(record);
      resumed.push(id);
    }
    return await Promise.resolve(resumed);
  }

  /** Starts nothing further; the runs are for the app to park. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#playing.values()].map(({ done }) => done));
  }

  /** Cells that stand for all: their combinations are checked when they are played. */
  async #check(spec: BatchSpec, cells: readonly BatchCell[]): Promise<void> {
    const metrics = new Set<string>();
    for (const cell of telling(cells)) {
      const { config } = await this.#app.prepare(this.#source(spec, cell));
      for (const name of Object.keys(config.state_variables.global_vars)) metrics.add(name);
      for (const name of Object.keys(config.metrics.reporters)) metrics.add(name);
    }
    for (const metric of spec.metrics ?? []) {
      const name = metric.replace(/^(?:global|metric)\./, "");
      if (!metrics.has(name)) {
        throw new SimError("unknown_metric", `no scenario of the batch has a metric '${metric}'`, {
          hint: didYouMean(name, metrics),
        });
      }
    }
  }

  #source({ llm_mode }: BatchSpec, { scenario, set }: BatchCell) {
    return {
      ...(typeof scenario === "string" ? { file: scenario } : { text: JSON.stringify(scenario) }),
      set: set.map((setting) => ({ ...setting, from: "batch" })),
      ...(llm_mode === "offline" && { offline: true }),
    };
  }

  #begin(record: BatchRecord): void {
    const { id } = record;
    this.#write({ ...withStatus(record, "running"), host: this.#store.host });
    const { promise: done, resolve, reject } = Promise.withResolvers<void>();
    // Whoever waits for it is told what went wrong; nobody need.
    done.catch(() => {});
    const playing: Playing = { stop: null, done, runs: new Set() };
    this.#playing.set(id, playing);
    this.#play(id, playing).finally(() => {
      this.#playing.delete(id);
      this.#tell({ batch_id: id, status: this.#record(id).status });
    }).then(resolve, reject);
  }

  async #play(id: string, playing: Playing): Promise<void> {
    const record = this.#record(id);
    const began = performance.now();
    const minutes = () => record.minutes + (performance.now() - began) / 60_000;
    const { parallel, max_cost_usd, max_minutes } = record.spec.limits ?? {};
    const known = await this.#store.batches.members(id);
    const prepared = new Map<number, Promise<PreparedStart>>();
    let spent = (await this.results(id)).reduce((sum, { cost_usd, reused }) => sum + (reused ? 0 : cost_usd), 0);
    const underWay = new Set<Promise<void>>();
    let end: { status: BatchStatus; reason?: string } = { status: "completed" };
    for (const member of membersOf(record.cells, record.blocks)) {
      while (underWay.size >= this.#places(parallel)) await Promise.race(underWay);
      if (max_cost_usd !== undefined && spent >= max_cost_usd) {
        playing.stop ??= { status: "paused", reason: `max_cost_usd: ${max_cost_usd} is spent` };
      }
      if (max_minutes !== undefined && minutes() >= max_minutes) {
        playing.stop ??= { status: "paused", reason: `max_minutes: ${max_minutes} is over` };
      }
      if (playing.stop || this.#closed) break;
      const row = this.#rows.get(id)?.get(member.n);
      if (row !== undefined && row.status !== "failed_to_start") continue;
      const work = this.#member(record, member, known.get(member.n), prepared, playing).then((row) => {
        spent += row.reused ? 0 : row.cost_usd;
        this.#tell({ batch_id: id, member: row, status: "running" });
      }).catch((error) => {
        const fault = asDiskError(error);
        if (!(fault instanceof SimError)) throw fault;
        playing.stop ??= { status: "paused", reason: fault.message };
      }).finally(() => underWay.delete(work));
      underWay.add(work);
    }
    await Promise.all(underWay);
    if (this.#closed && !playing.stop) end = { status: "paused", reason: "its host has stopped" };
    if (playing.stop) end = playing.stop;
    this.#settle({ ...withStatus(this.#record(id), end.status, end.reason), minutes: minutes() });
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
    prepared: Map<number, Promise<PreparedStart>>,
    playing: Playing,
  ): Promise<BatchRow> {
    const { id } = record;
    let line = known;
    try {
      if (!line?.run_id || !await this.#continued(line)) {
        const start = prepared.get(member.cell) ??
          this.#app.prepare(this.#source(record.spec, record.cells[member.cell]!));
        prepared.set(member.cell, start);
        const ready = await start;
        if (playing.stop) return await this.#row(record, member, known, this.#rows.get(id)!);
        line = await this.#found(id, member, ready);
        this.#store.batches.appendMember(id, line);
      }
      const runId = line.run_id!;
      playing.runs.add(runId);
      this.#tell({ batch_id: id, member: { ...blank(record, member, line), status: "queued" }, status: "running" });
      if (playing.stop) await playing.stop.steer?.(runId);
      const { status, status_reason, error } = await this.#app.wait(runId);
      if (!isEnded(status) && !this.#closed) {
        playing.stop ??= {
          status: "paused",
          reason: `run '${runId}' is ${status}: ${error?.message ?? status_reason ?? "it stands still"}`,
        };
      }
    } catch (error) {
      if (!(error instanceof SimError) || STANDSTILLS.includes(error.code)) throw error;
      line = { n: member.n, run_id: null, reused: false, error: { code: error.code, message: error.message } };
      this.#store.batches.appendMember(id, line);
    } finally {
      if (line?.run_id) playing.runs.delete(line.run_id);
    }
    return await this.#row(record, member, line, this.#rows.get(id)!);
  }

  /** The run of a member: one that was made of just the same, or a new one. */
  async #found(id: string, { n, seed, sample }: BatchMember, prepared: PreparedStart): Promise<MemberLine> {
    const options = { ...(seed !== null && { seed }), sample, batch: { id, n } };
    const key = this.#app.contentKeyOf(prepared, options);
    const before = await this.#store.findReusable(key);
    if (before) return { n, run_id: before.run_id, reused: before.batch_id !== id, key };
    const { run_id, status, process } = await this.#app.startPrepared(prepared, options);
    const line = { n, run_id, reused: false, key };
    // A host that was killed may have made it, and not said so.
    const isNew = status === "queued" && process?.host === this.#store.host;
    if (!isNew) await this.#continued(line);
    return line;
  }

  /** Whether there is the run; one that stands still is played on, one that has ended is left as it is. */
  async #continued(line: MemberLine): Promise<boolean> {
    const manifest = await this.#manifest(line);
    if (manifest === null || isEnded(manifest.status)) return manifest !== null;
    try {
      // Also one that is said to be running: a host that was killed, or whose disk was full, could not say otherwise.
      await this.#app.resume(manifest.run_id);
    } catch (error) {
      // It is played here.
      if (!(error instanceof SimError && error.code === "bad_transition")) throw error;
    }
    return true;
  }

  /** The manifest of a member's run; null: it has been removed. */
  async #manifest({ run_id, key }: MemberLine): Promise<Manifest | null> {
    try {
      const manifest = await this.#app.status(run_id!);
      return key === undefined || manifest.content_key === key ? manifest : null;
    } catch (error) {
      if (error instanceof SimError && error.code === "unknown_run") return null;
      throw error;
    }
  }

  /** What is known of a member now. Rows that do not change any more are kept. */
  async #row(
    record: BatchRecord,
    member: BatchMember,
    line: MemberLine | undefined,
    rows: Map<number, BatchRow>,
  ): Promise<BatchRow> {
    const nothing = blank(record, member, line);
    if (!line) return nothing;
    if (line.run_id === null) return { ...nothing, status: "failed_to_start", error: line.error! };
    const manifest = await this.#manifest(line);
    if (manifest === null) {
      const gone = { code: "unknown_run", message: "its run has been removed" };
      return { ...nothing, status: "removed", error: gone };
    }
    const ended = isEnded(manifest.status);
    const result = ended ? await this.#app.result(line.run_id) : null;
    const row: BatchRow = {
      ...nothing,
      seed: manifest.seed,
      status: manifest.status,
      validity: manifest.validity.state,
      metrics: result === null ? {} : finalMetrics(result, record.spec.metrics),
      cost_usd: manifest.cost.usd,
      seconds: ended ? secondsOf(manifest) : null,
      turns: manifest.turn,
      ...(manifest.error && { error: { code: manifest.error.code, message: manifest.error.message } }),
    };
    if (ended) rows.set(member.n, row);
    return row;
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
    return this.#playing.has(id) || (host !== undefined && host !== this.#store.host && this.#store.isAlive(host));
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

/** Statuses of members that have no run. */
const ABSENT: readonly BatchRow["status"][] = ["failed_to_start", "removed"];

/** A member of which nothing is known but what the batch says itself. */
function blank(record: BatchRecord, { n, cell, seed, sample }: BatchMember, line: MemberLine | undefined): BatchRow {
  const { arm, params } = record.cells[cell]!;
  return {
    n,
    cell,
    arm,
    params,
    seed,
    sample,
    run_id: line?.run_id ?? null,
    status: "pending",
    validity: null,
    metrics: {},
    cost_usd: 0,
    seconds: null,
    turns: 0,
    reused: line?.reused ?? false,
  };
}

/** The next seeds after those that are taken, from 1. */
function nextSeeds(taken: readonly (number | null)[], count: number): number[] {
  if (!Number.isInteger(count) || count < 1 || count > 10_000) {
    throw new SimError("bad_seeds", `a batch cannot be extended by ${count} seeds`, {
      hint: "name 1 to 10,000, or the seeds themselves",
    });
  }
  const first = Math.max(0, ...taken.map((seed) => seed ?? 0)) + 1;
  return Array.from({ length: count }, (_, i) => first + i);
}

function secondsOf({ started_at, ended_at }: Manifest): number | null {
  return started_at === undefined || ended_at === undefined
    ? null
    : (Date.parse(ended_at) - Date.parse(started_at)) / 1000;
}

/** Somebody was quicker, or it has ended: then there is nothing to steer. */
function unlessSteered(error: unknown): void {
  if (!(error instanceof SimError)) throw error;
}

function elsewhere(id: string): SimError {
  return new SimError("owned_elsewhere", `batch '${id}' is played by another host`, { hint: "steer it there" });
}
