/** A run that starts from a saved state, of llm-sim too, instead of what its engine makes of turn 0. */

import { checkCheckpointVariables, decodeCheckpoint, formatPath, type Issue, SimError } from "../framework/mod.ts";
import type { ResolvedScenario } from "../framework/scenario/mod.ts";
import type { InitialState } from "./store/mod.ts";

/**
 * The state in a checkpoint's text, if a run of `scenario` can start from it; otherwise what stands in the way.
 *
 * @param agents names of all agents of the scenario, in agent order
 * @param file name that issues give
 */
export function initialStateOf(
  text: string,
  scenario: ResolvedScenario,
  agents: readonly string[],
  file: string,
): { readonly initial?: InitialState; readonly issues: readonly Issue[] } {
  const issue = (code: string, message: string, hint?: string): Issue => ({
    severity: "error",
    code,
    message,
    file,
    ...(hint !== undefined && { hint }),
  });
  try {
    const checkpoint = decodeCheckpoint(text);
    const { state } = checkpoint;
    if (Object.keys(checkpoint.populations).length > 0) {
      const hint = "resume or fork the run that it belongs to";
      return { issues: [issue("has_populations", "a run cannot start from a checkpoint with populations", hint)] };
    }
    const there = new Set(Object.keys(state.agents));
    const missing = agents.filter((name) => !there.has(name));
    const extra = [...there].filter((name) => !agents.includes(name));
    if (missing.length + extra.length > 0) {
      const parts = [
        ...(missing.length > 0 ? [`it lacks ${missing.join(", ")}`] : []),
        ...(extra.length > 0 ? [`it has ${extra.join(", ")} besides`] : []),
      ];
      const hint = "the scenario's agents and the checkpoint's must be the same";
      return { issues: [issue("other_agents", `the checkpoint has other agents: ${parts.join("; ")}`, hint)] };
    }
    const { max_turns } = scenario.simulation;
    if (state.turn >= max_turns) {
      const message = `the checkpoint is of turn ${state.turn}, and the scenario ends at max_turns: ${max_turns}`;
      return { issues: [issue("bad_turn", message, "raise simulation.max_turns")] };
    }
    checkCheckpointVariables(checkpoint, scenario.state_variables);
    return { initial: { state, agent_order: agents }, issues: [] };
  } catch (error) {
    if (!(error instanceof SimError)) throw error;
    // A checkpoint is no text that people read line by line: the path says where.
    const placed = (each: Issue): Issue => {
      const at = each.path && each.path.length > 0 ? `${formatPath(each.path)}: ` : "";
      return { ...each, message: at + each.message, file };
    };
    return { issues: error.issues.map(placed) };
  }
}
