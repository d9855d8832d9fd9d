/**
 * Runs on this host: a queue, up to `maxConcurrent` of them played at once, every transition written to the manifest
 * before it is announced.
 */

import { type JsonObject, type RunStats, SimError, validityOf } from "../framework/mod.ts";
import type { DomainRegistry } from "./domains.ts";
import { Player, type PlayOutcome } from "./player.ts";
import { playPlan, runResult } from "./result.ts";
import type { Failure, FromChild } from "./sandbox/mod.ts";
import { isEnded, type Manifest, type RunConfig, type RunStore, transition } from "./store/mod.ts";

/** What listeners are told. Status messages come after the manifest is on disk. */
export type RunNotice =
  | { readonly kind: "status"; readonly run_id: string; readonly manifest: Manifest }
  | { readonly kind: "progress"; readonly run_id: string; readonly turn: number; readonly row: JsonObject | null }
  | { readonly kind: "waiting"; readonly run_id: string; readonly turn: number; readonly agents: readonly string[] }
  | {
    readonly kind: "log";
    readonly run_id: string;
    readonly level: string;
    readonly text: string;
    readonly fields: JsonObject | null;
  };

/** Milliseconds between notes of the turn reached in the manifest. */
const TOUCH_INTERVAL = 1000;

/** Longest time that a timer can be set to, ms: 24.8 days. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

interface Live {
  readonly player: Player;
  /** How a park that was asked for ends. */
  park: { status: "paused" | "interrupted"; reason: string } | null;
  cancelled: boolean;
  readonly settled: Promise<void>;
}

/** Plays runs. */
export class SimulationManager {
  readonly #store: RunStore;
  readonly #domains: DomainRegistry;
  readonly #listeners = new Set<(notice: RunNotice) => void>();
  readonly #queue: { runId: string; stopAfter: number | null }[] = [];
  readonly #live = new Map<string, Live>();
  readonly #starting = new Set<string>();
  #maxConcurrent: number;
  #closed = false;

  constructor(options: { store: RunStore; domains: DomainRegistry; maxConcurrent: number }) {
    this.#store = options.store;
    this.#domains = options.domains;
    this.#maxConcurrent = options.maxConcurrent;
  }

  /** How many runs may play at once. */
  get maxConcurrent(): number {
    return this.#maxConcurrent;
  }

  set maxConcurrent(value: number) {
    this.#maxConcurrent = value;
    this.#next();
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
  async enqueue(runId: string, stopAfter: number | null = null): Promise<void> {
    if (this.#closed) {
      await this.#settle(runId, "interrupted", "the host was stopped");
      this.assertOpen();
    }
    this.#queue.push({ runId, stopAfter });
    this.#next();
  }

  /** Whether this host has the run in its queue or plays it. */
  owns(runId: string): boolean {
    return this.#live.has(runId) || this.#starting.has(runId) || this.#queue.some((queued) => queued.runId === runId);
  }

  /** Resolves when the run stands still: ended, paused or interrupted. */
  async wait(runId: string): Promise<Manifest> {
    if (!this.owns(runId)) return await this.#store.manifest(runId);
    return await new Promise((resolve) => {
      const stop = this.subscribe((notice) => {
        if (notice.kind !== "status" || notice.run_id !== runId) return;
        if (notice.manifest.status === "queued" || notice.manifest.status === "running") return;
        stop();
        resolve(notice.manifest);
      });
    });
  }

  /** Lets a run complete its turn, saves it and frees its place. Resolves when it stands still. */
  async pause(runId: string, reason = "paused by request"): Promise<Manifest> {
    return await this.#park(runId, { status: "paused", reason });
  }

  /** Stops a run for good. Resolves when it has. */
  async cancel(runId: string, reason = "cancelled by request"): Promise<Manifest> {
    if (this.#unqueue(runId)) return await this.#settle(runId, "cancelled", reason);
    const live = await this.#started(runId);
    if (!live) return await this.#settle(runId, "cancelled", reason);
    live.cancelled = true;
    live.player.stop({ code: "cancelled", message: reason });
    await live.settled;
    return await this.#store.manifest(runId);
  }

  /** Stops a run at once; it continues from its last checkpoint when resumed. */
  async interrupt(runId: string, reason: string): Promise<Manifest> {
    if (this.#unqueue(runId)) return await this.#settle(runId, "interrupted", reason);
    const live = await this.#started(runId);
    if (!live) return await this.#store.manifest(runId);
    live.park = { status: "interrupted", reason };
    live.player.stop({ code: "interrupted", message: reason });
    await live.settled;
    return await this.#store.manifest(runId);
  }

  /** Parks everything and starts nothing new. */
  async close(): Promise<void> {
    this.#closed = true;
    const ids = [...this.#queue.map((queued) => queued.runId), ...this.#starting, ...this.#live.keys()];
    await Promise.all(ids.map((id) => this.#park(id, { status: "interrupted", reason: "the host was stopped" })));
    await Promise.all([...this.#live.values()].map((live) => live.settled));
  }

  async #park(runId: string, park: NonNullable<Live["park"]>): Promise<Manifest> {
    if (this.#unqueue(runId)) return await this.#settle(runId, park.status, park.reason);
    const live = await this.#started(runId);
    if (!live) return await this.#store.manifest(runId);
    live.park ??= park;
    live.player.park();
    await live.settled;
    return await this.#store.manifest(runId);
  }

  #unqueue(runId: string): boolean {
    const at = this.#queue.findIndex((queued) => queued.runId === runId);
    if (at < 0) return false;
    this.#queue.splice(at, 1);
    return true;
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

  async #settle(runId: string, status: "cancelled" | "interrupted" | "paused", reason: string): Promise<Manifest> {
    const end = (before: Manifest) => transition(before, status, { reason });
    // Like every result it is there before the manifest says that the run has ended.
    if (isEnded(status)) await this.#writeResult(end(await this.#store.manifest(runId)), null, {}, null);
    const manifest = await this.#store.update(runId, end);
    this.#tell({ kind: "status", run_id: runId, manifest });
    return manifest;
  }

  #next(): void {
    while (this.#live.size + this.#starting.size < this.#maxConcurrent) {
      const next = this.#queue.shift();
      if (!next) return;
      this.#starting.add(next.runId);
      this.#play(next.runId, next.stopAfter);
    }
  }

  async #play(runId: string, stopAfter: number | null): Promise<void> {
    try {
      const config = await this.#store.config(runId);
      const manifest = await this.#store.update(runId, (before) => transition(before, "running"));
      const { player, onEnd } = this.#start(runId, config, manifest, stopAfter);
      const { promise: settled, resolve } = Promise.withResolvers<void>();
      this.#live.set(runId, { player, park: null, cancelled: false, settled });
      this.#starting.delete(runId);
      this.#tell({ kind: "status", run_id: runId, manifest });
      const outcome = await player.outcome;
      onEnd();
      const live = this.#live.get(runId)!;
      const settledManifest = await this.#record(runId, config, outcome, live).catch((error) =>
        unrecorded(manifest, error)
      );
      this.#live.delete(runId);
      resolve();
      this.#tell({ kind: "status", run_id: runId, manifest: settledManifest });
    } catch (error) {
      // Not even the start could be written down: the manifest on disk stays as it is.
      this.#starting.delete(runId);
      this.#live.delete(runId);
      const manifest = await this.#store.manifest(runId).catch(() => null);
      if (manifest) this.#tell({ kind: "status", run_id: runId, manifest: unrecorded(manifest, error) });
    } finally {
      this.#next();
    }
  }

  #start(
    runId: string,
    config: RunConfig,
    manifest: Manifest,
    stopAfter: number | null,
  ): { player: Player; onEnd: () => void } {
    let touchedAt = performance.now();
    const player = new Player({
      run_id: runId,
      folder: this.#store.folder(runId),
      domain: this.#domains.get(config.domain),
      plan: playPlan(config, manifest.seed),
      stop_after: stopAfter,
      onMessage: (message) => {
        const now = performance.now();
        if (message.t === "progress" && now - touchedAt > TOUCH_INTERVAL) {
          touchedAt = now;
          // Only a convenience for those who list runs: the checkpoint knows the turn.
          this.#store.touch(runId, message.turn).catch(() => {});
        }
        this.#forward(runId, message);
      },
      onOutput: (line) =>
        this.#tell({ kind: "log", run_id: runId, level: "INFO", text: line.slice(0, 4000), fields: null }),
      onRestart: (failure) => {
        const text = `${failure.message}; continuing from its last checkpoint`;
        this.#tell({ kind: "log", run_id: runId, level: "WARNING", text, fields: null });
      },
    });
    const { max_minutes, on_limit } = config.limits;
    if (max_minutes === null) return { player, onEnd: () => {} };
    const timer = setTimeout(() => {
      const reason = `max_minutes: ${max_minutes} is over`;
      const live = this.#live.get(runId);
      if (live && on_limit === "pause") live.park ??= { status: "paused", reason };
      if (on_limit === "pause") player.park();
      else player.stop({ code: "max_minutes", message: reason, hint: "raise limits.max_minutes" });
    }, Math.min(max_minutes * 60_000, LONGEST_TIMEOUT));
    return { player, onEnd: () => clearTimeout(timer) };
  }

  #forward(runId: string, message: FromChild): void {
    switch (message.t) {
      case "progress":
        return this.#tell({
          kind: "progress",
          run_id: runId,
          turn: message.turn,
          row: message.row,
        });
      case "waiting":
        return this.#tell({ kind: "waiting", run_id: runId, turn: message.turn, agents: message.agents });
      case "log":
        return this.#tell({
          kind: "log",
          run_id: runId,
          level: message.level,
          text: message.text,
          fields: message.fields,
        });
    }
  }

  /** Writes result and manifest of a run that stands still. */
  async #record(runId: string, config: RunConfig, outcome: PlayOutcome, live: Live): Promise<Manifest> {
    const share = config.limits.max_fallback_share;
    const withValidity = (manifest: Manifest, stats: RunStats | null): Manifest =>
      stats
        ? { ...manifest, validity: { ...validityOf(stats, share), reasons: [...validityOf(stats, share).reasons] } }
        : manifest;
    const turn = outcome.turn;
    if (outcome.kind === "ended") {
      const before = await this.#store.manifest(runId);
      await this.#writeResult(withValidity(before, outcome.stats), outcome.stats, outcome.metrics, outcome.reason);
      return await this.#store.update(
        runId,
        (manifest) => withValidity(transition(manifest, "completed", { reason: outcome.reason, turn }), outcome.stats),
      );
    }
    if (outcome.kind === "parked") {
      const park = live.park ?? { status: "paused" as const, reason: `stepped to turn ${turn}` };
      return await this.#store.update(
        runId,
        (manifest) => withValidity(transition(manifest, park.status, { reason: park.reason, turn }), outcome.stats),
      );
    }
    const { failure, metrics } = outcome;
    // A run that was stopped could not say its totals; its last checkpoint knows them up to there.
    const stats = outcome.stats ?? (await this.#store.state(runId))?.stats ?? null;
    if (live.cancelled) {
      await this.#writeResult(withValidity(await this.#store.manifest(runId), stats), stats, metrics, "cancelled");
      return await this.#store.update(
        runId,
        (manifest) => withValidity(transition(manifest, "cancelled", { reason: failure.message, turn }), stats),
      );
    }
    if (live.park?.status === "interrupted" || outcome.resumable) {
      const reason = outcome.resumable ? failure.message : live.park!.reason;
      return await this.#store.update(runId, (manifest) => ({
        ...transition(manifest, "interrupted", { reason, turn }),
        ...(outcome.resumable && { error: runError(failure) }),
      }));
    }
    const before = withValidity(await this.#store.manifest(runId), stats);
    await this.#writeResult(before, stats, metrics, `failed: ${failure.message}`);
    return await this.#store.update(runId, (manifest) => ({
      ...withValidity(transition(manifest, "failed", { reason: failure.message, turn }), stats),
      error: runError(failure),
    }));
  }

  async #writeResult(
    manifest: Manifest,
    stats: RunStats | null,
    metrics: JsonObject,
    reason: string | null,
  ): Promise<void> {
    const result = await runResult(this.#store, manifest, stats, metrics, reason ?? manifest.status);
    await this.#store.writeResult(manifest.run_id, result);
  }

  #tell(notice: RunNotice): void {
    for (const listener of [...this.#listeners]) listener(notice);
  }
}

function runError(failure: Failure): NonNullable<Manifest["error"]> {
  const { code, message, hint, turn, agent } = failure;
  return {
    code,
    message,
    ...(hint !== undefined && { hint }),
    ...(turn !== undefined && { turn }),
    ...(agent !== undefined && { agent }),
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
