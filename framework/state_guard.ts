/** Holds engines to what a state must be: the same agents, every variable within its declared type and bounds. */

import { SimError } from "./issue.ts";
import { SimulationState } from "./state.ts";
import type { VariableLayout } from "./variables.ts";

/** Checks what one engine returns. */
export class StateGuard {
  readonly #engine: string;
  readonly #names: readonly string[];
  readonly #agents: VariableLayout;
  readonly #globals: VariableLayout;

  /** @param names of all agents, in agent order */
  constructor(engine: string, names: readonly string[], agents: VariableLayout, globals: VariableLayout) {
    this.#engine = engine;
    this.#names = names;
    this.#agents = agents;
    this.#globals = globals;
  }

  /** The value as a state. @throws {SimError} `bad_state` when it is none */
  state(value: unknown, turn: number): SimulationState {
    if (value instanceof SimulationState) return value as SimulationState;
    throw new SimError("bad_state", `engine '${this.#engine}' returned no SimulationState in turn ${turn}`, {
      turn,
      hint: "return state.with({ … })",
    });
  }

  /** The value as a state that keeps the rules; what is as in `before` was checked then. @throws {SimError} `bad_state` */
  checked(value: unknown, turn: number, before: SimulationState | null): SimulationState {
    const state = this.state(value, turn);
    const records = state.agents.records;
    const names = this.#names;
    if (records.length !== names.length) {
      throw this.#bad(turn, `has ${records.length} agents instead of ${names.length}`);
    }
    const old = before?.agents.records;
    for (let i = 0; i < records.length; i++) {
      const record = records[i]!;
      if (old !== undefined && record === old[i]) continue;
      if (record.name !== names[i]) throw this.#bad(turn, `has '${record.name}' in the place of '${names[i]}'`);
      const problem = this.#agents.check(record);
      if (problem) throw this.#bad(turn, `agents.${record.name}.${problem.path.join(".")}: ${problem.message}`);
    }
    if (state.global_state !== before?.global_state) {
      const problem = this.#globals.check(state.global_state);
      if (problem) throw this.#bad(turn, `global.${problem.path.join(".")}: ${problem.message}`);
    }
    return state;
  }

  #bad(turn: number, problem: string): SimError {
    return new SimError("bad_state", `the state that engine '${this.#engine}' made in turn ${turn} ${problem}`, {
      turn,
      hint: "the engine must keep all agents, and every variable within what state_variables declares",
    });
  }
}
