/** A nation's economy in DICE-2016R: production, damages, abatement costs (Nordhaus 2017; equations in the README). */

import { clamp, NATION_BOUNDS } from "../variables.ts";
import { STEP_YEARS } from "./carbon_cycle.ts";

/** DICE's world in 2015; nations are given the same proportions where a scenario says nothing. */
export const WORLD_2015 = {
  /** Trillion USD of 2010 per year: what its productivity, capital and population yield. */
  output: 105.17742197545904,
  /** Trillion USD of 2010. */
  capital: 223,
  /** Millions. */
  population: 7403,
  /** GtCO2 per trillion USD: 35.85 / (105.5 × (1 − 0.03)). */
  intensity: 35.85 / (105.5 * 0.97),
} as const;

const CAPITAL_SHARE = 0.3;
/** Share of capital that wears down in a year. */
export const YEARLY_DEPRECIATION = 0.1;

/** Damages as a function of warming. */
export interface DamageFunction {
  readonly damage_coefficient: number;
  readonly damage_exponent: number;
}

/** Costs as a function of abatement. */
export interface CostFunction {
  readonly abatement_exponent: number;
}

/** Cobb–Douglas, trillion USD per year; population in millions. */
export function production(productivity: number, capital: number, population: number): number {
  return productivity * capital ** CAPITAL_SHARE * (population / 1000) ** (1 - CAPITAL_SHARE);
}

/** Capital five years later, trillion USD; `investment` is per year. */
export function nextCapital(capital: number, investment: number): number {
  return capital * (1 - YEARLY_DEPRECIATION) ** STEP_YEARS + STEP_YEARS * investment;
}

/** Damages, share of gross output; no more than 95 %, and none from cooling. */
export function damageShare(temperature: number, { damage_coefficient, damage_exponent }: DamageFunction): number {
  return clamp(damage_coefficient * Math.max(0, temperature) ** damage_exponent, NATION_BOUNDS.damage);
}

/** Costs of avoiding the share `rate` of emissions, share of gross output. */
export function abatementCostShare(
  rate: number,
  intensity: number,
  backstopPrice: number,
  { abatement_exponent }: CostFunction,
): number {
  // Trillions of USD and gigatonnes: a USD per tonne is a thousandth of a trillion per gigatonne.
  const all = backstopPrice * intensity / abatement_exponent / 1000;
  return clamp(all * rate ** abatement_exponent, NATION_BOUNDS.abatement_cost);
}

/** The abatement rate at which avoiding one more tonne costs `price`, USD per tCO2; from 0 to 1. */
export function rateAtPrice(price: number, backstopPrice: number, { abatement_exponent }: CostFunction): number {
  return backstopPrice > 0 ? Math.min(1, (price / backstopPrice) ** (1 / (abatement_exponent - 1))) : 1;
}
