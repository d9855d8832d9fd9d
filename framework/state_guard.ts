/** Holds engines to what a state must be: the same agents, every variable within its declared type and bounds. */

import { SimError } from "./issue.ts";
import { SimulationState, type Variables } from "./state.ts";
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
    const state = withoutNegativeZero(this.state(value, turn), before, this.#agents, this.#globals);
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
      // What was handed out never changes: an agent that writes into what it observes is told so.
      Object.freeze(record);
    }
    if (state.global_state !== before?.global_state) {
      const problem = this.#globals.check(state.global_state);
      if (problem) throw this.#bad(turn, `global.${problem.path.join(".")}: ${problem.message}`);
      Object.freeze(state.global_state);
    }
    return state;
  }

  /**
   * The state that an outside input makes, held to the same rules.
   * @throws {SimError} `bad_input`
   */
  intervened(set: () => SimulationState, turn: number, seq: number, before: SimulationState): SimulationState {
    try {
      return this.checked(set(), turn, before);
    } catch (error) {
      const { message, hint } = error as SimError;
      throw new SimError("bad_input", `input ${seq} cannot be applied in turn ${turn}: ${message}`, {
        turn,
        cause: error,
        ...(hint !== undefined && { hint }),
      });
    }
  }

  #bad(turn: number, problem: string): SimError {
    return new SimError("bad_state", `the state that engine '${this.#engine}' made in turn ${turn} ${problem}`, {
      turn,
      hint: "the engine must keep all agents, and every variable within what state_variables declares",
    });
  }
}

/**
 * JSON has no -0: a resumed run would go on with 0 where an undisturbed one has -0, and 1/x tells them apart. Only
 * records that changed are looked at, and copied only if they hold one.
 */
function withoutNegativeZero(
  state: SimulationState,
  before: SimulationState | null,
  agents: VariableLayout,
  globals: VariableLayout,
): SimulationState {
  const records = state.agents.records;
  const old = before?.agents.records;
  let found = false;
  for (let i = 0; i < records.length && !found; i++) {
    if (old === undefined || records[i] !== old[i]) found = holdsNegativeZero(records[i]!, agents.names);
  }
  const globalState = state.global_state;
  const inGlobals = globalState !== before?.global_state && holdsNegativeZero(globalState, globals.names);
  if (!found && !inGlobals) return state;
  return state.with({
    agents: state.agents.map((record) => positive(record)),
    global_state: positive(globalState),
  });
}

function holdsNegativeZero(record: Variables, names: readonly string[]): boolean {
  for (let i = 0; i < names.length; i++) {
    const value: unknown = record[names[i]!];
    if (value === 0 ? Object.is(value, -0) : typeof value === "object" && nested(value)) return true;
  }
  return false;
}

function nested(value: object | null): boolean {
  if (value === null) return false;
  return Object.values(value).some((inner) => Object.is(inner, -0) || (typeof inner === "object" && nested(inner)));
}

/** The value with 0 for every -0; what holds none is returned as it is. */
function positive<T>(value: T): T {
  if (Object.is(value, -0)) return 0 as T;
  if (typeof value !== "object" || value === null || !nested(value)) return value;
  if (Array.isArray(value)) return value.map(positive) as T;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, positive(inner)])) as T;
}
