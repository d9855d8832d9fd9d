/** The state that a fork is given: whether its paths can be set, and to these values. */

import { type Issue, type Json, type ResolvedScenario, stateEntryIssues } from "../framework/mod.ts";

/** What is wrong with `state`, path by path; `agents` are those that there may be at that turn. */
export function stateIssues(
  state: { readonly [path: string]: Json },
  { state_variables: variables }: Pick<ResolvedScenario, "state_variables">,
  agents: readonly string[],
): Issue[] {
  const names = {
    agents,
    agent_vars: Object.keys(variables.agent_vars),
    global_vars: Object.keys(variables.global_vars),
  };
  return Object.entries(state)
    .flatMap(([path, value]) => stateEntryIssues(path, value, { variables, names }))
    .map((issue) => ({ ...issue, file: "--state" }));
}
