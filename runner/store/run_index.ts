/**
 * An index over the manifests of an output folder, for listing thousands of runs without reading them all.
 *
 * Invariant: it can be deleted at any time; {@linkcode RunIndex.refresh} makes it agree with the folder again.
 */

import { SimError } from "../../framework/mod.ts";
import { DatabaseSync } from "node:sqlite";
import { removeIfThere } from "./durable.ts";
import { decodeManifest, type Manifest } from "./manifest.ts";
import { isRunId } from "./run_id.ts";
import type { RunQuery } from "./store.ts";

const LAYOUT = 2;

/** Answers kept at most; then half of them go. */
const MAX_ANSWERS = 10_000;

/** The index of one output folder. */
export class RunIndex {
  readonly #folder: string;
  #database: DatabaseSync;

  /** Opens the index file, or keeps the index in memory where the folder cannot be written. */
  constructor(folder: string) {
    this.#folder = folder;
    this.#database = openDatabase(`${folder}/.index.sqlite`);
  }

  /** Whether it outlives this process. */
  get isKept(): boolean {
    return this.#database.location() !== null;
  }

  /** Brings the index up to date: manifests are read only when their file changed. Returns the unreadable ones. */
  refresh(): string[] {
    try {
      return this.#refresh();
    } catch (error) {
      if ((error as { code?: unknown } | null)?.code !== "ERR_SQLITE_ERROR") throw error;
      // Damaged, on a full disk, or held by another process for too long: what it holds is in the manifests too.
      this.#database.close();
      const path = `${this.#folder}/.index.sqlite`;
      this.#database = isCorrupt(error) ? openDatabase(path, { anew: true }) : prepared(":memory:");
      return this.#refresh();
    }
  }

  #refresh(): string[] {
    const known = new Map(
      this.#database.prepare("select run_id, stamp from runs").all().map((
        row,
      ) => [String(row.run_id), String(row.stamp)]),
    );
    const broken: string[] = [];
    const upsert = this.#database.prepare(
      `insert or replace into runs (run_id, stamp, status, repo, created_at, scenario_path, manifest)
       values (?, ?, ?, ?, ?, ?, ?)`,
    );
    const forget = this.#database.prepare("delete from runs where run_id = ?");
    this.#database.exec("begin immediate");
    try {
      for (const entry of readFolder(this.#folder)) {
        if (!entry.isDirectory || !isRunId(entry.name)) continue;
        const path = `${this.#folder}/${entry.name}/manifest.json`;
        const stamp = stampOf(path);
        if (stamp === null) continue;
        const before = known.get(entry.name);
        known.delete(entry.name);
        if (before === stamp) continue;
        try {
          const manifest = decodeManifest(Deno.readTextFileSync(path), path);
          upsert.run(
            entry.name,
            stamp,
            manifest.status,
            manifest.repo,
            manifest.created_at,
            manifest.scenario_path ?? "",
            JSON.stringify(manifest),
          );
        } catch (error) {
          if (error instanceof Deno.errors.NotFound) continue;
          if (!(error instanceof SimError)) throw error;
          broken.push(entry.name);
          forget.run(entry.name);
        }
      }
      for (const gone of known.keys()) forget.run(gone);
      this.#database.exec("commit");
    } catch (error) {
      // SQLite has rolled back by itself after some errors.
      if (this.#database.isTransaction) this.#database.exec("rollback");
      throw error;
    }
    return broken;
  }

  /** Manifests that match, newest first. */
  query(query: RunQuery): Manifest[] {
    const conditions: string[] = [];
    const values: (string | number)[] = [];
    const where = (condition: string, ...given: (string | number)[]) => {
      conditions.push(condition);
      values.push(...given);
    };
    if (query.status !== undefined) where("status = ?", query.status);
    if (query.repo !== undefined) where("repo = ?", query.repo);
    if (query.since !== undefined) where("created_at >= ?", query.since);
    if (query.text !== undefined) {
      where("(instr(run_id, ?) > 0 or instr(scenario_path, ?) > 0)", query.text, query.text);
    }
    if (query.label !== undefined) {
      const [key, ...value] = query.label.split("=");
      const stored = "(select value from json_each(manifest, '$.labels') where key = ?)";
      if (value.length === 0) where(`${stored} is not null`, key!);
      else where(`${stored} = ?`, key!, value.join("="));
    }
    const filter = conditions.length === 0 ? "" : `where ${conditions.join(" and ")}`;
    const rows = this.#database
      .prepare(`select manifest from runs ${filter} order by created_at desc, run_id desc limit ?`)
      .all(...values, query.limit ?? -1);
    return rows.map((row) => JSON.parse(String(row.manifest)) as Manifest);
  }

  /** What was remembered under `key`, or null. */
  recall(key: string): string | null {
    const row = this.#database.prepare("select answer from answers where key = ?").get(key);
    return row ? String(row.answer) : null;
  }

  /** Keeps an answer that could be computed again; it may be gone the next time. */
  remember(key: string, answer: string): void {
    try {
      this.#database.prepare("insert or replace into answers (key, answer) values (?, ?)").run(key, answer);
      this.#database.prepare(
        "delete from answers where (select count(*) from answers) > ? and key in (select key from answers limit ?)",
      ).run(MAX_ANSWERS, MAX_ANSWERS / 2);
    } catch {
      // The disk is full or busy: what is not kept is computed again.
    }
  }

  /** Closes the file. */
  close(): void {
    this.#database.close();
  }
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
    database.exec("pragma busy_timeout = 5000; pragma journal_mode = wal; pragma synchronous = off;");
    const layout = Number(database.prepare("pragma user_version").get()?.user_version);
    if (layout !== LAYOUT) {
      database.exec(`
        drop table if exists runs;
        drop table if exists answers;
        create table answers (key text primary key, answer text not null) without rowid;
        create table runs (
          run_id text primary key, stamp text not null, status text not null, repo text not null,
          created_at text not null, scenario_path text not null, manifest text not null
        ) without rowid;
        create index runs_by_age on runs (created_at desc, run_id desc);
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

/** Changes with every replacement of the file: it is renamed into place, so its inode is another. */
function stampOf(path: string): string | null {
  try {
    const info = Deno.statSync(path);
    return `${info.mtime?.getTime()}:${info.size}:${info.ino}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return null;
    throw error;
  }
}
