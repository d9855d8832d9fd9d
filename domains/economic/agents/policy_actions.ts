/** What a model that governs a nation may do. */

import type { ActionCatalogue } from "llm-sim";
import { z } from "zod";
import { economicRulesConfig } from "../validators/economic_rules.ts";
import { clamp, NATION_BOUNDS, type NationVariables, SET_POLICY } from "../variables.ts";
import type { EconLLMConfig } from "./econ_llm_config.ts";
import type { Policy } from "./nation_policy.ts";

/** Partners up to which a tariff is asked for by name. */
const NAMED_PARTNERS = 20;
/** What validator `economic_rules` accepts unless told otherwise. */
const USUAL = economicRulesConfig.parse({});

type Limits = Pick<EconLLMConfig, "max_rate_step" | "max_tariff">;

/** Values that the policies may take in this turn. */
function reach({ policy_rate }: NationVariables, { max_rate_step }: Limits) {
  const { min, max } = NATION_BOUNDS.policy_rate;
  return {
    policy_rate: {
      min: rounded(Math.max(min, policy_rate - max_rate_step)),
      max: rounded(Math.min(max, policy_rate + max_rate_step)),
    },
    fiscal_stance: { min: -USUAL.max_deficit, max: USUAL.max_deficit },
    investment_share: { min: USUAL.min_investment_share, max: USUAL.max_investment_share },
  };
}

/** `policy` with its numbers moved to what the nation may do in this turn. */
export function withinReach(policy: Policy, own: NationVariables, limits: Limits): Policy {
  const bounds = reach(own, limits);
  return {
    investment_share: clamp(policy.investment_share, bounds.investment_share),
    policy_rate: clamp(policy.policy_rate, bounds.policy_rate),
    fiscal_stance: clamp(policy.fiscal_stance, bounds.fiscal_stance),
    tariffs: policy.tariffs,
  };
}

/** The one action on engine `market`: policies in the units of the world, within what may follow on the present ones. */
export function policyActions(own: NationVariables, partners: readonly string[], limits: Limits): ActionCatalogue {
  const bounds = reach(own, limits);
  const policy = (name: keyof typeof bounds, meaning: string) =>
    z.number().min(bounds[name].min).max(bounds[name].max).optional()
      .describe(`${meaning}; now ${rounded(own[name])}`);
  return {
    [SET_POLICY]: {
      description: "Sets policies of your nation; those that you leave out stay as they are.",
      parameters: z.object({
        policy_rate: policy("policy_rate", "interest rate, % per year"),
        fiscal_stance: policy("fiscal_stance", "primary deficit, share of output, negative for a surplus"),
        investment_share: policy("investment_share", "investment, share of output"),
        ...(partners.length > 0 && {
          tariffs: tariffs(partners, limits.max_tariff).optional().describe(
            "tariffs by partner, share of the price at the border; all that were there before end, {} is free trade",
          ),
        }),
      }),
    },
  };
}

function tariffs(partners: readonly string[], max: number) {
  const rate = z.number().min(0).max(max);
  if (partners.length > NAMED_PARTNERS) return z.record(z.string(), rate);
  return z.strictObject(Object.fromEntries(partners.map((name) => [name, rate.optional()])));
}

/** The actions on engine `economic`. */
export function strategyActions(): ActionCatalogue {
  return STRATEGY_ACTIONS;
}

const measures = z.object({
  measures: z.string().max(300).optional().describe("what your government does for it, in a sentence"),
});

const STRATEGY_ACTIONS: ActionCatalogue = {
  grow: { description: "Your nation invests for growth, and risks inflation.", parameters: measures },
  maintain: { description: "Your nation keeps its economy as it is.", parameters: measures },
  decline: { description: "Your nation saves and consolidates, at the price of growth.", parameters: measures },
};

function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
