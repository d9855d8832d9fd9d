/** Engine `llm_summit`: engine `dice`, with a game master that says what comes of measures in a nation's own words. */

import {
  type Action,
  AgentMap,
  type AgentState,
  type EngineContext,
  type EngineSpec,
  LLMEngine,
  llmEngineConfig,
  observationText,
  type PromptValues,
  RULE_MARK,
  type RuleUpdate,
  SimulationState,
} from "llm-sim";
import { z } from "zod";
import template from "../prompts/summit.md" with { type: "text" };
import type { NationVariables, WorldVariables } from "../variables.ts";
import { DiceEngine } from "./dice.ts";
import { diceConfig } from "./dice_config.ts";
import { measuresIn, paid, protectedBy } from "./measures.ts";

/** Config of engine `llm_summit`: beside its own that of engine `dice`. */
export const llmSummitConfig = z.strictObject({
  ...diceConfig.shape,
  max_effect: z.number().gt(0).max(0.5).default(0.05).describe(
    "most by which measures change a nation's vulnerability or intensity in a turn, share of what it is; the model is held to it",
  ),
  rule_effect: z.number().min(0).max(100).default(10).describe(
    "where no model answers: share of its vulnerability that a nation loses per share of net output that it spends",
  ),
  narration: llmEngineConfig.shape.narration,
});

type Config = z.output<typeof llmSummitConfig>;
type Nation = AgentState<NationVariables>;
type ClimateState = SimulationState<NationVariables, WorldVariables>;

/** What the game master sets. */
const DECIDED = ["vulnerability", "intensity"] as const;
/** What it sees of nations: what it tells all may hold nothing that a scenario is likely to hide. */
const SHOWN = ["population", "gross_output", "emissions", "abatement", "member", ...DECIDED] as const;
/** Nations that its prompt shows. */
const NATIONS_SHOWN = 200;

/**
 * DICE-2016R with a treaty, as engine `dice`, in which nations also take measures in their own words
 * (`take_measure {measure, spending}`). What they spend is missing in their capital, whatever comes of it. What comes of
 * it a language model says, once in every turn in which there is a measure: new values of any nation's `vulnerability`
 * and `intensity`, each within `max_effect` of what it was, and a communiqué that all nations hear. Everything else
 * follows by the equations.
 *
 * Without a model nobody can read a measure: by its rule all of them protect, and lower the `vulnerability` of who pays.
 */
export class LLMSummitEngine extends LLMEngine<Config, NationVariables, WorldVariables> {
  static override readonly config = llmSummitConfig;
  static override readonly description =
    "DICE-2016R as engine dice, and a language model as game master: it says what comes of measures that nations take in " +
    "their own words (vulnerability and intensity, within bounds), and tells it to all.";
  static override readonly requires = DiceEngine.requires;
  static override readonly template = template;

  readonly #dice: DiceEngine;

  /** Built by the framework, once per simulation process. */
  constructor(spec: EngineSpec<Config>) {
    super({ ...spec, config: { ...spec.config, ...gameMaster(spec.config) } as Config });
    this.#dice = new DiceEngine({ config: spec.config });
  }

  override initializeState(initial: ClimateState, context: EngineContext): ClimateState {
    return this.#dice.initializeState(initial, context);
  }

  /** As the base class; where nobody takes a measure, nobody is asked. */
  override async applyActions(
    state: ClimateState,
    actions: readonly Action[],
    context: EngineContext,
  ): Promise<ClimateState> {
    if (measuresIn(actions).size === 0) return this.carryOut(state, actions, context);
    return await super.applyActions(state, actions, context);
  }

  protected override carryOut(
    state: ClimateState,
    actions: readonly Action[],
    context: EngineContext,
  ): ClimateState {
    const acted = this.#dice.applyActions(state, actions, context);
    const spent = measuresIn(actions);
    if (spent.size === 0) return acted;
    return acted.with({ agents: acted.agents.map((nation) => paid(nation, spent.get(nation.name) ?? 0)) });
  }

  override applyEngineRules(state: ClimateState, context: EngineContext): ClimateState {
    return this.#dice.applyEngineRules(state, context);
  }

  protected override ruleUpdate({ agents }: ClimateState, actions: readonly Action[]): RuleUpdate {
    const { rule_effect, max_effect } = this.config;
    const measures = [...measuresIn(actions)].filter(([name]) => agents.has(name));
    return {
      reasoning: "whatever a measure says, what is spent protects who spends it",
      narration: `${RULE_MARK}Measures are taken by ${measures.map(([name]) => name).join(", ")}.`,
      agents: Object.fromEntries(measures.map(([name, spending]) => [
        name,
        protectedBy(spending, agents.get(name)!, rule_effect, max_effect),
      ])),
    };
  }

  protected override values(state: ClimateState): PromptValues {
    const { turn, global_state } = state;
    const shown = new SimulationState({ turn, agents: AgentMap.of(state.agents.records.map(known)), global_state });
    return { agents: observationText(shown, "", [], { max_agents: NATIONS_SHOWN }).others };
  }
}

/** What every such engine is as a game master. */
function gameMaster({ max_effect }: Config) {
  const steps = Object.fromEntries(DECIDED.map((name) => [name, { relative: max_effect }]));
  return {
    mode: "game_master",
    decides: { global_vars: [], agent_vars: [...DECIDED] },
    max_step: { global_vars: {}, agent_vars: steps },
  };
}

function known(nation: Nation): AgentState {
  return { name: nation.name, ...Object.fromEntries(SHOWN.map((name) => [name, nation[name]])) };
}
