/** Scenario texts for fixture domains. */

/** One agent's entry. */
export interface AgentEntry {
  readonly name?: string;
  readonly type: string;
  readonly config?: object;
  readonly on_error?: "fail" | "retry" | "skip" | "fallback";
}

/** What differs from scenario to scenario. */
export interface ScenarioSpec {
  readonly domain: string;
  readonly agents: readonly AgentEntry[];
  readonly turns?: number;
  /** Seconds. */
  readonly timeout?: number;
  readonly engine?: object;
  readonly validator?: object;
  readonly limits?: object;
  readonly schedule?: "simultaneous" | "sequential";
}

/** The scenario as text: JSON is YAML too. Agents are named A, B, C … unless they say otherwise. */
export function scenarioText(spec: ScenarioSpec): string {
  return JSON.stringify({
    domain: spec.domain,
    simulation: {
      name: spec.domain,
      max_turns: spec.turns ?? 1,
      turn_timeout: spec.timeout ?? 30,
      schedule: spec.schedule ?? "simultaneous",
    },
    engine: spec.engine ?? { type: "still" },
    validator: spec.validator ?? { type: "always_valid" },
    agents: spec.agents.map((agent, i) => ({ name: String.fromCharCode(65 + i), ...agent })),
    state_variables: {
      agent_vars: { wealth: { type: "float", default: 1, min: 0, max: 1000 } },
      global_vars: { clock: { type: "int", default: 0, min: 0, max: 1000 } },
    },
    ...(spec.limits && { limits: spec.limits }),
  });
}
