/**
 * Carries out lifecycle requests: together, in their order, each as a whole or refused with a reason. What one request
 * changes the next one sees.
 */

import { z } from "zod";
import { NAME_RULE, nameProblem, numberedName } from "./agent_name.ts";
import { type AgentBuilder, issueLine } from "./components.ts";
import type { AgentSlot } from "./decision.ts";
import { SimError } from "./issue.ts";
import type { JsonObject } from "./json.ts";
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
    paused_agents: over.size === 0
      ? state.paused_agents
      : Object.freeze(state.paused_agents.filter((name) => !over.has(name))),
    auto_resume: Object.freeze(Object.fromEntries(
      waiting.filter(([name]) => !over.has(name)).map(([name, turns]) => [name, turns - 1]),
    )),
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
  readonly #came: string[] = [];
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
      paused_agents: Object.freeze([...this.#paused].sort()),
      auto_resume: Object.freeze(Object.fromEntries(this.#resume)),
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
        newcomers: this.#came.length === 0 ? loop.newcomers : [...loop.newcomers, ...this.#came],
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
    if (!OPERATIONS.includes(request.operation)) throw refusal(`there is no operation '${request.operation}'`);
    if (request.operation === "add_agent") return this.#add(request.spec);
    if (!this.#records.has(name)) throw refusal(`there is no agent '${name}'`);
    if (request.operation === "remove_agent") this.#remove(name);
    else if (request.operation === "pause_agent") this.#pause(name, request.turns);
    else this.#resumeNow(name);
    return name;
  }

  #add(asked: unknown): string {
    const { builder, variables, maxAgents } = this.#options;
    if (this.#records.size >= maxAgents) throw refusal(`there are ${maxAgents} agents, limits.max_agents`);
    const { name: wanted, type, config, variables: values, location, on_error } = specOf(asked);
    const { name, next } = this.#freeName(wanted);
    const described = { type, config, on_error };
    const slot = builder.slot(name, described);
    const record: AgentState = { name, ...variables.defaults(), ...values };
    const problem = variables.check(record);
    if (problem) throw refusal(`${problem.path.join(".")}: ${problem.message}`);
    if (location !== undefined) {
      if (this.#space === null) throw refusal("the scenario has no space to be located in");
      this.#space = this.#space.move(name, location);
    }
    if (next !== null) this.#numbers.set(wanted, next);
    this.#records.set(name, Object.freeze(record));
    this.#slots.set(name, slot);
    this.#added.set(name, described);
    this.#came.push(name);
    this.#membersChanged = true;
    return name;
  }

  /** `wanted`, or with the next number, and which number comes after that one. */
  #freeName(wanted: string): { name: string; next: number | null } {
    let number = this.#numbers.get(wanted);
    if (number === undefined && !this.#isTaken(wanted) && !this.#isTaken(`${wanted}_1`)) {
      return { name: checkedName(wanted), next: null };
    }
    number ??= 1;
    while (this.#isTaken(`${wanted}_${number}`)) number++;
    return { name: checkedName(`${wanted}_${number}`), next: number + 1 };
  }

  /** Whether a name is, or was once, an agent's: a name means one agent in all logs, and in all inboxes. */
  #isTaken(name: string): boolean {
    const { builder } = this.#options;
    return this.#records.has(name) || builder.entry(name) !== undefined || this.#numbers.has(name) ||
      this.#isGivenNumber(name) || builder.populations.some(({ entry }) => entry.name === name);
  }

  #isGivenNumber(name: string): boolean {
    const numbered = numberedName(name);
    return numbered !== undefined && numbered.number < (this.#numbers.get(numbered.entry) ?? 0);
  }

  #remove(name: string): void {
    if (this.#records.size === 1 && this.#world.state.populations.size === 0) {
      throw refusal("it is the last agent, and a simulation has at least one");
    }
    // The names of the scenario's agents, and numbers that were given, are known to be taken without this.
    if (this.#options.builder.entry(name) === undefined && !this.#isGivenNumber(name) && !this.#numbers.has(name)) {
      this.#numbers.set(name, 1);
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

const OPERATIONS: readonly string[] = ["add_agent", "remove_agent", "pause_agent", "resume_agent"];

const object = z.custom<JsonObject>(isObject, "expected an object");
const newAgent = z.strictObject({
  name: z.string(),
  type: z.string(),
  config: object.default({}),
  variables: object.refine((values) => !isObject(values) || !Object.hasOwn(values, "name"), "a name is no variable")
    .default({}),
  location: z.string().optional(),
  on_error: z.enum(["fail", "retry", "skip", "fallback"]).default("fail"),
});

/** What is asked for, in full. @throws {SimError} what is wrong with it */
function specOf(asked: unknown): z.output<typeof newAgent> {
  const read = newAgent.safeParse(asked);
  if (read.success) return read.data;
  throw refusal(`the new agent: ${issueLine(read.error)}`);
}

function checkedName(name: string): string {
  const problem = nameProblem(name);
  if (problem !== null) throw refusal(`the name ${JSON.stringify(name)} ${problem}: ${NAME_RULE}`);
  return name;
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refusal(reason: string): SimError {
  return new SimError("refused", reason);
}
