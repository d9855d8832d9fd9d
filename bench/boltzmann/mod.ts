/**
 * The model that the benchmarks play: Boltzmann wealth exchange, observe-then-apply. In every turn each agent that owns
 * at least 1 gives 1 to a random other one; all decide from the state at the start of the turn.
 *
 * A domain written the way its author would write it, for the loop; {@linkcode PlainBoltzmann} is the same model without
 * a framework, against which the loop is measured.
 */

import {
  type Action,
  type AgentContext,
  BaseAgent,
  BaseEngine,
  BaseValidator,
  type Decision,
  defineDomain,
  Rng,
  type SimulationState,
  type StreamKey,
  streamKey,
} from "../../framework/mod.ts";
import { TradersPopulation } from "./columns.ts";

interface Trader {
  readonly wealth: number;
}

/** Gives 1 to a random other agent as long as it owns something. */
class TraderAgent extends BaseAgent<unknown, Trader> {
  static override readonly requires = { agent_vars: ["wealth"] };
  override decideAction(observation: SimulationState<Trader>, context: AgentContext): Decision {
    const self = this.self(observation);
    const { records } = observation.agents;
    if (self.wealth < 1 || records.length < 2) return null;
    const last = records.length - 1;
    const drawn = records[Math.floor(context.rng.next() * last)]!;
    // Whoever draws itself takes the one that was left out of the draw.
    return this.act("give", { to: drawn === self ? records[last]!.name : drawn.name });
  }
}

/** Moves the money. */
class BoltzmannEngine extends BaseEngine<unknown, Trader> {
  override applyActions(state: SimulationState<Trader>, actions: readonly Action[]) {
    const { agents } = state;
    const wealth = agents.records.map((agent) => agent.wealth);
    for (const { agent_name, parameters } of actions) {
      wealth[agents.indexOf(agent_name)]! -= 1;
      wealth[agents.indexOf(parameters.to as string)]! += 1;
    }
    return state.with({
      agents: agents.map((agent, i) => agent.wealth === wealth[i] ? agent : { ...agent, wealth: wealth[i]! }),
    });
  }
}

/** Lets everything through. */
class AlwaysValidValidator extends BaseValidator {
  override validateAction(): boolean {
    return true;
  }
}

export default defineDomain({
  name: "boltzmann",
  description: "Wealth exchange between random pairs, for benchmarks.",
  agents: [TraderAgent, TradersPopulation],
  engines: [BoltzmannEngine],
  validators: [AlwaysValidValidator],
});

interface PlainTrader {
  readonly name: string;
  wealth: number;
}

/**
 * The same model as a plain loop over objects changed in place. It draws from the same random streams as the loop does
 * and so comes to the same wealth; with `streams: "one"` it makes do with one stream per turn, which is as fast as
 * objects get.
 */
export class PlainBoltzmann {
  readonly agents: PlainTrader[];
  readonly #keys: readonly StreamKey[];
  readonly #turnKey: StreamKey | null;
  readonly #received: Int32Array;
  readonly #sorted: Float64Array;
  #turn = 0;

  constructor(count: number, streams: "per agent" | "one") {
    this.agents = Array.from({ length: count }, (_, i) => ({ name: `trader_${i + 1}`, wealth: 1 }));
    this.#keys = this.agents.map(({ name }) => streamKey(1, "decide", name));
    this.#turnKey = streams === "one" ? streamKey(1, "turn", "") : null;
    this.#received = new Int32Array(count);
    this.#sorted = new Float64Array(count);
  }

  /** Plays one turn. */
  step(): void {
    const { agents } = this;
    const keys = this.#keys;
    const received = this.#received.fill(0);
    const turn = ++this.#turn;
    const common = this.#turnKey && new Rng(this.#turnKey, turn);
    const last = agents.length - 1;
    for (let i = 0; i < agents.length; i++) {
      if (agents[i]!.wealth < 1) continue;
      const rng = common ?? new Rng(keys[i]!, turn);
      const drawn = Math.floor(rng.next() * last);
      received[drawn === i ? last : drawn]!++;
      received[i]!--;
    }
    for (let i = 0; i < agents.length; i++) agents[i]!.wealth += received[i]!;
  }

  /** Gini coefficient of the present wealth. */
  gini(): number {
    const { agents } = this;
    const sorted = this.#sorted;
    for (let i = 0; i < agents.length; i++) sorted[i] = agents[i]!.wealth;
    sorted.sort();
    let weighted = 0;
    let total = 0;
    for (let i = 0; i < sorted.length; i++) {
      weighted += (2 * i + 1 - sorted.length) * sorted[i]!;
      total += sorted[i]!;
    }
    return weighted / (sorted.length * total);
  }
}
