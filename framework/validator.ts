/** Base class of validators. */

import type { z } from "zod";
import type { Action, Verdict } from "./action.ts";
import type { EngineContext } from "./context.ts";
import type { RequiredVariables } from "./domain.ts";
import type { JsonObject } from "./json.ts";
import type { PromptFile } from "./scenario/resolved.ts";
import type { SimulationState, Variables } from "./state.ts";

/** What a validator is built from: the scenario's `validator:`, inline keys and `config:` merged and checked. */
export interface ValidatorSpec<C = JsonObject> {
  /** Output of the class's `config` schema. */
  readonly config: C;
  /** The scenario's prompt template in place of the class's own. */
  readonly prompt?: PromptFile;
}

/**
 * Accepts or rejects each action before the engine sees it. Holds no state between turns.
 *
 * @example
 * ```ts
 * import { type Action, BaseValidator, type SimulationState, type Verdict } from "llm-sim";
 *
 * class SolventValidator extends BaseValidator<unknown, { wealth: number }> {
 *   override validateAction(action: Action, state: SimulationState<{ wealth: number }>): Verdict {
 *     const wealth = state.agents.get(action.agent_name)!.wealth;
 *     const amount = Number(action.parameters.amount);
 *     return amount <= wealth || { accepted: false, reason: `gives ${amount} but owns ${wealth}` };
 *   }
 * }
 * new SolventValidator({ config: {} });
 * ```
 */
export abstract class BaseValidator<
  C = unknown,
  A extends Variables = Variables,
  G extends Variables = Variables,
> {
  /** Schema of the validator's config; without one a validator takes no config. */
  static readonly config?: z.ZodType;
  /** One or two sentences for users. */
  static readonly description?: string;
  /** State variables that a scenario with this component must declare. */
  static readonly requires?: RequiredVariables;
  /** Whether it asks a model: the host then chooses one before the run starts. */
  static readonly llm?: boolean;

  /** The validator's checked config. */
  readonly config: C;

  /** Built by the framework, once per simulation process. */
  constructor(spec: ValidatorSpec<C>) {
    this.config = spec.config;
  }

  /** Says whether `action` may happen in `state`; a rejection should carry its reason. */
  abstract validateAction(
    action: Action,
    state: SimulationState<A, G>,
    context: EngineContext,
  ): Verdict | Promise<Verdict>;
}
