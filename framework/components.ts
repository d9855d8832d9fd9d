/** Builds what a scenario names: engine, validator, agents, populations, and the state they start from. */

import { type AgentSlot, agentSlot } from "./decision.ts";
import { configSchema, type Domain, isPopulationClass, resolveComponent } from "./domain.ts";
import type { BaseEngine } from "./engine.ts";
import { HumanAgent, type HumanConfig, humanSettings, RULE_FIRST } from "./human.ts";
import { formatPath, type IssuePath, SimError } from "./issue.ts";
import type { AddedAgent } from "./loop_state.ts";
import type { Population } from "./population.ts";
import { z } from "zod";
import type { Seed } from "./rng.ts";
import { settingsFor } from "./llm/settings.ts";
import type { PromptFile, ResolvedAgent, ResolvedScenario } from "./scenario/resolved.ts";
import { AgentMap, type AgentState, SimulationState } from "./state.ts";
import type { BaseValidator } from "./validator.ts";
import type { VariableLayout } from "./variables.ts";

/** The one engine and the one validator of a simulation. */
export interface Components {
  readonly engine: BaseEngine;
  readonly validator: BaseValidator;
}

/** @throws {SimError} when the domain lacks a component, or a component's constructor throws */
export function buildComponents(domain: Domain, scenario: ResolvedScenario): Components {
  return {
    engine: build("engine", scenario.engine.type, () => {
      const Engine = resolveComponent(domain, "engine", scenario.engine.type);
      return new Engine({
        config: settingsOf(Engine, scenario.engine.config),
        state_variables: scenario.state_variables,
        ...promptOf(scenario, "engine"),
      });
    }),
    validator: build("validator", scenario.validator.type, () => {
      const Validator = resolveComponent(domain, "validator", scenario.validator.type);
      return new Validator({
        config: settingsOf(Validator, scenario.validator.config),
        ...promptOf(scenario, "validator"),
      });
    }),
  };
}

/** A population that the scenario declares. */
export interface DeclaredPopulation {
  readonly population: Population;
  readonly size: number;
  readonly entry: ResolvedAgent;
}

/** Builds agents, those of the scenario and those that come later. */
export class AgentBuilder {
  /** Populations in the order of the scenario. */
  readonly populations: readonly DeclaredPopulation[];
  readonly #domain: Domain;
  readonly #scenario: ResolvedScenario;
  readonly #seed: Seed;
  /** The scenario's named agents, `count` written out, in agent order. */
  readonly #entries: ReadonlyMap<string, ResolvedAgent>;

  /** @throws {SimError} when the domain lacks a component, or a population's constructor throws */
  constructor(domain: Domain, scenario: ResolvedScenario, seed: Seed) {
    this.#domain = domain;
    this.#scenario = scenario;
    this.#seed = seed;
    const entries = new Map<string, ResolvedAgent>();
    const populations: DeclaredPopulation[] = [];
    for (const entry of scenario.agents) {
      const component = resolveComponent(domain, "agent", entry.type);
      if (isPopulationClass(component)) {
        const { name } = entry;
        const population = build(
          "agent",
          name,
          () => new component({ name, config: settingsOf(component, entry.config) }),
        );
        populations.push({ population, size: entry.count ?? 1, entry });
      } else for (const name of namesOf(entry)) entries.set(name, entry);
    }
    this.#entries = entries;
    this.populations = populations;
  }

  /** Names of the scenario's agents, in agent order. */
  names(): string[] {
    return [...this.#entries.keys()];
  }

  /** The scenario's entry of an agent, or undefined for one that came later. */
  entry(name: string): ResolvedAgent | undefined {
    return this.#entries.get(name);
  }

  /**
   * The slot of an agent, as the scenario or as `added` describes it.
   * @throws {SimError} when it cannot be built
   */
  slot(name: string, added: AddedAgent | undefined): AgentSlot {
    const spec = added ?? this.#entries.get(name);
    if (spec === undefined) throw new SimError("unknown_agent", `nothing says what agent '${name}' is built from`);
    const { on_error } = spec;
    const entry = added ? undefined : this.#entries.get(name);
    const model = (role: string) => settingsFor(this.#scenario, role, entry);
    const prompt = promptOf(this.#scenario, "agent", entry);
    return build("agent", name, () => {
      const Agent = resolveComponent(this.#domain, "agent", spec.type);
      if (isPopulationClass(Agent)) {
        throw new SimError("population", `'${spec.type}' is a population; only named agents come one by one`);
      }
      if (Agent === HumanAgent) {
        const config: HumanConfig = settingsOf(HumanAgent, spec.config);
        const agent = config.rule ? this.#rule(name, config.rule, prompt) : new HumanAgent({ name, config });
        return agentSlot(agent, this.#seed, { on_error, human: humanSettings(config), model });
      }
      const agent = new Agent({ name, config: settingsOf(Agent, spec.config), ...prompt });
      return agentSlot(agent, this.#seed, { on_error, human: RULE_FIRST, model });
    });
  }

  /** The agent that decides in place of a person. */
  #rule(name: string, { type, config }: NonNullable<HumanConfig["rule"]>, prompt: ReturnType<typeof promptOf>) {
    const Rule = resolveComponent(this.#domain, "agent", type);
    if (isPopulationClass(Rule)) throw new SimError("population", `'${type}' is a population, not an agent`);
    if (Rule === HumanAgent) throw new SimError("human_rule", `the rule of '${name}' is a person again`);
    return new Rule({ name, config: settingsOf(Rule, config, ["config", "rule", "config"]), ...prompt });
  }
}

/** The state before the engine's own initialisation: defaults, overridden by the agents' `variables`. */
export function initialState(
  builder: AgentBuilder,
  agents: VariableLayout,
  globals: VariableLayout,
  parts: Pick<SimulationState, "space" | "populations">,
): SimulationState {
  const records = builder.names().map((name): AgentState => ({
    name,
    ...agents.defaults(),
    ...builder.entry(name)!.variables,
  }));
  const space = builder.names().reduce((space, name) => {
    const place = builder.entry(name)!.initial_location;
    return place === null || space === null ? space : space.move(name, place);
  }, parts.space);
  return new SimulationState({
    turn: 0,
    agents: AgentMap.of(records),
    global_state: globals.defaults(),
    space,
    populations: parts.populations,
  });
}

/** The scenario's own prompt template for a role, where it has one. */
function promptOf(scenario: ResolvedScenario, role: string, entry?: ResolvedAgent): { readonly prompt?: PromptFile } {
  const prompt = settingsFor(scenario, role, entry)?.prompt ?? null;
  return prompt === null ? {} : { prompt };
}

/** The checked config of a component. @throws {RangeError} what is wrong with it, in one line */
function settingsOf(component: Parameters<typeof configSchema>[0], config: unknown, at = ["config"]): never {
  const read = configSchema(component).safeParse(config);
  if (read.success) return read.data as never;
  throw new RangeError(issueLine(read.error, at));
}

/** What is wrong with a value, in one line: `config.share: Too big: …; config.x: …`. */
export function issueLine({ issues }: z.ZodError, at: IssuePath = []): string {
  return issues.map(({ path, message }) =>
    `${formatPath([...at, ...path.map((step) => typeof step === "symbol" ? String(step) : step)])}: ${message}`
  ).join("; ");
}

/** The names that an entry of named agents stands for: `trader_1` … `trader_100`. */
function namesOf(entry: ResolvedAgent): string[] {
  if (entry.count === null) return [entry.name];
  return Array.from({ length: entry.count }, (_, i) => `${entry.name}_${i + 1}`);
}

function build<T>(kind: string, name: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof SimError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new SimError(`${kind}_error`, `${kind} '${name}' could not be built: ${message}`, { cause: error });
  }
}
