/** What a nation does on engine `market`, as functions of what it sees. */

import type { AgentMap, AgentState } from "llm-sim";
import { clamp, NATION_BOUNDS, type NationVariables, type Strategy } from "../variables.ts";
import type { NationConfig } from "./nation_config.ts";

type Nation = AgentState<NationVariables>;

/** What a strategy means for the policies. */
interface Stance {
  /** Gross investment as a share of output. About 0.24 keeps capital in step with output. */
  readonly investmentShare: number;
  /** Primary deficit at a closed output gap, as a share of output. */
  readonly structuralDeficit: number;
  /** Deficit added for each 1 % that output lies below potential, in % of output (automatic stabilisers). */
  readonly stabiliser: number;
  /** Points by which the policy rate differs from Taylor's rule. */
  readonly rateBias: number;
}

const STANCES: { readonly [strategy in Strategy]: Stance } = {
  grow: { investmentShare: 0.32, structuralDeficit: 0, stabiliser: 0.5, rateBias: -0.25 },
  maintain: { investmentShare: 0.24, structuralDeficit: 0, stabiliser: 0.4, rateBias: 0 },
  decline: { investmentShare: 0.05, structuralDeficit: -0.01, stabiliser: 0, rateBias: 1 },
};

/** Debt / output from which a nation consolidates, and by how much (share of output). */
const CONSOLIDATION = { above: 1.2, by: 0.02 } as const;
/** Share of last quarter's policy rate that is kept (interest-rate smoothing). */
const SMOOTHING = 0.6;

/** What `set_policy` sets. */
export interface Policy {
  /** Gross investment, share of output. */
  readonly investment_share: number;
  /** % per year. */
  readonly policy_rate: number;
  /** Primary deficit, share of output. */
  readonly fiscal_stance: number;
  /** By partner, share of the border price. */
  readonly tariffs: { readonly [partner: string]: number };
}

/** All policies of a nation in a turn, by rule. */
export function nationPolicy(
  nation: Nation,
  partners: AgentMap<NationVariables>,
  config: NationConfig,
  turn: number,
): Policy {
  return {
    investment_share: investmentShare(config),
    policy_rate: policyRate(nation, config),
    fiscal_stance: fiscalStance(nation, config, turn),
    tariffs: tariffs(nation, partners, config, turn),
  };
}

/** The share of output invested. */
function investmentShare(config: NationConfig): number {
  return config.investment_share ?? STANCES[config.strategy].investmentShare;
}

/** The nominal policy rate, % per year: fixed, or Taylor's rule approached step by step and never below zero. */
function policyRate(nation: Nation, config: NationConfig): number {
  if (config.monetary_policy === "fixed") return config.fixed_rate;
  const { inflation, output_gap: gap, policy_rate: last } = nation;
  const rule = config.neutral_rate + inflation + 0.5 * (inflation - config.inflation_target) + 0.5 * gap +
    STANCES[config.strategy].rateBias;
  return rounded(clamp(SMOOTHING * last + (1 - SMOOTHING) * rule, NATION_BOUNDS.policy_rate));
}

/** The primary deficit, share of output: structural, stabilising, stimulus, less consolidation when debt is high. */
function fiscalStance(nation: Nation, config: NationConfig, turn: number): number {
  const stance = STANCES[config.strategy];
  const stimulus = stimulusIsOn(nation, config, turn) ? config.fiscal_stimulus : 0;
  const consolidation = nation.debt > CONSOLIDATION.above ? CONSOLIDATION.by : 0;
  const stabilising = -stance.stabiliser * nation.output_gap / 100;
  return rounded(clamp(stance.structuralDeficit + stabilising + stimulus - consolidation, NATION_BOUNDS.fiscal_stance));
}

/** Tariffs by partner; partners without a tariff are left out. */
function tariffs(
  nation: Nation,
  partners: AgentMap<NationVariables>,
  config: NationConfig,
  turn: number,
): Record<string, number> {
  const rates: Record<string, number> = {};
  if (config.tariff_stance === "free_trade") return rates;
  for (const partner of partners) {
    if (partner.name === nation.name) continue;
    const rate = rounded(Math.min(config.max_tariff, tariffOn(partner, nation, config, turn)));
    if (rate > 0) rates[partner.name] = rate;
  }
  return rates;
}

function tariffOn(partner: Nation, nation: Nation, config: NationConfig, turn: number): number {
  const theirs = tariffOf(partner, nation);
  if (config.tariff_stance === "reciprocal") return theirs;
  const targeted = config.tariff_targets.length === 0 || config.tariff_targets.includes(partner.name);
  const own = targeted && turn >= config.tariff_from ? config.tariff : 0;
  const last = tariffOf(nation, partner);
  // Who is answered in kind goes one step further.
  const raised = last > 0 && theirs >= last ? last + config.escalation : last;
  return Math.max(own, theirs, own > 0 ? raised : 0);
}

/** The tariff that `importer` puts on `exporter`; none where the observation does not show its tariffs. */
function tariffOf(importer: Partial<Nation>, exporter: Nation): number {
  const rates = importer.tariffs ?? {};
  return Object.hasOwn(rates, exporter.name) ? rates[exporter.name]! : 0;
}

function stimulusIsOn(nation: Nation, config: NationConfig, turn: number): boolean {
  const { stimulus_from: from, stimulus_turns: turns, stimulus_above: above } = config;
  return turn >= from && (turns === undefined || turn < from + turns) && nation.unemployment >= above;
}

/** Policies are announced in round figures: four decimals. */
function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
