/** The store on this machine's disk: the tree of `formats.md` §2. */

import {
  decodeCheckpoint,
  type JsonObject,
  type RunStats,
  SimError,
  type SimulationInput,
} from "../../framework/mod.ts";
import { systemErrorCode } from "./disk_error.ts";
import { syncFolder, writeDurably } from "./durable.ts";
import { copyHistory } from "./history.ts";
import { Hosts, isLocked } from "./hosts.ts";
import { decodeManifest, isEnded, type Manifest } from "./manifest.ts";
import { isRunId, runId } from "./run_id.ts";
import { RunIndex } from "./run_index.ts";
import type { NewRun, Ownership, Row, RunConfig, RunQuery, RunStore, StoredState } from "./store.ts";

const LOG_FILE = { global: "global.jsonl", agents: "agents.jsonl", events: "events.jsonl" } as const;

/** Milliseconds that a sandbox process may take to notice that its host is gone. */
const LEAVING_TIME = 3000;

/** Runs under one output folder. */
export class LocalStore implements RunStore {
  readonly #root: string;
  readonly #hosts: Hosts;
  #index: RunIndex | undefined;
  /** The last of a chain of writes per run, so that updates of one run follow each other. */
  readonly #writes = new Map<string, Promise<unknown>>();

  /** @param root the output folder; made when the first run is */
  constructor(root: string) {
    this.#root = absolute(root);
    this.#hosts = new Hosts(this.#root);
  }

  get host(): string {
    return this.#hosts.name;
  }

  async create(run: NewRun): Promise<Manifest> {
    const at = new Date();
    const id = this.#reserve(run.name, run.agents, at);
    const folder = `${this.#root}/${id}`;
    try {
      const manifest = run.manifest(id, at.toISOString());
      Deno.mkdirSync(`${folder}/files`);
      Deno.mkdirSync(`${folder}/checkpoints`);
      writeDurably(`${folder}/scenario.yaml`, run.scenario_text);
      writeDurably(`${folder}/config.json`, JSON.stringify(run.config, null, 2) + "\n");
      if (run.past) {
        await copyHistory(this.#path(run.past.parent), { folder, run_id: id }, run.past.parent, run.past.turn);
        for (const input of run.past.inputs) await this.appendInput(id, input);
      }
      // Last, because a folder without a manifest is not a run.
      writeDurably(`${folder}/manifest.json`, encodeManifest(manifest));
      syncFolder(folder);
      syncFolder(this.#root);
      return manifest;
    } catch (error) {
      Deno.removeSync(folder, { recursive: true });
      throw asOutputError(error, folder);
    }
  }

  #reserve(name: string, agents: number, at: Date): string {
    try {
      Deno.mkdirSync(this.#root, { recursive: true });
      this.#hosts.announce();
      for (let sequence = 1; sequence <= 999; sequence++) {
        const id = runId(name, agents, at, sequence);
        try {
          Deno.mkdirSync(`${this.#root}/${id}`);
          return id;
        } catch (error) {
          if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
        }
      }
    } catch (error) {
      throw asOutputError(error, this.#root);
    }
    throw new SimError("too_many_runs", `999 runs named '${name}' were started within one second`);
  }

  // deno-lint-ignore require-await -- the interface is asynchronous, this disk is not
  async manifest(id: string): Promise<Manifest> {
    return this.#manifest(id);
  }

  update(id: string, change: (manifest: Manifest) => Manifest): Promise<Manifest> {
    // Nothing is awaited while the lock is held: another store of this process would wait for it on the same thread.
    return this.#inTurn(id, () => {
      using _lock = folderLock(this.#path(id));
      const before = this.#manifest(id);
      const after = change(before);
      if (after === before) return before;
      try {
        // Who is named as owner must be seen to live.
        if (after.process?.host === this.host) this.#hosts.announce();
        writeDurably(`${this.#path(id)}/manifest.json`, encodeManifest(after));
        syncFolder(this.#path(id));
      } catch (error) {
        throw asOutputError(error, this.#path(id));
      }
      return after;
    });
  }

  async touch(id: string, turn: number): Promise<void> {
    await this.#inTurn(id, () => {
      using _lock = folderLock(this.#path(id));
      const manifest = this.#manifest(id);
      const path = `${this.#path(id)}/manifest.json`;
      Deno.writeTextFileSync(`${path}.tmp`, encodeManifest({ ...manifest, turn }));
      Deno.renameSync(`${path}.tmp`, path);
    });
  }

  // deno-lint-ignore require-await -- the interface is asynchronous, this index is not
  async list(query: RunQuery = {}): Promise<{ runs: Manifest[]; broken: string[] }> {
    const index = this.#openIndex();
    try {
      const broken = index.refresh();
      return { runs: index.query(query), broken };
    } catch (error) {
      throw asOutputError(error, this.#root);
    }
  }

  recall(key: string): string | null {
    return this.#openIndex().recall(key);
  }

  remember(key: string, answer: string): void {
    this.#openIndex().remember(key, answer);
  }

  #openIndex(): RunIndex {
    return this.#index ??= new RunIndex(this.#root);
  }

  async ownership(manifest: Manifest): Promise<Ownership> {
    const { process, run_id } = manifest;
    if (process && this.#hosts.isAlive(process.host)) return { owner: "host", host: process.host, pid: process.pid };
    const lock = `${this.#path(run_id)}/.lock`;
    const giveUp = performance.now() + LEAVING_TIME;
    while (isLocked(lock)) {
      if (performance.now() > giveUp) {
        return { owner: "host", host: process?.host ?? "unknown", pid: process?.pid ?? 0 };
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return { owner: "nobody" };
  }

  async config(id: string): Promise<RunConfig> {
    return JSON.parse(await this.#read(id, "config.json"));
  }

  scenarioText(id: string): Promise<string> {
    return this.#read(id, "scenario.yaml");
  }

  async *rows(id: string, log: keyof typeof LOG_FILE): AsyncIterable<Row> {
    yield* readRows(`${this.#path(id)}/${LOG_FILE[log]}`);
  }

  async inputs(id: string): Promise<SimulationInput[]> {
    const inputs: SimulationInput[] = [];
    for await (const row of readRows(`${this.#path(id)}/inputs.jsonl`)) inputs.push(row as unknown as SimulationInput);
    return inputs;
  }

  appendInput(id: string, input: Omit<SimulationInput, "seq">): Promise<SimulationInput> {
    return this.#inTurn(id, async () => {
      const numbered = { seq: (await this.inputs(id)).length + 1, ...input } as SimulationInput;
      const file = Deno.openSync(`${this.#path(id)}/inputs.jsonl`, { append: true, create: true });
      try {
        file.writeSync(new TextEncoder().encode(JSON.stringify(numbered) + "\n"));
        file.syncSync();
      } finally {
        file.close();
      }
      return numbered;
    });
  }

  // deno-lint-ignore require-await -- the interface is asynchronous, this disk is not
  async checkpoints(id: string): Promise<number[]> {
    return this.#found(id, (folder) => [...Deno.readDirSync(`${folder}/checkpoints`)])
      .map((entry) => /^turn_(\d+)\.json$/.exec(entry.name)?.[1])
      .filter((turn) => turn !== undefined).map(Number).sort((a, b) => a - b);
  }

  async state(id: string, turn?: number): Promise<StoredState | null> {
    const numbered = await this.checkpoints(id);
    const names = turn !== undefined
      ? [`turn_${turn}.json`]
      : ["last.json", ...numbered.reverse().map((each) => `turn_${each}.json`)];
    for (const name of names) {
      try {
        const { metadata, state, agent_order } = decodeCheckpoint(await this.#read(id, `checkpoints/${name}`));
        const stats = metadata.format === 2 ? metadata.stats as unknown as RunStats : null;
        return { turn: metadata.turn, state, agent_order, stats };
      } catch (error) {
        if (!(error instanceof SimError)) throw error;
      }
    }
    return null;
  }

  async result(id: string): Promise<JsonObject | null> {
    try {
      return JSON.parse(await Deno.readTextFile(`${this.#path(id)}/result.json`));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      if (error instanceof SyntaxError) {
        throw new SimError("bad_result", `${id}/result.json is not JSON: ${error.message}`, { cause: error });
      }
      throw error;
    }
  }

  // deno-lint-ignore require-await -- the interface is asynchronous, this disk is not
  async writeResult(id: string, result: JsonObject): Promise<void> {
    try {
      writeDurably(`${this.#path(id)}/result.json`, JSON.stringify(result, null, 2) + "\n");
      syncFolder(this.#path(id));
    } catch (error) {
      throw asOutputError(error, this.#path(id));
    }
  }

  folder(id: string): string {
    return this.#found(id, Deno.realPathSync);
  }

  // deno-lint-ignore require-await -- the interface is asynchronous, this disk is not
  async replayFolder(id: string): Promise<string> {
    if (!isRunId(id)) throw unknownRun(id);
    const folder = `${this.#root}/.replay/${id}`;
    if (isLocked(`${folder}/.lock`)) throw new SimError("run_is_live", `run '${id}' is being replayed already`);
    try {
      Deno.removeSync(folder, { recursive: true });
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    Deno.mkdirSync(`${folder}/files`, { recursive: true });
    Deno.mkdirSync(`${folder}/checkpoints`);
    return Deno.realPathSync(folder);
  }

  async remove(id: string): Promise<void> {
    const manifest = await this.manifest(id);
    const ownership = await this.ownership(manifest);
    const isOthers = ownership.owner === "host" && ownership.host !== this.host;
    if (!isEnded(manifest.status) && isOthers) {
      throw new SimError("run_is_live", `run '${id}' is ${manifest.status}: cancel it first`);
    }
    // Renamed first, so that a removal that is cut short leaves no half run behind.
    const grave = `${this.#root}/.removed-${id}`;
    Deno.renameSync(this.#path(id), grave);
    Deno.removeSync(grave, { recursive: true });
  }

  // deno-lint-ignore require-await -- the interface is asynchronous, this disk is not
  async size(id: string): Promise<number> {
    return this.#found(id, folderSize);
  }

  close(): void {
    this.#index?.close();
    this.#index = undefined;
    this.#hosts.close();
  }

  #path(id: string): string {
    if (!isRunId(id)) throw unknownRun(id);
    return `${this.#root}/${id}`;
  }

  /** What `look` finds in the run's folder. */
  #found<T>(id: string, look: (folder: string) => T): T {
    try {
      return look(this.#path(id));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) throw unknownRun(id);
      throw error;
    }
  }

  #manifest(id: string): Manifest {
    return decodeManifest(
      this.#found(id, (folder) => Deno.readTextFileSync(`${folder}/manifest.json`)),
      `${id}/manifest.json`,
    );
  }

  async #read(id: string, name: string): Promise<string> {
    try {
      return await Deno.readTextFile(`${this.#path(id)}/${name}`);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) {
        throw new SimError("missing_file", `run '${id}' has no ${name}`);
      }
      throw error;
    }
  }

  #inTurn<T>(id: string, write: () => T | Promise<T>): Promise<T> {
    const before = this.#writes.get(id) ?? Promise.resolve();
    const next = before.then(write, write);
    this.#writes.set(id, next);
    // Only the newest may clear the entry; a failure has been given to whoever asked for it.
    const clear = () => {
      if (this.#writes.get(id) === next) this.#writes.delete(id);
    };
    next.then(clear, clear);
    return next;
  }
}

function unknownRun(id: string): SimError {
  return new SimError("unknown_run", `there is no run '${id}'`, { hint: "deno task runs list shows what there is" });
}

function encodeManifest(manifest: Manifest): string {
  return JSON.stringify(manifest, null, 2) + "\n";
}

/** What the user can do about a folder that cannot be written. */
export function asOutputError(error: unknown, folder: string): unknown {
  if (error instanceof SimError) return error;
  const code = systemErrorCode(error);
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new SimError("disk_full", `the disk is full: ${folder} cannot be written`, {
      hint: "make room, or choose another folder with --output",
      cause: error,
    });
  }
  const reasons: Record<string, string> = {
    EACCES: "permission denied",
    EPERM: "permission denied",
    EROFS: "the file system is read-only",
    ENOTDIR: "part of the path is a file",
    EEXIST: "part of the path is a file",
    ENOENT: "it cannot be made there",
    EFBIG: "a file would become larger than this user may write",
    EIO: "the disk fails",
  };
  const reason = code === undefined ? undefined : reasons[code];
  if (reason === undefined) return error;
  return new SimError("output_not_writable", `${folder} cannot be written: ${reason}`, {
    hint: "choose another folder with --output",
    cause: error,
  });
}

/** Keeps other hosts from changing a run's manifest meanwhile. Windows cannot lock folders; there one host is assumed. */
function folderLock(folder: string): Disposable {
  if (Deno.build.os === "windows") return { [Symbol.dispose]() {} };
  let handle: Deno.FsFile;
  try {
    handle = Deno.openSync(folder, { read: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw unknownRun(folder.slice(folder.lastIndexOf("/") + 1));
    throw error;
  }
  handle.lockSync(true);
  return { [Symbol.dispose]: () => handle.close() };
}

async function* readRows(path: string): AsyncIterable<Row> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path, { read: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  let rest = "";
  for await (const text of file.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      if (line !== "") yield JSON.parse(line);
    }
  }
}

function folderSize(folder: string): number {
  let bytes = 0;
  for (const entry of Deno.readDirSync(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) bytes += folderSize(path);
    else if (entry.isFile) bytes += Deno.lstatSync(path).size;
  }
  return bytes;
}

function absolute(path: string): string {
  const trimmed = path.replace(/(.)[/\\]+$/, "$1");
  return /^([/\\]|[A-Za-z]:)/.test(trimmed) ? trimmed : `${Deno.cwd()}/${trimmed}`;
}
