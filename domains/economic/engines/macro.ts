/** One nation's economy from one quarter to the next. The README explains the equations and names their sources. */

import { clamp, GROWTH_BOUNDS, NATION_BOUNDS as BOUNDS, type NationVariables } from "../variables.ts";
import type { MarketConfig } from "./market_config.ts";
import type { TradeFlows } from "./trade.ts";

/** Quarters per year: one turn is one quarter, rates are per year. */
const QUARTERS = 4;
/** Labour force where a scenario gives none. */
const DEFAULT_LABOUR = 100;
/** Most that an exchange rate moves in a quarter, log points. */
const QUARTERLY_APPRECIATION = { min: -0.1, max: 0.1 } as const;

/**
 * A nation at turn 0: capital and labour filled in where they are 0, productivity calibrated so that its
 * `economic_strength` results, unemployment by Okun's law.
 */
export function calibrate<N extends NationVariables>(nation: N, trade: TradeFlows, config: MarketConfig): N {
  const potential = nation.economic_strength / (1 + nation.output_gap / 100);
  const capital = nation.capital > 0 ? nation.capital : config.capital_output_ratio * potential;
  const labour = nation.labour > 0 ? nation.labour : DEFAULT_LABOUR;
  const perUnitOfProductivity = production(1, capital, labour, config.capital_share) *
    shiftOfProductivity(nation.productivity_shock, trade.prices, config);
  return {
    ...nation,
    capital: clamp(capital, BOUNDS.capital),
    labour,
    productivity: clamp(potential / perUnitOfProductivity, BOUNDS.productivity),
    unemployment: unemployment(nation.output_gap, config),
    imports: trade.imports,
    exports: trade.exports,
    import_prices: clamp(trade.prices, BOUNDS.import_prices),
  };
}

/** What hits a nation in one quarter: the new states of its two shock processes. */
export interface Shocks {
  /** % of potential output. */
  readonly demand: number;
  /** Log points. */
  readonly productivity: number;
}

/** What somebody else has decided of a quarter, in place of the equations: % per year, and % of the labour force. */
export interface GivenOutcome {
  /** Growth of output. */
  readonly gdp_growth?: number;
  readonly inflation?: number;
  readonly unemployment?: number;
}

/**
 * The nation one quarter later, under its present policies, trade and shocks. What `given` names is taken as it is,
 * within the bounds, and everything that follows from it follows: of growth the output gap, of both debt.
 */
export function advance<N extends NationVariables>(
  nation: N,
  trade: TradeFlows,
  shocks: Shocks,
  config: MarketConfig,
  given: GivenOutcome = {},
): N {
  const output = nation.economic_strength;

  // Supply (Solow): what the quarter adds to capital, labour and productivity.
  const wear = 1 - config.depreciation / QUARTERS;
  const capital = clamp(nation.capital * wear + nation.investment_share * output / QUARTERS, BOUNDS.capital);
  const labour = clamp(nation.labour * (1 + config.labour_growth / QUARTERS), BOUNDS.labour);
  const importShare = output > 0 ? trade.imports / (output * nation.exchange_rate) : 0;
  const growth = config.productivity_growth + config.trade_spillover * importShare;
  const productivity = clamp(nation.productivity * (1 + growth / QUARTERS), BOUNDS.productivity);
  const potential = production(productivity, capital, labour, config.capital_share) *
    shiftOfProductivity(shocks.productivity, trade.prices, config);

  // Demand (IS): money, public deficit and foreign trade move the output gap.
  const premium = config.debt_premium * Math.max(0, nation.debt - config.debt_threshold);
  const realRate = nation.policy_rate + premium - nation.inflation;
  const autonomous = 100 * (nation.fiscal_stance + trade.balance);
  const demanded = config.demand_persistence * nation.output_gap +
    (1 - config.demand_persistence) * config.demand_multiplier * autonomous -
    config.rate_sensitivity * (realRate - config.neutral_rate) +
    shocks.demand;
  const givenGap = given.gdp_growth === undefined || !(potential > 0)
    ? undefined
    : 100 * (grown(output, given.gdp_growth) / potential - 1);
  const gap = clamp(givenGap ?? demanded, BOUNDS.output_gap);
  const nextOutput = clamp(potential * (1 + gap / 100), BOUNDS.economic_strength);

  // Prices (Phillips): half remembered, half anchored, pushed by the gap and by import prices.
  const costPush = 100 * config.pass_through * Math.log(trade.prices / nation.import_prices);
  const inflation = clamp(
    given.inflation ??
      nation.inflation + config.inflation_anchor * (config.inflation_target - nation.inflation) +
        config.phillips_slope * gap + costPush,
    BOUNDS.inflation,
  );

  // Debt grows with interest and deficits, shrinks with inflation and growth.
  const interest = 1 + (nation.policy_rate + premium - inflation) / (100 * QUARTERS);
  const shrinking = nextOutput > 0 ? Math.min(output / nextOutput, 10) : 1;
  const debt = clamp(nation.debt * interest * shrinking + nation.fiscal_stance / QUARTERS, BOUNDS.debt);

  // A surplus makes the nation's goods dearer, a deficit cheaper. The divisor is about what 1 % of price does to trade.
  const priceEffect = Math.max(2 * config.openness * config.trade_elasticity, 0.1);
  const appreciation = clamp(config.exchange_adjustment * trade.balance / priceEffect, QUARTERLY_APPRECIATION);
  const exchangeRate = clamp(nation.exchange_rate * Math.exp(appreciation), BOUNDS.exchange_rate);

  return {
    ...nation,
    economic_strength: nextOutput,
    // As it was given, unless the gap was too wide for it: no rounding.
    ...("gdp_growth" in nation && {
      gdp_growth: gap === givenGap ? clamp(given.gdp_growth!, GROWTH_BOUNDS) : yearlyGrowth(output, nextOutput),
    }),
    capital,
    labour,
    productivity,
    output_gap: gap,
    inflation,
    unemployment: clamp(given.unemployment ?? unemployment(gap, config), BOUNDS.unemployment),
    debt,
    imports: clamp(trade.imports, BOUNDS.imports),
    exports: clamp(trade.exports, BOUNDS.exports),
    exchange_rate: exchangeRate,
    import_prices: clamp(trade.prices, BOUNDS.import_prices),
    demand_shock: shocks.demand,
    productivity_shock: shocks.productivity,
  };
}

/** Growth from one quarter's output to the next, % per year; 0 where there was no output. */
export function yearlyGrowth(before: number, after: number): number {
  return before > 0 ? clamp(100 * ((after / before) ** QUARTERS - 1), GROWTH_BOUNDS) : 0;
}

/** Output after a quarter in which it grows by so many % per year. */
function grown(output: number, growth: number): number {
  return output * (1 + clamp(growth, GROWTH_BOUNDS) / 100) ** (1 / QUARTERS);
}

/** Cobb–Douglas. */
function production(productivity: number, capital: number, labour: number, capitalShare: number): number {
  return productivity * capital ** capitalShare * labour ** (1 - capitalShare);
}

/** Factor on productivity from the shock process and from dearer imported inputs. */
function shiftOfProductivity(shock: number, prices: number, config: MarketConfig): number {
  return Math.exp(shock) * prices ** -config.input_cost_drag;
}

/** Okun's law. */
function unemployment(gap: number, config: MarketConfig): number {
  return clamp(config.natural_unemployment - config.okun_coefficient * gap, BOUNDS.unemployment);
}
