/** The variables of nations and of the world they share, with their units and bounds. */

import type { Variables } from "llm-sim";

/** A closed interval. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** What every nation has, on either engine. */
export interface EconomicVariables {
  /** Size of the economy. On `market`: real output, value units per year. */
  readonly economic_strength: number;
  /**
   * Growth of that over the last turn, %; on `market` per year. Kept where a scenario declares it; on `econ_llm` it is
   * what the model decides.
   */
  readonly gdp_growth?: number;
}

/** What a nation has on engine `market`. Value units are money at constant prices. */
export interface NationVariables extends EconomicVariables {
  /** Capital stock, value units; 0 at the start means `capital_output_ratio` × output. */
  readonly capital: number;
  /** Labour force, any unit (only its growth matters); 0 at the start means 100. */
  readonly labour: number;
  /** Total factor productivity; calibrated at the start so that the given output results. */
  readonly productivity: number;
  /** Output above (+) or below (−) potential, % of potential. */
  readonly output_gap: number;
  /** Inflation over a year, %. */
  readonly inflation: number;
  /** Unemployment, % of the labour force. */
  readonly unemployment: number;
  /** Nominal policy rate, % per year. Policy. */
  readonly policy_rate: number;
  /** Gross investment as a share of output. Policy. */
  readonly investment_share: number;
  /** Primary deficit as a share of output; negative is austerity. Policy. */
  readonly fiscal_stance: number;
  /** Tariffs on imports by partner, as a share of the border price; partners not named pay none. Policy. */
  readonly tariffs: { readonly [partner: string]: number };
  /** Public debt as a multiple of a year's output; negative is wealth. */
  readonly debt: number;
  /** Exports, value units per year in common currency. */
  readonly exports: number;
  /** Imports at border prices, value units per year in common currency. */
  readonly imports: number;
  /** Price of the nation's goods relative to other nations', in common currency (real exchange rate); starts at 1. */
  readonly exchange_rate: number;
  /** Price of what the nation buys relative to what it makes; above 1 with tariffs or a weak exchange rate. */
  readonly import_prices: number;
  /** State of the demand shock process, % of potential output. */
  readonly demand_shock: number;
  /** State of the productivity shock process, log points (0.01 is 1 %). */
  readonly productivity_shock: number;
}

/** What the world has on engine `market`. */
export interface WorldVariables {
  /** Sum of `economic_strength`, value units per year; `termination.min_value` and `max_value` test it. */
  readonly total_economic_value: number;
  /** Growth of that sum over the last quarter, % per year. */
  readonly gdp_growth: number;
  /** Inflation, mean over nations weighted by output, % per year. */
  readonly inflation: number;
  /** Unemployment, mean over nations weighted by labour force, %. */
  readonly unemployment: number;
  /** Policy rate, mean over nations weighted by output, % per year. */
  readonly policy_rate: number;
  /** Sum of all nations' imports, value units per year. */
  readonly trade_volume: number;
  /** Mean tariff over all ordered pairs of nations, as a share. */
  readonly mean_tariff: number;
}

/**
 * The bounds that engine `market` keeps its numbers in, whatever the config. A scenario that declares `min` and `max`
 * at least this wide never sees a violation.
 */
export const NATION_BOUNDS = {
  economic_strength: { min: 0, max: 1e15 },
  capital: { min: 0, max: 1e16 },
  labour: { min: 0, max: 1e12 },
  productivity: { min: 0, max: 1e12 },
  output_gap: { min: -25, max: 15 },
  inflation: { min: -15, max: 100 },
  unemployment: { min: 0, max: 60 },
  policy_rate: { min: 0, max: 100 },
  investment_share: { min: 0, max: 0.6 },
  fiscal_stance: { min: -0.15, max: 0.15 },
  debt: { min: -5, max: 10 },
  exports: { min: 0, max: 1e15 },
  imports: { min: 0, max: 1e15 },
  exchange_rate: { min: 0.2, max: 5 },
  import_prices: { min: 0.1, max: 10 },
  demand_shock: { min: -20, max: 20 },
  productivity_shock: { min: -0.5, max: 0.5 },
} as const satisfies { readonly [variable in Exclude<keyof NationVariables, "gdp_growth" | "tariffs">]: Bounds };

/** Bounds of growth, of a nation or the world, % per year. */
export const GROWTH_BOUNDS: Bounds = { min: -100, max: 1000 };

/** Bounds of one tariff, as a share of the border price. */
export const TARIFF_BOUNDS: Bounds = { min: 0, max: 2 };

/** The bounds of the world variables on engine `market`. */
export const WORLD_BOUNDS = {
  total_economic_value: { min: 0, max: 1e18 },
  gdp_growth: GROWTH_BOUNDS,
  inflation: { min: -15, max: 100 },
  unemployment: { min: 0, max: 60 },
  policy_rate: { min: 0, max: 100 },
  trade_volume: { min: 0, max: 1e18 },
  mean_tariff: { min: 0, max: 2 },
} as const satisfies { readonly [variable in keyof WorldVariables]: Bounds };

/** The strategies a nation can follow. On engine `economic` they are its actions. */
export const STRATEGIES = ["grow", "maintain", "decline"] as const;

/** One of {@linkcode STRATEGIES}. */
export type Strategy = typeof STRATEGIES[number];

/** The one action on engine `market`. */
export const SET_POLICY = "set_policy";

/** The numeric policies that {@linkcode SET_POLICY} can set, besides `tariffs`. */
export const POLICIES = ["investment_share", "policy_rate", "fiscal_stance"] as const;

/** `value`, or the bound it lies beyond. NaN stays NaN. */
export function clamp(value: number, bounds: Bounds): number {
  return Math.min(Math.max(value, bounds.min), bounds.max);
}

/** Whether a record is a nation of engine `market`, as opposed to `economic`. */
export function isMarketNation(record: Variables): boolean {
  return typeof record.investment_share === "number" && typeof record.policy_rate === "number";
}
