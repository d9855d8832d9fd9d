/** What an agent wants to do, and what a validator says about it. */

import type { JsonObject } from "./json.ts";
import type { LifecycleRequest } from "./lifecycle.ts";
import type { OutgoingMessage } from "./message.ts";

/** Why an agent acts as it does. */
export interface ActionReason {
  /** The agent's own words. */
  readonly reasoning?: string;
  /** How sure it is, 0 to 1. */
  readonly confidence?: number;
}

const NO_PARAMETERS: JsonObject = Object.freeze({});

/**
 * One action of one agent: a value that cannot be wrong once built.
 *
 * @example
 * ```ts
 * import { Action } from "llm-sim";
 * const action = new Action("NationA", "invest", { share: 0.2 }, { reasoning: "capital is scarce" });
 * if (action.parameters.share !== 0.2) throw new Error("unreachable");
 * ```
 */
export class Action {
  /** Who acts. */
  readonly agent_name: string;
  /** What is done: 1 to 500 characters. */
  readonly action_name: string;
  /** How, as JSON. */
  readonly parameters: JsonObject;
  /** The agent's own words, or undefined. */
  readonly reasoning: string | undefined;
  /** How sure the agent is, 0 to 1, or undefined. */
  readonly confidence: number | undefined;

  /**
   * An action of agent `agent_name`.
   * @throws {RangeError} when the name is empty or too long, or the confidence is not in [0, 1]
   */
  constructor(agent_name: string, action_name: string, parameters: JsonObject = NO_PARAMETERS, reason?: ActionReason) {
    if (typeof action_name !== "string" || action_name.length === 0 || action_name.length > 500) {
      throw new RangeError(`an action's name has 1 to 500 characters, not ${JSON.stringify(action_name)}`);
    }
    if (parameters === null || typeof parameters !== "object" || Array.isArray(parameters)) {
      throw new RangeError(
        `parameters of action '${action_name}' must be an object, not ${JSON.stringify(parameters)}`,
      );
    }
    const confidence = reason?.confidence;
    if (confidence !== undefined && !(confidence >= 0 && confidence <= 1)) {
      throw new RangeError(`confidence of action '${action_name}' must be from 0 to 1, not ${confidence}`);
    }
    this.agent_name = agent_name;
    this.action_name = action_name;
    this.parameters = parameters;
    this.reasoning = reason?.reasoning;
    this.confidence = confidence;
  }
}

/** What a decision is made of: an action, a message to others, a request about an agent's life. */
export type DecisionPart = Action | OutgoingMessage | LifecycleRequest;

/** What an agent decides: one thing, several, or nothing (`null`). */
export type Decision = DecisionPart | readonly DecisionPart[] | null;

/** What a validator says about an action: yes, no, or no with the reason. */
export type Verdict = boolean | { readonly accepted: boolean; readonly reason?: string };
