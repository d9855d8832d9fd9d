/** A made-up run for the tests of this room. */

import type { JsonObject } from "../../framework/mod.ts";
import { type ExportManifest, type Row, type RunExport, summarizeEvents } from "./run.ts";

/** What to change of the example. */
export interface ExampleOptions {
  /** Names of the agents. */
  readonly agents?: readonly string[];
  /** Default 20. */
  readonly turns?: number;
  /** Name of the scenario. */
  readonly name?: string;
  readonly manifest?: Partial<ExportManifest>;
  /** Text of the scenario, an event and a reason. */
  readonly text?: string;
}

/** A completed run of an economy: reporters `total`, `gini`, a global that varies, one that does not, two agent variables. */
export async function exampleRun(options: ExampleOptions = {}): Promise<RunExport> {
  const { agents: names = ["Atlantia", "Borealis", "Cascadia"], turns = 20, text = "plain" } = options;
  const global: Row[] = [];
  const agents: Row[] = [];
  const events: JsonObject[] = [];
  for (let turn = 0; turn <= turns; turn++) {
    const wealth = names.map((_, i) => 100 + 10 * i + turn * (i + 1) + 3 * Math.sin(turn + i));
    global.push({
      turn,
      inflation: 2 + Math.sin(turn / 3),
      oil_price: 80,
      regime: turn < 10 ? "open" : text,
      "metric.gini": 0.1 + turn / 100,
      "metric.total": wealth.reduce((sum, value) => sum + value, 0),
    });
    names.forEach((agent, i) => agents.push({ turn, agent, wealth: wealth[i]!, tariff: 0.05, partners: ["x", text] }));
    events.push({ id: turn + 1, turn_number: turn, event_type: turn % 2 ? "ACTION" : "ENV", description: text });
  }
  events.push({ id: turns + 2, turn_number: 5, event_type: "INTERVENTION", description: `cut: ${text}` });
  const at = (second: number) => `2026-11-22T10:15:${String(second).padStart(2, "0")}Z`;
  return {
    manifest: {
      run_id: "growth_3agents_20261122_101500_01",
      repo: "economic",
      status: "completed",
      history: [
        { at: at(0), status: "queued", turn: 0 },
        { at: at(1), status: "running", turn: 0 },
        { at: at(11), status: "paused", turn: 8, reason: text },
        { at: at(21), status: "running", turn: 8 },
        { at: at(26), status: "completed", turn: turns },
      ],
      created_at: at(0),
      started_at: at(1),
      ended_at: at(26),
      turn: turns,
      max_turns: turns,
      seed: 42,
      sample: 0,
      labels: { [text]: text },
      validity: { state: "valid", reasons: [] },
      cost: { usd: 0, input_tokens: 0, output_tokens: 0, calls: 0, reused_calls: 0 },
      ...options.manifest,
    },
    scenario: {
      simulation: { name: options.name ?? "growth", description: text },
      state_variables: {
        agent_vars: { wealth: { type: "float", description: "Net wealth [USD bn]" }, tariff: { type: "float" } },
        global_vars: { inflation: { type: "float", description: text } },
      },
      metrics: {
        reporters: { total: { kind: "sum", variable: "wealth" }, gini: { kind: "gini", variable: "wealth" } },
      },
    },
    scenario_text: `simulation:\n  name: growth # ${text}\n`,
    global,
    agents,
    result: { termination_reason: `max_turns ${text}` },
    events: await summarizeEvents(events),
  };
}
