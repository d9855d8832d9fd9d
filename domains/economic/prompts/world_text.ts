/** What models are told of the two kinds of worlds: how they work, and what their variables mean. */

import type { AgentMap, SimulationState } from "llm-sim";
import { isMarketNation } from "../variables.ts";

/** The world of engine `economic`, or that of engine `market`. */
export type WorldKind = "economic" | "market";

/** The kind of world that a nation, or what is seen of one, is part of. */
export function worldKind(nations: SimulationState["agents"]): WorldKind {
  return nations.records.some(isMarketNation) ? "market" : "economic";
}

/** How the world works, for those who govern a nation of it. Nothing in it depends on who computes the turns. */
export const GOVERNING: { readonly [kind in WorldKind]: string } = {
  market:
    `One turn is a quarter of a year. Growth, inflation and interest rates are in % per year, unemployment in % of the
labour force; shares are fractions of output: 0.03 is 3 %.

- Demand rises with a deficit and with a trade surplus, and falls as the policy rate, less inflation, rises. Demand above
  what the nation can produce lowers unemployment at once and raises inflation over the following quarters; demand below
  does the reverse.
- Investment becomes capital, which slowly raises what the nation can produce.
- Deficits add to debt. Above 0.9 of a year's output lenders ask for a higher interest rate.
- A tariff moves purchases away from a partner and makes what the nation buys dearer; the partner may answer in kind.
- Shocks that nobody foresees hit demand and productivity.
- A policy that you leave out stays as it is. A policy may be rejected; then you are told why and nothing changes.`,
  economic:
    `In each turn every nation's output grows or shrinks. You announce a strategy; how far that moves the economy is
for the rules of this world to say, and nobody promises you that it does.`,
};

/** How the world works, for those who compute its indicators. */
export const COMPUTING: { readonly [kind in WorldKind]: string } = {
  market:
    `One turn is a quarter of a year. Growth, inflation and interest rates are in % per year, unemployment in % of the
labour force; shares are fractions of output: 0.03 is 3 %. The nations' policies of this turn are in force already; those
that did nothing keep what they had. All else follows by fixed rules from what you set: output and its distance from
potential, capital, trade, exchange rates, debt, and the world's sums and means.`,
  economic: `In each turn every nation's output grows by gdp_growth % where there is such an indicator, of the nation or
else of the world, and otherwise by interest_rate, a share. The world's total is the sum. Nations announce strategies:
grow, maintain or decline.`,
};

/** What each variable means. */
const MEANINGS: { readonly [variable: string]: string } = {
  economic_strength: "output; on this scale the nations are compared",
  gdp_growth: "growth of output, %",
  output_gap: "output above (+) or below (-) what can be produced for long, % of that",
  inflation: "%",
  unemployment: "% of the labour force",
  policy_rate: "the central bank's interest rate, % per year",
  interest_rate: "rate at which output grows where nothing else says so, a share per turn",
  investment_share: "investment, share of output",
  fiscal_stance: "primary deficit, share of output; below 0 it is a surplus",
  tariffs: "tariffs on imports by partner, share of the price at the border; who is not named pays none",
  debt: "public debt, multiple of a year's output",
  exports: "value a year",
  imports: "value a year",
  exchange_rate: "price of the nation's goods relative to others', 1 at the start",
  import_prices: "price of what the nation buys relative to what it makes; above 1 with tariffs",
  total_economic_value: "output of all nations",
  trade_volume: "imports of all nations",
  mean_tariff: "mean over all pairs of nations, a share",
};

/** A line for each variable that is seen and has a meaning. */
export function legendText({ agents, global_state }: SimulationState): string {
  const seen = new Set([...agents.records.flatMap((record) => Object.keys(record)), ...Object.keys(global_state)]);
  const lines = Object.entries(MEANINGS).filter(([name]) => seen.has(name));
  if (lines.length === 0) return "";
  return ["What the variables mean:", "", ...lines.map(([name, meaning]) => `- ${name}: ${meaning}`)].join("\n");
}

/** What no statistical office measures: it is the model's own bookkeeping. */
const LATENT: readonly string[] = ["capital", "labour", "productivity", "demand_shock", "productivity_shock"];

/** The state as statistics show it. */
export function published<S extends SimulationState>(state: S): S {
  const agents: AgentMap = state.agents.map((nation) =>
    Object.fromEntries(Object.entries(nation).filter(([name]) => !LATENT.includes(name))) as typeof nation
  );
  return state.with({ agents }) as S;
}
