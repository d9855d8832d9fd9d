/**
 * An index over the manifests of an output folder, for listing thousands of runs without reading them all.
 *
 * Invariant: it can be deleted at any time; {@linkcode RunIndex.refresh} makes it agree with the folder again. Whoever
 * writes a manifest notes it here at once, so that a refresh need not look at every file.
 */

import { SimError } from "../../framework/mod.ts";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { removeIfThere } from "./durable.ts";
import { CLOCK_GRAIN, fileStamp } from "./file_stamp.ts";
import { decodeManifest, isLive, type Manifest } from "./manifest.ts";
import type { RunQuery, RunSort, RunTally } from "./pages.ts";
import { isRunId } from "./run_id.ts";
import { runRow } from "./run_row.ts";

const LAYOUT = 7;

/** Answers kept at most; then half of them go. */
const MAX_ANSWERS = 10_000;

/** Pages and counts kept ready at most, until a run changes: those who look at a list look again and again. */
const MAX_FOUND = 50;

/** Statements kept ready at most. */
const MAX_STATEMENTS = 50;

/** Manifests that are read within one transaction: meanwhile other hosts wait. */
const READ_AT_ONCE = 200;

/** Milliseconds after which all manifests are looked at again, because nobody has asked for so long. */
const IDLE = 5000;

/** Of the manifests that nobody should change, so many are looked at again, so often (ms). */
const SHARE = 100;
const SHARE_INTERVAL = 100;

/** Milliseconds after which runs are looked at again before they are counted. */
const COUNTED_ANEW = 60_000;

/** Milliseconds that noting a manifest may wait for another host; and that anything else may. */
const NOTE_PATIENCE = 50;
const PATIENCE = 5000;

/** What a query found. */
export interface Found {
  /** Texts of what was asked for. */
  readonly texts: readonly string[];
  readonly next_cursor: string | null;
}

/** The index of one output folder. */
export class RunIndex {
  readonly #folder: string;
  #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  /** Pages and counts found since the last change, by what was asked for. */
  readonly #found = new Map<string, Found | RunTally>();
  /** What SQLite says of changes by others, when these were found. */
  #foundAt: unknown;
  /** Stamps of the manifests by run id; null: nothing has been looked at yet. */
  #known: Map<string, string> | null = null;
  /** Runs whose manifest may change at any time, or was not there yet, or could not be noted. */
  readonly #watched = new Set<string>();
  readonly #broken = new Set<string>();
  /** When the output folder changed last, as seen. */
  #folderTime = NaN;
  #refreshedAt = -Infinity;
  #sharedAt = -Infinity;
  #share: Iterator<string> = [][Symbol.iterator]();

  /** Opens the index file, or keeps the index in memory where the folder cannot be written. */
  constructor(folder: string) {
    this.#folder = folder;
    this.#database = openDatabase(`${folder}/.index.sqlite`);
  }

  /** Whether it outlives this process. */
  get isKept(): boolean {
    return this.#database.location() !== null;
  }

  /**
   * Brings the index up to date: manifests are read only when their file changed. Runs that are being played, new ones
   * and removed ones are always right; a change from outside to another one is found within seconds. Returns the
   * unreadable ones.
   */
  refresh(): string[] {
    try {
      this.#refresh();
    } catch (error) {
      if ((error as { code?: unknown } | null)?.code !== "ERR_SQLITE_ERROR") throw error;
      // Damaged, on a full disk, or held by another process for too long: what it holds is in the manifests too.
      this.#statements.clear();
      this.#database.close();
      const path = `${this.#folder}/.index.sqlite`;
      this.#found.clear();
      this.#database = isCorrupt(error) ? openDatabase(path, { anew: true }) : prepared(":memory:");
      this.#known = null;
      this.#refresh();
    }
    return [...this.#broken].sort();
  }

  #refresh(): void {
    const now = performance.now();
    const isIdle = now - this.#refreshedAt > IDLE;
    this.#refreshedAt = now;
    if (this.#known === null || isIdle) return this.#readAll();
    this.#readFolder(this.#known);
    this.#look([...this.#watched]);
    if (now - this.#sharedAt < SHARE_INTERVAL) return;
    this.#sharedAt = now;
    const share = [];
    for (let next; share.length < SHARE && !(next = this.#share.next()).done;) share.push(next.value);
    if (share.length < SHARE) this.#share = this.#known.keys();
    this.#look(share);
  }

  #readAll(): void {
    const rows = this.#statement("select run_id, stamp, status from runs").all();
    this.#known = new Map(rows.map(({ run_id, stamp }) => [String(run_id), String(stamp)]));
    this.#watched.clear();
    this.#broken.clear();
    for (const { run_id, status } of rows) if (isLive(status as Manifest["status"])) this.#watched.add(String(run_id));
    this.#folderTime = NaN;
    this.#readFolder(this.#known);
    this.#look([...this.#known.keys(), ...this.#watched]);
    this.#share = this.#known.keys();
  }

  /** Finds what has come and gone. */
  #readFolder(known: Map<string, string>): void {
    const time = folderTime(this.#folder);
    if (time === this.#folderTime) return;
    this.#folderTime = Date.now() - time > CLOCK_GRAIN ? time : NaN;
    const there = new Set<string>();
    for (const { isDirectory, name } of readFolder(this.#folder)) {
      if (!isDirectory || !isRunId(name)) continue;
      there.add(name);
      if (!known.has(name)) this.#watched.add(name);
    }
    this.#forget([...known.keys(), ...this.#watched].filter((id) => !there.has(id)));
  }

  /** Looks at the manifests of these runs, and reads those that have changed. */
  #look(ids: readonly string[]): void {
    const changed: string[] = [];
    const gone: string[] = [];
    for (const id of ids) {
      const stamp = fileStamp(this.#path(id));
      if (stamp === null) gone.push(id);
      else if (stamp !== this.#known!.get(id)) changed.push(id);
    }
    // A folder without a manifest is a run that is being made, or a removal on its way.
    this.#forget(gone.filter((id) => this.#known!.has(id)));
    for (let i = 0; i < changed.length; i += READ_AT_ONCE) {
      const some = changed.slice(i, i + READ_AT_ONCE);
      this.#transaction(() => some.forEach((id) => this.#read(id)));
    }
  }

  /** Within a transaction, so that what another host has noted meanwhile is not replaced by something older. */
  #read(id: string): void {
    const stamp = fileStamp(this.#path(id));
    if (stamp === null) return;
    try {
      this.#put(stamp, decodeManifest(Deno.readTextFileSync(this.#path(id)), this.#path(id)));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return;
      if (!(error instanceof SimError)) throw error;
      this.#remove(id);
      this.#broken.add(id);
      // Whoever mends it is to be seen.
      this.#watched.add(id);
    }
  }

  /** Notes a manifest that has just been written, while its run is locked. */
  note(manifest: Manifest): void {
    if (this.#known === null) return;
    const { run_id } = manifest;
    const stamp = fileStamp(this.#path(run_id));
    try {
      this.#database.exec(`pragma busy_timeout = ${NOTE_PATIENCE}`);
      if (stamp !== null) this.#put(stamp, manifest);
    } catch {
      // The disk is full or busy: the next refresh looks at it.
      this.#known.delete(run_id);
      this.#watched.add(run_id);
    } finally {
      this.#database.exec(`pragma busy_timeout = ${PATIENCE}`);
    }
  }

  /** Notes that a run has been removed. */
  forget(id: string): void {
    if (this.#known === null) return;
    try {
      this.#remove(id);
    } catch {
      // The disk is full or busy: the next refresh does not find it in the folder.
      this.#folderTime = NaN;
    }
  }

  #put(stamp: string, manifest: Manifest): void {
    const { run_id, status, repo, created_at, scenario_path, batch_id, validity, labels, request, notebook } = manifest;
    const row = runRow(manifest);
    this.#found.clear();
    this.#statement(
      `insert or replace into runs (run_id, created_at, stamp, status, repo, scenario_path, name, batch, validity, labels,
       request, content_key, notebook, cell, row, manifest) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      run_id,
      created_at,
      stamp,
      status,
      repo,
      scenario_path ?? "",
      row.name,
      batch_id ?? null,
      validity.state,
      JSON.stringify(labels),
      request?.key ?? null,
      manifest.content_key,
      notebook?.path ?? null,
      notebook?.cell ?? null,
      JSON.stringify(row),
      JSON.stringify(manifest),
    );
    this.#known!.set(run_id, stamp);
    this.#broken.delete(run_id);
    if (isLive(status)) this.#watched.add(run_id);
    else this.#watched.delete(run_id);
  }

  #remove(id: string): void {
    this.#found.clear();
    this.#statement("delete from runs where run_id = ?").run(id);
    this.#known!.delete(id);
    this.#broken.delete(id);
    this.#watched.delete(id);
  }

  #forget(ids: readonly string[]): void {
    if (ids.length > 0) this.#transaction(() => ids.forEach((id) => this.#remove(id)));
  }

  #transaction(change: () => void): void {
    this.#database.exec("begin immediate");
    try {
      change();
      this.#database.exec("commit");
    } catch (error) {
      // SQLite has rolled back by itself after some errors.
      if (this.#database.isTransaction) this.#database.exec("rollback");
      // What was noted is not there.
      this.#known = null;
      throw error;
    }
  }

  /** `row` or `manifest` texts of the runs that match, newest first. @throws {SimError} `bad_cursor` */
  query(column: "row" | "manifest", query: RunQuery): Found {
    if (query.limit === undefined) return this.#query(column, query);
    return this.#kept(`${column} ${JSON.stringify(query)}`, () => this.#query(column, query));
  }

  /** What is found for a key, which tells all that it depends on but the runs themselves. */
  #kept<T extends Found | RunTally>(key: string, find: () => T): T {
    const version = this.#statement("pragma data_version").get()?.data_version;
    if (version !== this.#foundAt || this.#found.size >= MAX_FOUND) this.#found.clear();
    this.#foundAt = version;
    const kept = this.#found.get(key) as T | undefined;
    if (kept !== undefined) return kept;
    const found = find();
    this.#found.set(key, found);
    return found;
  }

  #query(column: "row" | "manifest", query: RunQuery): Found {
    const { sql, values } = filtered(query);
    const { limit, offset = 0 } = query;
    // One more than asked for tells whether there is another page.
    const rows = this.#statement(
      `select ${column} as text, created_at, run_id from runs ${sql} order by ${orderOf(query)} limit ? offset ?`,
    ).all(...values, limit === undefined ? -1 : limit + 1, offset);
    const isMore = limit !== undefined && rows.length > limit;
    const page = isMore ? rows.slice(0, limit) : rows;
    const last = page.at(-1);
    return {
      texts: page.map(({ text }) => String(text)),
      next_cursor: isMore && last && query.sort === undefined
        ? cursorOf(String(last.created_at), String(last.run_id))
        : null,
    };
  }

  /** How many runs match, by what they are. */
  tally({ cursor: _, ...query }: RunQuery): RunTally {
    return this.#kept(`tally ${JSON.stringify(query)}`, () => this.#tally(query));
  }

  #tally(query: RunQuery): RunTally {
    const { sql, values } = filtered(query);
    const rows = this.#statement(
      `select status, repo, validity, count(*) as runs from runs ${sql} group by status, repo, validity`,
    ).all(...values);
    const tally = { total: 0, status: {}, repo: {}, validity: {} };
    for (const row of rows) {
      const runs = Number(row.runs);
      tally.total += runs;
      for (const kind of ["status", "repo", "validity"] as const) {
        const counts: { [name: string]: number } = tally[kind];
        const name = String(row[kind]);
        counts[name] = (counts[name] ?? 0) + runs;
      }
    }
    return tally;
  }

  /** How many runs there are of each status. What nobody has noted here is counted within a minute. */
  counts(): { [status: string]: number } {
    if (this.#known === null || performance.now() - this.#refreshedAt > COUNTED_ANEW) this.refresh();
    const rows = this.#statement("select status, count(*) as runs from runs group by status").all();
    return Object.fromEntries(rows.map(({ status, runs }) => [String(status), Number(runs)]));
  }

  /** Manifests, as texts, of completed runs that are not void and have this content key, the newest first. */
  completedWith(contentKey: string): string[] {
    return this.#statement(
      `select manifest from runs where content_key = ? and status = 'completed' and validity <> 'void'
       order by created_at desc`,
    ).all(contentKey).map(({ manifest }) => String(manifest));
  }

  /** The manifest, as text, of the run that was started for a request. */
  requested(key: string): string | null {
    const row = this.#statement("select manifest from runs where request = ?").get(key);
    return row ? String(row.manifest) : null;
  }

  /** What was remembered under `key`, or null. */
  recall(key: string): string | null {
    const row = this.#statement("select answer from answers where key = ?").get(key);
    return row ? String(row.answer) : null;
  }

  /** Keeps an answer that could be computed again; it may be gone the next time. */
  remember(key: string, answer: string): void {
    try {
      this.#statement("insert or replace into answers (key, answer) values (?, ?)").run(key, answer);
      this.#statement(
        "delete from answers where (select count(*) from answers) > ? and key in (select key from answers limit ?)",
      ).run(MAX_ANSWERS, MAX_ANSWERS / 2);
    } catch {
      // The disk is full or busy: what is not kept is computed again.
    }
  }

  /** Closes the file. */
  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      if (this.#statements.size >= MAX_STATEMENTS) this.#statements.clear();
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #path(id: string): string {
    return `${this.#folder}/${id}/manifest.json`;
  }
}

/** The conditions of a query as SQL. */
function filtered(query: RunQuery): { readonly sql: string; readonly values: (string | number)[] } {
  const conditions: string[] = [];
  const values: (string | number)[] = [];
  const where = (condition: string, ...given: (string | number)[]) => {
    conditions.push(condition);
    values.push(...given);
  };
  const statuses = query.status === undefined ? [] : [query.status].flat();
  if (query.status !== undefined) where(`status in (${statuses.map(() => "?").join(", ")})`, ...statuses);
  if (query.repo !== undefined) where("repo = ?", query.repo);
  if (query.batch !== undefined) where("batch = ?", query.batch);
  if (query.validity !== undefined) where("validity = ?", query.validity);
  if (query.since !== undefined) where("created_at >= ?", query.since);
  if (query.contentKey !== undefined) where("content_key = ?", query.contentKey);
  if (query.notebook !== undefined) where("notebook = ?", query.notebook.path);
  if (query.notebook?.cell !== undefined) where("cell = ?", query.notebook.cell);
  if (query.scenario !== undefined) {
    const end = `/${query.scenario}`;
    where("(scenario_path = ? or substr(scenario_path, -length(?)) = ?)", query.scenario, end, end);
  }
  if (query.text !== undefined) {
    const { text } = query;
    where("(instr(run_id, ?) > 0 or instr(name, ?) > 0 or instr(scenario_path, ?) > 0)", text, text, text);
  }
  if (query.label !== undefined) {
    const [key, ...value] = query.label.split("=");
    const stored = "(select value from json_each(labels) where key = ?)";
    if (value.length === 0) where(`${stored} is not null`, key!);
    else where(`${stored} = ?`, key!, value.join("="));
  }
  if (query.cursor !== undefined) where("(created_at, run_id) < (?, ?)", ...placeOf(query.cursor));
  return { sql: conditions.length === 0 ? "" : `where ${conditions.join(" and ")}`, values };
}

/** What each order compares; in `row` are the figures of a run that change while it is played. */
const ORDERS: { readonly [by in RunSort["by"]]: string } = {
  created: "created_at",
  name: "name",
  scenario: "scenario_path",
  repo: "repo",
  status: "status",
  validity: "validity",
  turn: "row ->> '$.current_turn'",
  progress: "cast(row ->> '$.current_turn' as real) / max(row ->> '$.max_turns', 1)",
  seconds: "julianday(row ->> '$.ended_at') - julianday(row ->> '$.started_at')",
  cost: "row ->> '$.cost_usd'",
  id: "run_id",
  seed: "row ->> '$.seed'",
  labels: "nullif(labels, '{}')",
  batch: "batch",
  parent: "row ->> '$.parent.run_id'",
};

function orderOf({ sort }: RunQuery): string {
  const newest = "created_at desc, run_id desc";
  if (sort === undefined) return newest;
  const { by, descending = false, grouped = false } = sort;
  if (by === "created" && !descending && !grouped) return "created_at, run_id";
  return `${grouped ? "repo, " : ""}${ORDERS[by]} ${descending ? "desc nulls last" : "nulls last"}, ${newest}`;
}

/** Where a page ends: readers take it for an opaque text. */
function cursorOf(created_at: string, run_id: string): string {
  return new TextEncoder().encode(`${created_at} ${run_id}`).toBase64({ alphabet: "base64url", omitPadding: true });
}

/** @throws {SimError} `bad_cursor` */
function placeOf(cursor: string): [created_at: string, run_id: string] {
  try {
    const text = new TextDecoder().decode(Uint8Array.fromBase64(cursor, { alphabet: "base64url" }));
    const [created_at, run_id, ...more] = text.split(" ");
    if (more.length === 0 && run_id && isRunId(run_id) && !Number.isNaN(Date.parse(created_at!))) {
      return [created_at!, run_id];
    }
  } catch {
    // No base64: nothing that was ever given out.
  }
  throw new SimError("bad_cursor", `'${cursor.slice(0, 100)}' is no cursor`, {
    hint: "take next_cursor of the page before, or leave it out for the first page",
  });
}

function openDatabase(path: string, options: { readonly anew?: boolean } = {}): DatabaseSync {
  try {
    if (options.anew) { for (const suffix of ["", "-wal", "-shm"]) removeIfThere(path + suffix); }
    return prepared(path);
  } catch (error) {
    return isCorrupt(error) && !options.anew ? openDatabase(path, { anew: true }) : prepared(":memory:");
  }
}

function prepared(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    database.exec(`pragma busy_timeout = ${PATIENCE}; pragma journal_mode = wal; pragma synchronous = off;`);
    const layout = Number(database.prepare("pragma user_version").get()?.user_version);
    if (layout !== LAYOUT) {
      database.exec(`
        drop table if exists runs;
        drop table if exists answers;
        create table answers (key text primary key, answer text not null) without rowid;
        create table runs (
          run_id text primary key, created_at text not null, stamp text not null, status text not null,
          repo text not null, scenario_path text not null, name text not null, batch text, validity text not null,
          labels text not null, request text, content_key text not null, notebook text, cell text, row text not null,
          manifest text not null
        );
        create index runs_by_age on runs (created_at desc, run_id desc, name, scenario_path, labels);
        create index runs_by_status on runs (status, created_at desc, run_id desc);
        create index runs_by_repo on runs (repo, created_at desc, run_id desc);
        create index runs_by_batch on runs (batch, created_at desc, run_id desc) where batch is not null;
        create index runs_by_content on runs (content_key, created_at desc, run_id desc);
        create index runs_by_notebook on runs (notebook, cell, created_at desc, run_id desc) where notebook is not null;
        create index runs_by_request on runs (request) where request is not null;
        pragma user_version = ${LAYOUT};
      `);
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function isCorrupt(error: unknown): boolean {
  return error instanceof Error && /malformed|not a database/i.test(error.message);
}

function readFolder(folder: string): Iterable<Deno.DirEntry> {
  try {
    return [...Deno.readDirSync(folder)];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function folderTime(folder: string): number {
  try {
    return Deno.statSync(folder).mtime?.getTime() ?? NaN;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return NaN;
    throw error;
  }
}
