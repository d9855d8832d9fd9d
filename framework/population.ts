/** Base class of populations: many agents without names, decided for at once. */

import type { z } from "zod";
import type { ComponentContext } from "./context.ts";
import type { RequiredVariables } from "./domain.ts";
import { SimError } from "./issue.ts";
import type { JsonObject } from "./json.ts";
import type { Members, MutableMembers } from "./members.ts";
import type { Rng } from "./rng.ts";
import type { SimulationState, Variables } from "./state.ts";

/** What a population is built from: its entry under `agents:`, checked against the class's `config` schema. */
export interface PopulationSpec<C = JsonObject> {
  /** Unique name in the simulation. */
  readonly name: string;
  /** Output of the class's `config` schema. */
  readonly config: C;
}

/**
 * What a population gets with each call. Draws are the same in every run with the same seed; those per member depend on
 * the member's id, the purpose and the turn alone, not on how many others there are. The same purpose gives the same draws
 * all through a turn.
 *
 * Arrays are in the order of the members that the call was given, and are written over by the next call of the same
 * method with the same purpose.
 */
export interface PopulationContext extends ComponentContext {
  /** A fresh stream for the population as a whole. */
  rng(purpose: string): Rng;
  /** A number in [0, 1) per member, with 32 random bits. */
  uniforms(purpose: string): Float64Array<ArrayBuffer>;
  /**
   * A whole number in [0, bound) per member, each equally likely.
   * @throws {RangeError} unless `bound` is a whole number from 1 to 2^31
   */
  integers(purpose: string, bound: number): Int32Array<ArrayBuffer>;
  /** A normally distributed number per member, mean 0, standard deviation 1. */
  normals(purpose: string): Float64Array<ArrayBuffer>;
  /** A fresh stream for the member at position `member`. */
  rngOf(member: number, purpose: string): Rng;
  /** All positions in random order. Which of two members comes first does not depend on the others. */
  order(purpose: string): Int32Array<ArrayBuffer>;
}

/** What the members of a population do in a turn. */
export interface PopulationDecision<I = unknown> {
  /** How many members do what: the details of the turn's one ACTION event. */
  readonly counts: { readonly [action: string]: number };
  /** What `applyAll` needs to carry it out: columns, lists, numbers. */
  readonly intents: I;
}

/**
 * A population: up to a million members that differ in numbers only. Its variables are columns, and it decides for all
 * members in one call; nothing is done per member but arithmetic.
 *
 * Columns are the agent variables that `requires.agent_vars` names (all of type float, int, bool and categorical when it
 * names none). An instance holds no state of its own between turns.
 *
 * Type parameters: `C` the config, `I` the intents, `A` the named agents' variables, `G` the global variables.
 *
 * @example
 * ```ts
 * import { type Members, type MutableMembers, Population, type PopulationContext, type SimulationState } from "llm-sim";
 *
 * class DonorsPopulation extends Population<unknown, Int32Array> {
 *   static override readonly description = "Everybody who owns something gives 1 to somebody.";
 *   static override readonly requires = { agent_vars: ["wealth"] };
 *
 *   override decideAll(members: Members, _state: SimulationState, context: PopulationContext) {
 *     const wealth = members.column("wealth");
 *     const partner = context.integers("partner", members.size);
 *     const received = new Int32Array(members.size);
 *     let give = 0;
 *     for (let i = 0; i < members.size; i++) {
 *       if (wealth[i]! < 1) continue;
 *       received[i]!--;
 *       received[partner[i]!]!++;
 *       give++;
 *     }
 *     return { counts: { give }, intents: received };
 *   }
 *
 *   override applyAll(next: MutableMembers, received: Int32Array) {
 *     const wealth = next.column("wealth");
 *     for (let i = 0; i < next.size; i++) wealth[i]! += received[i]!;
 *   }
 * }
 * new DonorsPopulation({ name: "donors", config: {} });
 * ```
 */
export abstract class Population<
  C = unknown,
  I = unknown,
  A extends Variables = Variables,
  G extends Variables = Variables,
> {
  /** Schema of the population's `config:`; without one it takes no config. */
  static readonly config?: z.ZodType;
  /** One or two sentences for users. */
  static readonly description?: string;
  /** State variables that a scenario with this component must declare; `agent_vars` are the columns. */
  static readonly requires?: RequiredVariables;

  /** Unique name in the simulation. */
  readonly name: string;
  /** The population's checked config. */
  readonly config: C;

  /** Built by the framework, once per simulation process. */
  constructor(spec: PopulationSpec<C>) {
    this.name = spec.name;
    this.config = spec.config;
  }

  /**
   * Fills in the first values; defaults and the entry's `variables` are there already. Called before the engine's
   * `initializeState`. Default: nothing.
   */
  initialise(_members: MutableMembers, _state: SimulationState<A, G>, _context: PopulationContext): void {}

  /**
   * Decides for all members for the turn `context.turn`, from the columns as they are. Synchronous.
   *
   * @param members this population; not to be written to
   * @param state what this population sees; immutable
   */
  abstract decideAll(
    members: Members,
    state: SimulationState<A, G>,
    context: PopulationContext,
  ): PopulationDecision<I>;

  /**
   * Carries out what {@linkcode Population.decideAll} decided, after the engine has applied the named agents' actions.
   * Synchronous.
   *
   * @param next the members of the next state: present values, to be changed in place
   * @param intents as they were returned
   * @param state as the engine left it; its columns stay as they are
   */
  abstract applyAll(
    next: MutableMembers,
    intents: I,
    state: SimulationState<A, G>,
    context: PopulationContext,
  ): void;
}

/** What `decideAll` returned, as a decision. @throws {SimError} `bad_decision` when it is none */
export function checkedDecision(population: string, value: unknown): PopulationDecision {
  const bad = (problem: string, hint: string) =>
    new SimError("bad_decision", `population '${population}': decideAll ${problem}`, { hint });
  if (value instanceof Promise) throw bad("returned a promise", "decide synchronously");
  const { counts } = (value ?? {}) as Partial<PopulationDecision>;
  if (typeof counts !== "object" || counts === null) {
    throw bad("returned no counts", "return { counts: { give: 3 }, intents }");
  }
  for (const [action, count] of Object.entries(counts)) {
    if (Number.isSafeInteger(count) && count >= 0) continue;
    throw bad(`counted ${count} of '${action}'`, "counts are whole numbers from 0");
  }
  return value as PopulationDecision;
}
