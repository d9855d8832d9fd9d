/** Plays the populations of a simulation: their part of each turn, beside the named agents'. */

import { AgentBuilder, type DeclaredPopulation } from "./components.ts";
import type { ComponentContext, Log } from "./context.ts";
import type { Domain } from "./domain.ts";
import { decodeMembers, type EncodedPopulation } from "./member_codec.ts";
import { MemberDraws } from "./member_draws.ts";
import { MemberLayout } from "./member_columns.ts";
import { commitPopulations, createMembers, type Members, PopulationMap, populationsProblem } from "./members.ts";
import { SimError } from "./issue.ts";
import { checkedDecision, type Population } from "./population.ts";
import type { Seed } from "./rng.ts";
import type { ResolvedScenario } from "./scenario/resolved.ts";
import type { SimulationState } from "./state.ts";
import type { TurnEvents } from "./turn_events.ts";

interface Playing extends DeclaredPopulation {
  readonly layout: MemberLayout;
  readonly draws: MemberDraws;
}

/** What calls of populations need. */
export interface PopulationPlayOptions {
  readonly seed: Seed;
  readonly files: string;
  readonly log: Log;
}

/** All populations, in the order of the scenario. */
export class PopulationPlay {
  readonly #playing: readonly Playing[];
  readonly #base: Omit<ComponentContext, "turn">;
  /** What each population has decided to do in the turn being played. */
  readonly #intents = new Map<string, unknown>();

  /** @throws {SimError} `bad_column` when a population's variables cannot be columns */
  constructor(declared: readonly DeclaredPopulation[], scenario: ResolvedScenario, options: PopulationPlayOptions) {
    const { seed, files, log } = options;
    this.#base = { files, log };
    this.#playing = declared.map((each) => ({
      ...each,
      layout: layoutOf(each, scenario),
      draws: new MemberDraws(seed, each.entry.name),
    }));
  }

  /** All members as they are declared. */
  created(): PopulationMap {
    return PopulationMap.of(this.#playing.map(({ entry, layout, size }) => createMembers(entry.name, layout, size)));
  }

  /** The first state with what populations make of their members. @throws {SimError} `population_error` */
  initialised(state: SimulationState): SimulationState {
    let { populations } = state;
    for (const { population, draws } of this.#playing) {
      populations = guarded(population, state.turn, () =>
        populations.update(population.name, (next) => {
          population.initialise(next, state, draws.context(next, this.#context(state.turn)));
        }));
    }
    return populations === state.populations ? state : state.with({ populations });
  }

  /** Has every population decide from `state`, or from the part of it that `observe` lets it see. */
  decide(
    state: SimulationState,
    turn: number,
    events: TurnEvents,
    observe: (name: string) => SimulationState,
  ): void {
    this.#intents.clear();
    for (const { population, draws } of this.#playing) {
      const { name } = population;
      const members = membersIn(state, name);
      const decision = guarded(population, turn, () =>
        checkedDecision(
          name,
          population.decideAll(members, observe(name), draws.context(members, this.#context(turn))),
        ));
      this.#intents.set(name, decision.intents);
      events.population(name, decision.counts);
    }
  }

  /** Carries out what was decided. @throws {SimError} `population_error`, `bad_state` */
  apply(state: SimulationState, turn: number): SimulationState {
    let after = state;
    for (const { population, draws } of this.#playing) {
      const { name } = population;
      const seen = after;
      const populations = guarded(population, turn, () =>
        seen.populations.update(name, (next) => {
          population.applyAll(next, this.#intents.get(name), seen, draws.context(next, this.#context(turn)));
        }));
      if (populations !== after.populations) after = after.with({ populations });
    }
    return after;
  }

  /** That `state` has the populations of `before`. @throws {SimError} `bad_state` */
  check(state: SimulationState, before: SimulationState, turn: number): void {
    const problem = populationsProblem(state.populations, before.populations);
    if (problem === null) return;
    throw new SimError("bad_state", `the state that the engine made in turn ${turn} ${problem}`, {
      turn,
      hint: "return state.with({ populations: state.populations.update(name, (next) => { … }) })",
    });
  }

  /** The state is the present one from now on. */
  commit(state: SimulationState): void {
    if (this.#playing.length > 0) commitPopulations(state.populations);
  }

  #context(turn: number): ComponentContext {
    return { ...this.#base, turn };
  }
}

/**
 * The populations that a checkpoint holds.
 * @throws {SimError} `bad_checkpoint` when they are not those of the scenario
 */
export function storedPopulations(
  domain: Domain,
  scenario: ResolvedScenario,
  stored: readonly EncodedPopulation[],
): PopulationMap {
  const { populations } = new AgentBuilder(domain, scenario, scenario.simulation.seed);
  const names = populations.map(({ entry }) => entry.name);
  // By name: JSON objects list names such as "2" and "1" in another order.
  const byName = new Map(stored.map((each) => [each.name, each]));
  if (byName.size !== names.length || !names.every((name) => byName.has(name))) {
    const found = stored.map(({ name }) => name).join(", ") || "none";
    throw new SimError(
      "bad_checkpoint",
      `the checkpoint has the populations ${found}, the scenario ${names.join(", ") || "none"}`,
    );
  }
  return PopulationMap.of(
    populations.map((each) => decodeMembers(layoutOf(each, scenario), byName.get(each.entry.name)!)),
  );
}

function membersIn(state: SimulationState, name: string): Members {
  const members = state.populations.get(name);
  if (members === undefined) throw new SimError("bad_state", `the state has no population '${name}'`);
  return members;
}

function layoutOf({ population, entry }: DeclaredPopulation, scenario: ResolvedScenario): MemberLayout {
  const { requires } = population.constructor as typeof Population;
  return new MemberLayout(scenario.state_variables.agent_vars, requires?.agent_vars ?? [], entry.variables);
}

/** What a population throws names it and the turn. */
function guarded<T>(population: Population, turn: number, call: () => T): T {
  try {
    return call();
  } catch (error) {
    const message = error instanceof Error ? error.message : `threw ${String(error)}`;
    const hint = error instanceof SimError ? error.hint : undefined;
    if (error instanceof SimError && error.code === "bad_state") {
      throw new SimError("bad_state", `in turn ${turn} ${message}`, { turn, cause: error, ...(hint && { hint }) });
    }
    throw new SimError("population_error", `population '${population.name}' failed in turn ${turn}: ${message}`, {
      turn,
      cause: error,
      ...(hint !== undefined && { hint }),
    });
  }
}
