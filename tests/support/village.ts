/** A small world whose agents and engine do what a test tells them, played in this process. */

import {
  Action,
  type AgentContext,
  BaseAgent,
  BaseEngine,
  BaseValidator,
  type Decision,
  defineDomain,
  type Domain,
  type EngineContext,
  loadGraphs,
  type Outside,
  type ResolvedScenario,
  type ResumePoint,
  type SimulationInput,
  SimulationOrchestrator,
  type SimulationState,
} from "../../framework/mod.ts";
import { loadScenario } from "../../framework/scenario/mod.ts";

/** Variables of a villager. */
export type Villager = { coins: number };
/** A state of the village. */
export type Village = SimulationState<Villager, { price: number }>;

/** What the parts of a village do; what is left out does nothing. */
export interface Script {
  readonly decide?: (agent: VillagerAgent, observation: Village, context: AgentContext) => Decision | Promise<Decision>;
  readonly rules?: (state: Village, context: EngineContext) => Village;
  readonly initialise?: (state: Village, context: EngineContext) => Village;
}

/** A villager: what it does is up to the script. */
export abstract class VillagerAgent extends BaseAgent<unknown, Villager> {
  /** Makes an action. */
  override act(...args: Parameters<BaseAgent["act"]>): Action {
    return super.act(...args);
  }
  /** Makes a message. */
  override tell(...args: Parameters<BaseAgent["tell"]>) {
    return super.tell(...args);
  }
  /** Makes a message to all. */
  override broadcast(...args: Parameters<BaseAgent["broadcast"]>) {
    return super.broadcast(...args);
  }
  /** Asks for a new agent. */
  override spawn(...args: Parameters<BaseAgent["spawn"]>) {
    return super.spawn(...args);
  }
  /** Asks to leave. */
  override leave(...args: Parameters<BaseAgent["leave"]>) {
    return super.leave(...args);
  }
  /** Asks to sit out. */
  override sleep(...args: Parameters<BaseAgent["sleep"]>) {
    return super.sleep(...args);
  }
}

/** A domain with this script: `earn` adds coins, `walk` moves. */
export function village(script: Script): Domain {
  class FolkAgent extends VillagerAgent {
    override decideAction(observation: Village, context: AgentContext) {
      return script.decide?.(this, observation, context) ?? null;
    }
  }
  class VillageEngine extends BaseEngine<unknown, Villager, { price: number }> {
    override initializeState(state: Village, context: EngineContext) {
      return script.initialise?.(state, context) ?? state;
    }
    override applyActions(state: Village, actions: readonly Action[]) {
      return actions.reduce((state, { agent_name, action_name, parameters }) => {
        if (action_name === "walk") return state.with({ space: state.space!.move(agent_name, String(parameters.to)) });
        const { coins } = state.agents.get(agent_name)!;
        return state.with({ agents: state.agents.with(agent_name, { coins: coins + Number(parameters.coins ?? 0) }) });
      }, state);
    }
    override applyEngineRules(state: Village, context: EngineContext) {
      return script.rules?.(state, context) ?? state;
    }
  }
  class ModestValidator extends BaseValidator {
    override validateAction({ parameters }: Action) {
      return Number(parameters.coins ?? 0) <= 100 || { accepted: false, reason: "too much" };
    }
  }
  return defineDomain({
    name: "village",
    description: "A test.",
    agents: [FolkAgent],
    engines: [VillageEngine],
    validators: [ModestValidator],
  });
}

/** A scenario of the village: agents `A`, `B`, `C`, if `agents` says nothing else; `more` are further sections. */
export async function villageScenario(
  { agents, more = "", turns = 10 }: { agents?: string; more?: string; turns?: number } = {},
): Promise<ResolvedScenario> {
  const text = `
domain: village
simulation: { name: village, max_turns: ${turns} }
engine: { type: village }
validator: { type: modest }
agents:
${agents ?? "  - { name: A, type: folk }\n  - { name: B, type: folk }\n  - { name: C, type: folk }"}
state_variables:
  agent_vars: { coins: { type: float, default: 0, min: 0 } }
  global_vars: { price: { type: int, default: 10 } }
events: { verbosity: DETAIL }
${more}
`;
  const { scenario, issues } = await loadScenario({ text, file: "village.yaml", readFile: () => Promise.reject() });
  if (!scenario) throw new Error(JSON.stringify(issues, null, 2));
  if (scenario.spatial) await loadGraphs();
  return scenario;
}

/** How a village is played. */
export interface VillageOptions {
  readonly inputs?: readonly SimulationInput[] | Outside;
  readonly from?: ResumePoint;
}

/** A simulation of the village, not started. */
export function villageSimulation(
  domain: Domain,
  scenario: ResolvedScenario,
  { inputs, from }: VillageOptions = {},
): SimulationOrchestrator {
  return new SimulationOrchestrator({
    domain,
    scenario,
    run_id: "village",
    now: () => 0,
    ...(inputs && { inputs }),
    ...(from && { from }),
  });
}

/** An event, as far as tests look into it. */
export interface VillageEvent {
  readonly id: number;
  readonly turn_number: number;
  readonly event_type: string;
  readonly agent_id?: string;
  readonly caused_by?: readonly number[];
  // deno-lint-ignore no-explicit-any -- a test looks into details of any shape
  readonly details: any;
}

/** Plays `turns` turns, or all, and returns the events. */
export async function played(simulation: SimulationOrchestrator, turns = Infinity): Promise<VillageEvent[]> {
  if (!simulation.started) await simulation.start();
  for (let i = 0; i < turns && simulation.ended === null; i++) await simulation.step();
  return simulation.take().events.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}
