/** Engine `econ_llm`: a language model decides how the economy fares, and the accounts follow by rule. */

import {
  type Action,
  type EngineContext,
  type EngineSpec,
  LLMEngine,
  observationText,
  type PromptValues,
  RULE_MARK,
  type RuleUpdate,
} from "llm-sim";
import { COMPUTING, legendText, published, type WorldKind } from "../prompts/world_text.ts";
import economyPrompt from "../prompts/economy.md" with { type: "text" };
import { type EconLLMEngineConfig, econLLMEngineConfig } from "./econ_llm_config.ts";
import { indicators, valuesOf } from "./indicators.ts";
import type { NationVariables } from "../variables.ts";
import { type EconomyState, type RuledEconomy, ruledEconomy } from "./ruled_economies.ts";

const NO_VARIABLES = { agent_vars: {}, global_vars: {} };
const AGENTS_SHOWN = 200;

/**
 * An engine in which a language model decides the indicators of the turn (growth, inflation, unemployment), after the
 * nations' policies are in force. Everything else is an account of them and follows by the rules of another engine: of
 * `market` where the scenario declares its variables, else of `economic`. So the sums always agree, whatever the model
 * says.
 *
 * Its rule is that engine as it is: a scenario that is played with the offline provider, or whose model never answers,
 * goes as it would have gone there, within the ranges and steps that the scenario allows.
 */
export class EconLLMEngine extends LLMEngine<EconLLMEngineConfig, NationVariables, EconomyState["global_state"]> {
  static override readonly config = econLLMEngineConfig;
  static override readonly description =
    "A language model decides growth, inflation and unemployment after the nations' policies; all accounts follow by " +
    "the rules of engine market, or of engine economic where its few variables are all there is. Those are its rule.";
  static override readonly template = economyPrompt;
  static override readonly placeholders = {
    rules: "what a turn is, what is in force already, what follows by rule",
    legend: "what the variables mean",
    shocks: "the shocks of this turn, by nation",
    forecast: "what the rules would make of the indicators (not in the engine's own template)",
  };

  readonly #economy: RuledEconomy;
  readonly #decides: ReturnType<typeof indicators>;
  /** The turn's start with the policies so far, untouched by the model; agents may act one after another. */
  readonly #enacted = new WeakMap<EngineContext, EconomyState>();

  /**
   * Built by the framework.
   * @throws {SimError} `follows_by_rule` when the config wants a variable decided that is an account of others
   */
  constructor(spec: EngineSpec<EconLLMEngineConfig>) {
    const declared = spec.state_variables ?? NO_VARIABLES;
    const isMarket = "investment_share" in declared.agent_vars && "policy_rate" in declared.agent_vars;
    const kind: WorldKind = isMarket ? "market" : "economic";
    const decides = indicators(kind, declared, spec.config.decides);
    super({ ...spec, config: { ...spec.config, decides } });
    this.#decides = decides;
    this.#economy = ruledEconomy(kind, spec.config, decides);
  }

  override initializeState(initial: EconomyState, context: EngineContext): EconomyState {
    return this.#economy.initialize(initial, context);
  }

  protected override carryOut(
    state: EconomyState,
    actions: readonly Action[],
    context: EngineContext,
  ): EconomyState {
    const start = this.#enacted.get(context) ?? state;
    this.#enacted.set(context, this.#economy.enact(start, actions, context));
    return this.#economy.enact(state, actions, context);
  }

  override applyEngineRules(state: EconomyState, context: EngineContext): EconomyState {
    const enacted = this.#enacted.get(context);
    // Nobody acted, so nobody was asked.
    if (enacted === undefined) return this.#economy.forecast(state, context);
    return this.#economy.settle(enacted, state, context);
  }

  protected override ruleUpdate(
    _state: EconomyState,
    _actions: readonly Action[],
    context: EngineContext,
  ): RuleUpdate {
    const next = this.#forecast(context);
    return {
      ...valuesOf(next, this.#decides),
      reasoning: `as the rules of engine ${this.#economy.kind} have it`,
      narration: RULE_MARK + newsOf(next),
    };
  }

  protected override values(
    state: EconomyState,
    _actions: readonly Action[],
    context: EngineContext,
  ): PromptValues {
    const next = this.#forecast(context);
    const seen = published(state);
    const { globals, others } = observationText(seen, "", [], { max_agents: AGENTS_SHOWN });
    return {
      globals,
      agents: others,
      rules: COMPUTING[this.#economy.kind],
      legend: legendText(seen),
      shocks: shocksText(next),
      forecast: forecastText(valuesOf(next, this.#decides)),
    };
  }

  #forecast(context: EngineContext): EconomyState {
    return this.#economy.forecast(this.#enacted.get(context)!, { ...context, detail: () => {} });
  }
}

/** The turn in a sentence. */
function newsOf({ global_state: { gdp_growth, inflation, unemployment } }: EconomyState): string {
  const told = [
    ...(gdp_growth === undefined ? [] : [`output grows by ${rounded(gdp_growth)} %`]),
    ...(inflation === undefined ? [] : [`inflation is ${rounded(inflation)} %`]),
    ...(unemployment === undefined ? [] : [`unemployment is ${rounded(unemployment)} %`]),
  ];
  return told.length === 0 ? "" : `In the world ${told.join(", ")}.`;
}

/** Of each nation that is hit: `"Harbour": demand -2.5 % of potential output, productivity -2 %`. */
function shocksText({ agents }: EconomyState): string {
  const lines = agents.records.flatMap(({ name, demand_shock = 0, productivity_shock = 0 }) => {
    const [demand, productivity] = [rounded(demand_shock), rounded(100 * productivity_shock)];
    const parts = [
      ...(demand === 0 ? [] : [`demand ${demand} % of potential output`]),
      ...(productivity === 0 ? [] : [`productivity ${productivity} %`]),
    ];
    return parts.length === 0 ? [] : [`- ${JSON.stringify(name)}: ${parts.join(", ")}`];
  });
  return lines.length === 0 ? "(none)" : lines.join("\n");
}

function forecastText({ global = {}, agents = {} }: ReturnType<typeof valuesOf>): string {
  const line = (name: string, values: object) =>
    `- ${name}: ${Object.entries(values).map(([name, value]) => `${name}=${rounded(value)}`).join(", ")}`;
  return [
    ...(Object.keys(global).length === 0 ? [] : [line("the world", global)]),
    ...Object.entries(agents).map(([name, values]) => line(JSON.stringify(name), values)),
  ].join("\n");
}

/** Two decimals; what is no number stays. */
function rounded<V>(value: V): V {
  return (typeof value === "number" ? Math.round(value * 100) / 100 + 0 : value) as V;
}
