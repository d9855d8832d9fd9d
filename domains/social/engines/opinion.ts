/** Engine `opinion`: people's opinions, alone or on a network. */

import {
  type Action,
  type AgentState,
  BaseEngine,
  type EngineContext,
  type JsonObject,
  SimError,
  type SimulationState,
} from "llm-sim";
import { z } from "zod";
import { afterMeeting, isClose } from "../agents/opinion_rules.ts";
import {
  ADOPT,
  clamp,
  MEET,
  OPINION,
  PERSON_VARIABLES,
  type PersonVariables,
  SOCIETY_VARIABLES,
  type SocietyVariables,
} from "../variables.ts";
import { statisticsOf } from "./statistics.ts";

/** Config of engine `opinion`. */
export const opinionConfig = z.strictObject({
  initial: z.enum(["given", "around", "uniform", "even"]).default("given").describe(
    "opinions at the start of all who are not stubborn: given by the scenario, drawn from no further than initial_spread around what is given, drawn from 0 to 1, or spaced evenly from 0 to 1 in agent order",
  ),
  initial_spread: z.number().min(0).max(1).default(0.1).describe("how far opinions are drawn around the given ones"),
  cluster_gap: z.number().min(0).max(1).default(0.05).describe(
    "opinions next to each other that are further apart than this are counted as different clusters",
  ),
  settled_below: z.number().min(0).max(1).default(1e-4).describe(
    "a turn in which no opinion changes by this much is quiet; 0: no turn is",
  ),
  settled_turns: z.number().int().min(1).default(3).describe(
    "quiet turns in a row after which the engine ends the run",
  ),
});

type Person = AgentState<PersonVariables>;
type SocietyState = SimulationState<PersonVariables, SocietyVariables>;

/**
 * Carries out `adopt {opinion}` and `meet {with, confidence, rate}`, and keeps the society's statistics. Where there is
 * space, people without a place get one each: the location of their own name, or the first that is free.
 *
 * A meeting looks at the opinions of its moment, so that in `random_order` one pair moves after the other. It leaves
 * the sum of the two opinions as it was, unless one of them is stubborn.
 */
export class OpinionEngine extends BaseEngine<z.output<typeof opinionConfig>, PersonVariables, SocietyVariables> {
  static override readonly config = opinionConfig;
  static override readonly description =
    "People's opinions from 0 to 1, alone or on a network: carries out adopt and meet, counts clusters, and ends the " +
    "run when nothing moves any more.";
  static override readonly requires = { agent_vars: PERSON_VARIABLES, global_vars: SOCIETY_VARIABLES };

  /** @throws {SimError} `no_room` when there are fewer free locations than people without a place */
  override initializeState(initial: SocietyState, context: EngineContext): SocietyState {
    const { size } = initial.agents;
    const agents = initial.agents.map((person, i) => {
      const opinion = person.stubborn ? person.opinion : this.#first(person, size > 1 ? i / (size - 1) : 0.5, context);
      return { ...person, opinion, initial_opinion: opinion, last_opinion: opinion };
    });
    return this.#measured(settled(initial.with({ agents })), 0, 0);
  }

  override applyActions(state: SocietyState, actions: readonly Action[], _context: EngineContext): SocietyState {
    const moved = new Opinions(state);
    for (const { agent_name, action_name, parameters } of actions) {
      if (action_name === ADOPT) moved.adopt(agent_name, parameters);
      else if (action_name === MEET) moved.meet(agent_name, parameters);
    }
    return moved.state();
  }

  override applyEngineRules(state: SocietyState, context: EngineContext): SocietyState {
    let change = 0;
    for (const { opinion, last_opinion } of state.agents) change = Math.max(change, Math.abs(opinion - last_opinion));
    const quiet = change < this.config.settled_below ? state.global_state.quiet_turns + 1 : 0;
    const agents = state.agents.map((person) => ({ ...person, last_opinion: person.opinion }));
    const next = this.#measured(state.with({ agents }), change, quiet);
    context.detail("opinions", { ...next.global_state });
    return next;
  }

  override checkTermination({ global_state }: SocietyState): string | null {
    return global_state.quiet_turns >= this.config.settled_turns ? "settled" : null;
  }

  #first(person: Person, even: number, context: EngineContext): number {
    switch (this.config.initial) {
      case "given":
        return person.opinion;
      case "around": {
        const { initial_spread: spread } = this.config;
        const drawn = context.rng("initial_opinion", person.name).uniform(-spread, spread);
        return clamp(person.opinion + drawn, OPINION);
      }
      case "uniform":
        return context.rng("initial_opinion", person.name).next();
      case "even":
        return even;
    }
  }

  #measured(state: SocietyState, change: number, quiet_turns: number): SocietyState {
    const statistics = statisticsOf(state.agents.records.map(({ opinion }) => opinion), this.config.cluster_gap);
    return state.with({ global_state: { ...state.global_state, ...statistics, change, quiet_turns } });
  }
}

/** Opinions that change one after the other. */
class Opinions {
  readonly #before: SocietyState;
  readonly #changed = new Map<string, number>();

  constructor(before: SocietyState) {
    this.#before = before;
  }

  adopt(name: string, { opinion }: JsonObject): void {
    if (typeof opinion === "number" && Number.isFinite(opinion)) this.#move(name, opinion);
  }

  meet(name: string, { with: other, confidence, rate }: JsonObject): void {
    if (typeof other !== "string" || typeof confidence !== "number" || typeof rate !== "number") return;
    const [own, met] = [this.#now(name), this.#now(other)];
    if (own === undefined || met === undefined || !isClose(own, met, confidence)) return;
    this.#move(name, afterMeeting(own, met, rate));
    this.#move(other, afterMeeting(met, own, rate));
  }

  /** The state with all changes. */
  state(): SocietyState {
    if (this.#changed.size === 0) return this.#before;
    const agents = this.#before.agents.map((person) => {
      const opinion = this.#changed.get(person.name);
      return opinion === undefined ? person : { ...person, opinion };
    });
    return this.#before.with({ agents });
  }

  #now(name: string): number | undefined {
    return this.#changed.get(name) ?? this.#before.agents.get(name)?.opinion;
  }

  #move(name: string, opinion: number): void {
    if (this.#before.agents.get(name)?.stubborn === false) this.#changed.set(name, clamp(opinion, OPINION));
  }
}

/** `state` with a place for everybody who has none, where there is space. */
function settled(state: SocietyState): SocietyState {
  let { space } = state;
  if (space === null) return state;
  const homeless = state.agents.names().filter((name) => space!.position(name) === undefined);
  const named = homeless.filter((name) => space!.has(name) && space!.agentsAt(name).length === 0);
  for (const name of named) space = space.move(name, name);
  const free = space.locations().filter((place) => space!.agentsAt(place).length === 0);
  const others = homeless.filter((name) => !named.includes(name));
  if (others.length > free.length) {
    throw new SimError("no_room", `${others.length} people have no place, and ${free.length} locations are free`, {
      hint: "make the network or grid larger, or give people initial_location",
    });
  }
  others.forEach((name, i) => space = space!.move(name, free[i]!));
  return state.with({ space });
}
