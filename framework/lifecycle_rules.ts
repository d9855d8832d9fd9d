/**
 * Carries out lifecycle requests: together, in their order, each as a whole or refused with a reason. What one request
 * changes the next one sees.
 */

import type { AgentBuilder } from "./components.ts";
import type { AgentSlot } from "./decision.ts";
import { SimError } from "./issue.ts";
import type { LifecycleOperation, LifecycleRequest, NewAgent } from "./lifecycle.ts";
import type { AddedAgent, LoopState, Memories } from "./loop_state.ts";
import { AgentMap, type AgentState, type SimulationState } from "./state.ts";
import type { VariableLayout } from "./variables.ts";

/** Who asked. */
export type Initiator =
  | { readonly kind: "agent"; readonly name: string }
  | { readonly kind: "engine" | "intervention" | "timer" };

/** A request and who made it. */
export interface OwnedRequest {
  readonly request: LifecycleRequest;
  readonly by: Initiator;
  /** Id of the event it came with; 0: none. */
  readonly cause: number;
}

/** What came of a request. */
export interface LifecycleOutcome {
  readonly operation: LifecycleOperation;
  /** The agent; of one that was added, the name it got. */
  readonly agent: string;
  readonly by: Initiator;
  readonly cause: number;
  readonly spec?: NewAgent;
  readonly turns?: number;
  /** Why it was asked for, for people. */
  readonly note?: string;
  /** Why it was not carried out; null when it was. */
  readonly refused: string | null;
}

/** Everything that a turn replaces as a whole. */
export interface World {
  readonly state: SimulationState;
  /** Agents in the order of the state's records. */
  readonly slots: readonly AgentSlot[];
  readonly loop: LoopState;
  readonly memories: Memories;
}

/** What lifecycle requests are held to. */
export interface LifecycleOptions {
  readonly builder: AgentBuilder;
  readonly variables: VariableLayout;
  readonly maxAgents: number;
}

/** The world after `requests`, and what came of each. */
export function carriedOut(
  requests: readonly OwnedRequest[],
  world: World,
  options: LifecycleOptions,
): { world: World; outcomes: LifecycleOutcome[] } {
  if (requests.length === 0) return { world, outcomes: [] };
  const draft = new Draft(world, options);
  const outcomes = requests.map((owned) => draft.carryOut(owned));
  return { world: draft.finished(), outcomes };
}

/** Lets agents whose time is over act again; the others' time gets shorter. */
export function awakened(world: World): { world: World; outcomes: LifecycleOutcome[] } {
  const { state } = world;
  const waiting = Object.entries(state.auto_resume);
  if (waiting.length === 0) return { world, outcomes: [] };
  const over = new Set(waiting.filter(([, turns]) => turns <= 1).map(([name]) => name));
  const outcomes = [...over].map((agent): LifecycleOutcome => ({
    operation: "resume_agent",
    agent,
    by: { kind: "timer" },
    cause: 0,
    refused: null,
  }));
  const next = state.with({
    paused_agents: over.size === 0 ? state.paused_agents : state.paused_agents.filter((name) => !over.has(name)),
    auto_resume: Object.fromEntries(
      waiting.filter(([name]) => !over.has(name)).map(([name, turns]) => [name, turns - 1]),
    ),
  });
  return { world: { ...world, state: next }, outcomes };
}

class Draft {
  readonly #world: World;
  readonly #options: LifecycleOptions;
  readonly #records: Map<string, AgentState>;
  readonly #slots: Map<string, AgentSlot>;
  readonly #paused: Set<string>;
  readonly #resume: Map<string, number>;
  readonly #added: Map<string, AddedAgent>;
  readonly #numbers: Map<string, number>;
  readonly #gone = new Set<string>();
  #space: SimulationState["space"];
  #membersChanged = false;

  constructor(world: World, options: LifecycleOptions) {
    const { state, slots, loop } = world;
    this.#world = world;
    this.#options = options;
    this.#records = new Map(state.agents.records.map((record) => [record.name, record]));
    this.#slots = new Map(slots.map((slot) => [slot.agent.name, slot]));
    this.#paused = new Set(state.paused_agents);
    this.#resume = new Map(Object.entries(state.auto_resume));
    this.#added = new Map(Object.entries(loop.added));
    this.#numbers = new Map(Object.entries(loop.numbers));
    this.#space = state.space;
  }

  carryOut({ request, by, cause }: OwnedRequest): LifecycleOutcome {
    const { operation, spec, turns, reason } = request;
    let agent = request.agent;
    let refused: string | null = null;
    try {
      agent = this.#do(request, by);
    } catch (error) {
      if (!(error instanceof SimError)) throw error;
      refused = error.message;
    }
    return {
      operation,
      agent,
      by,
      cause,
      ...(spec && { spec }),
      ...(turns !== undefined && { turns }),
      ...(reason !== undefined && { note: reason }),
      refused,
    };
  }

  finished(): World {
    const { state, loop, memories } = this.#world;
    const next = state.with({
      paused_agents: [...this.#paused].sort(),
      auto_resume: Object.fromEntries(this.#resume),
      ...(this.#membersChanged && { agents: AgentMap.of([...this.#records.values()]), space: this.#space }),
    });
    const without = <T>(record: { readonly [agent: string]: T }) =>
      this.#gone.size === 0
        ? record
        : Object.fromEntries(Object.entries(record).filter(([name]) => !this.#gone.has(name)));
    return {
      state: next,
      slots: this.#membersChanged ? [...this.#slots.values()] : this.#world.slots,
      loop: {
        ...loop,
        added: Object.fromEntries(this.#added),
        numbers: Object.fromEntries(this.#numbers),
        control: without(loop.control),
      },
      memories: without(memories),
    };
  }

  /** Carries it out and returns the agent's name. @throws {SimError} the reason for a refusal */
  #do(request: LifecycleRequest, by: Initiator): string {
    const name = request.agent;
    if (by.kind === "agent" && request.operation !== "add_agent" && name !== by.name) {
      throw refusal(`an agent cannot ${request.operation} for '${name}', only for itself`);
    }
    if (request.operation === "add_agent") return this.#add(request.spec ?? { name, type: "" });
    if (!this.#records.has(name)) throw refusal(`there is no agent '${name}'`);
    if (request.operation === "remove_agent") this.#remove(name);
    else if (request.operation === "pause_agent") this.#pause(name, request.turns);
    else this.#resumeNow(name);
    return name;
  }

  #add(spec: NewAgent): string {
    const { builder, variables, maxAgents } = this.#options;
    if (this.#records.size >= maxAgents) throw refusal(`there are ${maxAgents} agents, limits.max_agents`);
    if (typeof spec.name !== "string" || !/^[^\p{Cc}/]{1,100}$/u.test(spec.name) || spec.name === "__proto__") {
      throw refusal("a name has 1 to 100 characters, none of them a control character or '/'");
    }
    const name = this.#freeName(spec.name);
    const described = { type: spec.type, config: spec.config ?? {}, on_error: spec.on_error ?? "fail" } as const;
    const slot = builder.slot(name, described);
    const record: AgentState = { name, ...variables.defaults(), ...spec.variables };
    const problem = variables.check(record);
    if (problem) throw refusal(`${problem.path.join(".")}: ${problem.message}`);
    if (spec.location !== undefined) {
      if (this.#space === null) throw refusal("the scenario has no space to be located in");
      this.#space = this.#space.move(name, spec.location);
    }
    this.#records.set(name, Object.freeze(record));
    this.#slots.set(name, slot);
    this.#added.set(name, described);
    this.#membersChanged = true;
    return name;
  }

  /** `wanted`, or with the next number: numbers are given once, so that a name means one agent in all logs. */
  #freeName(wanted: string): string {
    const numbered = this.#numbers.get(wanted);
    if (numbered === undefined && !this.#records.has(wanted) && !this.#records.has(`${wanted}_1`)) return wanted;
    let number = numbered ?? 1;
    while (this.#records.has(`${wanted}_${number}`) || this.#options.builder.entry(`${wanted}_${number}`)) number++;
    this.#numbers.set(wanted, number + 1);
    return `${wanted}_${number}`;
  }

  #remove(name: string): void {
    if (this.#records.size === 1 && this.#world.state.populations.size === 0) {
      throw refusal("it is the last agent, and a simulation has at least one");
    }
    this.#records.delete(name);
    this.#slots.delete(name);
    this.#paused.delete(name);
    this.#resume.delete(name);
    this.#added.delete(name);
    this.#gone.add(name);
    this.#space = this.#space?.remove(name) ?? null;
    this.#membersChanged = true;
  }

  #pause(name: string, turns: number | undefined): void {
    if (this.#paused.has(name)) throw refusal(`agent '${name}' is paused already`);
    if (turns !== undefined && !(Number.isSafeInteger(turns) && turns >= 1)) {
      throw refusal(`an agent sits out at least 1 turn, not ${turns}`);
    }
    this.#paused.add(name);
    // It counts down at the start of each turn, and the agent acts in the turn in which it reaches 0.
    if (turns !== undefined) this.#resume.set(name, turns + 1);
  }

  #resumeNow(name: string): void {
    if (!this.#paused.delete(name)) throw refusal(`agent '${name}' is not paused`);
    this.#resume.delete(name);
  }
}

function refusal(reason: string): SimError {
  return new SimError("refused", reason);
}
