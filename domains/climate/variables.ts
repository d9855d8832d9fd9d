/** The variables of nations and of the world they share, with their units and bounds. One turn is five years. */

import type { Variables } from "llm-sim";

/** A closed interval. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** What a nation has. Money is trillions of US dollars of 2010, as in DICE-2016R. */
export interface NationVariables extends Variables {
  /** Population, millions; 0 at the start: as many as DICE's world has for that output. */
  readonly population: number;
  /** Capital stock, trillion USD; 0 at the start: as much as DICE's world has for that output. */
  readonly capital: number;
  /** Total factor productivity; calibrated at the start so that the given output results. */
  readonly productivity: number;
  /** Growth of productivity as a multiple of DICE's. */
  readonly growth: number;
  /** Output before damages and costs, trillion USD per year. */
  readonly gross_output: number;
  /** Output less damages, abatement costs and sanctions, trillion USD per year. */
  readonly net_output: number;
  /** Consumption per head, thousand USD per year. */
  readonly consumption: number;
  /** Emissions without abatement, GtCO2 per trillion USD (the same number in kg per USD). */
  readonly intensity: number;
  /** Share of its industrial emissions that the nation avoids. Policy. */
  readonly abatement: number;
  /** Industrial emissions, GtCO2 per year. */
  readonly emissions: number;
  /** Damages as a multiple of DICE's. */
  readonly vulnerability: number;
  /** Damages from warming, share of gross output. */
  readonly damage: number;
  /** Costs of abatement, share of gross output. */
  readonly abatement_cost: number;
  /** What other nations' sanctions cost, share of gross output. */
  readonly sanction: number;
  /** Whether it belongs to the treaty. */
  readonly member: boolean;
  /** Turn in which it joined; -1 where it does not belong. */
  readonly member_since: number;
  /** The abatement rate that it votes for as a member. */
  readonly vote: number;
  /** The abatement rate that the treaty asks of it in the next turn. */
  readonly required: number;
  /** Abatement as a share of what the treaty asked for, at most 1; 1 where it asked for nothing. */
  readonly compliance: number;
}

/** What the world has. */
export interface WorldVariables extends Variables {
  /** Year AD; 2015 in turn 0. */
  readonly year: number;
  /** Carbon in the atmosphere, GtC. */
  readonly carbon_atmosphere: number;
  /** Carbon in the biosphere and the upper ocean, GtC. */
  readonly carbon_upper: number;
  /** Carbon in the deep ocean, GtC. */
  readonly carbon_deep: number;
  /** CO2 in the atmosphere, ppm. */
  readonly co2: number;
  /** Radiative forcing since 1750, W/m². */
  readonly forcing: number;
  /** Warming of atmosphere, land and upper ocean since 1900, °C. */
  readonly temperature: number;
  /** Warming of the deep ocean since 1900, °C. */
  readonly ocean_temperature: number;
  /** Emissions of all nations and of land use, GtCO2 per year. */
  readonly emissions: number;
  /** Emissions of land use, GtCO2 per year. */
  readonly land_emissions: number;
  /** Emissions since the start, GtCO2. */
  readonly cumulative_emissions: number;
  /** Share of the world's industrial emissions that is avoided. */
  readonly abatement: number;
  /** Sum of gross outputs, trillion USD per year. */
  readonly gross_output: number;
  /** Sum of net outputs, trillion USD per year. */
  readonly net_output: number;
  /** Price at which all emissions can be avoided, USD per tCO2. */
  readonly backstop_price: number;
  /** Number of the treaty's members. */
  readonly treaty_members: number;
  /** Members' share of the emissions there would be without abatement. */
  readonly treaty_coverage: number;
  /** Whether coverage reaches the quorum. */
  readonly treaty_in_force: boolean;
  /** The abatement rate that members have agreed on; 0 while the treaty is not in force. */
  readonly treaty_rate: number;
  /** What sanctions of the whole world would cost a nation, share of its gross output; from the engine's config. */
  readonly treaty_sanction: number;
}

/** The bounds that the engine keeps a nation's numbers in, whatever the config. */
export const NATION_BOUNDS = {
  population: { min: 0, max: 1e6 },
  capital: { min: 0, max: 1e9 },
  productivity: { min: 0, max: 1e6 },
  growth: { min: 0, max: 5 },
  gross_output: { min: 0, max: 1e9 },
  net_output: { min: 0, max: 1e9 },
  consumption: { min: 0, max: 1e9 },
  intensity: { min: 0, max: 10 },
  abatement: { min: 0, max: 1.2 },
  emissions: { min: -1e4, max: 1e4 },
  vulnerability: { min: 0, max: 10 },
  damage: { min: 0, max: 0.95 },
  abatement_cost: { min: 0, max: 0.95 },
  sanction: { min: 0, max: 0.5 },
  member_since: { min: -1, max: 1e6 },
  vote: { min: 0, max: 1.2 },
  required: { min: 0, max: 1.2 },
  compliance: { min: 0, max: 1 },
} as const satisfies { readonly [variable: string]: Bounds };

/** The bounds of the world's numbers. */
export const WORLD_BOUNDS = {
  year: { min: 2015, max: 1e7 },
  carbon_atmosphere: { min: 10, max: 1e6 },
  carbon_upper: { min: 100, max: 1e6 },
  carbon_deep: { min: 1000, max: 1e6 },
  co2: { min: 0, max: 1e6 },
  forcing: { min: -50, max: 100 },
  temperature: { min: -10, max: 50 },
  ocean_temperature: { min: -10, max: 50 },
  emissions: { min: -1e4, max: 1e4 },
  land_emissions: { min: 0, max: 1e3 },
  cumulative_emissions: { min: -1e7, max: 1e7 },
  abatement: { min: 0, max: 1.2 },
  gross_output: { min: 0, max: 1e9 },
  net_output: { min: 0, max: 1e9 },
  backstop_price: { min: 0, max: 1e5 },
  treaty_members: { min: 0, max: 1e6 },
  treaty_coverage: { min: 0, max: 1 },
  treaty_rate: { min: 0, max: 1.2 },
  treaty_sanction: { min: 0, max: 0.5 },
} as const satisfies { readonly [variable: string]: Bounds };

/** Sets the nation's own abatement rate: `{rate}`. */
export const ABATE = "abate";
/** Joins the treaty and votes for a rate: `{rate}`. */
export const JOIN = "join_treaty";
/** Votes for another rate: `{rate}`; members only. */
export const VOTE = "vote";
/** Leaves the treaty. */
export const LEAVE = "leave_treaty";
/** Takes a measure in the nation's own words: `{measure, spending}`; engine `llm_summit` says what comes of it. */
export const MEASURE = "take_measure";

/** Characters of a measure. */
export const MEASURE_LENGTH = 400;
/** What a measure may take in each year of the turn, share of net output. */
export const SPENDING: Bounds = { min: 0, max: 0.02 };

/** `value`, or the bound it lies beyond. NaN stays NaN. */
export function clamp(value: number, bounds: Bounds): number {
  return Math.min(Math.max(value, bounds.min), bounds.max);
}
