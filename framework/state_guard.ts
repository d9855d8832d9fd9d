/**
 * Holds engines to what a state must be: the same agents, pauses and space, every variable within its declared type and
 * bounds. What has passed here never changes any more.
 */

import { SimError } from "./issue.ts";
import { canonicalJson } from "./canonical_json.ts";
import { deepFreeze, type Json, notJson } from "./json.ts";
import { Space } from "./space/mod.ts";
import { AgentMap, type AgentState, SimulationState, type Variables } from "./state.ts";
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
    if (value instanceof SimulationState && value.agents instanceof AgentMap) return value as SimulationState;
    throw new SimError("bad_state", `engine '${this.#engine}' returned no SimulationState in turn ${turn}`, {
      turn,
      hint: "return state.with({ … })",
    });
  }

  /**
   * The value as a state that agents may see in the middle of a turn: of what differs from `before` nothing can be
   * written to. Its variables are checked when the turn is over.
   * @throws {SimError} `bad_state`
   */
  shown(value: unknown, turn: number, before: SimulationState): SimulationState {
    const state = this.#kept(this.state(value, turn), before, turn);
    if (state === before) return state;
    const records = state.agents.records;
    const old = before.agents.records;
    for (let i = 0; i < records.length; i++) {
      if (records[i] !== old[i]) this.#agents.freeze(records[i]!);
    }
    if (state.global_state !== before.global_state) this.globals.freeze(state.global_state);
    return state;
  }

  /** A state from a checkpoint, in which nothing can be written to from now on. */
  resumed(state: SimulationState): SimulationState {
    for (const record of state.agents.records) this.#agents.freeze(record);
    this.globals.freeze(state.global_state);
    deepFreeze([state.reasoning_chains, state.paused_agents, state.auto_resume]);
    return state;
  }

  /**
   * The first state, which has these agents in this order.
   * @param initial what it was made of
   * @throws {SimError} `bad_state`
   */
  first(value: unknown, turn: number, names: readonly string[], initial: SimulationState): SimulationState {
    const state = this.#kept(this.state(value, turn), initial, turn);
    const ghost = state.paused_agents.find((name) => !state.agents.has(name));
    if (ghost !== undefined) throw this.#bad(turn, `has '${ghost}' among paused_agents, who is no agent`);
    this.#checkPlaces(state, turn);
    deepFreeze([state.paused_agents, state.auto_resume]);
    return this.#checked(state, turn, null, names.length, (i) => names[i]!);
  }

  /**
   * The value as a state that keeps the rules: the agents of `before`, and what is as in `before` was checked then.
   * @throws {SimError} `bad_state`
   */
  checked(value: unknown, turn: number, before: SimulationState, maker: Maker = "engine"): SimulationState {
    const { records } = before.agents;
    const state = this.#kept(this.state(value, turn), before, turn);
    if (state.space !== before.space) this.#checkPlaces(state, turn);
    return this.#checked(state, turn, before, records.length, (i) => records[i]!.name, maker);
  }

  /** The state with what no engine changes as it is in `before`: pauses, and whether there is space. */
  #kept(state: SimulationState, before: SimulationState, turn: number): SimulationState {
    const { space, reasoning_chains, paused_agents, auto_resume } = state;
    if (paused_agents !== before.paused_agents || auto_resume !== before.auto_resume) {
      if (!sameJson(paused_agents, before.paused_agents)) throw this.#bad(turn, "has other paused_agents", PAUSES);
      if (!sameJson(auto_resume, before.auto_resume)) throw this.#bad(turn, "has another auto_resume", PAUSES);
    }
    if (reasoning_chains !== before.reasoning_chains) checkChains(reasoning_chains, (why) => this.#bad(turn, why));
    const problem = space === before.space ? null : spaceProblem(space, before.space);
    if (problem !== null) throw this.#bad(turn, problem, "keep state.space, or derive it: state.space.move(agent, to)");
    if (paused_agents === before.paused_agents && auto_resume === before.auto_resume) return state;
    return state.with({ paused_agents: before.paused_agents, auto_resume: before.auto_resume });
  }

  /** That whoever has a place is an agent. */
  #checkPlaces({ space, agents }: SimulationState, turn: number): void {
    if (space === null) return;
    let placed = 0;
    for (const { name } of agents.records) if (space.position(name) !== undefined) placed++;
    if (placed === space.placed) return;
    const ghost = [...space.positions().keys()].find((name) => !agents.has(name));
    throw this.#bad(
      turn,
      `has a place for '${ghost}', who is no agent`,
      "context.request(addAgent({ …, location })) brings one",
    );
  }

  #checked(
    given: SimulationState,
    turn: number,
    before: SimulationState | null,
    size: number,
    nameAt: (i: number) => string,
    maker: Maker = "engine",
  ): SimulationState {
    const state = withoutNegativeZero(given, before, this.#agents, this.globals);
    const records = state.agents.records;
    if (records.length !== size) throw this.#bad(turn, `has ${records.length} agents instead of ${size}`);
    const old = before?.agents.records;
    for (let i = 0; i < records.length; i++) {
      const record = records[i]!;
      if (old !== undefined && record === old[i]) continue;
      if (record.name !== nameAt(i)) throw this.#bad(turn, `has '${record.name}' in the place of '${nameAt(i)}'`);
      const problem = this.#agents.check(record);
      if (problem) {
        throw this.#bad(turn, `agents.${record.name}.${problem.path.join(".")}: ${problem.message}`, VARIABLES, maker);
      }
      // What was handed out never changes: an agent that writes into what it observes is told so.
      this.#agents.freeze(record);
    }
    if (state.global_state !== before?.global_state) {
      const problem = this.globals.check(state.global_state);
      if (problem) throw this.#bad(turn, `global.${problem.path.join(".")}: ${problem.message}`, VARIABLES, maker);
      this.globals.freeze(state.global_state);
    }
    return state;
  }

  #bad(turn: number, problem: string, hint = VARIABLES, maker: Maker = "engine"): SimError {
    if (maker === "intervention") return new SimError("bad_state", problem, { turn });
    return new SimError("bad_state", `the state that engine '${this.#engine}' made in turn ${turn} ${problem}`, {
      turn,
      hint,
    });
  }
}

/**
 * Watches the list of a state's records, which is not frozen: V8 reads elements of frozen arrays so slowly that a turn of
 * rule agents would take an eighth longer. Returns what puts the list right again and says whether somebody wrote into it.
 */
export function watchedRecords({ agents }: SimulationState): () => boolean {
  const records = agents.records as AgentState[];
  const present = records.slice();
  return () => {
    let isWritten = records.length !== present.length;
    for (let i = 0; i < present.length && !isWritten; i++) isWritten = records[i] !== present[i];
    if (!isWritten) return false;
    records.length = 0;
    for (const record of present) records.push(record);
    return true;
  };
}

/** That somebody wrote into the list of records. @param who the agent, where it can be told */
export function writtenError(turn: number, who = "a component"): SimError {
  return new SimError("bad_state", `${who} wrote into the list state.agents.records in turn ${turn}`, {
    turn,
    hint: "what is handed out never changes; sort a copy: state.agents.records.toSorted(…)",
  });
}

const VARIABLES = "the engine must keep all agents, and every variable within what state_variables declares";
const PAUSES = "context.request(pauseAgent(name, turns)) and context.request(resumeAgent(name)) change who is paused";

function sameJson(a: unknown, b: unknown): boolean {
  return notJson(a) === null && canonicalJson(a as Json) === canonicalJson(b as Json);
}

/** Freezes what is told of reasoning. @throws what `bad` makes of the reason, unless it is a list of JSON objects */
function checkChains(chains: unknown, bad: (why: string) => SimError): void {
  const isList = Array.isArray(chains) &&
    chains.every((chain) => typeof chain === "object" && chain !== null && !Array.isArray(chain));
  if (!isList) throw bad("has reasoning_chains that are no list of objects");
  const problem = notJson(chains);
  if (problem !== null) throw bad(`has reasoning_chains of which one ${problem}`);
  deepFreeze(chains);
}

function spaceProblem(space: unknown, before: Space | null): string | null {
  if (before === null) return "has a space, which the scenario has not";
  if (space === null) return "has lost its space";
  if (!(space instanceof Space)) return "has a space that is no Space";
  const [found, expected] = [space.locations(), before.locations()];
  const isSame = found === expected ||
    (found.length === expected.length && found.every((location, i) => location === expected[i]));
  return isSame ? null : "has a space with other locations";
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
