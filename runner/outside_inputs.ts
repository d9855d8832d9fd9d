/** What reaches runs from outside: interventions, the decisions of people, and who decides for an agent. */

import {
  type Controller,
  type DecisionJson,
  didYouMean,
  issuesError,
  type NewInput,
  readDecision,
  SimError,
  type SimulationInput,
} from "../framework/mod.ts";
import { agentNames, readInterventionBody } from "../framework/scenario/mod.ts";
import type { DomainRegistry } from "./domains.ts";
import { assertAskedAbout, type Offer } from "./live_inputs.ts";
import type { SimulationManager } from "./manager.ts";
import type { RunAccess } from "./run_access.ts";
import type { Manifest, RunStore } from "./store/mod.ts";

/** Runs that something from outside can still reach. */
const STEERABLE: readonly Manifest["status"][] = ["queued", "running", "paused", "interrupted"];

/** Takes what comes from outside, be the run played or standing still. */
export class OutsideInputs {
  readonly #store: RunStore;
  readonly #domains: DomainRegistry;
  readonly #manager: SimulationManager;
  readonly #access: RunAccess;

  constructor(
    { store, domains, manager, access }: {
      readonly store: RunStore;
      readonly domains: DomainRegistry;
      readonly manager: SimulationManager;
      readonly access: RunAccess;
    },
  ) {
    this.#store = store;
    this.#domains = domains;
    this.#manager = manager;
    this.#access = access;
  }

  /** As {@linkcode App.intervene}. */
  async intervene(runId: string, intervention: unknown, { turn }: { turn?: number } = {}): Promise<SimulationInput> {
    const manifest = await this.#access.mine(runId, STEERABLE, "intervene");
    const config = await this.#store.config(manifest.run_id);
    const agents = await this.#agentsOf(manifest);
    const { body, issues } = readInterventionBody(intervention, config, agents);
    if (body === undefined) throw issuesError(issues);
    const { max_turns } = config.simulation;
    if (turn !== undefined && !(Number.isInteger(turn) && turn >= 1 && turn <= max_turns)) {
      throw new SimError("bad_turn", `an intervention cannot happen in turn ${turn}`, {
        hint: `turns are whole numbers from 1 to ${max_turns}`,
      });
    }
    // Whether the domain has such an agent, and takes its settings, only the domain can tell.
    if (body.add_agent) {
      const found = await this.#domains.check(config.domain, { ...config, interventions: [{ ...body, at: [1] }] });
      const errors = found.filter(({ severity }) => severity === "error");
      if (errors.length > 0) throw issuesError(errors);
    }
    return await this.#record(runId, { kind: "intervention", body, ...(turn !== undefined && { not_before: turn }) });
  }

  /** As {@linkcode App.handOver}. */
  async handOver(runId: string, agent: string, to: Controller): Promise<SimulationInput> {
    const manifest = await this.#access.mine(runId, STEERABLE, "handover");
    await this.#assertAgent(manifest, agent);
    const entry = (await this.#store.config(runId)).agents.find(({ name }) => name === agent);
    if (to === "rule" && entry?.type === "human" && !entry.config.rule) {
      throw new SimError("no_rule", `agent '${agent}' has no rule that could decide`, {
        hint: "its config names one: rule: { type, config }",
      });
    }
    return await this.#record(runId, { kind: "handover", agent, body: { to } });
  }

  /** As {@linkcode App.decide}. */
  async decide(
    runId: string,
    agent: string,
    decision: unknown,
    options: { readonly turn?: number } = {},
  ): Promise<SimulationInput> {
    const manifest = await this.#access.mine(runId, STEERABLE, "decide");
    const parts = readDecision(decision);
    for (;;) {
      const told = await this.#manager.decide(runId, agent, parts, options.turn) ??
        await this.#manager.beforeItBegins(runId, () => this.#decideNext(manifest, agent, parts, options.turn));
      if (told) return told;
    }
  }

  /** Records the decision of the turn that a run which stands still will play next. */
  async #decideNext(
    manifest: Manifest,
    agent: string,
    parts: readonly DecisionJson[],
    asked: number | undefined,
  ): Promise<SimulationInput> {
    const runId = manifest.run_id;
    await this.#assertAgent(manifest, agent);
    const turn = await this.#nextTurn(runId);
    assertAskedAbout(agent, turn, asked);
    const inputs = await this.#store.inputs(runId);
    if (await this.#controllerOf(runId, agent, inputs) === "rule") {
      throw new SimError("not_asked", `agent '${agent}' decides by its own rule`, {
        hint: `hand it to a person first: deno task handover ${runId} ${agent} human`,
      });
    }
    const recorded = inputs.find((input) =>
      (input.kind === "decision" || input.kind === "timeout") && input.agent === agent && input.turn === turn
    );
    if (recorded) {
      throw new SimError("not_asked", `for agent '${agent}' turn ${turn} has been decided already`, {
        hint: "resume the run",
      });
    }
    const at = new Date().toISOString();
    return await this.#store.appendInput(runId, { kind: "decision", turn, agent, n: 1, body: { decision: parts }, at });
  }

  async #record(runId: string, offer: Offer): Promise<SimulationInput> {
    const { not_before = 0, ...input } = offer;
    for (;;) {
      const told = await this.#manager.offer(runId, offer) ?? await this.#manager.beforeItBegins(runId, async () => {
        const turn = Math.max(not_before, await this.#nextTurn(runId));
        return await this.#store.appendInput(runId, { ...input, turn, at: new Date().toISOString() } as NewInput);
      });
      if (told) return told;
    }
  }

  /** The turn that a run which stands still will play when it is resumed; a fork's inherited turns are its parent's. */
  async #nextTurn(runId: string): Promise<number> {
    const { inherited } = await this.#store.config(runId);
    return Math.max((await this.#store.state(runId))?.turn ?? 0, inherited.at(-1)?.until ?? 0) + 1;
  }

  /** Names of the run's agents; null while it is played: they come and go. */
  async #agentsOf({ run_id }: Manifest): Promise<readonly string[] | null> {
    if (this.#manager.owns(run_id)) return null;
    const state = await this.#store.state(run_id);
    return state?.agent_order ?? (await this.#store.config(run_id)).agents.flatMap(agentNames);
  }

  /** @throws {SimError} `unknown_agent` */
  async #assertAgent(manifest: Manifest, agent: string): Promise<void> {
    const agents = await this.#agentsOf(manifest);
    if (agents === null || agents.includes(agent)) return;
    throw new SimError("unknown_agent", `run '${manifest.run_id}' has no agent '${agent}'`, {
      hint: didYouMean(agent, agents),
    });
  }

  /** Who decides for an agent when the run goes on: who it was handed to last, or who does by the scenario. */
  async #controllerOf(runId: string, agent: string, inputs: readonly SimulationInput[]): Promise<Controller> {
    const handed = inputs.findLast((input) => input.kind === "handover" && input.agent === agent);
    if (handed?.kind === "handover") return handed.body.to;
    const entry = (await this.#store.config(runId)).agents.find(({ name }) => name === agent);
    return entry?.type === "human" ? "human" : "rule";
  }
}
