/** What is asked for: a batch. */

import { anyJson, batchRequestOf } from "../../../../server/mod.ts";

/** Fields of a batch. */
export const fields = batchRequestOf(anyJson);

/** Bodies, by a few words on each. */
export const examples = {
  "a batch file of a domain": { repo: "economic", config: "sweep_policy.yaml" },
  "a scenario, varied": {
    repo: "economic",
    config: "growth.yaml",
    name: "rates",
    set: { "simulation.max_turns": 20 },
    grid: { rate: { path: "engine.interest_rate", values: [0.02, 0.05, 0.1] } },
    seeds: "1..8",
  },
  "two scenarios, compared": {
    arms: {
      growth: { repo: "economic", config: "growth.yaml" },
      recession: { repo: "economic", config: "recession.yaml" },
    },
    seeds: [1, 2, 3],
    metrics: ["total_economic_value"],
    limits: { max_minutes: 10 },
  },
};
