/** Engine `dice`: many nations in the climate and economy of DICE-2016R. One turn is five years, turn 0 is 2015. */

import {
  type Action,
  AgentMap,
  type AgentState,
  BaseEngine,
  type EngineContext,
  SimError,
  type SimulationState,
} from "llm-sim";
import {
  ABATE,
  clamp,
  JOIN,
  LEAVE,
  NATION_BOUNDS,
  type NationVariables,
  VOTE,
  WORLD_BOUNDS,
  type WorldVariables,
} from "../variables.ts";
import { CARBON_PER_PPM, carbonForcing, nextCarbon, STEP_YEARS } from "./carbon_cycle.ts";
import { type DiceConfig, diceConfig } from "./dice_config.ts";
import { abatementCostShare, damageShare, nextCapital, production, WORLD_2015 } from "./economy.ts";
import { nextWarmth } from "./temperature.ts";
import { complianceOf, requirementOf, sanctionOn, standingOf } from "./treaty.ts";
import {
  backstopDecline,
  intensityFactor,
  landEmissions,
  otherForcing,
  populationFactor,
  productivityFactor,
} from "./trends.ts";

type Nation = AgentState<NationVariables>;
type ClimateState = SimulationState<NationVariables, WorldVariables>;
type Changes = { -readonly [K in keyof NationVariables]?: NationVariables[K] };

const START_YEAR = 2015;

/**
 * Carbon cycle, warming, production, damages and abatement costs of DICE-2016R, with the world's economy split among
 * nations, and a treaty that they may join. The equations are in the domain's README.
 *
 * Nations act with `abate {rate}`, `join_treaty {rate}`, `vote {rate}` and `leave_treaty`; what is malformed is left
 * out, rates out of bounds are moved to them.
 */
export class DiceEngine extends BaseEngine<DiceConfig, NationVariables, WorldVariables> {
  static override readonly config = diceConfig;
  static override readonly description =
    "DICE-2016R with many nations: carbon cycle, warming, damages, abatement costs, growth, and a treaty with votes, " +
    "compliance and sanctions. One turn is five years. Nations act with abate, join_treaty, vote and leave_treaty.";
  static override readonly requires = {
    agent_vars: [...Object.keys(NATION_BOUNDS), "member"],
    global_vars: [...Object.keys(WORLD_BOUNDS), "treaty_in_force"],
  };

  /**
   * Calibrates every nation to its initial output.
   * @throws {SimError} `no_output` when a nation starts without output
   */
  override initializeState(initial: ClimateState, _context: EngineContext): ClimateState {
    for (const nation of initial.agents) {
      if (nation.gross_output > 0) continue;
      throw new SimError("no_output", `nation '${nation.name}' starts with gross_output ${nation.gross_output}`, {
        agent: nation.name,
        hint: "give it variables: { gross_output: … } above 0, in trillion USD of 2010 per year",
      });
    }
    const world = {
      ...initial.global_state,
      year: START_YEAR,
      backstop_price: this.config.backstop_price,
      land_emissions: landEmissions(0),
      treaty_sanction: this.config.treaty.sanction,
    };
    const forcing = carbonForcing(world.carbon_atmosphere, this.config.forcing_doubling) + otherForcing(0);
    const agents = initial.agents.map((nation) => this.#account(calibrated(nation), world));
    return this.#closed(initial.with({ agents, global_state: { ...world, forcing } }), 0);
  }

  override applyActions(state: ClimateState, actions: readonly Action[], context: EngineContext): ClimateState {
    const changes = new Map<string, Changes>();
    for (const action of actions) {
      const known = changes.get(action.agent_name) ?? {};
      changes.set(action.agent_name, { ...known, ...changesBy(action, context.turn) });
    }
    if (changes.size === 0) return state;
    return state.with({ agents: state.agents.map((nation) => ({ ...nation, ...changes.get(nation.name) })) });
  }

  override applyEngineRules(state: ClimateState, context: EngineContext): ClimateState {
    const world = this.#nextWorld(state.global_state, context.turn);
    const judged = state.agents.records.map((nation) => ({ ...nation, compliance: complianceOf(nation) }));
    const inForce = state.global_state.treaty_in_force;
    const nations = judged.map((nation) => {
      const sanction = sanctionOn(nation, judged, inForce, this.config.treaty);
      return this.#account({ ...this.#grown(nation, context.turn - 1), sanction }, world);
    });
    const next = this.#closed(state.with({ agents: AgentMap.of(nations), global_state: world }), context.turn);
    context.detail("dice_step", { ...next.global_state });
    return next;
  }

  /** Stocks, warming and prices at the end of the turn, from last period's emissions. */
  #nextWorld(world: WorldVariables, turn: number): WorldVariables {
    const stocks = { atmosphere: world.carbon_atmosphere, upper: world.carbon_upper, deep: world.carbon_deep };
    const carbon = nextCarbon(stocks, world.emissions);
    const atmosphere = clamp(carbon.atmosphere, WORLD_BOUNDS.carbon_atmosphere);
    const forcing = carbonForcing(atmosphere, this.config.forcing_doubling) + otherForcing(turn);
    const warmth = nextWarmth(
      { surface: world.temperature, ocean: world.ocean_temperature },
      forcing,
      this.config,
    );
    return {
      ...world,
      year: START_YEAR + STEP_YEARS * turn,
      carbon_atmosphere: atmosphere,
      carbon_upper: clamp(carbon.upper, WORLD_BOUNDS.carbon_upper),
      carbon_deep: clamp(carbon.deep, WORLD_BOUNDS.carbon_deep),
      forcing: clamp(forcing, WORLD_BOUNDS.forcing),
      temperature: clamp(warmth.surface, WORLD_BOUNDS.temperature),
      ocean_temperature: clamp(warmth.ocean, WORLD_BOUNDS.ocean_temperature),
      cumulative_emissions: clamp(
        world.cumulative_emissions + STEP_YEARS * world.emissions,
        WORLD_BOUNDS.cumulative_emissions,
      ),
      land_emissions: landEmissions(turn),
      backstop_price: this.config.backstop_price * backstopDecline(turn),
      treaty_sanction: this.config.treaty.sanction,
    };
  }

  /** Capital, people and technology five years later; `turn` is the one before. */
  #grown(nation: Nation, turn: number): Nation {
    const investment = this.config.savings_rate * nation.net_output;
    return {
      ...nation,
      capital: clamp(nextCapital(nation.capital, investment), NATION_BOUNDS.capital),
      population: clamp(nation.population * populationFactor(turn), NATION_BOUNDS.population),
      productivity: clamp(nation.productivity * productivityFactor(turn, nation.growth), NATION_BOUNDS.productivity),
      intensity: nation.intensity * intensityFactor(turn),
    };
  }

  /** What a nation makes, emits, suffers and pays under the world's present climate and prices. */
  #account(nation: Nation, { temperature, backstop_price }: WorldVariables): Nation {
    const { intensity, abatement, sanction } = nation;
    const output = production(nation.productivity, nation.capital, nation.population);
    const gross_output = clamp(output, NATION_BOUNDS.gross_output);
    const damage = clamp(nation.vulnerability * damageShare(temperature, this.config), NATION_BOUNDS.damage);
    const abatement_cost = abatementCostShare(abatement, intensity, backstop_price, this.config);
    const net_output = gross_output * Math.max(0, 1 - damage - abatement_cost - sanction);
    const consumed = 1000 * (1 - this.config.savings_rate) * net_output;
    return {
      ...nation,
      gross_output,
      net_output,
      damage,
      abatement_cost,
      emissions: clamp(intensity * gross_output * (1 - abatement), NATION_BOUNDS.emissions),
      consumption: nation.population > 0 ? clamp(consumed / nation.population, NATION_BOUNDS.consumption) : 0,
    };
  }

  /** `state` with the world's sums, and with the treaty as it stands for the next turn. */
  #closed(state: ClimateState, turn: number): ClimateState {
    const nations = state.agents.records;
    const sum = (value: (nation: Nation) => number) => nations.reduce((total, nation) => total + value(nation), 0);
    const potential = sum(({ intensity, gross_output }) => intensity * gross_output);
    const industrial = sum(({ emissions }) => emissions);
    const world = state.global_state;
    const standing = standingOf(nations, world.treaty_rate, this.config.treaty);
    const agents = state.agents.map((nation) => ({
      ...nation,
      required: clamp(requirementOf(nation, standing, turn, this.config.treaty), NATION_BOUNDS.required),
    }));
    const global_state: WorldVariables = {
      ...world,
      ...standing,
      co2: world.carbon_atmosphere / CARBON_PER_PPM,
      emissions: clamp(industrial + world.land_emissions, WORLD_BOUNDS.emissions),
      abatement: potential > 0 ? clamp(1 - industrial / potential, WORLD_BOUNDS.abatement) : 0,
      gross_output: clamp(sum(({ gross_output }) => gross_output), WORLD_BOUNDS.gross_output),
      net_output: clamp(sum(({ net_output }) => net_output), WORLD_BOUNDS.net_output),
    };
    return state.with({ agents, global_state });
  }
}

/** A nation at turn 0: people and capital filled in where they are 0, productivity such that its output results. */
function calibrated(nation: Nation): Nation {
  const share = nation.gross_output / WORLD_2015.output;
  const population = nation.population > 0 ? nation.population : share * WORLD_2015.population;
  const capital = nation.capital > 0 ? nation.capital : share * WORLD_2015.capital;
  const perProductivity = production(1, capital, population);
  return {
    ...nation,
    population: clamp(population, NATION_BOUNDS.population),
    capital: clamp(capital, NATION_BOUNDS.capital),
    productivity: clamp(nation.gross_output / perProductivity, NATION_BOUNDS.productivity),
    intensity: nation.intensity > 0 ? nation.intensity : WORLD_2015.intensity,
  };
}

/** The variables that an action sets. */
function changesBy({ action_name, parameters }: Action, turn: number): Changes {
  if (action_name === LEAVE) return { member: false, member_since: -1, vote: 0 };
  const { rate } = parameters;
  const given = typeof rate === "number" && Number.isFinite(rate);
  switch (action_name) {
    case ABATE:
      return given ? { abatement: clamp(rate, NATION_BOUNDS.abatement) } : {};
    case VOTE:
      return given ? { vote: clamp(rate, NATION_BOUNDS.vote) } : {};
    case JOIN:
      return { member: true, member_since: turn, ...(given && { vote: clamp(rate, NATION_BOUNDS.vote) }) };
    default:
      return {};
  }
}
