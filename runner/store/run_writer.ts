/**
 * The one writer of a run's logs and checkpoints, used by the trusted main thread of the sandbox process.
 *
 * Invariants: `.lock` is held exclusively as long as the writer lives; a checkpoint names only log bytes and columns that
 * are on disk; a log holds whole blocks only; after {@linkcode RunWriter.open} the logs and `files/` are exactly as the
 * checkpoint it returns says.
 */

import { composeCheckpoint, decodeCheckpoint, sha256, SimError } from "../../framework/keeping.ts";
import type {
  CheckpointPopulations,
  EncodedPopulation,
  LoopState,
  Memories,
  RunStats,
  StateJson,
} from "../../framework/mod.ts";
import type { BlockMessage, CheckpointRequest } from "../../framework/worker/mod.ts";
import { Blobs } from "./blobs.ts";
import { asDiskError } from "./disk_error.ts";
import { removeIfThere, syncFolder, writeDurably } from "./durable.ts";
import { FilesFolder, type FilesSnapshot } from "./files_folder.ts";

/** The logs that checkpoints know the length of. */
export const LOGS = ["events.jsonl", "global.jsonl", "agents.jsonl"] as const;
type LogName = typeof LOGS[number];

/** Where a run continues. */
export interface ResumeFrom {
  readonly turn: number;
  readonly state: StateJson;
  readonly agent_order: readonly string[];
  readonly next_event_id: number;
  readonly stats: RunStats;
  readonly loop: LoopState;
  readonly memories: Memories;
  readonly populations: readonly EncodedPopulation[];
}

/** What every checkpoint of a run repeats. */
export interface RunIdentity {
  readonly run_id: string;
  readonly schema_hash: string;
}

/** What of a checkpoint tells whether a run can continue there. */
interface Listed {
  readonly turn: number;
  readonly log_lengths: { readonly [name: string]: number };
  readonly files: FilesSnapshot;
  readonly columns: CheckpointPopulations;
}

/** What is in a checkpoint's own file. */
type StoredCheckpoint = Listed & Omit<ResumeFrom, "populations">;

/** Appends blocks and saves checkpoints. */
export class RunWriter {
  readonly #folder: string;
  readonly #identity: RunIdentity;
  readonly #lock: Deno.FsFile;
  readonly #logs: Record<LogName, Deno.FsFile>;
  readonly #lengths: Record<LogName, number>;
  readonly #files: FilesFolder;
  readonly #blobs: Blobs;
  #nextEventId: number;
  /** Bytes of the numbered checkpoints, and of `last.json` where it is not one of them. */
  #numberedBytes: number;
  #lastBytes: number;

  private constructor(
    folder: string,
    identity: RunIdentity,
    lock: Deno.FsFile,
    logs: Record<LogName, Deno.FsFile>,
    lengths: Record<LogName, number>,
    files: FilesFolder,
    blobs: Blobs,
    nextEventId: number,
  ) {
    this.#folder = folder;
    this.#identity = identity;
    this.#lock = lock;
    this.#logs = logs;
    this.#lengths = lengths;
    this.#files = files;
    this.#blobs = blobs;
    this.#nextEventId = nextEventId;
    const turns = numberedTurns(folder);
    const newest = turns.at(-1);
    const last = `${folder}/checkpoints/last.json`;
    this.#numberedBytes = turns.reduce((sum, turn) => sum + sizeOf(`${folder}/checkpoints/turn_${turn}.json`), 0);
    this.#lastBytes = newest !== undefined && readCheckpoint(last)?.turn === newest ? 0 : sizeOf(last);
  }

  /**
   * Takes the lock and brings the folder to its newest usable checkpoint: later log lines, checkpoints and files are
   * removed. `from` is null when there is none, and the run starts anew.
   *
   * @param patience milliseconds to wait, holding this thread, for a process whose host has died to see it and leave
   * @throws {SimError} `locked` when another process plays this run; `disk_full`, `output_error`
   */
  static open(folder: string, identity: RunIdentity, patience = 0): { writer: RunWriter; from: ResumeFrom | null } {
    return writing(() => RunWriter.#open(folder, identity, patience));
  }

  static #open(
    folder: string,
    identity: RunIdentity,
    patience: number,
  ): { writer: RunWriter; from: ResumeFrom | null } {
    const lock = Deno.openSync(`${folder}/.lock`, { read: true, write: true, create: true });
    if (!takenInTime(lock, patience)) {
      lock.close();
      throw new SimError("locked", `run '${identity.run_id}' is being played by another process`);
    }
    const logs = {} as Record<LogName, Deno.FsFile>;
    try {
      return RunWriter.#restored(folder, identity, lock, logs);
    } catch (error) {
      for (const log of Object.values(logs)) log.close();
      lock.close();
      throw error;
    }
  }

  static #restored(
    folder: string,
    identity: RunIdentity,
    lock: Deno.FsFile,
    logs: Record<LogName, Deno.FsFile>,
  ): { writer: RunWriter; from: ResumeFrom | null } {
    Deno.mkdirSync(`${folder}/checkpoints`, { recursive: true });
    const blobs = new Blobs(`${folder}/checkpoints`);
    const files = new FilesFolder(`${folder}/files`, blobs);
    const numbered = readable(folder);
    const stored = newestUsable(folder, files, blobs, numbered);
    removeLater(folder, stored?.turn ?? -1);
    files.restore(stored?.files ?? {});
    const lengths = {} as Record<LogName, number>;
    for (const name of LOGS) {
      lengths[name] = stored?.log_lengths[name] ?? 0;
      logs[name] = Deno.openSync(`${folder}/${name}`, { write: true, create: true });
      logs[name].truncateSync(lengths[name]);
      logs[name].seekSync(0, Deno.SeekMode.End);
    }
    const last = readCheckpoint(`${folder}/checkpoints/last.json`);
    blobs.retain({
      last: last ? neededBy(last) : [],
      numbered: numbered.filter(({ turn }) => stored && turn <= stored.turn).flatMap(neededBy),
    });
    const writer = new RunWriter(folder, identity, lock, logs, lengths, files, blobs, stored?.next_event_id ?? 1);
    return { writer, from: stored };
  }

  /**
   * Brings the folder of a run whose process was killed to its newest usable checkpoint, and returns its turn.
   * @throws {SimError} as {@linkcode RunWriter.open}
   */
  static settle(folder: string, run_id: string): number {
    // Nothing is saved here, so that the definitions need not be known.
    const { writer, from } = RunWriter.open(folder, { run_id, schema_hash: "" });
    writer.close();
    return from?.turn ?? 0;
  }

  /** Id of the next event. */
  get nextEventId(): number {
    return this.#nextEventId;
  }

  /** Bytes in the logs, the checkpoints with what they name, and `files/`. */
  size(): number {
    const logs = LOGS.reduce((sum, name) => sum + this.#lengths[name], 0);
    return logs + this.#numberedBytes + this.#lastBytes + this.#files.size() + this.#blobs.size();
  }

  /**
   * Appends a block.
   * @throws {SimError} `bad_block` when its events are not numbered on from the last one, line by line; `disk_full`,
   * `output_error`
   */
  append(block: BlockMessage): void {
    checkNumbering(block, this.#nextEventId);
    writing(() => {
      this.#append("events.jsonl", block.events);
      this.#append("global.jsonl", block.global);
      this.#append("agents.jsonl", block.agents);
    });
    this.#nextEventId += block.event_count;
  }

  /**
   * Saves a state; when this returns, it and everything before it is on disk.
   * @throws {SimError} `disk_full`, `output_error`
   */
  save(turn: number, request: CheckpointRequest): void {
    writing(() => this.#save(turn, request));
  }

  #save(turn: number, request: CheckpointRequest): void {
    for (const name of LOGS) this.#logs[name].syncDataSync();
    const files = this.#files.snapshot();
    const columns = this.#keepColumns(request.populations);
    const text = composeCheckpoint({
      metadata: {
        run_id: this.#identity.run_id,
        turn,
        timestamp: new Date().toISOString(),
        schema_hash: this.#identity.schema_hash,
        format: 2,
        log_lengths: { ...this.#lengths },
        next_event_id: this.#nextEventId,
        stats: { ...request.stats },
      },
      state: new TextDecoder().decode(request.state),
      agent_order: request.agent_order,
      memory: request.memory,
      files,
      populations: columns,
      ...(request.loop && { loop: request.loop }),
    });
    const folder = `${this.#folder}/checkpoints`;
    const bytes = new TextEncoder().encode(text);
    const last = `${folder}/last.json`;
    if (request.numbered) {
      const name = `${folder}/turn_${turn}.json`;
      this.#numberedBytes += bytes.length - sizeOf(name);
      // First: a run that is killed between the two goes on from here, and would not write it again.
      writeDurably(name, bytes);
      linkOrCopy(name, last, bytes);
    } else {
      writeDurably(last, bytes);
    }
    this.#lastBytes = request.numbered ? 0 : bytes.length;
    syncFolder(folder);
    this.#blobs.saved(neededBy({ files, columns }), request.numbered);
  }

  /** Columns are on disk before the checkpoint that names them. */
  #keepColumns(populations: readonly EncodedPopulation[]): CheckpointPopulations {
    return Object.fromEntries(populations.map(({ name, rows, next_id, columns, bytes }) => {
      const hash = sha256(bytes);
      this.#blobs.keep(hash, bytes);
      return [name, { rows, next_id, columns, file: `${hash}.bin` }];
    }));
  }

  /** Closes the files and releases the lock. */
  close(): void {
    for (const name of LOGS) this.#logs[name].close();
    this.#lock.close();
  }

  #append(name: LogName, bytes: Uint8Array): void {
    for (let written = 0; written < bytes.length;) written += this.#logs[name].writeSync(bytes.subarray(written));
    this.#lengths[name] += bytes.length;
  }
}

/** Takes the lock, if need be after a while. */
function takenInTime(lock: Deno.FsFile, patience: number): boolean {
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  for (const giveUp = performance.now() + patience; !lock.tryLockSync(true);) {
    if (performance.now() > giveUp) return false;
    Atomics.wait(nobody, 0, 0, 20);
  }
  return true;
}

/** What goes wrong with the disk meanwhile is told as such. */
function writing<T>(write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw asDiskError(error);
  }
}

/** Every line begins with the next id, so that a stream without gaps needs no trust in whoever encoded it. */
function checkNumbering(block: BlockMessage, next: number): void {
  const bytes = block.events;
  let at = 0;
  let id = next;
  while (at < bytes.length) {
    const start = `{"id":${id},`;
    for (let i = 0; i < start.length; i++) {
      if (bytes[at + i] !== start.charCodeAt(i)) {
        throw new SimError("bad_block", `the sandbox sent an event that is not number ${id}`);
      }
    }
    const end = bytes.indexOf(10, at);
    if (end < 0) throw new SimError("bad_block", `the sandbox sent event ${id} without its end`);
    at = end + 1;
    id++;
  }
  if (id - next !== block.event_count) {
    throw new SimError("bad_block", `the sandbox announced ${block.event_count} events and sent ${id - next}`);
  }
}

/** The newest checkpoint whose logs, columns and files are there; `last.json` counts by what is in it. */
function newestUsable(
  folder: string,
  files: FilesFolder,
  blobs: Blobs,
  numbered: readonly Listed[],
): StoredCheckpoint & ResumeFrom | null {
  const complete = ({ log_lengths, files: snapshot, columns }: Listed) =>
    LOGS.every((name) => sizeOf(`${folder}/${name}`) >= (log_lengths[name] ?? Infinity)) &&
    populationsOf(columns, blobs) !== null && files.canRestore(snapshot);
  const candidate = numbered.findLast(complete);
  const last = readCheckpoint(`${folder}/checkpoints/last.json`);
  const unreadable = numberedTurns(folder)[numbered.length] ?? Infinity;
  const isLast = last && last.turn < unreadable && last.turn >= (candidate?.turn ?? 0) && complete(last);
  const stored = isLast ? last : candidate ? readCheckpoint(`${folder}/checkpoints/turn_${candidate.turn}.json`) : null;
  return stored && { ...stored, populations: populationsOf(stored.columns, blobs) ?? [] };
}

/** The populations with their columns; null when a file of columns is missing, short or damaged. */
function populationsOf(columns: CheckpointPopulations, blobs: Blobs): EncodedPopulation[] | null {
  const populations: EncodedPopulation[] = [];
  for (const [name, { file, ...header }] of Object.entries(columns)) {
    const bytes = blobs.read(hashOf(file));
    if (bytes === null) return null;
    populations.push({ name, ...header, bytes });
  }
  return populations;
}

/** Hashes of what a checkpoint needs beside itself. */
function neededBy({ files, columns }: Pick<Listed, "files" | "columns">): string[] {
  return [
    ...Object.values(files).map((file) => file.sha256),
    ...Object.values(columns).map(({ file }) => hashOf(file)),
  ];
}

function hashOf(file: string): string {
  return file.slice(0, -".bin".length);
}

/**
 * The numbered checkpoints, oldest first, up to the first that cannot be read: a run that is resumed from there makes
 * it, and what came after, again.
 */
function readable(folder: string): Listed[] {
  const listed: Listed[] = [];
  for (const turn of numberedTurns(folder)) {
    const stored = readCheckpoint(`${folder}/checkpoints/turn_${turn}.json`);
    if (stored?.turn !== turn) break;
    listed.push({ turn, log_lengths: stored.log_lengths, files: stored.files, columns: stored.columns });
  }
  return listed;
}

function numberedTurns(folder: string): number[] {
  return [...Deno.readDirSync(`${folder}/checkpoints`)]
    .map((entry) => /^turn_(\d+)\.json$/.exec(entry.name)?.[1])
    .filter((turn) => turn !== undefined).map(Number).sort((a, b) => a - b);
}

/** What is in a checkpoint file; null when it is missing, torn or of another format. */
function readCheckpoint(path: string): StoredCheckpoint | null {
  try {
    const { metadata, state, memory, loop, files, agent_order, populations } = decodeCheckpoint(
      Deno.readTextFileSync(path),
    );
    if (metadata.format !== 2) return null;
    return {
      turn: metadata.turn,
      state,
      agent_order,
      loop,
      memories: memory,
      next_event_id: metadata.next_event_id,
      stats: metadata.stats as unknown as RunStats,
      log_lengths: metadata.log_lengths,
      files,
      columns: populations,
    };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SimError) return null;
    throw error;
  }
}

/** Removes checkpoints after `turn`; an unusable `last.json` and half-written files too. */
function removeLater(folder: string, turn: number): void {
  for (const { name } of [...Deno.readDirSync(`${folder}/checkpoints`)]) {
    if (name.endsWith(".tmp")) Deno.removeSync(`${folder}/checkpoints/${name}`);
  }
  for (const later of numberedTurns(folder)) {
    if (later > turn) Deno.removeSync(`${folder}/checkpoints/turn_${later}.json`);
  }
  const last = readCheckpoint(`${folder}/checkpoints/last.json`);
  if (!last || last.turn > turn) removeIfThere(`${folder}/checkpoints/last.json`);
}

/** Gives the file at `from` a second name, where the file system can; else its `content` is written again. */
function linkOrCopy(from: string, to: string, content: Uint8Array): void {
  try {
    removeIfThere(`${to}.tmp`);
    Deno.linkSync(from, `${to}.tmp`);
  } catch {
    // exFAT and some network shares have no hard links; a real fault of the disk meets the copy too.
    return writeDurably(to, content);
  }
  Deno.renameSync(`${to}.tmp`, to);
}

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}
