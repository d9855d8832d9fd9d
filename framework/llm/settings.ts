/** Which settings count for a call. */

import { numberedName } from "../agent_name.ts";
import type { ModelSettings, ResolvedLLM, ResolvedScenario } from "../scenario/resolved.ts";

/** Settings of a scenario that says nothing of models. */
export const DEFAULT_MODEL: ModelSettings = {
  provider: "default",
  model: null,
  temperature: null,
  max_tokens: null,
  timeout: 60,
  max_retries: 2,
  on_failure: "fallback",
  prompt: null,
};

/** The same for all roles. */
export const DEFAULT_LLM: ResolvedLLM = { ...DEFAULT_MODEL, roles: {}, tape: "record" };

/**
 * The settings for a role and, in the role `agent`, for one agent: its own, else the role's, else the scenario's. Null
 * when the scenario has no model.
 *
 * @param entry the agent's entry under `agents:`; undefined for agents that came later and for all other roles
 */
export function settingsFor(
  { llm }: Pick<ResolvedScenario, "llm">,
  role: string,
  entry?: Pick<ResolvedScenario["agents"][number], "llm">,
): ModelSettings | null {
  if (llm === null) return null;
  if (role === "agent" && entry?.llm) return entry.llm;
  return Object.hasOwn(llm.roles, role) ? llm.roles[role]! : llm;
}

/** Finds the entry under `agents:` that an agent's name stands for; undefined for agents that came later. */
export function agentNamed(
  { agents }: Pick<ResolvedScenario, "agents">,
): (name: string) => ResolvedScenario["agents"][number] | undefined {
  const entries = new Map(agents.map((entry) => [entry.name, entry]));
  return (name) => {
    const own = entries.get(name);
    if (own?.count === null) return own;
    const numbered = numberedName(name);
    const entry = numbered && entries.get(numbered.entry);
    return entry && numbered.number <= (entry.count ?? 0) ? entry : undefined;
  };
}
