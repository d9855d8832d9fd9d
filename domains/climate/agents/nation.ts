/** Agent `nation`: negotiates, promises, joins a treaty or not, and abates emissions by its strategy. */

import { type AgentContext, BaseAgent, type Decision, type SimulationState } from "llm-sim";
import { ABATE, type NationVariables, type WorldVariables } from "../variables.ts";
import { type NationConfig, nationConfig } from "./nation_config.ts";
import { positionOf, treatyBusiness } from "./nation_policy.ts";
import { judgePromises, othersOf, readMail, rememberOwn } from "./negotiation.ts";

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
    const { memory, turn } = context;
    const own = this.self(observation);
    const mail = readMail(context.inbox, memory, turn);
    judgePromises(memory, observation.agents, turn, this.config);
    const others = othersOf(own, observation.agents);
    const position = positionOf(own, others, observation.global_state, this.config, mail, memory, turn);
    const { rate, belongs, proposed, promised } = position;
    rememberOwn(memory, proposed, promised);

    const business = treatyBusiness(own, belongs, proposed ?? rate);
    return [
      this.act(ABATE, { rate }),
      ...(business === null ? [] : [this.act(...business)]),
      ...(proposed === undefined ? [] : [this.broadcast({ kind: "proposal", rate: proposed })]),
      ...(promised === undefined ? [] : [this.broadcast({ kind: "promise", rate: promised, turn: turn + 1 })]),
    ];
  }
}
