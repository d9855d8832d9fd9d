/**
 * The verbs of llm-sim, and the one place where its parts are put together. Command line, REST and MCP translate to and
 * from these; nothing else starts, steers or reads runs.
 */

import { join, resolve } from "node:path";
import {
  type Controller,
  type DomainDescription,
  type JsonObject,
  SimError,
  type SimulationInput,
} from "../framework/mod.ts";
import { type AgentPositions, agentPositions } from "./agent_positions.ts";
import { type AgentSeries, agentSeries, type AgentSeriesQuery, type AgentTable, agentTable } from "./agent_tables.ts";
import { Batches } from "./batch/mod.ts";
import type { Comparison, Plot } from "./compare/mod.ts";
import { readConfig, type ServerConfig } from "./config.ts";
import { Conversations } from "./conversation/mod.ts";
import { DomainRegistry } from "./domains.ts";
import type { RunExport } from "./export/mod.ts";
import type { ForkSpec } from "./fork.ts";
import type { PendingDecision } from "./live_inputs.ts";
import { type RunNotice, SimulationManager } from "./manager.ts";
import { type PreparedRun, prepareScenario, type ScenarioSource } from "./prepare.ts";
import { Notebooks } from "./notebook/mod.ts";
import type { ReplayReport } from "./replay.ts";
import type { QueryOptions, QueryResult, QuerySchema } from "./sql/mod.ts";
import { ROOT } from "./paths.ts";
import { listRepos, lookAtRepo, type RepoInfo } from "./repos.ts";
import { ScenarioFiles } from "./scenario_files.ts";
import { domainScenarioSchema } from "./scenario_schema.ts";
import { type DraftFindings, lookAtDraft, type ScenarioDraft } from "./scenario_draft.ts";
import { listScenarios, resolveConfig, type ScenarioFile } from "./scenarios.ts";
import { withLabels } from "./labels.ts";
import { Envelope, Gateway, type ModelChoice, type ProviderList, Providers } from "./gateway/mod.ts";
import { OutsideInputs } from "./outside_inputs.ts";
import { runsToPrune } from "./retention.ts";
import { RunAccess } from "./run_access.ts";
import { type PreparedStart, Starts, type StartSpec, type Variation } from "./starts.ts";
import {
  type CallPage,
  type CallQuery,
  type EventPage,
  type EventQuery,
  isLive,
  type LineText,
  LocalStore,
  type LogNumbers,
  type LogPage,
  type LogQuery,
  type Manifest,
  type NumbersQuery,
  type OpenedFile,
  type Page,
  type PageQuery,
  type Row,
  type RunConfig,
  type RunFile,
  type RunPage,
  type RunQuery,
  type RunRowPage,
  type RunStore,
  type RunTally,
  type StoredState,
} from "./store/mod.ts";

/** What all runs of a host together may cost; null: no limit. */
export interface HostBudget {
  readonly max_cost_usd: number | null;
  readonly max_tokens: number | null;
  /** Since the host was started. */
  readonly spent_usd: number;
  readonly spent_tokens: number;
}

/** Where things are. */
export interface AppOptions {
  /** Output folder. Default: `output_root` of the configuration, else `output`. */
  readonly output?: string;
  /** Configuration file. Default `llm-sim.yaml`, which need not exist. */
  readonly config?: string;
  /** Has the offline provider, which is no language model, answer in place of every model. */
  readonly offline?: boolean;
  /** Leaves {@linkcode App.recover} to the caller, who has something more urgent to do. */
  readonly recoversLater?: boolean;
  /** Folder of notebooks. Default: `notebooks_root` of the configuration, else `notebooks` beside it. */
  readonly notebooks?: string;
  /**
   * Folder of notebooks that cannot be written: saving one makes a copy in the folder of notebooks, which stands before it
   * from then on. Default: those that come with the program where it is compiled or `notebooks` is given, else none.
   */
  readonly embeddedNotebooks?: string;
}

/** Puts the parts together. @throws {SimError} when the configuration is wrong */
export async function openApp(options: AppOptions = {}): Promise<App> {
  const written = readConfig(options.config ?? "llm-sim.yaml", options.config !== undefined);
  const { notebooks } = options;
  const config = notebooks === undefined ? written : { ...written, notebooks_root: resolve(notebooks) };
  const output = options.output ??
    (config.output_root === undefined ? "output" : `${config.folder}/${config.output_root}`);
  const store = new LocalStore(output);
  const domains = DomainRegistry.open(config, store);
  const providers = new Providers(config, (name) => Deno.env.get(name), { offline: options.offline === true });
  const gateway = new Gateway({
    memory: store,
    http_allow: config.http_allow,
    budget: new Envelope({
      name: "this host",
      max_cost_usd: config.budget?.max_cost_usd ?? null,
      max_tokens: config.budget?.max_tokens ?? null,
      remedy: "raise budget in llm-sim.yaml and resume",
    }),
  });
  const manager = new SimulationManager({
    store,
    domains,
    gateway,
    provider: (name) => providers.resolve(name),
    maxConcurrent: config.max_concurrent,
  });
  const { embeddedNotebooks = Deno.build.standalone || notebooks !== undefined ? join(ROOT, "notebooks") : null } =
    options;
  const app = new App(config, { store, domains, manager, providers, gateway, embeddedNotebooks });
  if (options.recoversLater !== true) await app.recover();
  return app;
}

/** What keeps a run from being removed now: it is in somebody's hands, or gone already. */
const IN_USE: readonly string[] = ["run_is_live", "unknown_run"];

/** What an app is made of. */
export interface AppParts {
  readonly store: RunStore;
  readonly domains: DomainRegistry;
  readonly manager: SimulationManager;
  readonly providers: Providers;
  readonly gateway: Gateway;
  /** Null: there are none. */
  readonly embeddedNotebooks: string | null;
}

/** The verbs. */
export class App {
  readonly config: ServerConfig;
  readonly #store: RunStore;
  readonly #domains: DomainRegistry;
  readonly #manager: SimulationManager;
  readonly #providers: Providers;
  readonly #gateway: Gateway;
  readonly #embeddedNotebooks: string | null;
  readonly #access: RunAccess;
  readonly #outside: OutsideInputs;
  readonly #starts: Starts;
  #conversations: Conversations | undefined;
  #batches: Batches | undefined;
  #notebooks: Notebooks | undefined;
  #scenarioFiles: ScenarioFiles | undefined;
  readonly #pruning = new Set<ReturnType<typeof setInterval>>();
  /** Settles when what is being pruned is gone. */
  #pruned: Promise<void> = Promise.resolve();

  constructor(config: ServerConfig, parts: AppParts) {
    this.config = config;
    this.#store = parts.store;
    this.#domains = parts.domains;
    this.#manager = parts.manager;
    this.#providers = parts.providers;
    this.#gateway = parts.gateway;
    this.#embeddedNotebooks = parts.embeddedNotebooks;
    this.#access = new RunAccess(parts.store, parts.manager);
    this.#outside = new OutsideInputs({ ...parts, access: this.#access });
    this.#starts = new Starts({
      ...parts,
      access: this.#access,
      assertConversationsOn: () => this.conversations.assertOn(),
      isBatchCancelled: (id) => this.batches.isCancelled(id),
    });
  }

  /** The verbs of conversations, which are runs of their own kind. */
  get conversations(): Conversations {
    return this.#conversations ??= new Conversations(this, this.#store);
  }

  /** The verbs of batches: many runs with a plan. */
  get batches(): Batches {
    return this.#batches ??= new Batches(this, this.#store);
  }

  /** The verbs of notebooks: pages that compose, start and show the others. */
  get notebooks(): Notebooks {
    return this.#notebooks ??= new Notebooks(this, this.#store, this.#embeddedNotebooks);
  }

  /** The verbs of scenario files: reading, writing and removing them. */
  get scenarioFiles(): ScenarioFiles {
    return this.#scenarioFiles ??= new ScenarioFiles(this.#domains);
  }

  /** @throws {SimError} `closing` */
  assertOpen(): void {
    this.#manager.assertOpen();
  }

  /** What all runs together may cost, and have cost since the host was started. */
  get budget(): HostBudget {
    const { max_cost_usd, max_tokens, spent } = this.#gateway.budget;
    return { max_cost_usd, max_tokens, spent_usd: spent.usd, spent_tokens: spent.tokens };
  }

  /** How many runs may play at once. */
  get maxConcurrent(): number {
    return this.#manager.maxConcurrent;
  }

  set maxConcurrent(value: number) {
    this.#manager.maxConcurrent = value;
  }

  /** Whether new runs are taken on: it is not being closed. */
  get isOpen(): boolean {
    return this.#manager.isOpen;
  }

  /** Runs of this host that are being played or started, and those that wait for a place. */
  get load(): { readonly playing: number; readonly queued: number } {
    return this.#manager.load;
  }

  /** How many runs of each status the output folder has; what another host changes may be counted a minute late. */
  countRuns(): Promise<{ readonly [status: string]: number }> {
    return this.#store.countRuns();
  }

  /** Why no run could be started now: `closing`, `disk_full`, `output_not_writable`; none: one could. */
  async obstacles(): Promise<SimError[]> {
    const found: SimError[] = [];
    const note = (error: unknown) => {
      if (!(error instanceof SimError)) throw error;
      found.push(error);
    };
    await this.#store.assertWritable().catch(note);
    try {
      this.#manager.assertOpen();
    } catch (error) {
      note(error);
    }
    return found;
  }

  /** Calls `listener` with every notice of this host's runs; the result stops it. */
  subscribe(listener: (notice: RunNotice) => void): () => void {
    return this.#manager.subscribe(listener);
  }

  /** Marks runs whose host is gone as interrupted, and returns them; sweeps away what is left of unfinished work. */
  recover(): Promise<Manifest[]> {
    return this.#access.recover();
  }

  /** All findings about a scenario; it can run when none is an error. */
  validate(source: ScenarioSource): Promise<PreparedRun> {
    return prepareScenario(this.#domains, source);
  }

  /**
   * Starts a run; for a request that has been made before, returns the run that it has.
   * @throws {SimError} all issues of the scenario, or `bad_label`, `idempotency_conflict`; then nothing has been written
   */
  start(spec: StartSpec): Promise<Manifest> {
    return this.#starts.start(spec);
  }

  /**
   * Checks a start once, so that many runs of it can be made.
   * @throws {SimError} all issues of the scenario
   */
  prepare(spec: StartSpec): Promise<PreparedStart> {
    return this.#starts.prepare(spec);
  }

  /** Whether a start that has been checked would still be played with the same code. */
  isCurrent(start: PreparedStart): boolean {
    return this.#starts.isCurrent(start);
  }

  /** Under which an equal run would be found. */
  contentKeyOf(start: PreparedStart, variation: Variation = {}): string {
    return this.#starts.contentKeyOf(start, variation);
  }

  /**
   * The newest run that was made of just this and can stand in its place: completed, not void, without anything from
   * outside. Null: there is none.
   */
  findEqual(contentKey: string): Promise<Manifest | null> {
    return this.#store.findReusable(contentKey);
  }

  /** Makes one run of a start that has been checked. */
  startPrepared(start: PreparedStart, variation: Variation = {}): Promise<Manifest> {
    return this.#starts.startPrepared(start, variation);
  }

  /** The run's manifest. @throws {SimError} `unknown_run` */
  status(runId: string): Promise<Manifest> {
    return this.#store.manifest(runId);
  }

  /** The run's state at `turn`, or the newest saved one. */
  state(runId: string, turn?: number): Promise<StoredState | null> {
    return this.#store.state(runId, turn);
  }

  /** What the run is played by: its scenario, resolved. @throws {SimError} `unknown_run` */
  async runConfig(runId: string): Promise<RunConfig> {
    await this.#store.manifest(runId);
    return await this.#store.config(runId);
  }

  /** The text of its scenario, as it was given. @throws {SimError} `unknown_run` */
  async scenarioText(runId: string): Promise<string> {
    await this.#store.manifest(runId);
    return await this.#store.scenarioText(runId);
  }

  /** Turns of the run's numbered checkpoints. */
  checkpoints(runId: string): Promise<number[]> {
    return this.#store.checkpoints(runId);
  }

  /** The run's result, or null while it has none. */
  result(runId: string): Promise<JsonObject | null> {
    return this.#store.result(runId);
  }

  /** Rows of one of the run's logs, in order. */
  rows(runId: string, log: "global" | "agents" | "events"): AsyncIterable<Row> {
    return this.#store.rows(runId, log);
  }

  /** Path of the run's folder. */
  folder(runId: string): string {
    return this.#store.folder(runId);
  }

  /** Bytes that the run takes. */
  size(runId: string): Promise<number> {
    return this.#store.size(runId);
  }

  /** Runs that match, newest first, in pages if `limit` is given. @throws {SimError} `bad_cursor` */
  list(query: RunQuery = {}): Promise<RunPage> {
    return this.#store.list(query);
  }

  /** As {@linkcode App.list}, but JSON texts of {@linkcode RunRow}: much quicker, for no manifest is parsed. */
  listRows(query: RunQuery = {}): Promise<RunRowPage> {
    return this.#store.listRows(query);
  }

  /** How many runs match, by status, domain and validity. */
  tallyRuns(query: RunQuery = {}): Promise<RunTally> {
    return this.#store.tallyRuns(query);
  }

  /**
   * Events after a number, in order. What a page costs follows from the page, not from the length of the log.
   * @throws {SimError} `unknown_run`, `bad_page`
   */
  events(runId: string, query: EventQuery): Promise<EventPage> {
    return this.#store.events(runId, query);
  }

  /**
   * Whole lines of `events.jsonl` after number `afterId`: as many as fit in `maxBytes`, and at least one if there is one.
   * @throws {SimError} `unknown_run`
   */
  readEvents(runId: string, afterId: number, maxBytes: number): Promise<LineText> {
    return this.#store.readEvents(runId, afterId, maxBytes);
  }

  /** Number of the last event; 0: there is none. A run that is resumed may have fewer than before. */
  lastEventId(runId: string): Promise<number> {
    return this.#store.lastEventId(runId);
  }

  /** Rows of `global.jsonl`: the variables and metrics of every recorded turn. @throws {SimError} `unknown_run` */
  async metrics(runId: string): Promise<Row[]> {
    await this.#store.manifest(runId);
    return await Array.fromAsync(this.#store.rows(runId, "global"));
  }

  /**
   * Some of them: of turns after a number, in order; of all turns from -1. What a page costs follows from the page, not
   * from the length of the run.
   * @throws {SimError} `unknown_run`, `bad_page`
   */
  turnRows(runId: string, query: PageQuery): Promise<Page<Row>> {
    return this.#store.turnRows(runId, query);
  }

  /**
   * The agents at a turn, with their variables: as they were recorded, else as the newest checkpoint up to that turn has them.
   * @throws {SimError} `unknown_run`
   */
  agents(runId: string, turn?: number): Promise<AgentTable> {
    return agentTable(this.#store, runId, turn);
  }

  /**
   * Where the agents are at a turn, as far as it was recorded.
   * @throws {SimError} `unknown_run`
   */
  positions(runId: string, turn: number): Promise<AgentPositions> {
    return agentPositions(this.#store, runId, turn);
  }

  /**
   * One variable of agents over the turns, as far as it was recorded: bounded, whatever there is of both.
   * @throws {SimError} `unknown_run`
   */
  agentSeries(runId: string, query: AgentSeriesQuery): Promise<AgentSeries> {
    return agentSeries(this.#store, runId, query);
  }

  /** What has reached the run from outside, in order. @throws {SimError} `unknown_run` */
  async inputs(runId: string): Promise<SimulationInput[]> {
    const { run_id } = await this.status(runId);
    return await this.#store.inputs(run_id);
  }

  /** {@linkcode App.metrics} as CSV, one column a variable or metric. */
  async metricsCsv(runId: string): Promise<string> {
    const { toCsv } = await import("./export/csv.ts");
    return toCsv(await this.metrics(runId));
  }

  /** The same as Apache Parquet. */
  async metricsParquet(runId: string): Promise<Uint8Array<ArrayBuffer>> {
    const { rowsParquet } = await import("./export/parquet.ts");
    return rowsParquet(await this.metrics(runId));
  }

  /** Settled calls of models and services, as they are on the tape. @throws {SimError} `unknown_run`, `bad_page` */
  llmPage(runId: string, query: CallQuery): Promise<CallPage> {
    return this.#store.calls(runId, query);
  }

  /** What the simulation, its models and its host had to say while it was played. @throws {SimError} `unknown_run`, `bad_page` */
  logs(runId: string, query: LogQuery): Promise<LogPage> {
    return this.#store.logs(runId, query);
  }

  /**
   * Where things are in a log, without what they are: for lists that are longer than what is read of them.
   * @throws {SimError} `unknown_run`, `bad_page`
   */
  async logNumbers(runId: string, query: NumbersQuery, turn?: number): Promise<LogNumbers> {
    const last = await this.#store.lastNumber(runId, query.log);
    const before_turn = turn === undefined || query.log === "logs"
      ? null
      : await this.#store.numberBeforeTurn(runId, query.log, turn);
    const { log: _, after: __, ...conditions } = query;
    const isAll = Object.values(conditions).every((condition) => condition === undefined);
    const page = isAll ? { numbers: null, damaged: [], next_after: null } : await this.#store.numbers(runId, query);
    return { last, before_turn, ...page };
  }

  /**
   * Sets labels of a run, be it played or not; null removes one. The others stay.
   * @throws {SimError} `unknown_run`, `bad_label`
   */
  async setLabels(runId: string, labels: { readonly [key: string]: string | null }): Promise<Manifest> {
    const manifest = await this.#store.update(
      runId,
      (before) => ({ ...before, labels: withLabels(before.labels, labels) }),
    );
    this.#manager.tell({ kind: "changed", run_id: runId, manifest });
    return manifest;
  }

  /** The state of a numbered checkpoint. @throws {SimError} `unknown_run`, `unknown_checkpoint` with those there are */
  async checkpoint(runId: string, turn: number): Promise<StoredState> {
    const state = await this.#store.state(runId, turn);
    if (state) return state;
    const turns = await this.#store.checkpoints(runId);
    throw new SimError("unknown_checkpoint", `run '${runId}' has no checkpoint of turn ${turn}`, {
      hint: turns.length === 0 ? "it has none yet" : `it has those of turns ${shortList(turns)}`,
    });
  }

  /** The run's `files/` as a zip archive, read while it is sent, not compressed. @throws {SimError} `unknown_run` */
  filesZip(runId: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    return this.#store.filesZip(runId);
  }

  /** The files that it has written, by path. @param most that are listed @throws {SimError} `unknown_run` */
  files(runId: string, most: number): Promise<RunFile[]> {
    return this.#store.files(runId, most);
  }

  /** One of them, read while it is sent. @throws {SimError} `unknown_run`, `unknown_file` */
  file(runId: string, path: string): Promise<OpenedFile> {
    return this.#store.file(runId, path);
  }

  /** Resolves when the run stands still. */
  wait(runId: string): Promise<Manifest> {
    return this.#manager.wait(runId);
  }

  /** Lets the run complete its turn and parks it. Resolves when it stands still. */
  async pause(runId: string, reason?: string): Promise<Manifest> {
    await this.#access.mine(runId, ["queued", "running"], "pause");
    return await this.#manager.pause(runId, reason);
  }

  /** Stops the run at once; it can be resumed. */
  async interrupt(runId: string, reason: string): Promise<Manifest> {
    await this.#access.mine(runId, ["queued", "running"], "interrupt");
    return await this.#manager.interrupt(runId, reason);
  }

  /** Ends the run for good; a turn that ends within two seconds is saved. Resolves when it has ended. */
  async cancel(runId: string): Promise<Manifest> {
    const seen = await this.#access.mine(runId, ["queued", "running", "paused", "interrupted"], "cancel");
    return await this.#manager.cancel(seen);
  }

  /**
   * Continues a paused or interrupted run. Returns at once.
   * @throws {SimError} `checkpoint_mismatch` when its variables are not those of its last checkpoint
   */
  resume(runId: string): Promise<Manifest> {
    return this.#starts.resume(runId);
  }

  /** Plays one turn of a paused or interrupted run. Returns at once. */
  step(runId: string): Promise<Manifest> {
    return this.#starts.step(runId);
  }

  /**
   * Intervenes in a run from outside: at the start of its next turn, or of `turn` if that is later. A run that stands still
   * finds it when it is resumed. Resolves when it is recorded.
   * @param intervention effects as in a scenario's `interventions:`, without a time
   * @throws {SimError} what is wrong with it, or `bad_transition` when the run has ended
   */
  intervene(runId: string, intervention: unknown, options: { readonly turn?: number } = {}): Promise<SimulationInput> {
    return this.#outside.intervene(runId, intervention, options);
  }

  /** Hands an agent's decisions to a person, or back to its rule, from the run's next turn on. */
  handOver(runId: string, agent: string, to: Controller): Promise<SimulationInput> {
    return this.#outside.handOver(runId, agent, to);
  }

  /** Decisions of people that the runs of this host wait for. */
  pendingDecisions(): PendingDecision[] {
    return this.#manager.pendingDecisions();
  }

  /**
   * A person's decision for an agent: the one that is waited for, or in a run that stands still that of its next turn.
   * @param decision as `readDecision` takes it: `{ action, parameters }`, a list of such parts, or null
   * @param options `turn`: refuses it when another turn is asked about
   * @throws {SimError} `bad_decision`, `not_asked`
   */
  decide(
    runId: string,
    agent: string,
    decision: unknown,
    options: { readonly turn?: number } = {},
  ): Promise<SimulationInput> {
    return this.#outside.decide(runId, agent, decision, options);
  }

  /**
   * Starts a run that shares the past of another up to a turn and differs from then on.
   * @throws {SimError} when a setting would change turns already played, or the turn has not been reached
   */
  fork(parentId: string, spec: ForkSpec): Promise<Manifest> {
    return this.#starts.fork(parentId, spec);
  }

  /**
   * A fork that could be started: what it would be played with, and under which key an equal one would be found, played with
   * this sample.
   * @throws {SimError} as {@linkcode Starts.fork}
   */
  prepareFork(
    parentId: string,
    spec: ForkSpec,
    onModels?: (chosen: readonly ModelChoice[]) => void,
  ): Promise<{ readonly start: PreparedStart; readonly seed: number; readonly keyOf: (sample: number) => string }> {
    return this.#starts.prepareFork(parentId, spec, onModels);
  }

  /** Answers one SELECT over all runs, in a process of its own. @throws {SimError} as {@linkcode runQuery} */
  async query(sql: string, options: QueryOptions = {}): Promise<QueryResult> {
    const { runQuery } = await import("./sql/mod.ts");
    return await runQuery(this.#store, sql, options);
  }

  /** The tables that a query may name, with their columns. @throws {SimError} as {@linkcode runQuery} */
  async querySchema(options: QueryOptions = {}): Promise<QuerySchema> {
    const { querySchema } = await import("./sql/mod.ts");
    return await querySchema(this.#store, options);
  }

  /** Plays an ended, paused or interrupted run again and compares every file. */
  async replay(runId: string, options: { readonly keep?: boolean } = {}): Promise<ReplayReport> {
    const manifest = await this.#store.manifest(runId);
    if (isLive(manifest.status)) {
      throw new SimError("run_is_live", `run '${runId}' is ${manifest.status}`, {
        hint: "replay it when it stands still",
      });
    }
    const { replayRun } = await import("./replay.ts");
    return await replayRun(this.#store, this.#domains, manifest, options);
  }

  /**
   * Continues the runs that a killed or stopped host has left interrupted, oldest first; what cannot be continued is told
   * and stays as it is. A run whose host was lost several times in one turn is left alone, and one whose batch has been
   * cancelled.
   */
  resumeLost(): Promise<{ resumed: Manifest[]; failed: { run_id: string; error: SimError }[] }> {
    return this.#starts.resumeLost();
  }

  /**
   * Applies the retention rules of the configuration now and every so many milliseconds, until what it returns is called
   * or the app is closed.
   * @param onPruned told what has gone each time, and what went wrong
   */
  pruneEvery(
    milliseconds: number,
    onPruned: (gone: readonly Manifest[], error: unknown) => void = () => {},
  ): () => void {
    const prune = () => {
      this.#pruned = this.prune().then((gone) => onPruned(gone, null), (error) => onPruned([], error));
    };
    const timer = setInterval(prune, milliseconds);
    this.#pruning.add(timer);
    prune();
    return () => {
      clearInterval(timer);
      this.#pruning.delete(timer);
    };
  }

  /** Removes a run that is not being played. */
  async delete(runId: string): Promise<void> {
    if (this.#manager.owns(runId)) {
      throw new SimError("run_is_live", `run '${runId}' is queued or running: cancel it first`);
    }
    await this.#store.remove(runId);
    this.#manager.tell({ kind: "removed", run_id: runId });
  }

  /**
   * Runs that the retention rules no longer protect; removes them unless `dryRun`. One that is in use stays, and those of
   * batches that are played or can be resumed.
   */
  async prune(rules: Partial<ServerConfig["retention"]> & { readonly dryRun?: boolean } = {}): Promise<Manifest[]> {
    const { runs } = await this.#store.list();
    const needed = await this.batches.neededRuns();
    const doomed = runsToPrune(runs, { ...this.config.retention, ...rules }, new Date())
      .filter(({ run_id, batch_id }) => !needed.runs.has(run_id) && !needed.batches.has(batch_id ?? ""));
    if (rules.dryRun) return doomed;
    const gone: Manifest[] = [];
    for (const manifest of doomed) {
      try {
        await this.delete(manifest.run_id);
        gone.push(manifest);
      } catch (error) {
        if (!(error instanceof SimError && IN_USE.includes(error.code))) throw error;
      }
    }
    return gone;
  }

  /** What exporters need to know of a run. */
  async exportRun(runId: string): Promise<RunExport> {
    // The exporters bring Observable Plot with them: loaded only when they are needed.
    const { readRunExport } = await import("./exporting.ts");
    return await readRunExport(this.#store, await this.#store.manifest(runId));
  }

  /**
   * Compares 2 to 20 runs, or cells of batches as `batch:<id>/<cell or arm>`, each with the first.
   * @param labels what they are called in what is said of them; default: the shortest names that tell them apart
   * @throws {SimError} `bad_comparison`, `nothing_to_compare`, `nothing_in_common`, or that there is no such run or batch
   */
  async compare(ids: readonly string[], labels?: readonly string[]): Promise<Comparison> {
    const { compare } = await import("./compare/mod.ts");
    return await compare(this, this.#store, ids, labels);
  }

  /**
   * Draws a metric over turns, of one run or of what {@linkcode App.compare} takes.
   * @throws {SimError} `unknown_metric`, and what comparing may have
   */
  async plot(ids: readonly string[], metric: string): Promise<Plot> {
    const { plot } = await import("./compare/mod.ts");
    return await plot(this, ids, metric);
  }

  /** All domains with what they have; broken ones say what is wrong with them. Takes some seconds the first time. */
  repos(): Promise<RepoInfo[]> {
    return listRepos(this.#domains);
  }

  /** One domain with what it has, or what is wrong with it. @throws {SimError} `unknown_domain` */
  repo(name: string): Promise<RepoInfo> {
    return lookAtRepo(this.#domains, name);
  }

  /** Looks at all domains and returns the broken ones; what it learns makes later starts quick. */
  async checkRepos(): Promise<RepoInfo[]> {
    return (await this.repos()).filter(({ status }) => status === "broken");
  }

  /**
   * Scenario files of one domain, or of all, each checked.
   * @throws {SimError} `unknown_domain`
   */
  scenarios(repo?: string): Promise<ScenarioFile[]> {
    return listScenarios(this.#domains, repo);
  }

  /**
   * The path of the file that `config` names, for `start({ file })`: `<repo>/<config>`, `scenarios/<repo>/<config>`, or
   * from the project's root.
   * @throws {SimError} `unknown_domain`, `bad_config_path`, `missing_file` with what was tried
   */
  resolveConfig(repo: string, config: string): Promise<string> {
    return resolveConfig(this.#domains, repo, config);
  }

  /**
   * All findings about the draft of a scenario file, or of a batch file, as it would be in its place.
   * @throws {SimError} `unknown_domain`, `broken_repo`, `bad_config_path`
   */
  lookAtDraft(draft: ScenarioDraft): Promise<DraftFindings> {
    return lookAtDraft(this, this.#domains, draft);
  }

  /** The JSON Schema of a domain's scenarios, its components' settings included. @throws as {@linkcode describeDomain} */
  async scenarioSchema(name: string): Promise<JsonObject> {
    return domainScenarioSchema(await this.describeDomain(name));
  }

  /** Names of the domains. */
  domains(): string[] {
    return this.#domains.names();
  }

  /** Where a domain's sources are. @throws {SimError} `unknown_domain` */
  domainFolder(name: string): string {
    return this.#domains.folder(name);
  }

  /** Components, schemas and docs of a domain. @throws {SimError} when it cannot be loaded */
  describeDomain(name: string): Promise<DomainDescription> {
    return this.#domains.describe(name);
  }

  /** All providers of models, what each lacks, and which one scenarios get that name none. Tells no key. */
  providers(): Promise<ProviderList> {
    return this.#providers.list();
  }

  /** Parks what is running and releases everything. */
  async close(): Promise<void> {
    for (const timer of this.#pruning) clearInterval(timer);
    await this.#pruned;
    const batches = Promise.all([this.#notebooks?.close(), this.#batches?.close()]);
    await this.#manager.close();
    await batches;
    await Promise.all([this.#domains.close(), this.#gateway.close()]);
    this.#store.close();
  }
}

/** Turns in words, the last ones where there are many. */
function shortList(turns: readonly number[]): string {
  return turns.length <= 10 ? turns.join(", ") : `${turns[0]}, …, ${turns.slice(-8).join(", ")}`;
}
