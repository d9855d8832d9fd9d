/** The store on this machine's disk: the tree of `formats.md` §2. */

import {
  type Checkpoint,
  decodeCheckpoint,
  type JsonObject,
  type NewInput,
  type RunStats,
  SimError,
  type SimulationInput,
} from "../../framework/mod.ts";
import { asOutputError } from "./disk_error.ts";
import { removeIfThere, removeTree, syncFolder, writeAside, writeDurably } from "./durable.ts";
import { BatchFiles } from "./batches.ts";
import { copyHistory } from "./history.ts";
import { Hosts, isLocked } from "./hosts.ts";
import { KeptFiles } from "./kept_files.ts";
import { decodeManifest, isEnded, type Manifest } from "./manifest.ts";
import { NotebookMemory } from "./notebooks.ts";
import { isMadeRunId, isRunId, runId } from "./run_id.ts";
import { RunIndex } from "./run_index.ts";
import { RunWriter } from "./run_writer.ts";
import { LabelFile, type LabelLine, LABELS_FILE, type StoredLabels } from "./labels.ts";
import { appendLine, readRows } from "./lines.ts";
import { Tape, type TapeMode } from "./tape.ts";
import { TAPE_FILE } from "./tape_entry.ts";
import { filesZip } from "./files_zip.ts";
import { NumberedLogs } from "./numbered_log.ts";
import { listFiles, openFile } from "./files_list.ts";
import { LogReader } from "./log_reader.ts";
import { LOG_LINES_FILE, LogLines } from "./run_log.ts";
import type {
  CallPage,
  CallQuery,
  EventPage,
  EventQuery,
  LineText,
  LogPage,
  LogQuery,
  NumberPage,
  NumbersQuery,
  Page,
  PageQuery,
  RunFile,
  RunPage,
  RunQuery,
  RunRowPage,
  RunTally,
} from "./pages.ts";
import type { NewRun, OpenedFile, Ownership, Row, RunConfig, RunLog, RunStore, StoredState } from "./store.ts";

/** Bytes of the rows of a turn's agents that are read at most. */
const MOST_AGENT_BYTES = 32 << 20;
const LOG_FILE = { global: "global.jsonl", agents: "agents.jsonl", events: "events.jsonl" } as const;

/** Milliseconds that a sandbox process may take to notice that its host is gone. */
const LEAVING_TIME = 3000;

/** Milliseconds after which a folder without a manifest is taken for one whose making was cut short. */
const ABANDONED_AFTER = 10 * 60_000;

/** Begins the name of a run's folder that is being removed. */
const GRAVE = ".removed-";

/** Manifests that are kept as they were read. */
const MOST_MANIFESTS = 50;

/** Folders that are looked at in one go when what was abandoned is swept away. */
const SWEPT_AT_ONCE = 100;

/** Runs under one output folder. */
export class LocalStore implements RunStore {
  readonly #root: string;
  readonly #hosts: Hosts;
  readonly #logs = new NumberedLogs();
  readonly #reader = new LogReader(this.#logs);
  readonly #labels: LabelFile;
  #index: RunIndex | undefined;
  #batches: BatchFiles | undefined;
  #notebooks: NotebookMemory | undefined;
  /** Checkpoints that were looked at. */
  readonly #looked = new KeptFiles<Checkpoint>();
  /** What was read of manifests last: most are read again and again as they were. */
  readonly #manifests = new Map<string, { readonly text: string; readonly manifest: Manifest }>();
  /** The last input of runs that this store has written to, and how long the file was then. */
  readonly #lastInput = new Map<string, { readonly seq: number; readonly bytes: number }>();
  /** The last of a chain of writes per run, so that updates of one run follow each other. */
  readonly #writes = new Map<string, Promise<unknown>>();

  /** @param root the output folder; made when the first run is */
  constructor(root: string) {
    this.#root = absolute(root);
    this.#hosts = new Hosts(this.#root);
    this.#labels = new LabelFile(`${this.#root}/${LABELS_FILE}`);
  }

  /** The files of batches. */
  get batches(): BatchFiles {
    return this.#batches ??= new BatchFiles(this.#root);
  }

  /** What notebooks remember. */
  get notebooks(): NotebookMemory {
    return this.#notebooks ??= new NotebookMemory(this.#root);
  }

  isAlive(host: string): boolean {
    return this.#hosts.isAlive(host);
  }

  get root(): string {
    return this.#root;
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
      this.#index?.note(manifest);
      return manifest;
    } catch (error) {
      Deno.removeSync(folder, { recursive: true });
      throw asOutputError(error, folder);
    }
  }

  #reserve(name: string, agents: number, at: Date): string {
    try {
      Deno.mkdirSync(this.#root, { recursive: true });
      // Opened before there was a folder, it would be forgotten with this process.
      if (this.#index?.isKept === false) this.#closeIndex();
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
      this.#index?.note(after);
      return after;
    });
  }

  async touch(id: string, turn: number): Promise<void> {
    await this.#inTurn(id, async () => {
      const path = `${this.#path(id)}/manifest.json`;
      // Of its own: whoever changes the manifest meanwhile writes beside it too.
      const aside = `${path}.turn.tmp`;
      try {
        while (!await this.#touched(id, { turn, path, aside }));
      } catch (error) {
        removeIfThere(aside);
        throw error;
      }
    });
  }

  /** Whether the manifest was still what it was when the new one had been written; else nothing has happened. */
  async #touched(id: string, { turn, path, aside }: { turn: number; path: string; aside: string }): Promise<boolean> {
    const before = this.#manifest(id);
    const manifest = { ...before, turn };
    // Whole even after a crash, that it is the newest one nobody needs: a second's turns are not worth a server that waits
    // for its disk, which takes what a hundred answers take.
    await writeAside(aside, encodeManifest(manifest));
    using _lock = folderLock(this.#path(id));
    if (encodeManifest(this.#manifest(id)) !== encodeManifest(before)) return false;
    Deno.renameSync(aside, path);
    this.#index?.note(manifest);
    return true;
  }

  async list(query: RunQuery = {}): Promise<RunPage> {
    const { texts, ...rest } = await this.#listed("manifest", query);
    return { runs: texts.map((text) => JSON.parse(text) as Manifest), ...rest };
  }

  async listRows(query: RunQuery = {}): Promise<RunRowPage> {
    const { texts, ...rest } = await this.#listed("row", query);
    return { rows: texts, ...rest };
  }

  // deno-lint-ignore require-await -- the interface is asynchronous, this index is not
  async tallyRuns(query: RunQuery = {}): Promise<RunTally> {
    const index = this.#openIndex();
    try {
      index.refresh();
      return index.tally(query);
    } catch (error) {
      throw asOutputError(error, this.#root);
    }
  }

  // deno-lint-ignore require-await -- the interface is asynchronous, this index is not
  async #listed(
    column: "row" | "manifest",
    query: RunQuery,
  ): Promise<{ texts: readonly string[]; next_cursor: string | null; broken: string[] }> {
    const index = this.#openIndex();
    try {
      const broken = index.refresh();
      return { ...index.query(column, query), broken };
    } catch (error) {
      throw asOutputError(error, this.#root);
    }
  }

  // deno-lint-ignore require-await -- the interface is asynchronous, this index is not
  async countRuns(): Promise<{ readonly [status: string]: number }> {
    try {
      return this.#openIndex().counts();
    } catch (error) {
      throw asOutputError(error, this.#root);
    }
  }

  // deno-lint-ignore require-await -- the interface is asynchronous, this disk is not
  async assertWritable(): Promise<void> {
    // Among the locks of hosts, where what is left of a dead one is swept away.
    const probe = `${this.#root}/.hosts/${this.host}.probe`;
    try {
      Deno.mkdirSync(`${this.#root}/.hosts`, { recursive: true });
      // Not empty: a full disk still takes names.
      Deno.writeTextFileSync(probe, "x".repeat(4096));
      Deno.removeSync(probe);
    } catch (error) {
      throw asOutputError(error, this.#root);
    }
  }

  // deno-lint-ignore require-await -- the interface is asynchronous, this index is not
  async findRequested(key: string): Promise<Manifest | null> {
    const index = this.#openIndex();
    try {
      index.refresh();
      const text = index.requested(key);
      return text === null ? null : JSON.parse(text) as Manifest;
    } catch (error) {
      throw asOutputError(error, this.#root);
    }
  }

  async findReusable(contentKey: string): Promise<Manifest | null> {
    const index = this.#openIndex();
    try {
      index.refresh();
      for (const text of index.completedWith(contentKey)) {
        const manifest = JSON.parse(text) as Manifest;
        if (await this.#isSelfContained(manifest)) return manifest;
      }
      return null;
    } catch (error) {
      throw asOutputError(error, this.#root);
    }
  }

  /**
   * Whether nothing came from outside that may be another thing today: no input but what a fork was begun with, no answer of
   * a service.
   */
  async #isSelfContained({ run_id: id, parent }: Manifest): Promise<boolean> {
    const begunWith = Object.keys(parent?.state ?? {}).length > 0 ? 1 : 0;
    const inputs = await this.inputs(id);
    // Those of its parent's past come before the fork's own.
    if (inputs.length > begunWith || inputs.some(({ turn }) => turn !== parent!.turn + 1)) return false;
    for await (const { kind } of readRows(`${this.#path(id)}/${TAPE_FILE}`)) if (kind === "http") return false;
    return true;
  }

  has(id: string): boolean {
    try {
      return Deno.statSync(`${this.#path(id)}/manifest.json`).isFile;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw asOutputError(error, this.#path(id), "read");
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

  // deno-lint-ignore require-await -- the interface is asynchronous, this disk is not
  async turnRows(id: string, query: PageQuery): Promise<Page<Row>> {
    return this.#numbered(id, (folder) => this.#logs.page(`${folder}/${LOG_FILE.global}`, "turn", query, () => true));
  }

  // deno-lint-ignore require-await -- the interface is asynchronous, this disk is not
  async agentRows(id: string, turn: number): Promise<Row[]> {
    return this.#numbered(
      id,
      (folder) => this.#logs.numbered<Row>(`${folder}/${LOG_FILE.agents}`, "turn", turn, MOST_AGENT_BYTES),
    );
  }

  // deno-lint-ignore require-await -- the interface is asynchronous, this disk is not
  async events(id: string, query: EventQuery): Promise<EventPage> {
    return this.#numbered(id, (folder) => this.#reader.events(folder, query));
  }

  // deno-lint-ignore require-await -- the interface is asynchronous, this disk is not
  async readEvents(id: string, afterId: number, maxBytes: number): Promise<LineText> {
    return this.#numbered(id, (folder) => this.#logs.text(`${folder}/${LOG_FILE.events}`, "id", afterId, maxBytes));
  }

  lastEventId(id: string): Promise<number> {
    return this.lastNumber(id, "events");
  }

  // deno-lint-ignore require-await -- the interface is asynchronous, this disk is not
  async lastNumber(id: string, log: NumbersQuery["log"]): Promise<number> {
    return this.#numbered(id, (folder) => this.#reader.last(folder, log));
  }

  // deno-lint-ignore require-await -- the interface is asynchronous, this disk is not
  async numberBeforeTurn(id: string, log: "events" | "llm", turn: number): Promise<number> {
    return this.#numbered(id, (folder) => this.#reader.beforeTurn(folder, log, turn));
  }

  // deno-lint-ignore require-await -- the interface is asynchronous, this disk is not
  async numbers(id: string, query: NumbersQuery): Promise<NumberPage> {
    return this.#numbered(id, (folder) => this.#reader.numbers(folder, query));
  }

  // deno-lint-ignore require-await -- the interface is asynchronous, this disk is not
  async calls(id: string, query: CallQuery): Promise<CallPage> {
    return this.#numbered(id, (folder) => this.#reader.calls(folder, query));
  }

  // deno-lint-ignore require-await -- the interface is asynchronous, this disk is not
  async logs(id: string, query: LogQuery): Promise<LogPage> {
    return this.#numbered(id, (folder) => this.#reader.lines(folder, query));
  }

  openLog(id: string): RunLog {
    return new LogLines(`${this.#path(id)}/${LOG_LINES_FILE}`);
  }

  // deno-lint-ignore require-await -- the interface is asynchronous, this disk is not
  async filesZip(id: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    return filesZip(`${this.folder(id)}/files`);
  }

  // deno-lint-ignore require-await -- the interface is asynchronous, this disk is not
  async files(id: string, most: number): Promise<RunFile[]> {
    return this.#numbered(id, (folder) => listFiles(`${folder}/files`, most));
  }

  async file(id: string, path: string): Promise<OpenedFile> {
    return await openFile(`${this.folder(id)}/files`, path);
  }

  /** What `read` finds in the folder of a run that is there. */
  #numbered<T>(id: string, read: (folder: string) => T): T {
    return this.#found(id, (folder) => {
      Deno.statSync(`${folder}/manifest.json`);
      return read(folder);
    });
  }

  async inputs(id: string): Promise<SimulationInput[]> {
    const inputs: SimulationInput[] = [];
    for await (const row of readRows(`${this.#path(id)}/inputs.jsonl`)) inputs.push(row as unknown as SimulationInput);
    return inputs;
  }

  appendInput(id: string, input: NewInput): Promise<SimulationInput> {
    return this.#inTurn(id, async () => {
      const path = `${this.#path(id)}/inputs.jsonl`;
      const numbered = { seq: await this.#nextSeq(id, path), ...input } as SimulationInput;
      try {
        appendLine(path, JSON.stringify(numbered));
        this.#lastInput.set(id, { seq: numbered.seq, bytes: Deno.statSync(path).size });
      } catch (error) {
        throw asOutputError(error, this.#path(id));
      }
      return numbered;
    });
  }

  async tape(id: string, mode: TapeMode): Promise<Tape> {
    return await Tape.open(`${this.folder(id)}/${TAPE_FILE}`, { mode });
  }

  /** A fork has some of its parent's inputs: the number after the last one, not how many there are. */
  async #nextSeq(id: string, path: string): Promise<number> {
    const last = this.#lastInput.get(id);
    // The file is read again only when somebody else has written to it.
    if (last !== undefined && last.bytes === Deno.statSync(path).size) return last.seq + 1;
    return ((await this.inputs(id)).at(-1)?.seq ?? 0) + 1;
  }

  // deno-lint-ignore require-await -- the interface is asynchronous, this disk is not
  async checkpoints(id: string): Promise<number[]> {
    return listed(`${this.folder(id)}/checkpoints`)
      .map((entry) => /^turn_(\d+)\.json$/.exec(entry.name)?.[1])
      .filter((turn) => turn !== undefined).map(Number).sort((a, b) => a - b);
  }

  async state(id: string, turn?: number): Promise<StoredState | null> {
    const checkpoint = turn === undefined
      ? await this.#looked.get(`${this.#path(id)}/checkpoints/last.json`, () => this.newestCheckpoint(id))
      : await this.#firstReadable(id, (await this.checkpoints(id)).filter((each) => each === turn).map(numberedName));
    if (!checkpoint) return null;
    const { metadata, state, agent_order, populations } = checkpoint;
    const stats = metadata.format === 2 ? metadata.stats as unknown as RunStats : null;
    return { turn: metadata.turn, state, agent_order, stats, populations };
  }

  async newestCheckpoint(id: string): Promise<Checkpoint | null> {
    return await this.#firstReadable(id, ["last.json"]) ??
      await this.#firstReadable(id, (await this.checkpoints(id)).reverse().map(numberedName));
  }

  async #firstReadable(id: string, names: readonly string[]): Promise<Checkpoint | null> {
    for (const name of names) {
      try {
        return decodeCheckpoint(await this.#read(id, `checkpoints/${name}`));
      } catch (error) {
        if (!(error instanceof SimError)) throw error;
      }
    }
    return null;
  }

  // deno-lint-ignore require-await -- the interface is asynchronous, this disk is not
  async settle(id: string): Promise<number> {
    return RunWriter.settle(this.folder(id), id);
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

  // deno-lint-ignore require-await -- the interface is asynchronous, this disk is not
  async appendLabel(label: LabelLine): Promise<void> {
    const file = `${this.#root}/${LABELS_FILE}`;
    const folder = file.slice(0, file.lastIndexOf("/"));
    try {
      Deno.mkdirSync(folder, { recursive: true });
      using _lock = folderLock(folder);
      this.#labels.append(label);
      syncFolder(folder);
    } catch (error) {
      throw asOutputError(error, folder);
    }
  }

  // deno-lint-ignore require-await -- the interface is asynchronous, this disk is not
  async labels(): Promise<StoredLabels> {
    return this.#labels.read();
  }

  folder(id: string): string {
    return this.#found(id, Deno.realPathSync);
  }

  // deno-lint-ignore require-await -- the interface is asynchronous, this disk is not
  async replayFolder(id: string): Promise<string> {
    if (!isRunId(id)) throw unknownRun(id);
    const folder = `${this.#root}/.replay/${id}`;
    if (isLocked(`${folder}/.lock`)) throw new SimError("run_is_live", `run '${id}' is being replayed already`);
    removeTree(folder);
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
    const replay = `${this.#root}/.replay/${id}`;
    if (isLocked(`${replay}/.lock`)) throw new SimError("run_is_live", `run '${id}' is being replayed`);
    // Renamed first, so that a removal that is cut short leaves no half run behind.
    const grave = `${this.#root}/${GRAVE}${id}`;
    try {
      this.#bury(manifest, grave);
      removeTree(grave);
      removeTree(replay);
    } catch (error) {
      throw asOutputError(error, this.#path(id));
    }
  }

  #bury(seen: Manifest, grave: string): void {
    const { run_id } = seen;
    using _lock = folderLock(this.#path(run_id));
    const { status, process } = this.#manifest(run_id);
    if (status !== seen.status || process?.host !== seen.process?.host) {
      throw new SimError("run_is_live", `run '${run_id}' has just become ${status}`);
    }
    Deno.renameSync(this.#path(run_id), grave);
    this.#index?.forget(run_id);
  }

  async sweep(): Promise<void> {
    try {
      for (const [i, { name, isDirectory }] of [...Deno.readDirSync(this.#root)].entries()) {
        // Of ten thousand runs nobody is kept waiting.
        if (i % SWEPT_AT_ONCE === SWEPT_AT_ONCE - 1) await new Promise((resolve) => setTimeout(resolve));
        const folder = `${this.#root}/${name}`;
        if (isDirectory && (name.startsWith(GRAVE) || isMadeRunId(name) && isAbandoned(folder))) removeTree(folder);
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw asOutputError(error, this.#root);
    }
  }

  // deno-lint-ignore require-await -- the interface is asynchronous, this disk is not
  async size(id: string): Promise<number> {
    return this.#found(id, folderSize);
  }

  close(): void {
    this.#closeIndex();
    this.#hosts.close();
  }

  #closeIndex(): void {
    this.#index?.close();
    this.#index = undefined;
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
      throw asOutputError(error, this.#path(id), "read");
    }
  }

  #manifest(id: string): Manifest {
    const text = this.#found(id, (folder) => Deno.readTextFileSync(`${folder}/manifest.json`));
    const before = this.#manifests.get(id);
    if (before?.text === text) return before.manifest;
    const manifest = decodeManifest(text, `${id}/manifest.json`);
    this.#manifests.delete(id);
    this.#manifests.set(id, { text, manifest });
    if (this.#manifests.size > MOST_MANIFESTS) this.#manifests.delete(this.#manifests.keys().next().value!);
    return manifest;
  }

  async #read(id: string, name: string): Promise<string> {
    try {
      return await Deno.readTextFile(`${this.#path(id)}/${name}`);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) {
        throw new SimError("missing_file_in_run", `run '${id}' has no ${name}`, {
          hint: "its folder is damaged: restore the file, or delete the run",
        });
      }
      throw asOutputError(error, this.#path(id), "read");
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

/** Whether the making of this run was cut short: without a manifest it is no run, and nobody is at work on it. */
function isAbandoned(folder: string): boolean {
  let newest = Deno.statSync(folder).mtime?.getTime() ?? Date.now();
  for (const { name } of Deno.readDirSync(folder)) {
    if (name === "manifest.json") return false;
    newest = Math.max(newest, Deno.lstatSync(`${folder}/${name}`).mtime?.getTime() ?? 0);
  }
  return Date.now() - newest > ABANDONED_AFTER && !isLocked(`${folder}/.lock`);
}

/** What is in a folder; nothing where a damaged run lacks it. */
function listed(folder: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw asOutputError(error, folder, "read");
  }
}

function numberedName(turn: number): string {
  return `turn_${turn}.json`;
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
