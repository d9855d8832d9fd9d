/**
 * Plays one run folder: stretch by stretch (a fork plays its parent's part by the parent's rules), starting the sandbox
 * anew where its process was killed from outside.
 */

import { type JsonObject, type RunStats, schemaHash } from "../framework/mod.ts";
import type { DomainEntry } from "./domains.ts";
import type { InitialState } from "./store/mod.ts";
import {
  type Failure,
  type FromChild,
  type PlanStretch,
  ReadySandbox,
  Sandbox,
  type SandboxListener,
} from "./sandbox/mod.ts";

/** What to play. */
export interface PlayOptions {
  readonly run_id: string;
  /** Real path of the run's folder. */
  readonly folder: string;
  readonly domain: DomainEntry;
  readonly plan: readonly PlanStretch[];
  /** The state a new run starts from; null: what its engine makes. */
  readonly initial: InitialState | null;
  /** Park when this turn is complete; null: play to the end. */
  readonly stop_after: number | null;
  readonly onMessage: (message: FromChild) => void;
  /** A line that domain code printed. */
  readonly onOutput: (line: string) => void;
  /** A process that has been started for it already, by {@linkcode readySandbox}. */
  readonly ready?: ReadySandbox;
  /** The sandbox was killed from outside and is started again, as soon as this has settled. */
  readonly onRestart: (failure: Failure) => Promise<void>;
  /** A sandbox did not end by itself: it was killed, by the host or from outside, or died. */
  readonly onKilled?: (failure: Failure) => void;
}

/** How it went. */
export type PlayOutcome =
  /** The simulation came to its end. */
  | {
    readonly kind: "ended";
    readonly turn: number;
    readonly reason: string;
    readonly stats: RunStats;
    readonly metrics: JsonObject;
  }
  /** It stands at the end of a turn and can be continued. */
  | { readonly kind: "parked"; readonly turn: number; readonly stats: RunStats; readonly metrics: JsonObject }
  /** It cannot go on as it is. `resumable`: the fault lies outside of it (disk, another owner). */
  | {
    readonly kind: "failed";
    readonly turn: number;
    readonly failure: Failure;
    readonly resumable: boolean;
    readonly stats: RunStats | null;
    readonly metrics: JsonObject;
  };

/** Faults of the surroundings, not of the simulation. */
const OUTSIDE = new Set(["disk_full", "output_error", "output_not_writable", "locked", "no_deno"]);

/** Times a sandbox may be killed from outside without getting a turn further. */
const MAX_DEATHS = 2;

/** A run being played. */
export class Player {
  /** Settles when it stands still. Never rejects. */
  readonly outcome: Promise<PlayOutcome>;
  readonly #options: PlayOptions;
  #sandbox: Sandbox | undefined;
  #loaded = false;
  /** Whether the process that was ready has been taken. */
  #hasSpawned = false;
  #parking: { at_once: boolean } | null = null;
  #stopped: Failure | undefined;
  #turn = 0;

  constructor(options: PlayOptions) {
    this.#options = options;
    this.outcome = this.#play();
  }

  /** Completes the turn, saves it, stops. With `at_once` the turn is abandoned: resuming plays it from its start. */
  park({ at_once = false }: { readonly at_once?: boolean } = {}): void {
    this.#parking = { at_once: at_once || this.#parking?.at_once === true };
    // Before that nobody would hear it.
    if (this.#loaded) this.#sandbox?.send({ t: "park", ...this.#parking });
  }

  /** Tells the sandbox something; what it cannot hear while it is being started is said again by its `loaded`. */
  send(message: Parameters<Sandbox["send"]>[0]): void {
    if (this.#loaded) this.#sandbox?.send(message);
  }

  /** Stops at once, for this reason. */
  stop(failure: Failure): void {
    this.#stopped = failure;
    this.#sandbox?.stop(failure);
  }

  async #play(): Promise<PlayOutcome> {
    let diedAt = -1;
    let deaths = 0;
    while (true) {
      this.#loaded = false;
      if (this.#stopped) return this.#failed(this.#stopped);
      let exit;
      try {
        this.#sandbox = this.#spawn();
        exit = await this.#sandbox.done;
      } catch (error) {
        const { code = "sandbox_error", message, hint, stack } = error as Error & { code?: string; hint?: string };
        return this.#failed({ code, message, ...(hint !== undefined && { hint }), ...(stack && { stack }) });
      }
      if (exit.kind !== "finished") this.#options.onKilled?.(exit.failure);
      if (exit.kind === "stopped") return this.#failed(exit.failure);
      if (exit.kind === "died") {
        deaths = this.#turn > diedAt ? 1 : deaths + 1;
        diedAt = Math.max(diedAt, this.#turn);
        // Killed over and over in one turn: it does so itself, or the machine has no room for it.
        if (exit.failure.code !== "process_died" || deaths > MAX_DEATHS) return this.#failed(exit.failure);
        await this.#options.onRestart(exit.failure);
        continue;
      }
      const last = exit.message;
      if (last.t === "ended") {
        return { kind: "ended", turn: last.turn, reason: last.reason, stats: last.stats, metrics: last.metrics };
      }
      if (last.t === "failed") {
        return {
          kind: "failed",
          turn: last.turn,
          failure: last.error,
          resumable: OUTSIDE.has(last.error.code),
          stats: last.stats,
          metrics: last.metrics,
        };
      }
      const stretchEnded = this.#options.plan.some(({ until }) => until === last.turn);
      const asked = this.#parking !== null ||
        (this.#options.stop_after !== null && last.turn >= this.#options.stop_after);
      if (!stretchEnded || asked) return { kind: "parked", turn: last.turn, stats: last.stats, metrics: last.metrics };
    }
  }

  #failed(failure: Failure): PlayOutcome {
    return {
      kind: "failed",
      turn: this.#turn,
      failure,
      resumable: OUTSIDE.has(failure.code),
      stats: null,
      metrics: {},
    };
  }

  #spawn(): Sandbox {
    const { ready, onMessage, onOutput } = this.#options;
    const listener: SandboxListener = {
      onMessage: (message) => {
        if (message.t === "loaded") {
          this.#loaded = true;
          if (this.#parking) this.#sandbox?.send({ t: "park", ...this.#parking });
        }
        if ("turn" in message && message.turn !== null && message.t !== "waiting") this.#turn = message.turn;
        onMessage(message);
      },
      onOutput,
    };
    if (ready === undefined || this.#hasSpawned) return new Sandbox({ ...sandboxOf(this.#options), ...listener });
    this.#hasSpawned = true;
    return ready.take(listener);
  }
}

/** What of a run its process is started with. */
export type RunProcess = Pick<PlayOptions, "run_id" | "folder" | "domain" | "plan" | "initial" | "stop_after">;

/** A process for a run that is to be played as soon as there is a place for it. @throws {SimError} `no_deno` */
export function readySandbox(run: RunProcess): ReadySandbox {
  return new ReadySandbox(sandboxOf(run));
}

function sandboxOf({ run_id, folder, domain, initial, plan, stop_after }: RunProcess) {
  const { limits, simulation } = plan.at(-1)!.scenario;
  const { agent_vars, global_vars } = plan[0]!.scenario.state_variables;
  const schema_hash = schemaHash(agent_vars, global_vars);
  return {
    init: { t: "run" as const, domain: domain.module.href, folder, run_id, schema_hash, initial, plan, stop_after },
    domainFolder: domain.folder,
    runFolder: folder,
    maxMemoryMb: limits.max_memory_mb,
    progressTimeout: simulation.turn_timeout,
  };
}
