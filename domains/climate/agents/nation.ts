/** Agent `nation`: negotiates, promises, joins a treaty or not, and abates emissions by its strategy. */

import { type Action, type AgentContext, BaseAgent, type Decision, type SimulationState } from "llm-sim";
import { ABATE, JOIN, LEAVE, type NationVariables, VOTE, type WorldVariables } from "../variables.ts";
import { type NationConfig, nationConfig } from "./nation_config.ts";
import { aimsOf, proposal, wantsToBelong, wishedRate, withinStep } from "./nation_policy.ts";
import { judgePromises, othersOf, ownPromise, readMail, rememberOwn } from "./negotiation.ts";

/**
 * A rule-based nation.
 *
 * Each turn it reads the others' proposals and promises, remembers whether last turn's promises were kept, sets its
 * abatement (`abate`), joins, leaves or votes in the treaty, and, unless it rides free in silence, broadcasts
 * `{kind: "proposal", rate}` and `{kind: "promise", rate, turn}`. It keeps its own promises, unless it bluffs.
 */
export class NationAgent extends BaseAgent<NationConfig, NationVariables, WorldVariables> {
  static override readonly config = nationConfig;
  static override readonly description =
    "A nation that negotiates emissions by messages and follows a strategy: free_rider, conditional (reciprocates, and " +
    "remembers broken promises), cooperator or green. Abates, and joins, votes in and leaves the treaty.";
  static override readonly requires = { agent_vars: ["abatement", "member", "vote", "required"] };

  override decideAction(
    observation: SimulationState<NationVariables, WorldVariables>,
    context: AgentContext,
  ): Decision {
    const { config } = this;
    const { memory, turn } = context;
    const own = this.self(observation);
    const world: Partial<WorldVariables> = observation.global_state;
    const others = othersOf(own, observation.agents);

    const mail = readMail(context.inbox, memory, turn);
    judgePromises(memory, observation.agents, turn, config);
    const aims = aimsOf(config, world, memory, turn);
    const belongs = wantsToBelong(own, others, config, world);
    const wishes = (after: typeof own) => wishedRate(after, others, config, aims, mail, memory);

    const due = Math.max(aims.least, own.member && belongs ? own.required : 0);
    const rate = withinStep(Math.max(due, ownPromise(memory, turn) ?? wishes(own)), own, config);
    const next = { ...own, abatement: rate };
    const rides = config.strategy === "free_rider";
    const proposed = rides ? undefined : proposal(config, aims, mail, memory);
    const promised = rides ? bluffed(rate, config) : withinStep(wishes(next), next, config);
    rememberOwn(memory, proposed, rides ? undefined : promised);

    return [
      this.act(ABATE, { rate }),
      ...this.#treatyBusiness(own, belongs, proposed ?? rate),
      ...(proposed === undefined ? [] : [this.broadcast({ kind: "proposal", rate: proposed })]),
      ...(promised === undefined ? [] : [this.broadcast({ kind: "promise", rate: promised, turn: turn + 1 })]),
    ];
  }

  /** Joins, votes for another rate than before, or leaves; mostly nothing. */
  #treatyBusiness({ member, vote }: NationVariables, belongs: boolean, rate: number): Action[] {
    if (!belongs) return member ? [this.act(LEAVE)] : [];
    if (!member) return [this.act(JOIN, { rate })];
    return rate === vote ? [] : [this.act(VOTE, { rate })];
  }
}

/** What a free rider that bluffs promises; a silent one promises nothing. */
function bluffed(rate: number, { bluff }: NationConfig): number | undefined {
  return bluff > 0 ? Math.min(1, rate + bluff) : undefined;
}
