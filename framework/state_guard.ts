/** Holds engines to what a state must be: the same agents, every variable within its declared type and bounds. */

import { SimError } from "./issue.ts";
import { SimulationState, type Variables } from "./state.ts";
import type { VariableLayout } from "./variables.ts";

/** Who made a state, for messages. */
type Maker = "engine" | "intervention";

/** Checks what one engine returns. */
export class StateGuard {
  /** The world's variables. */
  readonly globals: VariableLayout;
  readonly #engine: string;
  readonly #agents: VariableLayout;

  /** @param engine its type, for messages */
  constructor(engine: string, agents: VariableLayout, globals: VariableLayout) {
    this.#engine = engine;
    this.#agents = agents;
    this.globals = globals;
  }

  /** The value as a state. @throws {SimError} `bad_state` when it is none */
  state(value: unknown, turn: number): SimulationState {
    if (value instanceof SimulationState) return value as SimulationState;
    throw new SimError("bad_state", `engine '${this.#engine}' returned no SimulationState in turn ${turn}`, {
      turn,
      hint: "return state.with({ … })",
    });
  }

  /**
   * The first state, which has these agents in this order.
   * @throws {SimError} `bad_state`
   */
  first(value: unknown, turn: number, names: readonly string[]): SimulationState {
    return this.#checked(value, turn, null, names.length, (i) => names[i]!);
  }

  /**
   * The value as a state that keeps the rules: the agents of `before`, and what is as in `before` was checked then.
   * @throws {SimError} `bad_state`
   */
  checked(value: unknown, turn: number, before: SimulationState, maker: Maker = "engine"): SimulationState {
    const { records } = before.agents;
    return this.#checked(value, turn, before, records.length, (i) => records[i]!.name, maker);
  }

  #checked(
    value: unknown,
    turn: number,
    before: SimulationState | null,
    size: number,
    nameAt: (i: number) => string,
    maker: Maker = "engine",
  ): SimulationState {
    const state = withoutNegativeZero(this.state(value, turn), before, this.#agents, this.globals);
    const records = state.agents.records;
    if (records.length !== size) throw this.#bad(turn, `has ${records.length} agents instead of ${size}`);
    const old = before?.agents.records;
    for (let i = 0; i < records.length; i++) {
      const record = records[i]!;
      if (old !== undefined && record === old[i]) continue;
      if (record.name !== nameAt(i)) throw this.#bad(turn, `has '${record.name}' in the place of '${nameAt(i)}'`);
      const problem = this.#agents.check(record);
      if (problem) throw this.#bad(turn, `agents.${record.name}.${problem.path.join(".")}: ${problem.message}`, maker);
      // What was handed out never changes: an agent that writes into what it observes is told so.
      Object.freeze(record);
    }
    if (state.global_state !== before?.global_state) {
      const problem = this.globals.check(state.global_state);
      if (problem) throw this.#bad(turn, `global.${problem.path.join(".")}: ${problem.message}`, maker);
      Object.freeze(state.global_state);
    }
    return state;
  }

  #bad(turn: number, problem: string, maker: Maker = "engine"): SimError {
    if (maker === "intervention") return new SimError("bad_state", problem, { turn });
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
