/** What a model tells of a turn: where it is kept, and who hears it. */

import { didYouMean, SimError } from "../issue.ts";
import type { JsonObject } from "../json.ts";
import type { StateVariables, StrDefinition } from "../variables.ts";
import { checkVariable } from "../variable_values.ts";
import { clipped } from "./answer_type.ts";
import type { LLMEngineConfig } from "./engine_config.ts";

/** Characters of a narration. */
export const NARRATION_LENGTH = 4000;

/** What is done with narrations. */
export class Narration {
  /** Whether they are told to all agents. */
  readonly isTold: boolean;
  readonly #variable: string | null;
  readonly #definition: StrDefinition | null;

  /** @throws {SimError} `unknown_variable` when the variable is not declared as a text of the world */
  constructor({ mode, narration: { variable, tell } }: LLMEngineConfig, { global_vars }: StateVariables) {
    this.isTold = tell ?? mode === "game_master";
    this.#variable = variable;
    const definition = variable !== null && Object.hasOwn(global_vars, variable) ? global_vars[variable]! : null;
    this.#definition = definition?.type === "str" ? definition : null;
    if (variable === null || this.#definition !== null) return;
    const texts = Object.keys(global_vars).filter((name) => global_vars[name]!.type === "str");
    const what = definition === null
      ? `there is no global variable '${variable}'`
      : `'${variable}' is of type ${definition.type}, not str`;
    throw new SimError("unknown_variable", `narration.variable: ${what}`, {
      hint: didYouMean(variable, texts),
    });
  }

  /** Whether the model is asked for one. */
  get isWanted(): boolean {
    return this.isTold || this.#variable !== null;
  }

  /** The variable that keeps it. */
  get variable(): string | null {
    return this.#variable;
  }

  /** The change of the world's variables that keeps `text`; empty when there is no variable, or it may not have it. */
  kept(text: string): JsonObject {
    if (this.#variable === null || this.#definition === null) return {};
    const value = clipped(text, this.#definition.max_length ?? NARRATION_LENGTH);
    return checkVariable(this.#definition, value) === null ? { [this.#variable]: value } : {};
  }
}
