/** Engine `market`: a small macro model of nations that trade. One turn is one quarter. */

import {
  type Action,
  AgentMap,
  type AgentState,
  BaseEngine,
  type EngineContext,
  SimError,
  type SimulationState,
} from "llm-sim";
import {
  clamp,
  NATION_BOUNDS,
  type NationVariables,
  POLICIES,
  SET_POLICY,
  TARIFF_BOUNDS,
  WORLD_BOUNDS,
  type WorldVariables,
} from "../variables.ts";
import { advance, calibrate, type GivenOutcome, type Shocks, yearlyGrowth } from "./macro.ts";
import { type MarketConfig, marketConfig } from "./market_config.ts";
import { meanTariff, tradeFlows } from "./trade.ts";

type Nation = AgentState<NationVariables>;
type MarketState = SimulationState<NationVariables, WorldVariables>;

/**
 * Output from capital, labour and productivity; demand moved by interest rates, deficits and trade; inflation,
 * unemployment and debt that follow; trade diverted by tariffs; seeded shocks. The equations are in the domain's README.
 *
 * Nations act with `set_policy`, whose parameters `investment_share`, `policy_rate`, `fiscal_stance` and `tariffs` are
 * all optional; what is not given stays as it is, and values beyond the bounds are moved to them.
 */
export class MarketEngine extends BaseEngine<MarketConfig, NationVariables, WorldVariables> {
  static override readonly config = marketConfig;
  static override readonly description =
    "A quarterly macro model of trading nations: output, investment, trade, tariffs, inflation, unemployment, debt, " +
    "policy rates, with seeded demand and productivity shocks. Nations act with set_policy.";

  /**
   * Calibrates every nation to its initial output.
   * @throws {SimError} `missing_variable` when the scenario does not declare what the model needs,
   *   `no_output` when a nation starts without output, `unknown_agent` when an event names nobody
   */
  override initializeState(initial: MarketState, _context: EngineContext): MarketState {
    requireVariables(initial);
    for (const nation of initial.agents) {
      if (nation.economic_strength > 0) continue;
      throw new SimError(
        "no_output",
        `nation '${nation.name}' starts with economic_strength ${nation.economic_strength}`,
        {
          agent: nation.name,
          hint: "give it initial_economic_strength above 0: its output in value units per year",
        },
      );
    }
    const stranger = this.config.events.flatMap((event) => event.nations).find((name) => !initial.agents.has(name));
    if (stranger !== undefined) {
      throw new SimError("unknown_agent", `engine.events names '${stranger}', which is no nation of this scenario`, {
        hint: `nations are: ${initial.agents.names().slice(0, 12).join(", ")}`,
      });
    }
    const nations = initial.agents.records;
    const flows = tradeFlows(nations, this.config);
    return withWorld(initial, AgentMap.of(nations.map((nation, i) => calibrate(nation, flows[i]!, this.config))), 0);
  }

  override applyActions(state: MarketState, actions: readonly Action[], _context: EngineContext): MarketState {
    const policies = new Map<string, Partial<NationVariables>>();
    for (const action of actions) {
      if (action.action_name !== SET_POLICY) continue;
      policies.set(action.agent_name, { ...policies.get(action.agent_name), ...policyOf(action) });
    }
    if (policies.size === 0) return state;
    return state.with({ agents: state.agents.map((nation) => ({ ...nation, ...policies.get(nation.name) })) });
  }

  override applyEngineRules(state: MarketState, context: EngineContext): MarketState {
    const next = this.quarter(state, context);
    context.detail("market_quarter", { ...next.global_state });
    return next;
  }

  /** The state one quarter later; `given` says of which nations what is not left to the equations. */
  quarter(
    state: MarketState,
    context: EngineContext,
    given: (nation: Nation) => GivenOutcome = () => ({}),
  ): MarketState {
    const nations = state.agents.records;
    const flows = tradeFlows(nations, this.config);
    const shocks = this.#shocks(nations, context);
    const agents = state.agents.map((nation, i) => advance(nation, flows[i]!, shocks[i]!, this.config, given(nation)));
    return withWorld(state, agents, state.global_state.total_economic_value);
  }

  /** The next state of every nation's two AR(1) processes: part of each innovation is common to all nations. */
  #shocks(nations: readonly Nation[], context: EngineContext): Shocks[] {
    const { demand_shock: demand, productivity_shock: productivity } = this.config;
    const demandDraws = innovations("demand_shock", demand, nations, context);
    const productivityDraws = innovations("productivity_shock", productivity, nations, context);
    const events = this.config.events.filter((event) => event.turn === context.turn);
    return nations.map((nation, i) => {
      const own = events.filter((event) => event.nations.length === 0 || event.nations.includes(nation.name));
      const scheduled = (kind: "demand" | "productivity") => own.reduce((sum, event) => sum + event[kind], 0);
      return {
        demand: clamp(
          demand.persistence * nation.demand_shock + demandDraws[i]! + scheduled("demand"),
          NATION_BOUNDS.demand_shock,
        ),
        productivity: clamp(
          productivity.persistence * nation.productivity_shock + productivityDraws[i]! + scheduled("productivity"),
          NATION_BOUNDS.productivity_shock,
        ),
      };
    });
  }
}

function innovations(
  purpose: string,
  process: { readonly sd: number; readonly common: number },
  nations: readonly Nation[],
  context: EngineContext,
): number[] {
  if (process.sd === 0) return nations.map(() => 0);
  const common = Math.sqrt(process.common) * context.rng(purpose).normal();
  const ownWeight = Math.sqrt(1 - process.common);
  return nations.map(({ name }) => process.sd * (common + ownWeight * context.rng(purpose, name).normal()));
}

/** The variables that a `set_policy` action sets; what is malformed is left out, what is out of bounds is clamped. */
function policyOf({ parameters }: Action): Partial<NationVariables> {
  const policy: { -readonly [K in keyof NationVariables]?: NationVariables[K] } = {};
  for (const name of POLICIES) {
    const value = parameters[name];
    if (typeof value === "number" && Number.isFinite(value)) policy[name] = clamp(value, NATION_BOUNDS[name]);
  }
  const { tariffs } = parameters;
  if (tariffs !== null && typeof tariffs === "object" && !Array.isArray(tariffs)) {
    const rates = Object.entries(tariffs).filter((entry): entry is [string, number] => Number.isFinite(entry[1]));
    policy.tariffs = Object.fromEntries(rates.map(([partner, rate]) => [partner, clamp(rate, TARIFF_BOUNDS)]));
  }
  return policy;
}

/** `state` with these nations and the world variables that follow from them. */
function withWorld(state: MarketState, agents: AgentMap<NationVariables>, totalBefore: number): MarketState {
  const nations = agents.records;
  const sum = (value: (nation: Nation) => number) => nations.reduce((total, nation) => total + value(nation), 0);
  const total = sum((nation) => nation.economic_strength);
  const labour = sum((nation) => nation.labour);
  const byOutput = (variable: "inflation" | "policy_rate") =>
    total > 0 ? sum((nation) => nation[variable] * (nation.economic_strength / total)) : 0;
  const world: WorldVariables = {
    total_economic_value: total,
    gdp_growth: yearlyGrowth(totalBefore, total),
    inflation: byOutput("inflation"),
    unemployment: labour > 0 ? sum((nation) => nation.unemployment * (nation.labour / labour)) : 0,
    policy_rate: byOutput("policy_rate"),
    trade_volume: sum((nation) => nation.imports),
    mean_tariff: meanTariff(nations),
  };
  const names = Object.keys(WORLD_BOUNDS) as (keyof WorldVariables)[];
  const bounded = Object.fromEntries(names.map((name) => [name, clamp(world[name], WORLD_BOUNDS[name])]));
  return state.with({ agents, global_state: { ...state.global_state, ...bounded } });
}

function requireVariables(state: MarketState): void {
  const [first] = state.agents.records;
  const nation = first === undefined
    ? []
    : [...Object.keys(NATION_BOUNDS), "tariffs"].filter((name) => !(name in first));
  const world = Object.keys(WORLD_BOUNDS).filter((name) => !(name in state.global_state));
  const missing = [
    ...(nation.length > 0 ? [`agent_vars ${nation.join(", ")}`] : []),
    ...(world.length > 0 ? [`global_vars ${world.join(", ")}`] : []),
  ];
  if (missing.length === 0) return;
  throw new SimError(
    "missing_variable",
    `engine 'market' needs variables that are not declared: ${missing.join("; ")}`,
    {
      hint: "declare them under state_variables as the domain's template 'market' does",
    },
  );
}
