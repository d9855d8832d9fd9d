/** Base class of engines. */

import type { z } from "zod";
import type { Action } from "./action.ts";
import type { EngineContext } from "./context.ts";
import type { RequiredVariables } from "./domain.ts";
import type { JsonObject } from "./json.ts";
import type { PromptFile } from "./scenario/resolved.ts";
import type { SimulationState, Variables } from "./state.ts";
import type { StateVariables } from "./variables.ts";

/** What an engine is built from: the scenario's `engine:`, inline keys and `config:` merged and checked. */
export interface EngineSpec<C = JsonObject> {
  /** Output of the class's `config` schema. */
  readonly config: C;
  /** The scenario's prompt template in place of the class's own. */
  readonly prompt?: PromptFile;
  /** The variables that the scenario declares. */
  readonly state_variables?: StateVariables;
}

/**
 * The rules of a world. An engine holds no state between turns: every method takes a state and returns the next one.
 * The turn counter is advanced by the turn loop, not by the engine.
 *
 * Type parameters: `C` the config, `A` the agents' variables, `G` the global variables.
 *
 * @example
 * ```ts
 * import { type Action, BaseEngine, type SimulationState } from "llm-sim";
 *
 * class GiftEngine extends BaseEngine<unknown, { wealth: number }> {
 *   override applyActions(state: SimulationState<{ wealth: number }>, actions: readonly Action[]) {
 *     let agents = state.agents;
 *     for (const { agent_name, parameters } of actions) {
 *       const [from, to] = [agents.get(agent_name)!, agents.get(String(parameters.to))!];
 *       const amount = Number(parameters.amount);
 *       agents = agents.with(from.name, { wealth: from.wealth - amount }).with(to.name, { wealth: to.wealth + amount });
 *     }
 *     return state.with({ agents });
 *   }
 * }
 * new GiftEngine({ config: {} });
 * ```
 */
export abstract class BaseEngine<
  C = unknown,
  A extends Variables = Variables,
  G extends Variables = Variables,
> {
  /** Schema of the engine's config; without one an engine takes no config. */
  static readonly config?: z.ZodType;
  /** One or two sentences for users. */
  static readonly description?: string;
  /** State variables that a scenario with this component must declare. */
  static readonly requires?: RequiredVariables;
  /** Whether it asks a model: the host then chooses one before the run starts. */
  static readonly llm?: boolean;

  /** The engine's checked config. */
  readonly config: C;

  /** Built by the framework, once per simulation process. */
  constructor(spec: EngineSpec<C>) {
    this.config = spec.config;
  }

  /**
   * The state of turn 0, from `initial`: every variable at its default, overridden by the scenario's values.
   * Default: `initial` as it is.
   */
  initializeState(
    initial: SimulationState<A, G>,
    _context: EngineContext,
  ): SimulationState<A, G> | Promise<SimulationState<A, G>> {
    return initial;
  }

  /** Applies the accepted actions, in agent order. With `schedule: sequential` it is called once per acting agent. */
  abstract applyActions(
    state: SimulationState<A, G>,
    actions: readonly Action[],
    context: EngineContext,
  ): SimulationState<A, G> | Promise<SimulationState<A, G>>;

  /** The world's own dynamics, once per turn after all actions. Default: nothing changes. */
  applyEngineRules(
    state: SimulationState<A, G>,
    _context: EngineContext,
  ): SimulationState<A, G> | Promise<SimulationState<A, G>> {
    return state;
  }

  /** The engine's own end of the simulation: a short reason, or null to go on. Evaluated once per turn, pure. */
  checkTermination(_state: SimulationState<A, G>): string | null {
    return null;
  }
}
