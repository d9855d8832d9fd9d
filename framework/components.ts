/** Builds what a scenario names: engine, validator, agents, and the state they start from. */

import { type AgentSlot, agentSlot } from "./decision.ts";
import { configSchema, type Domain, resolveComponent } from "./domain.ts";
import type { BaseEngine } from "./engine.ts";
import { SimError } from "./issue.ts";
import type { Seed } from "./rng.ts";
import type { ResolvedScenario } from "./scenario/resolved.ts";
import { AgentMap, type AgentState, SimulationState } from "./state.ts";
import type { BaseValidator } from "./validator.ts";
import type { VariableLayout } from "./variables.ts";

/** The components of one simulation. */
export interface Components {
  readonly engine: BaseEngine;
  readonly validator: BaseValidator;
  /** Agents in agent order. */
  readonly slots: readonly AgentSlot[];
}

/** @throws {SimError} when the domain lacks a component, or a component's constructor throws */
export function buildComponents(domain: Domain, scenario: ResolvedScenario, seed: Seed): Components {
  return {
    engine: build("engine", scenario.engine.type, () => {
      const Engine = resolveComponent(domain, "engine", scenario.engine.type);
      return new Engine({ config: configSchema(Engine).parse(scenario.engine.config) as never });
    }),
    validator: build("validator", scenario.validator.type, () => {
      const Validator = resolveComponent(domain, "validator", scenario.validator.type);
      return new Validator({ config: configSchema(Validator).parse(scenario.validator.config) as never });
    }),
    slots: expandAgents(scenario).map(({ name, entry }) =>
      build("agent", name, () => {
        const Agent = resolveComponent(domain, "agent", entry.type);
        const agent = new Agent({ name, config: configSchema(Agent).parse(entry.config) as never });
        return agentSlot(agent, entry.on_error, seed);
      })
    ),
  };
}

/** The state before the engine's own initialisation: defaults, overridden by the agents' `variables`. */
export function initialState(
  scenario: ResolvedScenario,
  agents: VariableLayout,
  globals: VariableLayout,
): SimulationState {
  const records = expandAgents(scenario).map(({ name, entry }): AgentState => ({
    name,
    ...agents.defaults(),
    ...entry.variables,
  }));
  return new SimulationState({ turn: 0, agents: AgentMap.of(records), global_state: globals.defaults() });
}

/** The entries of `agents:` one by one, `count` written out: `trader_1` … `trader_10000`. */
function expandAgents(
  scenario: Pick<ResolvedScenario, "agents">,
): { name: string; entry: ResolvedScenario["agents"][number] }[] {
  return scenario.agents.flatMap((entry) =>
    entry.count === null
      ? [{ name: entry.name, entry }]
      : Array.from({ length: entry.count }, (_, i) => ({ name: `${entry.name}_${i + 1}`, entry }))
  );
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
