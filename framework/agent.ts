/** Base class of agents. */

import type { z } from "zod";
import { Action, type ActionReason, type Decision } from "./action.ts";
import type { AgentContext } from "./context.ts";
import type { RequiredVariables } from "./domain.ts";
import type { Json, JsonObject } from "./json.ts";
import { addAgent, type LifecycleRequest, type NewAgent, pauseAgent, removeAgent } from "./lifecycle.ts";
import { OutgoingMessage } from "./message.ts";
import type { PromptFile } from "./scenario/resolved.ts";
import type { AgentState, SimulationState, Variables } from "./state.ts";

/** What an agent is built from: its entry under `agents:` in the scenario, checked against the class's `config` schema. */
export interface AgentSpec<C = JsonObject> {
  /** Unique name in the simulation. */
  readonly name: string;
  /** Output of the class's `config` schema. */
  readonly config: C;
  /** The scenario's prompt template in place of the class's own. */
  readonly prompt?: PromptFile;
}

/**
 * An agent: sees an observation, decides what to do. Instances hold no state of their own between turns (a resumed
 * run builds them anew); what an agent must remember belongs into its variables.
 *
 * Type parameters: `C` the config, `A` the agents' variables, `G` the global variables.
 *
 * @example
 * ```ts
 * import { BaseAgent, type AgentContext, type Decision, type SimulationState } from "llm-sim";
 * import { z } from "zod";
 *
 * const config = z.strictObject({ share: z.number().min(0).max(1).default(0.1).describe("share of wealth given away") });
 *
 * class DonorAgent extends BaseAgent<z.output<typeof config>, { wealth: number }> {
 *   static override readonly config = config;
 *   static override readonly description = "Gives a fixed share of its wealth to a random other agent.";
 *   override decideAction(observation: SimulationState<{ wealth: number }>, context: AgentContext): Decision {
 *     const others = observation.agents.names().filter((name) => name !== this.name);
 *     const amount = this.self(observation).wealth * this.config.share;
 *     return this.act("give", { to: context.rng.choice(others), amount });
 *   }
 * }
 * new DonorAgent({ name: "A", config: { share: 0.5 } });
 * ```
 */
export abstract class BaseAgent<
  C = unknown,
  A extends Variables = Variables,
  G extends Variables = Variables,
> {
  /** Schema of the agent's `config:`; without one an agent takes no config. */
  static readonly config?: z.ZodType;
  /** One or two sentences for users. */
  static readonly description?: string;
  /** State variables that a scenario with this component must declare. */
  static readonly requires?: RequiredVariables;
  /** Whether it asks a model: the host then chooses one before the run starts. */
  static readonly llm?: boolean;

  /** Unique name in the simulation. */
  readonly name: string;
  /** The agent's checked config. */
  readonly config: C;

  /** Built by the framework, once per simulation process. */
  constructor(spec: AgentSpec<C>) {
    this.name = spec.name;
    this.config = spec.config;
  }

  /**
   * Decides for the turn `context.turn`. Called once per turn; a synchronous return value is fastest.
   *
   * @param observation what this agent sees; immutable
   * @throws anything: the agent's `on_error` policy (`fail`, `retry`, `skip`, `fallback`) says what follows
   */
  abstract decideAction(observation: SimulationState<A, G>, context: AgentContext): Decision | Promise<Decision>;

  /** What the agent does when `decideAction` failed and its policy is `on_error: fallback`. Default: nothing. */
  fallbackAction(_observation: SimulationState<A, G>, _context: AgentContext): Decision {
    return null;
  }

  /** An action of this agent. */
  protected act(action_name: string, parameters?: JsonObject, reason?: ActionReason): Action {
    return new Action(this.name, action_name, parameters, reason);
  }

  /** A message of this agent to others: returned from `decideAction`, delivered in the next turn. */
  protected tell(to: string | readonly string[], content: Json): OutgoingMessage {
    return new OutgoingMessage(to, content);
  }

  /** A message of this agent to all others, or to those within `radius` hops of it. */
  protected broadcast(content: Json, { radius }: { readonly radius?: number } = {}): OutgoingMessage {
    return new OutgoingMessage("*", content, radius ?? null);
  }

  /** A request that a new agent joins; it acts from the next turn. */
  protected spawn(spec: NewAgent, reason?: string): LifecycleRequest {
    return addAgent(spec, reason);
  }

  /** A request to leave the simulation at the end of the turn. */
  protected leave(reason?: string): LifecycleRequest {
    return removeAgent(this.name, reason);
  }

  /** A request to sit out the next `turns` turns. */
  protected sleep(turns: number, reason?: string): LifecycleRequest {
    return pauseAgent(this.name, turns, reason);
  }

  /**
   * This agent's own record.
   * @throws {RangeError} when the observation does not contain it
   */
  protected self(observation: SimulationState<A, G>): AgentState<A> {
    const own = observation.agents.get(this.name);
    if (own === undefined) throw new RangeError(`agent '${this.name}' does not see itself in turn ${observation.turn}`);
    return own;
  }
}
