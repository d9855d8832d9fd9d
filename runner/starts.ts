/** Runs that begin, and go on: started, made of a prepared start, forked, resumed. */

import {
  checkCheckpointVariables,
  type Checkpoint,
  type Issue,
  issuesError,
  type JsonObject,
  schemaHash,
  SimError,
  type StateVariables,
} from "../framework/mod.ts";
import { assertPlayable } from "./conversation/mod.ts";
import type { DomainRegistry } from "./domains.ts";
import type { ForkSpec } from "./fork.ts";
import { chooseModels, type Gateway, type ModelChoice, type Providers } from "./gateway/mod.ts";
import { codeChange, codeOf, contentKey, newManifest } from "./identity.ts";
import { withLabels } from "./labels.ts";
import { isLeft } from "./lost_runs.ts";
import type { SimulationManager } from "./manager.ts";
import { type PreparedRun, prepareScenario, type ScenarioSource } from "./prepare.ts";
import { type Request, Requests } from "./requests.ts";
import type { RunAccess } from "./run_access.ts";
import { assertAsSeen, type Manifest, type NewRun, type RunConfig, type RunStore, transition } from "./store/mod.ts";

/** What to start. */
export interface StartSpec extends ScenarioSource {
  /** Varies only what models answer. Default 0. */
  readonly sample?: number;
  readonly labels?: { readonly [key: string]: string };
  /** `step`: park after the first turn; `hold`: wait, parked, until it is stepped or resumed. Default `auto`. */
  readonly mode?: "auto" | "step" | "hold";
  /** Refuses to start what is no conversation. */
  readonly needsConversation?: boolean;
  /**
   * Names this request: the same one made again gets the run that the first one started, as long as there is that run.
   * Whoever keeps several callers apart puts the caller's name into it.
   */
  readonly idempotencyKey?: string;
  /** Has the offline provider, which is no language model, answer in place of every model of this run. */
  readonly offline?: boolean;
  /** Refuses to start where no model is found, instead of letting the offline provider answer. */
  readonly needsModel?: boolean;
  /** Told which models were chosen, before the run starts. */
  readonly onModels?: (chosen: readonly ModelChoice[]) => void;
  /** Told of warnings and notes before the run starts. */
  readonly onIssues?: (issues: readonly Issue[]) => void;
}

/** A start that has been checked: runs of it differ in seed and sample alone. */
export interface PreparedStart {
  readonly text: string;
  readonly config: RunConfig;
  readonly code: ReturnType<typeof codeOf>;
  readonly scenario_path: string | undefined;
}

/** In what the runs of one prepared start differ. */
export interface Variation {
  /** Absent: the scenario's own. */
  readonly seed?: number;
  readonly sample?: number;
  readonly labels?: { readonly [key: string]: string };
  /** Whether it waits, parked, until it is stepped or resumed. */
  readonly hold?: boolean;
  /** The batch that it is made for, and its position there: asked for again it is not made again. */
  readonly batch?: { readonly id: string; readonly n: number };
  /** The cell of a notebook that it is made for. */
  readonly notebook?: Manifest["notebook"];
}

/** What starting runs needs. */
export interface StartsParts {
  readonly store: RunStore;
  readonly domains: DomainRegistry;
  readonly manager: SimulationManager;
  readonly providers: Providers;
  readonly gateway: Gateway;
  readonly access: RunAccess;
  /** @throws {SimError} `feature_off` */
  readonly assertConversationsOn: () => void;
  readonly isBatchCancelled: (batchId: string) => boolean;
}

/** Starts runs and has them go on. */
export class Starts {
  readonly #store: RunStore;
  readonly #domains: DomainRegistry;
  readonly #manager: SimulationManager;
  readonly #providers: Providers;
  readonly #gateway: Gateway;
  readonly #access: RunAccess;
  readonly #host: Pick<StartsParts, "assertConversationsOn" | "isBatchCancelled">;
  readonly #requests: Requests;

  constructor(parts: StartsParts) {
    this.#store = parts.store;
    this.#domains = parts.domains;
    this.#manager = parts.manager;
    this.#providers = parts.providers;
    this.#gateway = parts.gateway;
    this.#access = parts.access;
    this.#host = parts;
    this.#requests = new Requests((key) => this.#store.findRequested(key));
  }

  /** As {@linkcode App.start}. */
  async start(spec: StartSpec): Promise<Manifest> {
    this.#manager.assertOpen();
    const { idempotencyKey, onModels: _models, onIssues: _issues, ...asked } = spec;
    if (idempotencyKey === undefined) return await this.#start(spec);
    // What is not given is not asked for: as JSON that is the same.
    const body = JSON.parse(JSON.stringify(asked)) as JsonObject;
    return await this.#requests.once(idempotencyKey, body, (request) => this.#start(spec, request));
  }

  async #start(spec: StartSpec, request?: Request): Promise<Manifest> {
    const labels = withLabels({}, spec.labels ?? {});
    const start = await this.prepare(spec);
    return await this.#launch({
      ...start,
      seed: start.config.simulation.seed,
      sample: spec.sample ?? 0,
      labels,
      stopAfter: spec.mode === "step" ? (start.config.initial_state?.state.turn ?? 0) + 1 : null,
      ...(spec.mode === "hold" && { hold: true }),
      ...(request && { request }),
    });
  }

  /** As {@linkcode App.prepare}. */
  async prepare(spec: StartSpec): Promise<PreparedStart> {
    const prepared = await prepareScenario(this.#domains, spec);
    const described = runnable(prepared);
    this.#assertConversation(described, spec);
    spec.onIssues?.(prepared.issues);
    const config = await this.#withModels(described, spec);
    return { text: prepared.text, config, code: codeOf(this.#domains, config.domain), scenario_path: spec.file };
  }

  /** As {@linkcode App.isCurrent}. */
  isCurrent({ code, config: { domain } }: PreparedStart): boolean {
    return codeChange(code, codeOf(this.#domains, domain)) === null;
  }

  /** As {@linkcode App.contentKeyOf}. */
  contentKeyOf(start: PreparedStart, variation: Variation = {}): string {
    const { config, seed, sample } = varied(start, variation);
    return contentKey({ ...start, config, seed, sample });
  }

  /** As {@linkcode App.startPrepared}. */
  async startPrepared(start: PreparedStart, variation: Variation = {}): Promise<Manifest> {
    this.#manager.assertOpen();
    const { batch, labels = {}, hold = false, notebook } = variation;
    const run = {
      ...start,
      ...varied(start, variation),
      labels: withLabels({}, labels),
      stopAfter: null,
      hold,
      ...(notebook && { notebook }),
    };
    if (batch === undefined) return await this.#launch(run);
    // With its content: what was made for the same place of something else is not the run that is meant.
    return await this.#requests.once(
      `batch ${batch.id} ${batch.n} ${this.contentKeyOf(start, variation)}`,
      {},
      (request) => this.#launch({ ...run, request, batch_id: batch.id }),
    );
  }

  /** As {@linkcode App.fork}. */
  async fork(parentId: string, spec: ForkSpec): Promise<Manifest> {
    this.#manager.assertOpen();
    return await this.#launch({ ...await this.#forked(parentId, spec), hold: spec.hold === true });
  }

  /** As {@linkcode App.prepareFork}. */
  async prepareFork(
    parentId: string,
    spec: ForkSpec,
    onModels?: (chosen: readonly ModelChoice[]) => void,
  ): Promise<{ readonly start: PreparedStart; readonly seed: number; readonly keyOf: (sample: number) => string }> {
    const { text, config, seed, code, scenario_path, fork } = await this.#forked(parentId, spec, onModels);
    const keyOf = (sample: number) => contentKey({ code, config, seed, sample, scenario_path, ...(fork && { fork }) });
    return { start: { text, config, code, scenario_path }, seed, keyOf };
  }

  /** As {@linkcode App.resume}. */
  async resume(runId: string): Promise<Manifest> {
    return await this.#continue(runId, null);
  }

  /** As {@linkcode App.step}. */
  async step(runId: string): Promise<Manifest> {
    const turn = (await this.#store.state(runId))?.turn ?? 0;
    return await this.#continue(runId, turn + 1);
  }

  /** As {@linkcode App.resumeLost}. */
  async resumeLost(): Promise<{ resumed: Manifest[]; failed: { run_id: string; error: SimError }[] }> {
    const resumed: Manifest[] = [];
    const failed: { run_id: string; error: SimError }[] = [];
    const { runs } = await this.#store.list({ status: "interrupted" });
    for (const manifest of runs.filter(isLeft).toReversed()) {
      if (manifest.batch_id !== undefined && this.#host.isBatchCancelled(manifest.batch_id)) continue;
      const { run_id, stop_after, turn } = manifest;
      try {
        resumed.push(await this.#continue(run_id, stop_after !== undefined && stop_after > turn ? stop_after : null));
      } catch (error) {
        if (!(error instanceof SimError)) throw error;
        failed.push({ run_id, error });
      }
    }
    return { resumed, failed };
  }

  async #forked(
    parentId: string,
    spec: ForkSpec,
    onModels?: (chosen: readonly ModelChoice[]) => void,
  ): Promise<Launch> {
    const parent = await this.#store.manifest(parentId);
    // Loaded when it is needed, for every plain run waits for what is loaded.
    const { forkConfig } = await import("./fork.ts");
    const forked = await forkConfig(this.#store, this.#domains, parent, spec);
    this.#assertConversation(forked.config);
    const config = await this.#withModels(forked.config, onModels ? { onModels } : {});
    const code = codeOf(this.#domains, forked.config.domain);
    const changed = codeChange(parent.code, code);
    const state = spec.state ?? {};
    return {
      ...forked,
      config,
      code,
      scenario_path: parent.scenario_path,
      labels: withLabels(parent.labels, spec.labels ?? {}),
      ...(spec.notebook && { notebook: spec.notebook }),
      parent: { ...forkedFrom(spec), run_id: parentId },
      ...(changed !== null && { reason: `forked; ${changed} its parent was started` }),
      fork: {
        key: parent.content_key,
        turn: spec.turn,
        set: (spec.set ?? []).map(({ path, value }) => ({ path, value })),
        state,
      },
      past: {
        parent: parentId,
        turn: spec.turn,
        inputs: Object.keys(state).length === 0 ? [] : [{
          kind: "intervention",
          turn: spec.turn + 1,
          body: { set: state, note: `fork of ${parentId}` },
          at: new Date().toISOString(),
        }],
      },
      stopAfter: null,
    };
  }

  /** Whether it may be played as a conversation, if it is one. @throws {SimError} */
  #assertConversation(config: RunConfig, { needsConversation, file }: StartSpec = {}): void {
    if (config.conversation) {
      this.#host.assertConversationsOn();
      assertPlayable(config, (name) => Deno.env.get(name));
      // Told now, and not by a first turn that fails.
      for (const { config: { url } } of config.agents) if (typeof url === "string") this.#gateway.assertAllowed(url);
    } else if (needsConversation) {
      throw new SimError("no_conversation", `${file ?? "the scenario"} has no section 'conversation'`, {
        hint: "run it with `run`, or add the section",
      });
    }
  }

  /** The configuration with its models chosen. @throws {SimError} when one cannot be had */
  async #withModels(
    config: RunConfig,
    spec: Pick<StartSpec, "needsModel" | "offline" | "onModels">,
  ): Promise<RunConfig> {
    const asks = await this.#domains.asksModels(config.domain, config);
    if (!asks && config.llm === null) return config;
    const { scenario, chosen } = await chooseModels(
      config,
      asks,
      spec.offline === true ? this.#providers.offline() : this.#providers,
      {
        allowOffline: spec.needsModel !== true,
      },
    );
    spec.onModels?.(chosen);
    return { ...config, ...scenario };
  }

  /** Makes a run's folder and queues it. */
  async #launch(run: Launch): Promise<Manifest> {
    const { config, seed, sample, code, scenario_path, labels, parent, reason, fork, past, request, stopAfter } = run;
    const content_key = contentKey({ code, config, seed, sample, scenario_path, ...(fork && { fork }) });
    const manifest = await this.#store.create({
      name: config.simulation.name,
      agents: config.agents.reduce((sum, { count }) => sum + (count ?? 1), 0),
      scenario_text: run.text,
      config,
      manifest: (run_id, at) =>
        newManifest({
          run_id,
          at,
          host: this.#store.host,
          config,
          seed,
          sample,
          code,
          content_key,
          labels,
          ...(scenario_path !== undefined && { scenario_path }),
          ...(reason !== undefined && { reason }),
          ...(parent && { parent }),
          ...(request && { request }),
          ...(run.batch_id !== undefined && { batch_id: run.batch_id }),
          ...(run.notebook && { notebook: run.notebook }),
          ...(stopAfter !== null && { stop_after: stopAfter }),
        }),
      ...(past && { past }),
    });
    if (!run.hold) {
      await this.#manager.enqueue(manifest, stopAfter);
      return manifest;
    }
    const held = await this.#store.update(
      manifest.run_id,
      (before) => transition(before, "paused", { reason: "waits for its first turn" }),
    );
    this.#manager.tell({ kind: "status", run_id: held.run_id, manifest: held });
    return held;
  }

  async #continue(runId: string, stopAfter: number | null): Promise<Manifest> {
    this.#manager.assertOpen();
    const before = await this.#access.mine(runId, ["paused", "interrupted"], stopAfter === null ? "resume" : "step");
    const changed = codeChange(before.code, codeOf(this.#domains, before.repo));
    const verb = stopAfter === null ? "resumed" : `step to turn ${stopAfter}`;
    const reason = changed === null ? verb : `${verb}; ${changed} it was started`;
    await this.#assertContinues(runId);
    await assertAnswered(await this.#store.config(runId), this.#providers);
    const manifest = await this.#store.update(runId, (present) => {
      assertAsSeen(present, before, this.#store.host);
      const { error: _past, stop_after: _before, ...rest } = transition(present, "queued", { reason });
      return {
        ...rest,
        ...(stopAfter !== null && { stop_after: stopAfter }),
        process: { host: this.#store.host, pid: Deno.pid },
      };
    });
    await this.#manager.enqueue(manifest, stopAfter);
    return manifest;
  }

  /** That the run's last checkpoint holds the variables that its configuration defines. */
  async #assertContinues(runId: string): Promise<void> {
    const checkpoint = await this.#store.newestCheckpoint(runId);
    if (checkpoint) assertSameVariables(checkpoint, (await this.#store.config(runId)).state_variables);
  }
}

/** What a new run is made of, be it started or forked. */
interface Launch {
  readonly text: string;
  readonly config: RunConfig;
  readonly seed: number;
  readonly sample: number;
  readonly code: ReturnType<typeof codeOf>;
  readonly scenario_path: string | undefined;
  readonly labels: { readonly [key: string]: string };
  readonly stopAfter: number | null;
  /** Whether it is parked before its first turn. */
  readonly hold?: boolean;
  readonly parent?: Manifest["parent"];
  readonly request?: Request;
  /** The batch that it is made for. */
  readonly batch_id?: string;
  readonly notebook?: Manifest["notebook"];
  /** Why it is as it is, for its history. */
  readonly reason?: string;
  /** What tells a fork from a run of the same configuration, for its content key. */
  readonly fork?: Parameters<typeof contentKey>[0]["fork"];
  readonly past?: NewRun["past"];
}

/** @throws {SimError} `checkpoint_mismatch` with the differences */
function assertSameVariables(checkpoint: Checkpoint, definitions: StateVariables): void {
  checkCheckpointVariables(checkpoint, definitions);
  const { schema_hash, turn } = checkpoint.metadata;
  if (schema_hash === null || schema_hash === schemaHash(definitions.agent_vars, definitions.global_vars)) return;
  throw new SimError(
    "checkpoint_mismatch",
    `the types or ranges of state_variables are not those of the checkpoint of turn ${turn}`,
    { hint: "resume with the state_variables that the run was started with: its config.json has been changed" },
  );
}

/** That the models which a run has asked so far can still be asked. @throws {SimError} `no_key`, `unknown_provider` */
async function assertAnswered({ llm, agents }: RunConfig, providers: Providers): Promise<void> {
  if (llm === null) return;
  const settings = [llm, ...Object.values(llm.roles), ...agents.flatMap((agent) => agent.llm ?? [])];
  for (const name of new Set(settings.map(({ provider }) => provider))) await providers.resolve(name);
}

/** @throws {SimError} all errors */
function runnable({ config, issues }: PreparedRun): NonNullable<PreparedRun["config"]> {
  if (!config) throw issuesError(issues);
  return config;
}

/** The configuration of one run of a prepared start. */
function varied({ config }: PreparedStart, { seed, sample = 0 }: Variation) {
  if (seed === undefined || seed === config.simulation.seed) return { config, seed: config.simulation.seed, sample };
  const settings = [...config.settings, { path: "simulation.seed", value: seed }];
  return { config: { ...config, settings, simulation: { ...config.simulation, seed } }, seed, sample };
}

function forkedFrom(spec: ForkSpec): Omit<NonNullable<Manifest["parent"]>, "run_id"> {
  return {
    turn: spec.turn,
    ...(spec.seed !== undefined && { seed: spec.seed }),
    ...(spec.sample !== undefined && { sample: spec.sample }),
    ...(spec.set && spec.set.length > 0 &&
      { set: Object.fromEntries(spec.set.map(({ path, value }) => [path, value])) }),
    ...(spec.state && { state: { ...spec.state } }),
  };
}
