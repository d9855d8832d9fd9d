/** The run tree, as the process of a query sees it: its working folder is the output folder, all paths are below it. */

import type { Json } from "../../framework/mod.ts";
import { isRunId } from "../store/run_id.ts";

/** A value of an answer in JSON, by name. */
export type Fields = { readonly [name: string]: Json };

/** Bytes of a log that are looked at for its first row; a longer row is read with the whole file. One for all files. */
const FIRST_BYTES = new Uint8Array(64 * 1024);

/** Run folders, listed once. */
export class RunTree {
  readonly #only: readonly string[] | null;
  #runs: readonly string[] | undefined;

  /** @param only ids of the only runs that matter; null: all do. Where there are none of them, all do, so that there are columns */
  constructor(only: readonly string[] | null = null) {
    this.#only = only;
  }

  /** Ids of all runs: folders with a manifest. */
  get runs(): readonly string[] {
    if (this.#runs === undefined) {
      const some = existing(this.#only ?? []);
      this.#runs = some.length > 0 ? some : existing(entries("."));
    }
    return this.#runs;
  }

  /** Paths of a log, of the runs that have one. */
  logs(file: string): string[] {
    return this.runs.map((run) => `${run}/${file}`).filter(isFile);
  }

  /** Manifests, but for those that nobody can read. */
  manifests(): Fields[] {
    return this.runs.map((run) => readObject(`${run}/manifest.json`)).filter((manifest) => manifest !== null);
  }

  /** Ids of all batches. */
  batches(): string[] {
    return entries(".batches").filter((name) => isRunId(name) && isFile(`.batches/${name}/batch.json`)).sort();
  }

  /** Whether there is a run of this id. */
  static has(run: string): boolean {
    return existing([run]).length > 0;
  }

  /** Runs of a batch: one row each, of its place in the batch. */
  batch(id: string): { readonly params: readonly string[]; readonly rows: Fields[] } {
    const { cells = [] } = (readObject(`.batches/${id}/batch.json`) ?? {}) as unknown as Batch;
    const members = new Map<number, string>();
    for (const line of (readText(`.batches/${id}/members.jsonl`) ?? "").split("\n")) {
      const member = parsed(line) as { readonly n: number; readonly run_id: string | null } | null;
      // Of several lines for one member the last counts.
      if (member !== null && member.run_id !== null) members.set(member.n, member.run_id);
    }
    const rows = [...members].sort(([a], [b]) => a - b).map(([n, run_id]) => {
      // Cells change fastest: a batch that is extended grows in all of them.
      const { index = 0, arm = null, params = {} } = cells[n % cells.length] ?? {};
      return { run_id, n, cell: index, arm, params };
    });
    return { params: [...new Set(cells.flatMap(({ params }) => Object.keys(params)))], rows };
  }
}

/** What is read of `batch.json`. */
interface Batch {
  readonly cells?: readonly { readonly index: number; readonly arm: string | null; readonly params: Fields }[];
}

/** The first row of a log; null when there is no whole one. */
export function firstRow(path: string): Fields | null {
  try {
    using file = Deno.openSync(path);
    const bytes = FIRST_BYTES.subarray(0, file.readSync(FIRST_BYTES) ?? 0);
    const end = bytes.indexOf(10);
    if (end >= 0) return parsed(new TextDecoder().decode(bytes.subarray(0, end)));
    return bytes.length < FIRST_BYTES.length ? null : parsed(Deno.readTextFileSync(path).split("\n", 1)[0]!);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

function existing(runs: readonly string[]): string[] {
  return [...new Set(runs)].filter((name) => isRunId(name) && isFile(`${name}/manifest.json`)).sort();
}

function entries(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function isFile(path: string): boolean {
  try {
    // A link may lead anywhere.
    return Deno.lstatSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return false;
    throw error;
  }
}

function readText(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

function readObject(path: string): Fields | null {
  return parsed(readText(path) ?? "");
}

function parsed(text: string): Fields | null {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    // Half written, or nothing of ours.
    return null;
  }
}
