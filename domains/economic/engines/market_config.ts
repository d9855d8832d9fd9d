/** Config of engine `market`: the parameters of the model, with the values they have when a scenario says nothing. */

import { z } from "zod";

/** A number within bounds, with a default and a description. */
function parameter(value: number, min: number, max: number, description: string) {
  return z.number().min(min).max(max).default(value).describe(description);
}

function shockProcess(sd: number, maxSd: number, persistence: number, unit: string) {
  return z.strictObject({
    sd: parameter(sd, 0, maxSd, `standard deviation of a quarter's innovation, ${unit}; 0 turns the shocks off`),
    persistence: parameter(persistence, 0, 0.99, "share of a shock that is left after one quarter"),
    common: parameter(0.5, 0, 1, "share of the innovation's variance that hits all nations alike"),
  });
}

/** One scheduled shock. */
const event = z.strictObject({
  turn: z.number().int().min(1).describe("turn in which it strikes"),
  nations: z.array(z.string()).default([]).describe("whom it strikes; empty: all"),
  demand: parameter(0, -20, 20, "added to the demand shock, % of potential output"),
  productivity: parameter(0, -0.5, 0.5, "added to the productivity shock, log points"),
});

/** Config of engine `market`. */
export const marketConfig = z.strictObject({
  capital_share: parameter(0.33, 0.05, 0.95, "exponent of capital in production"),
  capital_output_ratio: parameter(
    3,
    0.5,
    10,
    "initial capital in years of output, where a nation's capital is not given",
  ),
  depreciation: parameter(0.06, 0, 0.5, "share of capital worn out per year"),
  labour_growth: parameter(0.005, -0.1, 0.1, "growth of the labour force per year"),
  productivity_growth: parameter(0.01, -0.2, 0.2, "growth of productivity per year without trade"),
  trade_spillover: parameter(0.01, 0, 0.1, "extra productivity growth per year for each unit of imports / output"),

  openness: parameter(0.35, 0, 1, "share of spending that would go abroad if every nation were small, without tariffs"),
  trade_elasticity: parameter(4, 1.1, 10, "elasticity of substitution between goods of different origin"),
  exchange_adjustment: parameter(
    0.15,
    0,
    0.5,
    "share of a trade imbalance that the exchange rate removes per quarter, roughly",
  ),
  input_cost_drag: parameter(
    0.5,
    0,
    1,
    "elasticity of productivity with respect to import_prices (imported inputs), with negative sign",
  ),
  pass_through: parameter(0.5, 0, 1, "share of a rise of import_prices that enters inflation"),

  demand_persistence: parameter(0.8, 0, 0.95, "share of the output gap that is left after one quarter"),
  rate_sensitivity: parameter(
    0.1,
    0,
    0.5,
    "output gap lost per quarter for each point of real rate above neutral, points",
  ),
  demand_multiplier: parameter(
    1.2,
    0,
    3,
    "output gap that a lasting deficit or trade surplus of 1 % of output brings in the long run, %",
  ),
  neutral_rate: parameter(1, -5, 10, "real rate at which demand neither rises nor falls, % per year"),

  phillips_slope: parameter(0.1, 0, 1, "inflation added per quarter for each point of output gap, points"),
  inflation_anchor: parameter(
    0.15,
    0.01,
    1,
    "share of the distance to target that inflation closes by itself per quarter",
  ),
  inflation_target: parameter(2, 0, 20, "inflation that people expect in the long run, % per year"),
  okun_coefficient: parameter(0.5, 0, 2, "unemployment lost for each point of output gap, points"),
  natural_unemployment: parameter(5, 0, 25, "unemployment at a closed output gap, %"),

  debt_threshold: parameter(0.9, 0, 5, "public debt / output above which lenders ask for a premium"),
  debt_premium: parameter(3, 0, 20, "premium per unit of debt / output above the threshold, % per year"),

  demand_shock: shockProcess(0.3, 5, 0.5, "% of potential output").prefault({}),
  productivity_shock: shockProcess(0.003, 0.1, 0.9, "log points").prefault({}),
  events: z.array(event).max(1000).default([]).describe("scheduled shocks: crises, booms, inventions"),
});

/** Checked config of engine `market`. */
export type MarketConfig = z.output<typeof marketConfig>;
