/**
 * `.batches/<id>/`: what a batch is (`batch.json`), what its cells resolve to (`cells.jsonl`), which of its runs are which
 * (`members.jsonl`), and what it was asked for by, if that had a name (`request.json`). Whoever plays or changes it holds
 * an exclusive lock on `.lock`, which the system releases when the process is gone.
 */

import { type Json, SimError } from "../../framework/mod.ts";
import { removeIfThere, removeTree, syncFolder, writeDurably } from "./durable.ts";
import { isLocked } from "./hosts.ts";
import { appendLine, readRows } from "./lines.ts";
import type { Manifest } from "./manifest.ts";

/** Folder of the batches, below the output folder. */
const BATCHES = ".batches";

/** Milliseconds after which no batch can come to have the id of one that has been removed. */
const MET_AGAIN = 60_000;

/** A run of a batch that has been found or made. */
export interface MemberLine {
  /** Position in the batch. */
  readonly n: number;
  /** Null: it could not be started. */
  readonly run_id: string | null;
  /** Whether it was there before: another batch, or somebody, had it played. */
  readonly reused: boolean;
  /** Content key of the run: once it is removed, another may come to have its id. */
  readonly key?: string;
  /** Why it could not be started. */
  readonly error?: { readonly code: string; readonly message: string };
}

/** What a cell resolves to. */
export interface CellLine {
  /** Position of the cell. */
  readonly cell: number;
  /** SHA-256 of its configuration, apart from seed and code. */
  readonly scenario: string;
  /** What it is played with. */
  readonly code: NonNullable<Manifest["code"]>;
}

type Request = NonNullable<Manifest["request"]>;

/** The files of batches. */
export class BatchFiles {
  readonly #root: string;

  /** @param output the output folder */
  constructor(output: string) {
    this.#root = `${output}/${BATCHES}`;
  }

  /**
   * Reserves an id that begins with `name` and writes the batch.
   * @param cells what is known of what its cells resolve to
   * @param request what it is made for: {@linkcode requested} finds it by that
   */
  create(
    name: string,
    at: Date,
    batch: (id: string) => Json,
    cells: readonly CellLine[] = [],
    request?: Request,
  ): string {
    const stamp = at.toISOString().replaceAll(/[-:]/g, "").replace("T", "_").slice(0, 15);
    const stem = `${name.replaceAll(/[^A-Za-z0-9._-]/g, "_").replace(/^\.+/, "_") || "batch"}_${stamp}`;
    Deno.mkdirSync(this.#root, { recursive: true });
    this.#sweep();
    for (let i = 1; i <= 999; i++) {
      const id = `${stem}_${String(i).padStart(2, "0")}`;
      try {
        Deno.mkdirSync(`${this.#root}/${id}`);
      } catch (error) {
        if (error instanceof Deno.errors.AlreadyExists) continue;
        throw error;
      }
      // Now, for on a disk that is full it could not be made, and the batch not be removed.
      Deno.writeTextFileSync(`${this.#root}/${id}/.lock`, "");
      if (cells.length > 0) {
        writeDurably(`${this.#root}/${id}/cells.jsonl`, cells.map((cell) => JSON.stringify(cell) + "\n").join(""));
      }
      // First: a batch that is there must be found by its name.
      if (request) writeDurably(`${this.#root}/${id}/request.json`, JSON.stringify(request) + "\n");
      this.write(id, batch(id));
      syncFolder(this.#root);
      return id;
    }
    throw new SimError("too_many_batches", `999 batches named '${name}' were made within one second`);
  }

  /** Replaces what a batch is. */
  write(id: string, batch: Json): void {
    writeDurably(`${this.#folder(id)}/batch.json`, JSON.stringify(batch) + "\n");
  }

  /** What a batch is. @throws {SimError} `unknown_batch`, `bad_batch` */
  read(id: string): Json {
    let text: string;
    try {
      text = Deno.readTextFileSync(`${this.#folder(id)}/batch.json`);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      throw new SimError("unknown_batch", `there is no batch '${id}'`, {
        hint: "deno task batches list shows what there is",
      });
    }
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new SimError("bad_batch", `batch.json of '${id}' is not JSON`, { cause });
    }
  }

  /** The newest batch that was made for the request of this key. */
  requested(key: string): { readonly id: string; readonly request: Request } | null {
    for (const id of this.ids()) {
      const request = this.#request(id);
      if (request?.key === key) return { id, request };
    }
    return null;
  }

  #request(id: string): Request | null {
    try {
      return JSON.parse(Deno.readTextFileSync(`${this.#folder(id)}/request.json`));
    } catch (error) {
      // It was asked for without a name, or its making was cut short.
      if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return null;
      throw error;
    }
  }

  /** Ids of all batches, newest first. */
  ids(): string[] {
    try {
      // What was cut short while it was made is no batch.
      const names = [...Deno.readDirSync(this.#root)].map(({ name }) => name)
        .filter((name) => exists(`${this.#root}/${name}/batch.json`));
      const stamp = (name: string) => name.slice(-18);
      return names.sort((a, b) => stamp(a) < stamp(b) ? 1 : stamp(a) > stamp(b) ? -1 : a < b ? -1 : 1);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw error;
    }
  }

  /** Notes which run a member is. */
  appendMember(id: string, member: MemberLine): void {
    appendLine(`${this.#folder(id)}/members.jsonl`, JSON.stringify(member));
  }

  /** The members that are known; of several lines for one the last counts. */
  async members(id: string): Promise<Map<number, MemberLine>> {
    const members = new Map<number, MemberLine>();
    for await (const row of readRows(`${this.#folder(id)}/members.jsonl`)) {
      const member = row as unknown as MemberLine;
      members.set(member.n, member);
    }
    return members;
  }

  /** Notes what a cell resolves to. */
  appendCell(id: string, cell: CellLine): void {
    appendLine(`${this.#folder(id)}/cells.jsonl`, JSON.stringify(cell));
  }

  /** What is known of what cells resolve to. */
  async cells(id: string): Promise<Map<number, CellLine>> {
    const cells = new Map<number, CellLine>();
    for await (const row of readRows(`${this.#folder(id)}/cells.jsonl`)) {
      const line = row as unknown as CellLine;
      cells.set(line.cell, line);
    }
    return cells;
  }

  /** Takes a batch into one's own hands until the result is closed; null: somebody has it. */
  lock(id: string): Deno.FsFile | null {
    const file = Deno.openSync(`${this.#folder(id)}/.lock`, { read: true, write: true, create: true });
    if (file.tryLockSync(true)) return file;
    file.close();
    return null;
  }

  /** Whether somebody has a batch in hands. */
  isLocked(id: string): boolean {
    return isLocked(`${this.#folder(id)}/.lock`);
  }

  /** Forgets a batch; its runs stay. For a while its folder does, too: no other batch may come to have its id. */
  remove(id: string): void {
    const folder = this.#folder(id);
    // First: without it there is no batch, whatever else is cut short.
    removeIfThere(`${folder}/batch.json`);
    for (const { name } of [...Deno.readDirSync(folder)]) removeTree(`${folder}/${name}`);
  }

  /** Removes what is left of batches that were removed, or cut short while they were made. */
  #sweep(): void {
    for (const { name } of [...Deno.readDirSync(this.#root)]) {
      const folder = `${this.#root}/${name}`;
      if (exists(`${folder}/batch.json`)) continue;
      if (Date.now() - changedAt(folder) > MET_AGAIN) removeTree(folder);
    }
  }

  #folder(id: string): string {
    if (!/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/.test(id)) {
      throw new SimError("unknown_batch", `there is no batch '${id.slice(0, 100)}'`);
    }
    return `${this.#root}/${id}`;
  }
}

/** When something in a folder was made or removed; now, where it has just been removed itself. */
function changedAt(folder: string): number {
  try {
    return Deno.statSync(folder).mtime?.getTime() ?? Date.now();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return Date.now();
    throw error;
  }
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return false;
    throw error;
  }
}
