/** Scenarios of the benchmark model. */

import type { ResolvedScenario, Verbosity } from "../framework/mod.ts";

/** What a benchmark switches on. */
export interface Features {
  /** Members of a population in place of named agents. */
  readonly population?: boolean;
  /** Gini of wealth every turn, in a row of `global.jsonl`. */
  readonly metrics?: boolean;
  /** Rows of `agents.jsonl` every so many turns. */
  readonly agentsEvery?: number;
  /** Default MILESTONE. */
  readonly verbosity?: Verbosity;
}

/** `agents` traders that play on for as long as one likes. */
export function boltzmannScenario(agents: number, features: Features = {}): ResolvedScenario {
  const type = features.population ? "traders" : "trader";
  const trader = { name: "trader", type, count: agents, config: {}, variables: {}, initial_location: null, llm: null };
  return {
    domain: "boltzmann",
    simulation: {
      name: "bench",
      description: "",
      max_turns: Number.MAX_SAFE_INTEGER,
      checkpoint_interval: null,
      seed: 1,
      schedule: "simultaneous",
      turn_timeout: 60,
      termination: { max_value: null, min_value: null, when: [] },
    },
    engine: { type: "boltzmann", config: {} },
    validator: { type: "always_valid", config: {} },
    agents: [{ ...trader, on_error: "fail" }],
    // Whole coins: V8 is slow with whole numbers in float columns, where it looks out for −0.
    state_variables: {
      agent_vars: { wealth: { type: features.population ? "int" : "float", min: 0, default: 1 } },
      global_vars: {},
    },
    metrics: {
      every: features.metrics ? 1 : Number.MAX_SAFE_INTEGER,
      agents: features.agentsEvery === undefined ? "none" : "all",
      agents_every: features.agentsEvery ?? 1,
      sample: 0,
      reporters: features.metrics ? { gini: { kind: "gini", variable: "wealth" } } : {},
    },
    limits: {
      max_cost_usd: null,
      max_tokens: null,
      max_minutes: null,
      max_memory_mb: 4096,
      max_output_mb: 100_000,
      on_limit: "pause",
      max_fallback_share: 0.2,
      max_agents: agents,
    },
    observability: null,
    spatial: null,
    interventions: [],
    memory: { max_entries: 100, max_turns: null, max_bytes: 65_536 },
    llm: null,
    events: { verbosity: features.verbosity ?? "MILESTONE" },
    logging: { level: "INFO", format: "auto" },
  };
}

/** The same as a scenario file, for whole processes. */
export function boltzmannYaml(agents: number, turns: number): string {
  return `domain: boltzmann
simulation: { name: bench, max_turns: ${turns} }
engine: { type: boltzmann }
validator: { type: always_valid }
agents:
  - { name: trader, type: trader, count: ${agents} }
metrics:
  agents_every: 10
  reporters: { gini: { gini: wealth } }
state_variables:
  agent_vars: { wealth: { type: float, min: 0, default: 1 } }
  global_vars: {}
`;
}
