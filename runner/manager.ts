/**
 * Runs on this host: a queue, up to `maxConcurrent` of them played at once, every transition written to the manifest
 * before it is announced.
 */

import {
  type DecisionJson,
  type JsonObject,
  type RunStats,
  SimError,
  type SimulationInput,
  validityOf,
} from "../framework/mod.ts";
import type { DomainRegistry } from "./domains.ts";
import type { Gateway, Halt, Provider } from "./gateway/mod.ts";
import { type CallReport, type Failed, LiveCalls } from "./live_calls.ts";
import { LiveInputs, type Offer, type PendingDecision } from "./live_inputs.ts";
import { Player, type PlayOutcome, readySandbox } from "./player.ts";
import { lastMetrics, playPlan, runResult } from "./result.ts";
import type { Failure, FromChild, ReadySandbox } from "./sandbox/mod.ts";
import {
  assertAsSeen,
  HOST_STOPPED,
  isEnded,
  isLive,
  type Manifest,
  playedTime,
  type RunConfig,
  type RunLog,
  type RunStatus,
  type RunStore,
  type Tape,
  transition,
} from "./store/mod.ts";

/** What listeners are told. Status messages come after the manifest is on disk. */
export type RunNotice =
  | { readonly kind: "status"; readonly run_id: string; readonly manifest: Manifest }
  | { readonly kind: "progress"; readonly run_id: string; readonly turn: number; readonly row: JsonObject | null }
  /** A person is to decide. */
  | { readonly kind: "decision"; readonly run_id: string; readonly pending: PendingDecision }
  /** A person need not decide any more: `by` says what has come instead; null when the run stopped waiting. */
  | {
    readonly kind: "decided";
    readonly run_id: string;
    readonly pending: PendingDecision;
    readonly by: SimulationInput["kind"] | null;
  }
  /** Something else in its manifest has changed: it has been queued (made, resumed, stepped), or labels were set. */
  | { readonly kind: "changed"; readonly run_id: string; readonly manifest: Manifest }
  /** It is there no more. */
  | { readonly kind: "removed"; readonly run_id: string }
  /** What the run's calls have cost so far, all resumes together; at most once a second. */
  | { readonly kind: "cost"; readonly run_id: string; readonly cost: Manifest["cost"] }
  /** What came of a call of a model or a service. */
  | { readonly kind: "call"; readonly run_id: string; readonly call: CallReport }
  /** It cannot go on calling, for a reason that others have as well: a provider is down, the host's budget is spent. */
  | { readonly kind: "halted"; readonly run_id: string; readonly reason: string }
  /** Its process was killed or died; `code` says why. */
  | { readonly kind: "killed"; readonly run_id: string; readonly code: string }
  | { readonly kind: "waiting"; readonly run_id: string; readonly turn: number; readonly agents: readonly string[] }
  | {
    readonly kind: "log";
    readonly run_id: string;
    readonly level: LogLevel;
    readonly text: string;
    readonly fields: JsonObject | null;
    /** How the scenario wants it to be shown. */
    readonly format: RunConfig["logging"]["format"];
  };

type LogLevel = RunConfig["logging"]["level"];

/** Levels by weight. */
const LEVELS: readonly LogLevel[] = ["DEBUG", "INFO", "WARNING", "ERROR"];

/** Milliseconds that a run which is cancelled is given to complete its turn. */
const CANCEL_GRACE = 2000;

/** Milliseconds between notes of the turn reached in the manifest. */
const TOUCH_INTERVAL = 1000;

/** Longest time that a timer can be set to, ms: 24.8 days. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** Halts that pass, or that money mends: the run is paused. */
const PASSING: readonly string[] = ["provider_down", "rate_limited", "time_spent"];

/** Halts of one run that all others meet as well. */
const SHARED: readonly string[] = ["provider_down", "rate_limited"];

/** Processes that wait for a place at most, however many runs may play at once: each holds memory. */
const MOST_READY = 4;

/** Runs that may be allowed to play at once. */
const MOST_CONCURRENT = 1000;

/** Characters of a stack that a manifest keeps. */
const LONGEST_STACK = 4000;

/** What a manager works with. */
export interface ManagerOptions {
  readonly store: RunStore;
  readonly domains: DomainRegistry;
  readonly gateway: Gateway;
  /** Finds a provider by the name that a run's configuration gives it. */
  readonly provider: (name: string) => Promise<Provider>;
  readonly maxConcurrent: number;
}

interface Live {
  readonly player: Player;
  readonly inputs: LiveInputs;
  readonly calls: LiveCalls;
  readonly log: (level: LogLevel, text: string) => void;
  /** Its log lines on disk. */
  readonly lines: RunLog;
  /** How a park that was asked for ends. */
  park: { status: "paused" | "interrupted"; reason: string } | null;
  /** Why it is being cancelled; null: it is not. */
  cancelled: string | null;
  readonly settled: Promise<void>;
}

/** Plays runs. */
export class SimulationManager {
  readonly #store: RunStore;
  readonly #domains: DomainRegistry;
  readonly #gateway: Gateway;
  readonly #provider: ManagerOptions["provider"];
  readonly #unheard: () => void;
  readonly #listeners = new Set<(notice: RunNotice) => void>();
  readonly #queue: { manifest: Manifest; stopAfter: number | null }[] = [];
  readonly #live = new Map<string, Live>();
  readonly #starting = new Set<string>();
  /** What is being done to queued runs that must not begin before, by run. */
  readonly #holds = new Map<string, Set<Promise<unknown>>>();
  /** Runs that read what was recorded for them: what comes now they must be told. */
  readonly #begun = new Set<string>();
  /** What becomes of runs that nobody plays, until their manifest says so. */
  readonly #settling = new Map<string, RunStatus>();
  /** What each run's manifest says of its cost, as text. */
  readonly #recorded = new WeakMap<LiveCalls, string>();
  /** Processes of queued runs that have loaded everything and wait for a place, by run. */
  readonly #ready = new Map<string, ReadySandbox>();
  /** The queued run whose process is being started; `there` settles when there is one, loaded or not. */
  #readying: { readonly run_id: string; readonly there: Promise<void> } | null = null;
  #maxConcurrent: number;
  /** Settles when the run that was started last has started. */
  #starts: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: ManagerOptions) {
    this.#store = options.store;
    this.#domains = options.domains;
    this.#gateway = options.gateway;
    this.#provider = options.provider;
    this.#maxConcurrent = options.maxConcurrent;
    this.#unheard = options.gateway.subscribe(({ run_id, level, text }) => this.#live.get(run_id)?.log(level, text));
  }

  /** How many runs may play at once. */
  get maxConcurrent(): number {
    return this.#maxConcurrent;
  }

  /** Lowered, it ends nobody: fewer are started until fewer play. */
  set maxConcurrent(value: number) {
    if (!Number.isInteger(value) || value < 0 || value > MOST_CONCURRENT) {
      throw new SimError("bad_value", `max_concurrent cannot be ${value}`, {
        hint: `it is a whole number from 0, which starts nothing, to ${MOST_CONCURRENT}`,
      });
    }
    this.#maxConcurrent = value;
    this.#next();
  }

  /** Whether new runs are taken on. */
  get isOpen(): boolean {
    return !this.#closed;
  }

  /** Runs that are being played or started, and runs that wait for a place. */
  get load(): { readonly playing: number; readonly queued: number } {
    return { playing: this.#live.size + this.#starting.size, queued: this.#queue.length };
  }

  /** Calls `listener` with every notice; the result stops it. */
  subscribe(listener: (notice: RunNotice) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @throws {SimError} `closing` */
  assertOpen(): void {
    if (this.#closed) throw new SimError("closing", "this host is closing and starts nothing new");
  }

  /**
   * Queues a run whose manifest says `queued`.
   * @param stopAfter park when this turn is complete
   * @throws {SimError} `closing`; then the run is interrupted
   */
  async enqueue(manifest: Manifest, stopAfter: number | null = null): Promise<void> {
    if (this.#closed) {
      await this.#settle(manifest, "interrupted", HOST_STOPPED);
      this.assertOpen();
    }
    this.#queue.push({ manifest, stopAfter });
    this.tell({ kind: "changed", run_id: manifest.run_id, manifest });
    this.#next();
    if (this.#starting.size === 0) this.#prepare();
  }

  /** Whether this host has the run in its queue or plays it. */
  owns(runId: string): boolean {
    return this.#live.has(runId) || this.#starting.has(runId) || this.#settling.has(runId) ||
      this.#queue.some(({ manifest }) => manifest.run_id === runId);
  }

  /** Resolves when the run stands still: ended, paused or interrupted. */
  async wait(runId: string): Promise<Manifest> {
    if (!this.owns(runId)) return await this.#store.manifest(runId);
    return await new Promise((resolve) => {
      const stop = this.subscribe((notice) => {
        if (notice.kind !== "status" || notice.run_id !== runId) return;
        if (isLive(notice.manifest.status)) return;
        stop();
        resolve(notice.manifest);
      });
    });
  }

  /** Hands something to a run that is played; null when this host does not play it. */
  async offer(runId: string, offer: Offer): Promise<SimulationInput | null> {
    const live = await this.#started(runId);
    return live ? await live.inputs.offer(offer) : null;
  }

  /**
   * Does something to a run before it begins; null when it has begun. One that gets a place meanwhile waits until it is
   * done.
   */
  async beforeItBegins<T>(runId: string, work: () => Promise<T>): Promise<T | null> {
    if (this.#begun.has(runId)) return null;
    const holds = this.#holds.get(runId) ?? new Set();
    this.#holds.set(runId, holds);
    const working = work();
    holds.add(working);
    try {
      return await working;
    } finally {
      holds.delete(working);
      if (holds.size === 0) this.#holds.delete(runId);
    }
  }

  /** Decisions that the runs of this host wait for. */
  pendingDecisions(): PendingDecision[] {
    return [...this.#live.values()].flatMap(({ inputs }) => inputs.pending());
  }

  /** A person's decision for a run that is played; null when this host does not play it. */
  async decide(
    runId: string,
    agent: string,
    decision: readonly DecisionJson[],
    turn?: number,
  ): Promise<SimulationInput | null> {
    const live = await this.#started(runId);
    return live ? await live.inputs.decide(agent, decision, turn) : null;
  }

  /**
   * Lets a run complete its turn, saves it and frees its place. Resolves when it stands still.
   * @throws {SimError} `bad_transition` when it is being cancelled
   */
  async pause(runId: string, reason = "paused by request"): Promise<Manifest> {
    const live = await this.#started(runId);
    if (live) assertNotCancelled(runId, live);
    if (this.#settling.get(runId) === "cancelled") throw isBeingCancelled(runId);
    return await this.#park(runId, { status: "paused", reason });
  }

  /**
   * Stops a run for good: at the end of its turn if that comes soon, else in its midst. Resolves when it has.
   * @param seen its manifest when it was decided that it may be cancelled
   * @throws {SimError} `bad_transition`, `owned_elsewhere` when that is not how it stands any more; of several who cancel
   * it one succeeds
   */
  async cancel(seen: Manifest, reason = "cancelled by request"): Promise<Manifest> {
    const { run_id } = seen;
    if (this.#unqueue(run_id)) return await this.#settle(seen, "cancelled", reason);
    const live = await this.#started(run_id);
    if (!live) return await this.#settle(seen, "cancelled", reason);
    assertNotCancelled(run_id, live);
    live.cancelled = reason;
    live.player.park();
    // Nobody waits for answers that nobody will read.
    live.calls.abort();
    const grace = setTimeout(() => live.player.stop({ code: "cancelled", message: reason }), CANCEL_GRACE);
    await live.settled;
    clearTimeout(grace);
    return await this.#store.manifest(run_id);
  }

  /** Stops a run at once; it continues from its last checkpoint when resumed. */
  async interrupt(runId: string, reason: string): Promise<Manifest> {
    const queued = this.#unqueue(runId);
    if (queued) return await this.#settle(queued, "interrupted", reason);
    const live = await this.#started(runId);
    if (!live) return await this.#store.manifest(runId);
    live.park = { status: "interrupted", reason };
    live.calls.abort();
    live.player.stop({ code: "interrupted", message: reason });
    await live.settled;
    return await this.#store.manifest(runId);
  }

  /** Parks everything and starts nothing new. Turns are completed, but for those in which models are asked. */
  async close(): Promise<void> {
    this.#closed = true;
    const ids = [...this.#queue.map(({ manifest }) => manifest.run_id), ...this.#starting, ...this.#live.keys()];
    const park = { status: "interrupted", reason: HOST_STOPPED } as const;
    await Promise.all(ids.map((id) => this.#park(id, park, ({ calls }) => calls.abort())));
    await Promise.all([...this.#live.values()].map((live) => live.settled));
    this.#unheard();
  }

  async #park(
    runId: string,
    park: NonNullable<Live["park"]>,
    also: (live: Live) => void = () => {},
  ): Promise<Manifest> {
    const queued = this.#unqueue(runId);
    if (queued) return await this.#settle(queued, park.status, park.reason);
    const live = await this.#started(runId);
    if (!live) return await this.#store.manifest(runId);
    live.park ??= park;
    live.player.park();
    also(live);
    await live.settled;
    return await this.#store.manifest(runId);
  }

  /** Takes the run out of the queue if it is there. */
  #unqueue(runId: string): Manifest | null {
    const at = this.#queue.findIndex(({ manifest }) => manifest.run_id === runId);
    return at < 0 ? null : this.#queue.splice(at, 1)[0]!.manifest;
  }

  /** The run's player, waiting for it if it is just being started. */
  async #started(runId: string): Promise<Live | undefined> {
    while (this.#starting.has(runId)) {
      await new Promise<void>((resolve) => {
        const stop = this.subscribe((notice) => {
          if (notice.kind !== "status" || notice.run_id !== runId) return;
          stop();
          resolve();
        });
      });
    }
    return this.#live.get(runId);
  }

  /** Settles what nobody plays. Of several hosts that would do so one wins, and only that one touches the folder. */
  async #settle(
    seen: Manifest,
    status: "cancelled" | "interrupted" | "paused",
    reason: string,
  ): Promise<Manifest> {
    const { run_id } = seen;
    let manifest: Manifest;
    this.#settling.set(run_id, status);
    try {
      await this.#discard(run_id);
      manifest = await this.#store.update(run_id, (present) => {
        assertAsSeen(present, seen, this.#store.host);
        return transition(present, status, { reason });
      });
      if (isEnded(status)) {
        const last = await this.#lastWord(run_id);
        if (last.turn !== manifest.turn) {
          manifest = await this.#store.update(run_id, (before) => ({ ...before, turn: last.turn }));
        }
        await this.#writeResult(manifest, last.stats, last.metrics, status);
      }
    } catch (error) {
      this.tell({ kind: "status", run_id, manifest: unrecorded(seen, error) });
      throw error;
    } finally {
      this.#settling.delete(run_id);
    }
    this.tell({ kind: "status", run_id, manifest });
    return manifest;
  }

  /** What a run without a process left, its folder brought to its last checkpoint. */
  async #lastWord(runId: string): Promise<{ turn: number; stats: RunStats | null; metrics: JsonObject }> {
    await this.#store.settle(runId).catch((error) => {
      // A folder that domain code has damaged stays as it is: that the run has ended is to be told all the same.
      if (error instanceof SimError) throw error;
    });
    const last = await this.#store.state(runId);
    return { turn: last?.turn ?? 0, stats: last?.stats ?? null, metrics: await lastMetrics(this.#store, runId) };
  }

  #next(): void {
    while (this.#live.size + this.#starting.size < this.#maxConcurrent) {
      const next = this.#queue.shift();
      if (!next) return;
      this.#starting.add(next.manifest.run_id);
      this.#play(next.manifest, next.stopAfter);
    }
  }

  /**
   * Starts a process for the queued run that comes next and has none, one at a time and when nobody else is being started:
   * a run that then gets a place begins at once.
   */
  #prepare(): void {
    if (this.#closed || this.#readying !== null) return;
    const next = this.#queue.slice(0, Math.min(this.#maxConcurrent, MOST_READY))
      .find(({ manifest }) => !this.#ready.has(manifest.run_id));
    if (next === undefined) return;
    const started = this.#readied(next.manifest, next.stopAfter);
    this.#readying = { run_id: next.manifest.run_id, there: started.then(() => {}) };
    started.then((ready) => ready?.loaded).then(() => {
      this.#readying = null;
      if (this.#starting.size === 0) this.#prepare();
    });
  }

  /** What goes wrong goes wrong again when the run is played, where it is told. */
  async #readied(manifest: Manifest, stopAfter: number | null): Promise<ReadySandbox | null> {
    const { run_id } = manifest;
    try {
      const config = await this.#store.config(run_id);
      const ready = readySandbox({
        run_id,
        folder: this.#store.folder(run_id),
        domain: this.#domains.get(config.domain),
        plan: playPlan(config, manifest),
        initial: config.initial_state ?? null,
        stop_after: stopAfter,
      });
      this.#ready.set(run_id, ready);
      return ready;
    } catch {
      return null;
    }
  }

  /** The process that waits for the run, which is the caller's from now on. */
  async #taken(runId: string): Promise<ReadySandbox | undefined> {
    if (this.#readying?.run_id === runId) await this.#readying.there;
    const ready = this.#ready.get(runId);
    this.#ready.delete(runId);
    // What it died of while it waited says nothing of the run, for which another one is started.
    return ready?.isGone ? undefined : ready;
  }

  /** Ends the process that waits for a run which is not played. */
  async #discard(runId: string): Promise<void> {
    await (await this.#taken(runId))?.discard();
  }

  async #play(queued: Manifest, stopAfter: number | null): Promise<void> {
    const runId = queued.run_id;
    // Runs start one after the other, in the order in which they came; from then on they play side by side.
    const before = this.#starts;
    const { promise: started, resolve: isStarted } = Promise.withResolvers<void>();
    this.#starts = started;
    try {
      await before;
      const config = await this.#store.config(runId);
      const manifest = await this.#store.update(runId, (before) => transition(before, "running"));
      for (let holds; (holds = this.#holds.get(runId)) !== undefined;) await Promise.allSettled(holds);
      this.#begun.add(runId);
      const ready = await this.#taken(runId);
      const { player, inputs, calls, log, lines, onEnd } = this.#start(runId, config, manifest, stopAfter, ready);
      const { promise: settled, resolve } = Promise.withResolvers<void>();
      this.#live.set(runId, { player, inputs, calls, log, lines, park: null, cancelled: null, settled });
      this.#starting.delete(runId);
      this.tell({ kind: "status", run_id: runId, manifest });
      isStarted();
      const outcome = await player.outcome;
      // What is noted of its turns comes before what is written of its end.
      await onEnd();
      await Promise.all([inputs.close(), calls.close()]);
      // A cost that cannot be told or written down keeps no run from coming to its end.
      await this.#recordCost(runId, calls).catch(() => {});
      lines.close();
      const live = this.#live.get(runId)!;
      const settledManifest = await this.#record(runId, config, outcome, live).catch((error) =>
        unrecorded(manifest, error)
      );
      this.#live.delete(runId);
      resolve();
      this.tell({ kind: "status", run_id: runId, manifest: settledManifest });
    } catch (error) {
      // Not even the start could be written down: the manifest on disk stays as it is.
      await this.#discard(runId);
      this.#starting.delete(runId);
      this.#live.get(runId)?.lines.close();
      this.#live.delete(runId);
      const manifest = await this.#store.manifest(runId).catch(() => queued);
      this.tell({ kind: "status", run_id: runId, manifest: unrecorded(manifest, error) });
    } finally {
      this.#begun.delete(runId);
      isStarted();
      this.#next();
    }
  }

  #start(
    runId: string,
    config: RunConfig,
    manifest: Manifest,
    stopAfter: number | null,
    ready: ReadySandbox | undefined,
  ): Pick<Live, "player" | "inputs" | "calls" | "log" | "lines"> & { onEnd: () => Promise<void> } {
    let touchedAt = performance.now();
    let noted: Promise<void> = Promise.resolve();
    // That is not in the manifest yet.
    let newest: number | null = null;
    const { level: least, format } = config.logging;
    const lines = this.#store.openLog(runId);
    const log = (level: LogLevel, text: string, fields: JsonObject | null = null) => {
      if (LEVELS.indexOf(level) < LEVELS.indexOf(least)) return;
      lines.write({ level, text, ...(fields && { fields }) });
      this.tell({ kind: "log", run_id: runId, level, text, fields, format });
    };
    const inputs = new LiveInputs({
      run_id: runId,
      firstTurn: (config.inherited.at(-1)?.until ?? 0) + 1,
      append: (input) => this.#store.appendInput(runId, input),
      send: (message) => player.send(message),
      onDecision: (pending) => this.tell({ kind: "decision", run_id: runId, pending }),
      onDecided: (pending, by) => this.tell({ kind: "decided", run_id: runId, pending, by }),
    });
    const plan = playPlan(config, manifest);
    const calls = new LiveCalls({
      run_id: runId,
      plan,
      tape: config.llm?.tape === "off" ? null : () => this.#store.tape(runId, "record"),
      parent: manifest.parent ? { run_id: manifest.parent.run_id, tape: () => this.#parentTape(manifest) } : null,
      live: {
        gateway: this.#gateway,
        provider: this.#provider,
        limits: config.limits,
        spent: {
          ...manifest.cost,
          retries: manifest.cost.retries ?? 0,
          first_new: manifest.cost.first_new ?? null,
        },
      },
      send: (message) => player.send(message),
      onWarning: (text) => log("WARNING", text),
      onCall: (call) => this.tell({ kind: "call", run_id: runId, call }),
      onHalt: (halt) => this.#halt(runId, config, halt),
    });
    const player = new Player({
      run_id: runId,
      folder: this.#store.folder(runId),
      domain: this.#domains.get(config.domain),
      plan: plan,
      initial: config.initial_state ?? null,
      stop_after: stopAfter,
      ...(ready && { ready }),
      onMessage: (message) => {
        const now = performance.now();
        const isAlive = message.t === "progress" || message.t === "waiting";
        if (message.t === "progress") newest = message.turn;
        if (isAlive && now - touchedAt > TOUCH_INTERVAL) {
          touchedAt = now;
          const turn = newest;
          noted = noted.then(() => this.#note(runId, calls, turn)).catch(() => {});
          newest = null;
        }
        if (message.t === "request") {
          const { id, request } = message;
          if (request.kind === "call") calls.receive(id, request.call);
          else inputs.receive({ id, request });
        } else if (message.t === "loaded") {
          inputs.started();
          this.#prepare();
        } else if (message.t === "log") log(message.level, message.text, message.fields);
        else this.#forward(runId, message);
      },
      onOutput: (line) => log("INFO", line.slice(0, 4000)),
      onRestart: async (failure) => {
        log("WARNING", `${failure.message}; continuing from its last checkpoint`);
        calls.restarted();
        await inputs.stopped();
      },
      onKilled: ({ code }) => this.tell({ kind: "killed", run_id: runId, code }),
    });
    const { max_minutes, on_limit } = config.limits;
    if (max_minutes === null) return { player, inputs, calls, log, lines, onEnd: () => noted };
    const left = Math.max(0, max_minutes * 60_000 - playedTime(manifest));
    const timer = setTimeout(() => {
      const reason = `max_minutes: ${max_minutes} is over`;
      const live = this.#live.get(runId);
      if (live && on_limit === "pause") live.park ??= { status: "paused", reason };
      // A turn that asks nobody is soon complete; one that waits for answers may take for ever.
      if (on_limit === "pause") {
        player.park();
        calls.stop({ code: "time_spent", message: reason });
      } else player.stop({ code: "max_minutes", message: reason, hint: "raise limits.max_minutes" });
    }, Math.min(left, LONGEST_TIMEOUT));
    const onEnd = () => {
      clearTimeout(timer);
      return noted;
    };
    return { player, inputs, calls, log, lines, onEnd };
  }

  /** What a fork's parent asked after the fork left it; null when that run is gone. */
  async #parentTape({ parent }: Manifest): Promise<Tape | null> {
    try {
      return await this.#store.tape(parent!.run_id, "read");
    } catch (error) {
      // What cannot be reused is asked again.
      if (error instanceof SimError) return null;
      throw error;
    }
  }

  /** The run cannot go on calling: it stands still at the start of its turn, or fails before anything was answered. */
  #halt(runId: string, config: RunConfig, halt: Halt | Failed): void {
    const live = this.#live.get(runId);
    if (!live) return;
    const { code, message, hint } = halt;
    // Who has cancelled the calls has said how the run is to end.
    if (code === "cancelled") return live.player.park({ at_once: true });
    const isSpent = code === "budget_spent";
    // A halt tells more than that the run was to be paused anyway.
    if (PASSING.includes(code) || (isSpent && config.limits.on_limit === "pause")) {
      const reason = hint === undefined ? message : `${message}; ${hint}`;
      if (live.park?.status !== "interrupted") live.park = { status: "paused", reason };
      if (SHARED.includes(code) || "shared" in halt && halt.shared) {
        this.tell({ kind: "halted", run_id: runId, reason });
      }
      live.player.park({ at_once: true });
      return;
    }
    // Where the tape cannot be opened nobody knows what was paid.
    live.calls.cost().catch(() => undefined).then((cost) => {
      // What has been paid for is not thrown away: the run can be resumed when the fault is mended.
      if (cost && cost.calls > 0) live.park = { status: "interrupted", reason: message };
      live.player.stop({ code, message, ...(hint !== undefined && { hint }) });
    });
  }

  /**
   * Writes into the manifest which turn the run has reached (null: as before) and what it has cost. Only a convenience for
   * those who list runs: the checkpoint knows the turn, the tape the cost.
   */
  async #note(runId: string, calls: LiveCalls, turn: number | null): Promise<void> {
    const isWritten = await this.#recordCost(runId, calls, turn);
    if (!isWritten && turn !== null) await this.#store.touch(runId, turn);
  }

  /** Writes into the manifest what the run has cost so far, with its turn if given, and tells it; false: nothing new. */
  async #recordCost(runId: string, calls: LiveCalls, turn: number | null = null): Promise<boolean> {
    const total = await calls.cost();
    if (!total) return false;
    // A turn that waits for people or models says so once a second.
    const text = JSON.stringify(total);
    if (this.#recorded.get(calls) === text) return false;
    const { usd, input_tokens, output_tokens, calls: made, retries, reused_calls, first_new } = total;
    const cost = {
      // Sums of the same numbers in another order differ in their last digits.
      usd: Number(usd.toFixed(9)),
      input_tokens,
      output_tokens,
      calls: made,
      reused_calls,
      ...(retries > 0 && { retries }),
      ...(first_new && { first_new }),
    };
    await this.#store.update(runId, (manifest) => ({ ...manifest, cost, ...(turn !== null && { turn }) }));
    this.#recorded.set(calls, text);
    this.tell({ kind: "cost", run_id: runId, cost });
    return true;
  }

  #forward(runId: string, message: FromChild): void {
    switch (message.t) {
      case "progress":
        return this.tell({
          kind: "progress",
          run_id: runId,
          turn: message.turn,
          row: message.row,
        });
      case "waiting":
        return this.tell({ kind: "waiting", run_id: runId, turn: message.turn, agents: message.agents });
    }
  }

  /** Writes result and manifest of a run that stands still. */
  async #record(runId: string, config: RunConfig, outcome: PlayOutcome, live: Live): Promise<Manifest> {
    const share = config.limits.max_fallback_share;
    const withValidity = (manifest: Manifest, stats: RunStats | null): Manifest =>
      stats
        ? { ...manifest, validity: { ...validityOf(stats, share), reasons: [...validityOf(stats, share).reasons] } }
        : manifest;
    const end = async (
      status: "cancelled" | "failed",
      reason: string,
      last: { readonly turn: number; readonly stats: RunStats | null; readonly metrics: JsonObject },
      failure?: Failure,
    ): Promise<Manifest> => {
      const before = withValidity(await this.#store.manifest(runId), last.stats);
      await this.#writeResult(before, last.stats, last.metrics, failure ? `${status}: ${reason}` : status);
      return await this.#store.update(runId, (manifest) => ({
        ...withValidity(transition(manifest, status, { reason, turn: last.turn }), last.stats),
        ...(failure && { error: runError(failure) }),
      }));
    };
    const turn = outcome.turn;
    // Who has cancelled it in time has been told that it is cancelled, also where its last turn has just ended.
    if (live.cancelled !== null && outcome.kind === "ended") return await end("cancelled", live.cancelled, outcome);
    if (outcome.kind === "ended") {
      const before = await this.#store.manifest(runId);
      await this.#writeResult(withValidity(before, outcome.stats), outcome.stats, outcome.metrics, outcome.reason);
      return await this.#store.update(
        runId,
        (manifest) => withValidity(transition(manifest, "completed", { reason: outcome.reason, turn }), outcome.stats),
      );
    }
    if (outcome.kind === "parked") {
      if (live.cancelled !== null) return await end("cancelled", live.cancelled, outcome);
      const park = live.park ?? { status: "paused" as const, reason: `stepped to turn ${turn}` };
      return await this.#store.update(
        runId,
        (manifest) => withValidity(transition(manifest, park.status, { reason: park.reason, turn }), outcome.stats),
      );
    }
    const { failure, stats, metrics } = outcome;
    if (live.cancelled === null && (live.park?.status === "interrupted" || outcome.resumable)) {
      const reason = outcome.resumable ? failure.message : live.park!.reason;
      const saved = (await this.#store.state(runId))?.turn ?? 0;
      const isFault = outcome.resumable || failure.code !== "interrupted";
      return await this.#store.update(runId, (manifest) => ({
        ...transition(manifest, "interrupted", { reason, turn: saved }),
        ...(isFault && { error: runError(failure) }),
      }));
    }
    // A run that was stopped could not say its totals; its last checkpoint knows them up to there.
    const last = stats ? { turn, stats, metrics } : await this.#lastWord(runId);
    return live.cancelled !== null
      ? await end("cancelled", live.cancelled, last)
      : await end("failed", failure.message, last, failure);
  }

  async #writeResult(
    manifest: Manifest,
    stats: RunStats | null,
    metrics: JsonObject,
    reason: string,
  ): Promise<void> {
    const result = await runResult(this.#store, manifest, stats, metrics, reason);
    await this.#store.writeResult(manifest.run_id, result);
  }

  /** Tells the listeners. One that fails does no harm to the run, nor to the others; it is told no more. */
  tell(notice: RunNotice): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(notice);
      } catch (error) {
        this.#listeners.delete(listener);
        const text = `a listener failed and is told no more: ${error instanceof Error ? error.message : String(error)}`;
        this.tell({ kind: "log", run_id: notice.run_id, level: "ERROR", text, fields: null, format: "auto" });
      }
    }
  }
}

/** @throws {SimError} `bad_transition` */
function assertNotCancelled(runId: string, live: Live): void {
  if (live.cancelled !== null) throw isBeingCancelled(runId);
}

function isBeingCancelled(runId: string): SimError {
  return new SimError("bad_transition", `run '${runId}' is being cancelled`, { hint: "wait until it has ended" });
}

function runError(failure: Failure): NonNullable<Manifest["error"]> {
  const { code, message, hint, turn, agent, stack } = failure;
  return {
    code,
    message,
    ...(hint !== undefined && { hint }),
    ...(turn !== undefined && { turn }),
    ...(agent !== undefined && { agent }),
    ...(stack !== undefined && { stack: stack.slice(0, LONGEST_STACK) }),
  };
}

/** What is true of a run although it could not be written (disk full): the next host will find it without owner. */
function unrecorded(manifest: Manifest, error: unknown): Manifest {
  const { code = "store_error", message, hint } = error as Error & { code?: string; hint?: string };
  return {
    ...manifest,
    status: "interrupted",
    status_reason: message,
    error: { code: String(code), message, ...(hint !== undefined && { hint }) },
  };
}
