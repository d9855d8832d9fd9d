/** Validator `economic_rules`: rejects policies that are malformed, out of proportion or beyond a nation's means. */

import { type Action, BaseValidator, type Json, type SimulationState, type Verdict } from "llm-sim";
import { z } from "zod";
import {
  isMarketNation,
  NATION_BOUNDS,
  type NationVariables,
  SET_POLICY,
  STRATEGIES,
  type WorldVariables,
} from "../variables.ts";
import { highTariff, isNumber, malformed, outside, shown } from "./policy_form.ts";

/** Config of validator `economic_rules`. */
export const economicRulesConfig = z.strictObject({
  min_investment_share: z.number().min(0).max(0.6).default(0).describe("least share of output a nation may invest"),
  max_investment_share: z.number().min(0).max(0.6).default(0.5).describe("largest share of output a nation may invest"),
  max_policy_rate: z.number().min(0).max(100).default(50).describe("highest policy rate, % per year"),
  max_rate_step: z.number().min(0).max(100).default(100).describe(
    "largest change of the policy rate in one turn, points",
  ),
  max_tariff: z.number().min(0).max(2).default(1).describe("highest tariff on any partner, share of the border price"),
  max_deficit: z.number().min(0).max(0.15).default(0.12).describe(
    "largest primary deficit or surplus, share of output",
  ),
  max_debt: z.number().min(0).max(10).default(2).describe("debt / output from which no deficit is allowed"),
  max_spending: z.number().min(0).max(1).default(0.6).describe(
    "largest sum of investment and deficit, share of output",
  ),
  strength_tolerance: z.number().min(0).max(1).default(0.01)
    .describe("share by which a nation's claim about its own strength may be wrong"),
});

type Limits = z.output<typeof economicRulesConfig>;
type Nation = NationVariables & { readonly name: string };

/** Judges `set_policy` on engine `market`, and the strategies' names on engine `economic`; every rejection has its reason. */
export class EconomicRulesValidator extends BaseValidator<Limits, NationVariables, WorldVariables> {
  static override readonly config = economicRulesConfig;
  static override readonly description =
    "Rejects unknown actions, malformed or excessive policies, spending beyond a nation's means and false claims " +
    "about its own strength.";

  override validateAction(action: Action, state: SimulationState<NationVariables, WorldVariables>): Verdict {
    const nation = state.agents.get(action.agent_name);
    const reason = nation === undefined
      ? `there is no nation '${action.agent_name}'`
      : wrongName(action, nation) ?? falseClaim(action, nation, this.config) ??
        (isMarketNation(nation) ? badPolicy(action, nation, state, this.config) : undefined);
    return reason === undefined ? true : { accepted: false, reason };
  }
}

function wrongName({ action_name }: Action, nation: Nation): string | undefined {
  const known: readonly string[] = isMarketNation(nation) ? [SET_POLICY] : STRATEGIES;
  return known.includes(action_name) ? undefined : `unknown action '${action_name}'; known: ${known.join(", ")}`;
}

function falseClaim({ parameters }: Action, nation: Nation, limits: Limits): string | undefined {
  const { strength } = parameters;
  if (strength === undefined) return undefined;
  if (!isNumber(strength)) return `strength must be a finite number, not ${shown(strength)}`;
  const actual = nation.economic_strength;
  if (Math.abs(strength - actual) <= limits.strength_tolerance * Math.abs(actual)) return undefined;
  return `claims strength ${shown(strength)} but has ${shown(actual)}`;
}

function badPolicy(
  action: Action,
  nation: Nation,
  state: SimulationState<NationVariables, WorldVariables>,
  limits: Limits,
): string | undefined {
  const reason = malformed(action, state);
  if (reason !== undefined) return reason;
  const { parameters } = action;
  const investment = numberOr(parameters.investment_share, nation.investment_share);
  const rate = numberOr(parameters.policy_rate, nation.policy_rate);
  const deficit = numberOr(parameters.fiscal_stance, nation.fiscal_stance);
  return outside("investment_share", investment, limits.min_investment_share, limits.max_investment_share) ??
    outside("policy_rate", rate, NATION_BOUNDS.policy_rate.min, limits.max_policy_rate) ??
    outside("policy_rate's change", rate - nation.policy_rate, -limits.max_rate_step, limits.max_rate_step) ??
    outside("fiscal_stance", deficit, -limits.max_deficit, limits.max_deficit) ??
    beyondMeans(investment, deficit, nation, limits) ??
    highTariff(parameters.tariffs, limits.max_tariff);
}

function beyondMeans(investment: number, deficit: number, nation: Nation, limits: Limits): string | undefined {
  if (investment + Math.max(0, deficit) > limits.max_spending) {
    return `spends beyond its means: investment ${shown(investment)} and deficit ${shown(deficit)} of output are ` +
      `above ${limits.max_spending}`;
  }
  if (deficit > 0 && nation.debt >= limits.max_debt) {
    return `spends beyond its means: a deficit of ${shown(deficit)} with debt of ${shown(nation.debt)} × output, ` +
      `where ${limits.max_debt} is the limit`;
  }
  return undefined;
}

function numberOr(value: Json | undefined, otherwise: number): number {
  return typeof value === "number" ? value : otherwise;
}
