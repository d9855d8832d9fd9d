/** For this domain's tests: plays its scenarios in memory with its own classes, and nothing of the turn loop's. */

import { AgentMap, type AgentState, type EngineContext, rng, SimulationState } from "llm-sim";
import { parse } from "yaml";
import type { z } from "zod";
import { NationAgent } from "../agents/nation.ts";
import { nationConfig } from "../agents/nation_config.ts";
import { economicConfig, EconomicEngine } from "../engines/economic.ts";
import { MarketEngine } from "../engines/market.ts";
import { marketConfig } from "../engines/market_config.ts";
import { economicRulesConfig, EconomicRulesValidator } from "../validators/economic_rules.ts";
import type { NationVariables, WorldVariables } from "../variables.ts";

/** A state of either engine; `economic` has only some of the variables. */
export type EconomyState = SimulationState<NationVariables, WorldVariables>;

/** A scenario file of this domain, as far as the tests read it. */
export interface ScenarioText {
  simulation: {
    max_turns: number;
    seed?: number;
    termination?: { min_value?: number; max_value?: number; when?: string[] };
  };
  engine: { type: string; interest_rate?: number; config?: z.input<typeof marketConfig> };
  agents: {
    name: string;
    strategy?: z.input<typeof nationConfig>["strategy"];
    initial_economic_strength?: number;
    variables?: Partial<NationVariables>;
    config?: Omit<z.input<typeof nationConfig>, "strategy">;
  }[];
  state_variables: Record<
    "agent_vars" | "global_vars",
    Record<string, { default: unknown; min?: number; max?: number }>
  >;
}

/** A fresh copy of the scenario of that name. */
export function readScenario(name: string): ScenarioText {
  return parse(Deno.readTextFileSync(new URL(`../../../scenarios/economic/${name}.yaml`, import.meta.url)));
}

/** What an engine or validator is given in `turn` with this seed. */
export function engineContext(turn: number, seed = 1): EngineContext {
  return {
    turn,
    files: "",
    log: () => {},
    detail: () => {},
    rng: (purpose, agent = "") => rng(seed, `engine:${purpose}`, agent, turn),
  };
}

/** Every state from turn 0 to the end, and the rejections on the way. */
export interface Played {
  readonly states: readonly EconomyState[];
  readonly last: EconomyState;
  readonly rejections: readonly string[];
}

/** Plays up to `turns` turns (default: max_turns, or until min_value, max_value or `until`). */
export function play(
  scenario: ScenarioText,
  options: { seed?: number; turns?: number; until?: (state: EconomyState) => boolean } = {},
): Played {
  const { seed = scenario.simulation.seed ?? 1, turns } = options;
  const { min_value = -Infinity, max_value = Infinity } = scenario.simulation.termination ?? {};
  const ended = (state: EconomyState) => {
    if (turns !== undefined) return state.turn >= turns;
    const total = state.global_state.total_economic_value;
    return state.turn >= scenario.simulation.max_turns || total < min_value || total > max_value ||
      (options.until?.(state) ?? false);
  };

  const engine = engineOf(scenario);
  const validator = new EconomicRulesValidator({ config: economicRulesConfig.parse({}) });
  const nations = scenario.agents.map(({ name, strategy, config }) =>
    new NationAgent({ name, config: nationConfig.parse({ ...config, ...(strategy && { strategy }) }) })
  );
  const states = [engine.initializeState(initialState(scenario), engineContext(0, seed)) as EconomyState];
  const rejections: string[] = [];
  while (!ended(states.at(-1)!)) {
    const state = states.at(-1)!;
    const context = engineContext(state.turn + 1, seed);
    const decided = nations.flatMap((nation) =>
      nation.decideAction(state, { ...context, rng: rng(seed, "agent", nation.name, context.turn) }) as never[]
    );
    const accepted = decided.filter((action) => {
      const verdict = validator.validateAction(action, state);
      if (typeof verdict === "object") rejections.push(verdict.reason ?? "");
      return verdict === true;
    });
    const applied = engine.applyActions(state, accepted, context);
    const next = engine.applyEngineRules(applied as never, context) as EconomyState;
    states.push(next.with({ turn: context.turn }));
  }
  return { states, last: states.at(-1)!, rejections };
}

/** The state before the engine has seen it: defaults, overridden by the scenario's values. */
export function initialState(scenario: ScenarioText): EconomyState {
  const defaults = (section: "agent_vars" | "global_vars") =>
    Object.fromEntries(
      Object.entries(scenario.state_variables[section]).map(([name, { default: value }]) => [name, value]),
    );
  const records = scenario.agents.map((agent) => ({
    ...defaults("agent_vars"),
    ...(agent.initial_economic_strength !== undefined && { economic_strength: agent.initial_economic_strength }),
    ...agent.variables,
    name: agent.name,
  })) as unknown as AgentState<NationVariables>[];
  const world = defaults("global_vars") as unknown as WorldVariables;
  return new SimulationState({ turn: 0, agents: AgentMap.of(records), global_state: world });
}

function engineOf({ engine }: ScenarioText): MarketEngine {
  if (engine.type === "market") return new MarketEngine({ config: marketConfig.parse(engine.config ?? {}) });
  const config = economicConfig.parse({ interest_rate: engine.interest_rate });
  return new EconomicEngine({ config }) as unknown as MarketEngine;
}
